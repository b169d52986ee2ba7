"""What a page had no time to ask is asked to the end, and told to who changed something."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from authoring import impact, impact_job, phrasings, remedies, upkeep
from authoring.remedies import BOOST, PHRASING, Remedy
from kb import articles, contacts, heeds, impact_runs, questions, retention
from kb.access import Actor
from kb.articles import Content
from kb.db import Database
from kb.models.knowledge import Article
from kb.models.people import EDITOR
from kb.models.service import Question
from kb.models.steering import Heed, ImpactRun
from kb.models.system import Job
from search import glossary
from search.finding import Finding
from search.glossary import Texts
from tests.authoring.asked import BATTERY, KEY, REFUND, ask
from tests.factories import MOMENT, make_actor, make_contact

TAKES = Content("门锁的电池怎么换？", "看这里。", phrasings=("电池怎么换啊",))


@pytest.fixture
def editor(base: Database) -> Actor:
    with base.transaction() as session:
        return make_actor(session, role=EDITOR)


def me(editor: Actor) -> int:
    return editor.user_id or 0


def step(base: Database, finding: Finding, run: int, seconds: float = -1) -> bool:
    """Ask one question, or for some seconds, as the worker does."""
    with base.reading() as session:
        rehearsal = finding.rehearsal(session, now=MOMENT)
        found = impact_job.ask(session, rehearsal, run, now=MOMENT, seconds=seconds)
    with base.transaction() as session:
        return impact_job.note(session, run, found, now=MOMENT)


def to_the_end(base: Database, finding: Finding, run: int) -> int:
    steps = 1
    while step(base, finding, run):
        steps += 1
    return steps


def live(session: Session, content: Content = TAKES) -> Article:
    article = articles.create(session, content, author_id=None, now=MOMENT)
    articles.go_live(session, article, now=MOMENT)
    return article


def told(base: Database, editor: Actor) -> list[Heed]:
    with base.reading() as session:
        return list(heeds.waiting(session, me(editor), now=MOMENT))


def test_a_look_that_is_cut_off_ends_as_one_that_is_not(
    base: Database, finding: Finding, editor: Actor
) -> None:
    remedy = Remedy(PHRASING, KEY, "门锁的电池怎么换")
    with base.transaction() as session:
        rehearsal = finding.rehearsal(session, now=MOMENT)
        edit, near = remedies.edit_of(session, rehearsal, remedy), remedies.near(remedy)
        whole = impact.preview(session, rehearsal, edit, now=MOMENT, near=near)
        part = impact.preview(session, rehearsal, edit, now=MOMENT, near=near, seconds=-1)
        subject = impact_job.remedy(remedy, session.get_one(Article, KEY))
        run = impact_job.later(session, subject, user_id=me(editor), now=MOMENT, begun=part)
        number = run.id
        first = impact_job.impact_of(session, run)
        assert (first.asked, first.all, first.complete) == (1, 3, False)
        assert [one.text for one in first.moved] == ["门锁的电池怎么换"]
    assert to_the_end(base, finding, number) == 2
    with base.reading() as session:
        run = session.get_one(ImpactRun, number)
        end = impact_job.impact_of(session, run)
        assert run.done_at == MOMENT
        assert end == replace(whole, plan=(), places=end.places)
        assert impact_job.is_look(run)
    assert told(base, editor) == []


def test_who_looks_again_sees_the_same_look_until_the_article_changes(
    base: Database, finding: Finding, editor: Actor
) -> None:
    remedy = Remedy(BOOST, KEY, boost=1.0)
    with base.transaction() as session:
        article = session.get_one(Article, KEY)
        subject = impact_job.remedy(remedy, article)
        digest = impact_job.digest_of(subject)
        run = impact_job.later(session, subject, user_id=me(editor), now=MOMENT)

        def seen(user: int = me(editor), minutes: int = 0) -> ImpactRun | None:
            now = MOMENT + timedelta(minutes=minutes)
            return impact_runs.latest(session, user_id=user, digest=digest, now=now)

        assert seen() is run
        assert seen(user=999) is None
        assert seen(minutes=16) is None
        phrasings.add(session, KEY, ["进不了门"], actor=editor, now=MOMENT)
        assert impact_job.digest_of(impact_job.remedy(remedy, article)) != digest
        again = impact_job.later(session, subject, user_id=me(editor), now=MOMENT)
        assert session.scalars(select(ImpactRun)).all() == [again]


def test_what_an_article_took_is_told_when_all_is_asked(
    base: Database, finding: Finding, editor: Actor
) -> None:
    with base.transaction() as session:
        article = live(session)
        subject = impact_job.article_live(article, was=None)
        run = impact_job.later(session, subject, user_id=me(editor), now=MOMENT).id
    assert step(base, finding, run)
    assert told(base, editor) == []
    to_the_end(base, finding, run)
    (word,) = told(base, editor)
    assert (word.kind, word.article_id) == (heeds.TAKEN, 4)
    assert word.detail == {"asked": 3, "taken": [{"article": BATTERY, "count": 2}]}
    with base.transaction() as session:
        assert session.scalars(select(ImpactRun)).all() == []
        heeds.seen(session, word.id, user_id=me(editor), now=MOMENT)
    assert told(base, editor) == []


def test_what_the_agent_knew_before_is_not_told_again(
    base: Database, finding: Finding, editor: Actor
) -> None:
    for known, words in ((2, 0), (1, 1)):
        with base.transaction() as session:
            article = live(session) if known == 2 else session.get_one(Article, 4)
            subject = impact_job.article_live(article, was=None, known=known)
            run = impact_job.later(session, subject, user_id=me(editor), now=MOMENT).id
        to_the_end(base, finding, run)
        assert len(told(base, editor)) == words


def test_a_version_and_a_boost_are_compared_with_what_was_before(
    base: Database, finding: Finding, editor: Actor
) -> None:
    with base.transaction() as session:
        phrasings.add(session, KEY, TAKES.phrasings, actor=editor, now=MOMENT)
        article = session.get_one(Article, KEY)
        subject = impact_job.article_live(article, was=1)
        run = impact_job.later(session, subject, user_id=me(editor), now=MOMENT).id
    to_the_end(base, finding, run)
    assert told(base, editor)[0].detail["taken"] == [{"article": BATTERY, "count": 1}]
    with base.transaction() as session:
        upkeep.pin(session, KEY, boost=8.0, actor=editor, now=MOMENT)
        subject = impact_job.article_live(article, was=article.live_version, boost=0.0)
        run = impact_job.later(session, subject, user_id=me(editor), now=MOMENT).id
    to_the_end(base, finding, run)
    (word,) = told(base, editor)
    assert BATTERY in {one["article"] for one in word.detail["taken"]}


def test_what_other_words_took_is_told(base: Database, finding: Finding, editor: Actor) -> None:
    with base.transaction() as session:
        glossary.save(session, Texts(synonyms="申请,走流程\n退款,回血"), now=MOMENT)
        ask(session, "走流程回血", REFUND)
    finding.catch_up()
    with base.transaction() as session:
        found = finding.find(session, "走流程回血", limit=1, now=MOMENT)
        assert found[0].article_id == REFUND
        was = glossary.texts(session)
        glossary.save(session, Texts(), now=MOMENT)
        subject = impact_job.words_before(was)
        run = impact_job.later(session, subject, user_id=me(editor), now=MOMENT).id
    finding.catch_up()
    assert step(base, finding, run)
    to_the_end(base, finding, run)
    (word,) = told(base, editor)
    assert (word.kind, word.article_id) == (heeds.WORDS, None)
    assert word.detail == {"asked": 4, "taken": [{"article": REFUND, "count": 1}]}


def test_two_workers_at_one_look_count_nothing_twice(
    base: Database, finding: Finding, editor: Actor
) -> None:
    with base.transaction() as session:
        article = live(session)
        subject = impact_job.article_live(article, was=None)
        run = impact_job.later(session, subject, user_id=me(editor), now=MOMENT).id
    with base.transaction() as session:
        rehearsal = finding.rehearsal(session, now=MOMENT)
        steps = [impact_job.ask(session, rehearsal, run, now=MOMENT, seconds=-1) for _ in "ab"]
        assert [impact_job.note(session, run, step, now=MOMENT) for step in steps] == [True] * 2
        kept = session.get_one(ImpactRun, run)
        assert (kept.asked, len(kept.moved)) == (1, 1)


def test_a_check_of_what_is_no_longer_so_ends(
    base: Database, finding: Finding, editor: Actor
) -> None:
    with base.transaction() as session:
        article = live(session)
        subject = impact_job.article_live(article, was=None)
        run = impact_job.later(session, subject, user_id=me(editor), now=MOMENT).id
        articles.withdraw(session, article, now=MOMENT)
    assert not step(base, finding, run)
    assert not step(base, finding, run)
    assert told(base, editor) == []
    with base.transaction() as session:
        remedy = impact_job.remedy(Remedy(PHRASING, 99, "x"), article)
        run = impact_job.later(session, remedy, user_id=me(editor), now=MOMENT).id
    assert not step(base, finding, run)


def test_what_is_erased_meanwhile_is_not_shown(
    base: Database, finding: Finding, editor: Actor
) -> None:
    remedy = Remedy(PHRASING, KEY, "门锁的电池怎么换")
    with base.transaction() as session:
        subject = impact_job.remedy(remedy, session.get_one(Article, KEY))
        run = impact_job.later(session, subject, user_id=me(editor), now=MOMENT).id
    assert step(base, finding, run)
    with base.transaction() as session:
        assert impact_job.impact_of(session, session.get_one(ImpactRun, run)).moved
        for row in session.scalars(select(Question)):
            row.text = ""
    to_the_end(base, finding, run)
    with base.transaction() as session:
        found = impact_job.impact_of(session, session.get_one(ImpactRun, run))
        assert (found.moved, found.complete) == ((), True)
        who = make_contact(session, "a@c.example")
        questions.record(session, questions.Asked("form", "x", contact_id=who.id), (), now=MOMENT)
        contacts.erase(session, who.id, now=MOMENT)
        assert session.scalars(select(ImpactRun)).all() == []


def test_looks_are_gone_after_a_day(base: Database, editor: Actor) -> None:
    with base.transaction() as session:
        article = session.get_one(Article, KEY)
        for hours, phrase in ((0, "一"), (20, "二")):
            subject = impact_job.remedy(Remedy(PHRASING, KEY, phrase), article)
            now = MOMENT + timedelta(hours=hours)
            impact_job.later(session, subject, user_id=me(editor), now=now)
        retention.purge(session, now=MOMENT + timedelta(hours=30))
        left = session.scalars(select(ImpactRun)).all()
        assert [row.subject["remedy"]["text"] for row in left] == ["二"]
        assert session.query(Job).filter(Job.kind == impact_job.KIND).count() == 2
