"""Files that go along with a mail: names that every client reads, bytes that survive."""

from __future__ import annotations

import email
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32, default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoreply import enclosure
from autoreply.compose import Automatic, Letter, compose
from autoreply.enclosure import Enclosed
from autoreply.inbound import read

NAME = "2026年11月 安装说明（新版）.pdf"


def letter(*files: Enclosed) -> bytes:
    return compose(
        Letter(
            to="wf@qq.example",
            from_="help@anlu.example",
            subject="回复：安装",
            text="请看附件。",
            html="<p>请看附件。</p>",
            message_id="<hr.1.aaaaaaaaaaaaaaaa@anlu.example>",
            date=datetime(2026, 11, 24, tzinfo=UTC),
            automatic=Automatic.PERSON,
            files=files,
        )
    )


def parsed(raw: bytes) -> EmailMessage:
    mail = email.message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_chinese_name_is_read_by_the_standard_and_by_old_clients() -> None:
    raw = letter(Enclosed(NAME, "application/pdf", b"%PDF-1.7"))
    [file] = parsed(raw).iter_attachments()
    assert file.get_filename() == NAME
    # What only looks at the name of Content-Type, and joins encoded words.
    old = list(email.message_from_bytes(raw, policy=compat32).walk())[-1]
    name = str(old["Content-Type"]).partition('name="')[2].rstrip('"')
    assert str(make_header(decode_header(name))) == NAME
    assert "filename*0" not in raw.decode("ascii")


def test_both_bodies_stay_together_and_the_files_stand_beside_them() -> None:
    raw = letter(
        Enclosed("a.txt", "text/plain", "甲".encode()), Enclosed("b.png", "image/png", b"x")
    )
    mail = parsed(raw)
    assert [one.get_content_type() for one in mail.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/plain",
        "image/png",
    ]
    assert [one.get_payload(decode=True) for one in mail.iter_attachments()] == [
        "甲".encode(),
        b"x",
    ]
    assert mail.get_content_disposition() is None
    assert [one.filename for one in read(raw).attachments] == ["a.txt", "b.png"]
    assert read(raw).text.strip() == "请看附件。"


def test_the_same_letter_with_files_is_the_same_mail() -> None:
    file = Enclosed(NAME, "application/pdf", b"1" * 1000)
    assert letter(file) == letter(file)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc passwd"),
        ('a"b\r\nBcc: x@y.example.pdf', "a b Bcc x@y.example.pdf"),
        ("ppt\u202efdp.exe", "ppt fdp.exe"),
        ("", "file"),
        ("长" * 200 + ".docx", "长" * 75 + ".docx"),
    ],
)
def test_a_name_is_only_a_name(name: str, safe: str) -> None:
    assert enclosure.safe_name(name) == safe


@given(st.text(max_size=120), st.binary(max_size=300))
def test_any_name_and_any_bytes_arrive(name: str, data: bytes) -> None:
    raw = letter(Enclosed(name, "application/octet-stream", data))
    [file] = parsed(raw).iter_attachments()
    assert file.get_payload(decode=True) == data
    assert file.get_filename() == enclosure.safe_name(name)
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()
    assert not re.search(rb"(?<!\r)\n", raw)
