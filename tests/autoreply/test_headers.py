import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoreply import addresses, headers
from autoreply.addresses import Address


def word(data: bytes, charset: str = "gb2312") -> str:
    return f"=?{charset}?B?{base64.b64encode(data).decode()}?="


def test_a_character_cut_between_two_words_is_whole() -> None:
    data = "门锁打不开".encode("gbk")
    assert (
        headers.words(f"{word(data[:3])}\n {word(data[3:], 'GB2312')}".replace("\n", ""))
        == "门锁打不开"
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"=?utf-8?q?a_b=E4=BD=A0?= c", "a b你 c"),
        (b"=?GB2312?B?1tA=?= =?gb2312?Q?=CE=C4?=", "中文"),
        (b"=?utf-8*zh?B?5L2g?=", "你"),
        (b"=?gb2312?B?6ckSpw==?= rest", headers.words("=?gb2312?B?6ckSpw==?= rest")),
        ("门锁".encode("gbk"), "门锁"),
        ("门锁".encode(), "门锁"),
        (b"=?utf-8?B?5L2g?", "=?utf-8?B?5L2g?"),
        (b"=?utf-8?B?5L2g =?utf-8?B?5aW9?=", "你好"),
        (b"=?gb2312?b?w8XL+A==", "门锁"),
        (b"=?gb2312?b?w8XL", "门\ufffd"),
        (b"=?utf-8?Q?abc", "=?utf-8?Q?abc"),
        (b"=?x-nonsense?Q?abc?=", "abc"),
        (b"fold\n ed", "fold ed"),
        (b"=?utf-8?Q?=E4=BD=A0=3F?=", "你?"),
        (b"[Tag]=?utf-8?B?5L2g?=end", "[Tag]你end"),
        (b"=?utf-8?B?5L2g?=  =?utf-8?B?5aW9?=", "你好"),
        (b"=?utf-8?B?5L2g?= and =?utf-8?B?5aW9?=", "你 and 好"),
    ],
)
def test_words(raw: bytes, expected: str) -> None:
    assert headers.text(raw) == expected


@pytest.mark.parametrize(
    ("raw", "kind", "params"),
    [
        (b' Text/Plain; charset="GB2312"; format=flowed', "text/plain", {"charset": "GB2312"}),
        (b" text/html; charset=gbk (comment)", "text/html", {"charset": "gbk"}),
        (b' multipart/mixed;\n boundary="a b;c"', "multipart/mixed", {"boundary": "a b;c"}),
        (b" application/x; name*=utf-8''%E9%97%A8.png", "application/x", {"name": "门.png"}),
        (
            b" application/x; name*0*=gb2312''%C3; name*1*=%C5.png",
            "application/x",
            {"name": "门.png"},
        ),
        (b' application/x; name*0="a"; name*1="b"', "application/x", {"name": "ab"}),
        (b' application/x; name="=?gb2312?B?w8U=?=.png"', "application/x", {"name": "门.png"}),
        (' application/x; name="门.png"'.encode("gbk"), "application/x", {"name": "门.png"}),
        (b"", "text/plain", {}),
        (b" text", "text/plain", {}),
        (b" html", "text/html", {}),
        (b" text/plain; name*", "text/plain", {}),
        (b' multipart/mixed; boundary="abc', "multipart/mixed", {"boundary": "abc"}),
    ],
)
def test_content(raw: bytes, kind: str, params: dict[str, str]) -> None:
    found = headers.content(raw)
    assert found.kind == kind
    assert params.items() <= dict(found.params).items()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<a@b>", ("<a@b>",)),
        ("<[x@y]>", ("<[x@y]>",)),
        ("<a@b>,<c@d> <a@b>", ("<a@b>", "<c@d>")),
        ("a@b", ("<a@b>",)),
        ("", ()),
        ("your message of Tuesday", ()),
    ],
)
def test_ids(raw: str, expected: tuple[str, ...]) -> None:
    assert headers.ids(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Tue, 5 Mar 2024 14:22:11 +0800", datetime(2024, 3, 5, 6, 22, 11, tzinfo=UTC)),
        ("Tue, 5 Mar 2024 14:22:11 +0800 (CST)", datetime(2024, 3, 5, 6, 22, 11, tzinfo=UTC)),
        ("5 Mar 2024 14:22:11 -0000", datetime(2024, 3, 5, 14, 22, 11, tzinfo=UTC)),
        ("Tue, 5 Mar 99999 14:22:11 +0800", None),
        ("Tue, 35 Mar 2024 14:22:11 +0800", None),
        ("", None),
        ("昨天", None),
        ("Tue, 5 Mar 2024 14:22:11 +9999999999", None),
    ],
)
def test_date(raw: str, expected: datetime | None) -> None:
    assert headers.date(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a@b.cn", [("", "a@b.cn")]),
        (b"a@b.cn <a@b.cn>", [("a@b.cn", "a@b.cn")]),
        (b'"Wang, Fang" <w@x.cn>, z@x.cn (Zhang)', [("Wang, Fang", "w@x.cn"), ("Zhang", "z@x.cn")]),
        ("王芳 <w@x.cn>".encode("gbk"), [("王芳", "w@x.cn")]),
        (b"=?gb2312?B?zfW3vA==?= <w@x.cn>", [("王芳", "w@x.cn")]),
        (b"undisclosed-recipients:;", []),
        (b"team: a@b.cn, c@d.cn;", [("", "a@b.cn"), ("", "c@d.cn")]),
        (b"w at x.cn (Wang Fang)", [("Wang Fang", "w@x.cn")]),
        (b"Wang, Fang <w@x.cn>", [("Fang", "w@x.cn")]),
        (b"<w@x.cn", [("", "w@x.cn")]),
        (b"(c):", []),
        (b"<>", []),
        (b"<mailto:w@x.cn>", [("", "w@x.cn")]),
        (b"Wang Fang w@x.cn", [("Wang Fang", "w@x.cn")]),
    ],
)
def test_addresses(raw: bytes, expected: list[tuple[str, str]]) -> None:
    assert addresses.parse(raw) == tuple(Address(*one) for one in expected)


@pytest.mark.parametrize(
    ("address", "valid"),
    [
        ("a@b.cn", True),
        ("a.b+c@d-e.cn", True),
        ("王@公司.cn", True),
        ("a@[1.2.3.4]", True),
        ('"a b"@c.cn', True),
    ]
    + [
        (bad, False)
        for bad in (
            "",
            "a",
            "a@",
            "@b",
            "a b@c.cn",
            "a@b\r\nBcc: x",
            "a@b@c",
            "<a@b.cn>",
            "a@b..cn",
        )
    ],
)
def test_validity(address: str, valid: bool) -> None:
    assert addresses.is_valid(address) is valid


def test_one_person_counts_once() -> None:
    assert addresses.canonical("Wang+Shop@QQ.example") == addresses.canonical(
        "wang+auto_=@qq.example"
    )


@given(st.binary(max_size=400))
def test_any_value_is_read(value: bytes) -> None:
    headers.text(value)
    headers.content(value)
    headers.first_word(value)
    addresses.parse(value)
    headers.date(headers.unfold(value))
    headers.ids(headers.unfold(value))
