"""Replies as 162 forms of clients frame them, around other words than the code was written with.

`replies/frames.txt` holds the frames, `contents.txt` what people say in them, `olds.txt` what is
quoted; `single.txt` holds whole mails. They were written before the code was run on them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from autoreply.extract import extract

_FOLDER = Path(__file__).with_name("replies")


def _blocks(name: str) -> list[tuple[str, str]]:
    text = "\n" + (_FOLDER / name).read_text("utf-8")
    parts = (part.partition("\n") for part in text.split("\n@@ ")[1:])
    return [(title.strip(), body.rstrip("\n")) for title, _, body in parts]


def _sections(body: str) -> dict[str, str]:
    parts = (part.partition("\n") for part in ("\n" + body).split("\n@")[1:])
    return {title.strip(): text for title, _, text in parts}


def _as_html(text: str, style: str) -> str:
    lines = [html.escape(line, quote=False) for line in text.split("\n")]
    if style == "p":
        empty = "<o:p>&nbsp;</o:p>"
        return "".join(f"<p class=MsoNormal><span>{line or empty}</span></p>" for line in lines)
    if style == "br":
        return "<br>\n".join(lines)
    return "".join(f"<div>{line or '<br>'}</div>" for line in lines)


def _as_text(text: str, style: str) -> str:
    mark = {"gt": "> ", "gt1": ">"}.get(style, "")
    return "\n".join(mark + line for line in text.split("\n"))


def _framed(frame: str, kind: str, new: str, old: str) -> str:
    fill = _as_html if kind == "html" else _as_text
    words = {"new": new, "old": old}
    return re.sub(r"\{(new|old)(?:\.(\w+))?\}", lambda m: fill(words[m[1]], m[2] or ""), frame)


def _replies() -> Iterator[tuple[str, str, str, str]]:
    """Yield (name, plain body, HTML body, new text)."""
    contents = [body for _, body in _blocks("contents.txt")]
    olds = [body for _, body in _blocks("olds.txt")]
    for number, (name, body) in enumerate(_blocks("frames.txt")):
        kind, frame = next(iter(_sections(body).items()))
        for turn, chosen in enumerate((number * 7, number * 11 + 5)):
            new = contents[chosen % len(contents)]
            filled = _framed(frame, kind, new, olds[(number + turn) % len(olds)])
            parts = (filled, "") if kind == "text" else ("", filled)
            # A farewell goes with the signature.
            title = f"{name}-{chosen % len(contents) + 1}"
            yield title, *parts, new.removesuffix("\n祝好")
    for name, body in _blocks("single.txt"):
        whole = _sections(body)
        yield name, whole.get("text", ""), whole.get("html", ""), whole["new"]


REPLIES = list(_replies())


@pytest.mark.parametrize(
    ("name", "text", "page", "new"), REPLIES, ids=[name for name, _, _, _ in REPLIES]
)
def test_only_what_is_new_remains(name: str, text: str, page: str, new: str) -> None:
    subject = "安装报错" if name == "prose-gt" else "Re: 想问一下"
    said = extract(text, page, subject=subject, author="小鱼").text
    assert [" ".join(line.split()) for line in said.split("\n") if line.strip()] == [
        " ".join(line.split()) for line in new.split("\n") if line.strip()
    ]
