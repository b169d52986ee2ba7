"""The outbox against a real relay that answers well, badly, or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autoreply import delivery, verp
from autoreply.relay import Relay, _dotted
from autoreply.tables import (
    CANCELLED,
    FAILED,
    QUEUED,
    SENDING,
    SENT,
    UNKNOWN,
    OutgoingMail,
)
from autoreply.transport import Folder, OutcomeUnknown, Parcel, Undelivered
from kb import jobs
from tests import mailservers
from tests.autoreply import world as worlds
from tests.autoreply.world import CUSTOMER, LOCKED_OUT, World
from tests.mailservers import Behaviour

UNKNOWN_QUESTION = "你们招实习生吗？"


@pytest.fixture
def relay(world: World) -> Iterator[Behaviour]:
    with mailservers.relay() as (port, behaviour):
        world.transport = Relay("127.0.0.1", port, "none", seconds=5, answer_seconds=5)  # type: ignore[assignment]
        yield behaviour


def test_an_answer_leaves_with_the_null_sender(world: World, relay: Behaviour) -> None:
    world.know(LOCKED_OUT)
    world.receive()
    [mail] = relay.handed
    assert (mail.sender, mail.recipients) == ("", (CUSTOMER,))
    [row] = world.outbox
    assert (row.state, row.envelope, row.attempts, row.sent_at) == (SENT, "null", 1, world.now)
    assert row.raw is not None
    assert mail.raw == row.raw


@pytest.mark.parametrize(
    "answer",
    [
        "553 Mail from must equal authorized user",
        "501 mail from address must be same as authorization user",
    ],
)
def test_a_relay_that_refuses_the_null_sender_gets_ours(
    world: World, relay: Behaviour, answer: str
) -> None:
    relay.mail_from = answer
    world.know(LOCKED_OUT)
    world.receive()
    world.receive(UNKNOWN_QUESTION, sender="b@mail.example")
    assert [m.sender for m in relay.handed] == [worlds.MAILBOX] * 2
    assert [m.envelope for m in world.outbox] == ["authorised"] * 2


def test_verp_names_the_mail(world: World, relay: Behaviour) -> None:
    world.sender = replace(world.sender, envelope="verp")
    world.receive(UNKNOWN_QUESTION)
    [mail] = relay.handed
    assert verp.number([mail.sender], worlds.SECRET) == world.outbox[0].id
    assert verp.number([mail.sender.replace("+b1", "+b2")], worlds.SECRET) is None


def test_a_temporary_refusal_is_tried_again_with_the_same_mail(
    world: World, relay: Behaviour
) -> None:
    relay.data = ["451 4.7.1 greylisted"]
    world.know(LOCKED_OUT)
    world.receive()
    first = world.outbox[0]
    assert (first.state, relay.handed) == (QUEUED, [])
    world.later(seconds=6)
    world.work()
    [mail] = relay.handed
    assert mail.raw == first.raw
    assert (world.outbox[0].state, world.outbox[0].attempts) == (SENT, 2)


def test_a_relay_that_is_down_keeps_the_mail_queued(world: World) -> None:
    world.transport = Relay("127.0.0.1", mailservers.free_port(), "none", seconds=1)  # type: ignore[assignment]
    world.receive(UNKNOWN_QUESTION)
    assert world.outbox[0].state == QUEUED
    assert "connection" in world.outbox[0].error
    with mailservers.relay() as (port, behaviour):
        world.transport = Relay("127.0.0.1", port, "none")  # type: ignore[assignment]
        world.later(minutes=1)
        world.work()
    assert len(behaviour.handed) == 1


def test_a_dead_address_fails_and_is_left_alone(world: World, relay: Behaviour) -> None:
    relay.recipient = "550 5.1.1 no such user"
    world.know(LOCKED_OUT)
    world.receive()
    assert world.outbox[0].state == FAILED
    assert world.all_suppressed() == [CUSTOMER]
    assert world.tickets[0].state == "open"
    assert world.questions[0].outcome == "person"
    assert not world.decisions[0].sent
    relay.recipient = ""
    world.later(hours=1)
    world.receive(UNKNOWN_QUESTION)
    assert relay.handed == []


def test_a_refused_content_fails_without_blaming_the_address(
    world: World, relay: Behaviour
) -> None:
    relay.data = ["554 5.7.1 spam"]
    world.receive(UNKNOWN_QUESTION)
    assert world.outbox[0].state == FAILED
    assert world.all_suppressed() == []


def test_a_cut_after_data_is_unknown_and_never_sent_again(world: World, relay: Behaviour) -> None:
    relay.cut = True
    world.know(LOCKED_OUT)
    world.receive()
    # The answer is in doubt, and so is the receipt that a person's ticket got instead.
    assert [(m.kind, m.state) for m in world.outbox] == [
        ("automatic", UNKNOWN),
        ("receipt", UNKNOWN),
    ]
    assert len(relay.handed) == 2
    assert world.tickets[0].state == "open"
    relay.cut = False
    for _ in range(3):
        world.later(hours=1)
        world.work()
    assert len(relay.handed) == 2


def test_a_row_left_sending_is_unknown_not_sent(world: World, relay: Behaviour) -> None:
    world.know(LOCKED_OUT)
    world.mail()
    job = _claim(world)
    world.run(job)
    with world.db.transaction() as session:
        session.get_one(OutgoingMail, 1).state = SENDING
    world.work()
    assert [m.kind for m in world.outbox if m.state == SENT] == ["receipt"]
    assert world.outbox[0].state == UNKNOWN
    assert next(m for m in world.messages if m.author == "automatic").delivery == UNKNOWN


def test_eight_refusals_are_a_failure_that_people_see(world: World, relay: Behaviour) -> None:
    relay.data = ["451 later"] * 20
    world.receive(UNKNOWN_QUESTION)
    while (job := world.jobs[-1]).state == jobs.READY:
        world.now = job.run_at
        world.work()
    row = world.outbox[0]
    assert row.state == FAILED
    assert row.attempts == len(jobs.DELAYS) + 1


def test_an_automatic_mail_that_waited_a_day_does_not_leave(world: World) -> None:
    world.transport = Relay("127.0.0.1", mailservers.free_port(), "none", seconds=1)  # type: ignore[assignment]
    world.receive(UNKNOWN_QUESTION)
    world.later(hours=25)
    world.work()
    assert world.outbox[0].state == CANCELLED


def test_a_person_can_send_again_but_not_an_answer(world: World, relay: Behaviour) -> None:
    relay.cut = True
    world.know(LOCKED_OUT)
    world.receive()
    relay.cut = False
    with world.db.transaction() as session:
        assert not delivery.retry(session, session.get_one(OutgoingMail, 1), now=world.now)
    relay.data = ["554 no"]
    world.receive(UNKNOWN_QUESTION, sender="b@mail.example")
    failed = next(m for m in world.outbox if m.state == FAILED)
    with world.db.transaction() as session:
        row = session.get_one(OutgoingMail, failed.id)
        assert delivery.retry(session, row, now=world.now)
    world.work()
    assert next(m for m in world.outbox if m.id == failed.id).state == SENT


def parcel(raw: bytes) -> Parcel:
    return Parcel(7, "reply", "a@b.example", None, "c@d.example", raw, quiet=False)


def test_dots_and_line_ends_survive(relay: Behaviour, world: World) -> None:
    raw = b"Subject: x\r\n\r\n.\r\n..two\nbare\r\nend"
    world.transport.send(parcel(raw))
    assert relay.handed[0].raw == b"Subject: x\r\n\r\n.\r\n..two\r\nbare\r\nend\r\n"


def test_data_ends_with_one_dot() -> None:
    assert _dotted(b"a\r\n") == b"a\r\n.\r\n"
    assert _dotted(b".a") == b"..a\r\n.\r\n"


def test_the_folder_keeps_one_file_for_each_mail(world: World, tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    world.transport = Folder(outbox)  # type: ignore[assignment]
    world.know(LOCKED_OUT)
    world.receive()
    [file] = sorted(outbox.iterdir())
    assert file.suffix == ".eml"
    assert world.outbox[0].raw == file.read_bytes()


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    with pytest.raises(Undelivered) as caught:
        Folder(tmp_path / "outbox").send(parcel(b"x"))
    assert not caught.value.permanent


def test_unknown_and_undelivered_are_told_apart(world: World) -> None:
    world.transport.faults = [OutcomeUnknown(), Undelivered("x", permanent=False)]
    world.know(LOCKED_OUT)
    world.receive()
    world.later(seconds=6)
    world.work()
    states = {m.kind: m.state for m in world.outbox}
    assert states == {"automatic": UNKNOWN, "receipt": SENT}


WORKER = """
import sys, time
from pathlib import Path
from autoreply.relay import Relay
from tests.autoreply import world as worlds
folder, port = Path(sys.argv[1]), int(sys.argv[2])
db = worlds.Database(f"sqlite:///{folder / 'wenqu.db'}")
sender = worlds.Sender(secret=worlds.SECRET, base_url="https://x.example", timezone=worlds.ZONE)
world = worlds.World(db, sender, transport=Relay("127.0.0.1", port, "none"))
world.answers.ids = {worlds.LOCKED_OUT: 1}
world.know(worlds.LOCKED_OUT)
world.now = worlds.NOW
print("ready", flush=True)
world.work()
print("done", flush=True)
time.sleep(60)
"""


class Held(Behaviour):
    """A relay that has taken the mail, and says so only later."""

    async def handle_DATA(self, server, session, envelope):  # type: ignore[no-untyped-def]  # noqa: N802
        await super().handle_DATA(server, session, envelope)
        import asyncio

        await asyncio.sleep(3)
        return "250 taken"


@pytest.mark.e2e
@pytest.mark.parametrize("seconds", [0.0, 0.4, 1.0])
def test_kill_9_in_the_middle_sends_at_most_one_answer(
    world: World, tmp_path: Path, seconds: float
) -> None:
    world.mail()
    with mailservers.relay(Held()) as (port, behaviour):
        child = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(tmp_path), str(port)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        ends = time.monotonic() + 20
        while not behaviour.handed and time.monotonic() < ends:
            time.sleep(0.01)
        time.sleep(seconds)
        os.kill(child.pid, signal.SIGKILL)
        child.wait(10)
        child.stdout.close()
        world.know(LOCKED_OUT)
        world.transport = Relay("127.0.0.1", port, "none")  # type: ignore[assignment]
        # The lease of the dead worker runs out.
        world.later(seconds=61)
        world.work()
        world.later(hours=1)
        world.work()
    answers = [row for row in world.outbox if row.kind == "automatic"]
    assert len(answers) == 1
    assert answers[0].state == UNKNOWN
    sent = [m for m in behaviour.handed if answers[0].mail_id.encode() in m.raw]  # type: ignore[union-attr]
    assert len(sent) == 1
    assert world.tickets[0].state == "open"


@pytest.mark.e2e
def test_kill_9_again_and_again_answers_each_mail_once_at_most(
    world: World, tmp_path: Path
) -> None:
    world.policy(per_minute=10_000)
    numbers = [world.mail(sender=f"p{n}@d{n}.example") for n in range(24)]
    with mailservers.relay() as (port, behaviour):
        for wanted in (3, 8, 14):
            child = subprocess.Popen(
                [sys.executable, "-c", WORKER, str(tmp_path), str(port)],
                stdout=subprocess.DEVNULL,
                cwd=Path(__file__).parents[2],
            )
            ends = time.monotonic() + 30
            while len(behaviour.handed) < wanted and time.monotonic() < ends:
                time.sleep(0.005)
            os.kill(child.pid, signal.SIGKILL)
            child.wait(10)
        world.know(LOCKED_OUT)
        world.transport = Relay("127.0.0.1", port, "none")  # type: ignore[assignment]
        for _ in range(4):
            world.later(seconds=61)
            world.work()
    rows = [world.spool(number) for number in numbers if number is not None]
    assert [row.outcome for row in rows] == ["answered"] * 24
    answers = [m for m in world.outbox if m.kind == "automatic"]
    assert sorted(m.spool_id for m in answers if m.spool_id) == sorted(n for n in numbers if n)
    assert {m.state for m in answers} <= {SENT, UNKNOWN}
    for mail in answers:
        times = sum((mail.mail_id or "?").encode() in sent.raw for sent in behaviour.handed)
        assert times <= 1
        assert times == 1 or mail.state == UNKNOWN
    assert sum(m.state == UNKNOWN for m in answers) <= 3


def _claim(world: World) -> jobs.Claimed:
    with world.db.transaction() as session:
        job = jobs.claim(session, owner="t", now=world.now)
    assert job is not None
    return job
