"""What DNS says about a domain that we send from: SPF, DKIM, DMARC, and where its mail goes.

Source: RFC 7208, 3.2 and 4.5 (one record only); RFC 6376, 3.6.1; RFC 7489, 6.3 and 6.6.3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autoreply.check_spf import spf_look
from autoreply.dns_records import Records
from autoreply.look import BAD, OK, Look, bad, care, well
from autoreply.providers import NULL, Provider, of_address
from kb.errors import Unavailable

MOST_ABOVE = 8
_REFUSES = ("quarantine", "reject")
_TAG = re.compile(r"\s*([a-z]+)\s*=\s*([^;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Published:
    """Our own DKIM record, as it should stand in DNS: its name and its value."""

    name: str
    value: str


def dns_looks(
    address: str,
    records: Records,
    *,
    relay: Provider | None,
    dkim: Published | None,
    host: str = "",
    envelope: str = "",
) -> list[Look]:
    """Look at the records of an address's domain.

    Args:
        address: ours, that mail leaves from.
        records: answers questions about names.
        relay: whose relay sends, when that is known.
        dkim: our own key, when we sign by ourselves.
        host: of the relay; "" when there is none.
        envelope: envelope sender that automatic mail leaves with; "" when that is not known.
    """
    domain = address.rpartition("@")[2].lower()
    owner = of_address(address)
    if owner is not None:
        return [well("dns_of_provider", domain=domain)]
    try:
        signature = _dkim(domain, records, relay, dkim)
        return [
            _mx(domain, records),
            spf_look(domain, records, relay=relay, host=host),
            signature,
            _dmarc(address, records, signature, dkim, envelope),
        ]
    except Unavailable as error:
        reason = str(error.params.get("reason", ""))
        return [care("dns_down", domain=domain, reason=reason)]


def _mx(domain: str, records: Records) -> Look:
    servers = records.servers(domain)
    if not servers:
        return bad("mx_missing", domain=domain)
    return well("mx_found", domain=domain, server=servers[0])


def _dkim(domain: str, records: Records, relay: Provider | None, dkim: Published | None) -> Look:
    if dkim is None:
        return _signed_by_relay(domain, records, relay)
    found = [tags(text).get("p", "") for text in records.texts(dkim.name)]
    if not any(found):
        return bad("dkim_missing", name=dkim.name, value=dkim.value)
    if tags(dkim.value)["p"] not in found:
        return bad("dkim_other", name=dkim.name, value=dkim.value)
    return well("dkim_found", name=dkim.name)


def _signed_by_relay(domain: str, records: Records, relay: Provider | None) -> Look:
    """Say who signs; a provider that signs with a domain of its own leaves DMARC unaligned."""
    if relay is None or not relay.signs:
        return care("dkim_unsigned", domain=domain)
    if not relay.selectors:
        return well("dkim_of_provider", domain=domain)
    names = [f"{selector}._domainkey.{domain}" for selector in relay.selectors]
    for name in names:
        if any(tags(text).get("p") for text in records.texts(name)):
            return well("dkim_provider_found", name=name)
    return care("dkim_provider_missing", domain=domain, name=names[0])


def _dmarc(
    address: str, records: Records, signature: Look, dkim: Published | None, envelope: str
) -> Look:
    domain = address.rpartition("@")[2].lower()
    name, found = _policy(domain, records)
    if not found:
        value = f"v=DMARC1; p=none; rua=mailto:{address}"
        return care("dmarc_missing", name=f"_dmarc.{domain}", value=value)
    below = name != f"_dmarc.{domain}"
    policy = (found.get("sp", "") if below else "") or found.get("p", "none")
    policy = policy.lower()
    if policy not in _REFUSES:
        return well("dmarc_watching", name=name, policy=policy)
    if dkim and found.get("adkim") == "s" and not dkim.name.endswith(f"._domainkey.{domain}"):
        return bad("dmarc_strict", domain=domain, policy=policy, name=name)
    # The null sender is judged by the relay's own name, so only a signature can be aligned.
    if envelope == NULL and signature.state != OK:
        return (bad if signature.state == BAD else care)(
            "dmarc_needs_dkim", domain=domain, policy=policy
        )
    return well("dmarc_found", name=name, policy=policy)


def _policy(domain: str, records: Records) -> tuple[str, dict[str, str]]:
    """Return where the DMARC record stands that counts, and its tags; ("", {}) for none."""
    labels = domain.split(".")
    # The domain itself, else the next one above it that says something (a walk up the tree).
    for start in range(max(len(labels) - 1, 1))[:MOST_ABOVE]:
        name = "_dmarc." + ".".join(labels[start:])
        found = [tags(text) for text in records.texts(name)]
        found = [one for one in found if one.get("v", "") == "DMARC1"]
        if found:
            return name, found[0]
    return "", {}


def tags(record: str) -> dict[str, str]:
    """Return the tags of a DKIM or DMARC record, white space inside values removed."""
    return {
        match[1].lower(): "".join(match[2].split())
        for match in map(_TAG.fullmatch, record.split(";"))
        if match
    }
