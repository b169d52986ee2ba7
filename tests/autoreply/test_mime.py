import time
from email import message_from_bytes
from email.message import EmailMessage, Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoreply import mime
from autoreply.inbound import read
from autoreply.isolation import Bounds, IsolatedReader, Unreadable
from autoreply.limits import DEFAULT
from tests.autoreply.mails import BODY, raw

SECONDS = 3.0


def leaves(raw_mail: bytes) -> list[tuple[str, bytes]]:
    """What the standard library finds: kind and content of each leaf."""

    def walk(part: Message) -> list[tuple[str, bytes]]:
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            return [leaf for child in inner for leaf in walk(child)]
        data = part.get_payload(decode=True)
        return [(part.get_content_type(), data if isinstance(data, bytes) else b"")]

    return walk(message_from_bytes(raw_mail))


def built(texts: list[str], *, nest: int) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "门锁"
    message.set_content(texts[0])
    if len(texts) > 1:
        message.add_alternative(f"<p>{texts[1]}</p>", subtype="html")
    for number, text in enumerate(texts[2:]):
        message.add_attachment(
            text.encode(), maintype="image", subtype="png", filename=f"图{number}.png"
        )
    for _ in range(nest):
        outer = EmailMessage()
        outer.make_mixed()
        outer.attach(message)
        message = outer
    return message


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.text("门锁打不开 abc\n-=?", max_size=80), min_size=1, max_size=5), st.integers(0, 4)
)
def test_finds_the_same_leaves_as_the_standard_library(texts: list[str], nest: int) -> None:
    message = built(texts, nest=nest).as_bytes()
    ours = [(part.kind, part.data()) for part in mime.read(message).parts]
    assert [(kind, data.strip()) for kind, data in ours] == [
        (kind, data.strip()) for kind, data in leaves(message)
    ]


def test_reads_names_of_attachments() -> None:
    found = read(built(["a", "b", "c"], nest=0).as_bytes())
    assert [one.filename for one in found.attachments] == ["图0.png"]
    assert mime.read(built(["a", "b", "c"], nest=0).as_bytes()).parts[2].data() == b"c"


def nested(levels: int) -> bytes:
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(levels)
    )


