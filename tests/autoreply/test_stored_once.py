from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text

from autoreply import mime, shortening, spool
from autoreply.stored_once import SMALLEST, File, shorten, whole
from autoreply.tables import Spool
from kb import attachments, jobs
from kb.db import Database
from kb.models.knowledge import Attachment, Blob
from kb.models.system import Job
from tests.autoreply.mails import NOW
from tests.autoreply.world import LOCKED_OUT, World
from wenqu import migrate


def file_of(data: bytes, body: bytes) -> File:
    return File(body, data, hashlib.sha256(data).hexdigest())


def mail_with(*datas: bytes, width: int = 76, newline: bytes = b"\r\n") -> bytes:
    """Return a mail with files; base64 in lines of `width`."""
    parts = [b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + LOCKED_OUT.encode()]
    for number, data in enumerate(datas):
        packed = base64.b64encode(data)
        lines = newline.join(packed[at : at + width] for at in range(0, len(packed), width))
        head = f'Content-Type: image/png; name="{number}.png"\r\nContent-Transfer-Encoding: base64'
        parts.append(head.encode() + b"\r\n\r\n" + lines)
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    fields = (
        b"From: wf@qq.example\r\nTo: help@anlu.example\r\nSubject: Lock\r\n"
        b"Message-ID: <files@qq.example>\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    )
    return fields + body


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.binary(min_size=0, max_size=9000), max_size=4),
    st.sampled_from([4, 60, 72, 76]),
    st.sampled_from([b"\r\n", b"\n"]),
)
def test_what_was_cut_goes_back_to_the_byte(datas: list[bytes], width: int, newline: bytes) -> None:
    raw = mail_with(*datas, width=width, newline=newline)
    parts = mime.read(raw).parts[1:]
    files = [file_of(part.data(), part.body) for part in parts]
    kept = {file.digest: file.data for file in files}
    short, cuts = shorten(raw, files)
    assert whole(short, cuts, kept.get) == raw
    assert len(cuts) == sum(len(file.body.strip(b"\n")) >= SMALLEST for file in files)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=SMALLEST + 200), st.binary(max_size=300), st.binary(max_size=300))
def test_any_bytes_come_back(data: bytes, before: bytes, after: bytes) -> None:
    raw = before + base64.encodebytes(data * 3) + after
    file = file_of(data * 3, base64.encodebytes(data * 3))
    short, cuts = shorten(raw, [file, file])
    assert whole(short, cuts, {file.digest: file.data}.get) == raw


def test_base64_that_another_would_write_otherwise_stays() -> None:
    body = base64.encodebytes(b"x" * 9000).replace(b"\n", b" \n", 1)
    assert shorten(body, [file_of(b"x" * 9000, body)]) == (body, [])


def test_a_file_that_is_gone_leaves_its_place_empty() -> None:
    data = b"x" * 9000
    raw = mail_with(data)
    short, cuts = shorten(raw, [file_of(data, mime.read(raw).parts[1].body)])
    assert len(short) < 1000
    assert whole(short, cuts, lambda digest: None) == short


def test_a_mail_with_files_is_stored_once(world: World) -> None:
    world.know(LOCKED_OUT)
    data = bytes(range(256)) * 400
    raw = mail_with(data, data[::-1])
    number = world.arrive(raw)
    assert number is not None
    world.work()
    with world.db.reading() as session:
        row = session.get_one(Spool, number)
        assert row.ticket_id is not None
        assert row.raw is not None
        assert len(row.raw) < 2000
        assert row.size == len(raw)
        assert spool.whole(session, row) == raw
        assert row.message_id is not None
        files = attachments.of_message(session, row.message_id)
        assert [attachments.content(session, one) for one in files] == [data, data[::-1]]
        assert session.scalar(select(func.count()).select_from(Blob)) == 2


def test_a_mail_that_was_emptied_has_nothing(world: World) -> None:
    number = world.arrive(mail_with(b"x"))
    with world.db.transaction() as session:
        row = session.get_one(Spool, number)
        row.raw = None
        assert spool.whole(session, row) is None


