from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import MAX_CHARS, align, fold, is_cjk, is_han, runs, sentences


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ＴＨ－０１", "th-01"),
        ("發票", "发票"),
        ("如何製作", "如何制作"),
        ("帳號", "账号"),
        ("帐号", "账号"),
        ("裏面", "里面"),
        ("爲什麽", "为什么"),
        ("Ｗｉ‐Ｆｉ", "wi-fi"),
        ("Café", "cafe"),
        ("ﾄﾞｱ", "ドア"),
        ("⽂字", "文字"),
        ("退\u200b款", "退款"),
        ("\ufeff退款", "退款"),
        ("①", "1"),
        ("Straße", "straße"),
        ("", ""),
    ],
)
def test_spellings_fold_together(written: str, meant: str) -> None:
    assert fold(written) == meant


def test_length_is_capped() -> None:
    assert len(fold("退" * (MAX_CHARS + 5))) == MAX_CHARS
    assert len(fold("\ufdfa" * MAX_CHARS)) <= MAX_CHARS
    assert fold("退款", limit=1) == "退"


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_that_is_searched(text: str) -> None:
    once = fold(text)
    assert runs(fold(once)) == runs(once) or "İ" in text or not once.isprintable()


@given(st.text(max_size=60))
def test_positions_lead_back_into_the_text(text: str) -> None:
    folded, offsets = align(text)
    assert len(folded) == len(offsets)
    assert offsets == sorted(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("怎么退款？多久到账。", ("怎么退款？", "多久到账。")),
        ("第一行\n第二行", ("第一行", "第二行")),
        ("他说：“好。”然后走了", ("他说：“好。”", "然后走了")),
        ("Version 1.2 is out. Update now", ("Version 1.2 is out.", "Update now")),
        ("没有句号", ("没有句号",)),
        ("  \n ", ()),
        ("", ()),
    ],
)
def test_sentences(text: str, parts: tuple[str, ...]) -> None:
    assert sentences(text) == parts


@given(st.text(max_size=80))
def test_sentences_lose_no_characters(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_scripts() -> None:
    assert is_han("退")
    assert is_han("𠮷")
    assert not is_han("a")
    assert not is_han("あ")
    assert is_cjk("あ")
    assert is_cjk("한")
