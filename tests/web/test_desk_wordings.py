"""The words of mails at the desk: changed, refused, previewed, tried, taken back."""

from __future__ import annotations

import email.policy
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from autoreply import wordings
from autoreply.inbound import read
from autoreply.tables import OutgoingMail
from autoreply.wording_tables import MailWording
from kb import settings
from kb.models.people import User
from kb.models.system import AuditEntry
from tests.web.conftest import Desk

PAGE = "/desk/mail-words/answer/zh"
FORM = {
    "greeting": "{客户}，见信好：",
    "body": "关于“{提问}”：\n\n{答案}\n\n{已解决链接}\n\n{转人工链接}",
    "closing": "{公司}",
}


@pytest.fixture
def mailbox(desk: Desk) -> None:
    company = settings.Company(name="安庐", mailbox="help@anlu.example")
    desk.write(lambda session: settings.write(session, company))


def test_saved_words_are_used_shown_and_written_down(desk: Desk) -> None:
    answer = desk.post("editor", PAGE, {**FORM, "do": "save"})
    assert answer.status_code == 303
    assert "见信好" in desk.get("editor", PAGE).text
    assert "改过" in desk.get("editor", "/desk/mail-words").text
    assert "跟着简体" in desk.get("editor", "/desk/mail-words").text
    assert desk.read(lambda s: wordings.shown(s, "answer", "zh").closing) == "{公司}"
    assert "wording.saved" in desk.read(lambda s: s.scalars(select(AuditEntry.verb)).all())


def test_what_could_not_be_sent_is_refused_and_stays_in_the_form(desk: Desk) -> None:
    body = FORM["body"].replace("{转人工链接}", "再联系")
    page = desk.post("editor", PAGE, {**FORM, "body": body, "do": "save"})
    assert page.status_code == 400
    assert "正文里少了“转人工链接”" in page.text
    assert "再联系" in page.text
    assert desk.read(lambda s: s.scalar(select(MailWording))) is None


def test_going_back_and_forth(desk: Desk) -> None:
    desk.post("editor", PAGE, {**FORM, "do": "save"})
    desk.post("editor", PAGE, {"do": "reset"})
    assert "见信好" not in desk.get("editor", PAGE).text
    assert "见信好" in desk.get("editor", f"{PAGE}?version=1").text
    assert desk.get("editor", f"{PAGE}?version=9").status_code == 404


def test_the_preview_shows_what_is_being_written_in_a_sandbox(desk: Desk) -> None:
    shown = desk.post("editor", f"{PAGE}/frame", {**FORM, "as": "html"})
    assert "周琳，见信好：" in shown.text
    assert re.search("<li[^>]*>关掉进水阀</li>", shown.text)
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    text = desk.post("editor", f"{PAGE}/frame", {**FORM, "as": "text"}).text
    assert "已解决，请点：" in text
    wrong = desk.post("editor", f"{PAGE}/frame", {**FORM, "greeting": "{优惠}"})
    assert "这里没有“优惠”可以填" in wrong.text


def test_a_trial_goes_to_oneself_and_saves_nothing(desk: Desk, mailbox: None) -> None:
    page = desk.post("editor", PAGE, {**FORM, "do": "trial", "to": "me@anlu.example"})
    assert page.status_code == 200
    assert "寄到me@anlu.example" in page.text
    assert "见信好" in page.text
    row = desk.read(lambda s: s.scalar(select(OutgoingMail)))
    assert (row.kind, row.to_address, row.state) == ("trial", "me@anlu.example", "queued")
    mail = email.message_from_bytes(row.raw, policy=email.policy.default)
    assert mail["Subject"] == "[试发] 回复：滤芯"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "周琳，见信好：" in read(row.raw).text
    assert desk.read(lambda s: s.scalar(select(MailWording))) is None


def test_a_trial_goes_nowhere_else(desk: Desk, mailbox: None) -> None:
    def own(session: Session) -> None:
        user = session.scalars(select(User).where(User.name == "editor")).one()
        user.email = "own@anlu.example"

    desk.write(own)
    desk.post("editor", PAGE, {**FORM, "do": "trial", "to": "x@evil.example"})
    assert desk.read(lambda s: s.scalar(select(OutgoingMail.to_address))) == "own@anlu.example"


@pytest.mark.parametrize("to", ["", "nobody"])
def test_a_trial_without_an_address_is_refused(desk: Desk, mailbox: None, to: str) -> None:
    page = desk.post("editor", PAGE, {**FORM, "do": "trial", "to": to})
    assert page.status_code == 400
    assert "邮箱好像没写完" in page.text


def test_a_broken_wording_is_told_to_those_who_look_after_it(desk: Desk) -> None:
    def spoil(session: Session) -> None:
        row = wordings.save(
            session, "answer", "zh", wordings.shown(session, "answer", "zh"),
            user_id=None, now=desk.clock(),
        )  # fmt: skip
        row.fault, row.fault_at = "KeyError", desk.clock()

    desk.write(spoil)
    assert "“自动回复”（简体中文）用不了" in desk.get("editor", "/desk/mail-words").text
    assert "这份用语用不了" in desk.get("editor", PAGE).text


@pytest.mark.parametrize("path", ["answer/fr", "nothing/zh", "nothing/zh/frame"])
def test_what_does_not_exist_is_not_found(desk: Desk, path: str) -> None:
    assert desk.get("editor", f"/desk/mail-words/{path}").status_code == 404
