"""Turn what an agent wrote in the editor into Markdown, losing nothing.

Every conversion is rendered again and compared, word by word, link by link, before it is accepted.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from authoring.html_tree import Node, parse
from authoring.markdown_blocks import write_blocks
from kb import markup
from kb.errors import Invalid


def convert(html: str, *, base_media: str = "/media/") -> str:
    """Return Markdown that shows what the HTML shows.

    Args:
        html: from the editor or a clipboard; any input, sanitised first.
        base_media: path under which our pictures are served.

    Returns:
        Markdown that ends in a newline, or "" when there is nothing to see.

    Raises:
        Invalid: `text_would_change` with `field="body"`, `expected` and `actual`: the first words
            that would read differently. Nothing is stored then.
    """
    clean = markup.clean_html(html, base_media=base_media)
    markdown = to_markdown(clean)
    _compare(clean, markup.render(markdown, base_media=base_media).html)
    return markdown


def to_markdown(clean: str) -> str:
    """Write sanitised HTML as Markdown, unchecked; `convert` is the safe way."""
    blocks = write_blocks(parse(clean).children)
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _compare(before: str, after: str) -> None:
    wanted, got = _content(before), _content(after)
    if wanted == got:
        return
    matcher = SequenceMatcher(None, wanted, got, autojunk=False)
    place = next(op for op in matcher.get_opcodes() if op[0] != "equal")
    raise Invalid(
        "text_would_change",
        field="body",
        expected=" ".join(wanted[max(0, place[1] - 2) : place[2] + 2])[:200],
        actual=" ".join(got[max(0, place[3] - 2) : place[4] + 2])[:200],
    )


def _content(html: str) -> list[str]:
    """Return the words, then where links and pictures lead."""
    nodes = list(parse(html).walk())
    links = [node.attributes["href"] for node in nodes if node.tag == "a" and _visible(node)]
    pictures = [node.attributes["src"] for node in nodes if node.tag == "img"]
    return [*markup.to_text(html).split(), *sorted(set(links)), *pictures]


def _visible(node: Node) -> bool:
    return any(part.text.strip() or part.tag == "img" for part in node.walk())
