"""Real processes: what is refused at the start, and that the end loses nothing."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kb import demo, settings
from kb.db import Database
from kb.errors import Conflict
from tests.e2e.demo import wait_for
from tests.wenqu.conftest import Wenqu
from wenqu import serving

ROOT = Path(__file__).parents[2]


@contextmanager
def taken() -> Iterator[int]:
    """Listen on a port, as another program would."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_an_address_in_use_is_one_sentence(installed: Wenqu, tmp_path: Path) -> None:
    with taken() as port:
        for ports in ((port, 0, 0), (0, port, 0), (0, 0, port)):
            site, smtp, lmtp = ports
            ran = installed(
                "demo", "--data-dir", tmp_path / "d",
                "--port", site, "--smtp-port", smtp, "--lmtp-port", lmtp,
            )  # fmt: skip
            assert ran.code == 1
            assert f"127.0.0.1:{port} 已经被别的程序占用" in ran.err
        assert not (tmp_path / "d").exists(), "refused before anything is made"
        assert "占用" in installed("serve", WENQU_PORT=str(port)).err
        ran = installed("serve", WENQU_PORT="0", WENQU_SMTP_LISTEN=f"127.0.0.1:{port}")
        assert (ran.code, ran.out) == (1, "")
        assert f"127.0.0.1:{port}" in ran.err


def test_an_address_of_another_machine_is_one_sentence(installed: Wenqu) -> None:
    ran = installed("serve", WENQU_HOST="203.0.113.1")
    assert ran.code == 1
    assert "用不了" in ran.err


def test_a_free_port_is_found() -> None:
    assert serving.claim_address("127.0.0.1", 0) > 1024
    with taken() as port, pytest.raises(Conflict):
        serving.claim_address("127.0.0.1", port)


@pytest.mark.parametrize("command", ["serve", "work"])
def test_customers_are_not_served_from_demo_content(
    installed: Wenqu, tmp_path: Path, command: str
) -> None:
    database = Database(f"sqlite:///{tmp_path}/wenqu-data/wenqu.db")
    with database.transaction() as session:
        settings.raise_flag(session, demo.FLAG)
    database.close()
    ran = installed(command)
    assert (ran.code, ran.out) == (1, "")
    assert "演示数据" in ran.err


def test_the_demo_leaves_a_real_installation_alone(installed: Wenqu, tmp_path: Path) -> None:
    ran = installed("demo", "--data-dir", tmp_path / "wenqu-data", "--port", 0, "--smtp-port", 0,
                    "--lmtp-port", 0)  # fmt: skip
    assert ran.code == 1
    assert "已经有正式数据" in ran.err


def test_the_demo_refuses_at_once_what_its_pages_would_refuse(wenqu: Wenqu, tmp_path: Path) -> None:
    ran = wenqu("demo", "--data-dir", tmp_path / "demo", "--port", 0, WENQU_NONSENSE="1")
    assert ran.code == 1
    assert "nonsense" in ran.err
    assert not (tmp_path / "demo").exists()


@contextmanager
def process(folder: Path, *words: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command; whatever happens, nothing of it stays."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "WENQU_ENGINE": "whoosh", "WENQU_ENCODER": "none",
           "WENQU_COOKIE_SECURE": "0", **environ}  # fmt: skip
    running = subprocess.Popen(
        [sys.executable, "-m", "wenqu", *words], cwd=folder, env=env, text=True,
        stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        yield running
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate(timeout=20)


def ask(port: int, path: str, **form: str) -> int:
    """Speak to the server and return the status; a form's cookie and token are fetched first."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path)
        page = connection.getresponse()
        text = page.read().decode()
        if not form:
            return page.status
        cookie = (page.headers["Set-Cookie"] or "").partition(";")[0]
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)
        assert token
        body = urlencode({**form, "csrf_token": token[1]})
        kind = "application/x-www-form-urlencoded"
        connection.request("POST", path, body, {"Cookie": cookie, "Content-Type": kind})
        return connection.getresponse().status


def ready(port: int, running: subprocess.Popen[str]) -> bool:
    if running.poll() is not None:
        raise AssertionError(f"ended with {running.returncode}")
    try:
        return ask(port, "/readyz") == 200
    except OSError:
        return False


@pytest.mark.e2e
@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_running_request_ends_before_the_server_does(
    installed: Wenqu, tmp_path: Path, processes: str
) -> None:
    port = serving.claim_address("127.0.0.1", 0)
    environ = {"WENQU_PORT": str(port), "WENQU_PROCESSES": processes}
    with process(tmp_path, "serve", **environ) as running:
        wait_for("/readyz", lambda: ready(port, running))
        lock = sqlite3.connect(tmp_path / "wenqu-data" / "wenqu.db", isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        statuses: list[int] = []
        form = {"text": "门锁打不开了怎么办", "mail": "lin@example.com"}
        asking = threading.Thread(target=lambda: statuses.append(ask(port, "/ask", **form)))
        asking.start()
        time.sleep(1.5)
        running.send_signal(signal.SIGTERM)
        time.sleep(1.0)
        assert running.poll() is None, "it waits for the request"
        lock.execute("ROLLBACK")
        lock.close()
        asking.join(30)
        assert statuses == [200]
        assert running.wait(30) == 0
    database = Database(f"sqlite:///{tmp_path}/wenqu-data/wenqu.db")
    with database.reading() as session:
        count = session.connection().exec_driver_sql("SELECT count(*) FROM ticket").scalar()
    database.close()
    assert count == 1


@pytest.mark.e2e
def test_work_takes_mail_and_ends_when_told(installed: Wenqu, tmp_path: Path) -> None:
    port = serving.claim_address("127.0.0.1", 0)
    with process(tmp_path, "work", WENQU_LMTP_LISTEN=f"127.0.0.1:{port}") as running:

        def greeted() -> bool:
            try:
                with socket.create_connection(("127.0.0.1", port), 5) as client:
                    return client.recv(99).startswith(b"220")
            except OSError:
                return False

        wait_for("LMTP", greeted)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0


@pytest.mark.e2e
def test_pages_alone_leave_mail_to_others(installed: Wenqu, tmp_path: Path) -> None:
    port, mail = (serving.claim_address("127.0.0.1", 0) for _ in range(2))
    environ = {"WENQU_PORT": str(port), "WENQU_SMTP_LISTEN": f"127.0.0.1:{mail}"}
    with process(tmp_path, "serve", "--without-work", **environ) as running:
        wait_for("/readyz", lambda: ready(port, running))
        assert ask(port, "/") == 200
        assert ask(port, "/search?q=x") == 200
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", mail), 2)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
