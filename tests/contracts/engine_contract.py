"""What every engine must do; each engine's test file runs this class.

Questions go through the real analysis, because users ask in Chinese and not in tokens. The
complaints are those that people wrote about other products' Chinese search.
"""

from __future__ import annotations

import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from kb.errors import Unavailable
from search.analysis import Analyzer
from search.dictionaries import parse
from search.engine import TICKET, Document, Engine, Position
from search.query import build

ANALYZER = Analyzer(parse(synonyms="购买,价格,多少钱\n工具箱,工具盒"))

AT_ONE = Position(database="d", change=1, analyzer=ANALYZER.version, transaction=7)
AT_TWO = Position(database="d", change=2, analyzer=ANALYZER.version, transaction=9)

# (what was asked, text of the article that must be found)
FOUND = [
    ("农业", "中国农业银行的转账限额是多少"),
    ("银行", "中国农业银行的转账限额是多少"),
    ("製作", "如何制作发票抬头"),
    ("如何製", "如何制作发票抬头"),
    ("制作", "如何製作發票抬頭"),
    ("时光", "回放里的时光轴怎么拖动"),
    ("光轴", "回放里的时光轴怎么拖动"),
    ("简单", "门锁安装简单吗"),
    ("安装", "门锁安装简单吗"),
    ("工具箱", "测试工具箱里有什么"),
    ("工具", "测试工具箱里有什么"),
    ("测试", "测试工具箱里有什么"),
    ("發票", "增值税发票怎么开"),
    ("ＴＨ０１", "传感器-温度-TH01 如何接线"),
    ("TH01", "传感器-温度-TH01 如何接线"),
    ("th-01", "传感器-温度-TH01 如何接线"),
    ("TH 01", "传感器-温度-TH01 如何接线"),
    ("传感器-温度-TH01", "传感器-温度-TH01 如何接线"),
    ("温度", "传感器-温度-TH01 如何接线"),
    ("安全", "账号安全设置在哪里"),
    ("帳號安全", "账号安全设置在哪里"),
    ("帐号", "账号安全设置在哪里"),
    ("猫", "猫眼电池能用多久"),
    ("退", "多久能退款"),
    ("多少钱", "云存储套餐的价格"),
    ("工具盒", "测试工具箱里有什么"),
    ("zhejiang", "浙江地区的上门安装"),
    ("tuikuan", "多久能退款"),
    ("tk", "多久能退款"),
    ("wifi 连不上", "Wi-Fi 連不上怎么办"),
    ("cameras", "Which camera works outdoors"),
    ("怎么用app开门", "没有钥匙时用 APP 开门"),
    ("c++", "C++ 接口的示例"),
    ("2.4g", "2.4G 网络设置"),
    ("キャンセル", "注文のキャンセル"),
    ("배송", "배송 조회"),
]

# (what was asked, text that must be found by its sound when little was found)
HEARD = [
    ("浙将", "浙江地区的上门安装"),
    ("发漂", "增值税发票怎么开"),
    ("退宽", "多久能退款"),
    ("款退", "多久能退款"),
]

OTHERS = ["智能门锁开箱清单", "摄像头夜视模糊", "企业客户的合同", "著名景点门票", "经典款式介绍"]


def article(number: int, question: str, answer: str = "见正文。", **more: object) -> Document:
    """Make an article as the base would."""
    fields = ANALYZER.document_fields(question, [], answer, [])
    return Document(f"article:{number}", "article", fields, **more)  # type: ignore[arg-type]


def ask(engine: Engine, text: str, *, limit: int = 10, **more: object) -> list[str]:
    """Ask as an anonymous visitor and return ids."""
    more.setdefault("audiences", ("public",))
    query = build(ANALYZER, text, **more)  # type: ignore[arg-type]
    return [hit.id for hit in engine.search(query, limit)]


def files_open() -> Counter[str]:
    """Return the files that this process has open, and how often (Linux)."""
    folder = Path("/proc/self/fd")
    names = [os.path.realpath(entry) for entry in folder.iterdir()] if folder.exists() else []
    return Counter(name for name in names if "/index/" in name)


def filled(engine: Engine, *texts: str) -> Engine:
    """Build an index of the texts, numbered from 0, among others."""
    documents = [article(number, text) for number, text in enumerate((*texts, *OTHERS))]
    engine.build(documents, AT_ONE)
    return engine


