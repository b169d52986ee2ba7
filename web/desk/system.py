"""Settings of the service and of oneself, and the quiet rooms behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from autoreply import rollout
from kb import access, audit, contacts, people, settings
from kb.errors import DomainError, Forbidden, Invalid
from kb.models.people import User
from kb.settings import Authoring, Automation, Company, Retention
from web import current, errors
from web.desk import automation, choices, frame
from web.desk.blueprint import desk
from web.locale import gettext

MOST_SIGNATURE = 1_000
Deed = Callable[[Session], str]


# Endpoint, what one must be allowed to, icon, name, note.
Way = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Room:
    """A way to one of the quiet rooms."""

    url: str
    icon: str
    name: str
    note: str


@desk.get("/settings", endpoint="settings")
def show() -> ResponseReturnValue:
    """Show the quiet rooms, one's own profile and, to administrators, the settings."""
    with current.reading() as session:
        return _page(session, {}, {}, 200)


@desk.get("/me")
def me() -> ResponseReturnValue:
    """Lead to one's own profile."""
    return redirect(url_for("desk.settings") + "#profile", 303)


def _page(
    session: Session, typed: Mapping[str, object], faults: Mapping[str, str], status: int
) -> ResponseReturnValue:
    user = session.get_one(User, current.actor().user_id)
    own = {name: getattr(user, name) for name in ("display_name", "signature", "language")}
    html = render_template(
        "desk/settings.html",
        rooms=_rooms(),
        can_manage=access.can(current.actor(), "setting.manage"),
        values={**_values(session), **typed},
        errors=faults,
        modes=_modes(),
        reviews=reviews(),
        hours=[(hour, f"{hour}:00") for hour in range(25)],
        profile={**own, **typed},
        languages=choices.languages(),
    )
    return html, status


def _modes() -> list[choices.Choice]:
    return list(automation.mode_words().items())


def _rooms() -> list[tuple[str, list[Room]]]:
    """Return what the reader may enter, by what it is about."""
    groups = (
        (gettext("帮助中心"), _site_rooms()),
        (gettext("邮件"), _mail_rooms()),
        (gettext("人和系统"), _system_rooms()),
    )
    actor = current.actor()
    found = []
    for name, ways in groups:
        rooms = [Room(url_for(e), *shown) for e, verb, *shown in ways if access.can(actor, verb)]
        if rooms:
            found.append((name, rooms))
    return found


def _site_rooms() -> tuple[Way, ...]:
    return (
        ("desk.notices", "notice.write", "alert", gettext("紧急通知"), gettext("挂在每一页最上面")),
        ("desk.menu", "menu.write", "list", gettext("首页目录"), gettext("三组，每组四条")),
        ("desk.categories", "category.write", "tag", gettext("分类"), gettext("条目放在哪里")),
        ("desk.dictionary", "dictionary.write", "book", gettext("词典"), gettext("同义词和专用词")),
        ("desk.pins", "article.see", "pin", gettext("置顶和调整"), gettext("人定的次序")),
        (
            "desk.askings",
            "asking.decide",
            "search",
            gettext("输入提示"),
            gettext("别人问过的话，哪些能给客户看"),
        ),
    )


def _mail_rooms() -> tuple[Way, ...]:
    return (
        ("desk.mailboxes", "mail.manage", "inbox", gettext("邮箱"), gettext("从哪里收信和回信")),
        ("desk.wordings", "wording.write", "note", gettext("邮件用语"), gettext("发出的信怎么说")),
        ("desk.spool", "mail.see", "mail", gettext("收到的邮件"), gettext("原信和处理结果")),
    )


def _system_rooms() -> tuple[Way, ...]:
    return (
        ("desk.users", "user.manage", "users", gettext("用户"), gettext("谁能进来")),
        ("desk.tokens", "token.manage", "key", gettext("接口令牌"), gettext("给别的程序用")),
        ("desk.learning", "job.manage", "chart", gettext("排序学习"), gettext("学得怎样")),
        ("desk.jobs", "job.manage", "clock", gettext("后台任务"), gettext("排队和失败的")),
        ("desk.audit", "audit.see", "history", gettext("操作记录"), gettext("谁改了什么")),
    )


def _values(session: Session) -> dict[str, object]:
    company = settings.read(session, Company)
    answering = settings.read(session, Automation)
    retention = settings.read(session, Retention)
    return {
        "company_name": company.name,
        "company_name_en": company.name_en,
        "mailbox": company.mailbox,
        "phone": company.phone,
        "hours_from": company.hours_from,
        "hours_to": company.hours_to,
        "weekdays": [str(day) for day in company.weekdays],
        "reply_minutes": company.reply_minutes,
        "ticket_prefix": company.ticket_prefix,
        "review": settings.read(session, Authoring).review,
        "mode": answering.mode,
        "mail_precision": round(answering.mail_precision * 100),
        "form_precision": round(answering.form_precision * 100),
        "per_sender_day": answering.per_sender_day,
        "alarms": "yes" if answering.alarms else "no",
        "questions_days": retention.questions_days,
        "raw_mail_days": retention.raw_mail_days,
        "closed_tickets_days": retention.closed_tickets_days,
    }


