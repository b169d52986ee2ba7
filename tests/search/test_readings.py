"""The small tables read as pypinyin does."""

from __future__ import annotations

from pathlib import Path

import pypinyin
import pytest
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from search import readings as module
from search.readings import Readings, readings, typed
from search.text import is_han

DEMO = Path(__file__).parents[2] / "data" / "demo" / "articles"


def theirs(text: str) -> list[str]:
    return pypinyin.lazy_pinyin(text, errors="ignore")


def test_every_phrase_is_read_alike() -> None:
    ours = readings()
    assert [phrase for phrase in PHRASES_DICT if ours.of(phrase) != theirs(phrase)] == []


def test_every_character_has_the_same_readings() -> None:
    for code in PINYIN_DICT:
        found = pypinyin.pinyin(
            chr(code), style=pypinyin.Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False
        )
        assert list(readings().every(chr(code))) == (list(dict.fromkeys(found[0])) if found else [])


def test_texts_are_read_alike() -> None:
    for path in DEMO.rglob("*.md"):
        text = "".join(ch if is_han(ch) else " " for ch in path.read_text(encoding="utf-8"))
        for run in text.split():
            assert readings().of(run) == theirs(run)


@pytest.mark.parametrize("text", ["", "a", "か", "\U0002a6d6\U0002ffff"])
def test_what_has_no_reading_is_left_out(text: str) -> None:
    assert readings().of(text) == theirs(text) or not readings().of(text)


def test_syllables_are_as_on_a_keyboard() -> None:
    assert [typed(one) for one in ("lǜ", "zhōng", "ńg", "ê̄", "er")] == [
        "lv", "zhong", "ng", "ê", "er",
    ]  # fmt: skip


def test_tables_without_files_are_read_from_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert Readings().of("银行行长") == theirs("银行行长")