class EngineContract:
    """Subclass with a fixture `engine` (empty) and, when durable, `reopen`."""

    @pytest.mark.parametrize(("asked", "text"), FOUND)
    def test_complaint_is_answered(self, engine: Engine, asked: str, text: str) -> None:
        assert ask(filled(engine, text), asked)[:1] == ["article:0"]

    @pytest.mark.parametrize(("asked", "text"), FOUND)
    def test_complaint_is_answered_inside_an_answer(
        self, engine: Engine, asked: str, text: str
    ) -> None:
        if asked in ("zhejiang", "tuikuan", "tk"):
            return  # sound covers questions only
        engine.build([article(0, "说明", f"前文。{text}。后文。"), article(1, "无关")], AT_ONE)
        assert ask(engine, asked)[:1] == ["article:0"]

    @pytest.mark.parametrize(("asked", "text"), HEARD)
    def test_typing_error_is_heard(self, engine: Engine, asked: str, text: str) -> None:
        assert ask(filled(engine, text), asked, use_pinyin=True)[:1] == ["article:0"]

    def test_sound_stays_out_of_what_is_written(self, engine: Engine) -> None:
        filled(engine, "著名景点", "经典款")
        assert "article:1" not in ask(engine, "景点")
        found = ask(engine, "景点", use_pinyin=True)
        assert found.index("article:0") < found.index("article:1")

    @pytest.mark.parametrize("asked", ["", "   ", "😀", "？！。", "¶", "\x00", "​"])
    def test_nothing_to_look_for_finds_nothing(self, engine: Engine, asked: str) -> None:
        assert ask(filled(engine, "发票"), asked) == []

    def test_emoji_around_words_does_no_harm(self, engine: Engine) -> None:
        assert ask(filled(engine, "发票怎么开"), "😀发票😭🙏")[:1] == ["article:0"]

    def test_pasted_page_is_answered(self, engine: Engine) -> None:
        filled(engine, "发票怎么开", "多久能退款")
        page = "您好，我上周买了门锁，安装以后一直想开发票，请问发票怎么开。" * 330
        assert "article:0" in ask(engine, page[:10_000])

    def test_phrase_must_occur(self, engine: Engine) -> None:
        filled(engine, "退款多久到账", "到账多久退款", "账户余额到期")
        assert ask(engine, '"退款多久"') == ["article:0"]
        assert ask(engine, "“到账多久”") == ["article:1"]
        assert ask(engine, '"TH-01 接线"') == []

    def test_phrase_stays_within_one_phrasing(self, engine: Engine) -> None:
        fields = ANALYZER.document_fields("怎么退款", ["多久到账"], "", [])
        engine.build([Document("article:0", "article", fields)], AT_ONE)
        assert ask(engine, '"退款多久"') == []
        assert ask(engine, '"多久到账"') == ["article:0"]

    def test_excluded_word_leaves_out(self, engine: Engine) -> None:
        filled(engine, "退款多久到账", "退款怎么申请")
        assert ask(engine, "退款 -到账") == ["article:1"]
        assert set(ask(engine, "退款")) == {"article:0", "article:1"}
        assert ask(engine, "-到账") == []

    def test_audience_is_filtered_inside(self, engine: Engine) -> None:
        hidden = [article(n, "退款", audience="internal") for n in range(40)]
        engine.build([*hidden, article(99, "怎么申请退款和其他说明")], AT_ONE)
        assert ask(engine, "退款", limit=1) == ["article:99"]
        assert "article:0" in ask(engine, "退款", limit=50, audiences=("public", "internal"))

    def test_category_language_and_kind_are_filtered(self, engine: Engine) -> None:
        engine.build(
            [
                article(1, "退款", category=("refund", "after-sales")),
                article(2, "退款", category=("shop",), language="en"),
                Document("ticket:1", TICKET, ANALYZER.document_fields("退款", [], "", [])),
            ],
            AT_ONE,
        )
        assert ask(engine, "退款", categories=("after-sales",)) == ["article:1"]
        assert ask(engine, "退款", categories=("refund", "shop")) == ["article:1", "article:2"]
        assert ask(engine, "退款", language="en") == ["article:2"]
        assert ask(engine, "退款", kinds=(TICKET,)) == ["ticket:1"]
        assert ask(engine, "退款", categories=("nowhere",)) == []

    def test_equal_scores_are_ordered_by_id(self, engine: Engine) -> None:
        engine.build([article(n, "退款") for n in (7, 3, 5, 1, 9, 8)], AT_ONE)
        assert ask(engine, "退款", limit=3) == ["article:1", "article:3", "article:5"]

    def test_question_counts_more_than_answer(self, engine: Engine) -> None:
        engine.build([article(0, "其他", "发票怎么开"), article(1, "发票怎么开", "其他")], AT_ONE)
        assert ask(engine, "发票怎么开") == ["article:1", "article:0"]

    def test_question_words_hardly_count(self, engine: Engine) -> None:
        filled(engine, "请问怎么可以帮我", "发票抬头")
        assert ask(engine, "请问怎么可以开发票")[0] == "article:1"

    def test_limit_is_kept(self, engine: Engine) -> None:
        engine.build([article(n, "退款") for n in range(20)], AT_ONE)
        assert len(ask(engine, "退款", limit=7)) == 7
        assert ask(engine, "退款", limit=0) == []

    def test_apply_adds_replaces_and_deletes(self, engine: Engine) -> None:
        filled(engine, "退款", "换货")
        engine.apply([article(0, "开发票"), article(50, "保修")], ["article:1"], AT_TWO)
        assert ask(engine, "退款") == []
        assert ask(engine, "换货") == []
        assert ask(engine, "开发票") == ["article:0"]
        assert ask(engine, "保修") == ["article:50"]
        assert engine.count() == len(OTHERS) + 2
        assert engine.position() == AT_TWO

    def test_applying_twice_is_harmless(self, engine: Engine) -> None:
        filled(engine, "退款")
        for _ in range(2):
            engine.apply([article(0, "换货")], ["article:1", "article:404"], AT_TWO)
        assert engine.count() == len(OTHERS)
        assert ask(engine, "换货") == ["article:0"]

    def test_empty_apply_moves_the_position(self, engine: Engine) -> None:
        filled(engine, "退款")
        engine.apply([], [], AT_TWO)
        assert engine.position() == AT_TWO
        assert ask(engine, "退款") == ["article:0"]

    def test_many_small_writes(self, engine: Engine) -> None:
        filled(engine, "退款")
        for number in range(100, 130):
            engine.apply([article(number, f"保修 {number}")], [], AT_TWO)
        assert len(ask(engine, "保修", limit=50)) == 30
        assert ask(engine, "退款") == ["article:0"]

    def test_fresh_index_is_empty_and_nowhere(self, engine: Engine) -> None:
        assert engine.position() == Position()
        assert engine.count() == 0

    def test_build_replaces_everything(self, engine: Engine) -> None:
        filled(engine, "退款")
        engine.build([article(1, "换货")], AT_TWO)
        assert ask(engine, "退款") == []
        assert ask(engine, "换货") == ["article:1"]
        assert engine.position() == AT_TWO

    def test_long_words_and_fields_do_no_harm(self, engine: Engine) -> None:
        engine.build([article(0, "长" * 3000, "a" * 70_000 + " 退款")], AT_ONE)
        assert ask(engine, "退款") == ["article:0"]


