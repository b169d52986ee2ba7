import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis import Analyzer
from search.dictionaries import Dictionaries
from search.features import LEXICAL, Candidate, Comparer
from search.profiles import Profiler, build_lexicon, grams, held

ASKED = [
    ("门锁没电了怎么开门", "电池耗尽打不开门"),
    ("怎么申请退款", "退货退款流程", "不想要了能退吗"),
    ("How do I reset the camera?",),
]


@pytest.fixture(scope="module")
def comparer() -> Comparer:
    profiler = Profiler(Analyzer())
    return Comparer(profiler, build_lexicon(profiler, ASKED))


def rows(comparer: Comparer, question: str) -> dict[str, np.ndarray]:
    matrix, _ = comparer.compare(question, [Candidate(asked) for asked in ASKED])
    return dict(zip(LEXICAL, matrix.T, strict=True))


def test_a_phrasing_itself_scores_full(comparer: Comparer) -> None:
    found = rows(comparer, "退货退款流程")
    assert found["gram_cosine"][1] == pytest.approx(1, abs=1e-5)
    assert found["word_known"][1] == pytest.approx(1, abs=1e-5)
    assert found["gram_used"][1] == pytest.approx(1, abs=1e-5)


def test_traditional_and_full_width_are_the_same(comparer: Comparer) -> None:
    plain, other = (
        rows(comparer, "怎么申请退款 camera"),
        rows(comparer, "怎麼申請退款　ＣＡＭＥＲＡ"),
    )
    for name in LEXICAL:
        np.testing.assert_allclose(plain[name], other[name])


def test_the_closest_phrasing_is_named(comparer: Comparer) -> None:
    _, closest = comparer.compare("退货流程", [Candidate(ASKED[1])])
    assert ASKED[1][closest[0]] == "退货退款流程"


def test_the_answer_counts_apart(comparer: Comparer) -> None:
    matrix, _ = comparer.compare("七天无理由", [Candidate(("怎么退款",), "支持七天无理由退货")])
    found = dict(zip(LEXICAL, matrix[0], strict=True))
    assert found["gram_answer"] > 0.9
    assert found["gram_cosine"] == 0


def test_no_candidates_give_no_rows(comparer: Comparer) -> None:
    matrix, closest = comparer.compare("退款", [])
    assert matrix.shape == (0, len(LEXICAL))
    assert closest == []


ANALYZER = Analyzer()


@settings(deadline=None)
@given(st.text(max_size=80), st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_every_feature_is_a_share(question: str, asked: list[str]) -> None:
    profiler = Profiler(ANALYZER)
    comparer = Comparer(profiler, build_lexicon(profiler, [asked]))
    matrix, _ = comparer.compare(question, [Candidate(tuple(asked), "退款")])
    assert np.isfinite(matrix).all()
    assert (matrix >= 0).all()
    assert (matrix <= 1.0001).all()


def test_grams_forgive_a_wrong_letter() -> None:
    assert set(grams("camera")) & set(grams("camrea"))


@given(
    asked=st.text("退款到账abc1é _#", max_size=12), told=st.text("退款到账abc1é _#", max_size=30)
)
def test_a_gram_is_held_as_if_all_grams_were_listed(asked: str, told: str) -> None:
    there = set(grams(told))
    wanted = list(dict.fromkeys(grams(asked)))
    assert held(wanted, told) == [gram in there for gram in wanted]


@pytest.mark.parametrize(
    "synonyms", [(("断粮", "没电"),), (("没电", "没有电"), ("断粮", "没电"))], ids=["new", "added"]
)
def test_words_that_mean_the_same_are_one(synonyms: tuple[tuple[str, ...], ...]) -> None:
    asked = [("没电了怎么办",), ("断网了怎么办",)]
    profiler = Profiler(Analyzer(Dictionaries(synonyms=synonyms)))
    comparer = Comparer(profiler, build_lexicon(profiler, asked))
    matrix, _ = comparer.compare("断粮了怎么办", [Candidate(ways) for ways in asked])
    known = matrix[:, LEXICAL.index("word_known")]
    assert known[0] == pytest.approx(1, abs=1e-5)
    assert known[1] < 0.9
