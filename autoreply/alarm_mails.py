"""Tell administrators what keeps mail from coming in or going out: by mail, to a robot, in the log.

Such a mail carries every mark of a machine's mail, goes to no mailbox of ours, uses up no quota and
is held back by none; about one cause at most one leaves in 24 hours.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import (
    accounts,
    addresses,
    alarm_hook,
    alarms,
    language,
    pauses,
    suppression,
    threading,
)
from autoreply import sender as senders
from autoreply.alarms import Trouble
from autoreply.compose import Automatic, Letter, compose
from autoreply.outgoing import DELIVER
from autoreply.sender import Sender
from autoreply.tables import ALARM, OutgoingMail
from kb import audit, jobs, settings
from kb.access import SYSTEM
from kb.models.people import ADMIN, User
from kb.models.system import AuditEntry

log = logging.getLogger(__name__)

KIND = "alarms"
"""Kind of the job that looks."""

AGAIN = timedelta(hours=24)
VERB = "alarm.mail"

PAGES: Mapping[str, str] = {
    alarms.MAILBOX: "/desk/mailboxes",
    alarms.RELAY: "/desk/outbox?tab=failed",
    alarms.WORDING: "/desk/mail-words",
}
QUOTAS = "/desk/quotas"
_WORDS = Path(__file__).parent / "templates" / "alarms.toml"


def look(
    session: Session, sender: Sender, *, now: datetime, robot: bool = False
) -> list[OutgoingMail]:
    """Queue a mail to each administrator when something new is wrong, and a word to the robot.

    Args:
        session: the unit of work.
        sender: this installation.
        now: the moment.
        robot: there is one (`alarm_webhook`); it needs no mail server.

    Returns:
        the mails that were queued; [] when nothing is new, or nobody can or wants to be told so.
    """
    if not settings.read(session, settings.Automation).alarms:
        return []
    found = alarms.troubles(session, now=now)
    fresh = {one.cause for one in found} - _told(session, now)
    if not fresh:
        return []
    # What was told of and goes on stands below what is new.
    shown = sorted(found, key=lambda one: one.cause not in fresh)
    new = [one for one in shown if one.cause in fresh]
    for one in new:
        log.error("mail needs somebody: %s %s %s", one.cause, one.key, one.reply)
    mailbox = _mailbox(session, sender, found)
    people = _people(session, sender) if mailbox else []
    # Who a customer is goes to nobody else's server.
    robot = robot and any(one.cause != pauses.SENDER for one in new)
    if people or robot:
        for cause in sorted(fresh):
            audit.note(session, SYSTEM, VERB, ("mail", None), now=now, cause=cause)
    if robot:
        told = [one for one in shown if one.cause != pauses.SENDER]
        said = {"text": _for_robot(session, told, sender)}
        jobs.enqueue(session, alarm_hook.KIND, said, now=now)
    return [_queue(session, user, mailbox, shown, sender, now) for user in people]


def _for_robot(session: Session, shown: Sequence[Trouble], sender: Sender) -> str:
    """Return what a robot says, in the language of the first administrator."""
    query = select(User.language).where(User.active, User.role == ADMIN).order_by(User.id).limit(1)
    english = (session.scalar(query) or "").startswith("en")
    words = _words()["en" if english else "zh"]
    title = words["subject"].format(what=_what(words, shown[0]))
    return "\n\n".join([title, *_told_of(shown, words, sender)])


def _told(session: Session, now: datetime) -> set[str]:
    query = select(AuditEntry).where(AuditEntry.verb == VERB, AuditEntry.created_at > now - AGAIN)
    return {str(row.detail.get("cause")) for row in session.scalars(query)}


def _people(session: Session, sender: Sender) -> list[User]:
    """Return the administrators with an address that is not ours and takes mail."""
    ours = senders.own_addresses(session, sender)
    query = select(User).where(User.active, User.role == ADMIN, User.email != "")
    return [
        user
        for user in session.scalars(query.order_by(User.id))
        if addresses.is_valid(user.email)
        # Our own mailbox would read it as mail that came back, and nobody would see it.
        and not (ours and senders.accepts(user.email, ours))
        and not suppression.suppressed(session, user.email, automatic=True)
    ]


def _mailbox(session: Session, sender: Sender, found: Sequence[Trouble]) -> str:
    """Return the mailbox to send from: the company's, else one whose server takes mail."""
    refused = {one.key for one in found if one.cause == alarms.RELAY}
    company = settings.read(session, settings.Company).mailbox
    sending = [
        row.address for row in accounts.every(session) if row.smtp_host and row.mode != accounts.OFF
    ]
    ways = [one for one in (company, *sending, *sorted(sender.addresses)) if one]
    return next((one for one in ways if one not in refused), next(iter(ways), ""))


