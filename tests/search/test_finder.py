from collections.abc import Iterator

import pytest

from search import evaluation
from search.bands import ANSWER, HUMAN
from search.base import Card, FileBase
from search.finder import Finder
from search.matches import Reading

TOPICS = (
    ("门锁没电了怎么开门", ("电池耗尽打不开门", "锁没电进不去家"), "用充电宝接锁底部的应急接口。"),
    ("怎么申请退款", ("退货退款流程", "不想要了能退吗"), "在订单里点申请退款。"),
    ("摄像头离线怎么办", ("摄像机连不上网", "画面一直加载不出来"), "先看路由器，再重启摄像头。"),
    ("云存储怎么续费", ("云录像到期怎么续", "怎么继续购买云服务"), "在应用里打开云服务续费。"),
)
FILLERS = tuple((f"型号 X{n} 的说明书在哪里", (), f"X{n} 的说明书在官网。") for n in range(30))


def base_of(*, audience: str = "public") -> FileBase:
    cards = [
        Card(number, question, phrasings, answer, audience=audience)
        for number, (question, phrasings, answer) in enumerate(TOPICS + FILLERS)
    ]
    return FileBase(cards)


@pytest.fixture(scope="module")
def base() -> FileBase:
    return base_of()


@pytest.fixture(scope="module")
def finder(base: FileBase) -> Iterator[Finder]:
    with evaluation.throw_away(base, engine="memory") as made:
        yield made


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("锁没有电了", 0),
        ("我要退货", 1),
        ("攝像頭離線", 2),
        ("云存儲续费", 3),
        ("X17 说明书", 4 + 17),
        ("请问一下，我家门锁没电开不了门，怎么办呀？谢谢", 0),
    ],
)
def test_the_right_article_comes_first(
    finder: Finder, base: FileBase, question: str, article: int
) -> None:
    assert finder.find(base, question)[0].article_id == article


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("how do I get a refund for my order", 1),
        ("the camera is offline, what can I do", 2),
        ("how to open the lock when the battery is dead", 0),
        ("can I use the app in English", 99),
    ],
)
def test_one_english_article_does_not_take_every_english_question(
    question: str, article: int
) -> None:
    """It has `how`, `can I` and `the`, which nothing else in a Chinese base has."""
    english = Card(
        99,
        "Can I use the app in English?",
        ("How do I change the language of the app",),
        "Open the menu and do what the app says when you get to the language.",
    )
    base = FileBase([*base_of(), english])
    with evaluation.throw_away(base, engine="memory") as made:
        assert made.find(base, question)[0].article_id == article


def test_letters_that_are_no_word_are_taken_as_sound_whatever_english_they_resemble() -> None:
    english = Card(99, "Mending a lock: meeting links", ("mending, melting, mengling",), "Mend it.")
    base = FileBase(
        [*base_of(), english, Card(98, "门铃太吵怎么办", ("门铃声音大",), "调小音量。")]
    )
    with evaluation.throw_away(base, engine="memory") as made:
        assert made.find(base, "menling")[0].article_id == 98


def test_a_hidden_article_is_never_found(finder: Finder) -> None:
    assert finder.find(base_of(audience="internal"), "怎么申请退款") == []


def test_an_article_that_the_base_withdrew_is_not_shown(finder: Finder) -> None:
    assert finder.find(FileBase([]), "怎么申请退款") == []


@pytest.mark.parametrize("question", ["", "   ", "？？！", "😀😀"])
def test_nothing_to_look_for_finds_nothing(finder: Finder, base: FileBase, question: str) -> None:
    assert finder.find(base, question) == []
    assert finder.answering(base, question).band == HUMAN


@pytest.mark.parametrize("text", ["哈哈", "在吗", "花呗怎么还款", "今天天气不错"])
def test_what_the_base_does_not_know_is_not_answered(
    finder: Finder, base: FileBase, text: str
) -> None:
    assert finder.answering(base, text).band != ANSWER


def test_coverage_is_what_the_base_knows_of_what_is_named(finder: Finder, base: FileBase) -> None:
    known, foreign = (
        finder.find(base, text)[0].coverage for text in ("怎么申请退款", "门锁能用花呗借呗吗")
    )
    assert known == pytest.approx(1)
    assert foreign < 0.5


def test_a_question_typed_as_sound_is_found_and_told(finder: Finder, base: FileBase) -> None:
    found = finder.answering(base, "zenme shenqing tuikuan")
    assert found.matches[0].article_id == 1
    assert found.corrected == "怎么申请退款"


def test_a_typing_error_is_corrected_and_told(finder: Finder, base: FileBase) -> None:
    found = finder.answering(base, "申请推宽")
    assert found.matches[0].article_id == 1
    assert found.corrected == "申请退款"
    assert finder.answering(base, "申请推宽", exact=True).corrected is None
    assert finder.answering(base, "怎么申请退款").corrected is None


def test_a_reading_that_was_not_taken_is_offered(finder: Finder, base: FileBase) -> None:
    good, better = (finder.score(base, text) for text in ("怎么申请退款", "门锁没电了怎么开门"))
    offered = Reading(better, other=good).offered()
    assert offered[0].article_id == 1
    assert len(offered) <= 2
    assert Reading(good, other=good).offered() == ()


def test_circumstances_of_a_letter_do_not_hide_its_question(finder: Finder, base: FileBase) -> None:
    letter = (
        "你好，我是老客户了，前后买过几样东西，平时都用得不错。这两天家里来了亲戚，一直没空处理，"
        "昨天打电话也没有人接。请问怎么申请退款？要等几天？我的手机是 13800001234，谢谢。"
    )
    found = finder.answering(base, letter)
    assert len(found.parts) == 1
    assert found.matches[0].article_id == 1
    assert sum(match.probability for match in found.matches) <= 1.0 + 1e-9


def test_exact_leaves_sound_as_it_is(finder: Finder, base: FileBase) -> None:
    assert finder.answering(base, "zenme shenqing tuikuan", exact=True).corrected is None


def test_a_request_for_a_person_goes_to_one(finder: Finder, base: FileBase) -> None:
    assert finder.answering(base, "门锁没电了怎么开门，转人工").band == HUMAN


def test_two_questions_bring_both_articles(finder: Finder, base: FileBase) -> None:
    found = finder.answering(base, "怎么申请退款？另外云存储怎么续费？")
    assert len(found.parts) == 2
    assert {match.article_id for match in found.matches[:2]} == {1, 3}


def test_matches_are_ordered_and_explained(finder: Finder, base: FileBase) -> None:
    matches = finder.find(base, "怎么退款", limit=5, explain=True)
    chances = [match.probability for match in matches]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) <= 1
    assert matches[0].parts["gram_cosine"] > 0
    assert matches[0].matched in TOPICS[1][1] + (TOPICS[1][0],)


def test_a_long_paste_is_answered_quickly(finder: Finder, base: FileBase) -> None:
    assert finder.find(base, "门锁没电" + "无关的话" * 5_000)
