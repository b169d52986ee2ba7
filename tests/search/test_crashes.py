"""kill -9 at any moment, in real processes: nothing is lost and nobody has to help."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from kb import articles
from kb.articles import Content
from kb.db import Database
from kb.errors import Unavailable
from search import index
from search.engines import open_engine
from search.follower import Follower
from search.query import build
from tests import databases

# Whoosh leaves a file that it finds damaged open, for the garbage collector.
pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore::ResourceWarning")]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PATIENCE = 60
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = databases.in_file(tmp_path / "base.db")
    yield database
    database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture(params=["tantivy", "whoosh"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def publish(database: Database, question: str) -> str:
    with database.transaction() as session:
        article = articles.create(session, Content(question, "见说明。"), author_id=None, now=NOW)
        articles.go_live(session, article, now=NOW)
        return f"article:{article.id}"


def found(follower: Follower, text: str) -> set[str]:
    query = build(follower.analyzer, text, audiences=("public",))
    return {hit.id for hit in follower.engine.search(query, 500)}


def follow(url: str, folder: Path, engine: str) -> None:
    Follower(Database(url), open_engine(engine, folder), folder, poll=0.01).run()


def rebuild_again_and_again(url: str, folder: Path, engine: str) -> None:
    follower = Follower(Database(url), open_engine(engine, folder), folder)
    while True:
        follower.rebuild()


def started(work: Callable[..., None], *given: object) -> SpawnProcess:
    process = SPAWN.Process(target=work, args=given)
    process.start()
    return process


def publish_in_a_row(url: str, name: str, many: int) -> None:
    database = Database(url)
    for number in range(many):
        publish(database, f"怎么退款{name}{number}")
    database.close()


def kill(process: SpawnProcess) -> None:
    assert process.is_alive()
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def healed(database: Database, folder: Path, engine: str, expected: set[str]) -> None:
    """What comes next finds everything, whatever the dead one left behind."""
    follower = Follower(database, open_engine(engine, folder), folder)
    follower.step()
    assert found(follower, "退款") == expected
    assert follower.engine.count() == len(expected)
    assert follower.status().behind == 0
    follower.rebuild()
    assert found(follower, "退款") == expected
    generations = [entry for entry in (folder / engine).iterdir() if entry.is_dir()]
    assert len(generations) <= 2
    follower.release()
    follower.engine.close()


def test_killed_between_reading_and_writing(database: Database, folder: Path, engine: str) -> None:
    chance, expected = random.Random(engine), set[str]()
    for round_number in range(2):
        process = started(follow, str(database.url), folder, engine)
        until(lambda: (folder / index.LOCK_NAME).exists())
        for number in range(chance.randrange(5, 15)):
            expected.add(publish(database, f"怎么退款{round_number}{number}"))
            time.sleep(chance.random() * 0.03)
        kill(process)
    healed(database, folder, engine, expected)


def test_questions_are_answered_under_two_writers(
    database: Database, folder: Path, engine: str
) -> None:
    """Two processes publish and two follow, of which the first dies on the way."""
    always, many = publish(database, "怎么退款总在"), 15
    followers = [started(follow, str(database.url), folder, engine) for _ in range(2)]
    until(lambda: pointer(folder, engine) != "")
    reader = Follower(database, open_engine(engine, folder), folder)
    writers = [started(publish_in_a_row, str(database.url), name, many) for name in "甲乙"]
    seen, deadline = set[str](), time.monotonic() + PATIENCE
    while len(seen) < 2 * many + 1:
        assert time.monotonic() < deadline
        seen = found(reader, "退款")
        assert always in seen, "no question is ever without its answer"
        if len(seen) > many and len(followers) == 2:
            kill(followers.pop(0))
    for process in writers:
        process.join()
        assert process.exitcode == 0
    kill(followers.pop())
    reader.engine.close()
    healed(database, folder, engine, seen)


def test_killed_while_building(database: Database, folder: Path, engine: str) -> None:
    chance = random.Random(engine)
    expected = {publish(database, f"怎么退款{number}") for number in range(40)}
    for _ in range(2):
        process = started(rebuild_again_and_again, str(database.url), folder, engine)
        before = pointer(folder, engine)
        until(lambda before=before: pointer(folder, engine) != before)  # type: ignore[misc]
        time.sleep(chance.random() * 0.2)
        kill(process)
    healed(database, folder, engine, expected)


def test_damage_is_healed_by_the_process_that_writes(
    database: Database, folder: Path, engine: str
) -> None:
    expected = {publish(database, "怎么退款")}
    writer = started(follow, str(database.url), folder, engine)
    reader = Follower(database, open_engine(engine, folder), folder)
    try:
        until(lambda: pointer(folder, engine) != "" and reader.status().behind == 0)
        reader.engine.close()
        for file in (folder / engine / pointer(folder, engine)).iterdir():
            if file.name != "position.json":
                # Another file of that name: a mapped file cut short kills its reader (SIGBUS).
                file.unlink()
                file.write_bytes(b"broken" * 30)
        with pytest.raises(Unavailable):
            open_engine(engine, folder).search(
                build(reader.analyzer, "退款", audiences=("public",)), 10
            )
        until(lambda: answers(reader) == expected)
    finally:
        kill(writer)
    reader.engine.close()
    gc.collect()


def answers(reader: Follower) -> set[str]:
    try:
        return found(reader, "退款")
    except Unavailable:
        return set()


def pointer(folder: Path, engine: str) -> str:
    current = folder / engine / "CURRENT"
    return current.read_text() if current.exists() else ""
