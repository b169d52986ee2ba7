"""Write the references in docs/ from the program itself; --check only compares."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

import click

from autoreply import decide, guard
from wenqu.cli import main
from wenqu.config import CHOICES, SECRETS, Config, Mailbox

DOCS = Path(__file__).parent.parent / "docs"

WHEN = {
    ("duplicate", "ignore"): "the same Message-ID, or the same bytes, came before",
    ("machine", "ignore"): "an automatic reply, a bounce, a list, a report, a recall, our own loop",
    ("not_a_person", "ticket"): "a system's mail that a person may stand behind",
    ("to_own_people", "ticket"): "it answers a mail for our own people: a trial, a notice",
    ("thanks", "ticket"): "it only says thank you in a ticket that exists",
    ("guard", "ticket"): "a rule of the guard hit, and nothing may leave",
    ("recipient", "ticket"): "no single address that a reply may go to",
    ("person_has_it", "ticket"): "somebody at the desk has the thread already",
    ("quota", "ticket"): "a quota is used up",
    ("receipt_sent", "ticket"): "this thread had its receipt",
    ("guard", "receipt"): "a rule of the guard hit that still allows a receipt",
    ("person_asked", "receipt"): "it asks for a person",
    ("once_per_thread", "receipt"): "this thread had its automatic answer",
    ("repeated", "receipt"): "the sender was answered the same question within 24 hours",
    (
        "damaged",
        "receipt",
    ): "characters were lost on the way, so an answer could be to something else",
    ("degraded", "receipt"): "the index is down",
    ("articles", "receipt"): "fewer than 25 published answers",
    ("topic", "receipt"): "the best answer is of a category that is never answered automatically",
    ("band_answer", "answer"): "every question in it has a sure answer",
    ("band_suggest", "suggest"): "something probable was found",
    ("band_human", "receipt"): "nothing else hit",
}


def commands(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    """Return every command with its full name, groups before their members."""
    found = [(path, command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in sorted(command.list_commands(context)):
            inner = command.get_command(context, name)
            found += commands(inner, f"{path} {name}") if inner else []
    return found


def cli() -> str:
    """Return the reference of all commands."""
    pages = ["# Commands\n\nWritten by `make docs` from the program itself.\n"]
    for name, command in commands(main, "wenqu"):
        context = click.Context(command, info_name=name, terminal_width=96, max_content_width=96)
        pages.append(f"## {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(pages)


def settings(kind: type) -> list[str]:
    """Return one table row for each setting, explained by the class's own docstring."""
    text = inspect.cleandoc(kind.__doc__ or "")
    described = dict(re.findall(r"^    (\w+): (.+(?:\n        .+)*)", text, re.MULTILINE))
    rows = []
    for name, item in kind.__dataclass_fields__.items():
        default = "" if name in SECRETS or name == "mailboxes" else item.default
        shown = f"`{default}`" if default not in ("", ()) and "MISSING" not in repr(default) else ""
        words = " ".join(described.get(name, "").split())
        if name in CHOICES and not words:
            words = " · ".join(CHOICES[name])
        rows.append(f"| `{name}` | {shown} | {words} |")
    return rows


def configuration() -> str:
    """Return the reference of all settings."""
    return "\n".join(
        [
            "# Configuration",
            "",
            "Written by `make docs` from the program itself.",
            "",
            "`wenqu.toml` (or the file that `--config` or `WENQU_CONFIG` names), then variables",
            "`WENQU_<NAME>` over it; `WENQU_<NAME>_FILE` reads a secret from a file. An unknown",
            "name or a wrong value stops the start with a sentence. `wenqu config` shows what is",
            "in force.",
            "",
            "| name | default | meaning |",
            "| --- | --- | --- |",
            *settings(Config),
            "",
            "## `[[mailbox]]`",
            "",
            "One block for each IMAP mailbox; mailboxes can also be set up at the desk.",
            "`password_file`, `client_secret_file` and `refresh_token_file` read a secret from a",
            "file.",
            "",
            "| name | default | meaning |",
            "| --- | --- | --- |",
            *settings(Mailbox),
            "",
        ]
    )


def mail() -> str:
    """Return docs/mail.md with the tables of the guard and of the decision as they are."""
    text = (DOCS / "mail.md").read_text(encoding="utf-8")
    rules = [
        f"| `{rule.id}` | `{rule.kind}` | {rule.why} | {'receipt' if rule.receipt else ''} |"
        for rule in guard.RULES
    ]
    # A row without its words here stops the check: the table is never behind the policy.
    rows = [f"| `{row.id}` | {WHEN[row.id, row.action]} | `{row.action}` |" for row in decide.ROWS]
    text = _between(text, "rules", ["| id | kind | why | |", "| --- | --- | --- | --- |", *rules])
    return _between(text, "rows", ["| why | when | what is done |", "| --- | --- | --- |", *rows])


def _between(text: str, mark: str, lines: list[str]) -> str:
    begin, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->"
    head, rest = text.split(begin)
    tail = rest.split(end)[1]
    return f"{head}{begin}\n" + "\n".join(lines) + f"\n\n{end}{tail}"


def run(check: bool) -> int:
    """Write the files, or say which of them are old."""
    old = []
    pages = (("cli.md", cli()), ("configuration.md", configuration()), ("mail.md", mail()))
    for name, text in pages:
        path = DOCS / name
        if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            old.append(name)
        elif not check:
            path.write_text(text, encoding="utf-8")
    for name in old:
        print(f"docs/{name} is old: run make docs", file=sys.stderr)
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(run("--check" in sys.argv))
