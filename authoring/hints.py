"""Hints on writing, shown beside the editor (pure): never a refusal, always a next step.

Words for people live in the catalogue; a hint is a code with parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from dataclasses import field as made

from kb.content import Content
from search.questions import asks

LONG_TITLE, SHORTEST, LONGEST = 30, 120, 600
LONG_SENTENCE, LONG_OPENING, FEW_PHRASINGS = 60, 90, 2
MOST_OF_A_KIND = 5
REPLACED = frozenset({"wordy", "title_without_mark"})
"""Hints that say word for word what should stand there."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that could be better.

    Attributes:
        code: what, as `title_not_question`.
        field: `question`, `body_md` or `phrasings`.
        text: the passage in question, "" for the whole.
        better: what could stand there, "" when only the writer knows.
        params: numbers for the sentence.
    """

    code: str
    field: str
    text: str = ""
    better: str = ""
    params: dict[str, int] = made(default_factory=dict)


# Wordy officialese → plainer words. `\1` is what stood inside.
_WORDY: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), better)
    for pattern, better in (
        (r"对([^，。；\s]{1,16}?)进行(?:了|一下|相应的?)?([一-鿿]{2})(?:操作|工作)?", r"\2\1"),
        (r"进行(?:了|一下)?([\u4e00-\u9fff]{2})操作", r"\1"),
        (r"进行(?:了|一下)?(处理|设置|修改|删除|操作|安装|绑定|查询|确认|登录|充值|更换)", r"\1"),
        (r"予以(?:了)?([\u4e00-\u9fff]{2})", r"\1"),
        (r"作出(?:了)?([\u4e00-\u9fff]{2})", r"\1"),
        (r"(?:如若|倘若|若是)", "如果"),
        (r"该(产品|设备|订单|账号|功能|手机)", r"这个\1"),
        (r"(?:贵方|贵客户|尊敬的用户)", "您"),
        (r"(?:敬请|烦请|请务必)", "请"),
        (r"(?:届时|与此同时)", "到时"),
        (r"(?:鉴于|由于)([^，。]{1,20})(?:的?原因|之故)", r"因为\1"),
        (r"在([^，。]{1,12})的情况下", r"\1时"),
        (r"(?:方可|即可以)", "才能"),
        (r"(?:是否能够|能够)", "能"),
        (r"(?:并非)", "不是"),
        (r"均(可|能|不|有|需|要)", r"都\1"),
        (r"亦(可|能|不)", r"也\1"),
        (r"(?:无法)", "不能"),
        (r"(?:将会)", "会"),
        (r"相关(人员|部门|信息|问题)", r"\1"),
    )
)  # fmt: skip
_PICTURE = re.compile(r"!\[[^\]\n]{0,500}\]\(")
_MARKUP = re.compile(
    r"!?\[([^\]\n]{0,500})\]\([^)\n]{0,500}\)|[#*_`>|~]|^\s*(?:\d+\.|-)\s", re.MULTILINE
)
# Code between fences, and rows of a table.
_NOT_PROSE = re.compile(r"(?ms)^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)|^[ \t]*\|[^\n]*$")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_STEP = re.compile(r"(?m)^\s*\d+[.、]\s")
_SHOUT = re.compile("[！!]+")
_SCREEN_WORD = re.compile("点击|点开|选择|打开|设置|按钮|页面|右上角|左上角")
_LEAD_IN = re.compile(r"^(?:您好|尊敬的|感谢您|首先|关于|近期|为了(?:更好|给您))")


def hints(content: Content) -> list[Hint]:
    """Return what could be better, in the order of the page."""
    return [hint for rule in _RULES for hint in rule(content)]


def taken(content: Content, text: str) -> Content:
    """Return the content with one hint followed; as it was when no hint names the passage.

    Args:
        content: what was written.
        text: the passage, as `Hint.text` has it.
    """
    named = (h for h in hints(content) if h.text == text and h.code in REPLACED)
    hint = next(named, None)
    if hint is None:
        return content
    if hint.field == "question":
        return replace(content, question=hint.better)
    return replace(content, body_md=content.body_md.replace(text, hint.better, 1))


def length(body_md: str) -> int:
    """Return how many characters a reader reads: no markup, no blanks."""
    return len(re.sub(r"\s", "", _bare(body_md)))


def _bare(body_md: str) -> str:
    return _MARKUP.sub(lambda match: match[1] or "", body_md)


def _title(content: Content) -> Iterator[Hint]:
    question = content.question.strip()
    if not question:
        return
    if not asks(question) and not question.endswith(("？", "?")):
        yield Hint("title_not_question", "question", question)
    elif not question.endswith(("？", "?")):
        yield Hint("title_without_mark", "question", question, f"{question.rstrip('。. ')}？")
    if len(question) > LONG_TITLE:
        params = {"length": len(question), "limit": LONG_TITLE}
        yield Hint("title_long", "question", question, params=params)


def _phrasings(content: Content) -> Iterator[Hint]:
    if len(content.phrasings) < FEW_PHRASINGS:
        yield Hint("phrasings_few", "phrasings", params={"count": len(content.phrasings)})


def _opening(content: Content) -> Iterator[Hint]:
    """The answer belongs into the first paragraph."""
    body = content.body_md.strip()
    if not body:
        return
    first = body.split("\n\n", 1)[0]
    if first.startswith(("#", "!", "|", ">")) or _STEP.match(first):
        yield Hint("answer_not_first", "body_md", _bare(first).strip()[:40])
    elif _LEAD_IN.match(first):
        yield Hint("lead_in", "body_md", _bare(first)[:20])
    elif len(_bare(first)) > LONG_OPENING:
        params = {"length": len(_bare(first)), "limit": LONG_OPENING}
        yield Hint("opening_long", "body_md", _bare(first)[:20], params=params)


def _sentences(content: Content) -> Iterator[Hint]:
    long = [
        sentence.strip()
        for sentence in _SENTENCE.findall(_bare(_NOT_PROSE.sub("", content.body_md)))
        if _weight(sentence) > LONG_SENTENCE
    ]
    for sentence in long[:MOST_OF_A_KIND]:
        params = {"length": len(sentence), "limit": LONG_SENTENCE}
        yield Hint("sentence_long", "body_md", f"{sentence[:24]}…", params=params)


def _weight(sentence: str) -> int:
    """Return how long a sentence reads: two Latin letters take no more time than one 汉字."""
    text = sentence.strip()
    latin = sum(sign.isascii() for sign in text)
    return len(text) - latin // 2


def _wordy(content: Content) -> Iterator[Hint]:
    found: dict[str, str] = {}
    text = content.body_md
    for pattern, better in _WORDY:
        for match in pattern.finditer(text):
            found.setdefault(match[0], match.expand(better))
        # What was found is not found again as part of something shorter.
        text = pattern.sub("\n", text)
    for text, better in list(found.items())[:MOST_OF_A_KIND]:
        yield Hint("wordy", "body_md", text, better)


def _shouting(content: Content) -> Iterator[Hint]:
    marks = _SHOUT.findall(_PICTURE.sub("", content.body_md))
    if marks:
        yield Hint("exclamation", "body_md", marks[0], "。", {"count": len(marks)})


def _size(content: Content) -> Iterator[Hint]:
    size = length(content.body_md)
    if 0 < size < SHORTEST:
        yield Hint("short", "body_md", params={"length": size, "limit": SHORTEST})
    elif size > LONGEST:
        yield Hint("long", "body_md", params={"length": size, "limit": LONGEST})


def _steps(content: Content) -> Iterator[Hint]:
    """Things to do one after the other want numbers; things to find on a screen want a picture."""
    body = content.body_md
    arrows = body.count("→") + len(re.findall("然后|接着|再点", body))
    if arrows >= 4 and not _STEP.search(body):
        yield Hint("steps_not_numbered", "body_md")
    if len(_SCREEN_WORD.findall(body)) >= 4 and not _PICTURE.search(body):
        yield Hint("no_picture", "body_md")


_RULES: tuple[Callable[[Content], Iterator[Hint]], ...] = (
    _title,
    _phrasings,
    _opening,
    _sentences,
    _wordy,
    _shouting,
    _size,
    _steps,
)
