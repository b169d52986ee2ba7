"""Send through an SMTP relay. The only door to smtplib.

The dialogue is spoken step by step, because what a failure means depends on where it happens:
before the end of DATA the mail certainly did not leave, after it nobody can tell.

Source: RFC 5321, 4.2.5; 163 and QQ refuse the null sender with 553 and 501.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field

from autoreply.transport import OutcomeUnknown, Parcel, Undelivered

TLS, STARTTLS, PLAIN = "tls", "starttls", "none"
SECONDS = 15.0
ANSWER_SECONDS = 60.0
"""How long a relay may take to say that it has a mail (RFC 5321 allows minutes)."""

_SENDER_REFUSED = (501, 503, 550, 553, 554)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_NOBODY = re.compile(
    r"user unknown|no such (?:user|recipient)|does ?n.t exist|mailbox not found", re.I
)

# What a connection that breaks raises; smtplib's own errors are OSErrors.
_BROKEN = (OSError, smtplib.SMTPException)


@dataclass(slots=True)
class Relay:
    """One relay.

    Attributes:
        host: name or address.
        port: as the relay listens.
        tls: `tls`, `starttls` or `none`.
        user: account; "" sends without signing in.
        password: password or authorisation code.
        seconds: longest wait for one step.
        refuses_null: learned: the relay takes no null sender, so the fallback is used at once.
    """

    host: str
    port: int
    tls: str = STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    seconds: float = SECONDS
    answer_seconds: float = ANSWER_SECONDS
    refuses_null: bool = False

    def send(self, parcel: Parcel) -> str:
        """Speak one mail to the relay. Raises Undelivered, OutcomeUnknown."""
        with self._connection() as smtp:
            try:
                sender = self._mail_from(smtp, parcel)
                self._recipient(smtp, parcel)
                _expect(smtp.docmd("DATA"), 354, "data_refused")
            except _BROKEN as error:
                raise Undelivered("broken", permanent=False, reply=str(error)) from error
            self._content(smtp, parcel)
            return sender

    def greet(self) -> None:
        """Connect, sign in and hang up, to see that it would work. Raises Undelivered."""
        with self._connection():
            pass

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        try:
            smtp = self._open()
        except smtplib.SMTPAuthenticationError as error:
            raise Undelivered("sign_in", permanent=False, reply=str(error)) from error
        except _BROKEN as error:
            raise Undelivered("connection", permanent=False, reply=str(error)) from error
        try:
            yield smtp
        finally:
            with contextlib.suppress(*_BROKEN):
                smtp.quit()
            smtp.close()

    def _open(self) -> smtplib.SMTP:
        if self.tls == TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=self.seconds, context=ssl.create_default_context()
            )
        else:
            smtp = smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        try:
            smtp.ehlo_or_helo_if_needed()
            if self.tls == STARTTLS:
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
            if self.user:
                smtp.login(self.user, self.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _mail_from(self, smtp: smtplib.SMTP, parcel: Parcel) -> str:
        sender = parcel.sender
        if self.refuses_null and not sender and parcel.fallback:
            sender = parcel.fallback
        code, text = smtp.mail(sender)
        if code in _SENDER_REFUSED and sender != parcel.fallback and parcel.fallback:
            smtp.rset()
            self.refuses_null = self.refuses_null or not sender
            sender = parcel.fallback
            code, text = smtp.mail(sender)
        _expect((code, text), 250, "sender_refused")
        return sender

    def _recipient(self, smtp: smtplib.SMTP, parcel: Parcel) -> None:
        quiet = parcel.quiet and smtp.has_extn("dsn")
        code, text = smtp.rcpt(parcel.recipient, ["NOTIFY=NEVER"] if quiet else [])
        if code == 251:
            return
        _expect((code, text), 250, "recipient_refused", address=True)

    def _content(self, smtp: smtplib.SMTP, parcel: Parcel) -> None:
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self.answer_seconds)
            smtp.send(_dotted(parcel.raw))
            answer = smtp.getreply()
        except _BROKEN as error:
            raise OutcomeUnknown(reply=str(error)[:300]) from error
        _expect(answer, 250, "content_refused")


def _dotted(raw: bytes) -> bytes:
    """Return the mail as DATA wants it: dots doubled, its end marked (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    dotted = re.sub(rb"(?m)^\.", b"..", lines)
    return dotted + (b"" if dotted.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _expect(answer: tuple[int, bytes], wanted: int, code: str, *, address: bool = False) -> None:
    """Raise Undelivered unless a server said what was wanted."""
    number, said = answer
    if number == wanted:
        return
    text = f"{number} {said.decode('utf-8', 'replace')}"
    permanent = 500 <= number < 600
    raise Undelivered(
        code, permanent=permanent, reply=text, bad_address=address and permanent and _nobody(text)
    )


def _nobody(text: str) -> bool:
    """Say whether an answer means that the address does not exist (5.1.1 and its like)."""
    status = _STATUS.search(text)
    if status:
        return status[1] == "5" and status[2] == "1"
    return _NOBODY.search(text) is not None
