"""Turn Markdown and foreign HTML into the HTML we trust.

The only door to Python-Markdown and nh3. Articles are stored as Markdown; `render` makes the page,
`clean_html` tames what an editor or a clipboard sends, `clean_mail_html` what strangers mail.
Whoever shows HTML to a browser gets it from here.
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass

import nh3
from markdown import Markdown
from markdown.inlinepatterns import SimpleTagInlineProcessor, SubstituteTagInlineProcessor

from kb import links, plain
from kb.links import Resolve

RENDERER_VERSION = "1"
"""Stored beside cached HTML; another value means: render again."""

_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "hr",
    "table", "thead", "tbody", "tr", "th", "td",
    "strong", "em", "s", "code", "a", "br", "img",
}  # fmt: skip

# What else may arrive, and the tag that says the same.
_SAME = {
    "h1": "h2", "h5": "h4", "h6": "h4", "b": "strong", "i": "em", "cite": "em", "dfn": "em",
    "del": "s", "strike": "s", "kbd": "code", "samp": "code", "tt": "code", "tfoot": "tbody",
}  # fmt: skip
_SAME |= dict.fromkeys(
    (
        "address", "article", "aside", "caption", "center", "dd", "details", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "header", "legend", "main", "nav",
        "option", "section", "summary",
    ),
    "p",
)  # fmt: skip
_HIDDEN = {
    "script", "style", "title", "template", "iframe", "noembed", "noframes", "object", "svg",
    "math", "select", "textarea", "xml",
}  # fmt: skip

_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "th": {"align", "colspan", "rowspan"},
    "td": {"align", "colspan", "rowspan"},
}
_MAIL_TAGS = (_TAGS | _SAME.keys() | {"span", "u", "small", "sub", "sup", "ins"}) - {
    "form", "fieldset", "legend", "option", "details", "summary",
}  # fmt: skip
_MAIL_ATTRIBUTES = _ATTRIBUTES | {
    "table": {"width", "border", "cellpadding", "cellspacing", "align"},
    "th": {"align", "valign", "width", "colspan", "rowspan"},
    "td": {"align", "valign", "width", "colspan", "rowspan"},
    "img": {"src", "alt", "width", "height"},
    "*": {"dir", "lang"},
}

_NAMES = "|".join(sorted(_SAME, key=len, reverse=True))
_OTHER_NAME = re.compile(rf"<(/?)({_NAMES})>")
_EMPTY = re.compile(r"<(p|strong|em|s|a|code|h[234])(?: [a-z]+=\"[^\"]*\")*>\s*</\1>")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_JOINER = "\u2060"
_ODD_SPACE = re.compile("&nbsp;|[\x85\u2028\u2029]")
_CALLOUT = re.compile(r"<blockquote>(?=\s*<p><strong>(?:注意|提示|警告|重要)[：:])")
_EMPTY_HEAD = re.compile(r"<thead>\s*<tr>\s*(?:<th[^>]*></th>\s*)+</tr>\s*</thead>\s*")
_HEADING = re.compile(r"<h([234])>(.*?)</h\1>", re.DOTALL)
_FIRST_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)
_BRACKET_BUDGET = 4_000_000
_EMPTY_LEVELS = 20


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of an article. `level` is 2, 3 or 4; `id` is the anchor in the page."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """An article ready to be shown and searched.

    Attributes:
        html: safe to put into a page as it is.
        text: plain text, one block a line, table cells separated by a tab.
        headings: in order of appearance.
        first_paragraph: plain text of the first paragraph, "" when there is none.
    """

    html: str
    text: str
    headings: tuple[Heading, ...]
    first_paragraph: str


@dataclass(frozen=True, slots=True)
class CleanMail:
    """The HTML part of a mail, for a sandboxed frame.

    Attributes:
        html: no scripts, styles, forms; nothing that loads from elsewhere.
        blocked_images: how many remote pictures were taken out.
    """

    html: str
    blocked_images: int


def render(
    markdown_text: str, *, base_media: str = "/media/", resolve: Resolve | None = None
) -> Rendered:
    """Render an article's Markdown.

    Args:
        markdown_text: Markdown; HTML in it is shown as text. Any length, any input.
        base_media: path under which pictures are served, with both slashes.
        resolve: see `relink`; without it such links stay as they are.

    Returns:
        HTML with headings h2–h4 that carry ids, callouts marked, and no attribute of style.
    """
    html = _sanitise(_convert(_CONTROL.sub("", markdown_text)), base_media)
    html, headings = _with_ids(_EMPTY_HEAD.sub("", html))
    html = _CALLOUT.sub('<blockquote class="callout">', html)
    if resolve is not None:
        html = relink(html, resolve)
    first = _FIRST_PARAGRAPH.search(html)
    return Rendered(html, plain.read(html), headings, plain.read(first[1]) if first else "")


def relink(html: str, resolve: Resolve) -> str:
    """Resolve what `render` left open in its HTML.

    Args:
        html: from `render`.
        resolve: called with each `article:KEY` link and each relative picture (`images/a.png`);
            returns the path to use, or None to drop the link (its words stay) or the picture.

    Returns:
        The same HTML with site paths.
    """
    return links.resolve_all(html, resolve)


def clean_html(html: str, *, base_media: str = "/media/") -> str:
    """Reduce pasted or posted HTML to what an article can hold.

    Args:
        html: a fragment or a whole document; any input.
        base_media: pictures from elsewhere than here (or `images/…`) are dropped.

    Returns:
        Canonical HTML: strong, em, s, code, links, pictures, lists, tables, h2–h4, quotes.
        Cleaning it again changes nothing.
    """
    return _sanitise(html, base_media)


def to_text(html: str) -> str:
    """Return the words of any HTML: one block a line, table cells separated by a tab."""
    known = _TAGS | _SAME.keys()
    return plain.read(nh3.clean(html, tags=known, attributes={}, clean_content_tags=_HIDDEN))


def clean_mail_html(html: str, *, resolve: Resolve | None = None) -> CleanMail:
    """Sanitise the HTML part of a mail.

    Args:
        html: whatever a mail program wrote.
        resolve: called with `cid:…` of a picture inside the mail; returns a site path, or None.

    Returns:
        HTML for a frame with `sandbox`; links open outside it and tell nothing about us.
    """
    blocked = 0

    def keep(tag: str, name: str, value: str) -> str | None:
        nonlocal blocked
        if (tag, name) != ("img", "src"):
            return value
        if value.startswith("cid:"):
            return resolve(value) if resolve else None
        blocked += 1
        return None

    cleaned = nh3.clean(
        _CONTROL.sub("", html),
        tags=_MAIL_TAGS,
        clean_content_tags=_HIDDEN,
        attributes=_MAIL_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
    )
    return CleanMail(cleaned, blocked)


def _convert(source: str) -> str:
    """Run Python-Markdown; what nests too deeply for it is shown as it was written."""
    as_written = f"<pre><code>{entities.escape(source)}</code></pre>"
    # The link pattern takes time quadratic in the brackets of one block.
    if sum(block.count("[") ** 2 for block in source.split("\n\n")) > _BRACKET_BUDGET:
        return as_written
    converter = Markdown(
        extensions=[
            "tables", "sane_lists", "nl2br", "pymdownx.superfences", "pymdownx.highlight",
        ],
        extension_configs={
            "tables": {"use_align_attribute": True},
            "pymdownx.highlight": {"use_pygments": False},
        },
    )  # fmt: skip
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.deregister("html")
    # A table cell is one line of Markdown, so a line break inside it needs a written form.
    line_break = SubstituteTagInlineProcessor(r"<br ?/?>", "br")
    converter.inlinePatterns.register(line_break, "written_break", 95)
    # After the asterisks (60): a struck price in bold and a bold word in struck text both work.
    struck = SimpleTagInlineProcessor(r"()~~(.+?)~~", "s")
    converter.inlinePatterns.register(struck, "struck", 55)
    try:
        return converter.convert(source)
    except RecursionError:
        return as_written


def _sanitise(html: str, base_media: str) -> str:
    """Return canonical HTML: known tags, checked addresses, one name for each thing."""

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return links.address(value)
        if name == "src":
            return links.picture(value, base_media)
        return _small_number(name, value)

    def pass_once(dirty: str) -> str:
        return nh3.clean(
            dirty,
            tags=_TAGS | _SAME.keys(),
            clean_content_tags=_HIDDEN,
            attributes=_ATTRIBUTES,
            attribute_filter=keep,
            url_schemes=set(links.SCHEMES),
            link_rel=None,
        )

    html = pass_once(_CONTROL.sub("", html))
    html = _CONTROL.sub("", _ODD_SPACE.sub(" ", html)).replace(_JOINER, "")
    renamed = _OTHER_NAME.sub(lambda match: f"<{match[1]}{_SAME[match[2]]}>", html)
    # A div became a paragraph, perhaps inside another one: let the parser set that right.
    return _finish(pass_once(renamed) if renamed != html else html)


def _finish(html: str) -> str:
    html = links.finish(html)
    for _ in range(_EMPTY_LEVELS):
        html, removed = _EMPTY.subn("", html)
        if not removed:
            break
    return html


def _small_number(name: str, value: str) -> str | None:
    if name == "align":
        return value if value in ("left", "center", "right") else None
    if name in ("start", "colspan", "rowspan"):
        return value if value.isascii() and value.isdigit() and len(value) <= 3 else None
    return value


def _with_ids(html: str) -> tuple[str, tuple[Heading, ...]]:
    """Give each heading an anchor made from its words; equal words get a number."""
    headings: list[Heading] = []
    taken: set[str] = set()

    def mark(match: re.Match[str]) -> str:
        text = plain.read(match[2])
        anchor = _anchor(text, taken)
        taken.add(anchor)
        headings.append(Heading(int(match[1]), anchor, text))
        return f'<h{match[1]} id="{anchor}">{match[2]}</h{match[1]}>'

    return _HEADING.sub(mark, html), tuple(headings)


def _anchor(text: str, taken: set[str]) -> str:
    stem = "h-" + re.sub(r"[^\w]+", "-", text.lower()).strip("-_")[:40]
    anchor, number = stem, 1
    while anchor in taken:
        number += 1
        anchor = f"{stem}-{number}"
    return anchor
