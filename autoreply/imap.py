"""One signed-in connection to an IMAP mailbox. The only door to imapclient.

Source: RFC 3501; RFC 2177 (IDLE); RFC 2971 (163 and 126 refuse SELECT without ID); RFC 7628 and
the XOAUTH2 of Google and Microsoft.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from kb.errors import Unavailable

TLS, STARTTLS, PLAIN = "tls", "starttls", "none"
SOCKET_SECONDS = 60.0
KEPT = b"$WenquKept"
WHO = {"name": "wenqu", "version": "1", "vendor": "wenqu", "support-email": "postmaster@localhost"}

# What a connection that breaks raises; imaplib's errors are behind IMAPClientError. A name of a
# server that is none raises UnicodeError.
BROKEN = (IMAPClientError, OSError, UnicodeError)
# What a server's NO raises.
REFUSED = (IMAPClientError,)


@dataclass(frozen=True, slots=True)
class Account:
    """One folder of one mailbox, and how to sign in.

    Attributes:
        address: ours, that customers write to.
        tls: `tls`, `starttls` or `none`.
        password: password or authorisation code.
        token: gives an access token that is still good; then XOAUTH2 is spoken instead.
    """

    address: str
    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)
    tls: str = TLS
    folder: str = "INBOX"
    token: Callable[[], str] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The key of its row."""
        return f"{self.address.lower()}/{self.folder}"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selected folder: its UIDVALIDITY, its next UID (0: not told), how many mails it holds."""

    validity: int
    uid_next: int
    count: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail of a folder; `at` is when the server took it."""

    raw: bytes
    size: int
    at: datetime | None


class Box:
    """What the rest of the package may ask of a connection."""

    def __init__(self, client: IMAPClient) -> None:
        """Keep the signed-in client."""
        self._client = client

    def can(self, capability: str) -> bool:
        """Say whether the server offers something, as `IDLE`."""
        return bool(self._client.has_capability(capability))

    def choose(self, folder: str, *, look_only: bool = False) -> Chosen:
        """Select a folder anew, which shows a changed UIDVALIDITY."""
        found = self._client.select_folder(folder, readonly=look_only)
        return Chosen(
            validity=int(found[b"UIDVALIDITY"]),
            uid_next=int(found.get(b"UIDNEXT", 0)),
            count=int(found.get(b"EXISTS", 0)),
        )

    def folders(self) -> list[str]:
        """Return the names of all folders."""
        return [str(name) for _, _, name in self._client.list_folders()]

    def search(self, criteria: Iterable[object]) -> list[int]:
        """Return UIDs, ascending."""
        return sorted(self._client.search(list(criteria)))

    def fetch(self, uid: int, *, most: int, beginning: int) -> Fetched | None:
        """Fetch a mail without marking it.

        Args:
            uid: which.
            most: of a mail that is larger than this many bytes only a beginning is fetched.
            beginning: how many bytes that is.

        Returns:
            None when somebody deleted it meanwhile.
        """
        known = self._client.fetch([uid], ["RFC822.SIZE"]).get(uid, {})
        size = int(known.get(b"RFC822.SIZE", 0))
        part = f"BODY.PEEK[]<0.{beginning}>" if size > most else "BODY.PEEK[]"
        found = self._client.fetch([uid], [part, "INTERNALDATE"]).get(uid) or {}
        raw = next((v for k, v in found.items() if k.startswith(b"BODY[")), b"")
        if not raw:
            return None
        moment = found.get(b"INTERNALDATE")
        # imapclient gives it naive, in the machine's own time.
        at = moment.astimezone(UTC) if isinstance(moment, datetime) else None
        return Fetched(raw, size, at)

    def mark(self, uid: int) -> None:
        """Flag a mail as read and kept; a flag that cannot be set costs nothing, it is a hint."""
        for flag in (SEEN, KEPT):
            with suppress(IMAPClientError):
                self._client.add_flags([uid], [flag], silent=True)

    def noop(self) -> None:
        """Find out whether the connection lives."""
        self._client.noop()

    def idle(self, going_on: Callable[[], bool], *, look_every: float) -> None:
        """Wait until the server says that mail came, or `going_on` is over."""
        self._client.idle()
        try:
            while going_on():
                said = self._client.idle_check(timeout=look_every)
                # “* OK Still here” is no mail.
                if any(len(line) > 1 and line[1] == b"EXISTS" for line in said):
                    return
        finally:
            self._client.idle_done()


@contextmanager
def opened(account: Account, *, seconds: float = SOCKET_SECONDS) -> Iterator[Box]:
    """Connect, sign in, and hang up afterwards.

    Raises:
        Unavailable: `mailbox_sign_in`; `reply` is what the server said.
    """
    with connected(account, seconds=seconds) as client:
        sign_in(client, account)
        yield Box(client)


@contextmanager
def connected(account: Account, *, seconds: float = SOCKET_SECONDS) -> Iterator[IMAPClient]:
    """Connect with the encryption that the account asks for, and hang up afterwards."""
    context = ssl.create_default_context() if account.tls != PLAIN else None
    client = IMAPClient(
        account.host,
        port=account.port,
        ssl=account.tls == TLS,
        ssl_context=context if account.tls == TLS else None,
        timeout=seconds,
        use_uid=True,
    )
    try:
        if account.tls == STARTTLS:
            client.starttls(context)
        yield client
    finally:
        with suppress(*BROKEN):
            client.logout()
        with suppress(*BROKEN):
            client.shutdown()


def sign_in(client: IMAPClient, account: Account) -> None:
    """Sign in, and say who we are to servers that ask. Raises Unavailable (`mailbox_sign_in`)."""
    try:
        if account.token is not None:
            client.oauth2_login(account.user, account.token())
        else:
            client.login(account.user, account.password)
    except UnicodeEncodeError as error:
        # LOGIN speaks ASCII; what was typed is no code.
        raise Unavailable("mailbox_sign_in", mailbox=account.address, reply="ASCII") from error
    except LoginError as error:
        said = str(error).removeprefix("b'").removesuffix("'")
        raise Unavailable("mailbox_sign_in", mailbox=account.address, reply=said[:300]) from error
    # Only servers that offer ID are sent it: QQ was seen to hang up on what it does not know.
    if client.has_capability("ID"):
        client.id_(WHO)
