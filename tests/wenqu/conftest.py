"""The command `wenqu` in this process, with an installation of its own."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.factories import PASSWORD
from wenqu.cli import main


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did. `document` is standard output as JSON, `lines` as JSON lines."""

    code: int
    out: str
    err: str

    # Any: JSON.
    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Wenqu = Callable[..., Ran]


@pytest.fixture
def _logs() -> Iterator[None]:
    """Give the root logger back as it was: commands set it up for a terminal."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)


@pytest.fixture
def wenqu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _logs: None) -> Wenqu:
    """Run a command in an empty folder; nothing of the caller's environment counts."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object, stdin: str | bytes | None = None, **environ: str) -> Ran:
        env = {"WENQU_ENGINE": "memory", "WENQU_ENCODER": "none", **environ}
        result = CliRunner().invoke(main, [str(word) for word in words], input=stdin, env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def installed(wenqu: Wenqu) -> Wenqu:
    """Run commands on a fresh installation."""
    done = wenqu(
        "init", "--company", "安庐", "--mailbox", "help@anlu.example",
        "--admin", "boss", "--password", PASSWORD,
    )  # fmt: skip
    assert done.code == 0, done.err
    return wenqu
