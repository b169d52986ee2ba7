"""Pictures of articles and files of messages; the bytes are kept once, by their SHA-256."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from kb import media, tokens
from kb.errors import Invalid, NotFound
from kb.models.knowledge import Attachment, Blob

MAX_FILE = 25 * 1024 * 1024
MEDIA = "/media/"
OUR_NAME = re.compile(r"([0-9a-f]{32})-(\d{1,5})x(\d{1,5})\.webp")
_IN_TEXT = re.compile(r"/media/([0-9A-Za-z._-]{1,80})")
# What kb.media writes; a file with any other chunk (EXIF, XMP, …) is written anew.
_CHUNKS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"})


def add_picture(
    session: Session,
    data: bytes,
    *,
    now: datetime,
    filename: str = "",
    article_id: int | None = None,
) -> Attachment:
    """Keep a picture that somebody sent, written anew. Raises Invalid (see `media.reencode`)."""
    picture = media.reencode(data)
    return keep_picture(session, picture, filename=filename, article_id=article_id, now=now)


def imported(data: bytes, filename: str) -> media.Picture:
    """Return a picture of an import; writing our own anew would only make it worse.

    Raises:
        Invalid: see `media.reencode`.
    """
    picture = media.reencode(data)
    digest = hashlib.sha256(data).hexdigest()
    ours = OUR_NAME.fullmatch(filename)
    if ours is None or not digest.startswith(ours[1]) or not _only_pixels(data):
        return picture
    return media.Picture(data, picture.media_type, picture.width, picture.height, digest)


def _only_pixels(data: bytes) -> bool:
    """Say whether a WebP file holds pictures and nothing else, up to its very end."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return False
    if struct.unpack("<I", data[4:8])[0] + 8 != len(data):
        return False
    place = 12
    while place < len(data):
        if data[place : place + 4] not in _CHUNKS or place + 8 > len(data):
            return False
        size = struct.unpack("<I", data[place + 4 : place + 8])[0]
        place += 8 + size + size % 2
    return place == len(data)


def keep_picture(
    session: Session,
    picture: media.Picture,
    *,
    now: datetime,
    filename: str = "",
    article_id: int | None = None,
) -> Attachment:
    """Keep a picture that `kb.media` made; the same picture is kept once."""
    known = session.scalar(select(Attachment).where(Attachment.name == picture.name))
    if known is not None:
        return known
    _keep(session, picture.digest, picture.data)
    row = Attachment(
        name=picture.name,
        filename=_filename(filename),
        media_type=picture.media_type,
        size=len(picture.data),
        width=picture.width,
        height=picture.height,
        digest=picture.digest,
        article_id=article_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def add_file(
    session: Session,
    data: bytes,
    *,
    filename: str,
    message_id: int,
    now: datetime,
) -> Attachment:
    """Keep a file of a message as it came; it is only ever offered as a download.

    Raises:
        Invalid: `file_empty`, `file_large`.
    """
    if not data:
        raise Invalid("file_empty", field="file", name=filename[:80])
    if len(data) > MAX_FILE:
        raise Invalid("file_large", field="file", name=filename[:80], limit=MAX_FILE)
    sniffed = media.sniff(data, filename)
    digest = hashlib.sha256(data).hexdigest()
    _keep(session, digest, data)
    row = Attachment(
        name=tokens.fresh(128),
        filename=_filename(filename),
        media_type=sniffed.media_type,
        dangerous=sniffed.dangerous,
        size=len(data),
        digest=digest,
        message_id=message_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def by_name(session: Session, name: str) -> Attachment:
    """Return an attachment. Raises NotFound."""
    row = session.scalar(select(Attachment).where(Attachment.name == name))
    if row is None:
        raise NotFound(attachment=name)
    return row


def of_message(session: Session, message_id: int) -> list[Attachment]:
    """Return the files of a message, in the order they came."""
    query = select(Attachment).where(Attachment.message_id == message_id)
    return list(session.scalars(query.order_by(Attachment.id)))


def content(session: Session, attachment: Attachment) -> bytes:
    """Return the bytes. Raises NotFound when they are gone."""
    blob = session.get(Blob, attachment.digest)
    if blob is None:
        raise NotFound(attachment=attachment.name)
    return blob.data


def named_in(text: str) -> list[str]:
    """Return the names of the pictures that a text shows, each once, in order."""
    return list(dict.fromkeys(_IN_TEXT.findall(text)))


def sweep(session: Session, *, gone: Iterable[str] = ()) -> int:
    """Remove bytes that nothing refers to any more.

    Args:
        session: the unit of work.
        gone: names of attachments to remove first.

    Returns:
        how many blobs were removed.
    """
    session.execute(delete(Attachment).where(Attachment.name.in_(list(gone))))
    used = exists().where(Attachment.digest == Blob.digest)
    removed = delete(Blob).where(~used).execution_options(synchronize_session=False)
    return len(session.scalars(removed.returning(Blob.digest)).all())


def _keep(session: Session, digest: str, data: bytes) -> None:
    if session.get(Blob, digest) is None:
        session.add(Blob(digest=digest, data=data))
        session.flush()


def _filename(name: str) -> str:
    """Return a file name without folders and control signs, at most 200 characters."""
    base = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in base if sign.isprintable() and sign != "\u202e")
    return shown.encode("utf-8", "replace").decode()[-200:]
