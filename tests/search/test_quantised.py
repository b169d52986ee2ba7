"""Vectors in a quarter of the memory find what the vectors themselves would find."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import quantised
from search.candidates import CANDIDATES, nearest
from search.encoder import Vectors, normalised
from search.meaning import Meaning
from search.overlaid import Overlaid, replaced
from search.quantised import OnDisk, Quantised
from search.space import learn_space

SIZE = 48


def drawn(*shape: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(int(np.prod(shape)), SIZE))
    return normalised(rows.astype(np.float32)).reshape(*shape, SIZE)


def base(articles: int, seed: int = 0) -> Meaning:
    """Make a base whose articles have one, two or three ways to ask near each other."""
    many = np.arange(articles) % 3 + 1
    owners = np.repeat(np.arange(articles), many)
    vectors = drawn(articles, seed=seed)[owners] + drawn(len(owners), seed=seed + 1) / np.float32(2)
    vectors = normalised(vectors)
    answers = drawn(articles, 2, seed=seed + 2)
    answers[::5, 1] = 0
    answers[::7] = 0
    space = learn_space(vectors, owners, answers)
    return Meaning.of([f"article:{n}" for n in range(articles)], owners, vectors, answers, space)


def plainly(meaning: Meaning, question: Vectors) -> Vectors:
    """Measure every article from its exact rows, as the definitions say."""
    space, found = meaning.space, []
    centred = question - space.mean
    projected = space.precision @ centred
    length = np.sqrt(centred @ projected)
    for key in meaning.keys:
        ways, told = meaning.part(key)
        cosines = np.sort(ways @ question)[::-1]
        apart = ways - space.mean
        white = apart @ projected / np.sqrt(((apart @ space.precision) * apart).sum(1)) / length
        mean = apart.mean(axis=0)
        there = told[np.abs(told).sum(axis=1) > 0] - space.told
        near = there @ centred / np.linalg.norm(there, axis=1) / np.linalg.norm(centred)
        found.append((
            cosines[0], cosines[min(1, len(ways) - 1)], ways[0] @ question,
            near.max(initial=-9.0) if len(near) else 0.0, white.max(),
            mean @ projected - mean @ space.precision @ mean / 2,
        ))  # fmt: skip
    return np.array(found, np.float32)


def test_the_nearest_are_measured_exactly() -> None:
    meaning = base(700)
    for question in drawn(12, seed=9):
        expected, measured = plainly(meaning, question), meaning.measure(question)
        for column in (0, 5):
            first = np.argsort(-expected[:, column])[:CANDIDATES]
            assert set(np.argsort(-measured[:, column])[:CANDIDATES]) == set(first)
            assert np.allclose(measured[first], expected[first], atol=5e-4)
        assert np.abs(measured - expected)[:, :5].max() < 0.02, "the others about"


def test_what_is_asked_for_is_measured_exactly() -> None:
    meaning = base(700)
    question = drawn(1, seed=9)[0]
    last = int(np.argmin(meaning.measure(question)[:, 0]))
    measured = meaning.measure(question, also=[f"article:{last}", "article:unknown"])
    assert np.allclose(measured[last], plainly(meaning, question)[last], atol=5e-4)


def test_a_question_of_the_base_is_left_out() -> None:
    meaning = base(300)
    row = 2
    assert (meaning.owners == meaning.owners[row]).sum() == 2
    question, owner = meaning.vectors[row], int(meaning.owners[row])
    whole, left = meaning.measure(question), meaning.measure(question, hidden=row)
    assert whole[owner, 0] == pytest.approx(1.0, abs=1e-3)
    assert left[owner, 0] < 0.95
    alone, told = meaning.part(f"article:{owner}")
    space, _ = meaning._unseen(row)
    other = Meaning.of(["a"], np.zeros(1, np.int64), alone[[0]], told[None], space)
    assert np.allclose(left[owner], other.measure(question)[0], atol=5e-4)


@given(st.lists(st.integers(0, 99), max_size=40, unique=True))
def test_rows_on_disk_are_the_rows(rows_of_a_file: Quantised, places: list[int]) -> None:
    chosen = np.array(sorted(places), np.int64)
    assert np.array_equal(rows_of_a_file.rows(chosen), drawn(100).astype(np.float16)[chosen])


@pytest.fixture(scope="module")
def rows_of_a_file(tmp_path_factory: pytest.TempPathFactory) -> Quantised:
    folder = tmp_path_factory.mktemp("rows")
    quantised.write(folder, "some", quantised.quantised(drawn(100)))
    return quantised.read(folder, "some")


def test_a_file_that_is_gone_or_cut_short(tmp_path: Path) -> None:
    quantised.write(tmp_path, "some", quantised.quantised(drawn(100)))
    path = tmp_path / "some_exact.npy"
    rows = OnDisk(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 10)
    with pytest.raises(OSError, match="ends early"):
        rows.rows(np.array([98, 99]))
    path.unlink()
    assert len(rows.rows(np.array([3]))) == 1, "who opened it keeps it"
    np.save(path, drawn(100))
    with pytest.raises(ValueError, match="float16"):
        OnDisk(path)


def test_rows_of_zeros_stay_zeros() -> None:
    rows = quantised.quantised(np.zeros((3, SIZE), np.float32))
    assert not rows.products(np.ones((SIZE, 2), np.float32)).any()
    assert not rows[1].any()


NEW, CHANGED, GONE = "article:new", "article:3", "article:5"


def edited(meaning: Meaning) -> Meaning:
    nothing = np.zeros((0, SIZE), np.float32)
    ways = {NEW: drawn(2, seed=20), CHANGED: drawn(1, seed=21), GONE: nothing}
    return replaced(meaning, ways, {NEW: drawn(2, seed=22), CHANGED: drawn(2, seed=23)})


@pytest.mark.parametrize("articles", [40, 400])
def test_what_is_laid_over_measures_as_a_base_made_anew(articles: int) -> None:
    meaning = base(articles)
    found, question = edited(meaning), drawn(1, seed=30)[0]
    assert isinstance(found, Overlaid)
    assert set(found.keys) == {*meaning.keys, NEW} - {GONE}
    assert [found.place(key) for key in found.keys] == list(range(len(found)))
    assert found.place(GONE) is None
    measured = found.measure(question, also=[NEW, CHANGED])
    expected = plainly(found, question)
    assert measured.shape == expected.shape
    for key in (NEW, CHANGED, *nearest(found, expected)):
        place = found.place(key)
        assert np.allclose(measured[place], expected[place], atol=5e-4)


def test_what_is_laid_over_can_be_changed_again() -> None:
    meaning = base(40)
    nothing = np.zeros((0, SIZE), np.float32)
    again = replaced(edited(meaning), {NEW: nothing, GONE: drawn(1, seed=31)}, {GONE: drawn(2)})
    assert again.keys == meaning.keys
    assert np.allclose(again.part(GONE)[0], drawn(1, seed=31), atol=1e-3)
    back = replaced(again, {key: meaning.part(key)[0] for key in (CHANGED, GONE)},
                    {key: meaning.part(key)[1] for key in (CHANGED, GONE)})  # fmt: skip
    question = drawn(1, seed=30)[0]
    assert np.allclose(back.measure(question), meaning.measure(question), atol=5e-4)
    with pytest.raises(KeyError):
        edited(meaning).part(GONE)


def test_nothing_of_the_base_is_copied() -> None:
    meaning = base(40)
    found = edited(meaning)
    assert isinstance(found, Overlaid)
    assert found._before is meaning
    assert found._own is not None
    assert set(found._own.keys) == {NEW, CHANGED}
