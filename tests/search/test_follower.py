"""The index follows the change log, whoever writes it and whatever crashes."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb import articles, changes, tickets
from kb.articles import Content, Version
from kb.db import Database
from kb.errors import Unavailable
from search import glossary, index
from search.engine import TICKET, Engine, Position
from search.engines import open_engine
from search.follower import Follower
from search.lock import FileLock
from search.query import build
from tests import databases

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = databases.in_file(tmp_path / "base.db")
    yield database
    database.close()


@pytest.fixture(params=["tantivy", "whoosh", "memory"])
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def follower(database: Database, folder: Path, engine_name: str) -> Iterator[Follower]:
    follower = Follower(database, open_engine(engine_name, folder), folder)
    yield follower
    follower.release()
    follower.engine.close()


@pytest.fixture
def durable(database: Database, folder: Path) -> Iterator[Follower]:
    follower = Follower(database, open_engine("tantivy", folder), folder)
    yield follower
    follower.release()


def publish(
    database: Database, question: str, *, body: str = "见说明。", phrasings: tuple[str, ...] = ()
) -> int:
    with database.transaction() as session:
        content = Content(question=question, body_md=body, phrasings=phrasings)
        article = articles.create(session, content, author_id=None, now=NOW)
        articles.go_live(session, article, now=NOW)
        return article.id


def ask(follower: Follower, text: str, *, audiences: tuple[str, ...] = ("public",)) -> list[str]:
    query = build(follower.analyzer, text, audiences=audiences, kinds=("article", TICKET))
    return [hit.id for hit in follower.engine.search(query, 10)]


def test_first_step_builds_from_everything(database: Database, follower: Follower) -> None:
    number = publish(database, "怎么退款", phrasings=("钱怎么退回来",))
    follower.step()
    assert ask(follower, "退款") == [f"article:{number}"]
    assert ask(follower, "钱退回来") == [f"article:{number}"]
    assert follower.status().behind == 0


def test_each_kind_of_change_arrives(database: Database, follower: Follower) -> None:
    follower.step()
    number = publish(database, "怎么退款")
    assert follower.status().behind == 1
    follower.step()
    assert ask(follower, "退款") == [f"article:{number}"]
    with database.transaction() as session:
        article = articles.get(session, number)
        articles.save(
            session, number, Content("怎么换货", "见说明。"),
            base=Version(article.version), author_id=None, now=NOW,
        )  # fmt: skip
    follower.step()
    assert ask(follower, "退款") == [f"article:{number}"], "a draft changes nothing"
    with database.transaction() as session:
        articles.go_live(session, articles.get(session, number), now=NOW)
    follower.step()
    assert ask(follower, "退款") == []
    assert ask(follower, "换货") == [f"article:{number}"]
    with database.transaction() as session:
        articles.withdraw(session, articles.get(session, number), now=NOW)
    follower.step()
    assert ask(follower, "换货") == []


def test_tickets_are_found_by_agents_only(database: Database, follower: Follower) -> None:
    with database.transaction() as session:
        opening = tickets.Opening(channel="form", text="门锁一直滴滴响", subject="门锁报警")
        ticket = tickets.open_ticket(session, opening, now=NOW)
        saying = tickets.Saying("customer", "门锁一直滴滴响", "form")
        tickets.say(session, ticket, saying, now=NOW)
        number = ticket.id
    follower.step()
    assert ask(follower, "滴滴响", audiences=("public", "internal")) == [f"ticket:{number}"]
    assert ask(follower, "滴滴响") == []


def test_applying_again_is_harmless(database: Database, durable: Follower) -> None:
    """A crash after the index's commit and before the position was written."""
    publish(database, "怎么退款")
    durable.step()
    before = durable.engine.position()
    publish(database, "怎么换货")
    durable.step()
    durable.engine.apply([], [], before)
    durable.step()
    assert durable.engine.count() == 2
    assert len(ask(durable, "换货")) == 1


def test_other_database_means_rebuild(database: Database, durable: Follower) -> None:
    durable.step()
    number = publish(database, "怎么退款")
    durable.engine.build([], Position("another", 10**6, durable.analyzer.version))
    durable.step()
    assert ask(durable, "退款") == [f"article:{number}"]


def test_other_analysis_means_rebuild(database: Database, durable: Follower) -> None:
    number = publish(database, "怎么退款")
    with database.reading() as session:
        place = changes.latest(session)
    owner = index.identity(database)
    durable.engine.build([], Position(owner, place.number, "older", place.xid))
    assert not durable.status().usable
    durable.step()
    assert ask(durable, "退款") == [f"article:{number}"]


def test_edited_dictionary_takes_effect_without_restart(
    database: Database, follower: Follower
) -> None:
    number = publish(database, "云台摇头功能")
    follower.step()
    assert ask(follower, "大脑袋机") == []
    with database.transaction() as session:
        glossary.add_synonyms(session, ("大脑袋机", "云台"), now=NOW)
    follower.step()
    assert ask(follower, "大脑袋机") == [f"article:{number}"]
    with database.reading() as session:
        assert "大脑袋机" in glossary.texts(session).synonyms


