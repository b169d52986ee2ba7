import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.analysis import Analyzer
from search.dictionaries import Dictionaries
from search.spelling import Spelling
from search.wording import Wording, count

ASKED = (
    ("会议室怎么预订", "订会议室", "取消会议室的预订"),
    ("打印机卡纸怎么办", "打印机不出纸", "怎么安装打印机"),
    ("怎么报销差旅费", "差旅费多久到账", "报销要不要发票", "发票抬头怎么填"),
    ("门禁卡丢了怎么补办", "补一张门禁卡"),
    ("附近的景点有哪些", "景点门票怎么买"),
)
ANALYZER = Analyzer(Dictionaries())
SPELLING = Spelling(ANALYZER, Wording(ANALYZER, count(ANALYZER, ASKED)))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("发漂抬头怎么填", "发票抬头怎么填"),
        ("怎么报消差旅费", "怎么报销差旅费"),
        ("会以室怎么预定不了", "会议室怎么预订不了"),
        ("印打机卡纸", "打印机卡纸"),
        ("门禁禁卡丢了", "门禁卡丢了"),
        ("T20大印机不出纸", "t20打印机不出纸"),
        ("發漂多久到帳", "发票多久到账"),
        ("怎么报锁差旅费", "怎么报销差旅费"),
        ("会议窒怎么预汀", "会议室怎么预订"),
        ("打卬机卡纸", "打印机卡纸"),
        ("怎么取捎会议室的预订", "怎么取消会议室的预订"),
        ("发栗抬头怎么填", "发票抬头怎么填"),
    ],
)
def test_errors_are_read_as_words_of_the_base(typed: str, meant: str) -> None:
    assert SPELLING.read(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "票",
        "发票抬头怎么填",
        "经典歌曲在哪里听",
        "今天天气不错",
        "打印机怎么用",
        "景点门票怎么卖",
        "how do I print",
        "字" * 200,
    ],
)
def test_what_is_likely_as_it_stands_is_left_alone(text: str) -> None:
    assert SPELLING.read(text) is None


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="会议室打印机发票漂报销消门禁卡abc12，。？ 的了", max_size=40))
def test_any_text_is_read_or_left(text: str) -> None:
    read = SPELLING.read(text)
    assert read is None or (read and read != text)
