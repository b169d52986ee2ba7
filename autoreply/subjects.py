"""Subjects: reply and forward prefixes of all clients, list tags, our own ticket tags. Pure."""

from __future__ import annotations

import re

_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|sv|vs|antw|odp|ynt|ref|rif|res|回复|回復|回覆|答复|答復|答覆|回信|返信|답장)"
    r"(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3})?\s*[:：]\s*)",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"^\s*(?:(?:fw|fwd|wg|tr|rv|enc|vl|转发|轉發|轉寄|转寄|傳送)(?:\[\d{1,3}\])?\s*[:：]\s*)",
    re.IGNORECASE,
)
_TAG = re.compile(r"^\s*[\[【][^\[\]【】]{1,40}[\]】]\s*")
_OWN_TAG = re.compile(r"\s*[\[［【] ?#?\d{1,18}-[a-z2-7]{10} ?[\]］】]", re.IGNORECASE)
# Subjects that say that there is a question, and not which.
_EMPTY_WORDS = re.compile(
    r"(?:在线|紧|急|加|求助?|帮忙|请教|请问|咨询|询问|提问|问题|一个|几个|关于|有个?|我的|的|"
    r"客户|用户|售后|客服|反馈|来信|邮件|您好|你好|请|了|下|一|回复|谢谢|无主题|没有主题|"
    r"help(?:\s*me)?|hello|hi|hey|question|urgent|support|inquiry|enquiry|request|please|"
    r"need|a|my|no\s*subject|[\s\W_])+",
    re.IGNORECASE,
)
_OTHER_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
LONGEST = 200


def is_reply(subject: str) -> bool:
    """Tell whether a subject begins with a reply prefix, list tags before it allowed."""
    return _leading(subject, _PREFIX)


def is_forward(subject: str) -> bool:
    """Tell whether a subject begins with a forward prefix, list tags before it allowed."""
    return _leading(subject, _FORWARD)


def says_something(subject: str) -> bool:
    """Tell whether a bare subject names a matter; “求助” and “Question” do not."""
    return bool(subject.strip()) and _EMPTY_WORDS.fullmatch(subject) is None


def bare(subject: str) -> str:
    """Return a subject without prefixes, list tags and our own ticket tag.

    Chains such as `Re: 答复: Re: 答复: …` are taken off whole.
    """
    rest = _OWN_TAG.sub("", subject)
    for _ in range(60):
        shorter = _FORWARD.sub("", _PREFIX.sub("", rest, count=1), count=1)
        # A subject that is all tag keeps it.
        shorter = _TAG.sub("", shorter, count=1) or shorter
        if shorter == rest:
            break
        rest = shorter
    return rest.strip()


def clean(subject: str, *, longest: int = LONGEST) -> str:
    """Return a subject that is safe in a header: one line, no control characters, not endless."""
    flat = " ".join(_OTHER_CONTROL.sub(" ", subject).split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def answer(subject: str, *, tag: str = "") -> str:
    """Return the subject of a reply: one `Re: ` unless a prefix is there, our tag at the end.

    Args:
        subject: of the mail that is answered; may be empty.
        tag: `threading.subject_tag`, or "".
    """
    flat = clean(_OWN_TAG.sub("", subject), longest=LONGEST - len(tag) - 5)
    prefixed = is_reply(flat) or is_forward(flat)
    kept = flat if prefixed else f"Re: {flat}".rstrip()
    return f"{kept} {tag}".strip()


def _leading(subject: str, pattern: re.Pattern[str]) -> bool:
    return bool(pattern.match(subject) or pattern.match(_TAG.sub("", subject, count=1)))
