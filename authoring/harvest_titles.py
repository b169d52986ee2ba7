"""Titles as customers would write them, from a subject line or a sentence (pure)."""

from __future__ import annotations

import re

from authoring import harvest_words as words
from kb import redaction
from search.questions import asks

MAX_TITLE = 60
HIDDEN = re.compile(f"({'|'.join(map(re.escape, redaction.PLACEHOLDERS.values()))})")
TAIL = re.compile(r"[\s。，,；;！!~～…、]+$")
SHORT_TROUBLE = 24
_CLAUSE = 6
_OPENER = re.compile(
    r"^(?:请问(?:一下|下)?|想(?:请)?问(?:一下|下|问)?|想咨询(?:一下|下)?|咨询(?:一下|下)?|问(?:一下|下)|麻烦问(?:一下|下)|"
    r"我想(?:问|知道|了解|咨询)(?:一下|下)?|请教(?:一下|下)?|客户问|问(?=[^题问号答]))[，,：:\s]*"
)
# People who type into a chat put a blank where a comma belongs.
_PAUSE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_TROUBLE = re.compile(
    r"(?:失败|不了|不到|不上|不开|不亮|不响|不动|不出来?|没反应|没动静|没来|没到|没收到|没还|坏了|丢了|碎了|断了|报错|"
    r"异常|黑屏|花屏|离线|掉线|断线|闪退|卡住|错误|漏水|失灵|不灵|没电|找不到|失联|打扰邻居|[^能会]一直[响亮叫闪])了?(?=，|$)"
)


def title(text: str) -> str:
    """Return a sentence as a title: no opener, no tail, a question mark where it asks."""
    line = " ".join(HIDDEN.sub("", text).split())
    line = words.without_greeting(line)
    line = _OPENER.sub("", line)
    line = _one_clause(TAIL.sub("", line))
    while len(line) > MAX_TITLE and re.search("[，,；;]", line):
        line = re.split("[，,；;]", line, maxsplit=1)[1].strip()
    line = line[:MAX_TITLE]
    bare = line.rstrip("？?")
    return f"{bare}？" if bare and asks(line) else line


def _one_clause(line: str) -> str:
    """Return the clause that asks, where blanks part the clauses; else put commas there."""
    clauses = _PAUSE.split(line)
    asking = [one for one in clauses if len(one) >= _CLAUSE and asks(one)]
    return asking[0] if len(clauses) > 1 and asking else _PAUSE.sub("，", line)


def as_question(line: str) -> str:
    """Let a line that only names a trouble ask: 升级失败 -> 升级失败怎么办？."""
    if asks(line) or len(line) > SHORT_TROUBLE or not _TROUBLE.search(line):
        return line
    return f"{line}怎么办？" if "，" not in line else f"{line}，怎么办？"
