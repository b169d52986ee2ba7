"""The words of mails: what is sent, changed with a preview, tried on oneself, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from autoreply import trials, wording, wordings
from autoreply.wording import Wording
from autoreply.wording_tables import MailWording
from kb import audit, settings
from kb.errors import DomainError, Invalid, NotFound
from kb.models.people import User
from web import current, errors, headers
from web.desk import frame
from web.desk.blueprint import desk
from web.locale import gettext

VERB = "wording.write"


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of mail in one language, in the list."""

    url: str
    language: str
    words: str
    changed_at: datetime | None
    changed_by: str
    fault: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mail, in the list."""

    name: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A place that can be put into a text; `needed` ones must stay in the body."""

    mark: str
    name: str
    note: str
    needed: bool


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier version; `ours` goes back to what was shipped."""

    number: int
    at: datetime
    by: str
    ours: bool


def kind_words() -> dict[str, tuple[str, str]]:
    """Return kind -> its name and when it is sent."""
    return {
        wording.ANSWER: (gettext("自动回复"), gettext("有把握时，直接把答案发给客户")),
        wording.SUGGEST: (gettext("带建议的回执"), gettext("有几条可能对的，一边等人工一边看")),
        wording.RECEIPT: (gettext("回执"), gettext("转给人工，告诉客户几点前回复")),
        wording.TOLD: (gettext("补好了的通知"), gettext("以前没答上的，写好以后告诉问过的人")),
        wording.CORRECTION: (gettext("更正"), gettext("发出去的答案错了，告诉收到过的人")),
    }


def language_words() -> dict[str, str]:
    """Return language -> its name."""
    return {
        wording.ZH: gettext("简体中文"),
        wording.HANT: gettext("繁体中文"),
        wording.EN: gettext("英文"),
    }


def place_notes() -> dict[str, str]:
    """Return place -> what stands there in a mail."""
    return {
        "customer": gettext("客户的名字，没有就空着"),
        "question": gettext("客户问的那句话"),
        "company": gettext("公司名"),
        "hours": gettext("几点上班"),
        "phone": gettext("客服电话"),
        "number": gettext("例如AL-1042"),
        "expected": gettext("例如今天15:00"),
        "asked_on": gettext("客户那天来问的"),
        "answer": gettext("答案全文，太长就是一段和链接"),
        "solved": gettext("“已解决”按钮"),
        "person": gettext("“没解决，转人工”按钮"),
        "ticket": gettext("看进度的链接"),
        "suggestions": gettext("最多三条，没有就不出现"),
        "correction": gettext("发更正时写的话"),
    }


@desk.get("/mail-words", endpoint="wordings")
def all_wordings() -> ResponseReturnValue:
    """Show every kind of mail in every language, and which were changed."""
    current.require(VERB)
    with current.reading() as session:
        rows = wordings.every(session)
        kinds = [
            Kind(name, note, tuple(_cell(session, kind, lang, rows) for lang in wording.LANGUAGES))
            for kind, (name, note) in kind_words().items()
        ]
        return render_template("desk/wordings.html", kinds=kinds, languages=language_words())


def _cell(
    session: Session, kind: str, lang: str, rows: Mapping[tuple[str, str], MailWording]
) -> Cell:
    row = rows.get((kind, lang))
    own = row if row is not None and row.texts is not None else None
    from_zh = lang == wording.HANT and own is None
    simplified = rows.get((kind, wording.ZH))
    converted = from_zh and simplified is not None and simplified.texts is not None
    return Cell(
        url=url_for("desk.wording", kind=kind, language=lang),
        language=language_words()[lang],
        words=gettext("改过") if own else gettext("跟着简体") if converted else gettext("原样"),
        changed_at=own.created_at if own else None,
        changed_by=_name(session, own.user_id) if own else "",
        fault=own.fault if own else "",
    )


def _name(session: Session, user_id: int | None) -> str:
    user = session.get(User, user_id) if user_id else None
    return user.display_name if user else gettext("系统")


@desk.get("/mail-words/<kind>/<language>", endpoint="wording")
def one(kind: str, language: str) -> ResponseReturnValue:
    """Show the words of a kind of mail; `?version=` puts an earlier version into the form."""
    current.require(VERB)
    number = current.whole("version")
    with current.reading() as session:
        own = (
            wordings.version(session, kind, language, number)
            if number
            else wordings.shown(session, kind, language)
        )
        return _page(session, kind, language, own)


def _page(
    session: Session,
    kind: str,
    language: str,
    own: Wording,
    faults: Mapping[str, str] | None = None,
    *,
    status: int = 200,
    tried: bool = False,
) -> ResponseReturnValue:
    if kind not in wording.KINDS or language not in wording.LANGUAGES:
        raise NotFound(wording=f"{kind}/{language}"[:60])
    rows = wordings.history(session, kind, language)
    newest = rows[0] if rows else None
    me = session.get(User, current.actor().user_id or 0)
    html = render_template(
        "desk/wording.html",
        kind=kind,
        language=language,
        name=kind_words()[kind][0],
        note=kind_words()[kind][1],
        languages=[
            (words, url_for("desk.wording", kind=kind, language=lang), lang == language)
            for lang, words in language_words().items()
        ],
        values=asdict(own),
        errors=faults or {},
        has_subject="subject" in wording.fields_of(kind),
        chips=_chips(kind, language),
        changed=newest is not None and newest.texts is not None,
        fault=newest.fault if newest is not None and newest.texts is not None else "",
        versions=[_version(session, row) for row in rows],
        limits=wording.LONGEST,
        email=me.email if me else "",
        tried=tried,
    )
    return make_response(html, status)


def _chips(kind: str, language: str) -> list[Chip]:
    notes, needed = place_notes(), {place.id for place in wording.required(kind)}
    return [
        Chip(f"{{{name}}}", name, notes[place.id], place.id in needed)
        for place in wording.allowed(kind)
        for name in [wording.name_of(place, language)]
    ]


def _version(session: Session, row: MailWording) -> Version:
    return Version(row.number, row.created_at, _name(session, row.user_id), row.texts is None)


def _typed() -> Wording:
    form = request.form
    return Wording(
        **{name: form.get(name, "").replace("\r\n", "\n").strip() for name in asdict(Wording())}
    )


@desk.post("/mail-words/<kind>/<language>", endpoint="wording_post")
def change(kind: str, language: str) -> ResponseReturnValue:
    """Save the words, go back to ours, or send a trial to oneself."""
    current.require(VERB)
    deeds = {"save": _save, "reset": _reset, "trial": _trial}
    deed = deeds.get(request.form.get("do", ""))
    if deed is None:
        raise Invalid("refused", field="do")
    own = _typed()
    try:
        with current.writing() as session:
            said = deed(session, kind, language, own)
    except NotFound:
        raise
    except DomainError as error:
        faults = {str(error.params.get("field", "")): errors.sentence(error)}
        with current.reading() as session:
            status = errors.status_of(error)
            return _page(session, kind, language, own, faults, status=status)
    if said == "trial":
        # A trial saves nothing, so the form comes back as it was.
        with current.reading() as session:
            return _page(session, kind, language, own, tried=True)
    return frame.back("wording", said, kind=kind, language=language)


def _save(session: Session, kind: str, language: str, own: Wording) -> str:
    me = current.actor().user_id
    row = wordings.save(session, kind, language, own, user_id=me, now=current.now())
    _note(session, "wording.saved", row)
    return "wording_saved"


def _reset(session: Session, kind: str, language: str, own: Wording) -> str:
    me = current.actor().user_id
    row = wordings.reset(session, kind, language, user_id=me, now=current.now())
    _note(session, "wording.reset", row)
    return "wording_reset"


def _note(session: Session, verb: str, row: MailWording) -> None:
    thing = ("wording", row.id)
    audit.note(
        session, current.actor(), verb, thing, now=current.now(), kind=row.kind, lang=row.language
    )


def _trial(session: Session, kind: str, language: str, own: Wording) -> str:
    """Send what stands in the form to oneself; an address that was missing is kept."""
    company = settings.read(session, settings.Company)
    said = trials.write(kind, language, own, company, current.parts().base_url)
    me = session.get(User, current.actor().user_id or 0)
    to = (me.email if me and me.email else request.form.get("to", "")).strip()
    trials.queue(session, said, company, to=to, lang=language, now=current.now())
    if me is not None and not me.email:
        me.email = to
    return "trial"


@desk.route(
    "/mail-words/<kind>/<language>/frame", methods=["GET", "POST"], endpoint="wording_frame"
)
def preview(kind: str, language: str) -> ResponseReturnValue:
    """Show an example mail in the words that are being written, inside a sandboxed frame."""
    current.require(VERB)
    headers.use(headers.OWN_MAIL_FRAME)
    with current.reading() as session:
        company = settings.read(session, settings.Company)
        own = _typed() if request.method == "POST" else wordings.shown(session, kind, language)
    if kind not in wording.KINDS or language not in wording.LANGUAGES:
        raise NotFound(wording=f"{kind}/{language}"[:60])
    try:
        said = trials.write(kind, language, own, company, current.parts().base_url)
    except DomainError as error:
        return render_template("desk/wording_frame.html", text=errors.sentence(error))
    if request.form.get("as") == "text":
        return render_template("desk/wording_frame.html", text=said.text)
    return make_response(said.html)