def _queue(
    session: Session,
    user: User,
    mailbox: str,
    shown: Sequence[Trouble],
    sender: Sender,
    now: datetime,
) -> OutgoingMail:
    lang = language.EN if user.language.startswith("en") else language.ZH_HANS
    words = _words()["en" if lang == language.EN else "zh"]
    key = addresses.canonical(user.email)
    mail = OutgoingMail(
        kind=ALARM,
        to_address=user.email,
        to_name=user.display_name,
        to_key=key,
        to_domain=key.rpartition("@")[2],
        mailbox=mailbox,
        subject=words["subject"].format(what=_what(words, shown[0])),
        language=lang,
        articles=[],
        references=[],
        created_at=now,
    )
    session.add(mail)
    session.flush()
    letter = _letter(session, mail, text(shown, words, user.display_name, sender), sender)
    mail.mail_id, mail.raw = letter.message_id, compose(letter)
    jobs.enqueue(session, DELIVER, {"mail": mail.id}, now=now, dedupe=f"{DELIVER}:alarm:{mail.id}")
    return mail


def _letter(session: Session, mail: OutgoingMail, said: str, sender: Sender) -> Letter:
    domain = mail.mailbox.rpartition("@")[2]
    return Letter(
        to=mail.to_address,
        to_name=mail.to_name,
        from_=mail.mailbox,
        from_name=settings.read(session, settings.Company).name,
        subject=mail.subject,
        text=said,
        message_id=threading.message_id(sender.secret, mail.id, domain=domain, automatic=True),
        date=mail.created_at,
        automatic=Automatic.NOTICE,
        instance=sender.instance,
    )


# Any: words of alarms.toml, strings and tables of strings.
def text(shown: Sequence[Trouble], words: Mapping[str, Any], name: str, sender: Sender) -> str:
    """Return what the mail says: each trouble with what to do about it and where."""
    intro = words["intro"].format(name=name)
    return "\n\n".join([intro, *_told_of(shown, words, sender), words["closing"]])


# Any: as above.
def _told_of(shown: Sequence[Trouble], words: Mapping[str, Any], sender: Sender) -> list[str]:
    parts = []
    for one in shown:
        lines = [_what(words, one), words[one.cause]["do"].format(key=one.key, count=one.count)]
        lines += [
            words[field].format(when=_when(moment, sender))
            for field, moment in (("since", one.since), ("until", one.until))
            if moment is not None
        ]
        if one.reply and one.cause != alarms.WORDING:
            lines.append(words["reply"].format(reply=one.reply[:300]))
        page = PAGES.get(one.cause, QUOTAS)
        lines.append(words["where"].format(url=f"{sender.base_url}{page}"))
        parts.append("\n".join(lines))
    return parts


def _what(words: Mapping[str, Any], one: Trouble) -> str:  # Any: as above
    what: str = words[one.cause]["what"].format(key=one.key)
    return what


def _when(moment: datetime, sender: Sender) -> str:
    return f"{moment.astimezone(sender.timezone):%Y-%m-%d %H:%M}"


@cache
def _words() -> Mapping[str, Any]:  # Any: as above
    with _WORDS.open("rb") as file:
        return tomllib.load(file)
