"""What DNS says about a domain that we send from: SPF, DKIM, DMARC, and where its mail goes.

Source: RFC 7208, 3.2 and 4.5 (one record only); RFC 6376, 3.6.1; RFC 7489, 6.3 and 6.6.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autoreply.dns_records import Records
from autoreply.look import Look, bad, care, well
from autoreply.providers import Provider, of_address
from kb.errors import Unavailable

MOST_ABOVE = 8
_TAG = re.compile(r"\s*([a-z]+)\s*=\s*([^;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Published:
    """Our own DKIM record, as it should stand in DNS: its name and its value."""

    name: str
    value: str


def dns_looks(
    address: str, records: Records, *, relay: Provider | None, dkim: Published | None
) -> list[Look]:
    """Look at the records of an address's domain.

    Args:
        address: ours, that mail leaves from.
        records: answers questions about names.
        relay: whose relay sends, when that is known.
        dkim: our own key, when we sign by ourselves.
    """
    domain = address.rpartition("@")[2].lower()
    owner = of_address(address)
    if owner is not None:
        return [well("dns_of_provider", domain=domain)]
    try:
        return [
            _mx(domain, records),
            _spf(domain, records, relay),
            _dkim(domain, records, relay, dkim),
            _dmarc(domain, records),
        ]
    except Unavailable as error:
        reason = str(error.params.get("reason", ""))
        return [care("dns_down", domain=domain, reason=reason)]


def _mx(domain: str, records: Records) -> Look:
    servers = records.servers(domain)
    if not servers:
        return bad("mx_missing", domain=domain)
    return well("mx_found", domain=domain, server=servers[0])


def _spf(domain: str, records: Records, relay: Provider | None) -> Look:
    found = [text for text in records.texts(domain) if _is_spf(text)]
    if not found:
        include = f"include:{relay.spf} " if relay and relay.spf else ""
        return care("spf_missing", domain=domain, value=f"v=spf1 {include or 'mx '}~all")
    if len(found) > 1:
        return bad("spf_twice", domain=domain, count=len(found))
    words = found[0].lower().split()
    if "+all" in words or "all" in words:
        return bad("spf_open", domain=domain, value=found[0])
    if relay and relay.spf and f"include:{relay.spf}" not in words and not _redirected(words):
        return care("spf_without_relay", domain=domain, include=f"include:{relay.spf}")
    return well("spf_found", domain=domain, value=found[0])


def _is_spf(text: str) -> bool:
    return text.lower().split(" ", 1)[0] == "v=spf1"


def _redirected(words: list[str]) -> bool:
    """Say whether another record decides, which may well include the relay."""
    return any(word.startswith("redirect=") for word in words)


def _dkim(domain: str, records: Records, relay: Provider | None, dkim: Published | None) -> Look:
    if dkim is None:
        signs = relay is not None and relay.signs
        return well("dkim_of_provider") if signs else care("dkim_unsigned", domain=domain)
    found = [tags(text).get("p", "") for text in records.texts(dkim.name)]
    if not any(found):
        return bad("dkim_missing", name=dkim.name, value=dkim.value)
    if tags(dkim.value)["p"] not in found:
        return bad("dkim_other", name=dkim.name, value=dkim.value)
    return well("dkim_found", name=dkim.name)


def _dmarc(domain: str, records: Records) -> Look:
    labels = domain.split(".")
    # The domain itself, else the next one above it that says something (a walk up the tree).
    for start in range(max(len(labels) - 1, 1))[:MOST_ABOVE]:
        name = "_dmarc." + ".".join(labels[start:])
        found = [text for text in records.texts(name) if tags(text).get("v", "") == "DMARC1"]
        if found:
            policy = tags(found[0]).get("p", "none").lower()
            return well("dmarc_found", name=name, policy=policy)
    return care("dmarc_missing", name=f"_dmarc.{domain}", value="v=DMARC1; p=none")


def tags(record: str) -> dict[str, str]:
    """Return the tags of a DKIM or DMARC record, white space inside values removed."""
    return {
        match[1].lower(): "".join(match[2].split())
        for match in map(_TAG.fullmatch, record.split(";"))
        if match
    }
