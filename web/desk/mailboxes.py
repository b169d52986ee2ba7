"""Setting a mailbox up on one page: save, try, switch, leave by OAuth2, forget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from autoreply import accounts, consent, oauth, providers, trying
from autoreply.connections import Keys
from autoreply.look import BAD, Look
from autoreply.providers import OAUTH2, PROVIDERS, Provider
from autoreply.tables import MailAccount, Mailbox
from kb import audit, settings
from kb.errors import DomainError, Forbidden, Invalid, NotFound
from kb.settings import Company
from web import current, errors, mail_words
from web.desk import frame, mailbox_form
from web.desk.blueprint import desk
from web.desk.mailbox_guides import GUIDES
from web.desk.mailbox_list import trouble
from web.locale import gettext


@dataclass(frozen=True, slots=True)
class Tried:
    """One line of a check: `state` is `ok`, `care` or `bad`."""

    state: str
    words: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A provider to choose."""

    words: str
    url: str
    current: bool


@desk.get("/mailboxes/new", endpoint="new_mailbox")
def new() -> ResponseReturnValue:
    """Show the page for a new mailbox; `?kind=` is the provider."""
    current.require("mail.manage")
    provider = providers.find(request.args.get("kind", "")) or PROVIDERS[0]
    with current.reading() as session:
        company = settings.read(session, Company).mailbox
        first = not accounts.every(session)
        address = company if first and _fits(provider, company) else ""
        return _page(session, None, provider, mailbox_form.empty(provider, address))


def _fits(provider: Provider, address: str) -> bool:
    owner = providers.of_address(address)
    return owner is None or owner.key == provider.key


@desk.get("/mailboxes/<int:mailbox_id>", endpoint="mailbox")
def show(mailbox_id: int) -> ResponseReturnValue:
    """Show one mailbox: its form, what the last check found, and its switch."""
    current.require("mail.manage")
    with current.reading() as session:
        row = accounts.get(session, mailbox_id)
        return _page(session, row, _provider(row), mailbox_form.values_of(row))


def _provider(row: MailAccount) -> Provider:
    provider = providers.find(row.provider)
    if provider is None:
        raise NotFound(mailbox=row.id)
    return provider


def _page(
    session: Session,
    row: MailAccount | None,
    provider: Provider,
    values: Mapping[str, object],
    faults: Mapping[str, str] | None = None,
    *,
    status: int = 200,
    agree_url: str = "",
) -> ResponseReturnValue:
    html = render_template(
        "desk/mailbox.html",
        box=row,
        provider=provider.key,
        choices=[] if row else _choices(provider),
        guide=GUIDES[provider.key],
        values=values,
        errors=faults or {},
        oauth=provider.auth == OAUTH2,
        redirect_uri=consent.redirect_address(current.parts().base_url),
        agree_url=agree_url,
        trouble=trouble,
        mode=settings.read(session, settings.Automation).mode,
        captured=bool(current.parts().outbox_dir),
        encryptions=mailbox_form.encryptions(),
        envelopes=mailbox_form.envelopes(),
        **_found(session, row),
    )
    return html, status


def _found(session: Session, row: MailAccount | None) -> dict[str, object]:
    """Return what is known of a mailbox beside its form."""
    looks = [Look(**one) for one in row.looks] if row else []
    return {
        "known": row is not None and accounts.has_secret(row, current.parts().secret),
        "looks": [Tried(one.state, _say(one)) for one in looks],
        "works": bool(looks) and all(one.state != BAD for one in looks),
        "place": session.get(Mailbox, f"{row.address}/{row.folder}") if row else None,
    }


def _say(look: Look) -> str:
    return mail_words.sentence(look, gettext)


def _choices(chosen: Provider) -> list[Choice]:
    return [
        Choice(
            gettext(GUIDES[one.key].name),
            url_for("desk.new_mailbox", kind=one.key),
            one.key == chosen.key,
        )
        for one in PROVIDERS
    ]


@desk.post("/mailboxes", endpoint="mailboxes_post")
def change() -> ResponseReturnValue:
    """Save and try one, switch it, ask for leave to use it, or forget it."""
    current.require("mail.manage")
    deeds = {"save": _save, "switch": _switch, "agree": _agree, "remove": _remove}
    deed = deeds.get(request.form.get("do", ""))
    if deed is None:
        raise Invalid("refused", field="do")
    return deed()


