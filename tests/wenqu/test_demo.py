"""The demo: made once, started fast, on loopback only; its content can be taken and brought."""

from __future__ import annotations

import json
import socket
import time
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.demo import running
from tests.factories import PASSWORD
from tests.wenqu.conftest import Wenqu
from wenqu import demo

SECOND_START_SECONDS = 25
"""The promise is 5 s on a quiet machine; tests share theirs with others."""


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        text: str = answer.read().decode()
    return text


@pytest.mark.e2e
def test_the_demo_starts_twice_and_the_second_time_fast(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    with running(folder, "--encoder", "none") as first:
        facts: dict[str, Any] = first.facts
        assert set(facts) >= {"site", "desk", "smtp", "lmtp", "mailbox", "users", "outbox"}
        assert {user["role"] for user in facts["users"]} == {"agent", "editor", "admin"}
        assert all(set(user) == {"name", "role", "password"} for user in facts["users"])
        assert Path(facts["outbox"]).is_absolute()
        assert "安庐" in fetch(facts["site"])
        assert facts["users"][0]["password"] in fetch(f"{first.site}/login")
        _is_on_loopback_only(facts)
    assert first.process.returncode == 0
    started = time.monotonic()
    with running(folder, "--encoder", "none") as second:
        assert time.monotonic() - started < SECOND_START_SECONDS
        found = json.loads(fetch(f"{second.site}/api/v1/articles?limit=100"))
        assert len(found["articles"]) == 100
        assert found["next"]


def _is_on_loopback_only(facts: dict[str, Any]) -> None:
    """Nobody on the network reaches the ports."""
    try:
        here = socket.gethostbyname_ex(socket.gethostname())[2]
    except OSError:
        # A machine without a name of its own has no other address to try.
        here = []
    outside = [address for address in here if not address.startswith("127.")]
    addresses = [str(facts[name]).rstrip("/") for name in ("site", "smtp", "lmtp")]
    ports = [int(address.rpartition(":")[2]) for address in addresses]
    for address in outside:
        for port in ports:
            with socket.socket() as probe:
                probe.bind((address, port))


@pytest.mark.e2e
@pytest.mark.parametrize("form", ["", ".zip", ".jsonl", ".csv"])
def test_the_demo_content_goes_in_and_out_and_in_again(
    installed: Wenqu, tmp_path: Path, form: str
) -> None:
    report = installed("import", demo.content(), "--json")
    assert report.code == 0, report.err
    assert report.document["created"] >= 120
    first, second = tmp_path / f"first{form}", tmp_path / f"second{form}"
    assert installed("export", first, "--json").document["articles"] >= 120
    there = {"WENQU_DATA_DIR": str(tmp_path / "there")}
    made = installed("init", "--company", "乙", "--mailbox", "", "--admin", "boss",
                     "--password", PASSWORD, **there)  # fmt: skip
    assert made.code == 0
    brought = installed("import", first, "--json", **there)
    assert brought.code == 0, brought.err
    assert installed("export", second, **there).code == 0
    assert _contents(second) == _contents(first)
    again = installed("import", first, "--json", **there).document
    assert (again["created"], again["updated"]) == (0, 0)


def _contents(path: Path) -> dict[str, bytes]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    parts = path.with_suffix(".parts")
    rest = [p for p in parts.rglob("*") if p.is_file()] if parts.is_dir() else []
    root = path if path.is_dir() else path.parent
    names = {p: p.relative_to(root).as_posix().replace("second", "first") for p in (*files, *rest)}
    return {name: p.read_bytes() for p, name in names.items()}
