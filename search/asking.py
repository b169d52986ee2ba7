"""What may be asked of a base's finder: answers, matches, suggestions, and how they are shown.

While the index is down, titles alone are compared.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from kb.access import NOBODY, audiences
from kb.errors import Unavailable
from kb.models.knowledge import INTERNAL
from search import bands, evaluation, highlight, query, titles
from search.bands import Gates
from search.base_db import DatabaseBase
from search.documents import Reader
from search.engine import TICKET, Engine
from search.finder import Answering, Match, Part
from search.follower import Follower
from search.learner import STAFF
from search.rehearsal import Rehearsal
from search.rehearsals import Rehearsals
from search.suggest import Suggester, Suggestion
from search.tutor import Tutor

log = logging.getLogger(__name__)

Segment = tuple[str, bool]
"""A stretch of text, and whether it matched."""

EVERYBODY = audiences(NOBODY)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one text.

    Attributes:
        band: `answer`, `suggest` or `human`.
        matches: best first.
        parts: the questions that the text holds, each with its own band and matches.
        corrected: the text that was looked for instead; None when it was taken as it is.
        degraded: the index is down; only titles were compared.
        related: what another reading of the text would have found, at most two.
        gates: what an answer had to reach on this channel; None where nothing is answered.
    """

    band: str
    matches: Sequence[Match] = ()
    parts: Sequence[Part] = ()
    corrected: str | None = None
    degraded: bool = False
    related: Sequence[Match] = ()
    gates: Gates | None = None

    @classmethod
    def of(cls, answering: Answering, gates: Gates | None) -> Found:
        """Return what a finder found, with what an answer had to reach."""
        return cls(
            answering.band, answering.matches, answering.parts, answering.corrected,
            related=answering.related, gates=gates,
        )  # fmt: skip


class Asking:
    """Asks one process's finder; safe to share between threads."""

    def __init__(
        self, engine: Engine, follower: Follower, suggester: Suggester, tutor: Tutor
    ) -> None:
        """Args: the parts of one process, over one base."""
        self.engine, self.follower, self.tutor = engine, follower, tutor
        self._suggester, self._rehearsals = suggester, Rehearsals()

    def find(
        self,
        session: Session,
        question: str,
        *,
        limit: int,
        now: datetime,
        audiences: Sequence[str] = EVERYBODY,
        categories: Sequence[str] = (),
        language: str | None = None,
        explain: bool = False,
        vectors: bool = True,
    ) -> list[Match]:
        """Return the best matches, best first.

        Args:
            session: the unit of work.
            question: as the person wrote it.
            limit: how many at most.
            now: the moment for publish and expiry.
            audiences: whose articles may be found.
            categories: slugs; empty for all.
            language: BCP 47 tag of articles; None for all.
            explain: fill `Match.parts`.
            vectors: False saves the encoder's time where words are enough.
        """
        base = self._base(session, now, audiences)
        try:
            return self.tutor.finder(base, vectors=vectors).find(
                base, question, limit=limit, audiences=audiences, categories=categories,
                language=language, explain=explain,
            )  # fmt: skip
        except Unavailable:
            return self._by_titles(session, question, limit=limit, now=now, audiences=audiences)

    def answering(
        self,
        session: Session,
        text: str,
        *,
        channel: str,
        limit: int,
        now: datetime,
        audiences: Sequence[str] = EVERYBODY,
        exact: bool = False,
        explain: bool = False,
    ) -> Found:
        """Find for each question in a text and decide its band.

        Args:
            session: the unit of work.
            text: a mail's new text, a form's, or a search.
            channel: `mail`, `form` or `search`.
            limit: how many matches at most.
            now: the moment for publish and expiry.
            audiences: whose articles may be found.
            exact: look for the text as it is written, without correction.
            explain: fill `Match.parts`.
        """
        base = self._base(session, now, audiences)
        try:
            finder = self.tutor.finder(base)
            answering = finder.answering(
                base, text, channel=channel, limit=limit, audiences=audiences,
                exact=exact, explain=explain,
            )  # fmt: skip
        except Unavailable as error:
            log.warning("searching titles only: %s", error)
            found = self._by_titles(session, text, limit=limit, now=now, audiences=audiences)
            return Found(bands.SUGGEST if found else bands.HUMAN, found, degraded=True)
        return Found.of(answering, finder.gates(channel))

    def ask(
        self,
        session: Session,
        question: str,
        *,
        limit: int,
        channel: str,
        explain: bool,
        now: datetime,
    ) -> dict[str, Any]:  # Any: JSON
        """Answer as `wenqu ask` prints it."""
        base = self._base(session, now, EVERYBODY)
        finder = self.tutor.finder(base)
        started = time.perf_counter()
        found = finder.answering(base, question, limit=limit, channel=channel, explain=explain)
        return evaluation.told(question, found, finder, time.perf_counter() - started)

    def rehearsal(
        self, session: Session, *, now: datetime, audiences: Sequence[str] = EVERYBODY
    ) -> Rehearsal:
        """Return what asks as if something were different; writes nothing.

        Args:
            session: the unit of work.
            now: the moment for publish and expiry.
            audiences: whose answers are looked at.
        """
        base = self._base(session, now, audiences)
        finder = self.tutor.finder(base)
        return self._rehearsals.of(session, finder, base, audiences=audiences, now=now)

    def similar(
        self, session: Session, text: str, *, now: datetime, limit: int = 3
    ) -> list[tuple[int, float]]:
        """Return (article id, likeness in [0, 1]) of what the base has already, for agents."""
        matches = self.find(session, text, limit=limit, now=now, audiences=STAFF)
        return [(int(match.article_id), match.probability) for match in matches]

    def tickets(self, text: str, *, limit: int) -> list[int]:
        """Return ids of tickets about a text, best first; [] while the index is down."""
        asked = query.build(
            self.follower.analyzer, text, audiences=(INTERNAL,), kinds=(TICKET,), operators=True
        )
        try:
            hits = self.engine.search(asked, limit)
        except Unavailable:
            return []
        return [int(hit.id.removeprefix(f"{TICKET}:")) for hit in hits]

    def suggest(
        self,
        session: Session,
        text: str,
        *,
        audiences: Sequence[str] = EVERYBODY,
        now: datetime,
        limit: int = 8,
    ) -> list[Suggestion]:
        """Return questions and categories that fit what somebody is typing, best first."""
        return self._suggester.suggest(session, text, audiences=audiences, now=now, limit=limit)

    # Showing.

    def mark(self, question: str, text: str) -> list[Segment]:
        """Mark what matched in a whole text, for example a title."""
        return highlight.mark(text, query.marks(self.follower.analyzer, question))

    def phrases(self, text: str) -> list[str]:
        """Return a text in the pieces between which a line may end."""
        return self.follower.analyzer.phrases(text)

    def snippet(self, question: str, text: str, *, length: int = 110) -> list[Segment]:
        """Return the passage of a text that answers, with what matched marked."""
        terms = query.marks(self.follower.analyzer, question)
        return highlight.snippet(text, terms, length=length)

    def _by_titles(
        self, session: Session, text: str, *, limit: int, now: datetime, audiences: Sequence[str]
    ) -> list[Match]:
        words = self.follower.analyzer.words(text[: titles.MAX_TEXT])
        return titles.find(session, words, now=now, audiences=audiences)[:limit]

    def _base(self, session: Session, now: datetime, whose: Sequence[str]) -> DatabaseBase:
        reader = Reader(session, self.follower.analyzer)
        return DatabaseBase(session, reader, now=now, audiences=whose)
