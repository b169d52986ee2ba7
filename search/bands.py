"""Pure: from a probability to what the product does: answer, suggest, or hand to a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from search.questions import is_small_talk
from search.text import fold, is_han

ANSWER = "answer"
SUGGEST = "suggest"
HUMAN = "human"

MAIL, FORM, SEARCH = "mail", "form", "search"

_PERSON = re.compile(
    r"转人工|人工(?:客服|服务|坐席|座席|回复|处理|接听|电话)|^(?:找|要|转|接)?人工$|"
    r"(?:找|要|转|接|联系|换)(?:个|一个|一下|到)?(?:真人|活人|人工|客服人员|客服专员|人来|经理|主管|领导)|"
    r"(?:真人|活人)客服|不要机器人|别用机器人|不想.{0,4}机器人|"
    r"(?:我要|我想|要求|准备|打算|必须)投诉|^投诉$|投诉你们|给我投诉|"
    r"\b(?:talk|speak|chat)\s(?:to|with)\s(?:an?\s|the\s)?(?:real\s|live\s)?"
    r"(?:human|person|agent|representative|manager|someone)\b|\breal (?:human|person)\b|"
    r"\b(?:human|live) (?:agent|support)\b|\bfile a complaint\b"
)


@dataclass(frozen=True, slots=True)
class Gates:
    """What the best match must reach to be sent as the answer.

    Attributes:
        probability: calibrated, in [0, 1].
        margin: probability of the best minus that of the second.
        coverage: share of what the question names that the base knows, in [0, 1].
    """

    probability: float
    margin: float = 0.2
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class Policy:
    """The default policy; a model may bring its own gates for its base.

    Attributes:
        gates: channel -> gates; a channel without gates ranks and never abstains.
        suggest: lowest probability that is worth showing as “您可能想问”.
        fewest: with fewer published articles nothing is answered.
    """

    gates: Mapping[str, Gates] = field(
        default_factory=lambda: MappingProxyType({MAIL: Gates(0.85), FORM: Gates(0.75)})
    )
    suggest: float = 0.08
    fewest: int = 25


HALF_KNOWN, SURER = 0.5, 0.95
"""Where the base has never heard of most of what a question names, it may be another company's,
or about something that nobody wrote up yet: then an answer must be more probable than usual."""

FEWEST_SIGNS = 4
"""Of what is answered by itself; a Chinese character counts as two."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about one question's best match."""

    probability: float
    margin: float
    coverage: float
    published: int
    found: int


def decide(text: str, evidence: Evidence, policy: Policy, *, channel: str) -> str:
    """Return the band of one question.

    Args:
        text: what the person wrote; a request for a person is always `HUMAN`, and so is a
            greeting or a test, which asks nothing.
        evidence: about the best match; `found` is the number of matches.
        policy: the gates.
        channel: `MAIL`, `FORM` or `SEARCH`.
    """
    if wants_person(text) or evidence.found == 0 or is_small_talk(text):
        return HUMAN
    gates = policy.gates.get(channel)
    if gates is None:
        return SUGGEST
    enough = evidence.published >= policy.fewest and _says_enough(text)
    if enough and _passes(evidence, gates):
        return ANSWER
    return SUGGEST if evidence.probability >= policy.suggest else HUMAN


def together(bands: Sequence[str]) -> str:
    """Return the band of a text with several questions: an answer only if each part has one."""
    if not bands or HUMAN in bands:
        return HUMAN if not bands or all(band == HUMAN for band in bands) else SUGGEST
    return ANSWER if all(band == ANSWER for band in bands) else SUGGEST


def wants_person(text: str) -> bool:
    """Return whether somebody asks for a person, or complains, rather than for an answer."""
    return _PERSON.search(fold(text).strip()) is not None


def _says_enough(text: str) -> bool:
    """Tell whether a text is more than initials or one character: “tk” may mean anything."""
    said = sum(2 if is_han(sign) else 1 for sign in fold(text) if sign.isalnum())
    return said >= FEWEST_SIGNS


def _passes(evidence: Evidence, gates: Gates) -> bool:
    surer = SURER if evidence.coverage < HALF_KNOWN else 0.0
    return (
        evidence.probability >= max(gates.probability, surer)
        and evidence.margin >= gates.margin
        and evidence.coverage >= gates.coverage
    )
