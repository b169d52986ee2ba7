"""Text of unknown origin: encodings and dirty Chinese."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import cleaning
from kb.decoding import decode
from kb.errors import Invalid


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("业务(wù)办理", "业务办理"),
        ("业务（yè wù）办理", "业务办理"),
        ("绿(lǜ)色", "绿色"),
        ("手机(App)", "手机(App)"),
        ("型号（L5）", "型号（L5）"),
        ("重启(restart)", "重启(restart)"),
        ("(wù)", "(wù)"),
    ],
)
def test_pinyin_in_brackets_goes_and_nothing_else(dirty: str, clean: str) -> None:
    assert cleaning.clean(dirty).text == clean


def test_destroyed_characters_are_shown_where_they_stand() -> None:
    found = cleaning.clean("好的\n请到锟斤拷锟斤拷柜台\ufffd\ufffd办理???")
    assert found.lost[0] == cleaning.Lost(2, "好的 请到锟斤拷锟斤拷柜台\ufffd\ufffd办理")
    assert len(found.lost) == 3
    assert cleaning.lost("怎么办？？？真的??") == []


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = cleaning.clean(text).text
    assert cleaning.clean(once).text == once or "(" in text or "（" in text


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00\ufeff")))
def test_utf_8_is_read_as_it_is(text: str) -> None:
    assert decode(text.encode()) == text


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16", "utf-8-sig"])
def test_other_encodings_are_recognised(encoding: str) -> None:
    assert decode("门锁没电了怎么办，急".encode(encoding)) == "门锁没电了怎么办，急"


def test_a_damaged_text_is_refused_with_its_line() -> None:
    with pytest.raises(Invalid) as caught:
        decode("第一行门锁没电了\n第二行".encode() + b"\xff" + "门锁没电了".encode())
    assert (caught.value.code, caught.value.params["line"]) == ("encoding_damaged", 2)
