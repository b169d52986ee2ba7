"""One of everything, so that every route has something to show."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from authoring import harvest, publishing
from autoreply import accounts, backtest_job, outgoing, spool, suppression
from autoreply.tables import Decision
from kb import articles, attachments, categories, contacts, notices, questions, tickets
from kb.access import SYSTEM
from kb.models.knowledge import Article
from kb.models.service import AGENT, CUSTOMER, Ticket
from tests.web.conftest import Desk

RAW = (
    "From: =?utf-8?b?5ZGo55Cz?= <lin@example.com>\r\nTo: help@anlu.example\r\n"
    "Subject: =?utf-8?b?6Zeo6ZSB?=\r\nMessage-ID: <1@example.com>\r\n"
    "Content-Type: text/html; charset=utf-8\r\n\r\n<p>门锁打不开<img src='https://x.example/p.png'></p>"
).encode()


@dataclass
class World:
    """The numbers of what is there, by the names that addresses use."""

    values: dict[str, object] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        return str(self.values[text[1:]]) if text.startswith("=") else text

    def refresh(self, desk: Desk) -> None:
        """Look up what the last call may have changed."""
        number = self.values["article_id"]
        version = desk.read(lambda s: s.get_one(Article, number).version)
        self.values["version"] = version


def build(desk: Desk) -> World:
    """Fill the database of a desk."""
    world = World()
    desk.write(lambda session: _fill(session, desk, world))
    desk.finding.catch_up()
    return world


def _fill(session: Session, desk: Desk, world: World) -> None:
    now, values = desk.clock(), world.values
    draft = accounts.Draft(
        "sales@anlu.example", "own", "127.0.0.1", 1, "none", "127.0.0.1", 1, "none"
    )
    box = accounts.save(session, draft, secret=b"s" * 32, now=now)
    values["mailbox_id"] = box.id
    branch = categories.Branch(slug="lock", name="门锁")
    category = categories.put(session, branch, now=now)
    values.update(kind="answer", language="zh", slug="lock", token="x" * 22)
    values.update(name="none", filename="none", _rest="nothing")
    content = articles.Content("怎么开门？", "按指纹。", ("门打不开",), category.id)
    article = publishing.save_and_publish(
        session, None, content, base=articles.Version(0), actor=SYSTEM, now=now
    )
    article.owner_id = None
    wider = articles.Content("怎么开门？", "按指纹或输密码。", ("门打不开",), category.id)
    base = articles.Version(1)
    publishing.save_draft(session, article.id, wider, base=base, actor=SYSTEM, now=now)
    publishing.publish(session, article.id, actor=SYSTEM, now=now)
    draft = articles.create(session, content, author_id=None, now=now)
    values.update(
        article_id=article.id, version=2, old=1, new=2, draft=draft.id, heed_id=999, run_id=999
    )
    values["slug"] = "lock"
    _service(session, desk, world, article)


def _service(session: Session, desk: Desk, world: World, article: Article) -> None:
    now, values = desk.clock(), world.values
    contact = contacts.find_or_create(session, "mail", "lin@example.com", name="周琳", now=now)
    row = _ticket(session, desk, contact.id)
    arrival = spool.Arrival(RAW, "help@anlu.example", "smtp", now)
    mail = spool.store(session, arrival, now=now)
    question = questions.record(
        session, questions.Asked("mail", "门锁打不开", contact_id=contact.id), (), now=now
    )
    decision = Decision(
        spool_id=mail, created_at=now, mode="shadow", action="ticket", wanted="answer",
        band="answer", probability=0.97, article_id=article.id, question="门锁打不开",
        inputs={"matches": [{"article": article.id, "probability": 0.97, "matched": "门打不开"}]},
        explanation={"why": "band_answer", "checks": [{"id": "mode", "passed": False}]},
        question_id=question.id, ticket_id=row.id,
    )  # fmt: skip
    session.add(decision)
    session.flush()
    saying = tickets.Saying(
        CUSTOMER, "门锁打不开", "mail", html="<p>打不开</p>", detail={"decision": decision.id}
    )
    said = tickets.say(session, row, saying, now=now)
    file = attachments.add_file(session, b"text", filename="a.txt", message_id=said.id, now=now)
    receipt = outgoing.queue_receipt(session, row, now=now)
    suppression.suppress(session, "gone@example.com", "bounced", "5.1.1", now=now)
    announcement = notices.Announcement("台风", now, now.replace(year=now.year + 1))
    notice = notices.put(session, announcement, author_id=None, now=now)
    values.update(
        ticket_id=row.id, message_id=said.id, attachment_id=file.id, contact_id=contact.id,
        mail_id=mail, mail=mail, decision_id=decision.id, notice_id=notice.id,
        candidate_id=_candidate(session, desk), category_id=article.category_id,
        backtest_id=backtest_job.start(session, by=None, now=now, last=100).id,
    )  # fmt: skip
    assert receipt is not None
    assert receipt.id == mail


def _ticket(session: Session, desk: Desk, contact_id: int) -> Ticket:
    opening = tickets.Opening("门锁打不开", "门锁打不开", "mail", contact_id=contact_id)
    row = tickets.open_ticket(session, opening, now=desk.clock())
    saying = tickets.Saying(CUSTOMER, "门锁打不开，怎么办？", "mail")
    tickets.say(session, row, saying, now=desk.clock())
    return row


def _candidate(session: Session, desk: Desk) -> int:
    now = desk.clock()
    opening = tickets.Opening("", "门锁的电池怎么换？", "phone")
    row = tickets.open_ticket(session, opening, now=now)
    tickets.say(session, row, tickets.Saying(CUSTOMER, "门锁的电池怎么换？", "phone"), now=now)
    answer = "拧开后盖，换上4节5号碱性电池，正负极不要装反。"
    tickets.say(session, row, tickets.Saying(AGENT, answer, "phone"), now=now)
    tickets.move(session, row, "resolved", now=now)
    made = harvest.make(session, row.id, similar=harvest.nothing_similar, actor=SYSTEM, now=now)
    return made.id
