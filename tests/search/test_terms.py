import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis import Analyzer
from search.dictionaries import Dictionaries
from search.terms import MOST, Terms, compared
from search.text import fold

ANALYZER = Analyzer(Dictionaries(synonyms=(("付款", "支付"),)))
TERMS = Terms(ANALYZER)


def lacking(question: str, *texts: str) -> tuple[list[float], list[float]]:
    shares, missed, _ = compared(TERMS(question), [fold(text) for text in texts])
    return shares.tolist(), missed.tolist()


def foreign(question: str, *texts: str) -> float:
    _, _, shares = compared(TERMS(question), [fold(text) for text in texts])
    assert len(set(shares.tolist())) == 1
    return float(shares[0])


def test_foreign_is_what_no_text_has() -> None:
    assert foreign("花呗怎么付钱", "门锁怎么付钱", "支持花呗") == 0
    assert 0.5 < foreign("花呗怎么打开", "门锁怎么打开", "怎么开灯") < 1
    assert foreign("借呗逾期", "门锁", "摄像头") == 1
    assert foreign("怎么", "门锁") == 0


@pytest.mark.parametrize("name", ["花呗", "借呗", "zhongan", "钉钉"])
def test_what_the_language_hardly_uses_is_a_name(name: str) -> None:
    terms = TERMS(f"手机里的{name}怎么打开")
    named = [term for term in terms if name in term.forms]
    assert named
    assert named[0].surprise > max(
        term.surprise for term in terms if {"手机", "打开"} & {*term.forms}
    )


def test_a_name_that_is_missed_says_more_than_a_word_that_was_put_otherwise() -> None:
    (foreign, reworded), _ = zip(
        *(lacking(question, "门锁怎么付钱") for question in ("花呗怎么付钱", "门锁怎么缴钱")),
        strict=True,
    )
    assert foreign[0] < reworded[0]
    _, missed = lacking("花呗怎么付钱", "门锁怎么付钱", "花呗怎么付钱")
    assert missed[0] > 0.5
    assert missed[1] == 0


def test_synonyms_and_stems_count_as_the_word() -> None:
    assert lacking("怎么付款", "如何支付")[0] == [1.0]
    assert lacking("batteries", "change the battery")[1] == [0.0]


@pytest.mark.parametrize("nothing", ["", "怎么", "请问一下", "12", "？？"])
def test_what_names_nothing_lacks_nothing(nothing: str) -> None:
    assert lacking(nothing, "门锁", "") == ([1.0, 1.0], [0.0, 0.0])


def test_characters_far_apart_are_no_name() -> None:
    assert not any("花呗" in term.forms for term in TERMS("花 呗"))


@settings(deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_all_numbers_are_shares(question: str, texts: list[str]) -> None:
    found = compared(TERMS(question), [fold(text) for text in texts])
    for values in found:
        assert values.shape == (len(texts),)
        assert np.isfinite(values).all()
        assert ((values >= 0) & (values <= 1)).all()


def test_only_the_beginning_of_a_text_is_read() -> None:
    assert TERMS("花呗" + "。" * MOST + "借呗") == TERMS("花呗")
