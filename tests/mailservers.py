"""Mail servers for tests: an aiosmtpd relay that misbehaves on demand, dovecot and opensmtpd.

The real servers run as children in a folder of their own, on loopback, and are ended by their
process ids.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def await_port(port: int, *, seconds: float = 15.0) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


@dataclass
class Handed:
    """One mail as the relay took it."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    options: tuple[str, ...]


@dataclass
class Behaviour:
    """What a relay does: it keeps what it took, and answers as it is told.

    Attributes:
        cut: close the connection after the mail was taken, before 250.
        data: answers to DATA's end, one for each mail; then 250.
        mail_from: answer to a null sender, or "" to accept it.
        recipient: answer to RCPT, or "" to accept it.
    """

    cut: bool = False
    data: list[str] = field(default_factory=list)
    mail_from: str = ""
    recipient: str = ""
    handed: list[Handed] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        # aiosmtpd gives the null sender as it is written.
        if self.mail_from and address == "<>":
            return self.mail_from
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient:
            return self.recipient
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.data:
            return self.data.pop(0)
        self.handed.append(
            Handed(
                "" if envelope.mail_from == "<>" else envelope.mail_from or "",
                tuple(envelope.rcpt_tos),
                bytes(envelope.original_content or b""),
                tuple(envelope.rcpt_options),
            )
        )
        if self.cut and server.transport is not None:
            server.transport.abort()
        return "250 2.0.0 taken"


@contextmanager
def relay(behaviour: Behaviour | None = None) -> Iterator[tuple[int, Behaviour]]:
    """Run a relay in a thread."""
    does = behaviour or Behaviour()
    port = free_port()
    controller = Controller(does, hostname=LOOPBACK, port=port, ready_timeout=20)
    controller.start()
    try:
        yield port, does
    finally:
        controller.stop(no_assert=True)


@dataclass
class Child:
    """A server of ours."""

    process: subprocess.Popen[bytes]
    port: int
    extra: int = 0
    mail: Path = Path()

    def kill(self) -> None:
        """End it and its children as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


DOVECOT = """
protocols = imap lmtp
base_dir = {home}/run
state_dir = {home}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail/%u
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
{oauth2}
passdb {{
  driver = static
  args = password=pass
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""


OAUTH2 = """
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {conf}
}}
"""


@contextmanager
def dovecot(
    folder: Path,
    *,
    ports: tuple[int, int] = (0, 0),
    introspection: str = "",
    capability: str = "",
) -> Iterator[Child]:
    """Run dovecot; `port` is IMAP, `extra` LMTP; every user's password is `pass`.

    With an address of token introspection (RFC 7662) it takes XOAUTH2 too; `capability` is all
    that it offers, when given.
    """
    more = _oauth2(folder, introspection)
    if capability:
        more += f"\nimap_capability = {capability}\n"
    # Its users may not walk into pytest's folders, which each run of pytest makes private again.
    with (
        tempfile.TemporaryDirectory(prefix="dovecot-") as home,
        _dovecot(folder, Path(home), ports, more) as child,
    ):
        yield child


def _oauth2(folder: Path, introspection: str) -> str:
    if not introspection:
        return ""
    folder.mkdir(parents=True, exist_ok=True)
    conf = folder / "oauth2.conf"
    conf.write_text(
        f"introspection_mode = post\nintrospection_url = {introspection}\n"
        "username_attribute = username\nactive_attribute = active\nactive_value = true\n"
    )
    return OAUTH2.format(conf=conf)


@contextmanager
def _dovecot(folder: Path, home: Path, ports: tuple[int, int], more: str) -> Iterator[Child]:
    program = shutil.which("dovecot") or "/usr/sbin/dovecot"
    imap, lmtp = ports[0] or free_port(), ports[1] or free_port()
    owner = pwd.getpwnam("nobody")
    folder.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    for name in ("run", "state", "mail"):
        (home / name).mkdir()
    os.chown(home / "mail", owner.pw_uid, owner.pw_gid)
    conf = folder / "dovecot.conf"
    values: dict[str, object] = {
        "user": "nobody",
        "group": "nogroup",
        "uid": owner.pw_uid,
        "gid": owner.pw_gid,
    }
    values |= {"home": home, "oauth2": more}
    conf.write_text(DOVECOT.format(folder=folder, imap=imap, lmtp=lmtp, **values))
    # A group of their own, so that all of them can be ended together.
    process = subprocess.Popen([program, "-F", "-c", str(conf)], start_new_session=True)
    try:
        await_port(imap)
        await_port(lmtp)
        yield Child(process, imap, lmtp, home / "mail")
    finally:
        process.terminate()
        process.wait(15)


OPENSMTPD = """
listen on 127.0.0.1 port {port}
action "relay" relay host lmtp://127.0.0.1:{lmtp}
match from any for any action "relay"
"""


@contextmanager
def opensmtpd(folder: Path, *, lmtp: int, port: int = 0) -> Iterator[Child]:
    """Run opensmtpd as a relay that hands everything to an LMTP server.

    Its queue stands in `folder`: who runs it there again after a kill meets what was in it.
    """
    port = port or free_port()
    folder.mkdir(exist_ok=True)
    conf = folder / "smtpd.conf"
    conf.write_text(OPENSMTPD.format(port=port, lmtp=lmtp))
    conf.chmod(0o600)
    with (folder / "smtpd.log").open("ab") as log:
        process = subprocess.Popen(
            [*_apart(folder), shutil.which("smtpd") or "/usr/sbin/smtpd", "-d", "-f", str(conf)],
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            await_port(port)
            yield Child(process, port)
        finally:
            process.terminate()
            process.wait(15)


def _apart(folder: Path) -> tuple[str, ...]:
    """Return how to run a program that has /var/spool and /run to itself."""
    unshare = shutil.which("unshare") or "unshare"
    if subprocess.run([unshare, "-m", "true"], check=False, capture_output=True).returncode:
        return ()
    binds = []
    for name, place in (("spool", "/var/spool"), ("run", "/run")):
        (folder / name).mkdir(exist_ok=True)
        (folder / name).chmod(0o755)
        binds.append(f"mount --bind '{folder / name}' {place}")
    script = " && ".join((*binds, 'exec "$@"'))
    return (unshare, "-m", "sh", "-c", script, "sh")


def hurry(folder: Path) -> bool:
    """Have the opensmtpd of a folder try at once what waits in its queue."""
    program = shutil.which("smtpctl") or "/usr/sbin/smtpctl"
    for order in (["resume", "route", "all"], ["schedule", "all"]):
        command = [*_apart(folder), program, *order]
        done = subprocess.run(command, check=False, capture_output=True, timeout=10)
    return done.returncode == 0
