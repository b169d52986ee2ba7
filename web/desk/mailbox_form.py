"""The form of one mailbox: what it starts with, what was typed, what it may choose from."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from sqlalchemy.orm import Session

from autoreply import providers
from autoreply.accounts import Draft
from autoreply.providers import OAUTH2, PASSWORD, Provider
from autoreply.tables import MailAccount
from kb import settings
from kb.errors import Invalid
from kb.settings import Company
from web import current
from web.locale import gettext

TEXTS = (
    "address", "imap_host", "imap_tls", "smtp_host", "smtp_tls", "login", "folder", "envelope",
    "client_id", "authorize_url", "token_url", "scope",
)  # fmt: skip
NUMBERS = ("imap_port", "smtp_port")
LONGEST = 500
CODE_LENGTH = 16


def empty(provider: Provider, address: str = "") -> dict[str, object]:
    """Return what the form of a new mailbox starts with: all but the address and its secret."""
    grant = provider.grant
    return {
        "address": address,
        "imap_host": provider.imap.host,
        "imap_port": provider.imap.port,
        "imap_tls": provider.imap.tls,
        "smtp_host": provider.smtp.host,
        "smtp_port": provider.smtp.port,
        "smtp_tls": provider.smtp.tls,
        "login": "",
        "folder": "INBOX",
        "envelope": provider.envelope,
        "client_id": "",
        "authorize_url": grant.authorize_url if grant else "",
        "token_url": grant.token_url if grant else "",
        "scope": grant.scope if grant else "",
    }


def values_of(row: MailAccount) -> dict[str, object]:
    """Return what the form of a mailbox that exists shows; never a secret."""
    return {name: getattr(row, name) for name in (*TEXTS, *NUMBERS)}


def typed() -> dict[str, object]:
    """Return what was typed, to show it again; never a secret."""
    return {name: request.form.get(name, "") for name in (*TEXTS, *NUMBERS)}


def draft() -> Draft:
    """Return the mailbox as it was filled in; a secret that was left empty stays as it is.

    Raises:
        Invalid: `choice_unknown`, `number_range`, `number_invalid`.
    """
    provider = providers.find(request.form.get("provider", ""))
    if provider is None:
        raise Invalid("choice_unknown", field="provider")
    start = empty(provider)
    texts = {name: _text(name, str(start[name])) for name in TEXTS}
    imap_port, smtp_port = (_port(name, start[name]) for name in NUMBERS)
    return Draft(
        provider=provider.key,
        auth=provider.auth,
        imap_port=imap_port,
        smtp_port=smtp_port,
        password=_secret("password") if provider.auth == PASSWORD else None,
        client_secret=_secret("client_secret") if provider.auth == OAUTH2 else None,
        **texts,
    )


def _text(name: str, default: str) -> str:
    return request.form.get(name, default).strip()[:LONGEST]


def _port(name: str, default: object) -> int:
    value = current.whole(name)
    if value is None:
        return int(str(default))
    return value


def _secret(name: str) -> str | None:
    # Codes are shown in groups; the spaces between them are not part of it.
    value = request.form.get(name, "").strip()
    if name == "password" and len(value.replace(" ", "")) == CODE_LENGTH:
        value = value.replace(" ", "")
    return value[:LONGEST] or None


def encryptions() -> list[tuple[str, str]]:
    """Return how a connection may be protected."""
    return [
        ("tls", "TLS"),
        ("starttls", "STARTTLS"),
        ("none", gettext("不加密（只在本机）")),
    ]


def envelopes() -> list[tuple[str, str]]:
    """Return who automatic mail may say it is from."""
    return [
        ("null", gettext("空发件人")),
        ("authorised", gettext("邮箱自己的地址")),
        ("verp", gettext("每封信一个退信地址")),
    ]


def adopt(session: Session, company: Company, address: str) -> None:
    """Make a mailbox the company's, when it has none yet."""
    settings.write(session, replace(company, mailbox=address))
