"""Pure: finds the several questions in one text."""

from __future__ import annotations

import re

from search.text import fold

MAX_QUESTIONS = 6
MAX_TEXT = 4_000

_LIST = re.compile(
    r"(?m)^\s*(?:\d{1,2}\s*[.、)）:：]|[（(]\d{1,2}[)）]|[一二三四五六七八九十]{1,2}[、.)）]|[-*•·]\s)\s*"
)
_END = re.compile(r"(?<=[?？])|(?<=[。！!；;])|(?<=[.])\s|[\r\n]+")
_JOINED = re.compile(
    r"[,，;；。]?\s*(?:另外|还有一个问题|还有一点|还有就是|再问一下|再请问|顺便问一下|顺便问|顺便|还想问一下|还想问|"
    r"第二个问题|同时想问|以及想问|also|another question|and also)[,，:：]?\s*"
)
_ASKS = re.compile(
    r"[?？]|吗|呢|么\b|怎么|怎样|咋|如何|什么|啥|哪|几[个天时点年月日]|多少|多久|多长|多大|是否|能否|可否|能不能|"
    r"可不可以|可以.{0,12}(?:吗|不)|是不是|有没有|为何|为什么|谁|"
    r"\b(?:how|what|when|where|which|who|why|can|could|do|does|is|are|will|would|should)\b"
)
_SMALL_TALK = re.compile(
    r"^(?:你好|您好|在吗|在么|亲|哈喽|嗨|hi|hello|谢谢|多谢|感谢|请问|请问一下|问一下|想问一下|咨询一下|麻烦问下|"
    r"不好意思|打扰了|辛苦了|急|等回复|盼复|thanks|thank you)[\s,，。!！?？~～.:：]*$"
)
_SHORTEST = 4


def split(text: str) -> tuple[str, ...]:
    """Return the questions that a text asks, in its order.

    A text that asks one thing comes back whole, with its circumstances, because they help to
    find the answer. Of a text that asks several things, each part is given the sentences
    before it that ask nothing.

    Args:
        text: one message; only the first `MAX_TEXT` characters are read.

    Returns:
        1 to `MAX_QUESTIONS` texts; `()` when the text is blank.
    """
    text = text[:MAX_TEXT].strip()
    if not text:
        return ()
    parts = _with_circumstances(_pieces(text))
    return tuple(parts[:MAX_QUESTIONS]) if len(parts) > 1 else (text,)


def asks(text: str) -> bool:
    """Return whether a sentence reads like a question."""
    folded = fold(text)
    return len(folded) >= _SHORTEST and _ASKS.search(folded) is not None


def is_small_talk(text: str) -> bool:
    """Return whether a text is a greeting or thanks and nothing else."""
    return _SMALL_TALK.match(fold(text).strip()) is not None


def _pieces(text: str) -> list[str]:
    """Cut at list marks, sentence ends and words such as “另外”."""
    listed = [part for part in _LIST.split(text) if part and part.strip()]
    found = (piece for part in listed for piece in _END.split(part) if piece)
    joined = (piece for part in found for piece in _JOINED.split(part) if piece)
    return [piece.strip() for piece in joined if piece.strip()]


def _with_circumstances(pieces: list[str]) -> list[str]:
    """Give each asking piece the telling pieces before it; a short echo joins its forerunner."""
    found: list[str] = []
    told: list[str] = []
    for piece in pieces:
        if is_small_talk(piece):
            continue
        if not asks(piece):
            told.append(piece)
        else:
            found.append(" ".join([*told, piece]))
            told = []
    return found
