"""Providers for tests, on loopback: IMAP and SMTP that refuse as 163 and QQ do, DNS, OAuth2.

What they say is what the real ones were seen to say.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.mailservers import LOOPBACK, free_port

CODE = "ABCDEFGHIJKLMNOP"
"""The authorisation code that lets one in; anything else is a password."""


# IMAP.


@dataclass
class ImapProvider:
    """How an IMAP server behaves.

    Attributes:
        capabilities: what it offers.
        needs_id: refuses SELECT before ID, as 163 does.
        hangs_up: on a command that it does not know, as QQ was seen to.
        refusal: its answer to a wrong password.
        commands: what it was told, in order, without arguments.
    """

    capabilities: str = "IMAP4rev1 IDLE"
    needs_id: bool = False
    hangs_up: bool = False
    refusal: str = "[AUTHENTICATIONFAILED] Invalid credentials"
    folders: tuple[str, ...] = ("INBOX", "Sent")
    count: int = 3
    commands: list[str] = field(default_factory=list)


def netease() -> ImapProvider:
    return ImapProvider(
        capabilities="IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS XAPPLEPUSHSERVICE UIDPLUS",
        needs_id=True,
        refusal="LOGIN Login error or password error",
    )


def qq() -> ImapProvider:
    return ImapProvider(
        capabilities="IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE IDLE",
        hangs_up=True,
        refusal=(
            "Login fail. Account is abnormal, service is not open, password is incorrect, "
            "login frequency limited, or system is busy."
        ),
    )


class _ImapTalk(socketserver.StreamRequestHandler):
    """One connection."""

    provider: ImapProvider

    def handle(self) -> None:
        self.known = False
        self._say("* OK ready")
        for raw in self.rfile:
            tag, _, rest = raw.decode().rstrip("\r\n").partition(" ")
            command, _, words = rest.partition(" ")
            self.provider.commands.append(command.upper())
            answer = getattr(self, f"_{command.lower()}", None)
            if answer is None:
                if self.provider.hangs_up:
                    return
                self._say(f"{tag} BAD command not known")
                continue
            self._say(f"{tag} {answer(words)}")
            if command.upper() == "LOGOUT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _capability(self, _: str) -> str:
        self._say(f"* CAPABILITY {self.provider.capabilities}")
        return "OK done"

    def _login(self, words: str) -> str:
        return "OK LOGIN completed" if CODE in words else f"NO {self.provider.refusal}"

    def _id(self, _: str) -> str:
        if "ID" not in self.provider.capabilities.split():
            return "BAD command not known"
        self.known = True
        self._say("* ID NIL")
        return "OK ID completed"

    def _examine(self, words: str) -> str:
        if self.provider.needs_id and not self.known:
            return "NO EXAMINE Unsafe Login. Please contact kefu@188.com for help"
        if words.strip('"') not in self.provider.folders:
            return "NO folder does not exist"
        self._say(f"* {self.provider.count} EXISTS")
        self._say("* OK [UIDVALIDITY 1] UIDs valid")
        return "OK [READ-ONLY] done"

    def _list(self, _: str) -> str:
        for name in self.provider.folders:
            self._say(f'* LIST () "/" "{name}"')
        return "OK done"

    def _logout(self, _: str) -> str:
        self._say("* BYE")
        return "OK done"


@contextmanager
def imap_provider(provider: ImapProvider) -> Iterator[int]:
    talk = type("Talk", (_ImapTalk,), {"provider": provider})
    with _serving(socketserver.ThreadingTCPServer((LOOPBACK, 0), talk)) as port:
        yield port


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[int]:
    if isinstance(server, socketserver.ThreadingMixIn):
        server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


# SMTP.


@dataclass
class SmtpProvider:
    """A relay that lets only an account's own address send.

    Attributes:
        account: who may sign in, with `CODE` or a token.
        refusal: its answer to any other sender; "" takes all.
        late: it judges the sender at RCPT, not at MAIL.
        tokens: access tokens that are good.
        handed: envelope senders of the mails that it took.
    """

    account: str
    refusal: str = ""
    late: bool = False
    tokens: tuple[str, ...] = ()
    handed: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.seen.append("" if address == "<>" else address)
        if not self.late and self.refusal and address != self.account:
            return self.refusal
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.late and self.refusal and envelope.mail_from != self.account:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.handed.append(envelope.mail_from or "")
        return "250 2.0.0 taken"

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        said = base64.b64decode(args[1]).decode()
        user, bearer = said.removeprefix("user=").removesuffix("\x01\x01").split("\x01auth=Bearer ")
        if user == self.account and bearer in self.tokens:
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"400","schemes":"bearer"}')
        return AuthResult(success=False, handled=False)


NETEASE_REFUSAL = "553 Mail from must equal authorized user"
QQ_REFUSAL = "501 mail from address must be same as authorization user"


@contextmanager
def smtp_provider(provider: SmtpProvider) -> Iterator[int]:
    def let_in(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        good = (
            isinstance(data, LoginPassword)
            and data.login.decode() == provider.account
            and data.password.decode() == CODE
        )
        return AuthResult(success=good, handled=False)

    port = free_port()
    controller = Controller(
        provider,
        hostname=LOOPBACK,
        port=port,
        ready_timeout=20,
        authenticator=let_in,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop(no_assert=True)


# DNS.


@contextmanager
def name_server(zone: dict[tuple[str, str], list[str]]) -> Iterator[int]:
    """Answer for `(name, type)`; a value `SERVFAIL` fails, what is missing does not exist."""

    class Talk(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            raw, socket = self.request
            try:
                asked = dns.message.from_wire(raw)
            except dns.exception.DNSException:
                return
            socket.sendto(_answer(asked, zone).to_wire(), self.client_address)

    with _serving(socketserver.ThreadingUDPServer((LOOPBACK, 0), Talk)) as port:
        yield port


def _answer(
    asked: dns.message.Message, zone: dict[tuple[str, str], list[str]]
) -> dns.message.Message:
    reply = dns.message.make_response(asked)
    reply.flags |= dns.flags.RA
    question = asked.question[0]
    name = question.name.to_text(omit_final_dot=True).lower()
    kind = dns.rdatatype.to_text(question.rdtype)
    values = zone.get((name, kind), [])
    if values == ["SERVFAIL"]:
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif values:
        reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
    elif not any(known == name for known, _ in zone):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


# OAuth2.


@dataclass
class Tokens:
    """A token endpoint with introspection.

    Attributes:
        refresh: refresh tokens that are good; each answer gives another one.
        codes: code -> challenge that it was asked with.
        good: access token -> its user.
        asked: forms that were posted, in order.
        down: it answers 503.
        once: a refresh token ends when it is used.
    """

    user: str
    client_secret: str = "s3cret"
    refresh: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)
    good: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    down: bool = False
    seconds: int = 3600
    once: bool = False

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        self.asked.append(form)
        if self.down:
            return 503, {"error": "temporarily_unavailable"}
        if form.get("client_secret") != self.client_secret:
            return 401, {"error": "invalid_client", "error_description": "AADSTS7000215: wrong"}
        if not self._allowed(form):
            return 400, {"error": "invalid_grant", "error_description": "AADSTS70008: expired"}
        if self.once:
            self.refresh.discard(form.get("refresh_token", ""))
        number = len(self.asked)
        access, renewed = f"access-{number}", f"refresh-{number}"
        self.good[access] = self.user
        self.refresh.add(renewed)
        return 200, {
            "token_type": "Bearer",
            "access_token": access,
            "refresh_token": renewed,
            "expires_in": self.seconds,
        }

    def _allowed(self, form: dict[str, str]) -> bool:
        if form.get("grant_type") == "refresh_token":
            return form.get("refresh_token") in self.refresh
        verifier = form.get("code_verifier", "")
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        wanted = self.codes.pop(form.get("code", ""), None)
        return wanted is not None and wanted == digest.rstrip(b"=").decode()

    def introspect(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        user = self.good.get(form.get("token", ""))
        return 200, {"active": "true" if user else "false", "username": user or ""}


@contextmanager
def token_server(tokens: Tokens) -> Iterator[str]:
    """Serve `/token` and `/introspect`; gives the address of the server."""

    class Talk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            answer = tokens.token if self.path == "/token" else tokens.introspect
            status, document = answer(form)
            raw = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            pass

    with _serving(ThreadingHTTPServer((LOOPBACK, 0), Talk)) as port:
        yield f"http://{LOOPBACK}:{port}"
