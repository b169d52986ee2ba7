"""Pins travel with the base in every format, and a pin of nothing is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kb import pins, transfer
from kb.models.steering import Pin
from kb.transfer_dump import dump
from search.text import fold
from tests import databases
from tests.factories import AN_EDITOR, MOMENT, make_article


@pytest.mark.parametrize("name", ["faq.jsonl", "faq.csv", "faq.zip", "faq"])
def test_pins_and_boosts_come_back(session: Session, tmp_path: Path, name: str) -> None:
    first = make_article(session, question="怎么退货？", key="return")
    make_article(session, question="怎么开门？", key="door").boost = 1.5
    pins.put(session, "不想要了", first.id, folded=fold("不想要了"), actor=AN_EDITOR, now=MOMENT)
    pins.put(
        session, "打不开: 咋办？", 2, folded=fold("打不开: 咋办？"), actor=AN_EDITOR, now=MOMENT
    )
    transfer.export(session, tmp_path / name)
    bundle = transfer.read(tmp_path / name)
    assert not bundle.problems
    other = databases.in_memory()
    with other.transaction() as there:
        make_article(there, question="在前面的一条", key="own")
        report = transfer.load(there, bundle, author_id=None, fold=fold, now=MOMENT)
        again = transfer.load(there, bundle, author_id=None, fold=fold, now=MOMENT)
        assert (report.created, again.created, again.updated) == (2, 0, 0)
        kept = {(pin.text, pin.article.key) for pin in pins.every(there)}
        assert kept == {("不想要了", "return"), ("打不开: 咋办？", "door")}
        assert dump(there).articles[2].boost == 1.5
    other.close()


def test_a_pin_of_an_article_that_is_not_there_is_named(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "faq.jsonl"
    lines = (
        '{"kind": "article", "key": "a", "question": "怎么退货？", "answer": "点退货。"}',
        '{"kind": "pin", "question": "退", "article": "b"}',
        '{"kind": "pin", "question": "退货", "article": "a"}',
        '{"kind": "pin", "question": "？？", "article": "a"}',
    )
    file.write_text("\n".join(lines), encoding="utf-8")
    bundle = transfer.read(file)
    assert [problem.code for problem in bundle.problems] == ["question_missing"]
    report = transfer.load(session, bundle, author_id=None, fold=fold, now=MOMENT, skip_bad=True)
    assert [problem.code for problem in report.warnings] == ["key_unknown"]
    assert [pin.text for pin in session.query(Pin)] == ["退货"]


def test_a_pin_that_comes_in_stands_for_every_writing_of_its_question(
    session: Session, tmp_path: Path
) -> None:
    article = make_article(session, question="怎么退货？", key="return")
    written = "ＡＰＰ裡怎麼退貨？"
    pins.put(session, written, article.id, folded=fold(written), actor=AN_EDITOR, now=MOMENT)
    made = pins.every(session)[0].key
    transfer.export(session, tmp_path / "faq.jsonl")
    other = databases.in_memory()
    with other.transaction() as there:
        bundle = transfer.read(tmp_path / "faq.jsonl")
        transfer.load(there, bundle, author_id=None, fold=fold, now=MOMENT)
        (pin,) = pins.every(there)
        assert (pin.text, pin.key) == (written, made)
        for text in ("app里怎么退货", "APP裡怎麼退貨"):
            assert pins.pinned(there, text, fold(text)) == pin.article_id
    other.close()
