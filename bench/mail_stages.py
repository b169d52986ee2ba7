"""Where the processor time of a mail goes: each stage's own share, without the stages inside it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from sqlalchemy import event
from sqlalchemy.engine import Engine

from autoreply import delivery, effects, letters, looking, pipeline, spool, transport
from bench.mail_world import MailWorld
from kb import jobs

# What the report says -> where the function is looked up.
STAGES: tuple[tuple[str, object, str], ...] = (
    ("intake: read the head, store", spool, "store"),
    ("claim a job", jobs, "claim"),
    ("count the attempt", pipeline, "_begin"),
    ("hand over to the reading child", pipeline, "parse"),
    ("thread and guard", pipeline, "look"),
    ("find", pipeline, "match"),
    ("decide", pipeline, "choose"),
    ("keep the decision", pipeline, "conclude"),
    ("ticket, question, outbox", effects, "apply"),
    ("claim to send", delivery, "_take"),
    ("write the words", letters, "write"),
    ("write the words", delivery, "write"),
    ("make the mail's bytes", delivery, "compose"),
    ("hand over to the transport", transport.Folder, "send"),
    ("note what was sent", delivery, "_left"),
    ("decide", looking, "choose"),
)


@dataclass(slots=True)
class Stages:
    """Processor seconds of each stage, and statements of all."""

    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    statements: int = 0
    commits: int = 0
    _inner: list[float] = field(default_factory=list)

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, its own time counted under a name."""

        def counted(*args: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            began = time.thread_time()
            try:
                return work(*args, **named)
            finally:
                whole = time.thread_time() - began
                self.spent[name] += whole - self._inner.pop()
                if self._inner:
                    self._inner[-1] += whole

        return counted

    def lines(self, mails: int) -> list[str]:
        """Return the report, dearest stage first."""
        told = sorted(self.spent.items(), key=lambda item: -item[1])
        rows = [f"{name:34}{1000 * seconds / mails:7.2f} ms" for name, seconds in told]
        return [
            *rows,
            f"{self.statements / mails:.1f} statements, {self.commits / mails:.1f} commits a mail",
        ]


@contextmanager
def watched(world: MailWorld) -> Iterator[Stages]:
    """Count while the block runs."""
    stages = Stages()
    engine: Engine = world.db.engine

    def statement(*_: object) -> None:
        stages.statements += 1

    def commit(_: object) -> None:
        stages.commits += 1

    patches = [
        patch.object(owner, name, stages.timed(label, getattr(owner, name)))
        for label, owner, name in STAGES
    ]
    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    for one in patches:
        one.start()
    try:
        yield stages
    finally:
        for one in reversed(patches):
            one.stop()
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)
