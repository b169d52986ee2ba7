import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis import Analyzer
from search.corrections import Corrector
from search.dictionaries import Dictionaries
from search.text import is_han
from search.wording import Wording, count

ASKED = (
    ("怎么重置打印机", "打印机恢复出厂设置"),
    ("发票什么时候开", "开发票要几天"),
    ("wifi连不上", "app登录不了"),
)
ANALYZER = Analyzer(
    Dictionaries(
        english=(
            ("reset", "恢复"),
            ("invoice", "发票"),
            ("app", "应用"),
            ("sign in", "登录"),
        )
    )
)
CORRECTOR = Corrector(ANALYZER, Wording(ANALYZER, count(ANALYZER, ASKED)))


@pytest.mark.parametrize(
    ("mixed", "chinese"),
    [
        ("打印机怎么reset", "打印机怎么恢复"),
        ("Invoices什么时候开", "发票什么时候开"),
        ("怎么sign in不了", "怎么登录不了"),
        ("怎么reset invoice", "怎么恢复发票"),
        ("怎么reset printer", "怎么恢复 printer"),
        ("app打不开", None),
        ("打印机怎么重置", None),
        ("reset the printer", "恢复 printer"),
        ("How do I get an invoice?", "发票"),
        ("Can I use the app?", None),
        ("T20怎么装", None),
    ],
)
def test_english_words_are_read_as_the_base_writes_them(mixed: str, chinese: str | None) -> None:
    assert CORRECTOR.in_chinese(mixed) == chinese


def test_english_is_looked_for_in_chinese_but_not_the_other_way_round() -> None:
    assert ANALYZER.synonyms("invoice") == ("发票",)
    assert ANALYZER.synonyms("发票") == ()
    assert ANALYZER.version == Analyzer(Dictionaries()).version


@pytest.mark.parametrize("text", ["Wi-Fi", "wifi", "WiFi密码", "WIFI 密码"])
def test_one_word_however_it_is_written(text: str) -> None:
    assert "wifi" in ANALYZER.words(text)


@pytest.mark.parametrize("text", ["Type-C", "type c", "TYPEC"])
def test_one_code_however_it_is_written(text: str) -> None:
    assert "typec" in ANALYZER.document_fields(text, (), "", ())["latin"].split() or (
        text == "type c"
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("发piao", "发票"), ("fa票", "发票"), ("怎么开发piao", "怎么开发票"),
        ("deng录不了", "登录不了"),
        ("fapaio", "发票"), ("dayinij huifu", "打印机恢复"), ("dneglu", "登录"),
        ("fapiao", "发票"), ("发app", None), ("wifi", None), ("invocie", None), ("发t20", None),
    ],
)  # fmt: skip
def test_slips_of_who_types_by_sound(typed: str, meant: str | None) -> None:
    assert CORRECTOR.sound(typed) == meant


@settings(deadline=None)
@given(st.text("abcdefghiz 发票怎么登录app'", max_size=14))
def test_whatever_is_typed_as_sound_is_read_once(text: str) -> None:
    """A reading is Chinese, and has nothing left that would be read again."""
    read = CORRECTOR.sound(text)
    assert read is None or (any(map(is_han, read)) and CORRECTOR.sound(read) in (None, read))