class DurableContract(EngineContract):
    """What an engine with files must do as well; subclass with a fixture `reopen`."""

    def test_survives_the_process(self, engine: Engine, reopen: Callable[[], Engine]) -> None:
        filled(engine, "退款")
        engine.close()
        again = reopen()
        assert ask(again, "退款") == ["article:0"]
        assert again.position() == AT_ONE

    def test_other_reader_sees_a_write_at_once(
        self, engine: Engine, reopen: Callable[[], Engine]
    ) -> None:
        filled(engine, "退款")
        other = reopen()
        assert ask(other, "保修") == []
        engine.apply([article(9, "保修")], [], AT_TWO)
        assert ask(other, "保修") == ["article:9"]
        engine.build([article(3, "保修")], AT_TWO)
        assert ask(other, "保修") == ["article:3"]

    def test_closed_it_holds_no_file(self, engine: Engine, reopen: Callable[[], Engine]) -> None:
        """Files go when the engine does, not when the interpreter next collects garbage."""
        gc.disable()
        try:
            before = files_open()
            other = reopen()
            filled(other, "门锁没电", "发票抬头")
            for number in range(3):
                other.apply([article(number, "换了电池")], [], AT_ONE)
                assert ask(other, "“换了电池”")
            other.close()
            del other
            # What other tests left may close meanwhile; threads of an engine end a moment later.
            until = time.monotonic() + 2
            while files_open() - before and time.monotonic() < until:
                time.sleep(0.02)
            assert not files_open() - before
        finally:
            gc.enable()

    def test_write_without_index_is_refused(self, engine: Engine) -> None:
        with pytest.raises(Unavailable):
            engine.apply([article(0, "退款")], [], AT_ONE)
        with pytest.raises(Unavailable):
            ask(engine, "退款")
        assert engine.position() == Position()

    def test_deleted_folder_degrades_and_can_be_built(
        self, engine: Engine, remove: Callable[[], None]
    ) -> None:
        filled(engine, "退款")
        remove()
        with pytest.raises(Unavailable):
            ask(engine, "退款")
        assert engine.position() == Position()
        filled(engine, "退款")
        assert ask(engine, "退款") == ["article:0"]

    def test_damaged_files_degrade_and_can_be_built(
        self, engine: Engine, reopen: Callable[[], Engine], damage: Callable[[], None]
    ) -> None:
        filled(engine, "退款")
        engine.close()
        damage()
        again = reopen()
        with pytest.raises(Unavailable):
            ask(again, "退款")
        assert again.position() == Position()
        filled(again, "退款")
        assert ask(again, "退款") == ["article:0"]

    def test_broken_build_leaves_the_old_index(self, engine: Engine) -> None:
        filled(engine, "退款")

        def documents() -> Iterable[Document]:
            yield article(0, "保修")
            raise RuntimeError("database went away")

        with pytest.raises(RuntimeError):
            engine.build(documents(), AT_TWO)
        assert ask(engine, "退款") == ["article:0"]
        assert engine.position() == AT_ONE
        filled(engine, "保修")
        assert ask(engine, "保修") == ["article:0"]
