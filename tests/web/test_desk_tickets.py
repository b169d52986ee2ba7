"""The inbox, a ticket, replying, taking back, resolving, spam."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply.tables import OutgoingMail
from kb import attachments, contacts, questions, tickets
from kb.models.knowledge import Attachment
from kb.models.service import CUSTOMER, Candidate, Message, Question, Ticket
from tests.web.conftest import Desk
from web import uploads

ASKED = "门锁装好以后一直滴滴响，怎么关掉？"
ANSWER = "长按面板上的设置键3秒，听到“静音”再松开就可以了。"


def make_ticket(
    desk: Desk, text: str = ASKED, *, mail: str = "lin@example.com", **more: Any
) -> int:
    def change(session: Session) -> int:
        now = desk.clock()
        contact = contacts.find_or_create(session, "mail", mail, name="周琳", now=now)
        opening = tickets.Opening(
            subject="", text=text, channel="mail", contact_id=contact.id, **more
        )
        row = tickets.open_ticket(session, opening, now=now)
        tickets.say(session, row, tickets.Saying(CUSTOMER, text, "mail"), now=now)
        asked = questions.Asked("mail", text, contact_id=contact.id)
        question = questions.record(session, asked, (), now=now)
        questions.to_person(session, question, row.id, now=now)
        return row.id

    number: int = desk.write(change)
    return number


def ticket(desk: Desk, number: int) -> Ticket:
    row: Ticket = desk.read(lambda s: s.get_one(Ticket, number))
    return row


def last_message(desk: Desk) -> Message:
    row: Message = desk.read(lambda s: s.scalar(select(Message).order_by(Message.id.desc())))
    return row


def test_the_inbox_shows_what_waits_and_for_how_long(desk: Desk) -> None:
    make_ticket(desk)
    desk.clock.advance(hours=3)
    page = desk.get("agent", "/desk/").text
    assert "门锁装好以后" in page
    assert "周琳" in page
    assert "等3小时" in page


@pytest.mark.parametrize("query", ["tab=mine", "tab=spam", "tab=resolved", "channel=form"])
def test_other_tabs_do_not_show_it(desk: Desk, query: str) -> None:
    make_ticket(desk)
    assert "门锁装好以后" not in desk.get("agent", f"/desk/?{query}").text


def test_unknown_filters_filter_nothing(desk: Desk) -> None:
    make_ticket(desk)
    assert "门锁装好以后" in desk.get("agent", "/desk/?tab=nope&channel=nope&sort=nope").text


def test_a_reply_is_queued_for_ten_seconds_and_moves_the_ticket(desk: Desk) -> None:
    number = make_ticket(desk)
    answer = desk.post("agent", f"/desk/tickets/{number}/reply", {"text": ANSWER, "then": "reply"})
    assert answer.status_code == 303
    assert ticket(desk, number).state == "waiting"
    mail = desk.read(lambda s: s.scalar(select(OutgoingMail)))
    assert (mail.to_address, mail.kind, mail.state) == ("lin@example.com", "reply", "queued")
    assert (mail.hold_until - desk.clock()).total_seconds() == 10
    page = desk.get("agent", answer.location).text
    assert "撤回" in page
    assert ANSWER in page


def test_undo_takes_the_reply_back_and_puts_its_words_into_the_field(desk: Desk) -> None:
    number = make_ticket(desk)
    desk.post("agent", f"/desk/tickets/{number}/reply", {"text": ANSWER, "then": "harvest"})
    assert desk.read(lambda s: len(s.scalars(select(Candidate)).all())) == 1
    answer = desk.post("agent", f"/desk/messages/{last_message(desk).id}/undo")
    assert answer.status_code == 303
    row = ticket(desk, number)
    assert (row.state, row.first_response_at) == ("open", None)
    assert desk.read(lambda s: s.scalar(select(OutgoingMail.state))) == "cancelled"
    assert desk.read(lambda s: len(s.scalars(select(Candidate)).all())) == 0
    page = desk.get("agent", answer.location).text
    assert f">{ANSWER}</textarea>" in page


def test_only_who_wrote_a_reply_takes_it_back(desk: Desk) -> None:
    number = make_ticket(desk)
    desk.post("agent", f"/desk/tickets/{number}/reply", {"text": ANSWER})
    assert desk.post("admin", f"/desk/messages/{last_message(desk).id}/undo").status_code == 403


def test_a_reply_that_left_cannot_be_taken_back(desk: Desk) -> None:
    number = make_ticket(desk)
    desk.post("agent", f"/desk/tickets/{number}/reply", {"text": ANSWER})
    message = last_message(desk)

    def leave(session: Session) -> None:
        session.get_one(Message, message.id).delivery = "sent"

    desk.write(leave)
    answer = desk.post("agent", f"/desk/messages/{message.id}/undo")
    assert answer.status_code == 409
    assert "撤不回来" in answer.text


def test_an_empty_reply_is_refused_and_a_long_one_kept(desk: Desk) -> None:
    number = make_ticket(desk)
    empty = desk.post("agent", f"/desk/tickets/{number}/reply", {"text": "  "})
    assert empty.status_code == 400
    assert "内容还空着" in empty.text
    long = desk.post("agent", f"/desk/tickets/{number}/reply", {"text": "长" * 20_001})
    assert long.status_code == 400
    assert "长" * 20_001 in long.text


def test_a_note_stays_inside(desk: Desk) -> None:
    number = make_ticket(desk)
    desk.post("agent", f"/desk/tickets/{number}/reply", {"text": "逆光的西门", "then": "note"})
    assert ticket(desk, number).state == "new"
    assert last_message(desk).author == "note"
    assert desk.read(lambda s: s.scalar(select(OutgoingMail))) is None


def test_an_answer_is_inserted_without_javascript_and_teaches(desk: Desk) -> None:
    article = desk.publish("门锁一直响怎么关？", "长按设置键3秒。", phrasings=("滴滴响",))
    number = make_ticket(desk)
    path = f"/desk/tickets/{number}/reply"
    page = desk.post("agent", path, {"text": "您好", "insert": str(article)})
    assert page.status_code == 200
    assert "您好\n长按设置键3秒。</textarea>" in page.text
    assert f'value="{article}"' in page.text
    linked = desk.post("agent", path, {"text": "", "insert_link": str(article)})
    assert f"http://127.0.0.1:8080/a/{article}</textarea>" in linked.text
    desk.post("agent", path, {"text": "长按设置键3秒。", "used": str(article)})
    shown = desk.read(lambda s: s.scalar(select(Question)).shown)
    assert [(row.article_id, row.confirmed_by) for row in shown] == [(article, "agent")]


def test_the_steps_of_an_inserted_answer_keep_their_numbers(desk: Desk) -> None:
    article = desk.publish("门锁一直响怎么关？", "先停响。\n\n1. 长按设置键\n2. 输密码\n")
    number = make_ticket(desk)
    said = "先停响。\n\n1. 长按设置键\n2. 输密码"
    page = desk.post("agent", f"/desk/tickets/{number}/reply", {"text": "", "insert": str(article)})
    assert f"{said}</textarea>" in page.text
    assert f'data-insert="{said}"' in desk.get("agent", f"/desk/tickets/{number}").text


def test_an_internal_article_is_never_put_into_a_reply(desk: Desk) -> None:
    secret = desk.publish("门锁一直响怎么赔？", "内部价120元。", audience="internal")
    number = make_ticket(desk)
    page = desk.get("agent", f"/desk/tickets/{number}").text
    assert "仅内部" in page
    assert 'data-insert="内部价' not in page
    path = f"/desk/tickets/{number}/reply"
    assert desk.post("agent", path, {"text": "", "insert": str(secret)}).status_code == 404
    desk.post("agent", path, {"text": "好", "used": str(secret)})
    assert last_message(desk).detail == {}


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("setup.exe", b"MZ\x90\x00", "“setup.exe”是能运行的文件"),
        ("空.txt", b"", "“空.txt”是空的"),
        ("坏.png", b"\x89PNG\r\n\x1a\n123", "“坏.png”这张图片打不开"),
    ],
)
def test_a_file_that_cannot_go_is_named_and_the_words_stay(
    desk: Desk, name: str, data: bytes, sentence: str
) -> None:
    number = make_ticket(desk)
    form = {"text": ANSWER, "files": [(io.BytesIO(data), name)]}
    page = desk.post("agent", f"/desk/tickets/{number}/reply", form)
    assert page.status_code == 400
    assert sentence in page.text
    assert f">{ANSWER}</textarea>" in page.text
    assert desk.read(lambda s: s.scalar(select(OutgoingMail))) is None


@pytest.mark.parametrize("limit", ["MOST_BYTES", "MOST_TOGETHER"])
def test_files_are_not_too_large(desk: Desk, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    number = make_ticket(desk)
    monkeypatch.setattr(uploads, limit, 100)
    form = {"text": ANSWER, "files": [(io.BytesIO(b"1" * 101), "大.txt")]}
    page = desk.post("agent", f"/desk/tickets/{number}/reply", form)
    assert page.status_code == 400
    assert ("“大.txt”太大了" if limit == "MOST_BYTES" else "附件加起来最多") in page.text
    assert f">{ANSWER}</textarea>" in page.text


def test_a_photograph_leaves_without_where_it_was_taken(desk: Desk) -> None:
    number = make_ticket(desk)
    photo, exif = Image.new("RGB", (8, 8), "red"), Image.Exif()
    exif[0x010E] = "31.2304,121.4737"
    taken = io.BytesIO()
    photo.save(taken, "JPEG", exif=exif)
    form = {"text": "见照片", "files": [(io.BytesIO(taken.getvalue()), "锁芯.jpg")]}
    assert desk.post("agent", f"/desk/tickets/{number}/reply", form).status_code == 303
    row = desk.read(lambda s: s.scalar(select(Attachment)))
    kept = desk.read(lambda s: attachments.content(s, row))
    assert row.media_type == "image/jpeg"
    assert b"31.2304" in taken.getvalue()
    assert b"31.2304" not in kept


def test_files_of_a_note_are_kept_and_only_ever_downloaded(desk: Desk) -> None:
    number = make_ticket(desk)
    file = (io.BytesIO(b"<script>alert(1)</script>"), "a.html")
    data = {"text": "见附件", "files": [file], "then": "note"}
    desk.post("agent", f"/desk/tickets/{number}/reply", data)
    row = desk.read(lambda s: s.scalar(select(Attachment)))
    answer = desk.get("agent", f"/desk/attachments/{row.id}")
    assert answer.data == b"<script>alert(1)</script>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_reply_and_keep_resolves_and_harvests(desk: Desk) -> None:
    number = make_ticket(desk)
    answer = desk.post(
        "agent", f"/desk/tickets/{number}/reply", {"text": ANSWER, "then": "harvest"}
    )
    assert "said=kept" in answer.location
    made = desk.read(lambda s: s.scalar(select(Candidate.id)))
    assert f'href="/desk/harvest/{made}"' in desk.get("agent", answer.location).text
    for wrong in ("x", "-1", "1" * 40, "1%00"):
        page = desk.get("agent", f"/desk/tickets/{number}?said=kept&which={wrong}")
        assert "去看这一条" not in page.text
    assert ticket(desk, number).state == "resolved"
    assert "响" in desk.read(lambda s: s.scalar(select(Candidate.question)))


def test_resolve_and_reopen(desk: Desk) -> None:
    number = make_ticket(desk)
    desk.post("agent", f"/desk/tickets/{number}/resolve")
    assert ticket(desk, number).state == "resolved"
    assert desk.post("agent", f"/desk/tickets/{number}/resolve").status_code == 409
    desk.post("agent", f"/desk/tickets/{number}/reopen")
    assert ticket(desk, number).state == "open"


def test_spam_in_one_click_and_back(desk: Desk) -> None:
    number = make_ticket(desk)
    desk.post("agent", f"/desk/tickets/{number}/spam", {"spam": "1"})
    assert (ticket(desk, number).state, ticket(desk, number).spam) == ("closed", True)
    assert "门锁装好" in desk.get("agent", "/desk/?tab=spam").text
    assert desk.post("agent", f"/desk/tickets/{number}/reply", {"text": "好"}).status_code == 403
    desk.post("agent", f"/desk/tickets/{number}/spam", {"spam": "0"})
    assert (ticket(desk, number).state, ticket(desk, number).spam) == ("open", False)


def test_assign_and_take(desk: Desk) -> None:
    number = make_ticket(desk)
    desk.post("agent", f"/desk/tickets/{number}/take")
    assert ticket(desk, number).state == "open"
    assert "门锁装好" in desk.get("agent", "/desk/?tab=mine").text
    assert (
        desk.post("agent", f"/desk/tickets/{number}/assign", {"user_id": "999"}).status_code == 400
    )
    desk.post("agent", f"/desk/tickets/{number}/assign", {"user_id": ""})
    assert ticket(desk, number).assignee_id is None


def test_time_spent_on_a_reply_is_counted_and_capped(desk: Desk) -> None:
    number = make_ticket(desk)
    opened = desk.clock().isoformat()
    desk.clock.advance(minutes=4)
    path = f"/desk/tickets/{number}/reply"
    desk.post("agent", path, {"text": "好", "opened": opened})
    assert ticket(desk, number).handling_seconds == 240
    desk.clock.advance(hours=9)
    desk.post("agent", path, {"text": "好的", "opened": opened})
    assert ticket(desk, number).handling_seconds == 240 + 3600
    desk.post("agent", path, {"text": "好的", "opened": "yesterday"})
    assert ticket(desk, number).handling_seconds == 240 + 3600


def test_a_mail_is_shown_in_a_sandbox_without_outside_pictures(desk: Desk) -> None:
    number = make_ticket(desk)

    def mailed(session: Session) -> int:
        html = '<p onclick="x()">坏了<img src="https://evil.example/p.png"><script>1</script></p>'
        row = session.get_one(Ticket, number)
        saying = tickets.Saying(CUSTOMER, "坏了", "mail", html=html)
        return tickets.say(session, row, saying, now=desk.clock()).id

    message = desk.write(mailed)
    page = desk.get("agent", f"/desk/messages/{message}/frame")
    assert "坏了" in page.text
    for bad in ("evil.example", "onclick", "<script"):
        assert bad not in page.text
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "1张外部图片没有加载" in desk.get("agent", f"/desk/tickets/{number}").text
