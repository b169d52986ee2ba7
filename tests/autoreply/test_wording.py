"""What people may write of a mail, and that a broken wording stops none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoreply import render, wording, wordings
from autoreply.wording import Wording
from autoreply.wording_tables import MailWording
from kb.errors import Invalid, NotFound
from tests.autoreply.world import LOCKED_OUT, World, text_of

OWN = Wording(
    greeting="{客户}，见信好：",
    body="关于“{提问}”：\n\n{答案}\n\n{已解决链接}\n\n{转人工链接}",
    closing="{公司}，{上班时间}，{电话}",
)


@pytest.mark.parametrize("kind", wording.KINDS)
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_ours_pass_their_own_check_in_every_language(kind: str, language: str) -> None:
    wording.check(kind, render.shipped(kind, language), language=language)


@pytest.mark.parametrize(
    ("change", "code", "field", "name"),
    [
        ({"body": "{答案}{已解决链接}{转人工链接}{优惠码}"}, "place_unknown", "body", "优惠码"),
        ({"body": "{答案}{已解决链接}{转人工链接}{更正内容}"}, "place_unknown", "body", "更正内容"),
        ({"body": "{答案}\n{转人工链接}"}, "place_missing", "body", "已解决链接"),
        ({"greeting": "{答案}"}, "place_elsewhere", "greeting", "答案"),
        ({"greeting": "{客户，您好："}, "place_open", "greeting", None),
        ({"closing": "再见}"}, "place_open", "closing", None),
        ({"body": " "}, "wording_missing", "body", None),
        ({"body": "{答案}{已解决链接}{转人工链接}" + "长" * 4000}, "too_long", "body", None),
    ],
)
def test_what_could_not_be_sent_is_refused_with_its_field(
    change: dict[str, str], code: str, field: str, name: str | None
) -> None:
    with pytest.raises(Invalid) as refused:
        wording.check(wording.ANSWER, replace(OWN, **change))
    assert (refused.value.code, refused.value.params["field"]) == (code, field)
    assert refused.value.params.get("name") == name


def test_names_may_be_written_in_any_language_and_width() -> None:
    body = "{answer}\n{ Solved Link }\n｛轉人工連結｝"
    wording.check(wording.ANSWER, replace(OWN, body=body))


@pytest.mark.parametrize(
    ("text", "value", "filled"),
    [
        ("{客户}，您好：", "王芳", "王芳，您好："),
        ("{客户}，您好：", "", "您好："),
        ("Hello {customer},", "", "Hello,"),
        ("尊敬的{客户}，您好：", "", "尊敬的，您好："),
        ("{客户}", "{答案}", "{答案}"),
    ],
)
def test_a_nameless_customer_is_greeted_well(text: str, value: str, filled: str) -> None:
    assert wording.fill(text, {"customer": value}) == filled


@given(st.text(max_size=200))
def test_any_text_is_refused_or_filled(text: str) -> None:
    own = replace(OWN, body=OWN.body + "\n\n" + text)
    try:
        wording.check(wording.ANSWER, own)
    except Invalid:
        return
    values = dict.fromkeys(wording.PLACES, "")
    for piece in wording.pieces(own.body):
        if isinstance(piece, str):
            wording.fill(piece, values)


def save(world: World, own: Wording, *, kind: str = wording.ANSWER, language: str = "zh") -> None:
    with world.db.transaction() as session:
        wordings.save(session, kind, language, own, user_id=None, now=world.now)


def answer(world: World) -> str:
    world.know(LOCKED_OUT)
    world.receive()
    return text_of(world.sent[-1])


def test_a_mail_speaks_in_the_companys_own_words(world: World) -> None:
    save(world, OWN)
    said = answer(world)
    assert "王芳，见信好：" in said
    assert "关于“门锁没电了，人在门外怎么开门”：" in said
    assert "已解决，请点：" in said
    assert "安庐，周一至周五9:00–18:00，400-000-0000" in said


def test_a_traditional_reader_gets_it_converted(world: World) -> None:
    save(world, replace(OWN, greeting="您好，门锁用户："))
    with world.db.reading() as session:
        view = view_of(world)
        said = wordings.written(session, view, "zh-Hant", now=world.now)
    assert "您好，門鎖使用者：" in said.text


def test_going_back_to_ours_keeps_what_was(world: World) -> None:
    save(world, OWN)
    with world.db.transaction() as session:
        wordings.reset(session, wording.ANSWER, "zh", user_id=None, now=world.now)
        assert wordings.version(session, wording.ANSWER, "zh", 1) == OWN
        assert [row.number for row in wordings.history(session, wording.ANSWER, "zh")] == [2, 1]
    assert "这是我们找到的回答" in answer(world)


@pytest.mark.parametrize("body", ["{答案}", "{没有这个}{答案}{已解决链接}{转人工链接}", ""])
def test_a_broken_wording_stops_no_mail_and_is_told(world: World, body: str) -> None:
    with world.db.transaction() as session:
        texts = {"greeting": "好", "body": body, "closing": ""}
        session.add(
            MailWording(kind="answer", language="zh", number=1, texts=texts, created_at=world.now)
        )
    assert "这是我们找到的回答" in answer(world)
    with world.db.reading() as session:
        [row] = wordings.broken(session)
    assert row.fault
    assert world.outbox[0].state == "sent"


def test_an_unknown_kind_is_not_found(world: World) -> None:
    with world.db.reading() as session, pytest.raises(NotFound):
        wordings.shown(session, "answer", "fr")


def view_of(world: World) -> render.View:
    company = render.Company("安庐")
    passage = render.Passage("怎么开门？", "https://h.example/a/1", "按指纹。", "<p>按指纹。</p>")
    return render.Answer("怎么开门", passage, "https://h.example/y", "https://h.example/n", company)
