"""What a page had no time to ask is asked in the background, to the end.

A look at a remedy waits on its page. A check of what went live already tells its agent when it
took more questions from other answers than they were told before.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from authoring import cannibalisation, remedies
from authoring.impact import Impact, Moved, Posed, compare, posed, summed, touched
from authoring.remedies import Remedy
from kb import articles, heeds, impact_runs, jobs
from kb.errors import NotFound
from kb.models.knowledge import Article
from kb.models.steering import ImpactRun
from search import dictionaries, glossary
from search.glossary import Texts
from search.rehearsal import NOTHING, Edit, Rehearsal

KIND = "ask_impact"
STEP = 1.5
"""Seconds after which a page may see how far it is."""

SLICE = 12.0
"""Seconds after which other looks have their turn; well inside a job's lease of a minute."""

# What a look is at: the key `do` of its subject.
REMEDY, ARTICLE, WORDS = "remedy", "article", "words"

Subject = dict[str, Any]
"""JSON; `remedy`, `article_live` and `words_before` make it."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was asked in one go.

    Attributes:
        questions: rows of `ImpactRun.questions`.
        begun: how many of them were through before.
        seen: those that were asked now, in order.
    """

    questions: Sequence[Any]
    begun: int
    seen: Sequence[Moved]


def remedy(one: Remedy, article: Article) -> Subject:
    """Return the subject of a look at a remedy; another version of its article is another."""
    return {"do": REMEDY, "live": article.live_version, "remedy": asdict(one)}


def article_live(
    article: Article, *, was: int | None, boost: float | None = None, known: int = 0
) -> Subject:
    """Return the subject of a check of an article that went live.

    Args:
        article: as it is now.
        was: the version that was live before; None for none.
        boost: where it stood before; None when that did not change.
        known: how many questions its agent knows to be taken.
    """
    before = {"was": was, "boost": article.boost if boost is None else boost}
    return {
        "do": ARTICLE,
        "article": article.id,
        "version": article.version,
        "known": known,
    } | before


def words_before(was: Texts, *, known: int = 0) -> Subject:
    """Return the subject of a check of the dictionaries, as they were before; see above."""
    return {"do": WORDS, "was": asdict(was), "known": known}


def digest_of(subject: Subject) -> str:
    """Return the name of a subject."""
    return hashlib.sha256(json.dumps(subject, sort_keys=True).encode()).hexdigest()


def later(
    session: Session,
    subject: Subject,
    *,
    user_id: int,
    now: datetime,
    begun: Impact | None = None,
    run_at: datetime | None = None,
) -> ImpactRun:
    """Ask the rest as a job.

    Args:
        session: the unit of work.
        subject: what changes.
        user_id: who looks, or is told.
        now: the moment.
        begun: what was asked already; None: nothing.
        run_at: when it can be asked; None: now.
    """
    digest = digest_of(subject)
    plan = begun.plan if begun else ()
    rows = [[one.question_id, one.count, list(one.right)] for one in plan]
    run = impact_runs.begin(
        session, user_id=user_id, digest=digest, subject=subject, questions=rows, now=now
    )
    if begun is not None:
        asked = len(plan) - (begun.all - begun.asked)
        moved = zip(begun.places, begun.moved, strict=True)
        rows = [[place, one.before, one.after] for place, one in moved]
        impact_runs.advance(run, asked=asked, moved=rows, now=now)
    jobs.enqueue(session, KIND, {"run": run.id}, now=now, run_at=run_at)
    return run


def ask(
    session: Session,
    rehearsal: Rehearsal,
    run_id: int,
    *,
    now: datetime,
    seconds: float | None = None,
) -> Step | None:
    """Ask some of what is left for `seconds`, or `STEP`; only reads.

    Returns:
        what came of it; None when the look is gone or what it is at is no longer so.

    Raises:
        Unavailable: the index or the encoder is down.
    """
    run = session.get(ImpactRun, run_id)
    edits = _edits(session, rehearsal, run.subject) if run is not None else None
    if run is None or edits is None:
        return None
    before, edit = edits
    rows, plan = run.questions, []
    if not rows:
        everything = posed(session, now=now, only_judged=run.subject["do"] != REMEDY)
        plan = touched(everything, edit, _near(run.subject))
        rows = [[one.question_id, one.count, list(one.right)] for one in plan]
    left = plan or _posed(session, rows[run.asked :])
    until = time.monotonic() + (STEP if seconds is None else seconds)
    seen = compare(rehearsal, left, edit, until=until, before=before) if left else []
    return Step(rows, run.asked, seen)


