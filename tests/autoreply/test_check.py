"""Trying a mailbox against servers that refuse as 163 and QQ do, and against a name server."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from autoreply.check import check
from autoreply.check_imap import imap_looks, unreachable
from autoreply.check_smtp import Trial, refusal, smtp_looks
from autoreply.dns_records import Resolver
from autoreply.imap import Account
from autoreply.look import Look
from autoreply.relay import Relay
from autoreply.transport import Undelivered
from tests import mailproviders, mailservers
from tests.autoreply.test_check_dns import ZONE
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
    assert codes(looks) == ["imap_connected", "imap_code_wrong"]
    assert "重新生成" in mail_words.sentence(looks[-1])


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
        assert codes(imap_looks(account(imap, password="授权码")))[-1] == "imap_password_wrong"
        looks, _ = smtp_looks(trial(smtp, password="授权码"))
    assert codes(looks) == ["smtp_password_wrong"]


# As the servers of each provider say it.
REFUSALS = [
    ("smtp.163.com", "550 User has no permission", "smtp_switched_off"),
    ("smtp.163.com", "535 Error: authentication failed", "smtp_refused"),
    ("smtp.qq.com", "535 Login Fail. Please enter your authorization code to login. More "
     "information in http://service.mail.qq.com", "smtp_code_wrong"),
    ("smtp.qq.com", "535 Login fail. Account is abnormal, service is not open, password is "
     "incorrect, login frequency limited, or system is busy.", "smtp_switched_off"),
    ("smtp.office365.com", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is "
     "disabled for the Tenant.", "smtp_auth_disabled"),
    ("smtp.gmail.com", "534 5.7.9 Application-specific password required.", "smtp_app_password"),
    ("smtp.exmail.qq.com", "535 Error: authentication failed, system busy", "smtp_refused"),
    ("mail.anlu.example", "535 5.7.8 Error: authentication failed", "smtp_password_wrong"),
    ("mail.anlu.example", "421 4.7.0 Too many login attempts", "smtp_too_often"),
]  # fmt: skip


@pytest.mark.parametrize(("host", "said", "code"), REFUSALS)
def test_every_refusal_tells_what_to_do(host: str, said: str, code: str) -> None:
    error = Undelivered("sign_in", permanent=False, reply=said)
    look = refusal(Relay(host, 465, "tls", OURS, "x"), error)
    assert look.code == code
    sentence = mail_words.sentence(look)
    assert said[:60] in sentence
    assert "请" in sentence


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
    assert (codes(looks), best) == (["smtp_password_wrong"], None)
    assert looks[0].params["reply"] == "535 5.7.8 Authentication credentials invalid"


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
