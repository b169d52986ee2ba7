"""However badly the other side behaves, the mails that a machine of ours sends are bounded."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from autoreply import pauses, recall, spool
from autoreply.sender import Sender
from autoreply.tables import RECEIVED, Spool
from autoreply.transport import Parcel
from kb import jobs
from kb import settings as choices
from tests.autoreply.world import (
    LOCKED_OUT,
    MAILBOX,
    ZONE,
    Template,
    World,
    make_template,
    open_world,
    read,
)

QQ = "您好，我已经收到您的来信，会尽快回复。祝好！"


def exchange(one: World, other: World, address_of_one: str, *, rounds: int = 30) -> int:
    """Hand each side's mail to the other until nothing more is said; returns how many."""
    seen = {id(one): 0, id(other): 0}
    for _ in range(rounds):
        moved = 0
        for here, there, to in ((one, other, MAILBOX), (other, one, address_of_one)):
            here.work()
            fresh = here.transport.sent[seen[id(here)] :]
            seen[id(here)] += len(fresh)
            for parcel in fresh:
                _hand(there, parcel, to)
                moved += 1
            here.later(seconds=5)
        if not moved:
            break
    return len(one.transport.sent) + len(other.transport.sent)


def _hand(world: World, parcel: Parcel, to: str) -> None:
    arrival = spool.Arrival(parcel.raw, to, "smtp", world.now, parcel.sender, (to,))
    with world.db.transaction() as session:
        spool.store(session, arrival, now=world.now)


@pytest.mark.parametrize(("wordless", "most"), [(False, 3), (True, 10)])
def test_two_installations_stop(
    template: Template, tmp_path: Path, wordless: bool, most: int
) -> None:
    """By their marks at once; by each side's quota when a gateway strips every mark."""
    sides = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        side = open_world(template, tmp_path / name)
        side.know(LOCKED_OUT)
        sides.append(side)
    one, other = sides
    one.sender = Sender(secret=b"o" * 32, base_url="https://one.example", timezone=ZONE)
    with one.db.transaction() as session:
        company = choices.read(session, choices.Company)
        choices.write(session, choices.Company(name="一", mailbox="desk@one.example"))
        assert company.mailbox == MAILBOX
    if wordless:
        for side in sides:
            side.transport = _Stripping()  # type: ignore[assignment]
    other.mail(LOCKED_OUT, sender="desk@one.example")
    total = exchange(one, other, "desk@one.example")
    assert total <= most
    one.db.close()
    other.db.close()


class _Stripping:
    """A gateway that takes away everything by which machines know each other."""

    def __init__(self) -> None:
        self.sent: list[Parcel] = []

    def send(self, parcel: Parcel) -> str:
        mail = read(parcel.raw)
        for name in list(mail.keys()):
            if name.lower().startswith(("auto-", "precedence", "x-", "in-reply", "references")):
                del mail[name]
        sender = mail["From"].addresses[0].addr_spec
        plain = Parcel(
            parcel.number, parcel.kind, sender, None, parcel.recipient, bytes(mail), quiet=False
        )
        self.sent.append(plain)
        return sender


def test_an_unmarked_auto_reply_gets_two_mails_at_most(world: World) -> None:
    world.know(LOCKED_OUT)
    world.mail(LOCKED_OUT)
    for place in range(10):
        world.work()
        if place >= len(world.sent):
            break
        world.later(seconds=3)
        world.mail(QQ, parent=world.sent[place])
    assert len(world.sent) <= 2


def test_an_unmarked_auto_reply_without_a_thread_is_bounded(world: World) -> None:
    world.mail(QQ, subject="来自王芳的回信")
    for place in range(40):
        world.work()
        if place >= len(world.sent):
            break
        world.later(seconds=3)
        world.mail(QQ, subject=f"Re: 回信{place}")
    assert len(world.sent) <= 5


OTHER, MAYBE, NOTHING = "第5个问题怎么办", "第3个问题怎么办", "你们招人吗"
# What may come next: (text, in the thread).
NEXT = [
    (LOCKED_OUT, True), (LOCKED_OUT, False), (OTHER, True), (MAYBE, True), (QQ, True),
    ("转人工", True),
]  # fmt: skip


def knowing(template: Template, folder: Path) -> World:
    world = open_world(template, folder)
    world.know(LOCKED_OUT)
    world.know(OTHER)
    world.know(MAYBE, "suggest", 0.4)
    return world


def test_every_short_exchange_keeps_to_the_rules(template: Template, tmp_path: Path) -> None:
    """All that three mails in a row of one correspondent can be, each pair of answers once."""
    world = knowing(template, tmp_path)
    for number, following in enumerate(itertools.product(NEXT, repeat=2)):
        who, before = f"p@d{number}.example", len(world.transport.sent)
        world.mail(LOCKED_OUT, sender=who)
        world.work()
        for text, threaded in following:
            mine = world.transport.sent[before:]
            world.later(seconds=90)
            world.mail(text, sender=who, parent=read(mine[-1].raw) if threaded and mine else None)
            world.work()
        _check(world, who, [LOCKED_OUT, *(text for text, _ in following)])
    world.db.close()


def _check(world: World, who: str, said: list[str]) -> None:
    got = [m for m in world.outbox if m.to_address == who]
    answers = [m for m in got if m.kind == "automatic"]
    kinds = [(m.ticket_id, m.kind) for m in got]
    assert len(kinds) == len(set(kinds)), (said, kinds)
    digests = [m.question_digest for m in answers]
    assert len(digests) == len(set(digests)), (said, "answered twice")
    assert len(got) <= len(said), (said, kinds)
    decided = [row for row in world.decisions if row.from_address == who]
    for place, row in enumerate(decided):
        if said[place] == "转人工":
            later = [one.action for one in decided[place:] if one.ticket_id == row.ticket_id]
            assert "answer" not in later, (said, later)


