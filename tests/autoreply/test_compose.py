import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoreply import headers, render, subjects
from autoreply.compose import Automatic, Letter, compose
from autoreply.extract import extract
from autoreply.inbound import read
from autoreply.render import Answer, Company, Link, Passage, Person, Receipt, Told
from autoreply.wording import Wording
from kb.errors import Invalid

LONG_ID = "<" + "A" * 90 + "@CHNPR01MB0001.prod.outlook.example>"


def letter(**changes: object) -> Letter:
    values: dict[str, object] = {
        "to": "wf@qq.example",
        "from_": "help@anlu.example",
        "from_name": "安庐客服",
        "subject": "Re: 门锁打不开怎么办 [#12-abcdefghij]",
        "text": "您好：\n请先断电。\n",
        "html": "<p>请先断电。</p>",
        "message_id": "<ar.1.abc@anlu.example>",
        "date": datetime(2024, 3, 5, tzinfo=UTC),
        "in_reply_to": LONG_ID,
        "references": (LONG_ID,),
        "instance": "anlu-1",
    }
    return Letter(**(values | changes))  # type: ignore[arg-type]  # values by name, for brevity


def parsed(**changes: object) -> EmailMessage:
    message = message_from_bytes(compose(letter(**changes)), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_an_answer_carries_the_marks_that_stop_loops() -> None:
    message = parsed()
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["Precedence"] == "bulk"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-Loop"] == message["X-Wenqu-Instance"] == "anlu-1"


def test_a_notice_says_so_and_a_person_carries_no_marks() -> None:
    assert parsed(automatic=Automatic.NOTICE)["Auto-Submitted"] == "auto-generated"
    message = parsed(automatic=Automatic.PERSON)
    marks = ("Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "X-Loop")
    assert all(message[mark] is None for mark in marks)


def test_long_ids_stay_whole_on_one_line() -> None:
    raw = compose(letter(references=tuple(LONG_ID.replace("A", "B", n) for n in range(3))))
    assert f"In-Reply-To: {LONG_ID}\r\n".encode() in raw
    assert b"=?utf-8?q?=3C" not in raw
    line = next(line for line in raw.split(b"\r\n") if line.startswith(b"References: "))
    assert line.count(b"<") == 3


def test_references_fit_a_line() -> None:
    chain = tuple(f"<{n}{'x' * 80}@b.example>" for n in range(40))
    raw = compose(letter(references=chain))
    line = next(line for line in raw.split(b"\r\n") if line.startswith(b"References: "))
    assert len(line) < 998
    assert line.split()[1] == chain[0].encode()
    assert line.split()[-1] == chain[-1].encode()


def test_no_line_and_no_encoded_word_is_too_long() -> None:
    raw = compose(letter(subject="门锁" * 60, to_name="王" * 60, text="门" * 5000))
    lines = raw.split(b"\r\n")
    others = [line for line in lines if not line.startswith((b"In-Reply-To", b"References"))]
    assert max(map(len, others)) <= 78
    assert raw.isascii()


def test_one_recipient_and_both_bodies() -> None:
    message = parsed(to_name="王芳")
    assert [a.addr_spec for a in message["To"].addresses] == ["wf@qq.example"]
    assert message["Cc"] is None
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content() == "您好：\r\n请先断电。\r\n"
    assert plain["Content-Transfer-Encoding"] == "base64"


def test_plain_alone_when_there_is_no_html() -> None:
    assert parsed(html="").get_content_type() == "text/plain"


def test_the_same_letter_is_the_same_mail() -> None:
    assert compose(letter()) == compose(letter())


def test_an_answer_without_an_id_names_none() -> None:
    message = parsed(in_reply_to="", references=())
    assert message["In-Reply-To"] is None
    assert message["References"] is None


@pytest.mark.parametrize("field", ["subject", "to_name", "from_name", "in_reply_to", "message_id"])
def test_nothing_typed_starts_a_header(field: str) -> None:
    head = compose(letter(**{field: "a\r\nBcc: x@evil.example\n\n<script>"})).partition(
        b"\r\n\r\n"
    )[0]
    names = [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert b"Bcc" not in names
    assert b"Content-Type" in names


@pytest.mark.parametrize(
    "address", ["", "a", "a@b\r\nBcc: x@y", "a@b.cn, c@d.cn", "王@b.cn", "<a@b.cn>"]
)
def test_an_address_that_cannot_be_written_to_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        compose(letter(to=address))
    assert refused.value.params["field"] == "to"


@settings(deadline=None, max_examples=80)
@given(st.text(max_size=120), st.text(max_size=60), st.text(max_size=300), st.text(max_size=40))
def test_any_words_make_a_mail(subject: str, name: str, text: str, ident: str) -> None:
    raw = compose(letter(subject=subject, to_name=name, text=text, html=text, in_reply_to=ident))
    assert raw.isascii()
    assert len(read(raw).authors) == 1


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=260), st.text(max_size=100))
def test_what_is_written_in_a_header_is_what_is_read(subject: str, name: str) -> None:
    raw = compose(letter(subject=subject, to_name=name, from_name=name))
    assert read(raw).subject == subjects.clean(subject, longest=subjects.LONGEST + 40)
    [to] = message_from_bytes(raw, policy=default)["To"].addresses
    # The standard library moves blanks between the encoded words of a name.
    assert "".join(to.display_name.split()) == "".join(
        " ".join(headers.clean(name).split())[:80].split()
    )
    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(len(line) for line in head if not line.startswith((b"In-", b"References"))) <= 78
    words = [word for line in head for word in line.split() if word.startswith(b"=?utf-8?b?")]
    assert all(len(word) <= 75 for word in words)


@pytest.mark.parametrize(
    "subject", ["Re: 门锁 打不开 [#12-abcdefghij]", "Re: 门锁 [#12-abcdefghij]"]
)
def test_the_mark_of_a_ticket_stays_readable_in_the_raw_subject(subject: str) -> None:
    head = compose(letter(subject=subject)).partition(b"\r\n\r\n")[0]
    assert b"Subject: Re: =?utf-8?b?" in head
    assert b"?= [#12-abcdefghij]" in head


@pytest.mark.parametrize(
    "name", ["Wang, Fang", 'the "king"', "a\\b", "a@b.example", "=?utf-8?q?x?=", "O'Brien-Smith"]
)
def test_a_name_of_any_signs_stays_one_name(name: str) -> None:
    message = parsed(to_name=name)
    assert message["To"].addresses[0].display_name == name
    assert len(message["To"].addresses) == 1


COMPANY = Company("安庐", "人工客服每天8:00–22:00", "400-000-1200")
PASSAGE = Passage(
    "门锁打不开怎么办？", "https://h.example/a/1", "先断电。", "<p>先断电。</p>", whole=False
)
ANSWER = Answer(
    "门锁打不开<b>",
    PASSAGE,
    "https://h.example/s/1",
    "https://h.example/h/1",
    COMPANY,
    tuple(Link(f"问题{n}", f"https://h.example/a/{n}") for n in range(5)),
    "王芳",
    "QY-12",
    "今天系统维护",
)
VIEWS = [
    ANSWER,
    Receipt("QY-12", "https://h.example/t/1", "今天15:00", COMPANY, "门锁打不开"),
    Told("门锁打不开", "3月5日", PASSAGE, COMPANY),
    Person(
        "请先断电。",
        "<p>请先断电。</p>",
        "王磊",
        COMPANY,
        "王磊\n安庐客服",
        "QY-12",
        "https://h.example/t/1",
    ),
]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: type(view).__name__)
@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "en", "other"])
def test_every_mail_speaks_every_language(view: render.View, lang: str) -> None:
    done = render.render(view, lang=lang)
    assert "400-000-1200" in done.text
    assert "400-000-1200" in done.html
    assert "！" not in done.text
    assert "!" not in done.text
    assert bool(done.subject) == isinstance(view, Told)


