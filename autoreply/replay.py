"""Replay stored mails through reading, guard and matching; nothing is sent or stored.

Gives the lines of `wenqu mail replay`. Every mail counts as received at its own Date, with no
earlier history.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from autoreply import guard, subjects
from autoreply.inbound import Inbound, read
from autoreply.limits import DEFAULT

Matches = Sequence[tuple[str, float]]
Ask = Callable[[str], tuple[str, Matches]]
Line = dict[str, object]

# What a machine sends is asked of nobody; if anything, a person looks at it.
NO_BAND = "human"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SURROGATE = re.compile("[\ud800-\udfff]")


def replay(
    paths: Iterable[Path], *, address: str | None = None, ask: Ask | None = None
) -> Iterator[Line]:
    """Replay mails.

    Args:
        paths: .eml files, or folders that are searched for .eml files; in the order given.
        address: our own mailbox; None leaves the rules on our own address unjudged.
        ask: question -> (band, [(article id, probability), …] best first); None leaves both null.

    Yields:
        One line for each mail, ready for JSON; a file that cannot be read gives one with `error`.
    """
    ours = guard.Ours(addresses=frozenset({address.strip().lower()} if address else ()))
    for path in _files(paths):
        yield _line(path, ours, ask)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*.eml") if p.is_file())
        else:
            yield path


def _line(path: Path, ours: guard.Ours, ask: Ask | None) -> Line:
    try:
        with path.open("rb") as file:
            raw = file.read(DEFAULT.message_bytes + 1)
    except OSError as error:
        return _unread(path, f"cannot read: {error.strerror or type(error).__name__}")
    try:
        return _judged(path, read(raw), ours, ask)
    except Exception as error:
        # One bad mail must not end the replay of a thousand; the line tells what happened.
        return _unread(path, f"cannot judge: {type(error).__name__}: {error}")


def _judged(path: Path, mail: Inbound, ours: guard.Ours, ask: Ask | None) -> Line:
    verdict = guard.judge(mail, guard.NO_HISTORY, ours, now=mail.date or _EPOCH)
    line = _blank(path) | {
        "class": verdict.kind,
        "reply_allowed": verdict.reason is None,
        "reason": verdict.reason,
        "message_id": mail.message_id,
        "from": mail.author.address if mail.author else "",
        "subject": mail.subject,
        "question": mail.said.text,
        "quoted_removed": mail.said.quoted_removed,
        "damaged": mail.damaged,
        "language": mail.language,
    }
    if ask is not None:
        is_person = verdict.kind == guard.HUMAN and bool(question(mail))
        line["band"], line["matches"] = _asked(mail, ask) if is_person else (NO_BAND, [])
    return {key: _encodable(value) for key, value in line.items()}


def _asked(mail: Inbound, ask: Ask) -> tuple[str, list[Line]]:
    band, matches = ask(question(mail))
    return band, [{"id": one, "probability": probability} for one, probability in matches]


def question(mail: Inbound) -> str:
    """Return what to look for: the subject, when the sender chose it, and the new text."""
    own = not subjects.is_reply(mail.subject) or not mail.said.text
    subject = subjects.bare(mail.subject) if own else ""
    text = mail.said.text
    if text and not subjects.says_something(subject):
        return text
    return text if subject in text else f"{subject}\n{text}".strip()


def _blank(path: Path) -> Line:
    return {
        "file": str(path),
        "class": guard.HUMAN,
        "reply_allowed": False,
        "reason": None,
        "message_id": "",
        "from": "",
        "subject": "",
        "question": "",
        "quoted_removed": False,
        "damaged": True,
        "language": "other",
        "band": None,
        "matches": None,
    }


def _unread(path: Path, error: str) -> Line:
    return _blank(path) | {"error": _encodable(error)}


def _encodable(value: object) -> object:
    """Replace lone surrogates, which UTF-8 output cannot carry."""
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value


def dumps(line: Line) -> str:
    """Return a line as JSON, Chinese as it is."""
    return json.dumps(line, ensure_ascii=False)
