"""Pictures and files: kept once, never more dangerous than they look."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb import attachments, media
from kb.errors import Invalid, NotFound
from kb.models.knowledge import Blob
from tests.factories import make_ticket, picture


def blobs(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Blob)) or 0


def test_a_picture_is_written_anew_and_kept_once(session: Session, now: datetime) -> None:
    one = attachments.add_picture(session, picture(), now=now, filename="C:\\图\\锁.png")
    two = attachments.add_picture(session, picture(), now=now)
    assert one is two
    assert (one.media_type, one.width, one.height, one.filename) == ("image/webp", 8, 6, "锁.png")
    assert attachments.content(session, one)[:4] == b"RIFF"
    assert attachments.by_name(session, one.name) is one
    assert (attachments.named_in(f"![x](/media/{one.name})"), blobs(session)) == ([one.name], 1)


def test_what_we_wrote_comes_back_bit_by_bit() -> None:
    ours = media.reencode(picture())
    assert attachments.imported(ours.data, ours.name).data == ours.data


@pytest.mark.parametrize("how", ["other_name", "hidden_chunk", "tail"])
def test_what_only_looks_like_ours_is_written_anew(how: str) -> None:
    ours = media.reencode(picture())
    data, name = ours.data, ours.name
    if how == "other_name":
        name = "photo.webp"
    else:
        extra = b"EXIF" + (6).to_bytes(4, "little") + b"secret"
        data = data + extra if how == "hidden_chunk" else data + b"<script>"
        if how == "hidden_chunk":
            data = data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]
        name = f"{hashlib.sha256(data).hexdigest()[:32]}-8x6.webp"
    kept = attachments.imported(data, name).data
    assert b"secret" not in kept
    assert b"script" not in kept


def test_files_of_messages(session: Session, now: datetime) -> None:
    message = make_ticket(session).messages[0]
    one = attachments.add_file(
        session, b"MZ\x90", filename="../照片\u202egpj.exe", message_id=message.id, now=now
    )
    two = attachments.add_file(session, b"MZ\x90", filename="b.exe", message_id=message.id, now=now)
    assert (one.dangerous, one.filename) == (True, "照片gpj.exe")
    assert attachments.of_message(session, message.id) == [one, two]
    assert (one.name != two.name, blobs(session)) == (True, 1)
    with pytest.raises(Invalid):
        attachments.add_file(session, b"", filename="x", message_id=message.id, now=now)
    with pytest.raises(NotFound):
        attachments.by_name(session, "nothing")


def test_bytes_that_nothing_needs_are_swept(session: Session, now: datetime) -> None:
    one = attachments.add_picture(session, picture(), now=now)
    attachments.add_picture(session, picture(colour=(1, 1, 1)), now=now)
    assert attachments.sweep(session) == 0
    assert attachments.sweep(session, gone=[one.name]) == 1
    assert blobs(session) == 1
