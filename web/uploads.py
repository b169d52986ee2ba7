"""Files that a customer or an agent sends along; the bytes go through `kb.attachments`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from kb import attachments
from kb.errors import Invalid
from kb.models.service import Message

MOST_FILES = 5
MOST_BYTES = 8 * 1024 * 1024


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
    uploads = [Upload(file.filename or "", file.read(MOST_BYTES + 1)) for file in sent]
    large = next((upload for upload in uploads if len(upload.data) > MOST_BYTES), None)
    if large is not None:
        raise Invalid("file_large", field=field, name=large.name, limit=MOST_BYTES // 1024 // 1024)
    return uploads


def attach(session: Session, message: Message, uploads: Sequence[Upload], *, now: datetime) -> None:
    """Keep the files with a message."""
    for upload in uploads:
        attachments.add_file(
            session, upload.data, filename=upload.name, message_id=message.id, now=now
        )
