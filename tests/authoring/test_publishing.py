"""The workflow: who may do what, what customers see meanwhile, and that nothing is ever lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring import phrasings, publishing, upkeep
from kb import articles, audit, changes, schedule
from kb.access import SYSTEM
from kb.articles import Version
from kb.errors import Conflict, DomainError, Forbidden, Invalid
from kb.models.knowledge import STATES, Article
from kb.models.system import Job
from tests import databases
from tests.factories import AN_AGENT, AN_EDITOR, MOMENT, content, make_actor, make_article


def due(session: Session, now: datetime) -> list[Job]:
    query = select(Job).where(Job.state == "ready", Job.run_at <= now).order_by(Job.run_at, Job.id)
    return list(session.scalars(query))


def run_due(session: Session, now: datetime) -> None:
    for job in due(session, now):
        run = {
            schedule.PUBLISH: publishing.run_scheduled,
            schedule.EXPIRE: upkeep.run_expiry,
        }[job.kind]
        run(session, job.payload, actor=SYSTEM, now=now)
        job.state = "done"
        session.flush()


def test_an_agent_submits_and_an_editor_publishes(session: Session, now: datetime) -> None:
    agent, editor = make_actor(session), make_actor(session, role="editor")
    article = publishing.save_draft(session, None, content(), base=Version(0), actor=agent, now=now)
    publishing.submit(session, article.id, actor=agent, now=now, reviewer_id=editor.user_id)
    assert (article.state, article.reviewer_id) == ("in_review", editor.user_id)
    with pytest.raises(Forbidden):
        publishing.publish(session, article.id, actor=agent, now=now)
    publishing.publish(session, article.id, actor=editor, now=now, base=Version(1))
    assert (article.state, article.live_version) == ("published", 1)
    verbs = [entry.verb for entry in audit.of(session, "article", article.id)]
    assert verbs == ["article.publish", "article.submit", "article.save"]


def test_an_editor_publishes_in_one_step(session: Session, now: datetime) -> None:
    article = publishing.save_and_publish(
        session, None, content(), base=Version(0), actor=AN_EDITOR, now=now
    )
    assert article.live_version == 1
    with pytest.raises(Forbidden):
        publishing.save_and_publish(
            session, None, content(), base=Version(0), actor=AN_AGENT, now=now
        )


def test_an_answer_is_needed(session: Session, now: datetime) -> None:
    article = publishing.save_draft(
        session, None, content(body=" "), base=Version(0), actor=AN_EDITOR, now=now
    )
    for act in (publishing.submit, publishing.publish):
        with pytest.raises(Invalid) as caught:
            act(session, article.id, actor=AN_EDITOR, now=now)
        assert caught.value.params["field"] == "body_md"


def test_a_conflict_carries_both_texts(session: Session, now: datetime) -> None:
    first = make_actor(session, role="editor")
    article = make_article(session, state="draft")
    publishing.save_draft(
        session, article.id, content(body="甲"), base=Version(1), actor=first, now=now
    )
    with pytest.raises(Conflict) as caught:
        publishing.save_draft(
            session, article.id, content(body="乙"), base=Version(1), actor=AN_AGENT, now=now
        )
    params = caught.value.params
    assert params["theirs"]["body_md"] == "甲"
    assert params["mine"]["body_md"] == "乙"
    assert params["author"].startswith("User")


def test_an_editor_publishes_what_they_looked_at(session: Session, now: datetime) -> None:
    article = make_article(session, state="draft")
    publishing.save_draft(
        session, article.id, content(body="后来写的"), base=Version(1), actor=AN_AGENT, now=now
    )
    with pytest.raises(Conflict):
        publishing.publish(session, article.id, actor=AN_EDITOR, now=now, base=Version(1))


def test_a_plan_is_kept_and_carried_out(session: Session, now: datetime) -> None:
    article = make_article(session, state="draft")
    at = now + timedelta(hours=3)
    publishing.publish(session, article.id, actor=AN_EDITOR, now=now, at=at)
    assert (article.state, article.live_version) == ("scheduled", None)
    assert publishing.scheduled_for(session, article) == at
    run_due(session, at - timedelta(seconds=1))
    assert article.live_version is None
    run_due(session, at)
    assert (article.state, article.live_version) == ("published", 1)


def test_a_live_article_stays_live_until_the_planned_moment(
    session: Session, now: datetime
) -> None:
    article = make_article(session, body="旧")
    base = Version(1)
    publishing.save_draft(
        session, article.id, content(body="新"), base=base, actor=AN_EDITOR, now=now
    )
    at = now + timedelta(hours=3)
    publishing.publish(session, article.id, actor=AN_EDITOR, now=now, at=at)
    assert articles.is_visible(article, now=now, audiences=("public",))
    assert article.body_md == "旧"
    run_due(session, at)
    assert article.body_md == "新"


def test_a_changed_plan_is_not_carried_out_twice(session: Session, now: datetime) -> None:
    article = make_article(session, state="draft")
    early, late = now + timedelta(hours=1), now + timedelta(hours=5)
    publishing.publish(session, article.id, actor=AN_EDITOR, now=now, at=early)
    in_hand = due(session, early)[0].payload
    publishing.publish(session, article.id, actor=AN_EDITOR, now=now, at=late)
    # A worker that had the first job in hand already comes too late.
    publishing.run_scheduled(session, in_hand, actor=SYSTEM, now=early)
    run_due(session, early)
    assert article.live_version is None
    run_due(session, late)
    assert article.live_version == 1


@pytest.mark.parametrize("undo", ["return", "save", "archive"])
def test_a_plan_ends_with_what_was_planned(session: Session, now: datetime, undo: str) -> None:
    article = make_article(session, state="draft")
    at = now + timedelta(hours=1)
    publishing.publish(session, article.id, actor=AN_EDITOR, now=now, at=at)
    if undo == "return":
        publishing.return_to_draft(session, article.id, note="等等", actor=AN_EDITOR, now=now)
    elif undo == "save":
        base = Version(1)
        publishing.save_draft(
            session, article.id, content(body="改"), base=base, actor=AN_EDITOR, now=now
        )
    else:
        publishing.archive(session, article.id, actor=AN_EDITOR, now=now)
    run_due(session, at)
    assert article.live_version is None


def test_expiry_takes_an_article_down_and_leaves_a_draft(session: Session, now: datetime) -> None:
    article = make_article(session)
    at = now + timedelta(days=1)
    upkeep.set_expiry(session, article.id, at=at, actor=AN_EDITOR, now=now)
    publishing.save_draft(
        session, article.id, content(body="新"), base=Version(1), actor=AN_AGENT, now=now
    )
    run_due(session, at)
    assert (article.live_version, article.state) == (None, "draft")
    publishing.publish(session, article.id, actor=AN_EDITOR, now=at)
    assert (article.live_version, article.expire_at) == (2, None)
    with pytest.raises(Invalid):
        upkeep.set_expiry(session, article.id, at=now, actor=AN_EDITOR, now=now)


def test_a_late_worker_does_not_show_what_has_expired(session: Session, now: datetime) -> None:
    article = make_article(session, state="draft")
    at, end = now + timedelta(hours=1), now + timedelta(hours=2)
    publishing.publish(session, article.id, actor=AN_EDITOR, now=now, at=at)
    upkeep.set_expiry(session, article.id, at=end, actor=AN_EDITOR, now=now)
    run_due(session, end + timedelta(days=1))
    assert (article.live_version, article.state) == (None, "archived")


def test_expiry_can_be_taken_back(session: Session, now: datetime) -> None:
    article = make_article(session)
    at = now + timedelta(days=1)
    for moment in (at, None, at, at + timedelta(days=1)):
        upkeep.set_expiry(session, article.id, at=moment, actor=AN_EDITOR, now=now)
    run_due(session, at)
    assert article.live_version == 1
    run_due(session, at + timedelta(days=1))
    assert (article.live_version, article.state) == (None, "archived")


def test_a_writer_takes_their_own_version_back_and_no_other(
    session: Session, now: datetime
) -> None:
    writer, other = make_actor(session), make_actor(session)
    article = publishing.save_draft(
        session, None, content(), base=Version(0), actor=writer, now=now
    )
    publishing.submit(session, article.id, actor=writer, now=now)
    with pytest.raises(Forbidden):
        publishing.return_to_draft(session, article.id, note="", actor=other, now=now)
    publishing.return_to_draft(session, article.id, note="", actor=writer, now=now)
    assert article.state == "draft"


def test_an_old_version_comes_back_as_a_new_draft(session: Session, now: datetime) -> None:
    article = make_article(session, body="第一版")
    base = Version(1)
    publishing.save_and_publish(
        session, article.id, content(body="第二版"), base=base, actor=AN_EDITOR, now=now
    )
    publishing.restore_revision(session, article.id, 1, actor=AN_AGENT, now=now)
    assert (article.version, article.live_version, article.body_md) == (3, 2, "第二版")
    assert articles.latest(session, article).body_md == "第一版"


def test_what_is_beside_the_text_reaches_the_indexes(session: Session, now: datetime) -> None:
    article = make_article(session)
    mark = changes.latest(session)
    upkeep.pin(session, article.id, boost=2.0, actor=AN_EDITOR, now=now)
    upkeep.mark_reviewed(session, article.id, review_on=now.date(), actor=AN_EDITOR, now=now)
    assert len(changes.after(session, mark)) == 2
    with pytest.raises(Invalid):
        upkeep.pin(session, article.id, boost=99.0, actor=AN_EDITOR, now=now)
    for refused in (upkeep.pin,):
        with pytest.raises(Forbidden):
            refused(session, article.id, boost=1.0, actor=AN_AGENT, now=now)


@pytest.mark.parametrize("state", ["draft", "in_review", "scheduled"])
def test_a_phrasing_goes_live_and_a_waiting_version_waits_on(
    session: Session, now: datetime, state: str
) -> None:
    article = make_article(session, body="旧", phrasings=("甲",))
    publishing.save_draft(
        session, article.id, content(body="新", phrasings=("乙",)), base=Version(1),
        actor=AN_AGENT, now=now,
    )  # fmt: skip
    at = now + timedelta(hours=1)
    if state == "in_review":
        publishing.submit(session, article.id, actor=AN_AGENT, now=now)
    elif state == "scheduled":
        publishing.publish(session, article.id, actor=AN_EDITOR, now=now, at=at)
    phrasings.add(session, article.id, ["丙"], actor=AN_EDITOR, now=now)
    latest = articles.latest(session, article)
    assert [row.text for row in article.phrasings] == ["甲", "丙"]
    assert (article.body_md, article.state) == ("旧", state)
    assert (latest.body_md, list(latest.phrasings)) == ("新", ["乙", "丙"])
    if state == "scheduled":
        run_due(session, at)
        assert article.body_md == "新"
    before = article.version
    phrasings.add(session, article.id, ["丙"], actor=AN_EDITOR, now=now)
    assert article.version == before


class Workflow(RuleBasedStateMachine):
    """Random work on one article, with a model of what customers may see."""

    def __init__(self) -> None:
        super().__init__()
        self.db = databases.in_memory()
        self.session = Session(self.db.engine)
        self.now = MOMENT
        self.live: str | None = None
        self.written: list[str] = []
        self.count = 0

    @initialize()
    def begin(self) -> None:
        article = publishing.save_draft(
            self.session, None, content(body=self.text()), base=Version(0), actor=AN_AGENT,
            now=self.now,
        )  # fmt: skip
        self.id = article.id

    @property
    def article(self) -> Article:
        return articles.get(self.session, self.id)

    def text(self) -> str:
        self.count += 1
        self.written.append(f"第{self.count}次写的。")
        return self.written[-1]

    def latest(self) -> str:
        return articles.latest(self.session, self.article).body_md

    def attempt(self, act: object, **more: object) -> bool:
        try:
            act(self.session, self.id, now=self.now, **more)  # type: ignore[operator]
        except DomainError:
            return False
        return True

    @rule(stale=st.booleans())
    def save(self, stale: bool) -> None:
        base = Version(self.article.version - stale)
        text = self.text()
        if not self.attempt(
            publishing.save_draft, content=content(body=text), base=base, actor=AN_AGENT
        ):
            assert stale
            self.written.remove(text)

    @rule(actor=st.sampled_from((AN_AGENT, AN_EDITOR)))
    def submit(self, actor: object) -> None:
        self.attempt(publishing.submit, actor=actor)

    @rule(actor=st.sampled_from((AN_AGENT, AN_EDITOR)))
    def publish(self, actor: object) -> None:
        if self.attempt(publishing.publish, actor=actor):
            assert actor is AN_EDITOR
            self.live = self.latest()

    @rule(hours=st.integers(1, 5))
    def plan(self, hours: int) -> None:
        at = self.now + timedelta(hours=hours)
        self.attempt(publishing.publish, actor=AN_EDITOR, at=at)

    @rule(actor=st.sampled_from((AN_AGENT, AN_EDITOR)))
    def give_back(self, actor: object) -> None:
        self.attempt(publishing.return_to_draft, note="", actor=actor)

    @rule()
    def archive(self) -> None:
        if self.attempt(publishing.archive, actor=AN_EDITOR):
            self.live = None

    @rule(number=st.integers(1, 4))
    def restore(self, number: int) -> None:
        self.attempt(publishing.restore_revision, number=number, actor=AN_AGENT)

    @rule(hours=st.integers(1, 5))
    def expire(self, hours: int) -> None:
        at = self.now + timedelta(hours=hours)
        self.attempt(upkeep.set_expiry, at=at, actor=AN_EDITOR)

    @rule()
    def phrase(self) -> None:
        self.attempt(phrasings.add, texts=[f"换个问法{self.now.hour}"], actor=AN_EDITOR)

    @precondition(lambda self: due(self.session, self.now + timedelta(hours=3)))
    @rule()
    def wait(self) -> None:
        self.now += timedelta(hours=3)
        for job in due(self.session, self.now):
            planned = job.kind == schedule.PUBLISH
            run = publishing.run_scheduled if planned else upkeep.run_expiry
            run(self.session, job.payload, actor=SYSTEM, now=self.now)
            job.state = "done"
            self.session.flush()
            self.live = self.latest() if planned else None

    @invariant()
    def customers_see_what_was_published(self) -> None:
        if not hasattr(self, "id"):
            return
        article = self.article
        assert article.state in STATES
        shown = article.body_md if article.live_version is not None else None
        assert shown == self.live
        if article.live_version is not None:
            live = articles.revision(self.session, self.id, article.live_version)
            assert live.body_md == shown
            assert [row.text for row in article.phrasings] == list(live.phrasings)

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "id"):
            return
        rows = articles.revisions(self.session, self.id)
        assert {row.body_md for row in rows} == set(self.written)
        assert [row.number for row in rows] == list(range(len(rows), 0, -1))

    def teardown(self) -> None:
        self.session.close()
        self.db.close()


TestWorkflow = Workflow.TestCase
TestWorkflow.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
