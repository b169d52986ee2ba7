import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoreply.charset import decode


@pytest.mark.parametrize(
    ("codec", "declared", "text"),
    [
        ("gb18030", "gb2312", "朱镕基的“锁”，囧㐀"),
        ("gbk", "GB2312", "門鎖打不開"),
        ("gbk", "x-gbk", "门锁"),
        ("gb18030", "GB18030", "🔒门锁€"),
        ("gbk", "cp936", "门锁"),
        ("gbk", "gb_2312-80", "门锁"),
        ("hz", "hz-gb-2312", "门锁打不开"),
        ("utf-8", "gbk", "门锁打不开"),
        ("utf-8", "gb2312", "您好"),
        ("gb2312", "gb2312", "模"),
        ("gbk", "gb2312", "模每"),
        ("big5hkscs", "big5", "門鎖嘅問題㗎"),
        ("cp950", "big5", "恒裏墻碁"),
        ("big5", "BIG5", "門鎖打不開"),
        ("iso2022_jp_ext", "iso-2022-jp", "鍵が開かない①"[:6]),
        ("utf-8", "us-ascii", "门锁"),
        ("gb18030", "us-ascii", "门锁打不开怎么办"),
        ("gb18030", "iso-8859-1", "门锁打不开怎么办"),
        ("gb18030", None, "您好，门锁打不开了"),
        ("big5", None, "您好，我的門鎖打不開了，請問怎麼辦？"),
        ("utf-8", "x-unknown", "门锁"),
        ("utf-8", "ansi_x3.110-1983", "门锁"),
        ("utf-8", "y", "门锁"),
        ("utf-8", '"utf-8"', "门锁"),
        ("utf-8", "utf8", "门锁"),
        ("utf-8-sig", "utf-8", "门锁"),
        ("utf-16", "utf-16", "门锁"),
        ("utf-7", "utf-7", "门锁"),
        ("latin-1", "iso-8859-1", "für café naïve"),
        ("cp1252", "windows-1252", "it’s €5"),
        ("cp949", "ks_c_5601-1987", "자물쇠"),
        ("shift_jis", "shift_jis", "鍵が開かない"),
        ("koi8-r", "koi8-r", "замок"),
        ("ascii", "gb2312", "plain"),
        ("utf-7", "unicode-1-1-utf-7", "门锁"),
        ("utf-7", "x-unicode-2-0-utf-7", "门锁"),
        ("hz", None, "您好，我的门锁打不开 ok"),
        ("hz", "us-ascii", "请问怎么退货"),
        ("gb18030", "GB_2312-80", "𠮷野先生：门锁"),
        ("gb18030", "x-mac-chinesesimp", "门锁"),
        ("utf-16", "iso-10646-ucs-2", "门锁"),
        ("big5hkscs", "gb2312", "您好，請問這個訂單什麼時候會出貨？"),
        ("big5hkscs", "GBK", "門鎖還是打不開，可以退貨嗎"),
        ("gbk", "big5", "您好，这个订单什么时候发货？"),
        ("gbk", "big5-hkscs", "我想问一下能不能退款"),
    ],
)
def test_reads_what_was_meant(codec: str, declared: str | None, text: str) -> None:
    read = decode(text.encode(codec), declared)
    assert read.text == text
    assert not read.damaged


def test_a_lone_0x80_is_the_euro_of_windows() -> None:
    read = decode(b"\x80100, " + "门锁".encode("gbk") + b"\x80", "gb2312")
    assert read.text == "€100, 门锁€"
    assert not read.damaged


def test_windows_reads_the_pair_that_hkscs_lacks() -> None:
    hkscs, windows = "嘅門鎖㗎".encode("big5hkscs"), "恒裏".encode("cp950")
    read = decode(hkscs + windows, "big5")
    assert read.text == "嘅門鎖㗎恒裏"
    assert not read.damaged


@pytest.mark.parametrize("text", ["请问发货", "不能登录\n再来一次", "ok 您好 ok"])
def test_iso_2022_cn_is_read(text: str) -> None:
    data = b"\x1b$)A"
    for char in text:
        pair = bytes(byte & 0x7F for byte in char.encode("gb2312"))
        data += pair if char.isascii() else b"\x0e" + pair + b"\x0f"
    assert decode(data, "ISO-2022-CN").text == text


def test_iso_2022_cn_that_fits_nothing_is_flagged() -> None:
    assert decode(b"ok \x1b$)A\x0e\x21 \x0f ok", "iso-2022-cn").damaged


@pytest.mark.parametrize("text", ["~{x~}", "a ~{##~} b", "sed 's/~{ab~}/~{cd~}/'"])
def test_braces_in_ascii_are_no_hz(text: str) -> None:
    assert decode(text.encode(), "us-ascii").text == text


@pytest.mark.parametrize("declared", ["gb2312", "utf-8", "big5", None, "nonsense", "rot13", "zip"])
def test_broken_bytes_are_flagged_and_the_rest_is_read(declared: str | None) -> None:
    read = decode("门锁打不开".encode() + b"\xff\xff" + "请帮忙看一下".encode(), declared)
    assert read.damaged
    assert "门锁打不开" in read.text


def test_characters_lost_before_us_are_flagged() -> None:
    assert decode("门锁\ufffd".encode(), "gbk").damaged


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=20)))
def test_any_bytes_give_text(data: bytes, declared: str | None) -> None:
    decode(data, declared).text.encode("utf-8", "surrogatepass")


@given(
    st.text("门锁打不开怎么办请问您好的了吗一二三囧镕喆", min_size=3, max_size=60),
    st.sampled_from(["gb2312", "gbk"]),
)
def test_declared_gb_is_read_as_gb18030(text: str, declared: str) -> None:
    assert decode(text.encode("gb18030"), declared).text == text


@pytest.mark.parametrize(
    ("codec", "declared"), [("gb18030", "gb2312"), ("gb18030", "GBK"), ("big5hkscs", "big5")]
)
def test_every_two_byte_character_is_read_by_the_superset(codec: str, declared: str) -> None:
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            data = bytes([lead, trail])
            try:
                text = data.decode(codec)
            except UnicodeDecodeError:
                continue
            assert decode(b"No. " + data, declared).text == f"No. {text}"


@pytest.mark.parametrize("text", ["退款？", "谢谢", "人工", "请退货", "取消订单", "密码忘了"])
def test_short_gb_that_was_declared_big5_is_read(text: str) -> None:
    assert decode(text.encode("gbk"), "big5").text == text


@pytest.mark.parametrize("text", ["退款？", "發票", "人工", "取消訂單", "請問何時"])
def test_short_big5_that_was_declared_gb_is_read(text: str) -> None:
    assert decode(text.encode("big5"), "gb2312").text == text


@pytest.mark.parametrize("text", ["钉钉", "喆", "王喆", "朱镕", "沐晞", "訂單", "發票"])
def test_short_gb_is_what_it_says(text: str) -> None:
    assert decode(text.encode("gb18030"), "gb2312").text == text


@pytest.mark.parametrize("text", ["楊睿", "喆", "趙喆", "釘釘", "沐晞"])
def test_short_big5_is_what_it_says(text: str) -> None:
    assert decode(text.encode("big5hkscs"), "big5").text == text
