"""Whether a domain's SPF record lets a server send, and whether receivers can follow it at all.

Source: RFC 7208: 4.6.4 (ten lookups, two void ones), 5 (mechanisms), 6.1 (redirect), 7 (macros).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from autoreply.dns_records import Records

PASS, FAIL, SOFTFAIL, NEUTRAL, NONE, BROKEN = (
    "pass", "fail", "softfail", "neutral", "none", "broken",
)  # fmt: skip
MOST_LOOKUPS = 10
MOST_VOID = 2
_MOST_STEPS = 60

_RESULTS = {"+": PASS, "-": FAIL, "~": SOFTFAIL, "?": NEUTRAL}
_TERM = re.compile(r"([+?~-]?)([a-z][a-z0-9_.-]*)(?::([^/\s]+))?(/\d{1,3})?(?://(\d{1,3}))?")
_RANGE = re.compile(r"([+?~-]?)ip([46]):(\S+)")
_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(\S*)")
_ASKING = frozenset({"include", "a", "mx", "ptr", "exists"})
_NO_LOOKUP = frozenset({"all"})

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class _Broken(Exception):
    """The record cannot be followed; its text says where."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a record says.

    Attributes:
        result: `pass`, `fail`, `softfail`, `neutral`, `none` or `broken`.
        lookups: how many questions about names it takes in the worst case.
        includes: every record that it includes or leads to, directly or through others.
        why: of a broken one, the term that breaks it.
        ends: the record ends in an `all` or leads to another one.
    """

    result: str
    lookups: int = 0
    includes: frozenset[str] = frozenset()
    why: str = ""
    ends: bool = True


def records_of(domain: str, records: Records) -> list[str]:
    """Return the SPF records of a domain; more than one counts as none. Raises Unavailable."""
    return [text for text in records.texts(domain) if text.lower().split(" ", 1)[0] == "v=spf1"]


def ask(domain: str, records: Records, *, sending: str = "") -> Answer:
    """Follow a domain's record.

    Args:
        domain: of the envelope sender.
        records: answers questions about names.
        sending: address of the server that sends; "" follows everything and matches nothing.

    Raises:
        Unavailable: a name server does not answer.
    """
    walk = _Walk(records, ipaddress.ip_address(sending) if sending else None)
    try:
        result = walk.follow(domain)
    except _Broken as error:
        return Answer(BROKEN, walk.lookups, frozenset(walk.includes), str(error))
    return Answer(result, walk.lookups, frozenset(walk.includes), ends=walk.ends)


def with_term(record: str, term: str) -> str:
    """Return a record that also holds a term, before what ends it."""
    words = record.split()
    place = next(
        (
            n
            for n, word in enumerate(words)
            if word.lower().lstrip("+?~-") == "all" or word.lower().startswith("redirect=")
        ),
        len(words),
    )
    return " ".join([*words[:place], term, *words[place:]])


@dataclass(slots=True)
class _Walk:
    """One walk through a record and those that it leads to."""

    records: Records
    sending: Address | None
    lookups: int = 0
    void: int = 0
    steps: int = 0
    includes: set[str] = field(default_factory=set)
    ends: bool = True

    def follow(self, domain: str, *, top: bool = True) -> str:
        found = records_of(domain, self.records)
        if not found:
            return NONE
        if len(found) > 1:
            raise _Broken(f"{domain}: {len(found)} × v=spf1")
        terms = found[0].split()[1:]
        lead = ""
        for term in terms:
            self._step()
            modifier = _MODIFIER.fullmatch(term.lower())
            if modifier:
                lead = modifier[2] if modifier[1] == "redirect" else lead
                continue
            result = self._term(term, domain)
            if result is not None and self._decides(term):
                return result
        if lead and not any(self._is_all(term) for term in terms):
            return self._redirect(lead, top=top)
        self.ends = self.ends and (not top or any(self._is_all(term) for term in terms))
        return NEUTRAL

    def _decides(self, term: str) -> bool:
        # Without a server everything is followed, so that the worst case is counted.
        return self.sending is not None or self._is_all(term)

    @staticmethod
    def _is_all(term: str) -> bool:
        return term.lower().lstrip("+?~-") == "all"

    def _redirect(self, target: str, *, top: bool) -> str:
        self._count()
        if "%" in target:
            return NEUTRAL
        self.includes.add(target)
        result = self.follow(target, top=top)
        if result == NONE:
            raise _Broken(f"redirect={target}")
        return result

    def _term(self, term: str, domain: str) -> str | None:
        """Return the result of a mechanism that matches, None when it does not."""
        ranged = _RANGE.fullmatch(term.lower())
        if ranged:
            return _RESULTS[ranged[1] or "+"] if self._within([ranged[3]], term) else None
        match = _TERM.fullmatch(term.lower())
        if match is None or match[2] not in _ASKING | _NO_LOOKUP:
            raise _Broken(term)
        sign, name, target = match[1] or "+", match[2], match[3] or domain
        if name == "all":
            return _RESULTS[sign]
        self._count()
        if "%" in target:
            # Depends on the single mail.
            return None
        matches = _MECHANISMS[name](self, target, match[4] or "", match[5] or "")
        return _RESULTS[sign] if matches else None

    def _include(self, target: str, _four: str, _six: str) -> bool:
        self.includes.add(target)
        result = self.follow(target, top=False)
        if result == NONE:
            raise _Broken(f"include:{target}")
        return result == PASS

    def _hosts(self, target: str, four: str, six: str) -> bool:
        return self._matches([target], four, six)

    def _exchanges(self, target: str, four: str, six: str) -> bool:
        servers = self.records.servers(target)[:MOST_LOOKUPS]
        if not servers:
            self._nothing(target)
        return self._matches(servers, four, six)

    def _matches(self, hosts: list[str], four: str, six: str) -> bool:
        if self.sending is None:
            return False
        found = [one for host in hosts for one in self.records.addresses(host)]
        if not found:
            self._nothing(hosts[0] if hosts else "")
        ranges = [one + (f"/{six}" if six and ":" in one else "" if ":" in one else four)
                  for one in found]  # fmt: skip
        return self._within(ranges, "")

    def _exists(self, target: str, _four: str, _six: str) -> bool:
        return self.sending is not None and bool(self.records.addresses(target))

    def _never(self, _target: str, _four: str, _six: str) -> bool:
        # `ptr` is slow, unreliable and not to be used (5.5); receivers may skip it.
        return False

    def _within(self, ranges: list[str], term: str) -> bool:
        try:
            networks = [ipaddress.ip_network(one, strict=False) for one in ranges]
        except ValueError as error:
            raise _Broken(term or str(error)) from error
        here = self.sending
        return here is not None and any(
            here in one for one in networks if one.version == here.version
        )

    def _count(self) -> None:
        self.lookups += 1

    def _nothing(self, name: str) -> None:
        self.void += 1
        if self.void > MOST_VOID:
            raise _Broken(name)

    def _step(self) -> None:
        """End a record that leads in circles."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise _Broken("…")


_MECHANISMS: Mapping[str, Callable[[_Walk, str, str, str], bool]] = {
    "include": _Walk._include,
    "a": _Walk._hosts,
    "mx": _Walk._exchanges,
    "exists": _Walk._exists,
    "ptr": _Walk._never,
}
