"""A rehearsal finds what would be found, and writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from authoring import phrasings
from kb.db import Database
from search import glossary
from search.dictionaries import Dictionaries
from search.finding import Finding
from search.recall import Remembering
from search.rehearsal import NOTHING, Edit, Rehearsal
from tests import databases
from tests.factories import AN_EDITOR, MOMENT, make_article
from tests.search.toys import Toy

SLANG = "锁芯卡壳了咋整？"


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Database]:
    db = databases.in_file(tmp_path / "base.db")
    with db.transaction() as session:
        make_article(session, question="门锁打不开怎么办？", body="先换电池，再用钥匙。")
        make_article(session, question="锁芯多少钱？", body="两百元。")
        make_article(session, question="怎么退货？", body="在订单里点退货。")
    yield db
    db.close()


@pytest.fixture(params=["none", "toy"])
def finding(base: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Finding]:
    made = Finding(base, tmp_path / "i", engine="memory", encoder="none", clock=lambda: MOMENT)
    if request.param == "toy":
        made.tutor._encoder_here, made.tutor._opened = Toy(), True
    made.catch_up()
    made.learn(fit=False)
    yield made
    made.stop()


def rehearsal(finding: Finding, session: Session) -> Rehearsal:
    return finding.rehearsal(session, now=MOMENT)


def test_a_phrasing_is_found_before_and_after_it_is_saved_alike(
    base: Database, finding: Finding
) -> None:
    with base.reading() as session:
        staged = rehearsal(finding, session)
        before = staged.stage(NOTHING).finder.find(staged.stage().base, SLANG, limit=3)
        card = staged.stage().base.cards(["article:1"])["article:1"]
        stage = staged.stage(Edit(card=replace(card, phrasings=(SLANG,))))
        imagined = stage.finder.find(stage.base, SLANG, limit=3)
        assert before[0].article_id != 1
        assert imagined[0].article_id == 1
        assert finding.find(session, SLANG, limit=3, now=MOMENT)[0].article_id != 1
    with base.transaction() as session:
        phrasings.add(session, 1, [SLANG], actor=AN_EDITOR, now=MOMENT)
    finding.catch_up()
    finding.learn(fit=False)
    with base.reading() as session:
        real = finding.find(session, SLANG, limit=3, now=MOMENT)
    assert [m.article_id for m in real] == [m.article_id for m in imagined]
    assert real[0].probability == pytest.approx(imagined[0].probability, abs=0.02)


def test_an_article_that_is_not_there_yet_takes_part_and_one_can_be_away(
    base: Database, finding: Finding
) -> None:
    with base.reading() as session:
        staged = rehearsal(finding, session)
        known = staged.stage().base.cards(["article:2"])["article:2"]
        new = replace(known, id=99, question=SLANG)
        first = staged.stage(Edit(card=new)).first(SLANG)
        assert first is not None
        assert first.article_id == 99
        hidden = replace(new, audience="internal")
        first = staged.stage(Edit(card=hidden)).first(SLANG)
        assert first is None or first.article_id != 99
        without = staged.stage(Edit(gone="article:2"))
        found = without.finder.find(without.base, SLANG, limit=5)
        assert 2 not in [match.article_id for match in found]


def test_a_pin_and_words_take_part(base: Database, finding: Finding) -> None:
    with base.reading() as session:
        staged = rehearsal(finding, session)
        pinned = staged.stage(Edit(pin=(SLANG, "article:3")))
        assert pinned.finder.find(pinned.base, SLANG, limit=1)[0].article_id == 3
        words = glossary.current(session).merge(Dictionaries(user_words=("锁芯卡壳",)))
        stage = staged.stage(Edit(dictionaries=words))
        assert "锁芯卡壳" in stage.finder.analyzer.words(SLANG)
        assert stage.finder.find(stage.base, "怎么退货", limit=1)[0].article_id == 3


def test_a_text_is_encoded_once() -> None:
    class Counting(Toy):
        asked = 0

        def encode(self, texts, *, passage=False):  # type: ignore[no-untyped-def]
            self.asked += len(texts)
            return super().encode(texts, passage=passage)

    counting = Counting()
    remembering = Remembering(counting, most=3)
    assert (remembering.encode(["一", "二", "一"]) == Toy().encode(["一", "二", "一"])).all()
    assert counting.asked == 2
    remembering.encode(["一", "三"])
    assert counting.asked == 3
    remembering.encode(["四", "五", "六"])
    remembering.encode(["一"])
    assert counting.asked == 7
