"""Errors of the domain: a code and parameters, never words for people.

Words live at the edge: `web/errors.py`, `wenqu/cli.py` and the worker translate a code once.
"""

from __future__ import annotations


class DomainError(Exception):
    """A refusal that a person can act on.

    Attributes:
        code: stable name of the reason, snake_case.
        params: values that a sentence about it may mention; JSON types only.
    """

    code = "refused"

    def __init__(self, code: str | None = None, /, **params: object) -> None:
        """Keep the reason.

        Args:
            code: overrides the class's own code.
            params: values for the sentence.
        """
        self.code = code or type(self).code
        self.params = params
        super().__init__(self.code, params)

    def __str__(self) -> str:
        """Return `code(name=value, …)` for logs."""
        inside = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({inside})"


class NotFound(DomainError):
    """It is not there, or the actor may not know that it is."""

    code = "not_found"


class Conflict(DomainError):
    """Somebody else changed it first, or its state does not allow this."""

    code = "conflict"


class Invalid(DomainError):
    """A value cannot be accepted; `params["field"]` names it."""

    code = "invalid"


class Unauthorized(DomainError):
    """Who asks is not known: the token is missing, unknown or ended."""

    code = "unauthorized"


class Forbidden(DomainError):
    """The actor may see it but not do this."""

    code = "forbidden"


class Unavailable(DomainError):
    """Something that the request needs is down for now: database, disk, index."""

    code = "unavailable"
