"""What others asked, as suggestions while somebody types.

What somebody typed is shown to others only redacted, asked by at least three people, and adopted at
the desk. An asking lives by the questions behind it: when people are erased or their words are
forgotten so that fewer than three are left, it is shown no more and its text goes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, delete, distinct, func, select
from sqlalchemy.orm import Session

from kb import audit, changes
from kb.access import Actor, require
from kb.errors import Conflict, NotFound
from kb.models.knowledge import Article, Phrasing
from kb.models.service import Question
from kb.models.steering import Asking, AskingSource
from kb.redaction import redact
from kb.wording import key_of

KIND = "asking"
WAITING, ADOPTED, DECLINED = "waiting", "adopted", "declined"
LEAST_ASKERS = 3
SHORTEST, LONGEST = 4, 60
LOOKED_BACK = timedelta(days=90)
MOST_READ = 20_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """An asking with how many people asked it."""

    id: int
    text: str
    state: str
    askers: int


# A contact counts once, however often and from wherever; who has no contact counts by visitor.
_ASKER = func.coalesce(
    "c:" + cast(Question.contact_id, String), "v:" + func.nullif(Question.visitor, "")
)


def gather(session: Session, *, now: datetime, keep: Iterable[str] = ()) -> int:
    """Look through what was asked lately for what enough people asked.

    Args:
        session: the unit of work.
        now: the moment.
        keep: what is public although it looks personal; see `kb.redaction`.

    Returns:
        how many askings are new.
    """
    asked = _asked(session, now)
    known = {row.key: row for row in session.scalars(select(Asking))}
    written = _written(session)
    public = tuple(keep)
    new = 0
    for key, rows in asked.items():
        if key in written or (key not in known and not _enough(rows)):
            continue
        if key not in known:
            known[key] = _add(session, key, rows, now, public)
            new += 1
        _attach(session, known[key], rows)
    prune(session, now=now)
    return new


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    text: str
    asker: str


def _asked(session: Session, now: datetime) -> dict[str, list[_Row]]:
    """Return key -> who asked it, newest first."""
    length = func.length(Question.text)
    query = (
        select(Question.id, Question.text, _ASKER)
        .where(
            Question.created_at >= now - LOOKED_BACK,
            length >= SHORTEST,
            length <= LONGEST,
            _ASKER.is_not(None),
        )
        .order_by(Question.id.desc())
        .limit(MOST_READ)
    )
    found: dict[str, list[_Row]] = {}
    for number, text, asker in session.execute(query):
        if key := key_of(text):
            found.setdefault(key, []).append(_Row(number, text, asker))
    return found


def _enough(rows: Sequence[_Row]) -> bool:
    return len({row.asker for row in rows}) >= LEAST_ASKERS


def _written(session: Session) -> set[str]:
    """Return the keys of what articles ask already: those are suggested anyway."""
    titles = session.scalars(select(Article.question).where(Article.live_version.is_not(None)))
    return {key_of(text) for text in (*titles, *session.scalars(select(Phrasing.text)))}


def _add(
    session: Session, key: str, rows: Sequence[_Row], now: datetime, keep: tuple[str, ...]
) -> Asking:
    often = Counter(" ".join(row.text.split()) for row in rows)
    text = redact(often.most_common(1)[0][0], keep=keep).text
    row = Asking(key=key, text=text, state=WAITING, created_at=now)
    session.add(row)
    session.flush()
    return row


def _attach(session: Session, asking: Asking, rows: Sequence[_Row]) -> None:
    """Note which questions stand behind an asking: each person's newest."""
    behind = select(AskingSource.question_id).where(AskingSource.asking_id == asking.id)
    there = set(session.scalars(behind))
    newest: dict[str, int] = {}
    for row in rows:
        newest.setdefault(row.asker, row.id)
    session.add_all(
        AskingSource(asking_id=asking.id, question_id=number)
        for number in newest.values()
        if number not in there
    )


def _askers() -> ColumnElement[int]:
    """Return how many people whose words are still kept stand behind an asking."""
    return (
        select(func.count(distinct(_ASKER)))
        .select_from(AskingSource)
        .join(Question, Question.id == AskingSource.question_id)
        .where(AskingSource.asking_id == Asking.id, Question.text != "")
        .correlate(Asking)
        .scalar_subquery()
    )


def prune(session: Session, *, now: datetime) -> int:
    """Remove what fewer than three people stand behind; its text goes with it.

    Returns:
        how many were removed.
    """
    session.flush()
    rare = select(Asking).where(_askers() < LEAST_ASKERS)
    if found := session.scalars(rare).all():
        # Others may have asked it since somebody last looked.
        asked = _asked(session, now)
        for row in found:
            _attach(session, row, asked.get(row.key, ()))
        session.flush()
    gone = [row.id for row in session.scalars(rare)]
    for number in gone:
        changes.record(session, KIND, number, now=now)
    if gone:
        session.execute(delete(AskingSource).where(AskingSource.asking_id.in_(gone)))
        session.execute(delete(Asking).where(Asking.id.in_(gone)))
    return len(gone)


def listed(session: Session, state: str, *, limit: int = 100) -> list[Waiting]:
    """Return the askings of a state that enough people stand behind, most asked first."""
    askers = _askers()
    query = (
        select(Asking.id, Asking.text, Asking.state, askers)
        .where(Asking.state == state, askers >= LEAST_ASKERS)
        .order_by(askers.desc(), Asking.id)
        .limit(limit)
    )
    return [Waiting(*row) for row in session.execute(query)]


def adopted(session: Session, ids: Sequence[int] | None = None) -> dict[int, str]:
    """Return id -> text of what may be suggested at this moment.

    Args:
        session: the unit of work.
        ids: only these; None for all.
    """
    wanted = [Asking.state == ADOPTED, _askers() >= LEAST_ASKERS]
    if ids is not None:
        wanted.append(Asking.id.in_(ids))
    rows = session.execute(select(Asking.id, Asking.text).where(*wanted))
    return {row[0]: row[1] for row in rows}


def decide(session: Session, asking_id: int, state: str, *, actor: Actor, now: datetime) -> None:
    """Adopt an asking, decline it, or put it back among those that wait.

    Raises:
        NotFound: it is not there.
        Conflict: `asking_rare`; fewer than three people stand behind it now.
    """
    require(actor, "asking.decide")
    row = session.get(Asking, asking_id)
    if row is None or state not in (WAITING, ADOPTED, DECLINED):
        raise NotFound(asking=asking_id)
    enough = select(Asking.id).where(Asking.id == asking_id, _askers() >= LEAST_ASKERS)
    if state == ADOPTED and session.scalar(enough) is None:
        raise Conflict("asking_rare", asking=asking_id)
    row.state, row.decided_by, row.decided_at = state, actor.user_id, now
    session.flush()
    changes.record(session, KIND, asking_id, now=now)
    audit.note(session, actor, f"asking.{state}", (KIND, asking_id), now=now)
