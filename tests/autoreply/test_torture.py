"""Mutilated mails: each comes to an end, none goes to quarantine, none stops the queue."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from autoreply import storable
from autoreply.tables import ANSWERED, IGNORED, TICKET
from tests.autoreply.world import LOCKED_OUT, World

MAILS = sorted((Path(__file__).parents[2] / "data" / "demo" / "mails").glob("*.eml"))
PIECES = (
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\r\n\r\n",
    b"=?utf-8?q?=ED=A0=80?=",
    b"Message-ID: <\xc4\xe3@x>\n",
    b"From: \xff@\xfe\n",
    b"References: <\xc4\xe3@x>\n",
    b"Content-Type: multipart/mixed; boundary=x\n",
)


def mutilated(raw: bytes, rng: random.Random) -> bytes:
    data = bytearray(raw)
    for _ in range(rng.randint(1, 25)):
        place = rng.randrange(len(data)) if rng.random() < 0.5 else rng.randrange(400)
        kind = rng.random()
        if kind < 0.5:
            data[place : place + 1] = bytes([rng.randrange(256)])
        elif kind < 0.7:
            del data[place : place + rng.randint(1, 60)]
        else:
            data[place:place] = rng.choice(PIECES)
    return bytes(data)


@pytest.mark.parametrize("seed", range(4))
def test_mutilated_mails_come_to_an_end(world: World, seed: int) -> None:
    world.know(LOCKED_OUT)
    rng = random.Random(seed)
    numbers = []
    for _ in range(12):
        raw = mutilated(rng.choice(MAILS).read_bytes(), rng)
        sender = rng.choice(["", "wf@qq.example", "\udcff@x"])
        numbers.append(world.arrive(raw, envelope_from=sender))
        world.later(minutes=30)
        world.work()
    for number in numbers:
        if number is not None:
            row = world.spool(number)
            assert row.outcome in (ANSWERED, TICKET, IGNORED), row.error


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.name)
def test_the_demo_mails_come_to_an_end(world: World, path: Path) -> None:
    number = world.arrive(path.read_bytes(), envelope_from=None)
    assert number is not None
    world.work()
    assert world.spool(number).outcome in (ANSWERED, TICKET, IGNORED)


def test_what_no_database_takes_is_replaced() -> None:
    assert storable.text("a\x00b\udcff好") == "a\ufffdb\ufffd好"
    assert storable.text("abc", longest=2) == "ab"
