"""Take mail from a pipe (an MTA's transport) or from files."""

from __future__ import annotations

import mailbox as mailboxes
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from autoreply import spool
from autoreply.limits import DEFAULT
from autoreply.spool import Arrival
from kb.db import Database
from kb.errors import Invalid, NotFound

EX_OK, EX_TEMPFAIL, EX_DATAERR = 0, 75, 65
"""What an MTA understands of a pipe's end (sysexits.h): 75 makes it try again."""


def from_pipe(
    db: Database,
    stream: BinaryIO,
    *,
    mailbox: str,
    envelope_from: str | None = None,
    now: datetime,
) -> int | None:
    """Keep one mail from a pipe.

    Args:
        db: the database.
        stream: the mail, to its end.
        mailbox: ours, that it was delivered to.
        envelope_from: MAIL FROM, when the MTA tells.
        now: the moment.

    Returns:
        The spool row's id; None when this very mail is kept already.

    Raises:
        Invalid: nothing came (`mail_empty`), or too much (`mail_large`).
        Unavailable: it cannot be kept now; the command ends with `EX_TEMPFAIL`.
    """
    raw = stream.read(DEFAULT.message_bytes + 1)
    if not raw.strip():
        raise Invalid("mail_empty", field="mail")
    if len(raw) > DEFAULT.message_bytes:
        raise Invalid("mail_large", field="mail", limit=DEFAULT.message_bytes // 1024 // 1024)
    arrival = Arrival(
        raw=raw,
        mailbox=mailbox,
        source="pipe",
        received_at=now,
        envelope_from=envelope_from,
        envelope_to=(mailbox,),
    )
    with db.transaction() as session:
        return spool.store(session, arrival, now=now)


def from_path(db: Database, path: Path, *, mailbox: str, now: datetime) -> tuple[int, int]:
    """Keep all mails of a file, an mbox, a Maildir or a folder of .eml files.

    Args:
        db: the database.
        path: where they are.
        mailbox: ours, that they were written to.
        now: the moment; each mail counts as received then.

    Returns:
        how many were kept, and how many were known already.

    Raises:
        NotFound: nothing is there (`file_missing`).
    """
    if not path.exists():
        raise NotFound("file_missing", path=str(path))
    kept = known = 0
    for raw in _mails(path):
        arrival = Arrival(raw=raw, mailbox=mailbox, source="file", received_at=now)
        with db.transaction() as session:
            if spool.store(session, arrival, now=now) is None:
                known += 1
            else:
                kept += 1
    return kept, known


def _mails(path: Path) -> Iterator[bytes]:
    if path.is_dir() and (path / "cur").is_dir() and (path / "new").is_dir():
        maildir = mailboxes.Maildir(path, create=False)
        for key in sorted(maildir.keys()):
            yield maildir.get_bytes(key)
    elif path.is_dir():
        for file in sorted(path.rglob("*.eml")):
            yield _bounded(file)
    elif _is_mbox(path):
        box = mailboxes.mbox(path, create=False)
        try:
            for number in box.keys():  # noqa: SIM118 - an mbox iterates over messages, not keys
                yield box.get_bytes(number)
        finally:
            box.close()
    else:
        yield _bounded(path)


def _bounded(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(DEFAULT.message_bytes)


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(5) == b"From " and path.suffix != ".eml"