@pytest.mark.parametrize("mode", ["off", "shadow", "draft", "on"])
def test_each_mode_lets_only_its_own_mail_leave(world: World, mode: str) -> None:
    world.know(LOCKED_OUT)
    world.know(MAYBE, "suggest", 0.4)
    world.policy(mode=mode)
    for number, text in enumerate([LOCKED_OUT, MAYBE, NOTHING]):
        world.mail(text, sender=f"p{number}@d{number}.example")
        world.work()
    kinds = [m.kind for m in world.outbox]
    assert (
        kinds
        == {
            "off": [],
            "shadow": [],
            "draft": ["receipt"] * 3,
            "on": ["automatic", "receipt", "receipt"],
        }[mode]
    )


class Responders(RuleBasedStateMachine):
    """Correspondents of every bad habit, over some days."""

    shared: Template
    people = tuple(f"p{n}@d{n % 2}.example" for n in range(4))

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.world = knowing(self.shared, self.folder)
        self.begun = self.world.now
        self.lifted = 0
        self.mode = "on"

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.db.close()
            shutil.rmtree(self.folder)

    @rule(
        who=st.sampled_from(people),
        text=st.sampled_from([LOCKED_OUT, OTHER, MAYBE, NOTHING, "转人工", "退订", "谢谢"]),
    )
    def asks(self, who: str, text: str) -> None:
        self.world.mail(text, sender=who)
        self.world.work()

    @precondition(lambda self: self.world.sent)
    @rule(
        text=st.sampled_from([QQ, LOCKED_OUT, OTHER, "", "还是不行", "解决了，谢谢"]),
        threaded=st.booleans(),
        marked=st.booleans(),
        which=st.integers(0, 50),
    )
    def answers_back(self, text: str, threaded: bool, marked: bool, which: int) -> None:
        mail: EmailMessage = self.world.sent[which % len(self.world.sent)]
        fields = {"Auto_Submitted": "auto-replied"} if marked else {}
        self.world.mail(
            text,
            sender=mail["To"].addresses[0].addr_spec,
            subject=f"Re: {mail['Subject']}",
            parent=mail if threaded else None,
            **fields,
        )
        self.world.work()

    @rule(seconds=st.sampled_from([1, 70, 3700]))
    def waits(self, seconds: int) -> None:
        self.world.later(seconds=seconds)
        self.world.work()

    @rule(mode=st.sampled_from(["on", "share", "draft", "shadow"]))
    def people_switch(self, mode: str) -> None:
        self.mode = mode
        self.world.policy(mode=mode, share=50)

    @rule()
    def people_lift_pauses(self) -> None:
        with self.world.db.transaction() as session:
            for row in pauses.holding(session, now=self.world.now):
                pauses.lift(session, row.id, by=None, now=self.world.now)
                self.lifted += 1

    @precondition(lambda self: self.world.sent)
    @rule()
    def people_correct(self) -> None:
        world, article = self.world, self.world.answers.ids[LOCKED_OUT]
        words = recall.Words("那封信写错了。")
        with world.db.transaction() as session:
            found = recall.told(session, article, recall.Filter())
            meant = len(recall.reachable(found))
            if meant:
                recall.correct(session, article, recall.Filter(), words, expected=meant,
                               by=None, now=world.now)  # fmt: skip
        world.later(seconds=2 * meant + 1)
        world.work()

    @rule()
    def replays_the_spool(self) -> None:
        before = len(self.world.sent)
        with self.world.db.transaction() as session:
            for row in self.world.all(Spool):
                jobs.enqueue(session, spool.MAIL_IN, {"spool": row.id}, now=self.world.now)
        self.world.work()
        assert len(self.world.sent) == before

    @invariant()
    def every_mail_came_to_one_end(self) -> None:
        if not hasattr(self, "world"):
            return
        rows = self.world.all(Spool)
        assert all(row.state != RECEIVED and row.outcome for row in rows)
        answered = [row for row in rows if row.outcome == "answered"]
        assert len(answered) == sum(m.kind == "automatic" for m in self.world.outbox)

    @invariant()
    def nobody_gets_more_than_the_quota(self) -> None:
        if not hasattr(self, "world"):
            return
        days = (self.world.now - self.begun).days + 1
        for who in self.people:
            got = [m for m in self.world.outbox if m.to_address == who]
            answers = [m for m in got if m.kind in ("automatic", "receipt")]
            assert len(answers) <= 5 * (days + self.lifted)
            # What people send in bulk goes once for each answer at most.
            assert len(got) <= 2 * len(answers)
        for mail in self.world.sent:
            assert mail["Auto-Submitted"] in ("auto-replied", "auto-generated")
            assert len(mail["To"].addresses) == 1

    @invariant()
    def no_thread_gets_two_answers(self) -> None:
        if not hasattr(self, "world"):
            return
        kinds = [(m.ticket_id, m.kind) for m in self.world.outbox]
        assert len(kinds) == len(set(kinds))

    @invariant()
    def no_answer_leaves_in_careful_modes(self) -> None:
        if not hasattr(self, "world"):
            return
        for row in self.world.decisions:
            if row.mode == "shadow":
                assert row.action in ("ticket", "ignore")
            if row.mode in ("draft", "shadow"):
                assert not row.sent
                assert row.action in ("ticket", "ignore", "receipt")


def test_total_mails_are_bounded(tmp_path_factory: pytest.TempPathFactory) -> None:
    Responders.shared = make_template(tmp_path_factory.mktemp("machine"))
    machine = Responders.TestCase
    machine.settings = settings(
        max_examples=12,
        stateful_step_count=16,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    machine("runTest").runTest()
