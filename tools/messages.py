"""Collect messages and compile the English catalogue; --check says what is missing or old."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "web" / "translations" / "en" / "LC_MESSAGES"
PO, MO = FOLDER / "messages.po", FOLDER / "messages.mo"
METHODS = [("**.py", "python"), ("**/templates/**", "jinja2")]


def collected() -> Catalog:
    """Return a template of all messages in web/."""
    catalog = Catalog(charset="utf-8")
    options = {"**/templates/**": {"trimmed": "true", "silent": "false"}}
    for name, line, message, comments, context in extract_from_dir(
        str(ROOT / "web"), METHODS, options
    ):
        catalog.add(message, None, [(f"web/{name}", line)], auto_comments=comments, context=context)
    return catalog


def current() -> Catalog:
    """Return the English catalogue as it stands."""
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def compiled(catalog: Catalog) -> bytes:
    """Return the bytes of the .mo file."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def check() -> int:
    """Say which messages have no English, and whether the .mo is old."""
    known = current()
    wanted = [message.id for message in collected() if message.id]
    missing = [text for text in wanted if not (known.get(text) and known[text].string)]
    for text in missing:
        print(f"no English for: {text}", file=sys.stderr)
    old = not MO.exists() or MO.read_bytes() != compiled(known)
    if old:
        print("messages.mo is old: run make messages", file=sys.stderr)
    return 1 if missing or old else 0


def write() -> int:
    """Update the .po from the sources and compile it."""
    known = current()
    known.update(collected(), no_fuzzy_matching=True)
    known.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, known, width=0, omit_header=False, include_lineno=False, sort_output=True)
    MO.write_bytes(compiled(current()))
    return 0


if __name__ == "__main__":
    sys.exit(check() if "--check" in sys.argv else write())
