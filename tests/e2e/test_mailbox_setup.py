"""An administrator sets a mailbox up in a browser; mail comes in; the server is killed and goes on.

Everything is real: `wenqu serve` in its own processes, Chromium, dovecot, a relay.
"""

from __future__ import annotations

import os
import signal
import smtplib
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests import mailservers
from tests.e2e.browser import launched
from tests.e2e.demo import wait_for
from tests.factories import PASSWORD
from tests.mailservers import Behaviour, Child

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
OURS = "help@anlu.example"


@dataclass
class Site:
    """An installation that is served, again and again."""

    folder: Path
    port: int

    def wenqu(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "wenqu", *words]

    @property
    def environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "WENQU_DATA_DIR": str(self.folder / "data"),
            "WENQU_PORT": str(self.port),
            "WENQU_BASE_URL": f"http://127.0.0.1:{self.port}",
            "WENQU_COOKIE_SECURE": "false",
            "WENQU_ENGINE": "whoosh",
            "WENQU_ENCODER": "none",
        }

    def run(self, *words: str) -> None:
        ran = subprocess.run(
            self.wenqu(*words), cwd=self.folder, env=self.environ, capture_output=True, check=False
        )
        assert ran.returncode == 0, ran.stderr.decode()

    @contextmanager
    def served(self) -> Iterator[subprocess.Popen[bytes]]:
        """Serve; what is still there at the end is ended with all its processes."""
        with (self.folder / "serve.log").open("ab") as log:
            process = subprocess.Popen(
                self.wenqu("serve"), cwd=self.folder, env=self.environ, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        try:
            wait_for("/readyz", self.ready, seconds=120)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/readyz", timeout=10
            ) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def rows(self, query: str) -> list[tuple[object, ...]]:
        path = self.folder / "data" / "wenqu.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, mailservers.free_port())
    made.run(
        "init", "--company", "安庐", "--mailbox", OURS, "--admin", "boss", "--password", PASSWORD
    )
    return made


def sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/login")
    page.fill("input[name=name]", "boss")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/desk/**")


def set_up(chromium: Browser, site: Site, box: Child, relay: int) -> str:
    """Fill the page in, try the mailbox and switch it on. Returns what trying found."""
    base = f"http://127.0.0.1:{site.port}"
    with closing(chromium.new_context(locale="zh-CN")) as context:
        page = context.new_page()
        sign_in(page, base)
        page.goto(f"{base}/desk/mailboxes")
        page.get_by_role("link", name="加一个邮箱").first.click()
        page.get_by_role("link", name="自己的邮件服务器").click()
        page.get_by_label("密码", exact=True).fill("pass")
        for name, value in (
            ("imap_host", "127.0.0.1"), ("imap_port", str(box.port)), ("login", "help"),
            ("smtp_host", "127.0.0.1"), ("smtp_port", str(relay)),
        ):  # fmt: skip
            page.fill(f"[name={name}]", value)
        page.select_option("[name=imap_tls]", "none")
        page.select_option("[name=smtp_tls]", "none")
        page.get_by_role("button", name="保存并试一试").click()
        page.wait_for_selector("#tried", timeout=60_000)
        found = page.inner_text("#tried")
        page.get_by_role("button", name="打开，先用影子模式").click()
        page.wait_for_selector("text=停止收信")
    return found


def deliver(box: Child, subject: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "周琳 <lin@qq.example>", OURS, subject
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="qq.example")
    mail.set_content("我在门外，能不能先让我进去？")
    with smtplib.LMTP("127.0.0.1", box.extra) as client:
        client.sendmail("lin@qq.example", ["help"], mail.as_bytes())


def done(site: Site) -> list[tuple[object, ...]]:
    return site.rows("SELECT subject, state, outcome, mailbox FROM mail_spool ORDER BY id")


def test_from_an_empty_page_to_mail_that_survives_a_kill(site: Site, tmp_path: Path) -> None:
    behaviour = Behaviour()
    with (
        mailservers.dovecot(tmp_path / "dovecot") as box,
        mailservers.relay(behaviour) as (relay, _),
        launched() as chromium,
    ):
        with site.served() as process:
            found = set_up(chromium, site, box, relay)
            assert "登录成功" in found
            assert "有新信时服务器会马上告诉我们" in found
            wait_for("the first look", lambda: site.rows(
                "SELECT 1 FROM mail_mailbox WHERE read_at IS NOT NULL"))  # fmt: skip
            deliver(box, "先来")
            wait_for("the first ticket", lambda: done(site) == [
                ("先来", "done", "ticket", OURS)])  # fmt: skip
            # Everything at once, as the kernel does when memory is short; it waits in IDLE.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)
        deliver(box, "后来")
        with site.served():
            wait_for("the second ticket", lambda: len(
                [row for row in done(site) if row[2] == "ticket"]) == 2)  # fmt: skip
    assert [row[0] for row in done(site)] == ["先来", "后来"]
    # In shadow mode nothing left by itself.
    assert behaviour.handed == []
    stored = str(site.rows("SELECT * FROM mail_account"))
    assert "'pass'" not in stored
    assert '"pass"' not in (tmp_path / "serve.log").read_text()