HOSTILE: dict[str, bytes] = {
    "subject of 1 MB": b"Subject: " + b"x" * 1_000_000 + b"\n\nhi",
    "encoded words": b"Subject: " + b"=?utf-8?B?5byg5LiJ?= " * 45_000 + b"\n\nhi",
    "open words": b"Subject: " + b"=?a?b?" * 200_000 + b"\n\nhi",
    "3,000 levels": nested(3_000),
    "20,000 parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 20_000,
    "parentheses": b"From: "
    + b"(" * 5_000
    + b"\nTo: "
    + b"(" * 5_000
    + b"\nDate: "
    + b"(" * 5_000
    + b"\n\nx",
    "20,000 addresses": b"To: "
    + b"a@b.c, " * 20_000
    + b"\nFrom: "
    + b"a@b.c, " * 20_000
    + b"\n\nx",
    "100,000 fields": b"A: b\n" * 100_000 + b"\nx",
    "parameters": b"Content-Type: multipart/mixed; " + b'a=";' * 300_000 + b"\n\nx",
    "lines": b"\n" + b"x\n" * 10_000_000,
    "blank lines": b"A: b\n\n" + b"\n" * 1_000_000,
    "attributions": b"A: b\n\n" + "写道\n".encode() * 60_000,
    "labels": b"A: b\n\n" + "发件人: x\n".encode() * 60_000,
    "attributions above a quote": b"A: b\n\n"
    + "在 2024/3/5 1:22, a 写道:\n".encode() * 20_000
    + b"> x\n",
    "bare labels": b"A: b\n\n" + "收件人\n日期\n".encode() * 30_000,
    "markers": b"A: b\n\n" + "a ------ 原始邮件 ------ 发件人".encode() * 10_000,
    "torn addresses": b"A: b\n\n"
    + (b"> " + b"x" * 70 + b"\n" + b"x" * 18 + b"@y" * 30 + b"\n") * 9_000,
    "closings": b"A: b\n\n" + "祝好\n".encode() * 60_000,
    "bars": b"A: b\n\n" + b"|\n" * 60_000,
    "points below": b"Subject: Fwd: x\n\n" + "看".encode() * 60_000 + b"\n> x\n",
    "cited blocks": b"Content-Type: text/html\n\n"
    + b"<blockquote type=cite>x</blockquote>" * 9_000,
    "attribution blocks": b"Content-Type: text/html\n\n"
    + b"<div class=moz-cite-prefix>a</div>" * 9_000,
    "containers of history": b"Content-Type: text/html\n\n" + b"<div class=gmail_quote>" * 190,
    "tags": b"Content-Type: text/html\n\n" + b"<div>" * 40_000,
    "tables": b"Content-Type: text/html\n\n" + b"<table><tr><td>" * 5_000 + b"x",
    "padding": b"Content-Transfer-Encoding: base64\n\n" + b"QQ==\n" * 3_000_000,
    "26 MB": b"A: b\n\n" + b"x" * (26 * 1024 * 1024),
    "escapes of ISO-2022-CN": b"Content-Type: text/plain; charset=iso-2022-cn\n\n"
    + b"\x1b$)A\x0e\x0f" * 2_000_000,
    "lone 0x80": b"Content-Type: text/plain; charset=gbk\n\n" + b"\x80" * 3_000_000,
    "no Big5": b"Content-Type: text/plain; charset=big5\n\n" + b"\x80\x80a" * 1_000_000,
    "braces of HZ": b"A: b\n\n" + b"~{" * 3_000_000,
    "names of Notes": b"A: b\n\n" + "王/李\n2024/03/05 14:22\n收件人:\n".encode() * 5_000,
    "armours": b"A: b\n\n" + b"-----BEGIN PGP SIGNED MESSAGE-----\n" * 6_000,
    "close paragraphs": b"Content-Type: text/html\n\n" + b"<p class=MsoNormal>x" * 9_000,
    "nul": b"Subject: a\x00b\n\n" + b"\x00" * 100_000,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_mail_takes_bounded_time(case: str) -> None:
    started = time.monotonic()
    read(HOSTILE[case])
    assert time.monotonic() - started < SECONDS


@pytest.mark.parametrize(
    ("case", "limit"),
    [
        ("subject of 1 MB", "field_bytes"),
        ("3,000 levels", "depth"),
        ("20,000 parts", "parts"),
        ("100,000 fields", "header_fields"),
        ("26 MB", "message_bytes"),
    ],
)
def test_what_was_left_out_is_named(case: str, limit: str) -> None:
    assert limit in read(HOSTILE[case]).exceeded


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=600))
def test_any_bytes_are_read(data: bytes) -> None:
    read(data)
    read(raw() + data)
    read(
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"
        + data
        + b"\n--b\nContent-Type: "
        + data
    )


_TOKENS = st.sampled_from(
    [
        b"--b",
        b"--b--",
        b"\r\n",
        b"\n",
        b"Content-Type: text/html",
        b"Content-Type: multipart/alternative; boundary=b",
        b"Content-Type: message/rfc822",
        b"Content-Transfer-Encoding: base64",
        b"\xc4\xe3",
        "你".encode(),
        b"=?gb2312?B?xOM=?=",
        b": ",
        b" ",
        b"<",
        b">",
    ]
)


@settings(deadline=None, max_examples=150)
@given(st.lists(_TOKENS, max_size=40))
def test_any_arrangement_of_mail_is_read(tokens: list[bytes]) -> None:
    read(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"\n".join(tokens))


@pytest.mark.parametrize(
    "preface",
    [b"From wf@qq.example Tue Mar  5 14:22:11 2024\n", b"\n\n", b"\xef\xbb\xbf", b">From x\n"],
)
def test_what_stands_before_the_header_is_skipped(preface: bytes) -> None:
    assert read(preface + raw()).subject == "门锁打不开怎么办"


