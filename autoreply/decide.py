"""What happens to a mail: answer, suggest, receipt, ticket or ignore. Pure.

`ROWS` is the policy below the guard: the first row that hits decides. What it wants leaves only as
far as answering is switched on; `HOLDS` says what keeps it back. Every input is stored with the
decision, and `checks` tells people which of the conditions of an answer held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from autoreply import guard
from search import bands

ANSWER, SUGGEST, RECEIPT, TICKET, IGNORE = "answer", "suggest", "receipt", "ticket", "ignore"
ACTIONS = (ANSWER, SUGGEST, RECEIPT, TICKET, IGNORE)
OFF, SHADOW, DRAFT, SHARE, ON = "off", "shadow", "draft", "share", "on"
OUTSIDE, HOLDOUT = "outside", "holdout"

_MACHINES = frozenset(
    {guard.AUTO_REPLY, guard.BOUNCE, guard.LIST, guard.REPORT, guard.RECALL, guard.OWN_LOOP}
)
# Of a system's mail a person sees what may be from a person after all: N04 a form that mails as
# noreply@ or a postmaster, N13 a sender who only wants no automatic mail.
_MAYBE_PERSON = frozenset({"N04", "N13"})


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that is decided on.

    Attributes:
        kind: what the mail is, of `guard.KINDS`.
        rule: the guard's rule that forbids a reply, or None.
        receipt: the guard allows a fixed receipt.
        mode: for mails about this: `off`, `shadow`, `draft`, `share` or `on`.
        default_mode: for mails in general, which receipts follow; "" for the same.
        share: percent that mode `share` answers.
        inside: the sender is among them.
        held_out: the sender's answers are held back this week, to measure what answering saves.
        topic: slug of the best answer's category.
        target: precision to reach.
        gate: probability that the best answer had to reach; 0 when the finder decided alone.
        gate_from: `finder`, `all` or `topic`.
        band: of the finder; "" when nothing was looked for.
        degraded: the index was down.
        published: how many articles customers can see.
        least_articles: with fewer, nothing is answered.
        continues: it continues a ticket of ours.
        answers_before: automatic answers in this thread so far.
        per_thread: how many there may be.
        receipts_before: receipts in this thread so far.
        person_has_it: somebody at the desk has the thread, or was asked for.
        person_asked: this mail asks for a person.
        echo: near-identical to what the sender said before, within a minute of our answer.
        repeated: the same question of the same sender was answered in the last 24 hours.
        thanks: it only says thank you.
        never_topic: the best answer's category is never answered automatically.
        damaged: characters are lost.
        to_own_people: it answers a mail that was for our own people (a trial, an alarm).
        recipient: there is one address that a reply may go to.
        quota: name of a quota that is used up, or "".
    """

    kind: str = guard.HUMAN
    rule: str | None = None
    receipt: bool = True
    mode: str = ON
    default_mode: str = ""
    share: int = 100
    inside: bool = True
    held_out: bool = False
    topic: str = ""
    target: float = 0.95
    gate: float = 0.0
    gate_from: str = "finder"
    band: str = ""
    degraded: bool = False
    published: int = 0
    least_articles: int = 25
    continues: bool = False
    answers_before: int = 0
    per_thread: int = 1
    receipts_before: int = 0
    person_has_it: bool = False
    person_asked: bool = False
    echo: bool = False
    repeated: bool = False
    thanks: bool = False
    never_topic: bool = False
    damaged: bool = False
    to_own_people: bool = False
    recipient: bool = True
    quota: str = ""

    @property
    def receipts(self) -> bool:
        """Whether receipts may leave; a draft waits for an agent, the customer need not."""
        return (self.default_mode or self.mode) in (DRAFT, SHARE, ON)


