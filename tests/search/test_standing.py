"""An edit of one article, or of the words, finds what looking in full would find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb import articles
from search import glossary
from search.base import Card
from search.dictionaries import Dictionaries
from search.edited import Edited
from search.encoder import Vectors
from search.finder import Finder
from search.finding import Finding
from search.rehearsal import Edit, Rehearsal
from search.reworded import Reworded
from tests import databases
from tests.factories import MOMENT, make_article
from tests.search.toys import Toy

THINGS = ("门锁", "电池", "指纹", "退款", "发票", "网关", "摄像头", "快递", "密码", "钥匙")
DEEDS = ("怎么换", "打不开怎么办", "多少钱", "坏了能修吗", "在哪里看")
QUESTIONS = [f"{thing}{deed}" for thing in THINGS for deed in DEEDS]
TEXTS = st.one_of(
    st.sampled_from(
        [*QUESTIONS, "dianchi", "電池怎麼換", "您好，我想问一下\n门锁打不开", "！", ""]
    ),
    st.text("门锁电池怎么换发票退款开不了钥匙？ab1", max_size=12),
)


@pytest.fixture(scope="module", params=["none", "toy"])
def finding(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Finding]:
    folder: Path = tmp_path_factory.mktemp("standing")
    db = databases.in_file(folder / "base.db")
    with db.transaction() as session:
        for question in QUESTIONS:
            make_article(session, question=question, body=f"这样做：{question[::-1]}。")
    made = Finding(db, folder / "i", engine="memory", encoder="none", clock=lambda: MOMENT)
    if request.param == "toy":
        made.tutor._encoder_here, made.tutor._opened = Toy(), True
    made.catch_up()
    made.learn(fit=False)
    yield made
    made.stop()
    db.close()


def found(rehearsal: Rehearsal, edit: Edit, text: str) -> dict[object, tuple[float, float]]:
    matches = rehearsal.stage(edit).best(text, limit=100)
    return {match.article_id: (match.score, match.probability) for match in matches}


def card_of(rehearsal: Rehearsal, number: int) -> Card:
    return rehearsal.stage().base.cards([f"article:{number}"])[f"article:{number}"]


edits = st.builds(
    lambda number, **changed: (number, changed),
    st.integers(1, len(QUESTIONS)),
    question=TEXTS,
    phrasings=st.lists(TEXTS, max_size=3),
    boost=st.sampled_from([0.0, 0.0, -3.0, 2.0]),
    audience=st.sampled_from(["public", "public", "internal"]),
    new=st.booleans(),
    gone=st.sampled_from([False, False, True]),
)


def edit_of(rehearsal: Rehearsal, number: int, changed: dict[str, object]) -> Edit:
    if changed["gone"]:
        return Edit(gone=f"article:{number}")
    card = card_of(rehearsal, number)
    return Edit(
        card=replace(
            card,
            id=999 if changed["new"] else card.id,
            question=str(changed["question"]) or card.question,
            phrasings=tuple(changed["phrasings"]),  # type: ignore[arg-type]
            boost=float(changed["boost"]),  # type: ignore[arg-type]
            audience=str(changed["audience"]),
        )
    )


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(edit=edits, text=TEXTS)
def test_comparing_the_edited_article_alone_finds_the_same(
    finding: Finding, edit: tuple[int, dict[str, object]], text: str
) -> None:
    with finding.database.reading() as session:
        rehearsal = finding.rehearsal(session, now=MOMENT)
        wanted = edit_of(rehearsal, *edit)
        short = found(rehearsal, wanted, text)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Edited, "_changed", lambda *_: None)
            full = found(rehearsal, wanted, text)
    assert short.keys() == full.keys()
    for number, numbers in full.items():
        assert short[number] == pytest.approx(numbers, abs=1e-4)


def counted(patch: pytest.MonkeyPatch, comparer: type[Any]) -> list[int]:
    """Return the list to which each comparison from now on adds how many candidates it had."""
    many: list[int] = []
    compare = comparer.compare

    def counting(self: Any, question: Any, some: Any) -> Any:
        many.append(len(some))
        return compare(self, question, some)

    patch.setattr(comparer, "compare", counting)
    return many


def test_the_short_way_is_the_one_that_is_gone(finding: Finding) -> None:
    """Without this the test above could compare the long way with itself."""
    with finding.database.reading() as session, pytest.MonkeyPatch.context() as patch:
        rehearsal = finding.rehearsal(session, now=MOMENT)
        card = replace(card_of(rehearsal, 7), phrasings=("打不开门怎么办呀",))
        stage = rehearsal.stage(Edit(card=card))
        for text in QUESTIONS:
            rehearsal.stage().first(text)
        whole = counted(patch, type(stage.finder._comparer))
        for text in QUESTIONS:
            stage.first(text)
    assert whole.count(1) >= 0.95 * len(whole)


WORDS = (
    "门锁",
    "大锁",
    "电池",
    "电芯",
    "退款",
    "发票",
    "票据",
    "怎么换",
    "锁打",
    "换电池",
    "路由器",
    "ab1",
    "apps",
)
other_words = st.builds(
    Dictionaries,
    user_words=st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
    synonyms=st.lists(
        st.lists(st.sampled_from(WORDS), min_size=2, max_size=3, unique=True).map(tuple), max_size=2
    ).map(tuple),
    stop_words=st.sets(st.sampled_from(WORDS), max_size=1).map(frozenset),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=other_words, text=TEXTS)
def test_comparing_what_other_words_touch_finds_the_same(
    finding: Finding, words: Dictionaries, text: str
) -> None:
    with finding.database.reading() as session:
        rehearsal = finding.rehearsal(session, now=MOMENT)
        wanted = Edit(dictionaries=glossary.current(session).merge(words))
        short = found(rehearsal, wanted, text)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Reworded, "score", Finder.score)
            full = found(rehearsal, wanted, text)
    assert short.keys() == full.keys()
    for number, numbers in full.items():
        assert short[number] == pytest.approx(numbers, abs=1e-4)


@pytest.mark.parametrize(
    ("words", "compared"),
    [
        (Dictionaries(synonyms=(("大锁", "门锁"),)), 0),
        (Dictionaries(synonyms=(("门锁", "大锁"),)), 0),
        (Dictionaries(synonyms=(("发票", "退款"),)), 10),
        (Dictionaries(user_words=("换电池",)), 0),
        (Dictionaries(stop_words=frozenset(["钥匙"])), 5),
    ],
)
def test_other_words_are_compared_where_they_stand(
    finding: Finding, words: Dictionaries, compared: int
) -> None:
    """Without this the test above could compare the long way with itself."""
    with finding.database.reading() as session, pytest.MonkeyPatch.context() as patch:
        rehearsal = finding.rehearsal(session, now=MOMENT)
        texts = [text for text in QUESTIONS if not text.startswith(("门锁", "发票", "退款"))]
        stage = rehearsal.stage(Edit(dictionaries=glossary.current(session).merge(words)))
        for text in texts:
            rehearsal.stage().first(text)
        whole = counted(patch, type(stage.finder._comparer))
        for text in texts:
            stage.first(text)
    assert len([many for many in whole if many > compared]) <= 0.15 * len(texts)


def test_a_text_is_looked_for_once_until_the_base_changes(tmp_path: Path) -> None:
    class Counting(Toy):
        asked: list[str] = []  # noqa: RUF012 - one test's own

        def encode(self, texts: Sequence[str], *, passage: bool = False) -> Vectors:
            self.asked += [] if passage else texts
            return super().encode(texts, passage=passage)

    db = databases.in_file(tmp_path / "base.db")
    with db.transaction() as session:
        make_article(session, question="门锁打不开怎么办？", body="换电池。")
    made = Finding(db, tmp_path / "i", engine="memory", encoder="none", clock=lambda: MOMENT)
    made.tutor._encoder_here, made.tutor._opened = Counting(), True
    made.catch_up()
    made.learn(fit=False)

    def standing(minutes: int = 0) -> object:
        with db.reading() as session:
            rehearsal = made.rehearsal(session, now=MOMENT + timedelta(minutes=minutes))
            rehearsal.stage().first("门打不开")
            rehearsal.stage().first("门锁打不开怎么办？")
            return rehearsal.stage().finder

    first = standing()
    assert standing(1) is first
    assert standing(6) is not first
    assert Counting.asked.count("门打不开") == 1
    before = standing(7)
    with db.transaction() as session:
        article = make_article(session, question="怎么退货？", body="点退货。")
        articles.go_live(session, article, now=MOMENT)
    # What the index does not hold yet is true for a moment only, so it is not kept.
    assert standing(7) is not standing(7)
    made.catch_up()
    assert made._rehearsals._kept is None
    made.learn(fit=False)
    after = standing(7)
    assert after is not before
    assert standing(7) is after
    assert Counting.asked.count("门打不开") == 1
    made.stop()
    db.close()
