"""The spool: every mail is committed here, raw, before it is acknowledged or flagged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from autoreply import addresses, headers, mime, storable, stored_once
from autoreply.stored_once import Cut
from autoreply.tables import DONE, QUARANTINED, RECEIVED, Spool
from kb import jobs
from kb.errors import Conflict, NotFound
from kb.models.base import table_of
from kb.models.knowledge import Blob
from kb.models.system import Job

MAIL_IN = "mail_in"

_SPOOL = table_of(Spool)
_KEPT = select(_SPOOL.c.id).where(
    _SPOOL.c.mailbox == bindparam("box"), _SPOOL.c.fingerprint == bindparam("print")
)
_ADDED = insert(_SPOOL).returning(_SPOOL.c.id)
_CLAIMED = (
    update(_SPOOL)
    .where(_SPOOL.c.id == bindparam("number"), _SPOOL.c.state == RECEIVED)
    .values(
        state=bindparam("becomes"),
        outcome=bindparam("end"),
        kind=bindparam("is_kind"),
        reason=bindparam("because"),
        error=bindparam("went_wrong"),
        done_at=bindparam("moment"),
    )
    .returning(_SPOOL.c.id)
)
_PLACED = (
    update(_SPOOL)
    .where(_SPOOL.c.id == bindparam("number"))
    .values(ticket_id=bindparam("ticket"), message_id=bindparam("message"))
)
_SHORTENED = (
    update(_SPOOL)
    .where(_SPOOL.c.id == bindparam("number"))
    .values(raw=bindparam("short"), cuts=bindparam("cut_out"))
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail as a listener hands it over.

    Attributes:
        raw: the bytes as received.
        mailbox: ours, that it was delivered to.
        source: `smtp`, `lmtp`, `imap`, `pipe` or `file`.
        envelope_from: MAIL FROM; "" for the null sender, None when unknown.
        envelope_to: RCPT TO addresses.
        received_at: when our server took it.
        size: bytes of the whole mail, when `raw` is only its beginning.
    """

    raw: bytes
    mailbox: str
    source: str
    received_at: datetime
    envelope_from: str | None = None
    envelope_to: tuple[str, ...] = ()
    size: int = 0


def store(session: Session, arrival: Arrival, *, now: datetime) -> int | None:
    """Keep a mail and the job that will look at it.

    Args:
        session: the unit of work; the caller acknowledges the mail only after its commit.
        arrival: the mail.
        now: the moment.

    Returns:
        The row's id; None when this very mail is kept already.
    """
    mailbox = storable.text(arrival.mailbox.lower(), longest=254)
    seen = _Seen.of(arrival.raw)
    if session.scalar(_KEPT, {"box": mailbox, "print": seen.fingerprint}) is not None:
        return None
    row = {
        "mailbox": mailbox,
        "fingerprint": seen.fingerprint,
        "raw": arrival.raw,
        "sha256": hashlib.sha256(arrival.raw).hexdigest(),
        "size": max(arrival.size, len(arrival.raw)),
        "envelope_from": None
        if arrival.envelope_from is None
        else storable.text(arrival.envelope_from, longest=320),
        "envelope_to": [storable.text(one, longest=320) for one in arrival.envelope_to[:50]],
        "source": arrival.source,
        "received_at": arrival.received_at,
        "from_address": seen.author,
        "subject": seen.subject,
        "mail_id": seen.mail_id,
    }
    number: int = session.execute(_ADDED, row).scalar_one()
    jobs.enqueue(session, MAIL_IN, {"spool": number}, now=now, dedupe=f"{MAIL_IN}:{number}")
    return number


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the spool's list shows, and the key by which a mail is recognised."""

    fingerprint: str
    author: str
    subject: str
    mail_id: str

    @classmethod
    def of(cls, raw: bytes) -> _Seen:
        tree = mime.read(raw)
        fields = mime.dict_of(tree.fields)
        authors = addresses.parse(fields.get("from", b""))
        return cls(
            fingerprint=_fingerprint(fields, (part.body for part in tree.parts)),
            author=storable.text(authors[0].key, longest=254) if authors else "",
            subject=storable.text(
                headers.clean(headers.text(fields.get("subject", b""))), longest=300
            ),
            mail_id=storable.text(
                next(iter(headers.ids(headers.unfold(fields.get("message-id", b"")))), ""),
                longest=998,
            ),
        )


