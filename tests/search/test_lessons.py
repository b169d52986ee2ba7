"""When a process learns: what changed at once, the whole base after a rest."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from kb.errors import Unavailable
from search import lessons
from search.lessons import Lessons


@contextmanager
def running(
    take_up: Callable[[], bool],
    study: Callable[[], None] = lambda: None,
    *,
    has_news: Callable[[], bool] = lambda: False,
) -> Iterator[Lessons]:
    loop = Lessons(take_up, study, has_news=has_news)
    threads = [threading.Thread(target=run, daemon=True) for run in (loop.run, loop.run_studies)]
    for thread in threads:
        thread.start()
    yield loop
    loop.stop()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PAUSE", "WATCH", "SHORTEST_REST", "FIRST_REST", "AFTER_FAULT"):
        monkeypatch.setattr(lessons, name, 0.01)


def test_a_change_is_taken_up_and_studied() -> None:
    taken, studied = threading.Event(), threading.Event()
    with running(lambda: taken.set() or True, studied.set) as loop:
        loop.want()
        assert loop.wait(5)
        assert taken.is_set()
        assert studied.wait(5)


def test_one_change_is_taken_up_at_once_and_a_row_of_them_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lessons, "PAUSE", 30.0)
    taken: list[int] = []
    with running(lambda: taken.append(1) is None) as loop:
        loop.want()
        assert loop.wait(5)
        for _ in range(5):
            loop.want()
        assert not loop.wait(0.1)
        assert len(taken) == 1


def test_a_change_is_taken_up_while_a_study_goes_on() -> None:
    going_on, over = threading.Event(), threading.Event()

    def study() -> None:
        going_on.set()
        assert over.wait(5)

    with running(lambda: True, study) as loop:
        loop.want()
        assert going_on.wait(5)
        loop.want()
        assert loop.wait(5)
        over.set()


def test_nothing_is_fresh_before_the_base_is_known() -> None:
    known = threading.Event()
    with running(known.is_set, has_news=lambda: True) as loop:
        loop.want()
        assert not loop.wait(0.05)
        known.set()
        assert loop.wait(5)


def test_what_another_process_learned_is_taken_up() -> None:
    news, taken = threading.Event(), threading.Event()
    with running(lambda: taken.set() or True, has_news=news.is_set):
        assert not taken.wait(0.05)
        news.set()
        assert taken.wait(5)


def test_what_fails_is_tried_again() -> None:
    tries: list[str] = []
    studied = threading.Event()

    def take_up() -> bool:
        tries.append("lesson")
        if len(tries) == 1:
            raise Unavailable("database", reason="locked")
        return True

    def study() -> None:
        tries.append("study")
        if tries.count("study") == 1:
            raise Unavailable("database", reason="locked")
        studied.set()

    with running(take_up, study) as loop:
        loop.want()
        assert loop.wait(5)
        assert studied.wait(5)
