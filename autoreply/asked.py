"""What somebody asked, in one short line: a mail never quotes the whole letter. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from search.questions import is_small_talk
from search.text import fold

LONGEST = 40
MOST = 3

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[？?]?")
_ASKS = re.compile(
    r"[？?]|吗|呢|怎么|怎样|如何|什么|为何|为什么|哪|多少|多久|几[天次个]|能不能|可不可以|是不是|有没有|"
    r"\b(?:how|what|when|where|which|why|who|can|could|do|does|is|are)\b"
)
_BEFORE = re.compile(
    r"^(?:(?:(?:你|您)们?好|尊敬的客服|客服(?:你|您)?好|hi|hello|dear \w+)[，,：:~～\s]*|"
    r"(?:麻烦)?(?:想)?(?:请问|问一下|咨询一下|请教)(?:一下|下)?[，,：:\s]*)+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(?:[(（]?(?:\d{1,2}|[一二三四五六七八九十])[)）、]|\d{1,2}[.．](?!\d))\s*")
_ENDS = "，,。、；;：:？?！!…~～ \t　"


def brief(text: str, *, about: str = "") -> str:
    """Return the sentence of a letter that asks, without its greeting.

    Args:
        text: subject and new text of a mail, or what was typed into a form.
        about: the question that was found for it; the sentence closest to it is taken.

    Returns:
        At most `LONGEST` characters; the beginning of the text when nothing in it asks.
    """
    sentences = [one for one in map(_bare, _SENTENCE.findall(text)) if one]
    asking = [one for one in sentences if not is_small_talk(one)] or sentences
    if not asking:
        return _cut(" ".join(text.split()))
    wanted = _pairs(about)
    best = max(
        range(len(asking)),
        key=lambda n: (len(_pairs(asking[n]) & wanted), bool(_ASKS.search(fold(asking[n]))), -n),
    )
    return _cut(asking[best])


def together(text: str, about: Sequence[str], *, between: str) -> str:
    """Return what was asked about several articles, each sentence once.

    Args:
        text: as for `brief`.
        about: questions of the articles that answer, in order.
        between: stands between two sentences.
    """
    found = dict.fromkeys(brief(text, about=one) for one in about[:MOST])
    return between.join(found) if found else brief(text)


def _bare(sentence: str) -> str:
    """Return a sentence without the greeting before it and the signs around it."""
    flat = _NUMBER.sub("", " ".join(sentence.split()))
    return _BEFORE.sub("", flat).strip(_ENDS)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip(_ENDS)}…"


def _pairs(text: str) -> frozenset[str]:
    folded = "".join(char for char in fold(text) if char.isalnum())
    return frozenset(folded[place : place + 2] for place in range(len(folded) - 1))
