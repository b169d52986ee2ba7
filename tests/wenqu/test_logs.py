from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator

import pytest

from wenqu import logs


@pytest.fixture(autouse=True)
def _root() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_one_json_line_for_each_event(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=True)
    logging.getLogger("x").info("first\nsecond %s", "a\u2028b")
    try:
        raise ValueError("for a@b.example")
    except ValueError:
        logging.getLogger("x").exception("broken")
    shown = capsys.readouterr()
    assert shown.out == ""
    first, second = (json.loads(line) for line in shown.err.strip().split("\n"))
    assert first["message"] == "first\nsecond a\u2028b"
    assert (second["level"], second["logger"]) == ("error", "x")
    assert "ValueError" in second["error"]
    assert "a@b.example" not in second["error"]


@pytest.mark.parametrize("as_json", [True, False])
def test_people_are_left_out(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    logs.set_up(as_json=as_json)
    logging.getLogger("x").warning(
        "mail from lin.mei+x@mail.qq.com, phone 13800138000, no 20261124"
    )
    text = capsys.readouterr().err
    assert "qq.com" not in text
    assert "13800138000" not in text
    assert "20261124" in text


def test_a_second_call_replaces_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(as_json=True)
    logs.set_up(as_json=False)
    logging.getLogger("x").info("once")
    assert capsys.readouterr().err.count("once") == 1


def test_a_long_line_takes_no_time() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "a." * 200_000, None, None)
    started = time.perf_counter()
    logs.JsonLines().format(record)
    assert time.perf_counter() - started < 5
    assert sys.stderr
