"""Take mail from an MTA by SMTP or LMTP. The only door to aiosmtpd.

A recipient that is not ours is refused before the content; the content is acknowledged only after
its row is committed. When it cannot be kept, the answer is 451, so that the MTA tries again.

Source: RFC 5321, 4.2 and 4.5.3; RFC 2033, 4.2 (LMTP answers once for each recipient).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import AnyStr

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from autoreply import spool
from autoreply.limits import DEFAULT
from autoreply.sender import Sender, accepts, own_addresses
from autoreply.spool import Arrival
from kb.db import Database
from kb.errors import Conflict, Unavailable

log = logging.getLogger(__name__)

SMTP_NAME, LMTP_NAME = "smtp", "lmtp"
MOST_RECIPIENTS = 100
LONGEST_LINE = 1024 * 1024
"""Real mailers send lines far longer than the 998 characters of RFC 5322."""

ADDRESSES_SECONDS = 5.0
IDLE_SECONDS = 120

KEPT = "250 2.0.0 kept"
LATER = "451 4.3.0 cannot keep it now, try again later"
NOT_OURS = "550 5.1.1 no such mailbox here"
TOO_MANY = "452 4.5.3 too many recipients"
_REFUSED_CONTENT = ("552 Error: Too much", "500 Line too long")


def _once_each(status: str, envelope: Envelope | None) -> str:
    """Return a status once for each recipient, as LMTP answers."""
    count = len(envelope.rcpt_tos) if envelope is not None else 1
    return "\r\n".join([status] * max(1, count))


def _sender(envelope: Envelope) -> str:
    """Return MAIL FROM; aiosmtpd gives the null sender as it is written."""
    sender = envelope.mail_from or ""
    return "" if sender == "<>" else sender


class _Smtp(SMTP):
    line_length_limit = LONGEST_LINE


class _Lmtp(LMTP):
    line_length_limit = LONGEST_LINE

    async def push(self, status: AnyStr) -> None:
        """Answer; a refused content is refused for each recipient."""
        if isinstance(status, str) and status.startswith(_REFUSED_CONTENT):
            await super().push(_once_each(status, self.envelope))
        else:
            await super().push(status)


@dataclass(slots=True)
class Keeper:
    """Keeps what comes in; aiosmtpd calls its `handle_…` hooks.

    Attributes:
        wake: called after each commit, so that the worker looks at once.
    """

    db: Database
    sender: Sender
    protocol: str
    clock: Callable[[], datetime]
    wake: Callable[[], None]
    _ours: frozenset[str] = field(default=frozenset())
    _read_at: float = field(default=float("-inf"))

    # aiosmtpd looks for these names, and for coroutines.
    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept our own addresses only."""
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return TOO_MANY
        try:
            known = await asyncio.to_thread(self.addresses)
        except Unavailable:
            return LATER
        if not accepts(address, known):
            return NOT_OURS
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Commit, then acknowledge."""
        status = await asyncio.to_thread(self._keep, envelope)
        return _once_each(status, envelope) if self.protocol == LMTP_NAME else status

    def _keep(self, envelope: Envelope) -> str:
        now = self.clock()
        arrival = Arrival(
            raw=bytes(envelope.original_content or b""),
            mailbox=self._mailbox(envelope.rcpt_tos),
            source=self.protocol,
            received_at=now,
            envelope_from=_sender(envelope),
            envelope_to=tuple(envelope.rcpt_tos),
        )
        try:
            with self.db.transaction() as session:
                spool.store(session, arrival, now=now)
        except Unavailable as error:
            log.warning("a mail was put off: %s", error)
            return LATER
        except Exception:
            # Whatever it is, the MTA keeps the mail and people see the log.
            log.exception("a mail could not be kept")
            return LATER
        self.wake()
        return KEPT

    def _mailbox(self, recipients: list[str]) -> str:
        exact = next((r for r in recipients if r.lower() in self._ours), recipients[0])
        return next((own for own in self._ours if accepts(exact, frozenset({own}))), exact)

    def addresses(self) -> frozenset[str]:
        """Return our addresses, read again every few seconds. Raises Unavailable."""
        if time.monotonic() - self._read_at > ADDRESSES_SECONDS:
            with self.db.reading() as session:
                self._ours = own_addresses(session, self.sender)
            self._read_at = time.monotonic()
        return self._ours


class Listener:
    """An SMTP or LMTP server in a thread of its own."""

    def __init__(self, keeper: Keeper, host: str, port: int) -> None:
        """Prepare; nothing listens before `start`.

        Args:
            keeper: what keeps the mail; its protocol chooses SMTP or LMTP.
            host: address to listen on.
            port: free port, as `wenqu.serving.claim_address` found it.
        """
        self.host, self.port = host, port
        self._controller = _Controller(keeper, host, port)

    def start(self) -> None:
        """Listen. Raises Conflict (`address_in_use`)."""
        try:
            self._controller.start()
        except OSError as error:
            # aiosmtpd leaves the loop of a server that could not start.
            self._controller.loop.close()
            raise Conflict("address_in_use", address=f"{self.host}:{self.port}") from error

    def stop(self) -> None:
        """Close the listener; a mail that is not acknowledged yet stays with its MTA."""
        self._controller.stop(no_assert=True)


class _Controller(Controller):
    def __init__(self, keeper: Keeper, host: str, port: int) -> None:
        self._keeper = keeper
        super().__init__(keeper, hostname=host, port=port, ready_timeout=10.0)

    def factory(self) -> SMTP:
        """Make the server of one connection."""
        kind = _Lmtp if self._keeper.protocol == LMTP_NAME else _Smtp
        return kind(
            self._keeper,
            data_size_limit=DEFAULT.message_bytes,
            enable_SMTPUTF8=True,
            decode_data=False,
            hostname="wenqu",
            ident="wenqu",
            timeout=IDLE_SECONDS,
            auth_required=False,
            loop=self.loop,
        )
