"""Mail from a pipe, a file, an mbox, a Maildir."""

from __future__ import annotations

import io
import mailbox
from pathlib import Path

import pytest

from autoreply import intake_file
from autoreply.tables import Spool
from kb.errors import Invalid, NotFound
from tests.autoreply.world import MAILBOX, World


def test_one_mail_from_a_pipe(world: World) -> None:
    raw = world.write("x")
    for expected in (1, None):
        got = intake_file.from_pipe(world.db, io.BytesIO(raw), mailbox=MAILBOX, now=world.now)
        assert got == expected
    assert world.all(Spool)[0].source == "pipe"


def test_an_empty_pipe_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="mail_empty"):
        intake_file.from_pipe(world.db, io.BytesIO(b"\n"), mailbox=MAILBOX, now=world.now)


def test_a_folder_an_mbox_and_a_maildir(world: World, tmp_path: Path) -> None:
    raws = [world.write("x", subject=f"第{n}封") for n in range(3)]
    folder = tmp_path / "mails"
    folder.mkdir()
    for place, raw in enumerate(raws):
        (folder / f"{place}.eml").write_bytes(raw)
    box = mailbox.mbox(tmp_path / "box")
    maildir = mailbox.Maildir(tmp_path / "dir")
    for raw in raws:
        box.add(raw)
        maildir.add(raw)
    box.close()
    counts = [
        intake_file.from_path(world.db, path, mailbox=MAILBOX, now=world.now)
        for path in (folder, tmp_path / "box", tmp_path / "dir", folder / "1.eml")
    ]
    assert counts == [(3, 0), (0, 3), (0, 3), (0, 1)]
    assert [row.subject for row in world.all(Spool)] == ["第0封", "第1封", "第2封"]


def test_nothing_there_is_said_so(world: World, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        intake_file.from_path(world.db, tmp_path / "none", mailbox=MAILBOX, now=world.now)
