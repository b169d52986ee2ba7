from __future__ import annotations

from pathlib import Path

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import pinyin
from search.analysis import BOUNDARY, FIELDS, Analyzer
from search.dictionaries import Dictionaries, load, parse, shipped
from search.latin import codes, stem
from search.weights import STOP_WEIGHT

PLAIN = Analyzer()
OURS = Analyzer(
    parse(
        user_words="安庐空间\n500档\n# 注释",
        synonyms="多少钱,价格\nWi-Fi，无线网络\n孤零零",
        stop_words="亲亲",
    )
)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("测试工具箱", {"测试", "工具"}),
        ("安装简单", {"安装", "简单"}),
        ("中国农业银行", {"农业", "银行"}),
        ("传感器-温度-TH01", {"传感器", "温度", "th01"}),
        ("TH-01", {"th-01", "th", "01", "th01"}),
        ("Wi-Fi 設置", {"wi-fi", "wifi", "设置"}),
        ("cards running", {"card", "run"}),
        ("C++", {"c++"}),
        ("", set()),
        ("😀？！", set()),
    ],
)
def test_words(text: str, tokens: set[str]) -> None:
    assert tokens <= set(PLAIN.words(text))


def test_own_words_stay_whole() -> None:
    assert "安庐空间" in OURS.words("打开安庐空间")
    assert "500档" in OURS.words("看500档行情")
    assert "多少钱" in OURS.words("一台多少钱")


def test_global_tokenizer_is_untouched() -> None:
    Analyzer(parse(user_words="绝无仅有的一词"))
    assert not jieba.dt.initialized or "绝无仅有的一词" not in jieba.dt.FREQ


def test_bigrams_overlap_and_keep_latin_words() -> None:
    assert PLAIN.bigrams("退款多久") == ("退款", "款多", "多久")
    assert PLAIN.bigrams("在 APP 里退款") == ("在", "app", "里退", "退款")
    assert PLAIN.bigrams("猫") == ("猫",)


@pytest.mark.parametrize("word", ["怎么", "请问", "谢谢", "的", "how", "please"])
def test_question_words_and_politeness_weigh_little(word: str) -> None:
    assert PLAIN.weight(word) == STOP_WEIGHT < PLAIN.weight("退款")


def test_stop_words_of_the_company_weigh_little() -> None:
    assert OURS.weight("亲亲") == STOP_WEIGHT


def test_synonyms_are_mutual_and_folded() -> None:
    assert OURS.synonyms("价格") == ("多少钱",)
    assert OURS.synonyms("多少钱") == ("价格",)
    assert OURS.synonyms("wi-fi") == ("无线网络",)
    assert OURS.synonyms("孤零零") == ()


def test_version_follows_what_changes_tokens() -> None:
    assert Analyzer().version == PLAIN.version
    assert PLAIN.version != OURS.version
    assert Analyzer(parse(stop_words="亲亲")).version == PLAIN.version


def test_document_has_every_field() -> None:
    fields = PLAIN.document_fields("怎么退款", ["退钱", "tuikuan"], "在 APP 里退款", ["售后"])
    assert set(fields) == set(FIELDS)
    assert fields["phrasings"] == f"退钱 {BOUNDARY} tuikuan"
    assert "tuikuan" in fields["pinyin"].split()
    assert "tk" in fields["initials"].split()
    assert "app" in fields["latin"].split()
    assert fields["names"] == "售后"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_analysed(question: str, answer: str) -> None:
    fields = PLAIN.document_fields(question, [answer], answer, [question])
    assert all(text == " ".join(text.split()) for text in fields.values())
    assert fields == PLAIN.document_fields(question, [answer], answer, [question])


@given(st.text(alphabet="退款多久到账a1 -，。", min_size=1, max_size=30))
def test_every_character_can_be_found(text: str) -> None:
    found = set(PLAIN.document_fields(text, [], "", [])["bigram"].split())
    assert {ch for ch in text if ch in "退款多久到账"} <= found


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("cards", "card"), ("batteries", "battery"), ("running", "run"), ("stopped", "stop"),
        ("class", "class"), ("bus", "bus"), ("ios", "ios"), ("th01", "th01"), ("reset", "reset"),
    ],
)  # fmt: skip
def test_stems(word: str, bare: str) -> None:
    assert stem(word) == bare


@pytest.mark.parametrize(
    "forms",
    ["activate activates activated activating", "use uses", "cable cables", "code codes coding"],
)
def test_forms_of_a_word_meet(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


def test_part_numbers_meet_however_typed() -> None:
    assert "th01" in codes("th-01")
    assert "th01" in codes("th 01")
    assert "th01" in codes("th_01")


@pytest.mark.parametrize(
    ("letters", "tokens"),
    [
        ("tuikuan", ["tuikuan"]),
        ("zenme tuikuan", ["zenme", "metui", "tuikuan"]),
        ("translate", []),
        ("nvshi", pinyin.tokens("女士")),
        ("zhejiang", pinyin.tokens("浙江")),
    ],
)
def test_typed_pinyin(letters: str, tokens: list[str]) -> None:
    assert pinyin.typed(letters) == tokens


@pytest.mark.parametrize(("wrong", "right"), [("发漂", "发票"), ("退宽", "退款"), ("浙将", "浙江")])
def test_homophones_share_their_sound(wrong: str, right: str) -> None:
    assert pinyin.tokens(wrong) == pinyin.tokens(right)


def test_pinyin_while_typing() -> None:
    assert pinyin.typed_so_far("tuik") == ([], "tuik")
    assert pinyin.typed_so_far("tuikuan") == (["tuikuan"], "")
    assert pinyin.typed_so_far("xq") == ([], "")


def test_dictionaries_are_read_forgivingly(tmp_path: Path) -> None:
    read = parse(synonyms="价格、多少钱 # 常问\n退款 退钱\n\n只有一个", user_words="C#接口\n")
    assert read.synonyms == (("价格", "多少钱"), ("退款", "退钱"))
    assert read.user_words == ("c#接口",)
    assert load(tmp_path) == Dictionaries()


def test_shipped_dictionaries_are_there() -> None:
    ours = shipped()
    assert ours.user_words
    assert ours.synonyms
    assert ours.digest == shipped().digest != Dictionaries().digest
    assert ours.merge(Dictionaries()) == ours
