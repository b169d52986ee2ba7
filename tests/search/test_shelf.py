"""The shelf finds what sets would find, and looks at a bounded number of entries for each key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search import shelf
from search.shelf import Line, Shelf, Vocabulary, fitting

SYLLABLES = ("tui", "kuan", "fa", "piao", "tu", "k")


def line(number: int, sounds: tuple[str, ...], folded: str = "退款") -> Line:
    return Line(folded, ("article", number), True, sounds, ())


@given(
    st.lists(st.lists(st.sampled_from(SYLLABLES), unique=True), max_size=30),
    st.lists(st.sampled_from(SYLLABLES), max_size=2, unique=True),
    st.sampled_from(["", "t", "tu", "f", "x"]),
    st.integers(0, 30),
)
def test_sounds_lead_where_sets_would(
    texts: list[list[str]], whole: list[str], rest: str, settled: int
) -> None:
    made = Shelf()
    for number, sounds in enumerate(texts):
        if number == settled:
            made.heard.settle()
        made.put(("article", number), [line(number, tuple(sounds))])
    found = shelf._sounding_so(made, whole, rest)
    expected = {
        number
        for number, sounds in enumerate(texts)
        if set(whole) <= set(sounds) and (not rest or any(s.startswith(rest) for s in sounds))
    }
    assert set(found) == (expected if whole or rest else set())


def test_a_common_key_costs_what_a_rare_one_does() -> None:
    """Of 20,000 texts with the same characters and sound at most so many are compared."""
    made = Shelf()
    for number in range(20_000):
        made.put(("article", number), [line(number, ("tuikuan", "tui"), f"退款 {number}")])
    for vocabulary in (made.written, made.heard, made.lettered):
        vocabulary.settle()
    for typed in ("退款", "退", "tui", "tuikuan", "tu"):
        assert 0 < len(list(fitting(made, typed, {typed: 1.0}, enough=32))) <= 3 * shelf._LOOKED_AT


def test_tokens_that_begin_so_stand_together() -> None:
    made = Vocabulary()
    for number, token in enumerate(("app", "apple", "b", "ap\U0001f642", "aq")):
        made.add(token, number)
    made.settle()
    made.add("apt", 9)
    assert sorted(made.beginning("ap").tolist()) == [0, 1, 3, 9]
    assert made.beginning("x").tolist() == []
    assert made.exact("apt").tolist() == [9]
