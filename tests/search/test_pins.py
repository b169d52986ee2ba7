"""A pinned article stands first for its question, and only for whom it may be seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kb import pins
from kb.db import Database
from kb.errors import Forbidden, Invalid
from kb.models.knowledge import INTERNAL
from kb.models.steering import Pin
from kb.wording import held_out, key_of
from search.finding import Finding
from search.learner import STAFF
from search.text import fold
from tests import databases
from tests.factories import AN_AGENT, AN_EDITOR, MOMENT, make_article

QUESTION = "忘了带钥匙怎么进门？"


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Database]:
    db = databases.in_file(tmp_path / "base.db")
    with db.transaction() as session:
        make_article(session, question="忘带钥匙怎么开门？", key="door")
        make_article(session, question="怎么加一把备用钥匙？", body="在应用里加。", key="spare")
        make_article(session, question="发票怎么开？", body="在订单里点开票。", key="bill")
        make_article(session, question="总部钥匙放在哪里？", key="own", audience=INTERNAL)
    yield db
    db.close()


@pytest.fixture
def finding(base: Database, tmp_path: Path) -> Finding:
    made = Finding(base, tmp_path / "index", engine="memory", encoder="none", clock=lambda: MOMENT)
    made.catch_up()
    return made


def ids(
    finding: Finding, session: Session, text: str, who: tuple[str, ...] = ("public",)
) -> list[object]:
    found = finding.find(session, text, limit=5, now=MOMENT, audiences=who)
    return [match.article_id for match in found]


def test_a_pin_stands_first_in_any_writing_of_its_question(
    base: Database, finding: Finding
) -> None:
    with base.transaction() as session:
        assert ids(finding, session, QUESTION)[0] == 1
        pins.put(session, QUESTION, 3, folded=fold(QUESTION), actor=AN_EDITOR, now=MOMENT)
        for text in (
            QUESTION,
            "忘了带钥匙怎么进门",
            "忘了帶鑰匙怎麼進門？",
            " 忘了带钥匙 怎么进门?? ",
        ):
            found = finding.find(session, text, limit=5, now=MOMENT)
            assert found[0].article_id == 3
            assert found[1].article_id == 1
            assert found[1].probability >= 0.2 * found[0].probability
            assert sum(match.probability for match in found) <= 1.0 + 1e-9
        assert ids(finding, session, "忘带钥匙怎么开门")[0] == 1


def test_a_pin_shows_nothing_to_those_who_may_not_see_it(base: Database, finding: Finding) -> None:
    with base.transaction() as session:
        pins.put(session, QUESTION, 4, folded=fold(QUESTION), actor=AN_EDITOR, now=MOMENT)
        assert 4 not in ids(finding, session, QUESTION)
        assert ids(finding, session, QUESTION)[0] == 1
        assert ids(finding, session, QUESTION, STAFF)[0] == 4


def test_the_last_pin_of_a_question_counts_and_goes_with_its_article(base: Database) -> None:
    with base.transaction() as session:
        first = pins.put(session, QUESTION, 1, folded=fold(QUESTION), actor=AN_EDITOR, now=MOMENT)
        again = pins.put(
            session,
            "忘了带钥匙怎么进门",
            2,
            folded=fold("忘了带钥匙怎么进门"),
            actor=AN_EDITOR,
            now=MOMENT,
        )
        assert first.id == again.id
        assert pins.pinned(session, QUESTION) == 2
        pins.remove(session, again.id, actor=AN_EDITOR, now=MOMENT)
        assert pins.pinned(session, QUESTION) is None
        assert session.query(Pin).count() == 0


def test_only_editors_pin_and_only_questions(base: Database) -> None:
    with base.transaction() as session:
        with pytest.raises(Forbidden):
            pins.put(session, QUESTION, 1, folded=fold(QUESTION), actor=AN_AGENT, now=MOMENT)
        with pytest.raises(Invalid):
            pins.put(session, "？？", 1, folded=fold("？？"), actor=AN_EDITOR, now=MOMENT)


def test_a_text_is_in_the_judged_set_or_not_however_it_is_written() -> None:
    texts = [f"第{n}个问题怎么办？" for n in range(400)]
    held = [text for text in texts if held_out(text)]
    assert 25 <= len(held) <= 60
    assert all(held_out(f" {text.replace('？', '?')} ") for text in held)
    assert key_of("ＡＢ c－1！") == "abc1"
