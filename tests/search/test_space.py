"""A way to ask that is taken out teaches nothing about itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from search.analysis import Analyzer
from search.encoder import Vectors, normalised
from search.knowledge import untaught
from search.meaning import Meaning
from search.model import shipped
from search.profiles import Profiler
from search.space import ENOUGH, learn_space

SIZE = 32


def base(articles: int, ways: int) -> tuple[Vectors, np.ndarray, Vectors]:
    draw = np.random.default_rng(4)
    owners = np.repeat(np.arange(articles), ways)
    centres = draw.normal(size=(articles, SIZE))
    vectors = normalised((centres[owners] + draw.normal(size=(len(owners), SIZE))).astype("f4"))
    return vectors, owners, np.zeros((articles, 1, SIZE), np.float32)


def meaning_of(vectors: Vectors, owners: np.ndarray, answers: Vectors) -> Meaning:
    keys = [f"article:{n}" for n in range(len(answers))]
    return Meaning.of(keys, owners, vectors, answers, learn_space(vectors, owners, answers))


@pytest.mark.parametrize(("articles", "ways"), [(90, 4), (40, 2)])
def test_a_row_left_out_had_no_part_in_the_directions(articles: int, ways: int) -> None:
    vectors, owners, _ = base(articles, ways)
    space = learn_space(vectors, owners)
    assert space.inside == (articles * (ways - 1) >= ENOUGH)
    row = 5
    own = vectors[owners == owners[row]].mean(axis=0) if space.inside else space.mean
    count = ways if space.inside else len(vectors)
    deviation = vectors[row] - own
    inverse = np.linalg.inv(space.precision.astype(float))
    inverse -= space.pull * count / (count - 1) * np.outer(deviation, deviation)
    without, added = space.without(deviation, count / (count - 1))
    assert np.allclose(without.precision, np.linalg.inv(inverse), atol=1e-4)
    assert np.abs(added).max() > 1e-4
    rest = np.delete(np.arange(len(vectors)), row)
    again = learn_space(vectors[rest], owners[rest])
    off = [np.abs(one.precision - again.precision).max() for one in (without, space)]
    assert off[0] < off[1]


@pytest.mark.parametrize(("articles", "ways"), [(90, 4), (40, 2)])
def test_what_is_measured_of_others_is_what_that_space_says(articles: int, ways: int) -> None:
    vectors, owners, answers = base(articles, ways)
    meaning = meaning_of(vectors, owners, answers)
    row = 7
    space, _ = meaning._unseen(row)
    expected = Meaning.of(meaning.keys, owners, vectors, answers, space).measure(vectors[row])
    measured = meaning.measure(vectors[row], row)
    others = np.arange(articles) != owners[row]
    assert np.allclose(measured[others], expected[others], atol=2e-3)


def test_ways_to_ask_are_counted_so_that_a_few_large_articles_do_not_decide() -> None:
    vectors, _, answers = base(10, 1)
    owners = np.arange(10)
    assert meaning_of(vectors, owners, answers).ways == pytest.approx(1.0)
    many = np.concatenate([owners, np.full(90, 9)])
    rows = np.concatenate([vectors, vectors[np.full(90, 9)]])
    assert meaning_of(rows, many, answers).ways == pytest.approx(91**0.1)


def test_what_is_known_of_a_base_is_ranked_by_its_ways_to_ask() -> None:
    profiler = Profiler(Analyzer())
    nothing = untaught(profiler, [])
    assert nothing.semantic.many is not None, "not known without vectors"
    bare, rich = (replace(nothing, meaning=meaning_of(*base(20, ways))).semantic for ways in (1, 6))
    plain = shipped(semantic=True)
    assert plain.many is not None
    assert bare.ranker.weights == plain.ranker.weights
    assert rich.ranker.weights == pytest.approx(plain.many.weights)
    assert bare.many is None
    assert rich.many is None
    place = plain.ranker.names.index("class_score")
    assert rich.ranker.weights[place] > bare.ranker.weights[place], "phrasings say how they differ"
