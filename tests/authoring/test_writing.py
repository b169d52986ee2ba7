"""Hints, comparing versions, likeness and neighbours: what helps a writer."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from authoring import diff, hints, likeness
from authoring.neighbours import Neighbourhood
from kb.access import NOBODY
from kb.articles import Content
from tests.factories import AN_AGENT, content, make_article

GOOD = Content(
    "门锁没电了怎么开门？",
    "用充电宝接面板底部的接口，就能临时供电开门。\n\n## 步骤\n\n"
    + "\n".join(
        f"{n}. 把充电宝的线接到面板最下面的接口，等屏幕亮起来再验证指纹。" for n in range(1, 5)
    )
    + "\n\n![接口](/media/x.webp)",
    ("门外没电了", "电池用完进不去"),
)


def codes(**changed: object) -> list[str]:
    values = {name: getattr(GOOD, name) for name in Content.__slots__} | changed
    return [hint.code for hint in hints.hints(Content(**values))]  # type: ignore[arg-type]


def test_a_good_article_gets_no_hint() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"question": "门锁供电说明"}, "title_not_question"),
        ({"question": "门锁没电了怎么开门"}, "title_without_mark"),
        ({"question": "门锁" * 20 + "怎么开？"}, "title_long"),
        ({"phrasings": ("一个",)}, "phrasings_few"),
        ({"body_md": f"## 说明\n\n{'先看面板再说。' * 20}"}, "answer_not_first"),
        ({"body_md": f"您好，{'先看面板再说。' * 20}"}, "lead_in"),
        ({"body_md": "很短。"}, "short"),
        ({"body_md": "\n\n".join(["这一段不长不短，正好说一件事。"] * 60)}, "long"),
        ({"body_md": f"可以。\n\n{'这句话一直说下去没有停，' * 12}。"}, "sentence_long"),
        ({"body_md": f"可以！{'再看一遍面板。' * 20}"}, "exclamation"),
        ({"body_md": "可以。\n\n" + "点击→选择→打开→设置→保存。" * 8}, "steps_not_numbered"),
        ({"body_md": "可以。\n\n" + "点击右上角，选择页面。" * 12}, "no_picture"),
    ],
)  # fmt: skip
def test_each_hint(changed: dict[str, object], code: str) -> None:
    assert code in codes(**changed)


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("对设备进行重启操作", "重启设备"),
        ("对订单进行修改", "修改订单"),
        ("进行绑定", "绑定"),
        ("在没有网络的情况下", "没有网络时"),
        ("无法", "不能"),
    ],
)
def test_officialese_is_put_plainly(text: str, better: str) -> None:
    found = [h for h in hints.hints(Content("问？", f"您需要{text}。")) if h.code == "wordy"]
    assert [(hint.text, hint.better) for hint in found] == [(text, better)]


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_gets_hints(body: str, question: str) -> None:
    assert isinstance(hints.hints(Content(question, body)), list)


@given(st.text(alphabet="ab锁门\n ", max_size=80), st.text(alphabet="ab锁门\n ", max_size=80))
def test_a_comparison_gives_both_texts_back(old: str, new: str) -> None:
    compared = diff.lines(old, new)
    assert (diff.old_text(compared), diff.new_text(compared)) == (old, new)
    assert (old == new) == all(line.kind == diff.SAME for line in compared)


def test_a_changed_word_is_shown_inside_its_line() -> None:
    (line,) = diff.lines("错5次锁定3分钟。", "错5次锁定5分钟。")
    assert line.kind == diff.CHANGED
    changed = [(span.kind, span.text) for span in line.spans if span.kind != diff.SAME]
    assert changed == [("removed", "3"), ("added", "5")]


def test_only_the_fields_that_differ_are_compared() -> None:
    found = diff.fields(content(phrasings=("甲",)), content(phrasings=("甲", "乙")))
    assert list(found) == ["phrasings"]
    assert found["phrasings"][-1].kind == diff.ADDED


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    a, b = likeness.pairs(one), likeness.pairs(other)
    assert likeness.cosine(a, b) == pytest.approx(likeness.cosine(b, a))
    assert 0 <= likeness.cosine(a, b) <= 1 + 1e-9
    assert not a or likeness.cosine(a, a) == pytest.approx(1)


def test_the_most_similar_articles_come_first(session: Session, now: datetime) -> None:
    lock = make_article(session, question="门锁没电了怎么开门？", phrasings=("锁没电进不去",))
    make_article(session, question="发票怎么开？")
    hidden = make_article(session, question="门锁没电怎么开门，内部流程？", audience="internal")
    make_article(session, question="门锁没电了怎么开门呢？", state="draft")
    near = Neighbourhood(session, actor=NOBODY, now=now).of(["门锁没电了，怎么开"])
    assert [one.article_id for one in near] == [lock.id]
    staff = Neighbourhood(session, actor=AN_AGENT, now=now)
    ids = [one.article_id for one in staff.of(["门锁没电怎么开门"])]
    assert set(ids) == {lock.id, hidden.id}
    assert staff.of(["门锁没电怎么开门"], besides=lock.id)[0].article_id == hidden.id
    assert staff.of(["退货地址"]) == []
    assert staff.similar("门锁没电怎么开门")[0][1] > 0.5


def test_tables_code_and_letters_are_not_long_sentences() -> None:
    row = f"| C3 | {'红外加白光，可以淋雨，' * 12} |"
    code = f"```\n{'地址很长' * 40}\n```"
    english = "Hold the button for five seconds until the light blinks blue, then let it go."
    body = f"可以。\n\n|a|\n|-|\n{row}\n\n{code}\n\n{english}"
    assert "sentence_long" not in codes(body_md=body)
