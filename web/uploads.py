"""Files that a customer or an agent sends along; the bytes go through `kb.attachments`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from kb import attachments, media
from kb.errors import Invalid
from kb.models.service import Message

MOST_FILES = 5
MOST_BYTES = 8 * 1024 * 1024
MOST_TOGETHER = 10 * 1024 * 1024
"""Of one mail: with base64 it stays below what every provider in China takes."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was sent."""

    name: str
    data: bytes


def received(field: str) -> list[Upload]:
    """Return the files of a form field. Raises Invalid: too many, too large."""
    sent = [file for file in request.files.getlist(field) if file.filename]
    if len(sent) > MOST_FILES:
        raise Invalid("files_many", field=field, limit=MOST_FILES)
    uploads = [Upload(file.filename or "", _read(file)) for file in sent]
    large = next((upload for upload in uploads if len(upload.data) > MOST_BYTES), None)
    if large is not None:
        raise Invalid("file_large", field=field, name=large.name, limit=MOST_BYTES // 1024 // 1024)
    return uploads


def _read(file: FileStorage) -> bytes:
    """Return the bytes, one more than may be at most, and give the temporary file back."""
    try:
        data: bytes = file.read(MOST_BYTES + 1)
        return data
    finally:
        file.close()


def outward(uploads: Sequence[Upload], *, field: str) -> list[Upload]:
    """Return files as they may leave by mail: pictures without where they were taken.

    Raises:
        Invalid: together too large for a mail, empty, a program (mail providers refuse those),
            or a picture that cannot be read.
    """
    together = sum(len(upload.data) for upload in uploads)
    if together > MOST_TOGETHER:
        raise Invalid("files_large", field=field, limit=MOST_TOGETHER // 1024 // 1024)
    return [Upload(one.name, _outward(one, field)) for one in uploads]


def _outward(upload: Upload, field: str) -> bytes:
    name = upload.name[:80]
    if not upload.data:
        raise Invalid("file_empty", field=field, name=name)
    sniffed = media.sniff(upload.data, upload.name)
    if sniffed.dangerous:
        raise Invalid("file_program", field=field, name=name)
    if not sniffed.media_type.startswith("image/"):
        return upload.data
    try:
        return media.cleaned(upload.data)
    except Invalid as error:
        raise Invalid("file_broken", field=field, name=name) from error


def attach(session: Session, message: Message, uploads: Sequence[Upload], *, now: datetime) -> None:
    """Keep the files with a message."""
    for upload in uploads:
        attachments.add_file(
            session, upload.data, filename=upload.name, message_id=message.id, now=now
        )
