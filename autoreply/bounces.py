"""What came back: find the mail that bounced, mark it, and stop writing to dead addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from autoreply import addresses, delivery, headers, suppression, threading, verp
from autoreply.inbound import Inbound
from autoreply.tables import BOUNCED, FAILED, SENT, UNKNOWN, OutgoingMail

_STATUS = re.compile(r"(?:Status:\s*|\b)([45])\.(\d{1,3})\.(\d{1,3})\b")
_RECIPIENT = re.compile(
    r"(?:Final|Original)-Recipient:\s*rfc822;\s*<?([^\s<>]{3,254})", re.IGNORECASE
)
_ALIYUN = re.compile(r"无法发送到\s*<?([^\s<>，,。]{3,254}@[^\s<>，,。]{3,254})")
_DEAD = re.compile(
    r"user unknown|no such user|does ?n.t exist|mailbox not found|用户不存在|"
    r"邮箱不存在|收件人不存在|地址不存在|无此用户",
    re.IGNORECASE,
)
_ID = re.compile(r"<(?:ar|hr)\.[^<>\s]{10,300}>", re.IGNORECASE)
_READ = 200_000
OFTEN = 3
OF_LATE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says.

    Attributes:
        number: id of our outgoing mail that came back, or None.
        recipient: the address that could not be reached, or "".
        permanent: nobody lives there (5.1.x).
        status: such as `5.1.1`, or "".
    """

    number: int | None
    recipient: str
    permanent: bool
    status: str


def read(mail: Inbound, raw: bytes, secret: bytes) -> Bounce:
    """Read a bounce: by VERP, by our signed ids in the part that was returned, by its fields.

    Args:
        mail: the report, parsed.
        raw: its bytes; only the beginning is searched.
        secret: our key: only mails that we signed count.
    """
    text = raw[:_READ].decode("utf-8", "replace")
    said = f"{text}\n{mail.text}"
    status = _STATUS.search(said)
    code = ".".join(status.groups()) if status else ""
    dead = code.startswith("5.1.") or (not code and _DEAD.search(said) is not None)
    return Bounce(_number(mail, text, secret), _recipient(mail, said), dead, code)


def _number(mail: Inbound, text: str, secret: bytes) -> int | None:
    direct = verp.number((a.address for a in (*mail.delivered_to, *mail.to)), secret)
    if direct is not None:
        return direct
    ids = (*threading.newest_first(mail), *headers.ids(" ".join(_ID.findall(text)[:20])))
    own = threading.map_own(ids, secret=secret)
    return own[0][1] if own else None


def _recipient(mail: Inbound, said: str) -> str:
    named = mail.headers.get("X-Failed-Recipients").split(",")[0].strip()
    found = _RECIPIENT.search(said) or _ALIYUN.search(said)
    address = named or (found[1] if found else "")
    return address if addresses.is_valid(address) else ""


def apply(session: Session, bounce: Bounce, *, now: datetime) -> OutgoingMail | None:
    """Mark what came back and suppress an address where nobody lives.

    A report proves nothing by itself: only a mail that names one of ours, by a signed id, counts.

    Returns:
        The mail that came back, or None.
    """
    mail = session.get(OutgoingMail, bounce.number) if bounce.number is not None else None
    if mail is None or mail.state not in (SENT, UNKNOWN):
        return mail
    mail.bounced_at = now
    delivery.settle(session, mail, FAILED, f"bounced {bounce.status}".strip(), now=now)
    if bounce.permanent:
        suppression.suppress(session, mail.to_address, BOUNCED, bounce.status or "5.1.1", now=now)
    elif _returned(session, mail.to_key, now) >= OFTEN:
        # A full mailbox that stays full is as good as dead.
        detail = f"{bounce.status} ×{OFTEN}".strip()
        suppression.suppress(session, mail.to_address, BOUNCED, detail, now=now)
    return mail


def _returned(session: Session, key: str, now: datetime) -> int:
    """Return how many mails to an address came back of late."""
    query = (
        select(func.count())
        .select_from(OutgoingMail)
        .where(OutgoingMail.to_key == key, OutgoingMail.bounced_at > now - OF_LATE)
    )
    return session.scalar(query) or 0
