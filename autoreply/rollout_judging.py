"""Whether what was found is sure enough, for each question by its answer's own category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from autoreply import rollout
from autoreply.rollout import Stance
from kb.models.knowledge import Article
from kb.policies import Automation
from search import bands
from search.bands import MAIL, Evidence, Gates, Policy
from search.finder import Match, Part
from search.finding import Found


@dataclass(frozen=True, slots=True)
class Tried:
    """One question of a mail: what was there and what was asked for.

    Attributes:
        text: the question.
        article: id of the best article, or None.
        probability: that it answers, in [0, 1].
        margin: to the second.
        coverage: share of the question's words that it knows.
        gate: probability that was asked for.
        gate_from: see `Stance`.
        needs_margin: margin that was asked for.
        needs_coverage: coverage that was asked for.
        band: what came of it.
    """

    text: str
    article: int | None
    probability: float
    margin: float
    coverage: float
    gate: float
    gate_from: str
    needs_margin: float
    needs_coverage: float
    band: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A mail's band by the policy; `stance` is the strictest of its questions'."""

    band: str
    stance: Stance
    tried: tuple[Tried, ...] = ()


def judge(session: Session, text: str, found: Found | None, automation: Automation) -> Judged:
    """Decide the band of a mail by the gates of its topics.

    Args:
        session: the unit of work.
        text: the whole question.
        found: by the finder; None when nothing was looked for.
        automation: the settings.
    """
    if found is None:
        return Judged("", rollout.of_all(session, automation))
    parts = list(found.parts) or [Part(text, found.band, tuple(found.matches))]
    held = [_stance(session, part, automation) for part in parts]
    strictest = rollout.strictest(held)
    if found.gates is None or found.degraded:
        return Judged(found.band, strictest)
    tried = tuple(_tried(part, one, found.gates) for part, one in zip(parts, held, strict=True))
    band = bands.HUMAN if bands.wants_person(text) else _together(tried)
    return Judged(band, strictest, tried)


def _together(tried: Sequence[Tried]) -> str:
    return bands.together([one.band for one in tried])


def _stance(session: Session, part: Part, automation: Automation) -> Stance:
    article = session.get(Article, int(part.matches[0].article_id)) if part.matches else None
    return rollout.stance(session, article.category_id if article else None, automation)


def _tried(part: Part, held: Stance, finder: Gates) -> Tried:
    gates = rollout.gates(finder, held)
    best = part.matches[0] if part.matches else None
    evidence = _evidence(part.matches)
    # How many articles are published is a row of its own in `autoreply.decide`.
    policy = Policy(gates={MAIL: gates}, fewest=0)
    return Tried(
        text=part.text,
        article=int(best.article_id) if best else None,
        probability=round(evidence.probability, 4),
        margin=round(evidence.margin, 4),
        coverage=round(evidence.coverage, 4),
        gate=gates.probability,
        gate_from=held.gate_from,
        needs_margin=gates.margin,
        needs_coverage=gates.coverage,
        band=bands.decide(part.text, evidence, policy, channel=MAIL),
    )


def _evidence(matches: Sequence[Match]) -> Evidence:
    best = matches[0] if matches else None
    second = matches[1].probability if len(matches) > 1 else 0.0
    first = best.probability if best else 0.0
    return Evidence(first, first - second, best.coverage if best else 0.0, 0, len(matches))
