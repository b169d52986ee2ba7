"""Erasing a contact leaves nothing of them: not in the database's file, the spool or the index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from autoreply import spool
from kb import contacts
from tests.web.conftest import Desk, open_desk

WORD = "zebraquagga9931"
MAIL = f"{WORD}@customer.example"


@pytest.fixture(params=["whoosh", "tantivy"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, password_hash: str) -> Iterator[Desk]:
    with open_desk(tmp_path, password_hash, engine=request.param) as opened:
        yield opened


def traces(folder: Path) -> list[str]:
    """Return the files in which the word stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if WORD.encode() in path.read_bytes()]


def settle(desk: Desk) -> None:
    """Bring everything to disk."""
    desk.finding.catch_up()
    with desk.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def test_nothing_is_left(desk: Desk, tmp_path: Path) -> None:
    desk.publish("怎么换电池？", "拧开后盖。")
    form = {"text": f"我的门锁编号{WORD}打不开", "mail": MAIL, "name": WORD}
    page = desk.post("nobody", "/ask", form)
    link = re.search(r"8080(/t/[\w-]+)", page.text)
    assert link
    desk.post("nobody", link[1], {"text": f"还是{WORD}"})
    desk.write(lambda session: _mail(session, desk))
    settle(desk)
    assert traces(tmp_path)
    number = desk.read(lambda s: contacts.find_or_create(s, "mail", MAIL, now=desk.clock()).id)
    answer = desk.post("admin", f"/desk/contacts/{number}", {"do": "erase"})
    assert answer.status_code == 303
    settle(desk)
    assert traces(tmp_path) == []
    assert desk.get("nobody", link[1]).status_code == 404
    assert desk.get("agent", f"/desk/search?q={WORD}").text.count(WORD) <= 3


def _mail(session: Session, desk: Desk) -> None:
    raw = f"From: {MAIL}\r\nTo: help@anlu.example\r\n\r\n{WORD}\r\n".encode()
    arrival = spool.Arrival(raw, "help@anlu.example", "smtp", desk.clock(), envelope_from=MAIL)
    number = spool.store(session, arrival, now=desk.clock())
    row = session.get_one(spool.Spool, number)
    row.from_address, row.subject = MAIL, WORD
