"""Mailboxes of the desk: what is kept, what nobody sees, leave to use them, and what uses them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from autoreply import accounts, connections, consent, oauth
from autoreply.accounts import Draft
from autoreply.connections import Keys, Relays
from autoreply.intake_imap import Mailreader
from autoreply.relay import Relay
from autoreply.sender import channel, own_addresses
from autoreply.tables import MailAccount, Spool
from autoreply.transport import Parcel, Undelivered
from kb.errors import Invalid, NotFound, Unavailable
from tests import mailproviders, mailservers
from tests.autoreply.test_intake_imap import deliver, running, until
from tests.autoreply.world import LOCKED_OUT, MAILBOX, SECRET, World
from tests.mailproviders import CODE, NETEASE_REFUSAL, SmtpProvider, Tokens

USER = "help"


def draft(**more: object) -> Draft:
    values: dict[str, object] = {
        "address": "Sales@Anlu.example",
        "provider": "own",
        "imap_host": "127.0.0.1",
        "imap_port": 1,
        "imap_tls": "none",
        "smtp_host": "127.0.0.1",
        "smtp_port": 1,
        "smtp_tls": "none",
        "password": CODE,
        **more,
    }
    return Draft(**values)  # type: ignore[arg-type]  # a test's own values


def save(world: World, made: Draft, number: int | None = None) -> int:
    with world.db.transaction() as session:
        row = accounts.save(session, made, number=number, secret=SECRET, now=world.now)
        return row.id


def row_of(world: World, number: int) -> MailAccount:
    with world.db.reading() as session:
        row = accounts.get(session, number)
        session.expunge_all()
        return row


def keys(world: World) -> Keys:
    return Keys(world.db, SECRET, world.clock)


def test_a_secret_is_nowhere_in_the_database(world: World) -> None:
    number = save(world, draft())
    with world.db.reading() as session:
        everything = str(session.execute(text("SELECT * FROM mail_account")).all())
    assert CODE not in everything
    row = row_of(world, number)
    assert accounts.secrets_of(row, SECRET) == {"password": CODE}
    assert accounts.has_secret(row, SECRET)
    assert CODE not in repr(connections.account_of(row, keys(world)))
    assert CODE not in repr(connections.relay_of(row, keys(world)))
    assert CODE not in repr(draft())
    with pytest.raises(Unavailable, match="secret_unreadable"):
        accounts.secrets_of(row, b"o" * 32)
    assert not accounts.has_secret(row, b"o" * 32)


def test_what_is_not_typed_again_stays(world: World) -> None:
    number = save(world, draft())
    save(world, draft(password=None, imap_port=2), number)
    row = row_of(world, number)
    assert (row.address, row.imap_port, row.edition, row.mode) == (
        "sales@anlu.example", 2, 2, "off",
    )  # fmt: skip
    assert accounts.secrets_of(row, SECRET) == {"password": CODE}
    save(world, draft(password=""), number)
    assert not accounts.has_secret(row_of(world, number), SECRET)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"address": "nobody"}, "identity"),
        ({"imap_host": ""}, "imap_host"),
        ({"imap_host": "a b"}, "imap_host"),
        ({"imap_host": "mail..example"}, "imap_host"),
        ({"imap_port": 0}, "imap_port"),
        ({"smtp_port": 70_000}, "smtp_port"),
        ({"imap_tls": "ssl"}, "imap_tls"),
        ({"provider": "x"}, "provider"),
        ({"auth": "oauth2"}, "client_id"),
        (
            {"auth": "oauth2", "client_id": "x", "authorize_url": "http://evil.example/a"},
            "authorize_url",
        ),
    ],
)
def test_what_is_wrong_is_named(world: World, more: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        save(world, draft(**more))
    if field != "identity":
        assert refusal.value.params["field"] == field


def test_an_address_stands_once(world: World) -> None:
    save(world, draft())
    with pytest.raises(Invalid, match="mailbox_taken"):
        save(world, draft(address="sales@anlu.example"))


def test_a_mailbox_is_ours_and_has_an_envelope_of_its_own(world: World) -> None:
    number = save(world, draft(envelope="authorised"))
    with world.db.transaction() as session:
        assert "sales@anlu.example" in own_addresses(session, world.sender)
        way = channel(session, world.sender, "sales@anlu.example")
        assert (way.envelope, way.account, way.strict, way.held) == (
            "authorised", "sales@anlu.example", True, False,
        )  # fmt: skip
        accounts.switch(session, number, accounts.SHADOW)
    # A unit of work looks once.
    with world.db.transaction() as session:
        assert channel(session, world.sender, "sales@anlu.example").held
        assert channel(session, world.sender, MAILBOX).envelope == "null"
        accounts.remove(session, number)
        with pytest.raises(NotFound):
            accounts.get(session, number)


def test_a_mailbox_in_shadow_mode_answers_nothing_while_others_do(world: World) -> None:
    number = save(world, draft(address=MAILBOX))
    world.know(LOCKED_OUT)
    with world.db.transaction() as session:
        accounts.switch(session, number, accounts.SHADOW)
    world.receive()
    assert world.sent == []
    assert world.decisions[-1].wanted == "answer"
    with world.db.transaction() as session:
        accounts.switch(session, number, accounts.ON)
    world.receive(sender="other@qq.example")
    assert len(world.sent) == 1


# Sending.


def parcel(mailbox: str, *, sender: str = "") -> Parcel:
    raw = b"From: a@b.c\r\nSubject: x\r\n\r\nx\r\n"
    return Parcel(1, "automatic", sender, mailbox, "wf@qq.example", raw, True, mailbox)


@pytest.mark.parametrize("late", [False, True])
def test_each_mail_leaves_through_the_server_of_its_mailbox(world: World, *, late: bool) -> None:
    ours = "sales@anlu.example"
    provider = SmtpProvider(ours, NETEASE_REFUSAL, late)
    with (
        mailproviders.smtp_provider(provider) as port,
        mailservers.relay() as (other, behaviour),
    ):
        number = save(world, draft(smtp_port=port))
        relays = Relays(keys(world), Relay("127.0.0.1", other, "none"))
        assert relays.send(parcel(ours)) == ours
        assert relays.send(parcel("help@anlu.example")) == ""
        assert relays.send(parcel(ours)) == ours
        # What was learned is not asked a second time.
        assert provider.seen == ["", ours, ours]
        assert [one.sender for one in behaviour.handed] == [""]
        save(world, draft(smtp_port=port, password="wrong"), number)
        with pytest.raises(Undelivered, match="sign_in"):
            relays.send(parcel(ours))
    with pytest.raises(Undelivered, match="relay_missing"):
        Relays(keys(world), None).send(parcel("help@anlu.example"))


# OAuth2.


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(USER, refresh={"first"})


@pytest.fixture
def endpoint(tokens: Tokens) -> Iterator[str]:
    with mailproviders.token_server(tokens) as address:
        yield address


def oauth_draft(endpoint: str, **more: object) -> Draft:
    return draft(
        address=MAILBOX,
        login=USER,
        auth="oauth2",
        password=None,
        client_id="app",
        client_secret="s3cret",
        authorize_url=f"{endpoint}/authorize",
        token_url=f"{endpoint}/token",
        scope="mail offline_access",
        **more,
    )


def agree(world: World, tokens: Tokens, number: int) -> None:
    """Go the whole way of a browser: ask, be sent away, come back with a code."""
    back = "https://help.anlu.example/desk/mailboxes/agreed"
    with world.db.transaction() as session:
        address = consent.ask_consent(
            session, number, user=7, redirect_uri=back, secret=SECRET, now=world.now
        )
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert query["code_challenge_method"] == "S256"
    assert (query["redirect_uri"], query["login_hint"]) == (back, MAILBOX)
    tokens.codes["code"] = query["code_challenge"]
    with world.db.transaction() as session:
        row, verifier = consent.take_consent(
            session, query["state"], user=7, secret=SECRET, now=world.now
        )
        app = consent.app_of(row, SECRET)
    found = oauth.exchange(app, code="code", code_verifier=verifier, redirect_uri=back)
    with world.db.transaction() as session:
        consent.keep_tokens(accounts.get(session, number), found, secret=SECRET, now=world.now)


def test_leave_is_given_once_to_who_asked(world: World, tokens: Tokens, endpoint: str) -> None:
    number = save(world, oauth_draft(endpoint))
    with world.db.transaction() as session:
        address = consent.ask_consent(
            session, number, user=7, redirect_uri="x", secret=SECRET, now=world.now
        )
    [state] = parse_qs(urlsplit(address).query)["state"]

    def take(state: str, user: int) -> None:
        with world.db.transaction() as session:
            consent.take_consent(session, state, user=user, secret=SECRET, now=world.now)

    for wrong, user in ((state, 8), (f"{number}.x", 7), ("", 7), ("999999.x", 7), ("x.y", 7)):
        with pytest.raises(Invalid, match="oauth_state"):
            take(wrong, user)
    take(state, 7)
    with pytest.raises(Invalid, match="oauth_state"):
        take(state, 7)


def test_leave_that_is_asked_for_lasts_minutes(world: World, endpoint: str) -> None:
    number = save(world, oauth_draft(endpoint))
    with world.db.transaction() as session:
        address = consent.ask_consent(
            session, number, user=7, redirect_uri="x", secret=SECRET, now=world.now
        )
    [state] = parse_qs(urlsplit(address).query)["state"]
    world.later(minutes=16)
    with world.db.transaction() as session, pytest.raises(Invalid, match="oauth_state"):
        consent.take_consent(session, state, user=7, secret=SECRET, now=world.now)


def test_a_token_is_kept_while_it_is_good(world: World, tokens: Tokens, endpoint: str) -> None:
    number = save(world, oauth_draft(endpoint))
    agree(world, tokens, number)
    ask = keys(world).token(row_of(world, number))
    assert ask is not None
    assert {ask(), ask()} == {"access-1"}
    world.later(minutes=56)
    assert ask() == "access-2"
    assert tokens.asked[-1]["refresh_token"] == "refresh-1"
    world.later(minutes=56)
    assert ask() == "access-3"
    # The one that came with the last answer is used from then on.
    assert tokens.asked[-1]["refresh_token"] == "refresh-2"
    assert "client_secret" in tokens.asked[-1]


def test_leave_that_was_withdrawn_or_a_dead_endpoint_is_named(
    world: World, tokens: Tokens, endpoint: str
) -> None:
    number = save(world, oauth_draft(endpoint))
    ask = keys(world).token(row_of(world, number))
    assert ask is not None
    with pytest.raises(Unavailable, match="oauth_ended"):
        ask()
    agree(world, tokens, number)
    world.later(hours=2)
    tokens.refresh.clear()
    with pytest.raises(Unavailable, match="oauth_ended"):
        ask()
    tokens.down = True
    with pytest.raises(Unavailable, match="oauth_down"):
        ask()


def test_a_secret_never_travels_in_the_open() -> None:
    app = oauth.App("a", "b", "", "http://login.example/token", "")
    with pytest.raises(Invalid, match="oauth_address"):
        oauth.refresh(app, "x")


@pytest.mark.e2e
def test_dovecot_lets_a_token_in(
    world: World, tokens: Tokens, endpoint: str, tmp_path: Path
) -> None:
    world.now = datetime.now(UTC)
    introspection = f"{endpoint}/introspect"
    with mailservers.dovecot(tmp_path / "dovecot", introspection=introspection) as server:
        number = save(world, oauth_draft(endpoint, imap_port=server.port))
        agree(world, tokens, number)
        account = connections.account_of(row_of(world, number), keys(world))
        woken = threading.Event()
        made = Mailreader(world.db, account, world.clock, woken.set, slice_seconds=2.0)
        with running(made):
            until(lambda: any(box.read_at for box in world.all_mailboxes()))
            deliver(server, world.write(LOCKED_OUT))
            assert woken.wait(15)
        assert [row.mailbox for row in world.all(Spool)] == [MAILBOX]
        # A token that the server does not know is refused, and people see why.
        tokens.good.clear()
        with running(Mailreader(world.db, account, world.clock, woken.set)):
            until(lambda: any("mailbox_sign_in" in box.error for box in world.all_mailboxes()))


def test_a_relay_lets_a_token_in(world: World, tokens: Tokens, endpoint: str) -> None:
    provider = SmtpProvider(USER, tokens=("access-1",))
    with mailproviders.smtp_provider(provider) as port:
        number = save(world, oauth_draft(endpoint, smtp_port=port))
        agree(world, tokens, number)
        relay = connections.relay_of(row_of(world, number), keys(world))
        assert relay.send(parcel(MAILBOX)) == ""
        provider.tokens = ()
        with pytest.raises(Undelivered, match="sign_in"):
            relay.send(parcel(MAILBOX))
    assert provider.handed == ["<>"]