@desk.post("/settings", endpoint="settings_post")
def change() -> ResponseReturnValue:
    """Save one of the forms; a refusal shows it again as it was written."""
    deeds: dict[str, tuple[str, Deed]] = {
        "profile": ("desk.use", _profile),
        "company": ("setting.manage", _company),
        "authoring": ("setting.manage", _authoring),
        "automation": ("setting.manage", _automation),
        "retention": ("setting.manage", _retention),
    }
    name = request.form.get("do", "")
    if name not in deeds:
        raise Invalid("refused", field="do")
    verb, deed = deeds[name]
    current.require(verb)
    try:
        with current.writing() as session:
            said = deed(session)
            thing = ("setting", None)
            audit.note(session, current.actor(), f"setting.{name}", thing, now=current.now())
    except Forbidden:
        raise
    except DomainError as error:
        return _again(error)
    return frame.back("settings", said)


def _again(error: DomainError) -> ResponseReturnValue:
    secret = ("csrf_token", "do", "old_password", "new_password")
    typed: dict[str, object] = {k: v for k, v in request.form.items() if k not in secret}
    if request.form.get("do") == "company":
        typed["weekdays"] = request.form.getlist("weekdays")
    faults = {str(error.params.get("field", "")): errors.sentence(error)}
    with current.reading() as session:
        return _page(session, typed, faults, errors.status_of(error))


def _profile(session: Session) -> str:
    user = session.get_one(User, current.actor().user_id)
    name = request.form.get("display_name", "").strip()
    if not name:
        raise Invalid("name_missing", field="display_name")
    user.display_name = name[:64]
    user.signature = request.form.get("signature", "").strip()[:MOST_SIGNATURE]
    language = request.form.get("language", user.language)
    if choices.known(choices.languages(), language):
        user.language = language
    return _password(session, user)


def _password(session: Session, user: User) -> str:
    """Change one's own password when a new one was typed; ends one's other sessions too."""
    new = request.form.get("new_password", "")
    if not new:
        return "saved"
    if people.check_password(session, user.name, request.form.get("old_password", "")) is None:
        raise Invalid("password_wrong", field="old_password")
    try:
        people.set_password(session, user, new)
    except Invalid as error:
        raise Invalid(error.code, **{**error.params, "field": "new_password"}) from error
    return "password"


def _company(session: Session) -> str:
    form, old = request.form, settings.read(session, Company)
    if not form.get("company_name", "").strip():
        raise Invalid("name_missing", field="company_name")
    mailbox = contacts.normalise(contacts.MAIL, _field("mailbox"))
    days = tuple(sorted({int(d) for d in form.getlist("weekdays") if d in set("0123456")}))
    opens, closes = number("hours_from", 0, 23), number("hours_to", 1, 24)
    if closes <= opens:
        raise Invalid("hours_reversed", field="hours_to")
    settings.write(
        session,
        replace(
            old,
            name=_field("company_name"),
            name_en=_field("company_name_en"),
            mailbox=mailbox,
            phone=_field("phone")[:40],
            hours_from=opens,
            hours_to=closes,
            weekdays=days,
            reply_minutes=number("reply_minutes", 5, 2880),
            ticket_prefix=_prefix(),
        ),
    )
    return "saved"


def _prefix() -> str:
    prefix = _field("ticket_prefix").upper()
    if not (prefix.isascii() and prefix.isalnum() and len(prefix) <= 6):
        raise Invalid("prefix_invalid", field="ticket_prefix")
    return prefix


def _automation(session: Session) -> str:
    old = settings.read(session, Automation)
    mode = request.form.get("mode", "")
    if mode not in rollout.MODES:
        raise Invalid("reason_unknown", field="mode")
    changed = replace(
        old,
        mode=mode,
        mail_precision=number("mail_precision", 80, 100) / 100,
        form_precision=number("form_precision", 70, 100) / 100,
        per_sender_day=number("per_sender_day", 1, 50),
        alarms=request.form.get("alarms", "yes" if old.alarms else "no") == "yes",
    )
    settings.write(session, changed)
    return "saved"


def _authoring(session: Session) -> str:
    review = request.form.get("review", "")
    if not choices.known(reviews(), review):
        raise Invalid("reason_unknown", field="review")
    settings.write(session, Authoring(review))
    return "saved"


def reviews() -> list[tuple[str, str]]:
    """Return how a team may handle review."""
    return [
        ("required", gettext("编辑看过才发布")),
        ("optional", gettext("客服也可以自己发布")),
    ]


def _retention(session: Session) -> str:
    names = ("questions_days", "raw_mail_days", "closed_tickets_days")
    old = settings.read(session, Retention)
    settings.write(session, replace(old, **{name: number(name, 0, 3650) for name in names}))
    return "saved"


def _field(name: str) -> str:
    return request.form.get(name, "").strip()[:200]


def number(name: str, least: int, most: int) -> int:
    """Return a whole number of the form within bounds. Raises Invalid naming the field."""
    value = current.whole(name)
    if value is None or not least <= value <= most:
        raise Invalid("number_range", field=name, least=least, most=most)
    return value
