"""Engine names → engines."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from kb.errors import Invalid
from search.engine import Engine
from search.engine_memory import MemoryEngine

NAMES = ("auto", "tantivy", "whoosh", "memory")


def resolve(name: str) -> str:
    """Return the engine that a name means: `auto` is the fastest one installed.

    Raises:
        Invalid: no such name, or its wheel is not installed.
    """
    if name not in NAMES:
        raise Invalid("unknown_engine", field="engine", value=name, known=list(NAMES))
    if name == "auto":
        return "tantivy" if find_spec("tantivy") else "whoosh"
    if name != "memory" and not find_spec(name):
        raise Invalid("engine_not_installed", field="engine", value=name)
    return name


def open_engine(name: str, folder: Path | None = None) -> Engine:
    """Open an index, or make an empty one.

    Args:
        name: one of `NAMES`.
        folder: where a durable engine keeps its files; None only for throw-away bases, which
            then live in memory whatever `name` says, unless it is an engine that needs files.

    Raises:
        Invalid: see `resolve`; or a durable engine without a folder.
    """
    resolved = resolve(name)
    if resolved == "memory":
        return MemoryEngine()
    if folder is None:
        raise Invalid("engine_needs_folder", field="engine", value=resolved)
    # Imported here, because each of these modules needs a wheel that may be missing.
    if resolved == "tantivy":
        from search.engine_tantivy import TantivyEngine

        return TantivyEngine(folder / "tantivy")
    from search.engine_whoosh import WhooshEngine

    return WhooshEngine(folder / "whoosh")
