"""Look at the SPF record of a domain that we send from, and say which line would be right."""

from __future__ import annotations

import ipaddress

from autoreply import spf
from autoreply.dns_records import Records
from autoreply.look import Look, bad, care, well
from autoreply.providers import Provider


def spf_look(domain: str, records: Records, *, relay: Provider | None, host: str) -> Look:
    """Look at the record; what hurts most is named, with the line to put in its place.

    Args:
        domain: right side of our address, lower case.
        records: answers questions about names.
        relay: whose relay sends, when that is known.
        host: of a relay of one's own; "" when it is not known.

    Raises:
        Unavailable: a name server does not answer.
    """
    term = f"include:{relay.spf}" if relay and relay.spf else ""
    sending = [] if relay else _public(host, records)
    wanted = term or _ranges(sending)
    found = spf.records_of(domain, records)
    if not found:
        value = f"v=spf1 {wanted or 'mx'} ~all"
        return care("spf_missing", domain=domain, value=value)
    if len(found) > 1:
        return bad("spf_twice", domain=domain, count=len(found))
    record = found[0]
    words = record.lower().split()
    if "+all" in words or "all" in words:
        closed = record if wanted in record else spf.with_term(record, wanted)
        return bad("spf_open", domain=domain, value=_ending(closed))
    answer = spf.ask(domain, records)
    return (
        _unreadable(domain, answer)
        or _without_provider(domain, record, answer, relay)
        or _without_host(domain, record, records, host, sending)
        or _endless(domain, record, answer)
        or well("spf_found", domain=domain, value=record, count=answer.lookups)
    )


def _unreadable(domain: str, answer: spf.Answer) -> Look | None:
    if answer.result == spf.BROKEN:
        return bad("spf_broken", domain=domain, term=answer.why)
    if answer.lookups > spf.MOST_LOOKUPS:
        return bad("spf_lookups", domain=domain, count=answer.lookups)
    return None


def _without_provider(
    domain: str, record: str, answer: spf.Answer, relay: Provider | None
) -> Look | None:
    if relay is None or not relay.spf or relay.spf in answer.includes:
        return None
    term = f"include:{relay.spf}"
    value = spf.with_term(record, term)
    return care("spf_without_relay", domain=domain, include=term, value=value)


def _without_host(
    domain: str, record: str, records: Records, host: str, sending: list[str]
) -> Look | None:
    """Find addresses of a relay of one's own that the record does not let send."""
    results = {one: spf.ask(domain, records, sending=one).result for one in sending}
    refused = [one for one, result in results.items() if result != spf.PASS]
    if not refused:
        return None
    failed = spf.FAIL in results.values()
    return (bad if failed else care)(
        "spf_without_host",
        domain=domain,
        host=host,
        addresses=_listed(refused),
        value=spf.with_term(record, _ranges(refused)),
    )


def _endless(domain: str, record: str, answer: spf.Answer) -> Look | None:
    if answer.ends and "?all" not in record.lower().split():
        return None
    return care("spf_lax", domain=domain, value=_ending(record))


def _ending(record: str) -> str:
    """Return a record that refuses softly whom it does not name."""
    words = [word for word in record.split() if word.lower().lstrip("+?~-") != "all"]
    return " ".join([*words, "~all"])


def _public(host: str, records: Records) -> list[str]:
    """Return the addresses of a host as others see it; of one behind a wall there are none."""
    try:
        known = [str(ipaddress.ip_address(host))]
    except ValueError:
        known = records.addresses(host) if host and "." in host else []
    return [one for one in known if ipaddress.ip_address(one).is_global]


def _ranges(sending: list[str]) -> str:
    return " ".join(f"ip6:{one}" if ":" in one else f"ip4:{one}" for one in sending)


def _listed(sending: list[str]) -> str:
    return "、".join(sending)
