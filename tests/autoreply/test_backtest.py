"""Back-tests over mails of the past."""

from __future__ import annotations

import itertools
import mailbox
import time
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoreply import (
    backtest,
    backtest_base,
    backtest_job,
    backtest_sources,
    backtest_threads,
    inbound,
)
from autoreply.backtest import Item, Verdict
from autoreply.backtest_job import Bench
from autoreply.backtest_likeness import SAME, learn
from autoreply.policy_tables import Backtest
from kb import jobs, questions, tickets
from kb.errors import Conflict, Invalid, NotFound
from kb.models.knowledge import Phrasing
from kb.models.service import AGENT, Candidate, CandidateTicket, Ticket
from tests.autoreply.world import LOCKED_OUT, MAILBOX, World

SAID = "王女士您好，拿9V电池贴在锁底的触点上，再用指纹开门就行。"
ANSWER = "把9V电池贴在锁底的触点上，再用指纹开门。"


def words(text: str) -> Sequence[str]:
    kept = [char for char in text if char.isalnum()]
    return ["".join(pair) for pair in itertools.pairwise(kept)]


def letter(
    number: int, sender: str, to: str, text: str, *, parent: int = 0, **fields: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Subject"] = "求助"
    message["Date"] = f"Tue, 24 Nov 2026 0{number % 10}:00:00 +0000"
    message["Message-ID"] = f"<{number}@x.example>"
    if parent:
        message["In-Reply-To"] = f"<{parent}@x.example>"
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def talk() -> list[EmailMessage]:
    """Three conversations, an absence note, and a receipt that is no agent's word."""
    wang, li = "wang@qq.example", "li@qq.example"
    return [
        letter(1, wang, MAILBOX, "门锁没电了，人在门外怎么开门？"),
        letter(2, MAILBOX, wang, "已经收到。", parent=1, Auto_Submitted="auto-replied"),
        letter(3, MAILBOX, wang, SAID, parent=2),
        letter(4, wang, MAILBOX, "谢谢，哪里有卖9V电池的？", parent=3),
        letter(5, li, MAILBOX, "门锁没电了怎么开门"),
        letter(6, MAILBOX, li, "李先生，已经安排师傅明天上午联系您，请保持电话畅通。", parent=5),
        letter(7, "a@b.example", MAILBOX, "我外出了", Auto_Submitted="auto-replied"),
        letter(8, "zhao@qq.example", MAILBOX, "你们招实习生吗"),
    ]  # fmt: skip


def judge(question: str) -> Verdict:
    if "门锁没电" not in question:
        return Verdict("human")
    return Verdict("answer", "7", LOCKED_OUT, "门锁", 0.97, ANSWER, "/a/7")


def report(items: list[Item]) -> dict[str, object]:
    likeness = learn([ANSWER, "别的答案是这样的，没有一个字一样", "第三条讲发票"], words)
    return backtest.run(items, judge, likeness.of).as_json()


def items_of(raws: Sequence[tuple[str, bytes]], ours: str = MAILBOX) -> list[Item]:
    found = backtest_threads.letters(raws, inbound.read)
    return backtest_threads.items(found, frozenset({ours}))


def test_conversations_give_what_was_asked_and_answered() -> None:
    found = items_of([(str(n), bytes(one)) for n, one in enumerate(talk())])
    by_name = {one.name: one for one in found}
    assert by_name["0"].reply == SAID
    assert by_name["3"].skipped == "continues"
    assert by_name["6"].skipped == "machine"
    assert by_name["7"].reply is None
    assert set(by_name) == {"0", "3", "4", "6", "7"}


def test_the_report_counts_and_compares() -> None:
    found = report(items_of([(str(n), bytes(one)) for n, one in enumerate(talk())]))
    assert (found["mails"], found["asked"], found["answered"]) == (5, 3, 2)
    assert (found["compared"], found["same"]) == (2, 1)
    assert found["answered_share"] == 0.6667
    assert found["same_share"] == 0.5
    assert found["skipped"] == {"continues": 1, "machine": 1}
    [lock, other] = found["categories"]  # type: ignore[misc]
    assert (lock["category"], lock["asked"], lock["same"]) == ("门锁", 2, 1)
    assert (other["category"], other["answered_share"]) == ("", 0.0)
    first = found["lines"][0]  # type: ignore[index]
    assert first["same"] is True
    assert first["likeness"] >= SAME


def test_a_reply_that_names_the_article_says_the_same() -> None:
    one = Item("1", None, "a@b", "", "门锁没电", reply="请看 https://help.example/a/7 。")
    other = Item("2", None, "a@b", "", "门锁没电", reply="请看 https://help.example/a/71")
    used = Item("3", None, "a@b", "", "门锁没电", reply="好的", used=("7",))
    lines = [line["same"] for line in report([one, other, used])["lines"]]  # type: ignore[attr-defined]
    assert lines[0] is True
    assert lines[1] is not True
    assert lines[2] is True


def test_too_short_a_reply_proves_nothing() -> None:
    [line] = report([Item("1", None, "a@b", "", "门锁没电", reply="好的")])["lines"]  # type: ignore[misc]
    assert (line["likeness"], line["same"]) == (None, None)


def test_our_mailbox_is_guessed_from_the_mails() -> None:
    found = backtest_threads.letters(
        [(str(n), bytes(one)) for n, one in enumerate(talk())], inbound.read
    )
    assert backtest_threads.own_address(found) == frozenset({MAILBOX})
    assert backtest_threads.own_address([]) == frozenset()


# Sources.


def test_an_mbox_a_maildir_a_folder_and_a_file_hold_the_same(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box.mbox")
    maildir = mailbox.Maildir(tmp_path / "maildir")
    (tmp_path / "folder").mkdir()
    for number, one in enumerate(talk()):
        box.add(one)
        maildir.add(one)
        (tmp_path / "folder" / f"{number}.eml").write_bytes(bytes(one))
    box.close()
    found = []
    for path in ("box.mbox", "maildir", "folder"):
        raws = list(backtest_sources.of_path(tmp_path / path))
        assert len(raws) == 8
        found.append(report(items_of(raws))["same_share"])
    assert found == [0.5, 0.5, 0.5]
    [(name, raw)] = backtest_sources.of_path(tmp_path / "folder" / "0.eml")
    assert name == "0.eml"
    assert raw == bytes(talk()[0])


def test_from_at_the_start_of_a_line_survives_an_mbox(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box.mbox")
    box.add(letter(1, "a@b.example", MAILBOX, "第一行\n\nFrom now on\n>From then"))
    box.add(letter(2, "a@b.example", MAILBOX, "第二封"))
    box.close()
    raws = list(backtest_sources.of_path(tmp_path / "box.mbox"))
    assert len(raws) == 2


@given(st.binary(max_size=400))
def test_any_bytes_are_split_without_loss_of_the_process(data: bytes) -> None:
    raws = list(backtest_sources.of_bytes("x", b"From x\n" + data))
    backtest_threads.letters(raws, inbound.read)


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        list(backtest_sources.of_path(tmp_path / "nothing"))


# The base's own mails.


def bench(world: World) -> Bench:
    return Bench(world.sender, world.answers, words, inbound.read)


def start(world: World, **values: object) -> int:
    with world.db.transaction() as session:
        return backtest_job.start(session, by=None, now=world.now, **values).id  # type: ignore[arg-type]


def work(world: World) -> None:
    with world.db.transaction() as session:
        job = jobs.claim(session, owner="t", now=world.now, kinds=(backtest_job.KIND,))
    assert job is not None
    backtest_job.work(world.db, job, world.clock, bench(world))


def result(world: World, number: int) -> Backtest:
    with world.db.reading() as session:
        return session.get_one(Backtest, number)


def test_the_bases_own_mails_with_what_agents_did(world: World) -> None:
    world.policy(mode="shadow")
    article = world.know(LOCKED_OUT)
    for number, text in enumerate(
        [LOCKED_OUT, LOCKED_OUT, f"{LOCKED_OUT}，急", f"{LOCKED_OUT}！急急"]
    ):
        world.receive(text, sender=f"p{number}@qq.example")
    world.receive("你们招人吗", sender="x@qq.example")
    replies = [
        ("见附件里的步骤。", [{"id": article}]),
        ("已经转给财务部门同事处理了，请等两天。", []),
    ]
    with world.db.transaction() as session:
        for ticket, (text, used) in zip(world.tickets, replies, strict=False):
            saying = tickets.Saying(AGENT, text, "mail", detail={"articles": used})
            tickets.say(session, session.get_one(Ticket, ticket.id), saying, now=world.now)
        question = questions.get(session, world.questions[2].id)
        questions.confirm(session, question, article, "agent", now=world.now)
        harvested = Candidate(question="x", answer_md="x", phrasings=[], redacted=[], similar=[],
                              article_id=article, created_at=world.now)  # fmt: skip
        harvested.sources.append(CandidateTicket(ticket_id=world.tickets[3].id))
        session.add(harvested)
    number = start(world, last=100)
    work(world)
    row = result(world, number)
    assert (row.state, row.done, row.total) == ("done", 5, 5)
    found = row.result
    # All articles of this base say the same, so a reply without an article cannot be compared.
    assert (found["asked"], found["answered"], found["compared"], found["same"]) == (3, 2, 1, 1)
    # One asks in the very words that an agent confirmed, an article was made of the other one's
    # ticket: they are listed, and count nowhere.
    assert found["taught"] == 2
    assert [line["taught"] for line in found["lines"]] == [False, False, True, True, False]
    assert sum(row["asked"] for row in found["categories"]) == 3
    assert len(world.sent) == 0
    assert len(world.decisions) == 5


def test_words_that_are_a_way_to_ask_have_taught_the_base(world: World) -> None:
    article = world.know(LOCKED_OUT)
    with world.db.transaction() as session:
        session.add(Phrasing(article_id=article, text=f"求助 {LOCKED_OUT} 啊！"))
    judge = backtest_base.judge_of(world.db, world.answers, world.now)
    assert judge(f"求助\n{LOCKED_OUT}啊").taught
    # The title is nobody's mail.
    assert not judge(LOCKED_OUT).taught


def test_a_line_that_taught_is_no_evidence() -> None:
    taught = Item("1", None, "a@b", "", "门锁没电", reply=SAID, taught=True)
    found = report([taught, Item("2", None, "a@b", "", "门锁没电", reply=SAID)])
    assert (found["asked"], found["answered"], found["same"], found["taught"]) == (1, 1, 1, 1)


def test_an_upload_is_tested_and_forgotten(world: World, tmp_path: Path) -> None:
    world.know(LOCKED_OUT)
    world.answers.known["门锁没电"] = ("answer", 0.97)
    world.answers.ids["门锁没电"] = world.answers.ids[LOCKED_OUT]
    box = mailbox.mbox(tmp_path / "box.mbox")
    for one in talk():
        box.add(one)
    box.close()
    number = start(world, name="box.mbox", upload=(tmp_path / "box.mbox").read_bytes())
    work(world)
    row = result(world, number)
    assert (row.state, row.upload) == ("done", None)
    assert (row.result["asked"], row.result["answered"]) == (3, 2)
    assert world.tickets == []


def test_one_at_a_time_and_it_can_be_stopped(world: World) -> None:
    number = start(world)
    with pytest.raises(Conflict):
        start(world)
    with world.db.transaction() as session:
        backtest_job.stop(session, number, now=world.now)
        with pytest.raises(Conflict):
            backtest_job.stop(session, number, now=world.now)
        with pytest.raises(NotFound):
            backtest_job.stop(session, 99, now=world.now)
    work(world)
    assert result(world, number).state == "stopped"
    assert start(world) != number


@pytest.mark.parametrize("upload", [b"", b"  \n", b"x" * (backtest_job.MOST_BYTES + 1)])
def test_an_upload_of_nothing_or_too_much_is_refused(world: World, upload: bytes) -> None:
    with pytest.raises(Invalid):
        start(world, upload=upload)


def test_what_goes_wrong_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = start(world)

    def broken(*args: object, **values: object) -> list[Item]:
        raise Invalid("no_mails", value="x")

    monkeypatch.setattr(backtest_base, "items", broken)
    work(world)
    assert (result(world, number).state, result(world, number).error) == ("failed", "no_mails")


def test_an_article_that_may_not_be_seen_answers_nothing(world: World) -> None:
    world.know(LOCKED_OUT)
    world.policy(least_articles=40)
    verdict = backtest_base.judge_of(world.db, world.answers, world.now)(LOCKED_OUT)
    assert verdict.band == "suggest"


def test_a_thousand_mails_take_seconds() -> None:
    raws = [(str(n), bytes(letter(n, f"p{n}@qq.example", MAILBOX, "门锁没电"))) for n in range(300)]
    began = time.monotonic()
    assert report(items_of(raws))["asked"] == 300
    assert time.monotonic() - began < 30
