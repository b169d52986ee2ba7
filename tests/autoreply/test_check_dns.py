"""What DNS says about our domain: SPF followed as receivers do, DKIM, DMARC, alignment."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoreply import signing, spf
from autoreply.check_dns import Published, dns_looks, tags
from autoreply.dns_records import Resolver
from autoreply.look import Look
from autoreply.providers import find
from tests import mailproviders, mailservers
from web import mail_words

OURS = "help@anlu.example"

ZONE = {
    ("anlu.example", "MX"): ["10 mx2.anlu.example.", "5 mx1.anlu.example."],
    ("anlu.example", "TXT"): ['"v=spf1 include:spf.mail.qq.com ~all"', '"other=1"'],
    ("_dmarc.anlu.example", "TXT"): ['"v=DMARC1; p=quarantine; rua=mailto:x@anlu.example"'],
    ("spf.mail.qq.com", "TXT"): ['"v=spf1 include:qq-a.mail.qq.com ip4:1.2.3.0/24 -all"'],
    ("qq-a.mail.qq.com", "TXT"): ['"v=spf1 ip4:1.2.4.0/24 -all"'],
}


def ask(
    zone: dict[tuple[str, str], list[str]],
    *,
    address: str = OURS,
    relay: str = "exmail",
    dkim: Published | None = None,
    **more: str,
) -> dict[str, Look]:
    with mailproviders.name_server(zone) as port:
        records = Resolver(("127.0.0.1",), port, seconds=2.0)
        looks = dns_looks(address, records, relay=find(relay), dkim=dkim, **more)
    return {look.name: look for look in looks}


def test_a_domain_in_order() -> None:
    found = ask(ZONE)
    assert {name: look.code for name, look in found.items()} == {
        "mx": "mx_found", "spf": "spf_found", "dkim": "dkim_of_provider", "dmarc": "dmarc_found",
    }  # fmt: skip
    assert found["mx"].params["server"] == "mx1.anlu.example"
    assert found["dmarc"].params["policy"] == "quarantine"


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([], "spf_missing"),
        (['"v=spf1 mx -all"', '"v=spf1 a -all"'], "spf_twice"),
        (['"v=spf1 +all"'], "spf_open"),
        (['"v=spf1 mx -all"'], "spf_without_relay"),
        (['"v=spf1 redirect=_spf.anlu.example"'], "spf_broken"),
        (['"v=spf1 redirect=spf.mail.qq.com"'], "spf_found"),
        (['"v=spf1 inlcude:spf.mail.qq.com -all"'], "spf_broken"),
        (['"v=spf1 ip4:1.2.3.400 include:spf.mail.qq.com -all"'], "spf_broken"),
        (['"v=spf1 include:spf.mail.qq.com"'], "spf_lax"),
        (['"v=spf1 include:spf.mail.qq.com ?all"'], "spf_lax"),
        (['"v=spf1 include:spf.mail" ".qq.com -all"'], "spf_found"),
        (['"v=spf10 +all"'], "spf_missing"),
    ],
)
def test_spf(records: list[str], code: str) -> None:
    zone = {**ZONE, ("anlu.example", "TXT"): records or ['"x"']}
    assert ask(zone)["spf"].code == code


OWN = {
    ("mx.anlu.example", "A"): ["8.8.4.7"],
    ("mx.anlu.example", "AAAA"): ["2001:4860::7"],
    ("anlu.example", "MX"): ["10 mx.anlu.example."],
    ("_dmarc.anlu.example", "TXT"): ['"v=DMARC1; p=none"'],
}


@pytest.mark.parametrize(
    ("record", "code", "value"),
    [
        ("v=spf1 mx -all", "spf_found", ""),
        ("v=spf1 ip4:8.8.4.0/24 ip6:2001:4860::/32 -all", "spf_found", ""),
        ("v=spf1 a:mx.anlu.example/24//64 ~all", "spf_found", ""),
        (
            "v=spf1 ip4:9.9.9.9 -all",
            "spf_without_host",
            "v=spf1 ip4:9.9.9.9 ip4:8.8.4.7 ip6:2001:4860::7 -all",
        ),
        (
            "v=spf1 ip4:8.8.4.7 ~all",
            "spf_without_host",
            "v=spf1 ip4:8.8.4.7 ip6:2001:4860::7 ~all",
        ),
        ("v=spf1 +all", "spf_open", "v=spf1 ip4:8.8.4.7 ip6:2001:4860::7 ~all"),
        ("", "spf_missing", "v=spf1 ip4:8.8.4.7 ip6:2001:4860::7 ~all"),
    ],
)
def test_a_relay_of_ones_own_has_to_be_in_the_record(record: str, code: str, value: str) -> None:
    zone = {**OWN, ("anlu.example", "TXT"): [f'"{record}"'] if record else ['"x"']}
    look = ask(zone, relay="", host="mx.anlu.example")["spf"]
    assert look.code == code
    if value:
        assert look.params["value"] == value
        assert value in mail_words.sentence(look)
        # What is advised is right.
        again = {**zone, ("anlu.example", "TXT"): [f'"{value}"']}
        assert ask(again, relay="", host="mx.anlu.example")["spf"].code == "spf_found"


@pytest.mark.parametrize("host", ["", "localhost", "127.0.0.1", "10.1.1.1"])
def test_a_relay_behind_a_wall_is_not_guessed_at(host: str) -> None:
    zone = {**OWN, ("anlu.example", "TXT"): ['"v=spf1 ip4:9.9.9.9 -all"']}
    assert ask(zone, relay="", host=host)["spf"].code == "spf_found"


def test_more_than_ten_lookups_are_too_many() -> None:
    def zone(many: int) -> dict[tuple[str, str], list[str]]:
        terms = " ".join(f"include:i{n}.example" for n in range(many))
        more = {(f"i{n}.example", "TXT"): ['"v=spf1 ip4:9.9.9.9 -all"'] for n in range(many)}
        return {**OWN, **more, ("anlu.example", "TXT"): [f'"v=spf1 {terms} -all"']}

    assert ask(zone(10), relay="")["spf"].params["count"] == 10
    look = ask(zone(11), relay="")["spf"]
    assert (look.code, look.params["count"]) == ("spf_lookups", 11)


def test_records_that_lead_in_circles_end() -> None:
    zone = {
        **OWN,
        ("anlu.example", "TXT"): ['"v=spf1 include:b.example -all"'],
        ("b.example", "TXT"): ['"v=spf1 redirect=anlu.example"'],
    }
    assert ask(zone, relay="")["spf"].code in ("spf_broken", "spf_lookups")


# Source: RFC 7208, appendix A.
EXAMPLE = {
    ("example.com", "MX"): ["10 mail-a.example.com.", "20 mail-b.example.com."],
    ("example.com", "A"): ["192.0.2.10", "192.0.2.11"],
    ("mail-a.example.com", "A"): ["192.0.2.129"],
    ("mail-b.example.com", "A"): ["192.0.2.130"],
    ("example.org", "MX"): ["10 mail-c.example.org."],
    ("mail-c.example.org", "A"): ["192.0.2.140"],
}


@pytest.mark.parametrize(
    ("record", "passes", "fails"),
    [
        ("v=spf1 +all", ["9.9.9.9"], []),
        ("v=spf1 a -all", ["192.0.2.10", "192.0.2.11"], ["192.0.2.129"]),
        ("v=spf1 a:example.org -all", [], ["192.0.2.10"]),
        ("v=spf1 mx -all", ["192.0.2.129", "192.0.2.130"], ["192.0.2.10"]),
        ("v=spf1 mx:example.org -all", ["192.0.2.140"], ["192.0.2.129"]),
        ("v=spf1 mx mx:example.org -all", ["192.0.2.129", "192.0.2.140"], ["192.0.2.10"]),
        ("v=spf1 mx/30 mx:example.org/30 -all", ["192.0.2.131", "192.0.2.143"], ["192.0.2.144"]),
        ("v=spf1 ip4:192.0.2.128/28 -all", ["192.0.2.129"], ["192.0.2.65"]),
        ("v=spf1 -ip4:192.0.2.129 mx -all", ["192.0.2.130"], ["192.0.2.129"]),
    ],
)
def test_the_examples_of_the_standard(record: str, passes: list[str], fails: list[str]) -> None:
    zone = {**EXAMPLE, ("example.com", "TXT"): [f'"{record}"']}
    with mailproviders.name_server(zone) as port:
        records = Resolver(("127.0.0.1",), port, seconds=2.0)
        for one in passes:
            assert spf.ask("example.com", records, sending=one).result == "pass", one
        for one in fails:
            assert spf.ask("example.com", records, sending=one).result == "fail", one


class Said:
    """A name server that says the same of every name."""

    def __init__(self, text: str) -> None:
        self.text = text

    def texts(self, name: str) -> list[str]:
        return [self.text]

    def servers(self, name: str) -> list[str]:
        return [name]

    def addresses(self, name: str) -> list[str]:
        return ["192.0.2.1"]


TERMS = [
    "a", "mx", "include:x.cn", "redirect=y.cn", "-all", "~all", "ip4:1.2.3.4/33", "ip6:::/0", "x",
    "exists:%{i}.x.cn", "ptr", "a//64", "ip4:", "include:", "mx/24", "exp=z.cn",
]  # fmt: skip


@given(st.lists(st.sampled_from(TERMS) | st.text(max_size=8), max_size=9))
def test_any_record_is_followed_to_an_end(terms: list[str]) -> None:
    record = f"v=spf1 {' '.join(terms)}"
    for sending in ("", "192.0.2.1", "2001:db8::1"):
        assert spf.ask("x.cn", Said(record), sending=sending).result


@pytest.mark.parametrize(
    ("record", "envelope", "code"),
    [
        ("v=DMARC1; p=none", "null", "dmarc_watching"),
        ("v=DMARC1; p=reject", "authorised", "dmarc_found"),
        ("v=DMARC1; p=reject", "null", "dmarc_needs_dkim"),
        ("v=DMARC1; p=quarantine", "verp", "dmarc_found"),
    ],
)
def test_a_policy_that_refuses_needs_something_that_is_aligned(
    record: str, envelope: str, code: str
) -> None:
    zone = {**OWN, ("_dmarc.anlu.example", "TXT"): [f'"{record}"']}
    assert ask(zone, relay="", envelope=envelope)["dmarc"].code == code


def test_a_strict_policy_wants_the_very_domain(tmp_path: Path) -> None:
    ours = Published(
        signing.record_name("anlu.example", "wenqu"),
        signing.record(signing.make_key(tmp_path / "a.pem")),
    )
    quoted = " ".join(f'"{piece}"' for piece in signing.pieces(ours.value))
    zone = {
        **OWN,
        (ours.name, "TXT"): [quoted],
        ("_dmarc.anlu.example", "TXT"): ['"v=DMARC1; p=reject; adkim=s"'],
    }
    found = ask(zone, relay="", dkim=ours, envelope="null")
    assert found["dmarc"].code == "dmarc_found"
    below = ask(zone, relay="", dkim=ours, address="a@kefu.anlu.example", envelope="null")
    assert below["dmarc"].code == "dmarc_strict"


def test_the_policy_for_what_stands_below_counts_there() -> None:
    zone = {**OWN, ("_dmarc.anlu.example", "TXT"): ['"v=DMARC1; p=none; sp=reject"']}
    assert ask(zone, relay="", address="a@kefu.anlu.example")["dmarc"].params["policy"] == "reject"
    assert ask(zone, relay="")["dmarc"].params["policy"] == "none"


def test_a_provider_that_signs_with_its_own_domain_is_named() -> None:
    bare = ask({**ZONE}, relay="outlook")["dkim"]
    assert bare.code == "dkim_provider_missing"
    assert "selector1._domainkey.anlu.example" in mail_words.sentence(bare)
    key = {("selector2._domainkey.anlu.example", "TXT"): ['"v=DKIM1; p=MII"']}
    assert ask({**ZONE, **key}, relay="outlook")["dkim"].code == "dkim_provider_found"


def test_our_own_dkim_record_has_to_be_the_one_of_our_key(tmp_path: Path) -> None:
    pem = signing.make_key(tmp_path / "a.pem")
    other = signing.make_key(tmp_path / "b.pem")
    name = signing.record_name("anlu.example", "wenqu")
    ours = Published(name, signing.record(pem))
    quoted = " ".join(f'"{piece}"' for piece in signing.pieces(ours.value))
    assert ask(ZONE, dkim=ours)["dkim"].code == "dkim_missing"
    assert ask({**ZONE, (name, "TXT"): [quoted]}, dkim=ours)["dkim"].code == "dkim_found"
    wrong = " ".join(f'"{piece}"' for piece in signing.pieces(signing.record(other)))
    assert ask({**ZONE, (name, "TXT"): [wrong]}, dkim=ours)["dkim"].code == "dkim_other"


def test_dmarc_is_looked_for_up_the_tree() -> None:
    zone = {**ZONE, ("_dmarc.anlu.com.cn", "TXT"): ['"v=DMARC1; p=reject"']}
    found = ask(zone, address="help@kefu.mail.anlu.com.cn")["dmarc"]
    assert (found.code, found.params["policy"]) == ("dmarc_found", "reject")


def test_dmarc_of_the_domain_above_counts() -> None:
    zone = {**ZONE, ("mail.anlu.example", "TXT"): ['"v=spf1 include:spf.mail.qq.com ~all"']}
    assert ask(zone, address="help@mail.anlu.example")["dmarc"].code == "dmarc_found"
    bare = {key: value for key, value in ZONE.items() if not key[0].startswith("_dmarc")}
    assert ask(bare)["dmarc"].code == "dmarc_missing"


def test_a_providers_own_domain_is_the_providers() -> None:
    assert list(ask({}, address="anlu@163.com")) == ["dns"]


def test_a_name_server_that_fails_is_named() -> None:
    zone = {("anlu.example", "MX"): ["SERVFAIL"]}
    assert ask(zone)["dns"].code == "dns_down"
    silent = Resolver(("127.0.0.1",), mailservers.free_port(), seconds=0.5)
    [look] = dns_looks(OURS, silent, relay=None, dkim=None)
    assert look.code == "dns_down"


def test_tags_bear_spaces() -> None:
    assert tags(" v = DKIM1 ;p= AB C;; x") == {"v": "DKIM1", "p": "ABC"}
