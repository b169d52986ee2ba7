"""One process's finder over its database: index, words, vectors and what was learned, kept fresh.

Pages, mail and commands ask here. A thread follows the change log (`search.follower`), another
takes up what it tells (`search.learner`). Until the base is known, and whenever the index is
down, what is there answers: first words alone, then titles alone.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from kb.access import NOBODY, audiences
from kb.db import Database
from kb.errors import Unavailable
from kb.models.knowledge import INTERNAL
from search import bands, evaluation, highlight, query, titles
from search.bands import Gates
from search.base_db import DatabaseBase
from search.documents import Reader
from search.encoder import HttpSettings, open_encoder
from search.engine import TICKET
from search.engines import open_engine
from search.finder import Match, Part
from search.follower import Follower
from search.learner import STAFF
from search.rehearsal import Rehearsal
from search.rehearsals import Rehearsals
from search.suggest import Suggester, Suggestion
from search.tutor import Teacher, Tutor

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


class Finding:
    """The finder of one process; safe to share between threads."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        engine: str = "auto",
        encoder: str = "auto",
        http: HttpSettings | None = None,
        clock: Callable[[], datetime],
        teacher: Teacher | None = None,
    ) -> None:
        """Open the index; nothing is read or written before the first use.

        Args:
            database: the knowledge base.
            folder: where this node keeps its index.
            engine: as in `--engine`.
            encoder: as in `--encoder`.
            http: for the encoder `http`.
            clock: the present moment, for what the background threads read.
            teacher: studies the base in another process; None: in this one.
        """
        self.database = database
        self.engine = open_engine(engine, folder)
        self._rehearsals = Rehearsals()
        self.follower = Follower(database, self.engine, folder)
        self._suggester = Suggester(database, lambda: self.follower.analyzer)
        self.follower.listen(self._suggester.heard)
        self.follower.listen(self._rehearsals.heard)
        self.tutor = Tutor(
            database,
            self.engine,
            folder,
            self.follower,
            open_encoder=lambda: open_encoder(encoder, http=http, folder=folder),
            clock=clock,
            teacher=teacher,
        )
        self._threads: list[threading.Thread] = []

    # Life.

    def start(self) -> None:
        """Follow the change log and learn in the background."""
        self.tutor.lessons.want()
        loops = (
            ("follower", self.follower.run),
            ("lessons", self.tutor.lessons.run),
            ("studies", self.tutor.lessons.run_studies),
            ("suggestions", self._suggester.prepare),
        )
        for name, target in loops:
            thread = threading.Thread(target=target, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End the threads after what they have in hand."""
        self.tutor.stop()
        self.follower.stop()
        for thread in self._threads:
            thread.join(10)
        # Also one that was never started may hold the writer's lock, from a rebuild.
        self.follower.release()
        self.engine.close()

    def wake(self) -> None:
        """Say that something was committed in this process."""
        self.follower.wake()

    def catch_up(self) -> bool:
        """Return when the index holds all that is committed now."""
        return self.follower.catch_up()

    def settle(self, *, seconds: float) -> bool:
        """Take up words and meaning of what is committed now, before deciding about a mail.

        Not inside a unit of work: lessons write the vectors that they compute.

        Returns:
            False when it takes longer, or when nothing learns in this process; what was known
            before answers then.
        """
        if not self._threads:
            return False
        try:
            self.follower.step()
        except Unavailable:
            return False
        return self.tutor.lessons.wait(seconds)

    def rebuild(self) -> bool:
        """Build the index anew."""
        return self.follower.rebuild()

    def status(self) -> dict[str, Any]:  # Any: JSON values
        """Tell how the index stands."""
        return self.follower.status().as_json()

    def lag(self) -> int:
        """Return how many changes the index does not hold yet."""
        return self.follower.lag()

    # Asking.

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
                base,
                question,
                limit=limit,
                audiences=audiences,
                categories=categories,
                language=language,
                explain=explain,
            )
        except Unavailable:
            words = self.follower.analyzer.words(question[: titles.MAX_TEXT])
            return titles.find(session, words, now=now, audiences=audiences)[:limit]

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
            found = finder.answering(
                base,
                text,
                channel=channel,
                limit=limit,
                audiences=audiences,
                exact=exact,
                explain=explain,
            )
        except Unavailable as error:
            log.warning("searching titles only: %s", error)
            words = self.follower.analyzer.words(text[: titles.MAX_TEXT])
            matches = titles.find(session, words, now=now, audiences=audiences)[:limit]
            return Found(bands.SUGGEST if matches else bands.HUMAN, matches, degraded=True)
        return Found(
            found.band,
            found.matches,
            found.parts,
            found.corrected,
            related=found.related,
            gates=finder.gates(channel),
        )

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

    def snippet(self, question: str, text: str, *, length: int = 110) -> list[Segment]:
        """Return the passage of a text that answers, with what matched marked."""
        terms = query.marks(self.follower.analyzer, question)
        return highlight.snippet(text, terms, length=length)

    # Learning.

    def learn(self, *, fit: bool = True) -> None:
        """Bring what is known of the base to this moment (see `search.tutor.Tutor.learn`)."""
        self.tutor.learn(fit=fit)

    def _base(self, session: Session, now: datetime, whose: Sequence[str]) -> DatabaseBase:
        reader = Reader(session, self.follower.analyzer)
        return DatabaseBase(session, reader, now=now, audiences=whose)
