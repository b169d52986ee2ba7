from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from kb.errors import Unavailable
from search import lessons
from search.lessons import Lessons


@contextmanager
def running(learn: Callable[[bool], None]) -> Iterator[Lessons]:
    loop = Lessons(learn)
    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()
    yield loop
    loop.stop()
    thread.join(5)
    assert not thread.is_alive()


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "PAUSE", 0.01)


def test_a_change_is_taken_up_before_ranking_is_learnt_anew() -> None:
    learnt: list[bool] = []
    anew = threading.Event()

    def learn(again: bool) -> None:
        learnt.append(again)
        if again:
            anew.set()

    with running(learn) as loop:
        loop.want()
        assert loop.wait(5)
        assert anew.wait(5)
    assert learnt == [False, True]


def test_nothing_is_fresh_before_the_first_lesson() -> None:
    with running(lambda _: None) as loop:
        assert not loop.wait(0.05)


def test_a_lesson_that_fails_is_tried_again() -> None:
    tries: list[bool] = []

    def learn(again: bool) -> None:
        tries.append(again)
        if len(tries) == 1:
            raise Unavailable("database", reason="locked")

    with running(learn) as loop:
        loop.want()
        assert loop.wait(5)
    assert tries[:2] == [False, False]
