"""From what was said in a ticket to a question and an answer (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from authoring import harvest_words as words
from authoring import likeness
from authoring.harvest_titles import HIDDEN, MAX_TITLE, TAIL, as_question, title
from kb import redaction
from search.questions import asks

NO_ANSWER, NO_QUESTION, THANKS, SPAM = "no_agent_answer", "no_question", "thanks_only", "spam"
REASONS = (NO_ANSWER, NO_QUESTION, THANKS, SPAM)

LONG_QUESTION = 36
MAX_WAYS = 4
SHORTEST_ANSWER = 6
_SHORT = 8
_ABOUT_ME = re.compile(
    r"^\s*(?:我(?:姓|叫|是).{1,8}|(?:我的)?(?:订单|单)号?(?:是|：|:)?.{0,30}|(?:电话|手机|微信|邮箱|账号|地址|收货|收件|联系人|"
    r"房子在|人在|住在?)[^怎么吗呢]{0,40}|如题|详情如下|问题如下)\s*$"
)
_SUBJECT_NOISE = re.compile(
    r"^\s*(?:(?:回复|答复|转发|re|fw|fwd)\s*[：:]\s*|[【\[][^】\]]{0,20}[】\]]\s*|[（(]无主题[)）])+",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"(?:(?P<number>\d{1,2})(?:[、．.]|[)）])(?!\d)[ \t]*|(?P<item>[·•●])[ \t]*)(?=\S)"
)
_STARTS_LIKE_MARKUP = re.compile(r"(?m)^(#{1,6}\s|>|\+ )")


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a ticket, oldest first."""

    by_customer: bool
    text: str


@dataclass(frozen=True, slots=True)
class Harvested:
    """What a ticket teaches.

    Attributes:
        question: as a customer would ask it, without personal data, at most 60 characters.
        answer_md: Markdown, without personal data.
        phrasings: the customer's own words, where they differ from the question.
        redacted: (kind, how many) of what was removed.
    """

    question: str
    answer_md: str
    phrasings: tuple[str, ...]
    redacted: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Why a ticket teaches nothing: one of `REASONS`."""

    reason: str


def harvest(subject: str, said: Sequence[Said], *, keep: Iterable[str] = ()) -> Harvested | Skipped:
    """Read the question and the answer out of a ticket.

    Args:
        subject: one line, may be empty.
        said: public messages, oldest first.
        keep: what is public although it looks personal: the company's own addresses.
    """
    asked = [message.text for message in said if message.by_customer]
    first = "\n".join(_opening(said))
    if any(words.is_advertising(text) for text in (subject, *asked)):
        return Skipped(SPAM)
    if asked and all(words.only_thanks(text) for text in asked):
        return Skipped(THANKS)
    kept = tuple(keep)
    answer = _answer([message.text for message in said if not message.by_customer])
    if len(answer) < SHORTEST_ANSWER:
        return Skipped(NO_ANSWER)
    hidden_answer = redaction.redact(answer, keep=kept)
    hidden_first = redaction.redact(f"{subject}\n{first}", keep=kept)
    hidden_subject, _, hidden_body = hidden_first.text.partition("\n")
    ways = _ways_to_ask(hidden_subject, hidden_body)
    if not ways:
        return Skipped(NO_QUESTION)
    counts = Counter(found.kind for found in (*hidden_first.found, *hidden_answer.found))
    return Harvested(
        question=ways[0],
        answer_md=_with_lists(_STARTS_LIKE_MARKUP.sub(r"\\\1", hidden_answer.text)),
        phrasings=tuple(ways[1:]),
        redacted=tuple(sorted(counts.items())),
    )


def _with_lists(text: str) -> str:
    """Make lists of steps and items as people type them: a run of lines, set off by blank ones."""
    lines: list[str] = []
    kind = ""
    for line in text.split("\n"):
        mark = _STEP.match(line)
        now = "" if not mark else ("item" if mark["item"] else "step")
        if lines and line and lines[-1] and now != kind:
            lines.append("")
        lines.append(f"{_mark(mark)}{line[mark.end() :]}" if mark else line)
        kind = now
    return "\n".join(lines)


def _mark(mark: re.Match[str]) -> str:
    return "- " if mark["item"] else f"{int(mark['number'])}. "


def _opening(said: Sequence[Said]) -> list[str]:
    """Return what the customer said before anybody answered."""
    opening: list[str] = []
    for message in said:
        if not message.by_customer and opening:
            break
        if message.by_customer:
            opening.append(message.text)
    return opening


def _answer(messages: Iterable[str]) -> str:
    """Join the agents' messages, without what belongs to a conversation only."""
    cleaned = (_bare_answer(message) for message in messages)
    return "\n\n".join(text for text in cleaned if len(text) >= SHORTEST_ANSWER)


def _bare_answer(message: str) -> str:
    text = words.without_signature(words.without_note(words.without_greeting(message)))
    parts = words.sentences(text)
    kept = [part for part in parts if not words.is_courtesy(part)]
    plain = [part for part in kept if not words.is_of_the_case(part)]
    if not "".join(plain).strip():
        plain = kept
    joined = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(plain))
    return re.sub(r"\n{3,}", "\n\n", words.without_greeting(joined)).strip()


def _ways_to_ask(subject: str, body: str) -> list[str]:
    """Return the title and other ways to ask, best first."""
    line = title(_SUBJECT_NOISE.sub("", subject))
    asking = [title(text) for text in _asking(body)]
    plain = [title(text) for text in _telling(body)]
    # A long story makes a poor title when the subject says what it is about.
    subject_first = asks(line) or (len(line) > 4 and asking and len(asking[0]) > LONG_QUESTION)
    ordered = [line, *asking] if subject_first else [*asking[:1], line, *asking[1:]]
    if not asking:
        ordered = [line, *plain[:1]] if len(line) >= _SHORT or not plain else [*plain[:1], line]
    useful = [text for text in ordered if _is_useful(text)]
    return likeness.distinct([*map(as_question, useful[:1]), *useful[1:]])[:MAX_WAYS]


def _is_useful(text: str) -> bool:
    bare = HIDDEN.sub("", text)
    return sum(sign.isalnum() for sign in bare) >= 3 and not words.only_thanks(bare)


def _asking(body: str) -> list[str]:
    """Return the sentences that ask; a short one takes the one before it along."""
    found: list[str] = []
    before = ""
    for sentence in _plain_sentences(body):
        if asks(sentence):
            together = f"{before.rstrip('。')}，{sentence}" if before else sentence
            short = len(sentence) < _SHORT and len(together) <= MAX_TITLE
            found.append(together if short else sentence)
        before = sentence
    return found


def _telling(body: str) -> list[str]:
    return [sentence for sentence in _plain_sentences(body) if len(sentence) >= 4]


def _plain_sentences(body: str) -> list[str]:
    text = words.without_note(words.without_greeting(words.without_signature(body)))
    bare = [_without_me(part) for part in words.sentences(text) if not words.is_courtesy(part)]
    return [part for part in bare if part]


def _without_me(sentence: str) -> str:
    """Drop the clauses that only say who is asking."""
    clauses = re.split(r"(?<=[，,；;])", words.without_greeting(sentence))
    kept = [
        c for c in clauses if not HIDDEN.search(c) and not _ABOUT_ME.match(c.rstrip("，,；;。"))
    ]
    return TAIL.sub("", "".join(kept).strip()) if kept else ""
