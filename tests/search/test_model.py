import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kb.errors import Invalid
from search import model
from search.features import LEXICAL


@pytest.mark.parametrize("semantic", [False, True])
def test_the_shipped_coefficients_fit_the_features(semantic: bool) -> None:
    shipped = model.shipped(semantic=semantic)
    names = model.WITH_MEANING if semantic else LEXICAL
    assert shipped.ranker.names == names
    assert shipped.calibrator.names == model.told(names)
    assert 0.5 < shipped.gates["form"] <= shipped.gates["mail"] < 1


def test_writing_and_reading_loses_nothing() -> None:
    shipped = model.shipped(semantic=False)
    assert model.from_json(json.loads(json.dumps(model.to_json(shipped)))) == shipped


def test_a_base_is_ranked_by_how_many_ways_to_ask_it_has() -> None:
    plain = model.shipped(semantic=True)
    names = plain.ranker.names
    two = replace(
        plain, many=model.Linear(names, tuple(weight + 1 for weight in plain.ranker.weights))
    )
    assert two.of_base(1.0).ranker == plain.ranker
    assert two.of_base(6.0).ranker.weights == two.of_base(40.0).ranker.weights
    halfway = two.of_base(6**0.5)
    assert halfway.ranker.weights == pytest.approx([w + 0.5 for w in plain.ranker.weights])
    assert halfway.of_base(6.0) == halfway, "once it is of one base it stays so"
    assert model.from_json(json.loads(json.dumps(model.to_json(two)))).many is not None


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"many": {"bias": 0.0, "weights": {"gram_cosine": 1.0}}},
        {"many": None},
        {"ranker": None},
        {"calibrator": {"bias": "x", "weights": {}}},
        {"gates": {"mail": "high"}},
        {"ranker": {"bias": float("nan"), "weights": {}}},
    ],
)
def test_a_damaged_model_is_refused(change: dict[str, object]) -> None:
    value = model.to_json(model.shipped(semantic=False)) | change
    with pytest.raises(Invalid):
        model.from_json(value)


@settings(deadline=None)
@given(arrays(np.float64, (6, len(LEXICAL)), elements=st.floats(0, 1)))
def test_probabilities_fall_with_utility_and_share_one(rows: np.ndarray) -> None:
    shipped = model.shipped(semantic=False)
    utilities = shipped.utilities(rows)
    chances = shipped.probabilities(rows, utilities)
    assert (np.diff(chances[np.argsort(-utilities, kind="stable")]) <= 1e-12).all()
    assert 0 <= chances.sum() <= 1 + 1e-9


def test_a_boost_lifts_an_article() -> None:
    rows = np.full((2, len(LEXICAL)), 0.5)
    utilities = model.shipped(semantic=False).utilities(rows, [0.0, 2.0])
    assert utilities[1] == pytest.approx(utilities[0] + 2.0)


def test_evidence_has_a_column_for_each_name() -> None:
    for names in (LEXICAL, model.WITH_MEANING):
        rows = np.random.default_rng(0).random((4, len(names)))
        assert model.evidence(rows, rows[:, 0], names).shape == (4, len(model.told(names)))
        assert model.evidence(rows[:0], rows[:0, 0], names).shape == (0, len(model.told(names)))


def test_nearness_as_such_is_no_evidence() -> None:
    names = model.WITH_MEANING
    rows = np.random.default_rng(0).random((12, len(names)))
    nearer = rows.copy()
    nearer[:, [names.index(name) for name in model.UNREAD]] += 0.1
    utilities = rows[:, 0]
    seen, closer = (model.evidence(values, utilities, names) for values in (rows, nearer))
    np.testing.assert_allclose(seen, closer)


def test_one_that_stands_out_is_ahead_and_first_in_most_features() -> None:
    names = model.WITH_MEANING
    rows = np.full((12, len(names)), 0.4)
    rows[3] = 0.9
    rows[:, names.index("gram_answer")] = 0.0
    seen = model.evidence(rows, rows.sum(axis=1), names)
    at = model.told(names).index
    assert seen[3, at("votes")] == pytest.approx(1 - 1 / len(names))
    assert seen[0, at("votes")] == 0
    assert seen[3, at(model.AHEAD)] == pytest.approx(0.45)
    assert seen[3, at("share")] > 0.99
    assert seen[:, at("share")].sum() == pytest.approx(1)
    assert seen[0, at("spread")] < 0.1


def test_an_even_choice_is_spread() -> None:
    rows = np.full((8, len(LEXICAL)), 0.5)
    seen = model.evidence(rows, np.zeros(8), LEXICAL)
    assert seen[0, model.told(LEXICAL).index("spread")] == pytest.approx(np.log(8))
    assert (seen[:, model.told(LEXICAL).index("votes")] == 0).all()


def test_a_lone_candidate_leads_and_equals_do_not() -> None:
    assert model.leads(np.array([3.0])).tolist() == [10.0]
    assert model.leads(np.array([2.0, 2.0, 1.0])).tolist() == [0.0, 0.0, -1.0]


def test_the_strictest_gate_of_a_category_holds() -> None:
    shipped = model.shipped(semantic=False)
    taught = replace(shipped, gates={"mail": 0.8, "mail@hard": 0.9, "mail@lax": 0.5})
    assert taught.gate("mail", (), 0.85) == 0.8
    assert taught.gate("mail", ("hard", "lax"), 0.85) == 0.9
    assert taught.gate("mail", ("lax",), 0.85) == 0.8
    assert taught.gate("form", ("hard",), 0.7) == 0.7
