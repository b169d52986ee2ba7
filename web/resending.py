"""What was typed into a form that could not be saved: shown again, to be sent again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

LONG = 12
"""Characters from which a value is worth showing; shorter ones are numbers and choices."""
NEVER = frozenset({"csrf_token", "password", "again", "old_password", "new_password"})


@dataclass(frozen=True, slots=True)
class Again:
    """A form that can be sent once more.

    Attributes:
        path: where to.
        values: (name, value) in order, the token against forgery included.
        texts: what a person would be sorry to lose.
        files: whether files came along, which have to be chosen again.
    """

    path: str
    values: tuple[tuple[str, str], ...]
    texts: tuple[str, ...]
    files: bool


def again() -> Again | None:
    """Return the form of this request; None when there was none, or when it held a password."""
    if request.method != "POST" or not request.form:
        return None
    values = tuple(request.form.items(multi=True))
    if any(name in NEVER and name != "csrf_token" for name, _ in values):
        return None
    texts = tuple(v for name, v in values if name not in NEVER and len(v) >= LONG)
    return Again(request.full_path.rstrip("?"), values, texts, bool(request.files))
