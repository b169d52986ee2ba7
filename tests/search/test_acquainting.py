from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.acquainting import (
    MANY,
    PASSAGE,
    PASSAGES,
    answers_of,
    cut,
    meaning_of,
    passages_for,
    told,
)
from search.base import Card
from search.encoder import Vectors, normalised
from search.meaning import SEMANTIC

LONG = "".join(f"第{n}步，按住按键五秒，听到提示音以后松开，再看指示灯的颜色。" for n in range(20))


class Letters:
    """Encodes a text as the letters it has."""

    name, version, dimension = "letters", "1", 64

    def encode(self, texts: Sequence[str], *, passage: bool = False) -> Vectors:
        rows = np.full((len(texts), self.dimension), 0.01, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for ch in text:
                row[ord(ch) % self.dimension] += 1
        return normalised(rows)


def test_a_long_answer_is_cut_at_sentence_ends() -> None:
    parts = cut(LONG, 3)
    assert len(parts) == 3
    assert all(part.endswith("。") and len(part) <= PASSAGE for part in parts)
    assert LONG.startswith("".join(parts))


@given(st.text(alphabet="一二三。！\n a", max_size=400), st.integers(1, 4))
def test_any_answer_is_cut(answer: str, passages: int) -> None:
    parts = cut(answer, passages)
    assert len(parts) <= passages
    assert all(0 < len(part) <= PASSAGE for part in parts)


def test_each_passage_says_what_it_is_about() -> None:
    assert told(Card("a", "怎么重置？", answer="按住 5 秒。"), 3) == ["怎么重置?\n按住 5 秒。"]
    assert told(Card("a", "怎么重置？"), 3) == []


def test_what_is_missing_is_zero() -> None:
    cards = [Card("a", "甲", answer="短。"), Card("b", "乙"), Card("c", "丙", answer=LONG)]
    vectors = answers_of(cards, Letters(), 3)
    assert (np.abs(vectors).sum(axis=2) > 0).sum(axis=1).tolist() == [1, 0, 3]


@pytest.mark.parametrize(("articles", "passages"), [(3, PASSAGES), (MANY + 1, 1)])
def test_a_large_base_keeps_one_passage_of_each(articles: int, passages: int) -> None:
    assert passages_for(articles) == passages
    cards = [Card(str(n), f"问{n}", answer="短。") for n in range(3)]
    asked = {card.key: card.asked for card in cards}
    meaning = meaning_of(cards, asked, Letters(), passages=passages)
    assert meaning.passages == passages


def test_a_late_passage_of_the_answer_counts() -> None:
    cards = [
        Card("a", "门锁", answer=LONG[:150] + "海鲸鱼鲨在海里游。"),
        Card("b", "门锁", answer=LONG[:150] + "云雨雷电在天上。"),
        Card("c", "门锁"),
    ]
    meaning = meaning_of(
        cards, {card.key: card.asked for card in cards}, Letters(), passages=PASSAGES
    )
    measured = meaning.measure(Letters().encode(["海鲸鱼鲨"])[0])
    near = measured[:, SEMANTIC.index("vector_answer")]
    assert near[0] > near[1]
    assert near[2] == 0
