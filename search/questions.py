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
    r"[,，;；。]?\s*(?:(?:^|(?<=[,，;；。!！?？\s]))(?:另外|also)|还有一个问题|还有一点|还有就是|再问一下|再请问|顺便问一下|顺便问|顺便|还想问一下|还想问|"
    r"第二个问题|同时想问|以及想问|another question|and also)[,，:：]?\s*"
)
_ASKS = re.compile(
    r"[?？]|吗|呢|么\b|怎么|怎样|咋|如何|什么|啥|哪|几[个天时点年月日]|多少|多久|多长|多大|是否|能否|可否|能不能|"
    r"可不可以|可以.{0,12}(?:吗|不)|是不是|有没有|为何|为什么|谁|"
    r"\b(?:how|what|when|where|which|who|why|can|could|do|does|is|are|will|would|should)\b"
)
_SMALL_TALK = re.compile(
    r"^(?:(?:你们?好呀?|您好|在吗|在么|在不在|有人吗|有人在吗|亲|哈喽|喂|嗨|哈|呵|嘿|嗯|哦|啊|"
    r"hi(?: there)?|hello|hey|谢谢|[你您]|多谢|感谢|"
    r"好的?|收到|知道了|明白了?|ok|okay|请问|想?问一下|咨询|一下|麻烦问下|"
    r"早上好|上午好|下午好|晚上好|拜拜|再见|bye|"
    r"不好意思|打扰了|辛苦了|急|在线等|等回复|盼复|测试一?下?|试试|"
    r"test(?:ing)?|thanks|thank you|\d)"
    r"[\s,，。！!？?~～.:：]*)+$"
)
_SHORTEST = 4

_LONGEST_HEADING = 40
_LONGEST_SMALL_TALK = 40

LONG = 60
"""Characters from which a text is a letter: its questions belong together unless it says so."""

_NEXT = re.compile(
    r"(?:^|(?<=[。！？!?；;\n]))\s*(?:还有|其次|再就是|再有|第二|二来)(?:[，,:：]|(?=[^，。？?]))|"
    + _JOINED.pattern
)
_SURE = re.compile(
    r"[?？]|[吗呢么]\W*$|请问|想问|请教|求助|怎么|咋|如何|能否|可否|是否|能不能|可不可以|有没有办法|麻烦告知|"
    r"请告诉|\b(?:how|what|when|where|which|why|can|could)\b"
)
_EMPTY_SUBJECT = re.compile(
    r"^(?:(?:产品|售后|业务|客户|紧急|有个?|一个|关于|请教|请问|几个)*"
    r"(?:咨询|问题|求助|反馈|投诉|建议|急|help|question|inquiry|enquiry|support)[\s!！。.,，:：]*)+$"
)
_ADDRESS = re.compile(
    r"^(?:(?:您好|你好|你们好|客服|尊敬的[^，,。:：]{1,12}|hi|hello|dear \w+)[\s，,。！!:：~]*)+"
)


def split(text: str) -> tuple[str, ...]:
    """Return the questions that a text asks, in its order.

    A text that asks one thing comes back whole, with its circumstances, because they help to
    find the answer. Of a text that asks several things, each part is given the sentences
    before it that ask nothing. In a letter one question leads to the next (“要几天？”), so that
    only list marks and words such as “另外” tell two concerns apart.

    Args:
        text: one message; only the first `MAX_TEXT` characters are read.

    Returns:
        1 to `MAX_QUESTIONS` texts; `()` when the text is blank.
    """
    text = text[:MAX_TEXT].strip()
    if not text:
        return ()
    parts = _concerns(text) if len(text) > LONG else _with_circumstances(_pieces(text))
    return tuple(parts[:MAX_QUESTIONS]) if len(parts) > 1 else (text,)


def core(text: str) -> str | None:
    """Return the sentences of a letter that ask, without its circumstances.

    Args:
        text: one part of `split`.

    Returns:
        None for a short text, and when nothing or all of it asks.
    """
    if len(text) <= LONG:
        return None
    pieces = [piece for piece in _pieces(text[:MAX_TEXT]) if not is_small_talk(piece)]
    asking = [piece for piece in pieces if asks(piece)]
    marked = [piece for piece in asking if piece.rstrip().endswith(("?", "？"))]
    sure = marked or [piece for piece in asking if _SURE.search(fold(piece))] or asking
    found = " ".join(_ADDRESS.sub("", piece) for piece in sure).strip()
    return found if found and found != text.strip() else None


def heading(text: str) -> str | None:
    """Return the first line of a letter, where it is a subject that says something.

    Unlike “您好，” or “咨询” it names the matter. None for a short text.
    """
    first, _, rest = text.strip().partition("\n")
    said = fold(first).strip()
    if len(text) <= LONG or not rest.strip() or not _SHORTEST <= len(said) <= _LONGEST_HEADING:
        return None
    empty = said[-1] in "。.,，;；:：!！~" or _EMPTY_SUBJECT.match(said) or _ADDRESS.match(said)
    return None if empty or is_small_talk(said) else first


def asks(text: str) -> bool:
    """Return whether a sentence reads like a question."""
    folded = fold(text)
    return len(folded) >= _SHORTEST and _ASKS.search(folded) is not None


def is_small_talk(text: str) -> bool:
    """Return whether a text is a greeting or thanks and nothing else."""
    said = fold(text, limit=_LONGEST_SMALL_TALK + 1).strip()
    return len(said) <= _LONGEST_SMALL_TALK and _SMALL_TALK.match(said) is not None


def _concerns(text: str) -> list[str]:
    """Cut a letter where it says that another question begins."""
    listed = [part.strip() for part in _LIST.split(text) if part and part.strip()]
    sections = [s.strip() for part in listed for s in _NEXT.split(part) if s and s.strip()]
    found: list[str] = []
    told: list[str] = []
    for section in sections:
        told.append(section)
        if any(_SURE.search(fold(piece)) and asks(piece) for piece in _pieces(section)):
            found.append(" ".join(told))
            told = []
    return found


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
