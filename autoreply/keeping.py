"""What a customer's message keeps of the mail that it came in: what was cut, and its files."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from autoreply import mime, spool, stored_once, threading
from autoreply.case import Case
from autoreply.inbound import Inbound
from kb import attachments
from kb.models.service import Message

MOST_FILES = 50
MOST_FILE_BYTES = 50 * 1024 * 1024


def detail(case: Case, decision: int) -> dict[str, Any]:  # JSON, see Message.detail
    """Return what a customer's message remembers of its mail."""
    mail = case.read.mail
    quoted = mail.said.quoted_removed
    return {
        "decision": decision,
        "spool": case.arrived.id,
        "references": list(threading.references(mail)),
        "cut": _cut(mail)[:20_000] if quoted else "",
        "signature": mail.said.signature[:1000],
        "subject": mail.subject,
        "reply_to": case.read.reply_to,
        "forwarded": mail.said.forwarded,
        "damaged": mail.damaged,
    }


def _cut(mail: Inbound) -> str:
    """Return what was quoted: the lines of the mail that are not new."""
    new = {line.strip() for line in mail.said.text.splitlines()}
    return "\n".join(line for line in mail.text.splitlines() if line.strip() not in new).strip()


def files(session: Session, message: Message, case: Case) -> list[dict[str, Any]]:  # JSON
    """Keep the attachments of a mail unopened, once; returns their names by content id.

    Args:
        session: the unit of work.
        message: whose files they are.
        case: the mail; its row in the spool no longer holds what is kept here.
    """
    parts = mime.read(case.arrived.raw).parts
    kept: list[dict[str, Any]] = []  # JSON
    cut: list[stored_once.File] = []
    room = MOST_FILE_BYTES
    for one in case.read.mail.attachments[:MOST_FILES]:
        data = parts[one.index].data() if one.index < len(parts) else b""
        room -= len(data)
        if not data or room < 0:
            continue
        name = one.filename or f"{one.kind.replace('/', '-')}-{one.index}"
        stored = attachments.add_file(
            session, data, filename=name, message_id=message.id, now=case.now
        )
        kept.append({"name": stored.name, "cid": one.content_id})
        if parts[one.index].encoding == "base64":
            cut.append(stored_once.File(parts[one.index].body, data, stored.digest))
    short, cuts = stored_once.shorten(case.arrived.raw, cut)
    if cuts:
        spool.shorten(session, case.arrived.id, short, [dict(one) for one in cuts])
    return kept
