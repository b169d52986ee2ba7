from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb import tokens

SECRET = b"k" * 32


@given(st.text(), st.text())
def test_a_signature_is_of_its_parts_only(first: str, second: str) -> None:
    parts = [p.encode("utf-8", "replace").decode() for p in (first, second)]
    signature = tokens.sign(SECRET, *parts)
    assert len(signature) == 16
    assert tokens.signed_by(SECRET, signature, *parts)
    assert not tokens.signed_by(b"x" * 32, signature, *parts)
    assert not tokens.signed_by(SECRET, signature, *parts, "more")


@given(st.text(st.characters()))
def test_any_text_may_be_sent_as_a_signature(sent: str) -> None:
    assert not tokens.signed_by(SECRET, sent, "csrf", "someone")


def test_tokens_differ_and_fit_into_an_address() -> None:
    made = {tokens.fresh() for _ in range(100)}
    assert len(made) == 100
    assert all(
        len(token) >= 22 and token.replace("-", "").replace("_", "").isalnum() for token in made
    )
    assert tokens.derive(SECRET, "a", "b") == tokens.derive(SECRET, "a", "b")
    assert tokens.derive(SECRET, "a", "b") != tokens.derive(SECRET, "a", "c")
