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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from autoreply.transport import OutcomeUnknown, Parcel, Undelivered
from kb.errors import Unavailable

TLS, STARTTLS, PLAIN = "tls", "starttls", "none"
SECONDS = 15.0
ANSWER_SECONDS = 60.0
"""How long a relay may take to say that it has a mail (RFC 5321 allows minutes)."""

_SENDER_REFUSED = (501, 503, 550, 553, 554)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_NOBODY = re.compile(
    r"user unknown|no such (?:user|recipient)|does ?n.t exist|mailbox not found", re.I
)
_SENDER = re.compile(r"mail from|authoriz(?:ed|ation) user|sender address", re.I)

# What a connection that breaks raises; smtplib's own errors are OSErrors. A name of a server that
# is none raises UnicodeError.
_BROKEN = (OSError, smtplib.SMTPException, UnicodeError)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a relay takes an envelope sender; `reply` is what it says when not."""

    sender: str
    taken: bool
    reply: str


@dataclass(slots=True)
class Relay:
    """One relay.

    Attributes:
        host: name or address.
        port: as the relay listens.
        tls: `tls`, `starttls` or `none`.
        user: account; "" sends without signing in.
        password: password or authorisation code.
        token: gives an access token that is still good; then XOAUTH2 is spoken instead.
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
    token: Callable[[], str] | None = field(default=None, repr=False)

    def send(self, parcel: Parcel) -> str:
        """Speak one mail to the relay. Raises Undelivered, OutcomeUnknown."""
        with self._connection() as smtp:
            try:
                return self._speak(smtp, parcel)
            except Undelivered as error:
                # Some judge the sender as late as at RCPT, or when they have read the mail.
                if parcel.fallback in (None, parcel.sender) or not _names_sender(error):
                    raise
                self.refuses_null = self.refuses_null or not parcel.sender
                with contextlib.suppress(*_BROKEN):
                    smtp.rset()
                return self._speak(smtp, replace(parcel, sender=parcel.fallback or ""))

    def _speak(self, smtp: smtplib.SMTP, parcel: Parcel) -> str:
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

    def probe(self, senders: Iterable[str], recipient: str) -> list[Answer]:
        """Ask for each envelope sender whether it would be taken; nothing is sent.

        Args:
            senders: in the order in which they are tried; "" is the null sender.
            recipient: an address of our own, because some servers judge the sender at RCPT only.

        Returns:
            an answer for each sender, in their order; none for those after a server hung up.

        Raises:
            Undelivered: it cannot be connected to, or not signed in.
        """
        found = []
        with self._connection() as smtp:
            for sender in senders:
                try:
                    answer = smtp.mail(sender)
                    if answer[0] == 250:
                        answer = smtp.rcpt(recipient)
                    smtp.rset()
                except _BROKEN as error:
                    found.append(Answer(sender, False, str(error)))
                    break
                taken = answer[0] in (250, 251)
                found.append(Answer(sender, taken, "" if taken else _words(answer)))
        return found

    @contextlib.contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        try:
            smtp = self._open()
        except smtplib.SMTPAuthenticationError as error:
            text = error.smtp_error
            said = (error.smtp_code, text if isinstance(text, bytes) else str(text).encode())
            raise Undelivered("sign_in", permanent=False, reply=_words(said)) from error
        except UnicodeEncodeError as error:
            # AUTH speaks ASCII; other letters are no code.
            raise Undelivered("sign_in", permanent=False, reply=str(error)) from error
        except Unavailable as error:
            raise Undelivered("token", permanent=False, reply=str(error)) from error
        except _BROKEN as error:
            raise Undelivered("connection", permanent=False, reply=_about(error)) from error
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
            self._sign_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if self.token is not None:
            first = f"user={self.user}\x01auth=Bearer {self.token()}\x01\x01"
            # A refusal comes as a challenge, whose answer is empty.
            smtp.auth("XOAUTH2", lambda challenge=None: first if challenge is None else "")
        elif self.user:
            smtp.login(self.user, self.password)

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
    number = answer[0]
    if number == wanted:
        return
    text = _words(answer)
    permanent = 500 <= number < 600
    raise Undelivered(
        code, permanent=permanent, reply=text, bad_address=address and permanent and _nobody(text)
    )


def _names_sender(error: Undelivered) -> bool:
    """Say whether a refusal after MAIL is about the envelope sender after all."""
    reply = str(error.params.get("reply", ""))
    late = error.code in ("recipient_refused", "data_refused", "content_refused")
    return late and reply.startswith(("501", "550", "553")) and bool(_SENDER.search(reply))


def _words(answer: tuple[int, bytes]) -> str:
    return f"{answer[0]} {answer[1].decode('utf-8', 'replace')}"[:300]


def _about(error: Exception) -> str:
    """Name what broke; the text of an error alone is often empty."""
    return f"{type(error).__name__}: {error}"


def _nobody(text: str) -> bool:
    """Say whether an answer means that the address does not exist (5.1.1 and its like)."""
    status = _STATUS.search(text)
    if status:
        return status[1] == "5" and status[2] == "1"
    return _NOBODY.search(text) is not None
