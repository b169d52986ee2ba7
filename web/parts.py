"""What the pages need from the rest of the service, wired in `wenqu`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from autoreply.dns_records import Records, Resolver
from autoreply.signing import Signer
from kb.db import Database
from search.finding import Finding

Probe = Callable[[], str | None]
"""Returns None when all is well, else one word for the log."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The wired service.

    Attributes:
        db: the database.
        finding: finds, suggests and highlights over the index of this process.
        secret: key for CSRF tokens and signed links, 32 bytes.
        clock: returns the present moment, aware.
        timezone: what people see.
        base_url: the site's address as customers type it, no slash at the end.
        cookie_secure: cookies travel over HTTPS only.
        trusted_proxies: how many reverse proxies set X-Forwarded-*.
        trusted_hosts: host names the site answers to; empty for any.
        metrics_token: asked for by /metrics when not called from loopback.
        outbox_dir: folder of captured mail (demo), empty when a relay sends.
        probes: name -> check, for /readyz.
        records: answers questions about names, when a mailbox is tried.
        signer: signs mail that leaves, if anything does.
    """

    db: Database
    finding: Finding
    secret: bytes = field(repr=False)
    clock: Callable[[], datetime]
    timezone: tzinfo
    base_url: str = "http://127.0.0.1:8080"
    cookie_secure: bool = True
    trusted_proxies: int = 0
    trusted_hosts: tuple[str, ...] = ()
    metrics_token: str = field(default="", repr=False)
    outbox_dir: str = ""
    probes: Mapping[str, Probe] = field(default_factory=dict)
    records: Records = field(default_factory=Resolver)
    signer: Signer | None = None
