"""Which language a short text is written in: zh-Hans, zh-Hant, en or other. Pure."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

ZH_HANS = "zh-Hans"
ZH_HANT = "zh-Hant"
EN = "en"
OTHER = "other"

_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_KANA_HANGUL = re.compile("[\u3040-\u30ff\uac00-\ud7a3]")
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_OTHER_LETTER = re.compile("[\u00c0-\u024f\u0370-\u1fff]")
_READ = 4000
# In both scripts' daily use, though the tables list them as a pair.
_SHARED = frozenset("台后里面系才只干松范制准出几卜余谷斗丑云冲布于表向回家板占克吃丰伙奸么着了")
_ENGLISH_WORDS = (
    "the a an and or of to in is are was i you it my we our not on for with do does can how what "
    "why when please thanks hi hello dear have has your this that be at from no yes"
)


def detect(text: str) -> str:
    """Return the language of a text.

    Args:
        text: what a person wrote; its first 4,000 characters are read.

    Returns:
        `zh-Hans`, `zh-Hant`, `en` or `other`; an empty text is `zh-Hans`, the product's own.
    """
    text = text[:_READ]
    han = _HAN.findall(text)
    latin = _LATIN_WORD.findall(text)
    if len(_KANA_HANGUL.findall(text)) > len(han) / 4:
        return OTHER
    if han and len(han) * 3 >= len(latin):
        return script("".join(han))
    if _looks_english(text, latin):
        return EN
    return OTHER if any(char.isalpha() for char in text) else ZH_HANS


def script(han: str) -> str:
    """Tell simplified from traditional by the characters that only one of them has."""
    simplified, traditional = _tables()
    only_hans = sum(char in simplified for char in han)
    only_hant = sum(char in traditional for char in han)
    return ZH_HANT if only_hant > only_hans else ZH_HANS


def _looks_english(text: str, latin: list[str]) -> bool:
    if not latin or len(_OTHER_LETTER.findall(text)) * 20 > sum(map(len, latin)):
        return False
    english = _ENGLISH_WORDS.split()
    known = sum(word.lower() in english for word in latin)
    return len(latin) < 8 or known * 12 >= len(latin)


@cache
def _tables() -> tuple[frozenset[str], frozenset[str]]:
    """Return characters that are only simplified and only traditional, from OpenCC's tables."""
    folder = resources.files("opencc") / "dictionary"
    to_traditional = _pairs((folder / "STCharacters.txt").read_text("utf-8"))
    to_simplified = _pairs((folder / "TSCharacters.txt").read_text("utf-8"))
    simplified = {key for key, values in to_traditional.items() if key not in values}
    traditional = {key for key, values in to_simplified.items() if key not in values}
    return frozenset(simplified - traditional - _SHARED), frozenset(
        traditional - simplified - _SHARED
    )


def _pairs(table: str) -> dict[str, list[str]]:
    rows = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {key: values.split() for key, values in rows}
