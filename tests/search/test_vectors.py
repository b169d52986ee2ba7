from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from sqlalchemy import func, select

from kb.db import Database
from kb.errors import Unavailable
from search import vectors
from search.encoder import Vectors, normalised
from search.vectors import StoredEncoder, TextVector
from tests import databases


class Counting:
    """Encodes by characters and notes what it was asked; fails after `budget` texts."""

    name, version, dimension = "counting", "1", 8

    def __init__(self, budget: int = 10_000) -> None:
        self.asked: list[str] = []
        self.budget = budget

    def encode(self, texts: Sequence[str], *, passage: bool = False) -> Vectors:
        if len(self.asked) + len(texts) > self.budget:
            raise Unavailable("encoder_down")
        self.asked.extend(texts)
        rows = [np.random.default_rng([*map(ord, text), passage]).random(8) for text in texts]
        return normalised(np.array(rows, np.float32).reshape(-1, 8))


@pytest.fixture
def database() -> Iterator[Database]:
    made = databases.in_memory()
    yield made
    made.close()


def test_a_text_is_computed_once(database: Database) -> None:
    inner = Counting()
    first = StoredEncoder(inner, database).encode(["退款", "发票", "退款"])
    second = StoredEncoder(inner, database).encode(["发票", "退款"])
    assert inner.asked == ["退款", "发票"]
    np.testing.assert_allclose(second, first[[1, 0]], atol=1e-3)


def test_answers_and_questions_are_kept_apart(database: Database) -> None:
    inner = Counting()
    encoder = StoredEncoder(inner, database)
    encoder.encode(["退款"])
    encoder.encode(["退款"], passage=True)
    assert inner.asked == ["退款", "退款"]


def test_what_was_cut_short_goes_on_where_it_ended(database: Database) -> None:
    texts = [f"问题{n}" for n in range(vectors.BATCH * 2)]
    with pytest.raises(Unavailable):
        StoredEncoder(Counting(budget=vectors.BATCH), database).encode(texts)
    steps: list[tuple[int, int]] = []
    inner = Counting()
    assert len(
        StoredEncoder(
            inner, database, progress=lambda done, all_: steps.append((done, all_))
        ).encode(texts)
    ) == len(texts)
    assert len(inner.asked) == vectors.BATCH
    assert steps == [(vectors.BATCH, vectors.BATCH)]


def test_forgetting(database: Database) -> None:
    StoredEncoder(Counting(), database).encode(["退款", "发票"])
    with database.transaction() as session:
        vectors.forget(session, "1", ["退款"])
        assert session.scalar(select(func.count()).select_from(TextVector)) == 1
        vectors.forget_others(session, "2")
        assert session.scalar(select(func.count()).select_from(TextVector)) == 0
