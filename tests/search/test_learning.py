import numpy as np
import pytest

from search import learning
from search.features import LEXICAL
from search.learning import Lesson
from search.model import Linear, told

PRIOR = Linear(LEXICAL, (1.0,) * len(LEXICAL))


def lessons(count: int, *, telling: int, seed: int = 0) -> list[Lesson]:
    """Questions with five candidates, of which the right one is high in one feature only."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        rows = rng.random((5, len(LEXICAL)))
        right = np.zeros(5, bool)
        if number % 3:
            right[number % 5] = True
            rows[number % 5, telling] += 0.8
        made.append(Lesson(rows, right))
    return made


def share_right(ranker: Linear, asked: list[Lesson]) -> float:
    answerable = [lesson for lesson in asked if lesson.right.any()]
    return float(np.mean([lesson.right[np.argmax(ranker(lesson.rows))] for lesson in answerable]))


def chances(calibrator: Linear, told: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-calibrator(told)))


def test_the_ranker_learns_what_tells() -> None:
    ranker = learning.fit_ranker(lessons(300, telling=4), PRIOR, strength=0.001)
    assert np.argmax(ranker.weights) == 4
    assert share_right(ranker, lessons(200, telling=4, seed=1)) > 0.8


def test_strong_ties_keep_the_prior() -> None:
    ranker = learning.fit_ranker(lessons(60, telling=4), PRIOR, strength=1e6)
    np.testing.assert_allclose(ranker.weights, PRIOR.weights, atol=1e-3)


def test_without_a_right_candidate_nothing_is_learned() -> None:
    orphans = [lesson.orphaned(1.0) for lesson in lessons(30, telling=2)]
    assert learning.fit_ranker(orphans, PRIOR, strength=0.01) == PRIOR


def test_probabilities_are_honest_and_the_gate_keeps_its_promise() -> None:
    ranker = learning.fit_ranker(lessons(300, telling=4), PRIOR, strength=0.001)
    seen = learning.tops(lessons(600, telling=4, seed=2), ranker)
    calibrator = learning.fit_calibrator(seen, LEXICAL, strength=0.001)
    fresh = learning.tops(lessons(900, telling=4, seed=3), ranker)
    likely = chances(calibrator, np.stack([top.told for top in fresh]))
    right = np.array([top.right for top in fresh])
    assert likely.mean() == pytest.approx(right.mean(), abs=0.05)
    gate = learning.gate_for(calibrator, seen, 0.95)
    assert right[likely >= gate].mean() >= 0.92


def test_levelling_follows_other_examples() -> None:
    ranker = learning.fit_ranker(lessons(300, telling=4), PRIOR, strength=0.001)
    seen = learning.tops(lessons(600, telling=4), ranker)
    calibrator = learning.fit_calibrator(seen, LEXICAL, strength=0.001)
    rarer = [learning.Top(top.told, top.right, 0.2 if top.right else 1.0) for top in seen]
    rows = np.stack([top.told for top in seen])
    lower = learning.levelled(calibrator, rarer)
    assert chances(lower, rows).mean() < chances(calibrator, rows).mean() - 0.02


def test_an_unreachable_precision_closes_the_gate() -> None:
    names = told(LEXICAL)
    wrong = [learning.Top(np.zeros(len(names)), False, 1.0)] * 5
    flat = Linear(names, (0.0,) * len(names))
    assert learning.gate_for(flat, wrong, 0.9) == 0.99


def test_a_category_in_which_answers_were_wrong_gets_a_stricter_gate() -> None:
    calibrator = Linear(("utility",), (1.0,))

    def top(utility: float, right: bool, category: str) -> learning.Top:
        return learning.Top(np.array([utility]), right, 1.0, (category,))

    easy = [top(2.0, True, "easy")] * 150 + [top(4.0, True, "easy")] * 150
    hard = [top(2.0, n % 8 > 0, "hard") for n in range(120)] + [top(4.0, True, "hard")] * 80
    few = [top(2.0, False, "few")] * 5
    gates = learning.gates_for(calibrator, [*easy, *hard, *few], {"mail": 0.95, "form": 0.9})
    assert gates["mail@hard"] > gates["mail"]
    assert set(gates) == {"mail", "form", "mail@hard"}


def test_orphans_keep_the_categories_of_those_that_stay() -> None:
    lesson = Lesson(np.eye(3), np.array([False, True, False]), 1.0, (("a",), ("b",), ("c",)))
    assert lesson.orphaned(0.5).categories == (("a",), ("c",))
