"""The change log: a reader who follows it sees everything, whoever writes at the same time."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from kb import changes
from kb.changes import Mark
from kb.db import Database


def test_entries_come_in_order_and_once(session: Session, now: datetime) -> None:
    for number in range(5):
        changes.record(session, "article", number, now=now)
    session.flush()
    first = changes.after(session, Mark(), limit=2)
    rest = changes.after(session, first[-1].mark)
    assert [entry.object_id for entry in (*first, *rest)] == [0, 1, 2, 3, 4]
    assert changes.latest(session) == rest[-1].mark
    assert changes.behind(session, first[-1].mark) == 3
    assert changes.after(session, rest[-1].mark) == []


def test_what_is_rolled_back_was_never_there(db: Database, now: datetime) -> None:
    class Oops(Exception):
        pass

    def write() -> None:
        with db.transaction() as session:
            changes.record(session, "article", 1, now=now)
            raise Oops

    with pytest.raises(Oops):
        write()
    with db.reading() as session:
        assert changes.latest(session) == Mark()


def test_a_database_keeps_its_own_name(db: Database) -> None:
    with db.transaction() as session:
        name = changes.database_id(session)
    with db.transaction() as session:
        assert changes.database_id(session) == name


@pytest.mark.postgres
def test_a_late_commit_is_not_overtaken(postgres: Database, now: datetime) -> None:
    with postgres.transaction() as slow:
        changes.record(slow, "article", 1, now=now)
        slow.flush()
        with postgres.transaction() as quick:
            changes.record(quick, "article", 2, now=now)
        with postgres.reading() as reader:
            assert changes.after(reader, Mark()) == []
            assert changes.latest(reader) == Mark()
    with postgres.reading() as reader:
        assert [entry.object_id for entry in changes.after(reader, Mark())] == [1, 2]


@pytest.mark.postgres
def test_of_many_writers_none_is_lost(postgres: Database, now: datetime) -> None:
    seen: list[int] = []
    writing = threading.Event()

    def write(start: int) -> None:
        for number in range(start, start + 40):
            with postgres.transaction() as session:
                changes.record(session, "article", number, now=now)
                session.flush()

    def read() -> None:
        mark = Mark()
        while True:
            done = writing.is_set()
            with postgres.reading() as session:
                entries = changes.after(session, mark, limit=7)
            seen.extend(entry.object_id for entry in entries)
            if entries:
                mark = entries[-1].mark
            elif done:
                return

    writers = [threading.Thread(target=write, args=(n * 1000,)) for n in range(5)]
    reader = threading.Thread(target=read)
    for thread in (*writers, reader):
        thread.start()
    for thread in writers:
        thread.join(60)
    writing.set()
    reader.join(60)
    assert sorted(seen) == sorted(n * 1000 + m for n in range(5) for m in range(40))
