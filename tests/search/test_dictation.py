import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis import Analyzer
from search.dictation import Dictation
from search.dictionaries import Dictionaries
from search.wording import Wording, count

ASKED = (
    ("会议室怎么预订", "订会议室", "取消会议室的预订"),
    ("打印机卡纸怎么办", "打印机不出纸"),
    ("怎么报销差旅费", "差旅费多久到账", "报销要不要发票"),
    ("wifi密码是多少", "连不上wifi", "change卡怎么办理"),
    ("门禁卡丢了怎么补办", "补一张门禁卡"),
)


@pytest.fixture(scope="module")
def dictation() -> Dictation:
    analyzer = Analyzer(Dictionaries())
    return Dictation(
        analyzer, Wording(analyzer, count(analyzer, ASKED)), frozenset({"you", "can", "he", "how"})
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("huiyishi zenme yuding", "会议室怎么预订"),
        ("huiyishizenmeyuding", "会议室怎么预订"),
        ("hui yi shi zen me yu ding", "会议室怎么预订"),
        ("Dayinji kazhi le", "打印机卡纸了"),
        ("chailvfei duojiu daozhang", "差旅费多久到账"),
        ("men'jin ka diu le", "门禁卡丢了"),
        ("mei you fa piao ke yi bao xiao ma", "没有发票可以报销吗"),
        ("怎么baoxiao", "怎么报销"),
        ("dyj", "打印机"),
        ("mjk diu le", "门禁卡丢了"),
    ],
)
def test_sound_is_read_with_the_words_of_the_base(
    dictation: Dictation, typed: str, meant: str
) -> None:
    assert (dictation.read(typed) or "").replace(" ", "") == meant


def test_words_written_in_letters_stay(dictation: Dictation) -> None:
    assert dictation.read("wifi mima shi duoshao") == "wifi 密码是多少"


def test_numbers_and_codes_stay(dictation: Dictation) -> None:
    read = dictation.read("3 lou dayinji T20 kazhi") or ""
    assert read.startswith("3 ")
    assert "t20" in read
    assert "打印机" in read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345",
        "how can I change the password",
        "can you he",
        "printer is out of paper",
        "打印机卡纸怎么办",
        "hello",
        "test",
        "打印机ok吗",
        "x" * 500,
    ],
)
def test_what_was_not_typed_as_sound_is_left_alone(dictation: Dictation, text: str) -> None:
    assert dictation.read(text) is None


@pytest.mark.parametrize("model", ["dyj01", "dyj-3", "2dyj", "DYJ01 dyj02"])
def test_the_letters_of_a_model_number_are_no_initials(dictation: Dictation, model: str) -> None:
    assert dictation.read("dyj") == "打印机"
    assert dictation.read(model) is None


def test_initials_stand_for_words_of_the_base_only(dictation: Dictation) -> None:
    assert dictation.read("qzx") is None


_DICTATION = Dictation(
    Analyzer(Dictionaries()),
    Wording(Analyzer(Dictionaries()), count(Analyzer(Dictionaries()), ASKED)),
    frozenset(),
)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz '0123456789发票", max_size=60))
def test_any_text_is_read_or_left(text: str) -> None:
    read = _DICTATION.read(text)
    assert read is None or read
