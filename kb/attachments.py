"""Files of messages and pictures of articles: rows that name bytes, and the bytes kept once."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from kb import filetypes, media, tokens
from kb.models.knowledge import Attachment, Blob

MAX_NAME = 200
_UNSAFE = str.maketrans({char: "_" for char in '/\\:*?"<>|'} | {code: None for code in range(32)})


def add_file(
    session: Session, data: bytes, *, filename: str, message_id: int | None, now: datetime
) -> Attachment:
    """Keep a file as it is, for download only; it is never opened.

    Args:
        session: the unit of work.
        data: the bytes.
        filename: as the sender called it; any characters.
        message_id: the message it belongs to.
        now: the moment.
    """
    kind = filetypes.sniff(data[:4096], filename)
    row = Attachment(
        name=tokens.fresh(128),
        filename=filename.translate(_UNSAFE)[-MAX_NAME:],
        media_type=kind.media_type,
        size=len(data),
        dangerous=kind.dangerous,
        digest=_keep(session, data),
        message_id=message_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def add_picture(
    session: Session, data: bytes, *, filename: str, article_id: int | None, now: datetime
) -> Attachment:
    """Keep a picture of an article, written anew. Raises Invalid (`kb.media.reencode`)."""
    picture = media.reencode(data)
    row = Attachment(
        name=f"{tokens.fresh(64)}-{picture.width}x{picture.height}.webp",
        filename=filename.translate(_UNSAFE)[-MAX_NAME:],
        media_type=picture.media_type,
        size=len(picture.data),
        width=picture.width,
        height=picture.height,
        digest=_keep(session, picture.data),
        article_id=article_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _keep(session: Session, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    if session.get(Blob, digest) is None:
        session.add(Blob(digest=digest, data=data))
        session.flush()
    return digest