def test_the_answer_has_its_links_on_lines_of_their_own() -> None:
    done = render.render(ANSWER, lang="zh-Hans")
    lines = done.text.split("\n")
    assert {"https://h.example/s/1", "https://h.example/h/1", "https://h.example/a/1"} <= set(lines)
    assert done.text.count("· 问题") == 3
    assert "门锁打不开&lt;b&gt;" in done.html
    assert re.search(r"<p style=[^>]*>先断电。</p>", done.html)
    assert "图和完整步骤" in done.text
    assert "今天系统维护" in done.text


def test_traditional_readers_get_their_characters() -> None:
    done = render.render(ANSWER, lang="zh-Hant")
    assert "門鎖打不開" in done.text
    assert "https://h.example/s/1" in done.text
    assert 'lang="zh-TW"' in done.html


def test_the_companys_own_words_take_the_place_of_ours() -> None:
    own = Wording(greeting="{客户}好", body="{提问}：\n{答案}\n{已解决链接}{转人工链接}")
    done = render.render(ANSWER, lang="zh-Hans", own=own)
    assert "王芳好" in done.text
    assert "门锁打不开<b>：" in done.text
    assert "门锁打不开&lt;b&gt;：" in done.html
    assert "https://h.example/h/1" in done.text
    assert "帮助中心自动回复" in done.html


def test_our_mails_come_back_as_quotes() -> None:
    sent = render.render(ANSWER, lang="zh-Hans").text
    assert extract(f"还是不行\n\n{sent}").text == "还是不行"
    assert (
        extract("还是不行\n\n" + "\n".join(f"> {line}" for line in sent.split("\n"))).text
        == "还是不行"
    )