def held_back(situation: Situation) -> Situation:
    """Return the situation of a mail whose mailbox is in shadow mode, whatever else is on."""
    sending = (SHARE, ON)
    return replace(
        situation,
        mode=SHADOW if situation.mode in sending else situation.mode,
        default_mode=SHADOW if situation.receipts else situation.default_mode,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """What is done.

    Attributes:
        action: of `ACTIONS`.
        wanted: what would be done were everything switched on.
        why: id of the row, or of the guard's rule.
        held: id of what keeps the wanted one back, of `HOLDS`, or "".
    """

    action: str
    wanted: str
    why: str
    held: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: id, action, predicate."""

    id: str
    action: str
    hit: Callable[[Situation], bool]


def _ignored(s: Situation) -> bool:
    if s.kind in _MACHINES:
        # An echo looks like a machine, but may be a person who pressed twice.
        return not s.echo
    return s.kind == guard.SYSTEM and s.rule not in _MAYBE_PERSON


ROWS: tuple[Row, ...] = (
    Row("duplicate", IGNORE, lambda s: s.rule == "N33"),
    Row("machine", IGNORE, _ignored),
    Row("not_a_person", TICKET, lambda s: s.kind != guard.HUMAN),
    Row("to_own_people", TICKET, lambda s: s.to_own_people),
    Row("thanks", TICKET, lambda s: s.thanks and s.continues),
    Row("guard", TICKET, lambda s: s.rule is not None and not s.receipt),
    Row("recipient", TICKET, lambda s: not s.recipient),
    Row("person_has_it", TICKET, lambda s: s.person_has_it),
    Row("quota", TICKET, lambda s: bool(s.quota)),
    Row("receipt_sent", TICKET, lambda s: s.receipts_before > 0),
    Row("guard", RECEIPT, lambda s: s.rule is not None),
    Row("person_asked", RECEIPT, lambda s: s.person_asked),
    Row("once_per_thread", RECEIPT, lambda s: s.answers_before >= s.per_thread),
    Row("repeated", RECEIPT, lambda s: s.repeated),
    Row("damaged", RECEIPT, lambda s: s.damaged and s.band == bands.ANSWER),
    Row("degraded", RECEIPT, lambda s: s.degraded),
    Row("articles", RECEIPT, lambda s: s.published < s.least_articles and s.band == bands.ANSWER),
    Row("topic", RECEIPT, lambda s: s.never_topic),
    Row("band_answer", ANSWER, lambda s: s.band == bands.ANSWER),
    Row("band_suggest", SUGGEST, lambda s: s.band == bands.SUGGEST),
    Row("band_human", RECEIPT, lambda _: True),
)


# What keeps an answer back. The last one is not for suggestions: they are no answers.
HOLDS: tuple[tuple[str, Callable[[Situation], bool]], ...] = (
    (OFF, lambda s: s.mode not in (SHADOW, DRAFT, SHARE, ON)),
    (SHADOW, lambda s: s.mode == SHADOW),
    (DRAFT, lambda s: s.mode == DRAFT),
    (OUTSIDE, lambda s: s.mode == SHARE and not s.inside),
    (HOLDOUT, lambda s: s.held_out),
)


def choose(situation: Situation) -> Choice:
    """Choose what happens to a mail.

    Args:
        situation: everything that is known.

    Returns:
        The action. What is kept back becomes a receipt where receipts may leave, else a ticket.
    """
    row = next(row for row in ROWS if row.hit(situation))
    why = situation.rule if row.id == "guard" and situation.rule else row.id
    held = _held(situation, row.action)
    action = row.action
    if held:
        action = RECEIPT if situation.receipts and row.action != RECEIPT else TICKET
    return Choice(action, row.action, why, held)


def _held(s: Situation, wanted: str) -> str:
    if wanted == RECEIPT:
        return "" if s.receipts else (s.default_mode or s.mode)
    if wanted not in (ANSWER, SUGGEST):
        return ""
    holds = HOLDS if wanted == ANSWER else HOLDS[:-1]
    return next((name for name, hit in holds if hit(s)), "")


def checks(situation: Situation) -> list[dict[str, object]]:
    """Return the conditions of an automatic answer and which of them held, for people."""
    s = situation
    rows = (
        ("guard", s.kind == guard.HUMAN and s.rule is None),
        ("mode", s.mode in (SHARE, ON)),
        *([("share", s.inside)] if s.mode == SHARE else []),
        ("articles", s.published >= s.least_articles),
        ("person_has_it", not s.person_has_it),
        ("person_asked", not s.person_asked),
        ("once_per_thread", s.answers_before < s.per_thread),
        ("repeated", not s.repeated),
        *([("to_own_people", False)] if s.to_own_people else []),
        ("recipient", s.recipient),
        ("quota", not s.quota),
        ("topic", not s.never_topic),
        ("damaged", not s.damaged),
        ("degraded", not s.degraded),
        ("band_answer", s.band == bands.ANSWER),
    )
    return [{"id": name, "passed": bool(passed)} for name, passed in rows]
