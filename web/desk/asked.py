"""可作为输入提示的提问: what many asked, and whether others may see it while they type."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from kb import access, askings, settings
from kb.askings import ADOPTED, DECLINED, WAITING
from web import current
from web.desk import frame
from web.desk.blueprint import desk

# What a button says -> the state it leads to, and what the page says then.
DEEDS = {
    "adopt": (ADOPTED, "adopted"),
    "decline": (DECLINED, "declined"),
    "back": (WAITING, "waiting"),
}


@desk.get("/askings", endpoint="askings")
def show() -> ResponseReturnValue:
    """List what waits, what is shown, and what was declined."""
    current.require("asking.decide")
    with current.reading() as session:
        return render_template(
            "desk/askings.html",
            waiting=askings.listed(session, WAITING),
            adopted=askings.listed(session, ADOPTED),
            declined=askings.listed(session, DECLINED),
            can_decide=access.can(current.actor(), "asking.decide"),
        )


@desk.post("/askings", endpoint="askings_post")
def decide() -> ResponseReturnValue:
    """Look for new ones (do=gather), or decide about one (do=adopt, decline, back)."""
    current.require("asking.decide")
    deed = request.form.get("do", "")
    with current.writing() as session:
        if deed == "gather":
            company = settings.read(session, settings.Company)
            keep = (company.name, company.mailbox, company.phone)
            found = askings.gather(session, now=current.now(), keep=filter(None, keep))
            return frame.back("askings", "gathered_askings" if found else "no_askings")
        state, said = DEEDS.get(deed, ("", ""))
        number = current.whole("id") or 0
        askings.decide(session, number, state, actor=current.actor(), now=current.now())
    current.parts().finding.wake()
    return frame.back("askings", said)
