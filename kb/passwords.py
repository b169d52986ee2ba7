"""Passwords: the only door to argon2."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from kb.errors import Invalid

MINIMUM, MAXIMUM = 10, 256
# OWASP's second profile: 19 MiB, 2 passes; a small machine can sign several people in at once.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Spent for unknown names too, so that timing does not tell which names exist.
_DUMMY = (
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy10aGlz$"
    "7c9a0fQ0oQmOq3bqQ3n1rT0yqkq9iQf0nB5m3kYxw7s"
)
_COMMON = frozenset(
    {"1234567890", "password123", "qwertyuiop", "woaini1314", "administrator", "wenqu12345"}
)


def check(password: str) -> None:
    """Refuse what is easily guessed. Raises Invalid: too short, too long, or too common."""
    if len(password) < MINIMUM:
        raise Invalid("password_short", field="password", minimum=MINIMUM)
    if len(password) > MAXIMUM:
        raise Invalid("password_long", field="password", maximum=MAXIMUM)
    if password.lower() in _COMMON or len(set(password)) < 4:
        raise Invalid("password_common", field="password")


def hash_password(password: str) -> str:
    """Return the argon2id hash. Raises Invalid, as `check`."""
    check(password)
    return _HASHER.hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Say whether the password is right; takes the same time for an unknown name."""
    try:
        matches = _HASHER.verify(stored or _DUMMY, password[:MAXIMUM])
    except (Argon2Error, InvalidHashError):
        return False
    return matches and stored is not None