def test_listeners_hear_what_changed(database: Database, follower: Follower) -> None:
    heard: list[tuple[str, int]] = []
    follower.listen(lambda entries: heard.extend((e.kind, e.object_id) for e in entries))
    follower.step()
    number = publish(database, "怎么退款")
    follower.step()
    follower.step()
    assert heard == [("article", number)]


def test_listeners_hear_what_changed_while_the_index_is_down(
    database: Database, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is looked at once is not told again, and suggestions need no index."""
    heard: list[int] = []
    follower.listen(lambda entries: heard.extend(e.object_id for e in entries))
    follower.step()
    number = publish(database, "怎么退款")

    def down(*_: object) -> None:
        raise Unavailable("index")

    with monkeypatch.context() as patch:
        patch.setattr("search.index.sync", down)
        with pytest.raises(Unavailable):
            follower.step()
    follower.step()
    assert heard == [number]


def test_deleted_index_comes_back_by_itself(
    database: Database, durable: Follower, folder: Path
) -> None:
    number = publish(database, "怎么退款")
    durable.step()
    shutil.rmtree(folder)
    with pytest.raises(Unavailable):
        ask(durable, "退款")
    durable.step()
    assert ask(durable, "退款") == [f"article:{number}"]


def test_damaged_index_comes_back_by_itself(
    database: Database, durable: Follower, folder: Path
) -> None:
    number = publish(database, "怎么退款")
    durable.step()
    durable.engine.close()
    for file in folder.rglob("g*/*"):
        if file.name != "position.json":
            # Another file of that name: cutting a mapped file short kills a process (SIGBUS).
            file.unlink()
            file.write_bytes(b"broken" * 30)
    assert durable.status().documents == 0
    assert not durable.status().usable or durable.lag() == 0
    with pytest.raises(Unavailable):
        ask(durable, "退款")
    durable.step()
    assert ask(durable, "退款") == [f"article:{number}"]


def test_one_process_writes_and_the_next_takes_over(database: Database, folder: Path) -> None:
    first = Follower(database, open_engine("tantivy", folder), folder)
    second = Follower(database, open_engine("tantivy", folder), folder)
    number = publish(database, "怎么退款")
    assert first.step() == 1
    second.step()
    assert first.is_writer
    assert not second.is_writer
    assert ask(second, "退款") == [f"article:{number}"]
    first.release()
    publish(database, "怎么换货")
    second.step()
    assert second.is_writer
    assert len(ask(second, "换货")) == 1
    second.release()


def test_rebuild_is_asked_of_the_writer(database: Database, folder: Path) -> None:
    writer = Follower(database, open_engine("tantivy", folder), folder, poll=0.05)
    asking = Follower(database, open_engine("tantivy", folder), folder)
    publish(database, "怎么退款")
    thread = threading.Thread(target=writer.run, daemon=True)
    writer.step()
    thread.start()
    before = (folder / "tantivy" / "CURRENT").read_text()
    assert asking.rebuild(seconds=10)
    assert (folder / "tantivy" / "CURRENT").read_text() != before
    assert len(ask(asking, "退款")) == 1
    writer.stop()
    thread.join()


@pytest.mark.parametrize("name", ["tantivy", "whoosh"])
def test_publish_is_findable_within_a_second(database: Database, folder: Path, name: str) -> None:
    writer = Follower(database, open_engine(name, folder), folder)
    reader = Follower(database, open_engine(name, folder), folder)
    writer.step()
    thread = threading.Thread(target=writer.run, daemon=True)
    thread.start()
    try:
        number = publish(database, "怎么退款")
        since = time.monotonic()
        while ask(reader, "退款") != [f"article:{number}"]:
            assert time.monotonic() - since < 1.0
            time.sleep(0.01)
    finally:
        writer.stop()
        thread.join()


def test_loop_survives_a_fault(
    database: Database, durable: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.follower.AFTER_FAULT", 0.01)
    faults = iter([Unavailable("database"), RuntimeError("unforeseen")])
    done = threading.Event()

    def step() -> int:
        for fault in faults:
            raise fault
        done.set()
        return 0

    monkeypatch.setattr(durable, "step", step)
    thread = threading.Thread(target=durable.run, daemon=True)
    thread.start()
    assert done.wait(5)
    durable.stop()
    thread.join()


def test_lock_has_one_holder_and_is_freed(tmp_path: Path) -> None:
    one, two = FileLock(tmp_path / "a" / "lock"), FileLock(tmp_path / "a" / "lock")
    assert one.acquire()
    assert one.acquire()
    assert not two.acquire()
    with two.tried() as held:
        assert not held
    one.release()
    assert two.acquire()
    assert two.held
    (tmp_path / "a" / "lock").unlink()
    assert not two.held
    two.release()


def test_engine_protocol_is_kept(engine_name: str, tmp_path: Path) -> None:
    engine: Engine = open_engine(engine_name, tmp_path)
    engine.build([], Position("d", 1, "v", 2))
    engine.condemn()
    assert engine.position() == Position()
