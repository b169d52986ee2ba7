"""Setting a mailbox up at the desk: choose, fill in, try, switch on; and leave by OAuth2."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from autoreply import accounts
from autoreply.dns_records import Resolver
from autoreply.tables import MailAccount, Mailbox
from kb import settings
from kb.models.system import AuditEntry
from tests import mailproviders
from tests.autoreply.test_check import ZONE
from tests.mailproviders import CODE, NETEASE_REFUSAL, SmtpProvider, Tokens
from tests.web.conftest import Desk
from web import current
from web.app import create_app

OURS = "help@anlu.example"
GROUPED = "ABCD EFGH IJKL MNOP"


@pytest.fixture
def names() -> Iterator[int]:
    with mailproviders.name_server(ZONE) as port:
        yield port


@pytest.fixture
def room(desk: Desk, names: int) -> Desk:
    """The desk, asking a name server of ours."""
    parts = desk.app.extensions[current.EXTENSION]
    asking = replace(parts, records=Resolver(("127.0.0.1",), names))
    return Desk(create_app(asking), desk.db, desk.finding, desk.clock)


def form(**more: object) -> dict[str, object]:
    return {
        "do": "save", "provider": "own", "address": OURS, "password": CODE,
        "imap_host": "127.0.0.1", "imap_port": "1", "imap_tls": "none",
        "smtp_host": "127.0.0.1", "smtp_port": "1", "smtp_tls": "none",
        "login": "", "folder": "INBOX", "envelope": "null", **more,
    }  # fmt: skip


def only(session: Session) -> MailAccount:
    row = session.scalars(select(MailAccount)).one()
    session.expunge(row)
    return row


def looks(page: str) -> list[str]:
    return [node.text(strip=True) for node in HTMLParser(page).css(".looks li")]


def test_every_provider_starts_with_its_servers(room: Desk) -> None:
    for kind in ("qq", "exmail", "163", "126", "aliyun", "outlook", "gmail", "own"):
        page = room.get("admin", f"/desk/mailboxes/new?kind={kind}")
        tree = HTMLParser(page.text)
        host = tree.css_first("#f-imap_host").attributes["value"] or ""
        assert bool(host) == (kind != "own"), kind
        assert len(tree.css(".guide li")) >= 2
    assert "授权码在哪里找" in room.get("admin", "/desk/mailboxes/new?kind=163").text


def test_a_163_mailbox_is_filled_in_tried_and_switched_on(room: Desk) -> None:
    with (
        mailproviders.imap_provider(mailproviders.netease()) as imap,
        mailproviders.smtp_provider(SmtpProvider(OURS, NETEASE_REFUSAL)) as smtp,
    ):
        values = form(provider="163", imap_port=imap, smtp_port=smtp, password=GROUPED)
        answer = room.post("admin", "/desk/mailboxes", values)
    assert answer.status_code == 303
    row = room.read(only)
    assert answer.location.endswith(f"/desk/mailboxes/{row.id}?said=tried#tried")
    # What the server takes was found out, whatever was chosen.
    assert (row.envelope, row.mode) == ("authorised", "off")
    page = room.get("admin", answer.location).text
    said = looks(page)
    assert any("登录成功" in line for line in said)
    assert any("不接受空发件人" in line for line in said)
    assert not any(line.startswith("不对") for line in said), said
    assert CODE not in page
    answer = room.post("admin", "/desk/mailboxes", {"do": "switch", "id": row.id, "mode": "shadow"})
    assert answer.status_code == 303
    assert room.read(only).mode == "shadow"
    assert "影子模式" in room.get("admin", "/desk/mailboxes").text
    room.post("admin", "/desk/mailboxes", {"do": "switch", "id": row.id, "mode": "on"})
    assert room.read(only).mode == "on"
    actions = room.read(lambda s: list(s.scalars(select(AuditEntry.verb))))
    assert actions == ["mailbox.saved", "mailbox.mode.shadow", "mailbox.mode.on"]


def test_what_does_not_work_is_said_and_nothing_is_lost(room: Desk) -> None:
    answer = room.post("admin", "/desk/mailboxes", form())
    assert answer.status_code == 303
    page = room.get("admin", answer.location).text
    assert any("端口没有开" in line for line in looks(page))
    assert 'value="127.0.0.1"' in page
    answer = room.post("admin", "/desk/mailboxes", form(address="nobody", imap_host="mine"))
    assert answer.status_code == 400
    assert "邮箱好像没写完" in answer.text
    assert 'value="mine"' in answer.text
    assert CODE not in answer.text
    assert room.post("admin", "/desk/mailboxes", form(address=OURS)).status_code == 400


def test_a_secret_that_is_not_typed_again_stays(room: Desk) -> None:
    room.post("admin", "/desk/mailboxes", form())
    row = room.read(only)
    room.post("admin", "/desk/mailboxes", form(id=row.id, password="", folder="客服"))
    changed = room.read(only)
    assert changed.folder == "客服"
    assert accounts.secrets_of(changed, b"s" * 32) == {"password": CODE}
    stored = room.read(lambda s: str(s.execute(text("SELECT * FROM mail_account")).all()))
    assert CODE not in stored


def test_a_mailbox_is_removed_with_its_secret(room: Desk) -> None:
    room.post("admin", "/desk/mailboxes", form())
    number = room.read(only).id
    room.post("admin", "/desk/mailboxes", {"do": "remove", "id": number})
    assert room.read(lambda s: s.scalars(select(MailAccount)).all()) == []
    assert room.get("admin", f"/desk/mailboxes/{number}").status_code == 404


def test_the_first_mailbox_becomes_the_companys(room: Desk) -> None:
    room.write(lambda s: settings.write(s, settings.Company(name="安庐")))
    room.post("admin", "/desk/mailboxes", form())
    number = room.read(only).id
    room.post("admin", "/desk/mailboxes", {"do": "switch", "id": number, "mode": "shadow"})
    assert room.read(lambda s: settings.read(s, settings.Company).mailbox) == OURS


def test_a_reader_that_fails_is_told_in_words(room: Desk) -> None:
    room.post("admin", "/desk/mailboxes", form())
    number = room.read(only).id
    room.post("admin", "/desk/mailboxes", {"do": "switch", "id": number, "mode": "shadow"})

    def note(session: Session) -> None:
        now = room.clock()
        session.add(
            Mailbox(name=f"{OURS}/INBOX", since=now, error="Unavailable: mailbox_sign_in(x)")
        )
        session.add(Mailbox(name="sales@anlu.example/INBOX", since=now, read_at=now))

    room.write(note)
    page = room.get("admin", "/desk/mailboxes").text
    assert "登录不了，请看看授权码" in page
    assert "写在配置文件里" in page
    assert "mailbox_sign_in" not in page


# OAuth2.


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(OURS)


@pytest.fixture
def endpoint(tokens: Tokens) -> Iterator[str]:
    with mailproviders.token_server(tokens) as address:
        yield address


def outlook(endpoint: str, **more: object) -> dict[str, object]:
    return form(
        provider="outlook", password="", client_id="app", client_secret="s3cret",
        authorize_url=f"{endpoint}/authorize", token_url=f"{endpoint}/token", scope="mail", **more,
    )  # fmt: skip


def way_to_agree(room: Desk, number: int) -> dict[str, str]:
    """Press 去授权 and return what the link to the provider says."""
    page = room.post("admin", "/desk/mailboxes", {"do": "agree", "id": number})
    [link] = re.findall(r'href="([^"]+/authorize\?[^"]+)"', page.text)
    query = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    return {name: values[0] for name, values in query.items()}


def test_leave_to_use_a_mailbox(room: Desk, tokens: Tokens, endpoint: str) -> None:
    with mailproviders.smtp_provider(SmtpProvider(OURS, tokens=("access-1",))) as smtp:
        answer = room.post("admin", "/desk/mailboxes", outlook(endpoint, smtp_port=smtp))
        assert answer.status_code == 303
        number = room.read(only).id
        assert "还没有同意" in room.get("admin", answer.location).text
        query = way_to_agree(room, number)
        assert query["redirect_uri"] == "http://127.0.0.1:8080/desk/mailboxes/agreed"
        assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
        tokens.codes["abc"] = query["code_challenge"]
        state = query["state"]
        back = f"/desk/mailboxes/agreed?code=abc&state={state}"
        assert room.get("agent", back).status_code == 403
        answer = room.get("admin", back)
    assert answer.status_code == 303
    page = room.get("admin", answer.location).text
    assert any("连上了发信服务器" in line for line in looks(page))
    kept = accounts.secrets_of(room.read(only), b"s" * 32)
    assert (kept["access_token"], kept["refresh_token"]) == ("access-1", "refresh-1")
    assert "state" not in kept
    assert "access-1" not in page
    # The same answer does not count a second time.
    assert room.get("admin", back).status_code == 400


def test_who_declines_is_led_back(room: Desk, endpoint: str) -> None:
    room.post("admin", "/desk/mailboxes", outlook(endpoint))
    query = way_to_agree(room, room.read(only).id)
    back = f"/desk/mailboxes/agreed?error=access_denied&state={query['state']}"
    answer = room.get("admin", back)
    assert answer.status_code == 303
    assert "没有得到同意" in room.get("admin", answer.location).text


def test_an_answer_that_nobody_asked_for_is_refused(room: Desk, endpoint: str) -> None:
    room.post("admin", "/desk/mailboxes", outlook(endpoint))
    for state in ("", "1.x", "x", "999.x"):
        answer = room.get("admin", f"/desk/mailboxes/agreed?code=abc&state={state}")
        assert answer.status_code == 400, state
        assert "再点一次" in answer.text


def test_an_endpoint_in_the_open_is_refused(room: Desk, endpoint: str) -> None:
    values = outlook(endpoint) | {"token_url": "http://login.example/token"}
    answer = room.post("admin", "/desk/mailboxes", values)
    assert answer.status_code == 400
    assert "https://" in answer.text
    assert "s3cret" not in answer.text


def test_nothing_of_a_secret_reaches_the_log(
    room: Desk, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    room.post("admin", "/desk/mailboxes", form())
    assert CODE not in caplog.text