def note(session: Session, run_id: int, step: Step | None, *, now: datetime) -> bool:
    """Keep what came of a step, and tell the agent at the end of a check.

    Returns:
        True while there is more to ask.
    """
    run = session.get(ImpactRun, run_id)
    if run is None:
        return False
    if step is None:
        session.delete(run)
        return False
    if run.asked != step.begun:
        # Another worker was at it as well, after a lease that ran out.
        return run.done_at is None
    run.questions = list(step.questions)
    moved = [
        [step.begun + place, one.before, one.after]
        for place, one in enumerate(step.seen)
        if one.before != one.after
    ]
    impact_runs.advance(run, asked=step.begun + len(step.seen), moved=moved, now=now)
    if run.done_at is None:
        return True
    if run.subject["do"] != REMEDY:
        _tell(session, run, now=now)
        session.delete(run)
    return False


def is_look(run: ImpactRun) -> bool:
    """Say whether somebody looks at a remedy, whose page shows how far it is."""
    return bool(run.subject["do"] == REMEDY)


def impact_of(session: Session, run: ImpactRun) -> Impact:
    """Return what a look has found so far; what was erased meanwhile counts as asked."""
    ids = impact_runs.texts(session, [run.questions[place][0] for place, _, _ in run.moved])
    seen = []
    for place, before, after in run.moved:
        question_id, count, right = run.questions[place]
        if question_id in ids:
            seen.append(Moved(ids[question_id], count, before, after, tuple(right)))
    known = sum(bool(right) for _, _, right in run.questions[: run.asked])
    return summed(seen, (), asked=run.asked, of=len(run.questions), judged_asked=known)


def _tell(session: Session, run: ImpactRun, *, now: datetime) -> None:
    """Tell an agent what a check found, if that is more than they know."""
    number = run.subject.get("article")
    impact = impact_of(session, run)
    lost = cannibalisation.losses(impact, to=number)
    if sum(len(loss.questions) for loss in lost) <= run.subject["known"]:
        return
    taken = [{"article": loss.article_id, "count": len(loss.questions)} for loss in lost]
    kind = heeds.WORDS if number is None else heeds.TAKEN
    detail = {"asked": run.asked, "taken": taken}
    heeds.put(session, run.user_id, kind, article_id=number, detail=detail, now=now)


def _posed(session: Session, rows: Sequence[Any]) -> list[Posed]:
    """Return what a look still has to ask; "" stands for a text that was erased meanwhile."""
    texts = impact_runs.texts(session, [row[0] for row in rows])
    return [Posed(n, texts.get(n, ""), count, tuple(right)) for n, count, right in rows]


def _near(subject: Subject) -> tuple[str, ...]:
    if subject["do"] == WORDS:
        return ()
    return remedies.near(_remedy(subject)) if subject["do"] == REMEDY else ()


def _edits(session: Session, rehearsal: Rehearsal, subject: Subject) -> tuple[Edit, Edit] | None:
    """Return what is compared: before and after; None when it is no longer so."""
    if subject["do"] == WORDS:
        was = dictionaries.parse(**subject["was"])
        before = Edit(dictionaries=dictionaries.shipped().merge(was))
        return before, Edit(dictionaries=glossary.current(session))
    if subject["do"] == REMEDY:
        try:
            return NOTHING, remedies.edit_of(session, rehearsal, _remedy(subject))
        except NotFound:
            return None
    article = session.get(Article, subject["article"])
    if article is None or article.live_version != subject["version"]:
        return None
    before = Edit(gone=f"{articles.ARTICLE}:{article.id}")
    if subject["was"] is not None:
        version = cannibalisation.card_of_version
        before = Edit(card=version(session, article, subject["was"], boost=subject["boost"]))
    now_live = cannibalisation.card_of_version(session, article, subject["version"])
    return before, Edit(card=now_live)


def _remedy(subject: Mapping[str, Any]) -> Remedy:  # JSON: see `Subject`
    told = subject["remedy"]
    return Remedy(**{**told, "words": tuple(told["words"])})
