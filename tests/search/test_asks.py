"""What people asked of other knowledge bases and did not get, through the whole finder."""

from collections.abc import Iterator

import pytest

from search import evaluation
from search.acquainting import Past
from search.base import Card, FileBase
from search.finder import Finder
from tests.search.toys import Toy

ARTICLES = (
    ("安装简单吗，要多少工具", "普通家庭自己装只要半小时。"),
    ("测试工具箱里有什么", "万用表和螺丝刀。"),
    ("回放里的时光轴怎么拖动", "两指可以放大。"),
    ("传感器-温度-TH01 如何接线", "红线接正极。"),
    ("账号安全设置在哪里", "在“我的”里。"),
    ("如何制作开门卡片", "把卡贴在读卡区。"),
    ("农业银行卡能付款吗", "支持多家银行。"),
    ("浙江地区的上门服务", "杭州和宁波当天可约。"),
    ("附近的景点有哪些", "公园和博物馆。"),
    ("经典款门锁还在卖吗", "已经停产。"),
    ("购买三年会员的价格", "年付更划算。"),
    ("怎么申请退款", "在订单里申请。"),
    ("发票抬头写错了怎么改", "可以重开一次。"),
    ("门铃声音太大怎么调", "在App里调。"),
    ("门未关好一直提示", "检查磁铁的位置。"),
)
FILLERS = tuple((f"型号 X{n} 的说明书在哪里", f"X{n} 的说明书在官网。") for n in range(20))


@pytest.fixture(scope="module")
def base() -> FileBase:
    return FileBase(
        Card(n, question, answer=answer) for n, (question, answer) in enumerate(ARTICLES + FILLERS)
    )


@pytest.fixture(scope="module", params=["memory", "tantivy", "whoosh"])
def finder(request: pytest.FixtureRequest, base: FileBase) -> Iterator[Finder]:
    with evaluation.throw_away(base, engine=request.param) as made:
        yield made


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("简单", "安装简单吗，要多少工具"),
        ("工具箱", "测试工具箱里有什么"),
        ("测试", "测试工具箱里有什么"),
        ("时光", "回放里的时光轴怎么拖动"),
        ("製作", "如何制作开门卡片"),
        ("如何製", "如何制作开门卡片"),
        ("農業", "农业银行卡能付款吗"),
        ("銀行", "农业银行卡能付款吗"),
        ("安全", "账号安全设置在哪里"),
        ("TH01", "传感器-温度-TH01 如何接线"),
        ("ＴＨ０１", "传感器-温度-TH01 如何接线"),
        ("传感器-温度-TH01", "传感器-温度-TH01 如何接线"),
        ("螺", "测试工具箱里有什么"),
        ("轴", "回放里的时光轴怎么拖动"),
        ("zhejiang", "浙江地区的上门服务"),
        ("浙将", "浙江地区的上门服务"),
        ("tuikuan", "怎么申请退款"),
        ("退宽", "怎么申请退款"),
        ("发漂", "发票抬头写错了怎么改"),
        ("三年会员多少钱", "购买三年会员的价格"),
        ("您好，请问一下，我想咨询一下时光轴，谢谢", "回放里的时光轴怎么拖动"),
        ("景点", "附近的景点有哪些"),
        ("经典", "经典款门锁还在卖吗"),
        ("我家门铃的 volume 太大了", "门铃声音太大怎么调"),
        ("🙂 退款 🙂", "怎么申请退款"),
        ("退款" + "，真的很急" * 2_000, "怎么申请退款"),
    ],
)
def test_it_is_found_first(finder: Finder, base: FileBase, typed: str, title: str) -> None:
    assert finder.answering(base, typed).matches[0].question == title


@pytest.mark.parametrize(
    ("typed", "other"), [("景点", "经典款门锁还在卖吗"), ("经典", "附近的景点有哪些")]
)
def test_sound_never_competes_with_characters(
    finder: Finder, base: FileBase, typed: str, other: str
) -> None:
    assert other not in [match.question for match in finder.find(base, typed)]


def test_a_model_number_that_nobody_knows_is_not_read_as_sound(
    finder: Finder, base: FileBase
) -> None:
    # TK01 is not 退款01, though tk alone is 退款.
    assert finder.answering(base, "tk").matches[0].question == "怎么申请退款"
    assert finder.answering(base, "TK01").corrected is None


def test_phrases_and_exclusions_hold(finder: Finder, base: FileBase) -> None:
    quoted = {match.question for match in finder.find(base, "“门未关好”")}
    assert quoted == {"门未关好一直提示"}
    left = {match.question for match in finder.find(base, "门铃 声音 -太大")}
    assert "门铃声音太大怎么调" not in left


@pytest.mark.parametrize("engine", ["memory", "tantivy"])
def test_phrases_and_exclusions_hold_among_vectors_too(base: FileBase, engine: str) -> None:
    with evaluation.throw_away(base, engine=engine, encoder=Toy()) as finder:
        for text in ("声音太大", "门铃 声音"):
            assert "门铃声音太大怎么调" in {match.question for match in finder.find(base, text)}
        left = {match.question for match in finder.find(base, "门铃 声音 -太大")}
        assert "门铃声音太大怎么调" not in left
        assert len(left) > 1
        quoted = {match.question for match in finder.find(base, "“门未关好”")}
        assert quoted == {"门未关好一直提示"}
        # Who quotes in a sentence asks for nothing exact, and operators are not corrected away.
        assert finder.find(base, "屏上写着“声音太大”怎么调")[0].question == "门铃声音太大怎么调"
        assert finder.find(base, "“退宽”") == []


def test_each_match_says_what_was_alike(finder: Finder, base: FileBase) -> None:
    best = finder.find(base, "申请退款", explain=True)[0]
    assert best.matched == "怎么申请退款"
    assert best.parts["word_known"] == pytest.approx(1.0)


@pytest.mark.parametrize("typed", ["", "   ", "🙂🙂", "？？？", "-", "“”"])
def test_nothing_to_look_for_finds_nothing(finder: Finder, base: FileBase, typed: str) -> None:
    assert finder.answering(base, typed).matches == ()


def test_a_new_article_competes_with_those_that_were_often_asked(base: FileBase) -> None:
    others = ["怎么", "在哪里", "可以吗", "帮我看一下", "不行", "请问", "急", "什么意思"]
    past = [
        Past(f"{question[:6]}{word}，门铃和门锁", (str(n),))
        for n, (question, _) in enumerate(ARTICLES)
        for word in others
    ]
    fresh = Card("new", "有老人在家时怎样让门铃轻一点响", answer="打开“长辈在家”。")
    cards = [Card(str(c.id), c.question, answer=c.answer) for c in base]
    full = FileBase([*cards, fresh])
    with evaluation.throw_away(full, engine="memory", past=past) as finder:
        found = [m.article_id for m in finder.find(full, "我妈怕吵，门铃能不能轻点")]
    assert "new" in found[:3]
