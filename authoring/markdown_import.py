"""Read Markdown that others wrote and rewrite it in our dialect.

The only door to markdown-it-py. CommonMark and our renderer differ (lists nested by two columns,
lists right after a paragraph, escapes), so foreign Markdown is rendered as its authors meant it
and written anew; every word is compared by `authoring.html_to_markdown.convert`.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from authoring.html_to_markdown import convert
from kb import markup

# The parser writes columns with a style, which no page of ours may carry.
_ALIGNED = re.compile(r' style="text-align:(left|center|right)"')


def to_html(markdown_text: str) -> str:
    """Render foreign Markdown (CommonMark, tables, strikethrough) to sanitised HTML.

    Args:
        markdown_text: any text; HTML in it is shown as text, a line break stays one.

    Returns:
        HTML as `kb.markup.clean_html` gives it.
    """
    parser = MarkdownIt()
    parser.inline = _ChineseInline()
    parser.configure("commonmark", {"html": False, "breaks": True})
    parser.enable(["table", "strikethrough"])
    html = parser.render(markdown_text.replace("\r\n", "\n"))
    return markup.clean_html(_ALIGNED.sub(r' align="\1"', html))


def rewrite(markdown_text: str, *, base_media: str = "/media/") -> str:
    """Return foreign Markdown in our dialect.

    Args:
        markdown_text: what was imported, or typed into the source view.
        base_media: path under which our pictures are served.

    Returns:
        Markdown that `kb.markup.render` shows as its author meant it. Rewriting it again changes
        nothing.

    Raises:
        Invalid: `text_would_change`, see `authoring.html_to_markdown.convert`.
    """
    return convert(to_html(markdown_text), base_media=base_media)


class _ChineseInline(ParserInline):
    """The parser of lines, with our own state."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _ChineseState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _ChineseState(StateInline):
    """Let `**注意：**请` be bold: CommonMark's rule counts on blanks between words.

    Source: CommonMark 0.31.2, 6.2 (left- and right-flanking delimiter runs).
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803
        scanned = super().scanDelims(start, canSplitWord)
        before = self.src[start - 1] if start else " "
        end = start + scanned.length
        after = self.src[end] if end < len(self.src) else " "
        if not (_is_wide(before) or _is_wide(after)) or self.src[start] == "_":
            return scanned
        return Scanned(
            can_open=scanned.can_open or not after.isspace(),
            can_close=scanned.can_close or not before.isspace(),
            length=scanned.length,
        )


def _is_wide(character: str) -> bool:
    """Chinese writing and its punctuation stand without blanks."""
    return (
        "\u2e80" <= character <= "\u9fff"
        or "\uf900" <= character <= "\uffef"
        or (character in "“”‘’…—·")
    )