@pytest.mark.parametrize("size", [10, SMALLEST])
def test_small_files_stay_in_the_mail(world: World, size: int) -> None:
    world.know(LOCKED_OUT)
    raw = mail_with(b"x" * (size // 2))
    number = world.arrive(raw)
    world.work()
    with world.db.reading() as session:
        assert session.get_one(Spool, number).raw == raw


def test_going_back_puts_files_into_their_mails(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/base.db")
    migrate.upgrade(database)
    raw = mail_with(b"x" * 9000)
    short, cuts = shorten(raw, [file_of(b"x" * 9000, mime.read(raw).parts[1].body)])
    with database.transaction() as session:
        session.add(Blob(digest=cuts[0]["digest"], data=b"x" * 9000))
        session.add(
            Spool(
                mailbox="help@anlu.example",
                fingerprint="1",
                raw=short,
                cuts=list(cuts),
                sha256="",
                size=len(raw),
                envelope_to=[],
                source="lmtp",
                received_at=NOW,
            )
        )
    migrate.downgrade(database, "20261129_1600")
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT raw FROM mail_spool")) == raw
    database.close()


def _as_before(world: World, raw: bytes) -> int:
    """Take in a mail and put its row as it was before files were kept once."""
    number = world.arrive(raw)
    assert number is not None
    world.work()
    with world.db.transaction() as session:
        row = session.get_one(Spool, number)
        row.raw, row.cuts = raw, []
    return number


def _run(world: World) -> int:
    """Run the job's steps to the end, each in a transaction; returns how many."""
    payload: dict[str, int] = {"after": 0}
    for steps in range(1, 30):
        with world.db.transaction() as session:
            shortening.step(session, payload, world.now)
        with world.db.reading() as session:
            query = select(Job).where(Job.kind == shortening.KIND).order_by(Job.id.desc())
            job = session.scalar(query.limit(1))
        if job is None or job.payload == payload:
            return steps
        payload = job.payload
    raise AssertionError("no end")


def test_old_mail_is_shortened_in_steps_and_stays_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortening, "MOST_MAILS", 2)
    world.know(LOCKED_OUT)
    raws = [
        mail_with(bytes([n]) * 9000, bytes([n, 1]) * 4000).replace(b"<files@", f"<{n}@".encode())
        for n in range(5)
    ]
    numbers = [_as_before(world, raw) for raw in raws]
    assert _run(world) > 2
    with world.db.reading() as session:
        for number, raw in zip(numbers, raws, strict=True):
            row = session.get_one(Spool, number)
            assert row.raw is not None
            assert len(row.raw) < 2000
            assert spool.whole(session, row) == raw
    # Once more changes nothing, as after a crash behind the last step.
    assert _run(world) >= 1
    with world.db.reading() as session:
        assert spool.whole(session, session.get_one(Spool, numbers[0])) == raws[0]


def test_old_mail_whose_files_are_not_kept_stays_as_it_is(world: World) -> None:
    world.know(LOCKED_OUT)
    raw = mail_with(b"x" * 9000)
    number = _as_before(world, raw)
    with world.db.transaction() as session:
        session.execute(delete(Attachment))
    _run(world)
    with world.db.reading() as session:
        assert session.get_one(Spool, number).raw == raw


@pytest.mark.parametrize("mails", [0, 1])
def test_an_upgrade_leaves_the_job_where_there_is_mail(tmp_path: Path, mails: int) -> None:
    database = Database(f"sqlite:///{tmp_path}/base.db")
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        command.downgrade(migrate.alembic_config(connection), "20261129_1605")
    with database.transaction() as session:
        for number in range(mails):
            session.add(
                Spool(
                    mailbox="help@anlu.example",
                    fingerprint=str(number),
                    raw=b"x",
                    sha256="",
                    size=1,
                    envelope_to=[],
                    source="smtp",
                    received_at=NOW,
                    message_id=1,
                )
            )
    migrate.upgrade(database)
    with database.transaction() as session:
        job = jobs.claim(session, owner="x", now=datetime.now(UTC), kinds=(shortening.KIND,))
        assert (job.payload if job else None) == ({"after": 0} if mails else None)
    database.close()
