import pytest

from autoreply import subjects, threading
from tests.autoreply.mails import mail

SECRET = b"a key of this installation"


def test_our_own_id_is_found_wherever_it_stands() -> None:
    own = threading.message_id(SECRET, 41, domain="anlu.example", automatic=True)
    for found in (
        mail(In_Reply_To=own),
        mail(References=f"<x@y>,{own}"),
        mail(References=own.upper()),
    ):
        thread = threading.find(found, secret=SECRET)
        assert (thread.via, thread.sent) == ("message_id", (41,))


@pytest.mark.parametrize(
    "forged",
    ["<ar.41.aaaaaaaaaaaaaaaa@anlu.example>", "<ar.41@anlu.example>", "<hr.41.x@anlu.example>"],
)
def test_an_unsigned_id_joins_nothing(forged: str) -> None:
    assert threading.find(mail(In_Reply_To=forged), secret=SECRET).sent == ()


def test_another_number_needs_another_signature() -> None:
    own = threading.message_id(SECRET, 41, domain="anlu.example", automatic=True)
    assert threading.map_own([own.replace(".41.", ".42.")], secret=SECRET) == []
    assert threading.map_own([own.replace("ar.", "hr.")], secret=SECRET) == []
    assert threading.map_own([own], secret=b"another") == []


def test_newest_of_our_mails_comes_first() -> None:
    ids = [threading.message_id(SECRET, n, domain="d.example", automatic=False) for n in (1, 2, 3)]
    thread = threading.find(mail(References=" ".join(ids)), secret=SECRET)
    assert thread.sent == (3, 2, 1)
    assert thread.message_ids == tuple(reversed(ids))


def test_the_plus_address_names_the_ticket() -> None:
    address = threading.plus_address("help@anlu.example", SECRET, 12)
    thread = threading.find(mail(To=address.upper()), secret=SECRET)
    assert (thread.via, thread.ticket) == ("plus", 12)
    forged = address.replace("+12-", "+13-")
    assert threading.find(mail(To=forged), secret=SECRET).ticket is None


@pytest.mark.parametrize("subject", ["Re: 门锁 {}", "回复：{}门锁", "答复: Re: 门锁{}"])
def test_the_subject_tag_names_the_ticket(subject: str) -> None:
    tag = threading.subject_tag(SECRET, 12)
    thread = threading.find(mail(Subject=subject.format(tag)), secret=SECRET)
    assert (thread.via, thread.ticket) == ("subject", 12)


def test_a_bare_subject_joins_nothing() -> None:
    thread = threading.find(mail(Subject="Re: 门锁打不开怎么办"), secret=SECRET)
    assert (thread.via, thread.ticket, thread.sent) == ("", None, ())


def test_references_of_the_answer() -> None:
    assert threading.references(mail(References="<a@b> <c@d>")) == (
        "<a@b>",
        "<c@d>",
        "<1@qq.example>",
    )
    assert threading.references(mail(In_Reply_To="<a@b>")) == ("<a@b>", "<1@qq.example>")
    assert threading.references(mail(Message_ID=None, References="<a@b>")) == ()
    long = threading.references(mail(References=" ".join(f"<{n}@b>" for n in range(60))))
    assert len(long) == 20
    assert (long[0], long[-1]) == ("<0@b>", "<1@qq.example>")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("门锁打不开", "Re: 门锁打不开"),
        ("Re: 门锁", "Re: 门锁"),
        ("RE：门锁", "RE：门锁"),
        ("回复：门锁", "回复：门锁"),
        ("回覆: 門鎖", "回覆: 門鎖"),
        ("答复: Re: 答复: 门锁", "答复: Re: 答复: 门锁"),
        ("转发: 门锁", "转发: 门锁"),
        ("[客服] Re: 门锁", "[客服] Re: 门锁"),
        ("Re[2]: 门锁", "Re[2]: 门锁"),
        ("", "Re:"),
        ("门锁\r\nBcc: x@y", "Re: 门锁 Bcc: x@y"),
        ("Regarding lock", "Re: Regarding lock"),
    ],
)
def test_one_reply_prefix(subject: str, expected: str) -> None:
    assert subjects.answer(subject) == expected


def test_the_tag_stands_once_and_the_subject_ends() -> None:
    tag = threading.subject_tag(SECRET, 12)
    assert subjects.answer(f"Re: 门锁 {tag}", tag=tag) == f"Re: 门锁 {tag}"
    assert len(subjects.answer("门" * 500, tag=tag)) <= subjects.LONGEST


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: 答复: Re: 答复: 门锁", "门锁"),
        ("[客服] 回复：门锁", "门锁"),
        ("Fwd: 转发：x", "x"),
        ("门锁", "门锁"),
        ("Re:", ""),
    ],
)
def test_bare_subject(subject: str, expected: str) -> None:
    assert subjects.bare(subject) == expected
