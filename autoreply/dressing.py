"""How the words of an answer look in a mail: every element carries its own style. Pure.

Mail programs drop stylesheets, and their own margins and blue links look like nobody's mail. The
classes are those of `templates/mail.html`, which make the colours dark where that is understood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_STYLES: Mapping[str, tuple[str, str]] = {
    "p": ("", "margin:0 0 12px"),
    "ul": ("", "margin:0 0 12px;padding-left:22px"),
    "ol": ("", "margin:0 0 12px;padding-left:22px"),
    "li": ("", "margin:0 0 4px"),
    "a": ("mark", "color:#1a6d69"),
    "blockquote": (
        "note",
        "margin:0 0 12px;padding:10px 14px 1px;background:#f3ead6;color:#5c3d0b;border-radius:8px",
    ),
    "table": ("", "margin:0 0 12px;border-collapse:collapse"),
    "th": ("line", "padding:4px 10px;border:1px solid #d9d2c3;text-align:left"),
    "td": ("line", "padding:4px 10px;border:1px solid #d9d2c3"),
    "pre": ("line", "margin:0 0 12px;padding:10px 14px;border:1px solid #d9d2c3;border-radius:8px;"
            "white-space:pre-wrap;font-size:14px"),
    "hr": ("line", "margin:16px 0;border:0;border-top:1px solid #d9d2c3"),
}  # fmt: skip
_TAG = re.compile(rf"<({'|'.join(_STYLES)})((?: [a-z]+=\"[^\"]*\")*)>")
_OWN = re.compile(r' (?:class|style|id)="[^"]*"')
_HEAD = re.compile(r"<h[1-6]\b[^>]*>(.*?)</h[1-6]>", re.DOTALL)
_WIDE_GAP = re.compile("([：，。])(</strong>) ")


def dressed(html: str) -> str:
    """Return sanitised HTML with a style in each element.

    Args:
        html: as `kb.markup` makes it; a heading becomes a bold line, so that it does not outgrow
            the question above it.
    """
    lines = _HEAD.sub(r"<p><strong>\1</strong></p>", _WIDE_GAP.sub(r"\1\2", html))
    return _TAG.sub(lambda match: _dressed(match[1], _OWN.sub("", match[2])), lines)


def _dressed(tag: str, attributes: str) -> str:
    name, style = _STYLES[tag]
    named = f' class="{name}"' if name else ""
    return f'<{tag}{named}{attributes} style="{style}">'
