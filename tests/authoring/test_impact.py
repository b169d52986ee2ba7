"""What a change would do is asked before it is saved, and what it would take is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from authoring import cannibalisation, impact, remedies
from authoring.remedies import BOOST, PHRASING, PIN, SYNONYM, WORD, Remedy
from kb import articles, judged, pins, questions
from kb.articles import Content
from kb.db import Database
from kb.errors import Conflict, Forbidden, Invalid
from kb.models.knowledge import Article
from kb.models.people import EDITOR
from kb.models.service import Question
from kb.models.system import AuditEntry, Change
from kb.wording import held_out
from search import glossary
from search.dictionaries import parse, shipped
from search.finding import Finding
from search.rehearsal import NOTHING, Edit
from tests.authoring.asked import BATTERY, KEY, ask
from tests.factories import AN_AGENT, AN_EDITOR, MOMENT, make_actor, make_article


def look(session: Session, finding: Finding, remedy: Remedy, **more: object) -> impact.Impact:
    rehearsal = finding.rehearsal(session, now=MOMENT)
    edit = remedies.edit_of(session, rehearsal, remedies.checked(remedy))
    # Nobody waits here: a busy machine must not end the look before its last question.
    more = {"seconds": 120.0} | more
    return impact.preview(session, rehearsal, edit, now=MOMENT, **more)  # type: ignore[arg-type]


def test_a_phrasing_that_takes_a_question_is_shown_before_it_is_saved(
    base: Database, finding: Finding
) -> None:
    with base.reading() as session:
        told = look(session, finding, Remedy(PHRASING, KEY, "门锁的电池怎么换"))
        assert (told.asked, told.all, told.judged, told.complete) == (3, 3, 3, True)
        first = told.moved[0]
        assert (first.text, first.count) == ("门锁的电池怎么换", 3)
        assert (first.before, first.after, first.worse) == (BATTERY, KEY, True)
        assert told.worse >= 1
        assert told.taken_by(KEY)[BATTERY] == told.worse
        assert [p.text for p in session.get_one(Article, KEY).phrasings] == []


def test_what_gets_better_is_counted(base: Database, finding: Finding) -> None:
    with base.transaction() as session:
        ask(session, "开门没反应", BATTERY)
    with base.reading() as session:
        told = look(session, finding, Remedy(PHRASING, BATTERY, "开门没反应"))
    moved = {one.text: one for one in told.moved}
    assert moved["开门没反应"].better
    assert (told.better, told.worse) == (1, 0)


def test_a_pin_and_a_boost_are_shown_too(base: Database, finding: Finding) -> None:
    with base.reading() as session:
        told = look(session, finding, Remedy(PIN, KEY, "退款怎么申请？"))
        assert [(one.text, one.after) for one in told.moved] == [("退款怎么申请", KEY)]
        assert told.complete
        told = look(session, finding, Remedy(BOOST, KEY, boost=10.0))
        # An article that was pushed up far enough is first, though it may be unlikely to answer.
        assert told.moved
        assert {one.after for one in told.moved} <= {KEY, None}


def test_time_runs_out_after_what_matters_most(base: Database, finding: Finding) -> None:
    ticks = iter(range(100))
    with base.reading() as session:
        told = look(
            session,
            finding,
            Remedy(BOOST, KEY, boost=1.0),
            seconds=0.5,
            clock=lambda: next(ticks),
        )
    assert 1 <= told.asked < told.all
    assert not told.complete


def test_an_article_that_customers_cannot_see_changes_nothing(
    base: Database, finding: Finding
) -> None:
    with base.transaction() as session:
        hidden = make_article(session, question="总部怎么换电池？", audience="internal").id
    finding.catch_up()
    with base.reading() as session:
        told = look(session, finding, Remedy(PHRASING, hidden, "门锁的电池怎么换"))
    assert told.moved == ()


@pytest.mark.parametrize(
    "remedy",
    [
        Remedy(PHRASING, KEY, "  "),
        Remedy(PHRASING, KEY, "长" * 301),
        Remedy(SYNONYM, KEY, words=("一个",)),
        Remedy(SYNONYM, KEY, words=("一个", "一个")),
        Remedy(SYNONYM, KEY, words=("长" * 31, "短")),
        Remedy(WORD, KEY, words=("两个", "词")),
        Remedy(WORD, KEY, words=("有# 号",)),
        Remedy(BOOST, KEY, boost=11.0),
        Remedy(BOOST, KEY, boost=float("nan")),
        Remedy("other", KEY),
    ],
)
def test_what_cannot_be_done_is_refused(remedy: Remedy) -> None:
    with pytest.raises(Invalid):
        remedies.checked(remedy)


def test_remedies_are_done_and_noted(base: Database, finding: Finding) -> None:
    with base.transaction() as session:
        actor = make_actor(session, role=EDITOR)
        before = session.query(Change).count()
        for remedy in (
            Remedy(PHRASING, KEY, "进不了门"),
            Remedy(SYNONYM, KEY, words=("干电池", "电瓶")),
            Remedy(WORD, KEY, words=("虚位密码",)),
            Remedy(PIN, KEY, "退款怎么申请"),
            Remedy(BOOST, KEY, boost=1.0),
        ):
            remedies.apply(session, remedies.checked(remedy), actor=actor, now=MOMENT)
        assert [p.text for p in session.get_one(Article, KEY).phrasings] == ["进不了门"]
        assert "电瓶" in glossary.texts(session).synonyms
        assert "虚位密码" in glossary.texts(session).user_words
        assert pins.pinned(session, "退款怎么申请？") == KEY
        assert [row.id for row in remedies.boosted(session)] == [KEY]
        assert session.query(Change).count() - before >= 5
        verbs = [row.verb for row in session.query(AuditEntry)]
        assert {"article.phrasing", "dictionary.saved", "pin.put", "article.pin"} <= set(verbs)
        for kind in (PHRASING, PIN):
            with pytest.raises(Forbidden):
                remedies.apply(session, Remedy(kind, KEY, "进门"), actor=AN_AGENT, now=MOMENT)


def draft_of(session: Session, question: str, **more: object) -> tuple[Article, Content]:
    content = Content(question, "都在这里。", **more)  # type: ignore[arg-type]
    return articles.create(session, content, author_id=None, now=MOMENT), content


def test_a_publication_that_takes_questions_is_found_out(base: Database, finding: Finding) -> None:
    with base.transaction() as session:
        article, content = draft_of(session, "门锁的电池怎么换？", phrasings=("电池怎么换啊",))
        rehearsal = finding.rehearsal(session, now=MOMENT)
        told = cannibalisation.of_content(session, rehearsal, article, content, now=MOMENT)
        assert told is not None
        lost = cannibalisation.losses(told, to=article.id)
        assert [(loss.article_id, len(loss.questions)) for loss in lost] == [(BATTERY, 2)]
        harmless, content = draft_of(session, "能开发票吗？")
        told = cannibalisation.of_content(session, rehearsal, harmless, content, now=MOMENT)
        assert told is not None
        assert cannibalisation.losses(told, to=harmless.id) == []


def test_what_is_live_already_is_not_asked_again(base: Database, finding: Finding) -> None:
    with base.reading() as session:
        article = session.get_one(Article, KEY)
        live = articles.content_of(articles.latest(session, article))
        rehearsal = finding.rehearsal(session, now=MOMENT)
        assert cannibalisation.of_content(session, rehearsal, article, live, now=MOMENT) is None


def test_words_that_change_no_right_answer_lose_nothing(base: Database, finding: Finding) -> None:
    with base.reading() as session:
        rehearsal = finding.rehearsal(session, now=MOMENT)
        told = cannibalisation.of_words(session, rehearsal, shipped(), now=MOMENT)
    assert cannibalisation.losses(told) == []


def test_words_that_are_changed_are_asked_about_first(base: Database, finding: Finding) -> None:
    with base.reading() as session:
        words = shipped().merge(parse(synonyms="退款,返钱"))
        rehearsal = finding.rehearsal(session, now=MOMENT)
        told = cannibalisation.of_words(session, rehearsal, words, now=MOMENT, seconds=-1)
    assert (told.asked, told.all) == (1, 3)
    assert told.plan[0].text == "退款怎么申请"


def test_a_draft_can_become_another_way_to_ask(base: Database) -> None:
    with base.transaction() as session:
        article, content = draft_of(session, "电池没电了怎么办？", phrasings=("电池坏了",))
        cannibalisation.fold_in(session, article.id, BATTERY, content, actor=AN_EDITOR, now=MOMENT)
        ways = [p.text for p in session.get_one(Article, BATTERY).phrasings]
        assert ways == ["电池没电了怎么办？", "电池坏了"]
        assert article.state == "archived"
        with pytest.raises(Conflict):
            cannibalisation.fold_in(session, KEY, BATTERY, content, actor=AN_EDITOR, now=MOMENT)


def test_the_judged_set_and_the_lessons_never_share_a_text(base: Database) -> None:
    texts = [f"第{n}种门锁怎么换电池" for n in range(40)]
    with base.transaction() as session:
        for text in texts:
            ask(session, text, BATTERY, by="agent")
        taught = {one.text for one in questions.teaching(session)}
        confirmed = {one.text for one in judged.judged(session) if one.by == "agent"}
    assert taught | confirmed == set(texts)
    assert not taught & confirmed
    assert all(map(held_out, confirmed))
    assert confirmed


def test_clicks_are_judged_after_what_was_confirmed_and_teach_nothing(base: Database) -> None:
    with base.transaction() as session:
        assert {one.by for one in judged.judged(session)} == {"click"}
        assert questions.teaching(session) == []
        first = judged.recent(session, now=MOMENT)[0]
        assert (first.text, first.count) == ("门锁的电池怎么换", 3)
        assert session.get_one(Question, first.question_id).text == first.text
        assert judged.recent(session, now=MOMENT + timedelta(days=40)) == []


def test_nothing_edited_changes_nothing(base: Database, finding: Finding) -> None:
    with base.reading() as session:
        rehearsal = finding.rehearsal(session, now=MOMENT)
        for edit in (NOTHING, Edit(gone="article:99")):
            assert impact.preview(session, rehearsal, edit, now=MOMENT).moved == ()
