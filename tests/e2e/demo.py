"""A real `wenqu demo` in a process of its own, for tests that walk through the whole product."""

from __future__ import annotations

import email
import email.policy
import json
import signal
import smtplib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
START_SECONDS = 240


def wait_for(what: str, probe: Callable[[], T | None], *, seconds: float = 180) -> T:
    """Return what the probe returns as soon as it is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = probe()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s")


@dataclass
class Demo:
    """A running demo."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def facts(self) -> dict[str, object]:
        return dict(json.loads((self.folder / "demo.json").read_text(encoding="utf-8")))

    @property
    def site(self) -> str:
        return str(self.facts["site"]).rstrip("/")

    def ready(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"the demo ended with {self.process.returncode}")
        try:
            with urllib.request.urlopen(f"{self.site}/readyz", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def account(self, role: str) -> tuple[str, str]:
        users = self.facts["users"]
        assert isinstance(users, list)
        user = next(user for user in users if user["role"] == role)
        return user["name"], user["password"]

    def mail(self, subject: str, text: str, *, sender: str, name: str = "") -> str:
        """Send a mail to the intake as a customer's server would; returns its Message-ID."""
        message = EmailMessage()
        message["From"] = f"{name} <{sender}>" if name else sender
        message["To"] = str(self.facts["mailbox"])
        message["Subject"] = subject
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = make_msgid(domain="customer.example")
        message.set_content(text)
        host, _, port = str(self.facts["smtp"]).partition(":")
        with smtplib.SMTP(host, int(port), timeout=20) as relay:
            relay.send_message(message)
        return str(message["Message-ID"])

    def sent(self, to: str) -> list[EmailMessage]:
        """Return what the outbox holds for an address, oldest first."""
        paths = sorted(
            Path(str(self.facts["outbox"])).glob("*.eml"), key=lambda p: p.stat().st_mtime
        )
        mails = [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in paths
        ]
        return [mail for mail in mails if to in str(mail["To"])]  # type: ignore[misc]  # EmailMessage by policy


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Demo]:
    """Start the demo on free ports; SIGTERM at the end, and it must end by itself."""
    command = [sys.executable, "-m", "wenqu", "demo", "--data-dir", str(folder), *options]
    for name in ("--port", "--smtp-port", "--lmtp-port"):
        command += [name, "0"]
    (folder / "demo.json").unlink(missing_ok=True)
    process = subprocess.Popen(command)
    demo = Demo(folder, process)
    try:
        wait_for(
            "demo.json",
            lambda: _alive(demo) and (folder / "demo.json").exists(),
            seconds=START_SECONDS,
        )
        wait_for("/readyz", demo.ready, seconds=START_SECONDS)
        yield demo
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _alive(demo: Demo) -> bool:
    if demo.process.poll() is not None:
        raise AssertionError(f"the demo ended with {demo.process.returncode}")
    return True