def _save() -> ResponseReturnValue:
    """Store what was typed, then try it; what was typed is safe whatever the trial says."""
    number = current.whole("id")
    try:
        with current.writing() as session:
            row = accounts.save(
                session, mailbox_form.draft(), number=number,
                secret=current.parts().secret, now=current.now(),
            )  # fmt: skip
            number = row.id
            _note(session, number, "saved")
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return _again(error, number)
    _try(number)
    return frame.back("mailbox", "tried", mailbox_id=number, _anchor="tried")


def _again(error: DomainError, number: int | None) -> ResponseReturnValue:
    provider = providers.find(request.form.get("provider", "")) or PROVIDERS[0]
    field = str(error.params.get("field", ""))
    faults = {"address" if field == "identity" else field: errors.sentence(error)}
    with current.reading() as session:
        row = accounts.get(session, number) if number else None
        status = errors.status_of(error)
        return _page(session, row, provider, mailbox_form.typed(), faults, status=status)


def _try(number: int) -> None:
    """Try a mailbox outside of any transaction, and keep what was found."""
    parts = current.parts()
    with current.reading() as session:
        row = accounts.get(session, number)
        session.expunge(row)
    if not accounts.has_secret(row, parts.secret) and row.auth == OAUTH2:
        # Nothing to sign in with yet: the page offers to go and agree.
        return
    keys = Keys(parts.db, parts.secret, parts.clock)
    report = trying.try_account(row, keys, records=parts.records, signer=parts.signer)
    with current.writing() as session:
        trying.keep(session, number, report, now=current.now())


def _note(session: Session, number: int, what: str) -> None:
    audit.note(session, current.actor(), f"mailbox.{what}", ("mailbox", number), now=current.now())


def _number() -> int:
    number = current.whole("id")
    if number is None:
        raise NotFound
    return number


def _switch() -> ResponseReturnValue:
    number = _number()
    with current.writing() as session:
        row = accounts.switch(session, number, request.form.get("mode", ""))
        _note(session, number, f"mode.{row.mode}")
        company = settings.read(session, Company)
        if not company.mailbox and row.mode != accounts.OFF:
            mailbox_form.adopt(session, company, row.address)
    return frame.back("mailbox", f"mailbox_{row.mode}", mailbox_id=number)


def _remove() -> ResponseReturnValue:
    number = _number()
    with current.writing() as session:
        accounts.remove(session, number)
        _note(session, number, "removed")
    return frame.back("mailboxes", "removed")


def _agree() -> ResponseReturnValue:
    """Show the way to the provider; a form may not lead out of this site by itself."""
    number, parts = _number(), current.parts()
    with current.writing() as session:
        address = consent.ask_consent(
            session, number, user=_me(), redirect_uri=consent.redirect_address(parts.base_url),
            secret=parts.secret, now=current.now(),
        )  # fmt: skip
        row = accounts.get(session, number)
        return _page(session, row, _provider(row), mailbox_form.values_of(row), agree_url=address)


def _me() -> int:
    return current.actor().user_id or 0


@desk.get("/mailboxes/agreed", endpoint="mailbox_agreed")
def agreed() -> ResponseReturnValue:
    """Take the provider's answer; it counts once, for who asked, within minutes."""
    current.require("mail.manage")
    parts, args = current.parts(), request.args
    with current.writing() as session:
        row, verifier = consent.take_consent(
            session, args.get("state", ""), user=_me(), secret=parts.secret, now=current.now()
        )
        number, app = row.id, consent.app_of(row, parts.secret)
    if not args.get("code"):
        return redirect(url_for("desk.mailbox", mailbox_id=number, said="not_agreed"), 303)
    back = consent.redirect_address(parts.base_url)
    found = oauth.exchange(app, code=args["code"], code_verifier=verifier, redirect_uri=back)
    with current.writing() as session:
        row = accounts.get(session, number)
        consent.keep_tokens(row, found, secret=parts.secret, now=current.now())
        row.edition += 1
        _note(session, number, "agreed")
    _try(number)
    return frame.back("mailbox", "agreed", mailbox_id=number, _anchor="tried")
