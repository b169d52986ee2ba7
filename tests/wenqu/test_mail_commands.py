"""`wenqu mail check`, `receive` and `dkim`."""

from __future__ import annotations

import json
import sqlite3
import stat
from pathlib import Path

import pytest

from autoreply import accounts, signing
from autoreply.accounts import Draft
from tests import mailproviders
from tests.autoreply.test_check import ZONE
from tests.mailproviders import CODE, NETEASE_REFUSAL, SmtpProvider
from tests.wenqu.conftest import Wenqu
from wenqu import config_file
from wenqu.wiring import clock, open_database, secret_key

OURS = "help@anlu.example"
MAIL = (
    b"From: wf@qq.example\r\nTo: help@anlu.example\r\nSubject: x\r\nMessage-ID: <1@qq>\r\n\r\nx\r\n"
)


def spooled() -> list[tuple[str, str, str]]:
    with sqlite3.connect("wenqu-data/wenqu.db") as connection:
        query = "SELECT mailbox, source, coalesce(envelope_from, '-') FROM mail_spool"
        return connection.execute(query).fetchall()


# receive


def test_a_pipe_keeps_a_mail_once(installed: Wenqu) -> None:
    for _ in range(2):
        done = installed("mail", "receive", "--from", "wf@qq.example", stdin=MAIL)
        assert (done.code, done.out) == (0, ""), done.err
    assert spooled() == [(OURS, "pipe", "wf@qq.example")]


def test_the_null_sender_of_a_pipe_is_told_apart_from_none(installed: Wenqu) -> None:
    installed("mail", "receive", "--from", "", stdin=MAIL)
    assert spooled() == [(OURS, "pipe", "")]


def test_an_empty_mail_is_refused_for_good(installed: Wenqu) -> None:
    assert installed("mail", "receive", stdin=b"").code == 65


def test_a_pipe_that_cannot_keep_a_mail_makes_the_mta_try_again(
    installed: Wenqu, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = sqlite3.connect("wenqu-data/wenqu.db", isolation_level=None)
    locked.execute("BEGIN EXCLUSIVE")
    try:
        assert installed("mail", "receive", stdin=MAIL).code == 75
    finally:
        locked.execute("ROLLBACK")
        locked.close()
    assert installed("mail", "receive", stdin=MAIL, WENQU_PORT="x").code == 75
    assert installed("mail", "receive", stdin=MAIL).code == 0


def test_a_pipe_before_the_installation_makes_the_mta_try_again(wenqu: Wenqu) -> None:
    done = wenqu("mail", "receive", stdin=MAIL)
    assert done.code == 75
    assert "wenqu init" in done.err


def test_a_disk_without_room_makes_the_mta_try_again(
    installed: Wenqu, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("autoreply.intake_file.spool.store", full)
    assert installed("mail", "receive", stdin=MAIL).code == 75


def test_files_are_taken_and_counted(installed: Wenqu, tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    for place in range(3):
        (folder / f"{place}.eml").write_bytes(MAIL.replace(b"<1@qq>", b"<%d@qq>" % place))
    done = installed("mail", "receive", folder, folder / "0.eml", "--json")
    assert done.document == {"kept": 3, "known": 1}
    assert installed("mail", "receive", "none").code == 1


# dkim


def test_a_key_is_made_and_its_record_printed(installed: Wenqu) -> None:
    first = installed("mail", "dkim", "--json").document
    assert (first["made"], first["name"]) == (True, "wenqu._domainkey.anlu.example")
    path = Path(first["key"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first["value"] == signing.record(path.read_bytes())
    again = installed("mail", "dkim", "--selector", "two", "--domain", "b.example", "--json")
    assert again.document["made"] is False
    assert again.document["name"] == "two._domainkey.b.example"
    said = installed("mail", "dkim").out
    assert first["value"] in said
    assert "PRIVATE" not in said


# check


def configured(imap: int, smtp: int, **more: str) -> None:
    Path("code").write_text(f"{CODE}\n")
    lines = [
        'smtp_host = "127.0.0.1"', f"smtp_port = {smtp}", 'smtp_tls = "none"',
        f'smtp_user = "{OURS}"', f'smtp_password = "{more.get("code", CODE)}"',
        "[[mailbox]]", f'address = "{OURS}"', 'host = "127.0.0.1"', f"port = {imap}",
        'tls = "none"', 'password_file = "code"',
    ]  # fmt: skip
    Path("wenqu.toml").write_text("\n".join(lines))


def test_a_mailbox_of_the_configuration(wenqu: Wenqu) -> None:
    with (
        mailproviders.imap_provider(mailproviders.netease()) as imap,
        mailproviders.smtp_provider(SmtpProvider(OURS, NETEASE_REFUSAL)) as smtp,
        mailproviders.name_server(ZONE) as names,
    ):
        configured(imap, smtp)
        where = f"127.0.0.1:{names}"
        done = wenqu("mail", "check", "--nameserver", where, "--json")
        said = wenqu("mail", "check", "--nameserver", where)
        english = wenqu("mail", "check", OURS.upper(), "--nameserver", where, "--lang", "en")
        configured(imap, smtp, code="password")
        broken = wenqu("mail", "check", "--nameserver", where)
    assert (done.code, done.document["ok"]) == (0, True)
    [box] = done.document["mailboxes"]
    assert (box["address"], box["envelope"]) == (OURS, "authorised")
    assert [look["name"] for look in box["looks"]] == [
        "imap", "imap", "imap", "imap", "smtp", "smtp", "smtp", "smtp", "smtp", "mx", "spf",
        "dkim", "dmarc",
    ]  # fmt: skip
    assert all(look["say"] and look["say_en"] for look in box["looks"])
    assert said.code == 0
    assert "自动回信用邮箱自己的地址" in said.out
    assert english.code == 0
    assert "Signed in" in english.out
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in english.out.replace("、", ""))
    assert broken.code == 1
    assert "不对" in broken.out
    assert CODE not in said.out + said.err + json.dumps(done.document)


def test_a_mailbox_of_the_desk(installed: Wenqu) -> None:
    with (
        mailproviders.imap_provider(mailproviders.qq()) as imap,
        mailproviders.smtp_provider(SmtpProvider(OURS)) as smtp,
        mailproviders.name_server(ZONE) as names,
    ):
        config = config_file.load(None, {})
        database = open_database(config)
        with database.transaction() as session:
            draft = Draft(
                OURS, "own", "127.0.0.1", imap, "none", "127.0.0.1", smtp, "none", password=CODE
            )
            accounts.save(session, draft, secret=secret_key(config), now=clock())
        database.close()
        done = installed("mail", "check", "--nameserver", f"127.0.0.1:{names}", "--json")
    [box] = done.document["mailboxes"]
    assert (done.code, box["address"], box["envelope"]) == (0, OURS, "null")


def test_no_mailbox_is_said_so(installed: Wenqu) -> None:
    done = installed("mail", "check")
    assert done.code == 1
    assert "还没有设邮箱" in done.err


def test_no_secret_is_shown_by_the_configuration(wenqu: Wenqu) -> None:
    configured(1, 2)
    shown = wenqu("config").out
    assert OURS in shown
    assert CODE not in shown
