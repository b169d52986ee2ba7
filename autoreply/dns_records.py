"""Look names up. The only door to dnspython.

Source: RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import dns.exception
import dns.resolver

from kb.errors import Unavailable

SECONDS = 4.0


class Records(Protocol):
    """Answers questions about names."""

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name, each with its strings joined; none is [].

        Raises:
            Unavailable: `dns_down`: nobody answers.
        """

    def servers(self, name: str) -> list[str]:
        """Return the mail servers of a name, best first; none is []. Raises Unavailable."""

    def addresses(self, name: str) -> list[str]:
        """Return the IPv4 and IPv6 addresses of a name; none is []. Raises Unavailable."""


@dataclass(slots=True)
class Resolver:
    """Asks name servers.

    Attributes:
        nameservers: addresses; empty for those of this machine.
        port: where they listen.
        seconds: longest wait for one answer.
    """

    nameservers: tuple[str, ...] = ()
    port: int = 53
    seconds: float = SECONDS
    _resolver: dns.resolver.Resolver = field(init=False)

    def __post_init__(self) -> None:
        """Read this machine's configuration unless told whom to ask."""
        own = not self.nameservers
        try:
            self._resolver = dns.resolver.Resolver(configure=own)
        except dns.exception.DNSException:
            self._resolver = dns.resolver.Resolver(configure=False)
        if not own:
            self._resolver.nameservers = list(self.nameservers)
            self._resolver.port = self.port
        self._resolver.lifetime = self.seconds

    def texts(self, name: str) -> list[str]:
        """Return TXT records (see `Records`)."""
        return [b"".join(one.strings).decode("utf-8", "replace") for one in self._ask(name, "TXT")]

    def servers(self, name: str) -> list[str]:
        """Return MX records (see `Records`)."""
        found = sorted(self._ask(name, "MX"), key=lambda one: int(one.preference))
        return [str(one.exchange).rstrip(".") for one in found]

    def addresses(self, name: str) -> list[str]:
        """Return A and AAAA records (see `Records`)."""
        return [str(one.address) for kind in ("A", "AAAA") for one in self._ask(name, kind)]

    # Any would be dnspython's own: the type of a record depends on what was asked for.
    def _ask(self, name: str, kind: str) -> list:  # type: ignore[type-arg]  # see above
        try:
            answer = self._resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise Unavailable("dns_down", name=name, reason=type(error).__name__) from error
        return list(answer)
