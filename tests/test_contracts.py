"""The import contracts say what the modules say of themselves."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("kb", "search", "authoring", "autoreply", "web", "wenqu")
# "Pure: …", "(pure)", "Pure." in a module's docstring marks it.
_PURE = re.compile(r"^Pure\b|\(pure\)|\bPure\.")
MOST_LINES = 420


def modules() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path


def contract(name: str, option: str) -> set[str]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return set(config[f"importlinter:contract:{name}"][option].split())


def test_every_module_marked_pure_is_held_to_it() -> None:
    marked = {
        name
        for name, path in modules()
        if _PURE.search(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
    }
    assert marked == contract("pure", "source_modules")


def test_packages_hold_a_docstring_only() -> None:
    for name, path in modules():
        if path.name == "__init__.py":
            body = ast.parse(path.read_text(encoding="utf-8")).body
            assert len(body) == 1, name
            assert isinstance(body[0], ast.Expr), name


def test_modules_are_short_and_have_honest_names() -> None:
    for name, path in modules():
        if "versions" not in path.parts:
            assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES, name
        assert path.stem not in ("utils", "common", "helpers", "manager", "services"), name


def test_every_library_behind_a_door_is_named_once() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    doors = config["importlinter:contract:doors"]["ignore_imports"].strip().splitlines()
    libraries = [door.split("->")[1].strip() for door in doors]
    assert len(set(libraries)) == len(libraries)
    assert set(libraries) <= contract("doors", "forbidden_modules")
