"""What the customer now says: the new text of a mail, without quotes and trimmings. Pure.

Lines that may be lost wrongly are worse than a line too much: when a cut would leave nothing,
the cut is taken back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autoreply import (
    armour,
    attributions,
    history,
    html_text,
    labels,
    language,
    notices,
    quotes,
    signatures,
    subjects,
)

_PLACEHOLDER = re.compile(
    r"^\W*(?:.{0,80}(?:不支持|无法显示|請使用|请使用|查看).{0,20}html.{0,80}"
    r"|.{0,60}(?:html|multi-?part).{0,60}(?:e-?mail|message|view|client|format).{0,80})\W*$",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP = re.compile(
    r"^\s*(?:<!doctype html|<html|<head|<body|<div\b|<p\b|<meta\b|<style\b|<table\b)", re.IGNORECASE
)
# What people write above a mail that they pass on; the question is in that mail.
_POINTS_BELOW = re.compile(
    # Atomic, so that repeated words cannot make matching slow.
    r"(?>[您你]们?好|请?(?:帮忙|协助|麻烦)?(?:看看?|看一下|看下|查收|查看|处理|回复|跟进|知悉|参考)(?:一下|下(?![面方文])|吧)?"
    r"|(?:见|如|看)下(?:面|文|方)?|下面(?:这封|的?邮件|是)?|转发(?:给[您你]们?)?(?:的?邮件)?|客户的?(?:来信|邮件|问题)"
    r"|谢谢|多谢|麻烦了?|fyi|fw|please see below|see below|thanks?|[,。.!:;~、 ])*+",
    re.IGNORECASE,
)
_MIN_PARENT_LINE = 6
# More lines than any person writes above what is quoted.
LINES_READ = 6000


@dataclass(frozen=True, slots=True)
class Said:
    """What a mail says.

    Attributes:
        text: the new text, paragraphs kept; "" when there is none.
        quoted_removed: an earlier mail was cut away.
        forwarded: the text is that of a forwarded mail, its own author added nothing.
        signature: lines taken for a signature or device line; may be "".
        trimmed: banners and disclaimers that were removed, for the record.
        language: of the new text, see `language.detect`.
    """

    text: str
    quoted_removed: bool = False
    forwarded: bool = False
    signature: str = ""
    trimmed: tuple[str, ...] = ()
    language: str = language.ZH_HANS


@dataclass(slots=True)
class _Lines:
    """Lines as written and as matched, cut side by side."""

    raw: list[str]
    folded: list[str]
    trimmed: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> _Lines:
        text = quotes.on_own_line(text)
        found = re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text, maxsplit=LINES_READ)
        raw = [line.rstrip() for line in found[:LINES_READ]]
        return cls(raw, [quotes.fold(line) for line in raw])

    def keep(self, indices: Iterable[int]) -> _Lines:
        chosen = list(indices)
        kept = [self.raw[n] for n in chosen], [self.folded[n] for n in chosen]
        return _Lines(*kept, self.trimmed)

    def text(self) -> str:
        joined = "\n".join(self.raw).replace("&nbsp;", " ").replace("\xa0", " ")
        return re.sub(r"\n{3,}", "\n\n", joined).strip()


def extract(
    text: str,
    html: str = "",
    *,
    subject: str = "",
    parents: Sequence[str] = (),
    author: str = "",
) -> Said:
    """Find the new text of a mail.

    Args:
        text: plain body, decoded; "" when the mail has only HTML.
        html: HTML body, decoded; read when `text` is empty or only says that it is HTML.
        subject: of the mail; below the header block of an empty reply stands our own answer, below
            that of anything else a forwarded mail, which is read.
        parents: texts of earlier mails of the thread that we hold, ours first; lines that stand
            in them are quotes, whatever the client made of them.
        author: the name that From shows; it may stand alone below the text.

    Returns:
        The new text and what was taken away from it.
    """
    source, cut = body_text(text, html)
    fresh, removed, forwarded = _new_lines(source, subject)
    if cut and not subjects.is_reply(subject) and not _says_something(fresh.folded, subject):
        # What was cut out of the tree is the forwarded mail.
        whole = html_text.to_text(html or text, keep_quotes=True).text
        fresh, removed, forwarded = _new_lines(whole, subject)
    fresh, matched = _without_parents(fresh, parents)
    fresh = _without_disclaimer(fresh)
    fresh, signature = _without_signature(fresh, author)
    new_text = fresh.text()
    return Said(
        text=new_text,
        quoted_removed=cut or removed or matched,
        forwarded=forwarded,
        signature=signature,
        trimmed=tuple(fresh.trimmed),
        language=language.detect(new_text),
    )


def _new_lines(source: str, subject: str) -> tuple[_Lines, bool, bool]:
    return _without_quotes(_without_banner(_Lines.of(source)), subject)


def body_text(text: str, html: str) -> tuple[str, bool]:
    """Choose the body that says more; return its text and whether HTML history was cut."""
    text = armour.opened(text)
    if _MARKUP.match(text) and "</" in text[:5000]:
        text, html = "", html or text
    if text.strip() and not (html and len(text) < 400 and _PLACEHOLDER.match(text.strip())):
        return text, False
    found = html_text.to_text(html)
    return (found.text or text), found.cut


def _without_banner(lines: _Lines) -> _Lines:
    length = notices.banner_length(lines.folded)
    if not length or not any(lines.folded[length:]):
        return lines
    lines.trimmed.append("\n".join(lines.raw[:length]).strip())
    return lines.keep(range(length, len(lines.raw)))


def _without_quotes(lines: _Lines, subject: str) -> tuple[_Lines, bool, bool]:
    if not _passes_on(subject) and history.is_own_mark(lines.folded):
        return lines, False, False
    kept, removed = history.fresh(lines.folded)
    fresh = lines.keep(kept)
    if not removed or subjects.is_reply(subject) or _says_something(fresh.folded, subject):
        return fresh, removed, False
    return _forwarded(lines, fresh)


def _passes_on(subject: str) -> bool:
    return subjects.is_reply(subject) or subjects.is_forward(subject)


def _says_something(folded: Sequence[str], subject: str = "") -> bool:
    said = [
        line
        for line in folded
        if line and not quotes.is_rule(line) and not signatures.is_device(line)
    ]
    if not subjects.is_forward(subject):
        return bool(said)
    return not _POINTS_BELOW.fullmatch("".join(said)[:200])


def _forwarded(lines: _Lines, fresh: _Lines) -> tuple[_Lines, bool, bool]:
    """Read what stands below a forward's header block; a bare quote with `>` says nothing new."""
    for index in range(len(lines.folded)):
        length = labels.header_block(lines.folded, index)
        if length:
            inner = lines.keep(range(index + length, len(lines.raw)))
            inner = inner.keep(history.fresh(inner.folded)[0])
            return (inner, True, True) if _says_something(inner.folded) else (fresh, True, False)
    loose = lines.keep(n for n, line in enumerate(lines.folded) if not _is_frame(line))
    return (loose, True, True) if _says_something(loose.folded) else (fresh, True, False)


