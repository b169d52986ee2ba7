"""Mails of a file as conversations: who asked first, and what was answered. Pure.

Conversations are put together by Message-ID, In-Reply-To and References alone; a subject joins
nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from autoreply import guard, signs
from autoreply.backtest import Item
from autoreply.evidence import Case
from autoreply.inbound import Inbound
from autoreply.replay import question as question_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Reading = Callable[[bytes], Inbound]


@dataclass(frozen=True, slots=True)
class Letter:
    """What a back-test keeps of one mail."""

    name: str
    at: datetime
    sender: str
    recipients: frozenset[str]
    ids: tuple[str, ...]
    subject: str
    question: str
    said: str
    automatic: bool
    mail: Inbound | None


def letters(raws: Iterable[tuple[str, bytes]], reading: Reading) -> list[Letter]:
    """Read mails, oldest first; what cannot be read becomes a letter without a mail."""
    found = [_letter(name, raw, reading) for name, raw in raws]
    return sorted(found, key=lambda letter: (letter.at, letter.name))


def _letter(name: str, raw: bytes, reading: Reading) -> Letter:
    try:
        mail = reading(raw)
    # One bad mail must not end the test of a thousand; it is counted as unreadable.
    except Exception:
        return Letter(name, _EPOCH, "", frozenset(), (), "", "", "", automatic=False, mail=None)
    everybody = (*mail.to, *mail.cc, *mail.delivered_to)
    case = Case(mail, guard.NO_HISTORY, guard.Ours(), mail.date or _EPOCH)
    return Letter(
        name=name,
        at=mail.date or _EPOCH,
        sender=mail.author.address.lower() if mail.author else "",
        recipients=frozenset(one.address.lower() for one in everybody),
        ids=tuple(i for i in (mail.message_id, *mail.in_reply_to, *mail.references) if i),
        subject=mail.subject,
        question=question_of(mail),
        said=mail.said.text,
        automatic=signs.auto_submitted_at_all(case),
        mail=mail,
    )


def own_address(found: Sequence[Letter]) -> frozenset[str]:
    """Guess our mailbox: the address that most mails went to, among those that wrote some, too."""
    came = Counter(address for letter in found for address in letter.recipients)
    left = Counter(letter.sender for letter in found if letter.sender)
    both = {address: min(came[address], left[address]) for address in came.keys() & left.keys()}
    if both and max(both.values()) > 1:
        return frozenset({max(both, key=lambda address: (both[address], came[address]))})
    top = came.most_common(1)
    return frozenset({top[0][0]}) if top else frozenset()


def items(found: Sequence[Letter], ours: frozenset[str]) -> list[Item]:
    """Return the mails that came in, each with what was answered.

    Args:
        found: oldest first.
        ours: our own mailboxes, lower case.
    """
    threads: dict[int, list[Letter]] = defaultdict(list)
    for letter, number in zip(found, _threads(found), strict=True):
        threads[number].append(letter)
    return [
        _item(letter, thread, ours)
        for thread in threads.values()
        for letter in thread
        if letter.sender not in ours
    ]


def _item(letter: Letter, thread: Sequence[Letter], ours: frozenset[str]) -> Item:
    reply = next(
        (
            one.said
            for one in thread
            if one.sender in ours and one.at >= letter.at and not one.automatic and one.said
        ),
        None,
    )
    return Item(
        name=letter.name,
        at=None if letter.at == _EPOCH else letter.at,
        sender=letter.sender,
        subject=letter.subject,
        question=letter.question,
        skipped=_skipped(letter, thread, ours),
        reply=reply,
    )


def _skipped(letter: Letter, thread: Sequence[Letter], ours: frozenset[str]) -> str:
    if letter.mail is None:
        return "unreadable"
    verdict = guard.judge(letter.mail, guard.NO_HISTORY, guard.Ours(addresses=ours), now=letter.at)
    if verdict.kind != guard.HUMAN:
        return "machine"
    if verdict.reason is not None:
        return verdict.reason
    return "continues" if thread[0] is not letter else ""


def _threads(found: Sequence[Letter]) -> list[int]:
    """Return the number of each letter's conversation (union-find over ids)."""
    above = list(range(len(found)))

    def root(place: int) -> int:
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    first: dict[str, int] = {}
    for place, letter in enumerate(found):
        for one in letter.ids:
            above[root(place)] = root(first.setdefault(one, place))
    return [root(place) for place in range(len(found))]
