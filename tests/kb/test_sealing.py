"""Secrets open with the key and purpose that sealed them, and with nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import sealing
from kb.errors import Unavailable

KEY = b"k" * 32


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_what_was_sealed_opens(text: str, purpose: str) -> None:
    sealed = sealing.seal(KEY, purpose, text)
    assert sealing.unseal(KEY, purpose, sealed) == text
    assert sealed.isascii()


def test_nothing_of_it_can_be_seen_and_no_two_are_alike() -> None:
    first, second = (sealing.seal(KEY, "a", "授权码ABCDEFGH") for _ in range(2))
    assert first != second
    assert "ABCDEFGH" not in first


@pytest.mark.parametrize(
    ("key", "purpose", "change"),
    [(b"o" * 32, "a", ""), (KEY, "b", ""), (KEY, "a", "x"), (KEY, "a", "cut")],
)
def test_anything_else_does_not_open(key: bytes, purpose: str, change: str) -> None:
    sealed = sealing.seal(KEY, "a", "secret")
    if change == "x":
        sealed = sealed[:-5] + ("A" if sealed[-5] != "A" else "B") + sealed[-4:]
    elif change == "cut":
        sealed = sealed[:10]
    with pytest.raises(Unavailable, match="secret_unreadable"):
        sealing.unseal(key, purpose, sealed)


def test_what_is_no_seal_does_not_open() -> None:
    for text in ("", "s1.", "汉字", "s1.!!!!"):
        with pytest.raises(Unavailable):
            sealing.unseal(KEY, "a", text)