def test_lone_carriage_returns_are_lines() -> None:
    assert read(raw().replace(b"\r\n", b"\r")).said.text == BODY


def test_a_multipart_without_its_boundary_is_text() -> None:
    found = read(raw(BODY, Content_Type="multipart/mixed; boundary=never"))
    assert found.said.text == BODY


def test_html_alone_is_the_body() -> None:
    found = read(raw("<p>门锁<br>打不开</p>", Content_Type="text/html; charset=utf-8"))
    assert found.said.text == "门锁\n打不开"


def test_a_plain_footer_does_not_hide_the_html() -> None:
    html = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>门锁打不开</p>"
    parts = f"--b\r\n{html}\r\n--b\r\n\r\nfooter\r\n--b--"
    found = read(raw(parts, Content_Type="multipart/mixed; boundary=b"))
    assert found.said.text == "门锁打不开"


def test_gb2312_that_is_gb18030_and_a_subject_of_raw_bytes() -> None:
    head = "From: a@b.cn\nSubject: 镕的门锁\nContent-Type: text/plain; charset=gb2312\n\n".encode(
        "gb18030"
    )
    found = read(head + "囧，镕打不开".encode("gb18030"))
    assert (found.subject, found.said.text, found.damaged) == ("镕的门锁", "囧，镕打不开", False)


def test_damage_is_flagged() -> None:
    assert read(raw().replace("门".encode(), b"\xe9\x97")).damaged


def test_a_child_process_reads_the_same() -> None:
    with IsolatedReader() as reader:
        assert reader.read(raw()) == read(raw())
        assert reader.read(b"", envelope_from="").return_path == ""


def test_a_child_out_of_time_is_replaced() -> None:
    with IsolatedReader(Bounds(seconds=0.01)) as reader, pytest.raises(Unreadable):
        reader.read(raw())


def test_a_child_out_of_memory_refuses_the_mail() -> None:
    with IsolatedReader(Bounds(megabytes=20)) as reader, pytest.raises(Unreadable):
        reader.read(raw())


def test_a_body_with_a_file_name_is_still_the_body() -> None:
    parts = (
        "--b\r\nContent-Type: text/plain; charset=utf-8; name=mail.txt\r\n\r\n门锁打不开\r\n"
        "--b\r\nContent-Type: image/png; name=a.png\r\n\r\nx\r\n--b--"
    )
    found = read(raw(parts, Content_Type="multipart/mixed; boundary=b"))
    assert found.said.text == "门锁打不开"
    assert [one.filename for one in found.attachments] == ["a.png"]


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5"])
@pytest.mark.parametrize("line", ["门锁打不开怎么办，\n", "门锁 ", "门锁打不开怎么办, "])
def test_a_text_beyond_the_limit_is_cut_between_characters(codec: str, line: str) -> None:
    written = line if codec != "big5" else line.replace("门锁", "門鎖").replace("怎么办", "怎麼辦")
    written = written.replace("开", "開") if codec == "big5" else written
    for shift in range(4):
        head = f"Content-Type: text/plain; charset={codec}\r\n\r\n" + "x" * shift
        found = read(head.encode() + (written * 400_000).encode(codec))
        assert not found.damaged
        assert len(found.text) == DEFAULT.text_characters


def test_a_multipart_that_lost_its_type_is_read_by_its_body() -> None:
    body = "--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n门锁\r\n--b1--\r\n"
    for kind in ("", "Content-Type: multipart/mixed; boundary=never\r\n"):
        found = read(f"From: wf@qq.example\r\nSubject: x\r\n{kind}\r\n{body}".encode())
        assert found.text.strip() == "门锁"
    dashes = read(b"From: wf@qq.example\r\n\r\n--\r\nContent-free words\r\n")
    assert dashes.text.startswith("--")
