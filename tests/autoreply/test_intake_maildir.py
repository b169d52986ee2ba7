"""A Maildir is emptied into the spool, each mail once, whatever happens in between."""

from __future__ import annotations

import mailbox
import os
import threading
from pathlib import Path

import pytest

from autoreply.intake_maildir import MaildirReader
from autoreply.tables import Spool
from kb.errors import Unavailable
from tests.autoreply.test_intake_imap import subjects, until
from tests.autoreply.world import MAILBOX, World


@pytest.fixture
def maildir(tmp_path: Path) -> mailbox.Maildir:
    return mailbox.Maildir(tmp_path / "Maildir")


@pytest.fixture
def reader(world: World, maildir: mailbox.Maildir, tmp_path: Path) -> MaildirReader:
    return MaildirReader(world.db, MAILBOX, tmp_path / "Maildir", world.clock, lambda: None)


def names(tmp_path: Path, part: str) -> list[str]:
    return sorted(path.name for path in (tmp_path / "Maildir" / part).iterdir())


def put(world: World, maildir: mailbox.Maildir, subject: str, *, age: float = 0) -> None:
    key = maildir.add(world.write("x", subject=subject))
    path = Path(maildir._path) / "new" / key  # type: ignore[attr-defined]  # not in the stubs
    moment = world.now.timestamp() - age
    os.utime(path, (moment, moment))


def test_new_mail_is_taken_oldest_first_and_moved(
    world: World, maildir: mailbox.Maildir, reader: MaildirReader, tmp_path: Path
) -> None:
    put(world, maildir, "后来")
    put(world, maildir, "先来", age=60)
    assert reader.read() == 2
    assert subjects(world) == ["先来", "后来"]
    assert names(tmp_path, "new") == []
    assert all(name.endswith(":2,S") for name in names(tmp_path, "cur"))
    assert reader.read() == 0
    row = world.all(Spool)[0]
    assert (row.source, row.mailbox) == ("file", MAILBOX)
    assert (world.now - row.received_at).total_seconds() == pytest.approx(60, abs=1)


def test_killed_after_the_commit_it_is_not_taken_twice(
    world: World, maildir: mailbox.Maildir, reader: MaildirReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(world, maildir, "一封")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            reader.read()
    assert subjects(world) == ["一封"]
    assert reader.read() == 0
    assert subjects(world) == ["一封"]


def test_what_cannot_be_kept_stays_in_new(
    world: World,
    maildir: mailbox.Maildir,
    reader: MaildirReader,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    put(world, maildir, "一封")

    def full(*_: object, **__: object) -> None:
        raise Unavailable("database", reason="full")

    with monkeypatch.context() as patch:
        patch.setattr("autoreply.intake_maildir.spool.store", full)
        with pytest.raises(Unavailable):
            reader.read()
    assert len(names(tmp_path, "new")) == 1
    assert reader.read() == 1


def test_a_file_that_cannot_be_read_stops_no_other(
    world: World, maildir: mailbox.Maildir, reader: MaildirReader, tmp_path: Path
) -> None:
    # A link to itself can be read by nobody, root included.
    os.symlink("loop", tmp_path / "Maildir" / "new" / "loop")
    (tmp_path / "Maildir" / "new" / "empty").touch()
    put(world, maildir, "一封")
    assert reader.read() == 1
    assert subjects(world) == ["一封"]


def test_it_runs_until_it_is_told_to_stop_and_notes_what_is_wrong(
    world: World, maildir: mailbox.Maildir, reader: MaildirReader, tmp_path: Path
) -> None:
    reader.look_seconds = 0.05
    thread = threading.Thread(target=reader.run, daemon=True)
    thread.start()
    put(world, maildir, "一封")
    until(lambda: subjects(world) == ["一封"])
    reader.stop()
    thread.join(10)
    assert not thread.is_alive()
    lost = MaildirReader(world.db, MAILBOX, tmp_path / "none", world.clock, lambda: None)
    thread = threading.Thread(target=lost.run, daemon=True)
    thread.start()
    until(lambda: any("FileNotFound" in box.error for box in world.all_mailboxes()))
    lost.stop()
    thread.join(10)
