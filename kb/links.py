"""Check and rewrite the addresses in sanitised HTML (pure).

Works on what nh3 writes: lower-case names, attributes always in double quotes.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable

SCHEMES = frozenset({"http", "https", "mailto", "tel", "article"})

Resolve = Callable[[str], str | None]
"""`article:KEY` or `images/name.png` → path to use, or None to drop it."""

_TAG = re.compile(r'<(img|a)((?: [a-z-]+="[^"]*")*)>|</a>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]*):", re.IGNORECASE)
_NOISE = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_UNSAFE = re.compile(r"[\s()<>\"'`\[\]\\|{}^]")
_RELATIVE_PICTURE = re.compile(r"images/[^/:?#][^:?#]*")
_SIZE = re.compile(r"-(\d{1,5})x(\d{1,5})\.[a-z]+$")


def address(value: str) -> str | None:
    """Return a link target in the form that every parser reads alike, or None to drop it."""
    value = _NOISE.sub("", value).strip()
    if value.lower().startswith("www."):
        value = "https://" + value
    value = _UNSAFE.sub(_percent, value)
    scheme = _SCHEME.match(value)
    if scheme:
        return value if scheme[1].lower() in SCHEMES else None
    return value if value.startswith(("/", "#")) and not value.startswith("//") else None


def picture(value: str, base_media: str) -> str | None:
    """Return the source of a picture that is ours, or None to drop it."""
    value = _UNSAFE.sub(_percent, _NOISE.sub("", value).strip())
    ours = value.startswith(base_media) or _RELATIVE_PICTURE.fullmatch(value)
    return value if ours and ".." not in value else None


def is_open(target: str) -> bool:
    """Say whether a target waits for a resolver: `article:KEY` or a relative picture."""
    return target.startswith("article:") or _RELATIVE_PICTURE.fullmatch(target) is not None


def resolve_all(html: str, resolve: Resolve) -> str:
    """Resolve every open target; a link without one keeps its words, a picture goes."""

    def settle(target: str) -> str | None:
        return resolve(target) if is_open(target) else target

    return _edit(html, settle)


def finish(html: str) -> str:
    """Drop links and pictures without a target, mark outside links, size known pictures."""
    return _edit(html, lambda target: target)


def _edit(html: str, settle: Resolve) -> str:
    dropped: list[bool] = []

    def replace(match: re.Match[str]) -> str:
        if match[1] is None:
            return "" if dropped and dropped.pop() else match[0]
        attributes = {name: entities.unescape(value) for name, value in _pairs(match[2])}
        target = settle(attributes.get("src" if match[1] == "img" else "href", "")) or ""
        if match[1] == "img":
            return _picture_tag(target, attributes.get("alt", ""))
        dropped.append(not target)
        return _link_tag(target)

    return _TAG.sub(replace, html)


def _pairs(attributes: str) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for match in _ATTRIBUTE.finditer(attributes)]


def _link_tag(target: str) -> str:
    if not target:
        return ""
    outside = target.lower().startswith(("http:", "https:"))
    rel = ' rel="nofollow noopener"' if outside else ""
    return f'<a href="{entities.escape(target)}"{rel}>'


def _picture_tag(target: str, alt: str) -> str:
    """Write an img; a file name that ends in `-800x600.webp` gives its size (no layout shift)."""
    if not target:
        return ""
    size = _SIZE.search(target)
    sized = f' width="{size[1]}" height="{size[2]}"' if size else ""
    source, words = entities.escape(target), entities.escape(alt)
    return f'<img src="{source}" alt="{words}"{sized} loading="lazy">'


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())
