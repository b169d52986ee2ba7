"""HTML of a mail to lines of text, with quoted history cut out of the tree. Pure.

selectolax cuts, inscriptis lays out lines. Both are bounded first: hostile markup (tens of
thousands of tags, thousands of levels or links) takes a linear tag strip instead.
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass

from inscriptis import get_text
from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.model.config import ParserConfig
from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_TAGS = 20_000
MAX_DEPTH_TAGS = 200
MAX_LINKS = 5_000

# Containers of history, by client.
_QUOTES = (
    "blockquote[type=cite]",
    "blockquote.gmail_quote",
    "div.gmail_quote",
    "div.gmail_quote_container",
    "div.gmail_extra > blockquote",
    "div.yahoo_quoted",
    "div.protonmail_quote",
    "div.moz-cite-prefix + blockquote",
    "div.zmail_extra",
    "div#isReplyContent",
    "blockquote#isReplyContent",
    "div.ntes-mailmaster-quote",
    "div#ntes-mailmaster-quote",
    "div.alimail-quote",
    "div.lark-mail-quote",
    "div.history-quote-wrapper",
    "div[id^=lark-mail-quote]",
    "div.qm_quote",
    "div#mail-editor-reference-message-container",
    "div.moz-forward-container",
    "table.moz-email-headers-table",
)
# Nodes after which everything in the same parent is history.
_FROM_HERE = (
    "#divRplyFwdMsg",
    "#appendonsend",
    "div.moz-cite-prefix",
    "div.OutlookMessageHeader",
    "div.gmail_attr",
    "a[name=_MailOriginal]",
    "#OLK_SRC_BODY_SECTION",
    "div#reply-intro",
)
_HIDDEN = ("style", "script", "head", "title", "template", "noscript", "[hidden]")
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all",
    re.IGNORECASE,
)
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
    tree = LexborHTMLParser(html)
    _drop_hidden(tree)
    whole = tree.html or ""
    if keep_quotes or not _cut(tree):
        return HtmlText(_layout(whole))
    remaining = _layout(tree.html or "")
    return HtmlText(remaining, cut=True) if remaining.strip() else HtmlText(_layout(whole))


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


def _drop_hidden(tree: LexborHTMLParser) -> None:
    for selector in _HIDDEN:
        for node in tree.css(selector):
            node.decompose()
    for node in tree.css("[style]"):
        style = node.attributes.get("style") or ""
        if _HIDDEN_STYLE.search(style) and node.tag not in {"body", "html"}:
            node.decompose()


def _cut(tree: LexborHTMLParser) -> bool:
    nodes = [node for selector in _FROM_HERE for node in tree.css(selector)]
    cut = bool(nodes)
    for node in nodes:
        _cut_from(node)
    for selector in _QUOTES:
        for node in tree.css(selector):
            node.decompose()
            cut = True
    return cut


def _cut_from(node: LexborNode) -> None:
    """Remove a node and what follows it; inline answers below a cited block stay."""
    following = node.next
    if node.attributes.get("class") in {"moz-cite-prefix", "gmail_attr"}:
        node.decompose()
        return
    while following is not None:
        after = following.next
        following.decompose()
        following = after
    node.decompose()


def _layout(html: str) -> str:
    css = CSS_PROFILES["strict"]
    try:
        text = get_text(html, ParserConfig(css=css)) if html.strip() else ""
    except (RecursionError, ValueError, IndexError, KeyError, TypeError, AttributeError):
        # inscriptis trips over some broken tables; the words matter more than the lines.
        text = ""
    text = text if text.strip() else strip_tags(html)
    return "\n".join(line.rstrip() for line in text.replace("\xa0", " ").split("\n")).strip("\n")


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
