"""Shorten raw mail of before its files were kept once: a job that goes through the spool in steps.

Each step is a transaction of its own and leaves the next step as a job, so a crash costs nothing. A
mail is shortened only where putting its files back gives the very same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import mime, spool, stored_once
from autoreply.tables import Spool
from kb import attachments, jobs

KIND = "mail_files"
"""Kind of the job; its payload is `{"after": id of the last mail that was looked at}`."""

MOST_MAILS = 50
MOST_BYTES = 4 * 1024 * 1024
"""A step reads no more than this, and one mail."""

PAUSE = timedelta(seconds=2)
"""Between two steps, so that customers' mail goes first."""


def step(session: Session, payload: dict[str, Any], now: datetime) -> None:  # Any: as `KIND` says
    """Shorten the next mails, and leave the rest to another job."""
    last = shorten(session, after=int(payload.get("after", 0)))
    if last is not None:
        again = {"after": last}
        jobs.enqueue(
            session, KIND, again, now=now, run_at=now + PAUSE, dedupe=f"{KIND}:after:{last}"
        )


def shorten(session: Session, *, after: int = 0) -> int | None:
    """Shorten mails that hold files once more.

    Args:
        session: the unit of work.
        after: the id behind which to begin.

    Returns:
        The last id that was looked at; None when there is none behind it.
    """
    query = (
        select(Spool.id, Spool.size, Spool.cuts)
        .where(
            Spool.id > after,
            Spool.raw.is_not(None),
            Spool.message_id.is_not(None),
            Spool.size >= stored_once.SMALLEST,
        )
        .order_by(Spool.id)
        .limit(MOST_MAILS)
    )
    last, room = None, MOST_BYTES
    for row in session.execute(query).all():
        if last is not None and row.size > room:
            break
        last = row.id
        if not row.cuts:
            room -= row.size
            _shorten(session, row.id)
    return last


def _shorten(session: Session, number: int) -> None:
    row = session.get_one(Spool, number)
    kept = {}
    if row.message_id is not None:
        kept = {one.digest: one for one in attachments.of_message(session, row.message_id)}
    raw = row.raw or b""
    if not kept:
        session.expunge(row)
        return
    found = [
        stored_once.File(part.body, data, digest)
        for part in mime.read(raw).parts
        if part.encoding == "base64"
        for data in (part.data(),)
        for digest in (hashlib.sha256(data).hexdigest(),)
        if digest in kept
    ]
    short, cuts = stored_once.shorten(raw, found)
    if cuts and _is_whole(session, short, cuts, raw, kept):
        spool.shorten(session, number, short, [dict(one) for one in cuts])
    session.expunge(row)


def _is_whole(
    session: Session,
    short: bytes,
    cuts: Sequence[stored_once.Cut],
    raw: bytes,
    kept: dict[str, Any],  # Any: rows of attachments
) -> bool:
    def file(digest: str) -> bytes:
        data: bytes = attachments.content(session, kept[digest])
        return data

    return stored_once.whole(short, cuts, file) == raw
