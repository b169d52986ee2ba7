"""Trying a mailbox against servers that refuse as 163 and QQ do, and against a name server."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from autoreply import signing
from autoreply.check import check
from autoreply.check_dns import Published, dns_looks, tags
from autoreply.check_imap import imap_looks, unreachable
from autoreply.check_smtp import Trial, smtp_looks
from autoreply.dns_records import Resolver
from autoreply.imap import Account
from autoreply.look import Look
from autoreply.providers import find
from autoreply.relay import Relay
from tests import mailproviders, mailservers
from tests.mailproviders import CODE, NETEASE_REFUSAL, QQ_REFUSAL, ImapProvider, SmtpProvider
from web import mail_words

OURS = "help@anlu.example"
SECRET = b"k" * 32


def account(port: int, *, password: str = CODE, folder: str = "INBOX") -> Account:
    return Account(OURS, "127.0.0.1", port, OURS, password, "none", folder)


def relay(port: int, *, password: str = CODE) -> Relay:
    return Relay("127.0.0.1", port, "none", OURS, password)


def trial(port: int, wanted: str = "null", *, password: str = CODE) -> Trial:
    return Trial(relay(port, password=password), OURS, wanted, SECRET)


def codes(looks: list[Look] | tuple[Look, ...]) -> list[str]:
    return [look.code for look in looks]


# Reading.


def test_163_lets_in_who_says_who_they_are() -> None:
    provider = mailproviders.netease()
    with mailproviders.imap_provider(provider) as port:
        looks = imap_looks(account(port))
    assert codes(looks) == ["imap_connected", "imap_signed_in", "imap_folder", "imap_polls"]
    assert provider.commands.index("ID") < provider.commands.index("EXAMINE")
    assert looks[2].params["count"] == 3


def test_163_that_still_finds_it_unsafe_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = replace(mailproviders.netease(), capabilities="IMAP4rev1")
    with mailproviders.imap_provider(provider) as port:
        looks = imap_looks(account(port))
    assert codes(looks)[-1] == "imap_unsafe"
    assert "kefu@188.com" in str(looks[-1].params["reply"])


def test_163_is_told_a_password_instead_of_a_code() -> None:
    with mailproviders.imap_provider(mailproviders.netease()) as port:
        looks = imap_looks(account(port, password="password"))
    assert codes(looks) == ["imap_connected", "imap_refused"]
    assert "授权码" in mail_words.sentence(looks[-1])


def test_qq_with_its_service_off_is_named() -> None:
    with mailproviders.imap_provider(mailproviders.qq()) as port:
        looks = imap_looks(account(port, password="password"))
    assert codes(looks) == ["imap_connected", "imap_switched_off"]


def test_qq_is_not_told_what_it_does_not_know() -> None:
    provider = replace(mailproviders.qq(), capabilities="IMAP4rev1 IDLE")
    with mailproviders.imap_provider(provider) as port:
        looks = imap_looks(account(port))
    assert codes(looks)[-1] == "imap_idle"
    assert "ID" not in provider.commands


def test_letters_that_no_code_has_are_a_wrong_code() -> None:
    with (
        mailproviders.imap_provider(mailproviders.netease()) as imap,
        mailproviders.smtp_provider(SmtpProvider(OURS)) as smtp,
    ):
        assert codes(imap_looks(account(imap, password="授权码")))[-1] == "imap_refused"
        looks, _ = smtp_looks(trial(smtp, password="授权码"))
    assert codes(looks) == ["smtp_refused"]


def test_a_name_that_is_none_is_named() -> None:
    # A test may look nothing up; this is what a name with a label too long raises.
    look = unreachable("smtp", "x" * 70, 465, UnicodeError("label too long"))
    assert look.code == "smtp_host_unknown"


def test_a_missing_folder_names_those_that_are_there() -> None:
    with mailproviders.imap_provider(ImapProvider()) as port:
        looks = imap_looks(account(port, folder="客服"))
    assert codes(looks)[-1] == "imap_folder_missing"
    assert looks[-1].params["folders"] == "INBOX、Sent"


def test_what_cannot_be_reached_is_named() -> None:
    closed = mailservers.free_port()
    assert codes(imap_looks(account(closed))) == ["imap_port_closed"]
    # A test may look nothing up; this is what a name that does not exist raises.
    nowhere = unreachable("imap", "imap.nowhere.invalid", closed, socket.gaierror(-2, "unknown"))
    assert nowhere.code == "imap_host_unknown"
    looks, best = smtp_looks(trial(closed))
    assert (codes(looks), best) == (["smtp_port_closed"], None)


def test_plain_text_where_encryption_was_expected_is_named() -> None:
    with mailproviders.imap_provider(ImapProvider()) as port:
        looks = imap_looks(replace(account(port), tls="tls"), seconds=3)
    assert codes(looks) == ["imap_encryption"]


# Sending.


@pytest.mark.parametrize("refusal", [NETEASE_REFUSAL, QQ_REFUSAL])
@pytest.mark.parametrize("late", [False, True])
def test_a_relay_that_wants_its_own_sender_gets_it(refusal: str, *, late: bool) -> None:
    provider = SmtpProvider(OURS, refusal, late)
    with mailproviders.smtp_provider(provider) as port:
        looks, best = smtp_looks(trial(port))
    assert best == "authorised"
    assert codes(looks) == [
        "smtp_signed_in", "smtp_null_refused", "smtp_authorised_taken", "smtp_verp_refused",
        "smtp_uses_authorised",
    ]  # fmt: skip
    assert looks[1].params["reply"] == refusal
    assert all(look.state != "bad" for look in looks)
    assert provider.handed == []


def test_a_relay_of_ones_own_takes_the_null_sender() -> None:
    with mailproviders.smtp_provider(SmtpProvider(OURS)) as port:
        looks, best = smtp_looks(trial(port))
        assert smtp_looks(trial(port, "verp"))[1] == "verp"
    assert best == "null"
    assert codes(looks)[-1] == "smtp_uses_null"


def test_verp_that_is_refused_is_a_fault_when_it_is_wanted() -> None:
    with mailproviders.smtp_provider(SmtpProvider(OURS, NETEASE_REFUSAL)) as port:
        looks, best = smtp_looks(trial(port, "verp"))
    assert best == "authorised"
    assert [look.code for look in looks if look.state == "bad"] == ["smtp_verp_refused"]


def test_a_wrong_code_is_named() -> None:
    with mailproviders.smtp_provider(SmtpProvider(OURS)) as port:
        looks, best = smtp_looks(trial(port, password="password"))
    assert (codes(looks), best) == (["smtp_refused"], None)


# DNS.

ZONE = {
    ("anlu.example", "MX"): ["10 mx2.anlu.example.", "5 mx1.anlu.example."],
    ("anlu.example", "TXT"): ['"v=spf1 include:spf.mail.qq.com ~all"', '"other=1"'],
    ("_dmarc.anlu.example", "TXT"): ['"v=DMARC1; p=quarantine; rua=mailto:x@anlu.example"'],
}


def ask(
    zone: dict[tuple[str, str], list[str]],
    *,
    address: str = OURS,
    relay: str = "exmail",
    dkim: Published | None = None,
) -> dict[str, Look]:
    with mailproviders.name_server(zone) as port:
        records = Resolver(("127.0.0.1",), port, seconds=2.0)
        looks = dns_looks(address, records, relay=find(relay), dkim=dkim)
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
        (['"v=spf1 redirect=_spf.anlu.example"'], "spf_found"),
        (['"v=spf1 include:spf.mail" ".qq.com -all"'], "spf_found"),
        (['"v=spf10 +all"'], "spf_missing"),
    ],
)
def test_spf(records: list[str], code: str) -> None:
    zone = {**ZONE, ("anlu.example", "TXT"): records or ['"x"']}
    assert ask(zone)["spf"].code == code


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


# Everything.


def test_a_report_of_a_whole_mailbox() -> None:
    with (
        mailproviders.imap_provider(mailproviders.netease()) as imap,
        mailproviders.smtp_provider(SmtpProvider(OURS, NETEASE_REFUSAL)) as smtp,
        mailproviders.name_server(ZONE) as names,
    ):
        report = check(
            OURS,
            account=account(imap),
            trial=trial(smtp),
            records=Resolver(("127.0.0.1",), names),
        )
    assert report.works
    assert report.envelope == "authorised"
    english = mail_words.english()
    for look in report.looks:
        assert "…" not in mail_words.sentence(look), look
        assert mail_words.sentence(look, english)
