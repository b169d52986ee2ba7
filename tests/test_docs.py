"""The documents say what the program does, in both languages, and nothing of where it was made."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from functools import cache
from pathlib import Path

import click
import pytest

from autoreply import guard, tables
from kb.models.service import TICKET_STATES
from web import words
from wenqu.cli import main
from wenqu.config import Config, Mailbox

ROOT = Path(__file__).parent.parent
README, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
PAGES = [README, CHINESE, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

# Letters in brackets keep this file from containing what it looks for.
FOREIGN = re.compile(
    r"(?<![\w.<])/(?:w[o]rk|r[o]ot|tmp/[b]rief)/|\.\./sh[a]red|\b(?:cl[a]ude|anthr[o]pic|chatgp[t])\b",
    re.IGNORECASE,
)
UNFINISHED = re.compile(r"(?:#|<!--|//|/\*|\{#)\s*(?:TO[D]O|FIX[M]E|XX[X])\b")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tracked() -> tuple[Path, ...]:
    """Return the text files of the project, as git knows them, or all where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        found = (p for p in ROOT.rglob("*") if not any(q.startswith(".") for q in p.parts))
        return tuple(p for p in found if p.is_file())
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name)


def test_the_references_are_what_the_program_says() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "write_docs.py", "--check"],
        capture_output=True, text=True, check=False, cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", [Config, Mailbox])
def test_every_setting_is_documented(kind: type) -> None:
    page = read(ROOT / "docs" / "configuration.md")
    for item in fields(kind):
        row = re.search(rf"^\| `{item.name}` \|[^|]*\| (.+) \|$", page, re.MULTILINE)
        assert row, item.name
        assert len(row[1]) > 5, item.name


def commands(command: click.Command, path: str = "wenqu") -> list[str]:
    found = [path]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            found += commands(inner, f"{path} {name}")
    return found


def test_every_command_is_documented() -> None:
    page = read(ROOT / "docs" / "cli.md")
    for name in commands(main):
        assert f"\n## {name}\n" in page, name


def test_every_state_and_rule_of_mail_is_documented() -> None:
    page = read(ROOT / "docs" / "mail.md")
    states = (
        tables.RECEIVED, tables.DONE, tables.QUARANTINED, tables.ANSWERED, tables.TICKET,
        tables.IGNORED, tables.QUEUED, tables.SENDING, tables.SENT, tables.FAILED,
        tables.UNKNOWN, tables.CANCELLED, tables.BOUNCED, tables.OPTED_OUT,
    )  # fmt: skip
    for name in (*states, *guard.KINDS, *(rule.id for rule in guard.RULES)):
        assert f"`{name}`" in page, name
    assert len(TICKET_STATES) == 5


def skeleton(path: Path) -> list[str]:
    """Return the headings' levels, the commands and the places that a page leads to."""
    text = read(path)
    found: list[str] = []
    for line in text.splitlines():
        if heading := re.match(r"(#+) ", line):
            found.append(heading[1])
        elif command := re.match(
            r"(make \w+|python3 .+|venv/bin/.+?|wenqu .+?)(?:\s{2,}#.*)?$", line
        ):
            found.append(command[1].strip())
        found += re.findall(r"\]\((docs/[^)]+|CHANGELOG.md|LICENSE)\)", line)
    return found


def test_the_two_readmes_say_the_same() -> None:
    assert skeleton(README) == skeleton(CHINESE)
    assert "README.zh-CN.md" in read(README)
    assert "README.md" in read(CHINESE)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", read(page)):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_commands_in_the_documents_exist(page: Path) -> None:
    known = set(commands(main))
    for text in re.findall(r"`wenqu ([a-z]+(?: [a-z]+)?)", read(page)):
        first, _, second = text.partition(" ")
        assert f"wenqu {first}" in known, text
        if second and isinstance(main.get_command(click.Context(main), first), click.Group):
            assert f"wenqu {text}" in known, text


def test_nothing_names_the_place_where_it_was_made() -> None:
    for path in tracked():
        try:
            text = read(path)
        except (UnicodeDecodeError, OSError):
            continue
        found = FOREIGN.search(text)
        assert not found, f"{path.relative_to(ROOT)}: {found[0] if found else ''}"


def test_nothing_is_left_for_later() -> None:
    for path in tracked():
        if path.suffix in (".py", ".html", ".css", ".md") and path.exists():
            found = UNFINISHED.search(read(path))
            assert not found, f"{path.relative_to(ROOT)}: {found[0] if found else ''}"


def test_refusals_keep_the_voice() -> None:
    for code, sentence in words.SENTENCES.items():
        assert not re.search(r"[！!]|\"|失败|错误|非法", sentence), code
        assert not re.search(r"[\u4e00-\u9fff][,;:?]|[,;?][\u4e00-\u9fff]", sentence), code


def test_every_refusal_has_a_sentence() -> None:
    raised = re.compile(
        r"\b(?:NotFound|Conflict|Invalid|Unavailable|Unauthorized|Forbidden|DomainError)\(\s*\"([a-z_]+)\""
    )
    for package in ("kb", "search", "authoring", "autoreply", "web", "wenqu"):
        for path in (ROOT / package).rglob("*.py"):
            for code in raised.findall(read(path)):
                assert code in words.SENTENCES, f"{path.relative_to(ROOT)}: {code}"
