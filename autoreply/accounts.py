"""Mailboxes that were set up at the desk: their rows, and the secrets that only the key opens."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import oauth
from autoreply.providers import OAUTH2, PASSWORD, find
from autoreply.tables import MailAccount
from kb import contacts, sealing
from kb.errors import Invalid, NotFound, Unavailable

OFF, SHADOW, ON = "off", "shadow", "on"
MODES = (OFF, SHADOW, ON)
ENCRYPTION = ("tls", "starttls", "none")
ENVELOPES = ("null", "authorised", "verp")
_HOST = re.compile(r"(?!.*\.\.)[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\[?[0-9A-Fa-f:]+\]?")
_MOST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Draft:
    """A mailbox as somebody filled it in; None keeps the secret that is stored."""

    address: str
    provider: str
    imap_host: str
    imap_port: int
    imap_tls: str
    smtp_host: str
    smtp_port: int
    smtp_tls: str
    login: str = ""
    folder: str = "INBOX"
    auth: str = PASSWORD
    envelope: str = "null"
    password: str | None = field(default=None, repr=False)
    client_id: str = ""
    client_secret: str | None = field(default=None, repr=False)
    authorize_url: str = ""
    token_url: str = ""
    scope: str = ""


def every(session: Session) -> Sequence[MailAccount]:
    """Return all mailboxes, by address."""
    return session.scalars(select(MailAccount).order_by(MailAccount.address)).all()


def get(session: Session, number: int) -> MailAccount:
    """Return one mailbox. Raises NotFound."""
    row = session.get(MailAccount, number)
    if row is None:
        raise NotFound(mailbox=number)
    return row


def by_address(session: Session, address: str) -> MailAccount | None:
    """Return the mailbox of an address of ours, in use or not."""
    return session.scalar(select(MailAccount).where(MailAccount.address == address.lower()))


def save(
    session: Session, draft: Draft, *, number: int | None = None, secret: bytes, now: datetime
) -> MailAccount:
    """Store a mailbox, new or changed; one that is in use is read with the new values at once.

    Args:
        session: the unit of work.
        draft: what was filled in.
        number: of the row to change; None makes one, off until somebody switches it on.
        secret: the installation's key.
        now: the moment.

    Raises:
        Invalid: `params["field"]` names what is wrong.
        NotFound: there is no such row.
    """
    address = contacts.normalise(contacts.MAIL, draft.address)
    _check(draft)
    row = get(session, number) if number else MailAccount(mode=OFF, edition=0, looks=[])
    other = by_address(session, address)
    if other is not None and other.id != row.id:
        raise Invalid("mailbox_taken", field="address", address=address)
    if not number:
        row.created_at = now
    _fill(row, draft, address)
    session.add(row)
    session.flush()
    keep_secrets(row, secret, password=draft.password, client_secret=draft.client_secret)
    row.edition += 1
    row.checked_at, row.looks = None, []
    session.flush()
    return row


def _fill(row: MailAccount, draft: Draft, address: str) -> None:
    row.address = address
    row.login = draft.login.strip() or address
    row.folder = draft.folder.strip() or "INBOX"
    for name in ("provider", "auth", "envelope", "client_id", "authorize_url", "token_url"):
        setattr(row, name, getattr(draft, name).strip())
    row.scope = draft.scope.strip()
    for name in ("imap", "smtp"):
        for part in ("host", "port", "tls"):
            setattr(row, f"{name}_{part}", getattr(draft, f"{name}_{part}"))


def _check(draft: Draft) -> None:
    if find(draft.provider) is None:
        raise Invalid("choice_unknown", field="provider")
    if not _HOST.fullmatch(draft.imap_host):
        raise Invalid("host_invalid", field="imap_host")
    if draft.smtp_host and not _HOST.fullmatch(draft.smtp_host):
        raise Invalid("host_invalid", field="smtp_host")
    for name in ("imap_port", "smtp_port"):
        if not 1 <= getattr(draft, name) <= _MOST_PORT:
            raise Invalid("number_range", field=name, least=1, most=_MOST_PORT)
    for name, allowed in (
        ("imap_tls", ENCRYPTION),
        ("smtp_tls", ENCRYPTION),
        ("auth", (PASSWORD, OAUTH2)),
        ("envelope", ENVELOPES),
    ):
        if getattr(draft, name) not in allowed:
            raise Invalid("choice_unknown", field=name)
    if draft.auth == OAUTH2:
        _check_app(draft)


def _check_app(draft: Draft) -> None:
    if not draft.client_id.strip():
        raise Invalid("client_missing", field="client_id")
    for name in ("authorize_url", "token_url"):
        oauth.check_address(getattr(draft, name), name=name)


def switch(session: Session, number: int, mode: str) -> MailAccount:
    """Read a mailbox or stop reading it. Raises Invalid, NotFound."""
    if mode not in MODES:
        raise Invalid("choice_unknown", field="mode")
    row = get(session, number)
    row.mode = mode
    row.edition += 1
    session.flush()
    return row


def remove(session: Session, number: int) -> str:
    """Forget a mailbox and its secrets; what came through it stays. Returns its address."""
    row = get(session, number)
    address = row.address
    session.delete(row)
    session.flush()
    return address


# Secrets.


def secrets_of(row: MailAccount, secret: bytes) -> dict[str, str]:
    """Return the secrets of a mailbox. Raises Unavailable (`secret_unreadable`)."""
    if not row.sealed:
        return {}
    opened: dict[str, str] = json.loads(sealing.unseal(secret, _purpose(row), row.sealed))
    return opened


def has_secret(row: MailAccount, secret: bytes) -> bool:
    """Say whether there is something to sign in with."""
    try:
        known = secrets_of(row, secret)
    except Unavailable:
        return False
    return bool(known.get("refresh_token" if row.auth == OAUTH2 else "password"))


def keep_secrets(row: MailAccount, secret: bytes, **values: str | None) -> None:
    """Store secrets beside those that are kept; "" forgets one, None leaves it."""
    known = secrets_of(row, secret)
    known |= {name: value for name, value in values.items() if value is not None}
    known = {name: value for name, value in known.items() if value}
    row.sealed = sealing.seal(secret, _purpose(row), json.dumps(known)) if known else ""


def _purpose(row: MailAccount) -> str:
    return f"mail_account:{row.id}"