def _is_frame(line: str) -> bool:
    framed = quotes.is_quoted(line) or quotes.is_marker(line)
    return framed or bool(attributions.attribution([line], 0, quoted_next=False))


def _without_parents(lines: _Lines, parents: Sequence[str]) -> tuple[_Lines, bool]:
    known = "".join(_bare(text) for text in parents)
    if not known:
        return lines, False
    kept = [n for n, line in enumerate(lines.folded) if not _stands_in(line, known)]
    fresh = lines.keep(kept)
    changed = len(kept) < len(lines.raw)
    return (fresh, True) if changed and _says_something(fresh.folded) else (lines, False)


def _stands_in(line: str, known: str) -> bool:
    bare = _bare(line)
    return len(bare) >= _MIN_PARENT_LINE and bare in known


def _bare(text: str) -> str:
    return re.sub(r"[\s>|*_\-]+", "", "".join(quotes.fold(line) for line in text.split("\n")))


def _without_disclaimer(lines: _Lines) -> _Lines:
    start = notices.disclaimer_start(lines.folded)
    if start >= len(lines.raw) or not any(lines.folded[:start]):
        return lines
    lines.trimmed.append("\n".join(lines.raw[start:]).strip())
    return lines.keep(range(start))


def _without_signature(lines: _Lines, author: str) -> tuple[_Lines, str]:
    end = len(lines.raw)
    while end and not lines.folded[end - 1]:
        end -= 1
    lines = lines.keep(range(end))
    start = signatures.signature_start(lines.folded, author)
    body = lines.keep(range(start))
    if not _says_something(body.folded):
        spoken = [n for n, line in enumerate(lines.folded) if not signatures.is_device(line)]
        return lines.keep(spoken), ""
    return body, "\n".join(lines.raw[start:]).strip()
