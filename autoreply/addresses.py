"""Addresses out of From, To and their like, tolerantly and in linear time. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from autoreply import headers

MOST_CHARACTERS = 320
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|<[^<>]*>|\([^()]*\)|[,;]|[^"<>(),;]+|.', re.DOTALL)
_VALID = re.compile(
    r"[^\s<>()\[\],;:\"@\x00-\x20]{1,128}@(?:[\w-]{1,63}\.)*[\w-]{1,63}|"
    r"[^\s<>@\x00-\x20]{1,64}@\[[\w.:]+\]"
)
_QUOTED_LOCAL = re.compile(r'"[^"\r\n]{1,62}"@(?:[\w-]{1,63}\.)+[\w-]{1,63}')
# Public archives of lists hide the sign from harvesters.
_ARCHIVED = re.compile(r"([\w.+-]{1,64}) at ((?:[\w-]{1,63}\.)+[\w-]{1,63})")


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox.

    Attributes:
        name: display name, decoded, or "".
        address: as written, case kept; "" for the null sender `<>`.
    """

    name: str
    address: str

    @property
    def key(self) -> str:
        """Return the address for comparing: lower case."""
        return self.address.lower()

    @property
    def local(self) -> str:
        """Return what stands before the last @, lower case."""
        return self.key.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """Return what stands after the last @, lower case."""
        return self.key.rpartition("@")[2]


def parse(value: bytes, *, declared: str | None = None) -> tuple[Address, ...]:
    """Read a list of addresses.

    Args:
        value: raw field value.
        declared: charset of the body, for raw 8-bit names.

    Returns:
        Mailboxes with an @, in order; group names and bare words are left out.
    """
    line = headers.unfold(value)
    chunks: list[list[str]] = [[]]
    for match in _TOKEN.finditer(line):
        if match[0] in {",", ";"}:
            chunks.append([])
        else:
            chunks[-1].append(match[0])
    found = (_one(chunk, declared) for chunk in chunks)
    return tuple(address for address in found if address)


def is_valid(address: str) -> bool:
    """Tell whether mail can be sent to an address without quoting tricks."""
    return bool(_VALID.fullmatch(address) or _QUOTED_LOCAL.fullmatch(address))


def canonical(address: str) -> str:
    """Return the key under which quotas count an address.

    Case, `+tag` and QQ's `+auto_=` make no new person.
    """
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def keys(found: Iterable[Address]) -> frozenset[str]:
    """Return the comparable addresses of mailboxes."""
    return frozenset(address.key for address in found)


def _one(chunk: list[str], declared: str | None) -> Address | None:
    angled = [token for token in chunk if token.startswith("<") and token.endswith(">")]
    with_sign = [token for token in angled if "@" in token]
    if with_sign:
        rest = "".join(token for token in chunk if token != with_sign[-1])
        return Address(_name(rest, declared), _tidy(with_sign[-1]))
    comment = " ".join(token[1:-1] for token in chunk if token.startswith("("))
    bare = "".join(token for token in chunk if not token.startswith("(")).strip()
    return _bare(bare.rpartition(":")[2].strip() or bare, comment, declared)


def _bare(bare: str, comment: str, declared: str | None) -> Address | None:
    if archived := _ARCHIVED.fullmatch(bare):
        return Address(_name(comment, declared), f"{archived[1]}@{archived[2]}")
    if "@" not in bare:
        return None
    spaced = [word for word in bare.split() if "@" in word]
    before = bare[: bare.rfind(spaced[-1])]
    address = bare if bare.startswith('"') else spaced[-1]
    return Address(_name(comment or before, declared), _tidy(address))


def _tidy(token: str) -> str:
    address = re.sub(r"\s+", "", token.strip("<> \t"))[:MOST_CHARACTERS].rstrip(".")
    # A source route `@a,@b:user@host`, or `mailto:` from a copied link.
    return address.rpartition(":")[2] if ":" in address and "[" not in address else address


def _name(value: str, declared: str | None) -> str:
    raw = value.strip().encode("utf-8", "surrogateescape")
    unquoted = re.sub(rb"\\(.)", rb"\1", raw.strip(b'"'), flags=re.DOTALL)
    return headers.clean(headers.text(unquoted, declared=declared)).strip("\"' ")
