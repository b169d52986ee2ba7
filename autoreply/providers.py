"""Mail providers that are set up by their name alone: servers, ports, how one signs in. Pure.

Source: the providers' own help pages, as they stand in 2026; words for people live in `web`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PASSWORD, OAUTH2 = "password", "oauth2"
NULL, AUTHORISED = "null", "authorised"


@dataclass(frozen=True, slots=True)
class Server:
    """Where a protocol is spoken; `tls` is `tls`, `starttls` or `none`."""

    host: str
    port: int
    tls: str = "tls"


@dataclass(frozen=True, slots=True)
class Grant:
    """How a provider gives tokens (RFC 6749, 4.1; RFC 7636).

    Attributes:
        authorize_url: page where the owner of the mailbox agrees.
        token_url: where codes and refresh tokens become access tokens.
        scope: what is asked for, separated by spaces.
        more: fields that this provider wants beside those of the RFC.
    """

    authorize_url: str
    token_url: str
    scope: str
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    Attributes:
        key: its name in addresses and in the database.
        imap: where mail is read; an empty host is asked for.
        smtp: where mail leaves.
        auth: `password` (a password or an authorisation code) or `oauth2`.
        envelope: what its relay is known to take: `null` or `authorised`.
        domains: right sides of addresses that are its own.
        spf: what the SPF record of a company's domain has to include.
        signs: it signs what leaves (DKIM) by itself.
        selectors: of the records that a company's own domain needs for that, where they are known.
        grant: for `oauth2`.
    """

    key: str
    imap: Server
    smtp: Server
    auth: str = PASSWORD
    envelope: str = AUTHORISED
    domains: tuple[str, ...] = ()
    spf: str = ""
    signs: bool = True
    selectors: tuple[str, ...] = ()
    grant: Grant | None = None


MICROSOFT = Grant(
    "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    "https://outlook.office.com/IMAP.AccessAsUser.All "
    "https://outlook.office.com/SMTP.Send offline_access",
    (("prompt", "select_account"),),
)
GOOGLE = Grant(
    "https://accounts.google.com/o/oauth2/v2/auth",
    "https://oauth2.googleapis.com/token",
    "https://mail.google.com/",
    # Without both, Google gives no refresh token the second time.
    (("access_type", "offline"), ("prompt", "consent")),
)

PROVIDERS: Final[tuple[Provider, ...]] = (
    Provider(
        "qq",
        Server("imap.qq.com", 993),
        Server("smtp.qq.com", 465),
        domains=("qq.com", "foxmail.com", "vip.qq.com"),
    ),
    Provider(
        "exmail",
        Server("imap.exmail.qq.com", 993),
        Server("smtp.exmail.qq.com", 465),
        spf="spf.mail.qq.com",
    ),
    Provider("163", Server("imap.163.com", 993), Server("smtp.163.com", 465), domains=("163.com",)),
    Provider("126", Server("imap.126.com", 993), Server("smtp.126.com", 465), domains=("126.com",)),
    Provider(
        "aliyun",
        Server("imap.qiye.aliyun.com", 993),
        Server("smtp.qiye.aliyun.com", 465),
        spf="spf.qiye.aliyun.com",
    ),
    Provider(
        "outlook",
        Server("outlook.office365.com", 993),
        Server("smtp.office365.com", 587, "starttls"),
        auth=OAUTH2,
        domains=("outlook.com", "hotmail.com", "live.com", "live.cn", "outlook.cn"),
        spf="spf.protection.outlook.com",
        selectors=("selector1", "selector2"),
        grant=MICROSOFT,
    ),
    Provider(
        "gmail",
        Server("imap.gmail.com", 993),
        Server("smtp.gmail.com", 465),
        auth=OAUTH2,
        domains=("gmail.com",),
        spf="_spf.google.com",
        selectors=("google",),
        grant=GOOGLE,
    ),
    Provider("own", Server("", 993), Server("", 465), envelope=NULL, signs=False),
)


def find(key: str) -> Provider | None:
    """Return a provider by its name."""
    return next((one for one in PROVIDERS if one.key == key), None)


def of_host(host: str) -> Provider | None:
    """Return whose server it is."""
    known = host.strip().lower()
    return next(
        (one for one in PROVIDERS if known and known in (one.imap.host, one.smtp.host)), None
    )


def of_address(address: str) -> Provider | None:
    """Return whose address it is, where the right side says it."""
    domain = address.rpartition("@")[2].strip().lower()
    return next((one for one in PROVIDERS if domain in one.domains), None)
