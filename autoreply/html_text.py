"""HTML of a mail to lines of text, with quoted history cut out of the tree. Pure.

selectolax cuts, inscriptis lays out lines. Both are bounded first: hostile markup (tens of
thousands of tags, thousands of levels or links) takes a linear tag strip instead.
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass

from autoreply import html_quotes
from autoreply.html_dom import Tree

MAX_TAGS = 20_000
MAX_DEPTH_TAGS = 200
MAX_LINKS = 5_000

_HIDDEN = "style, script, head, title, template, noscript, [hidden]"
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all",
    re.IGNORECASE,
)
# Paragraphs that stand as close as lines: Outlook's own class, and others without a margin.
_CLOSE_PARAGRAPH = re.compile(
    r"<p\b(?=[^>]{0,400}(?:MsoNormal|MsoPlainText|margin(?:-top)?\s*:\s*0))([^>]*)>(.*?)</p>",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[^>]{0,2000}>")
_VOID = re.compile(r"<(?:br|p|div|li|tr|h[1-6]|blockquote|table)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HtmlText:
    """Text of an HTML body.

    Attributes:
        text: lines, without what was cut.
        cut: a quoted part was removed.
        refused: more links than a person writes; the text is empty.
    """

    text: str
    cut: bool = False
    refused: bool = False


def to_text(html: str, *, keep_quotes: bool = False) -> HtmlText:
    """Turn an HTML body into text.

    Args:
        html: markup of at most `Limits.text_characters`.
        keep_quotes: leave quoted history in.

    Returns:
        The text; the whole body when cutting would leave nothing.
    """
    lowered = html.lower()
    if lowered.count("<a ") > MAX_LINKS:
        return HtmlText("", refused=True)
    if html.count("<") > MAX_TAGS or _deep(lowered):
        return HtmlText(strip_tags(html))
    tree = html_quotes.parse(html)
    _drop_hidden(tree)
    whole = tree.html or ""
    if keep_quotes:
        return HtmlText(_layout(whole))
    cut = html_quotes.cut(tree)
    signed = html_quotes.cut_signatures(tree)
    remaining = _layout(tree.html or "") if cut or signed else ""
    return HtmlText(remaining, cut=cut) if remaining.strip(" \n>") else HtmlText(_layout(whole))


def _deep(lowered: str) -> bool:
    """Bound nesting from above: containers opened and not closed again."""
    opened = len(re.findall(r"<(?:div|table|blockquote|span|font|ul|ol|b|i)\b", lowered))
    if opened <= MAX_DEPTH_TAGS:
        return False
    depth = deepest = 0
    for match in re.finditer(r"<(/?)(?:div|table|blockquote|span|font|ul|ol|b|i)\b", lowered):
        depth = max(0, depth + (-1 if match[1] else 1))
        deepest = max(deepest, depth)
    return deepest > MAX_DEPTH_TAGS


def _drop_hidden(tree: Tree) -> None:
    html_quotes.remove(tree, _HIDDEN)
    # Inner nodes first: what stood inside a removed node must not be touched again.
    for node in reversed(tree.css("[style]")):
        style = node.attributes.get("style") or ""
        if _HIDDEN_STYLE.search(style) and node.tag not in {"body", "html"}:
            node.decompose()


def _layout(html: str) -> str:
    # Read with the first mail: it takes a third of a second, which no page should wait for.
    from inscriptis import get_text
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.model.config import ParserConfig

    html = _CLOSE_PARAGRAPH.sub(_as_line, html)
    css = CSS_PROFILES["strict"]
    try:
        text = get_text(html, ParserConfig(css=css)) if html.strip() else ""
    except (RecursionError, ValueError, IndexError, KeyError, TypeError, AttributeError):
        # inscriptis trips over some broken tables; the words matter more than the lines.
        text = ""
    text = text if text.strip() else strip_tags(html)
    return "\n".join(line.rstrip() for line in text.replace("\xa0", " ").split("\n")).strip("\n")


def _as_line(paragraph: re.Match[str]) -> str:
    """Return a paragraph as a line; an empty one stays a blank line."""
    said = _TAG.sub("", paragraph[2]).replace("&nbsp;", "").strip()
    return f"<div{paragraph[1]}>{paragraph[2]}</div>" if said else "<br>"


def strip_tags(html: str) -> str:
    """Remove tags, scripts and styles in one linear pass."""
    out: list[str] = []
    position = 0
    while (start := html.find("<", position)) >= 0:
        out.append(html[position:start])
        tag = html[start : start + 12].lower()
        ending = ">"
        for name in ("<style", "<script", "<!--"):
            if tag.startswith(name):
                ending = "-->" if name == "<!--" else f"</{name[1:]}"
        end = html.find(ending, start) if ending != ">" else html.find(">", start)
        if end < 0:
            break
        if _VOID.match(tag):
            out.append("\n")
        position = (
            end + len(ending) if ending in {">", "-->"} else html.find(">", end) + 1 or len(html)
        )
    else:
        out.append(html[position:])
    lines = (
        re.sub(r"[ \t\xa0]+", " ", line).strip()
        for line in entities.unescape("".join(out)).split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