def _fingerprint(fields: dict[str, bytes], bodies: Iterable[bytes]) -> str:
    """Hash what makes a mail this mail; what servers on the way add does not count.

    The same Message-ID with another content is another mail (a forgery, or JIRA); without a
    Message-ID the content alone counts.
    """
    digest = hashlib.sha256()
    for name in ("message-id", "from", "date", "subject"):
        digest.update(b" ".join(fields.get(name, b"").split()) + b"\x00")
    for body in bodies:
        digest.update(hashlib.sha256(body.strip()).digest())
    return digest.hexdigest()


def get(session: Session, spool_id: int) -> Spool:
    """Return a mail. Raises NotFound."""
    row = session.get(Spool, spool_id)
    if row is None:
        raise NotFound(spool=spool_id)
    return row


def whole(session: Session, row: Spool) -> bytes | None:
    """Return a mail to the byte as it came; None once it was too old to keep.

    A file that went with its ticket leaves its place empty.
    """
    if row.raw is None:
        return None

    def file(digest: str) -> bytes | None:
        blob = session.get(Blob, digest)
        return blob.data if blob is not None else None

    # JSON of `stored_once.Cut`.
    cuts: list[Cut] = row.cuts
    return stored_once.whole(row.raw, cuts, file)


@dataclass(frozen=True, slots=True)
class End:
    """How a mail ended.

    Attributes:
        outcome: `answered`, `ticket`, `ignored` or `quarantined`.
        reason: id of the guard's rule or of the row of `autoreply.decide`, or `poison`.
        kind: of `autoreply.guard.KINDS`, or "" for a mail that could not be read.
        error: what went wrong, or "".
    """

    outcome: str
    reason: str
    kind: str = ""
    error: str = ""


def claim(session: Session, spool_id: int, end: End, *, now: datetime) -> bool:
    """Take a mail from `received` to its end; False when another worker was faster."""
    given = {
        "number": spool_id,
        "becomes": QUARANTINED if end.outcome == QUARANTINED else DONE,
        "end": end.outcome,
        "is_kind": end.kind,
        "because": end.reason,
        "went_wrong": end.error[:2000],
        "moment": now,
    }
    return session.scalar(_CLAIMED, given) is not None


def place(session: Session, spool_id: int, *, ticket: int | None, message: int | None) -> None:
    """Note where a mail stands now: its ticket, and its message there."""
    session.execute(_PLACED, {"number": spool_id, "ticket": ticket, "message": message})


def shorten(session: Session, spool_id: int, raw: bytes, cuts: list[dict[str, object]]) -> None:
    """Keep the raw mail without the files that its message holds (`stored_once`)."""
    session.execute(_SHORTENED, {"number": spool_id, "short": raw, "cut_out": cuts})


def attempt(session: Session, spool_id: int, step: int = 1) -> int:
    """Count an attempt (or take one back) and return how many there were."""
    counted = (
        update(Spool)
        .where(Spool.id == spool_id)
        .values(attempts=Spool.attempts + step)
        .returning(Spool.attempts)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(counted) or 0


def retry(session: Session, spool_id: int, *, now: datetime) -> None:
    """Give a quarantined mail another round. Raises NotFound, Conflict (it is not quarantined)."""
    row = get(session, spool_id)
    if row.state != QUARANTINED or row.raw is None:
        raise Conflict("not_quarantined", spool=spool_id)
    row.state, row.outcome, row.attempts, row.error = RECEIVED, None, 0, ""
    row.reason = ""
    for job in session.scalars(select(Job).where(Job.dedupe == f"{MAIL_IN}:{spool_id}")):
        job.dedupe = None
    session.flush()
    jobs.enqueue(session, MAIL_IN, {"spool": spool_id}, now=now, dedupe=f"{MAIL_IN}:{spool_id}")
