"""What one look at one thing found; the shape of every result of `wenqu mail check`. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

OK, CARE, BAD = "ok", "care", "bad"


@dataclass(frozen=True, slots=True)
class Look:
    """One look.

    Attributes:
        code: what was found; `web/mail_words.py` has its sentence and the next step.
        state: `ok`, `care` (works, could be better) or `bad` (does not work).
        params: what the sentence mentions; JSON types only.
    """

    code: str
    state: str = OK
    params: dict[str, str | int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What was looked at: `imap`, `smtp`, `spf`, `dkim`, `dmarc`, `mx` or `dns`."""
        return self.code.partition("_")[0]


def well(code: str, **params: str | int) -> Look:
    """Return a look that found all well."""
    return Look(code, OK, params)


def care(code: str, **params: str | int) -> Look:
    """Return a look at something that works and could be better."""
    return Look(code, CARE, params)


def bad(code: str, **params: str | int) -> Look:
    """Return a look at something that does not work."""
    return Look(code, BAD, params)
