"""The models that a base taught, each with the trial that it stood, newest in use.

One that did worse in its trial never goes live, and one that is live can be taken back: the one
before it, or in the end the shipped one, follows. Every process hears of it by the change log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kb import changes
from kb.errors import Conflict, Invalid
from kb.models.base import Base
from search.model import Model, from_json, shipped, to_json

KIND: Final = "model"
"""Kind of the change that a new or withdrawn model leaves; its object id is the model's."""

LIVE, REFUSED, WITHDRAWN = "live", "refused", "withdrawn"
FEWEST = 150
"""With fewer confirmed questions the shipped coefficients stand."""

NEWS = 0.05
"""Models are fitted anew when the confirmed questions grew, or shrank, by this share."""

KEPT = 10
"""So many are kept; older ones say nothing any more."""


class TaughtModel(Base):
    """Coefficients of one refit.

    `lexical` and `semantic` are as `search.model.to_json` writes them, `trial` as
    `search.trial.Outcome`. `taught` is the number of confirmed questions behind it.
    """

    __tablename__ = "taught_model"

    id: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), index=True)
    taught: Mapped[int]
    lexical: Mapped[dict[str, Any]] = mapped_column(JSON)
    semantic: Mapped[dict[str, Any]] = mapped_column(JSON)
    trial: Mapped[dict[str, Any]] = mapped_column(JSON)


@dataclass(frozen=True, slots=True)
class Models:
    """The models in use: for questions without a vector and with one."""

    lexical: Model
    semantic: Model


def in_use(session: Session) -> Models:
    """Return the newest live models that this version can read, else the shipped ones."""
    query = select(TaughtModel).where(TaughtModel.state == LIVE).order_by(TaughtModel.id.desc())
    for row in session.scalars(query):
        try:
            return Models(_usable(row.lexical, False), _usable(row.semantic, True))
        except Invalid:
            # Made by a version whose features were others; the next refit replaces it.
            continue
    return Models(shipped(semantic=False), shipped(semantic=True))


def latest(session: Session) -> TaughtModel | None:
    """Return the newest refit, whatever became of it."""
    return session.scalars(select(TaughtModel).order_by(TaughtModel.id.desc()).limit(1)).first()


def is_due(session: Session, taught: int) -> bool:
    """Tell whether so many confirmed questions are worth a refit, whatever became of the last.

    Args:
        session: the unit of work.
        taught: how many confirmed questions may teach now.
    """
    last = latest(session)
    known = last.taught if last is not None else 0
    return taught >= FEWEST and abs(taught - known) >= max(1, round(known * NEWS))


def every(session: Session) -> Sequence[TaughtModel]:
    """Return all that are kept, newest first."""
    return session.scalars(select(TaughtModel).order_by(TaughtModel.id.desc())).all()


def keep(
    session: Session,
    models: Models,
    *,
    state: str,
    taught: int,
    trial: dict[str, Any],  # Any: JSON values
    now: datetime,
) -> TaughtModel:
    """Keep a refit; a live one is used from now on."""
    row = TaughtModel(
        created_at=now,
        state=state,
        taught=taught,
        lexical=to_json(models.lexical),
        semantic=to_json(models.semantic),
        trial=trial,
    )
    session.add(row)
    session.flush()
    for old in every(session)[KEPT:]:
        session.delete(old)
    if state == LIVE:
        changes.record(session, KIND, row.id, now=now)
    return row


def withdraw(session: Session, *, now: datetime) -> TaughtModel:
    """Take back the live models; those before them are used again.

    Raises:
        Conflict: `nothing_taught`; the shipped ones are in use.
    """
    query = select(TaughtModel).where(TaughtModel.state == LIVE).order_by(TaughtModel.id.desc())
    row = session.scalars(query.limit(1)).first()
    if row is None:
        raise Conflict("nothing_taught")
    row.state = WITHDRAWN
    changes.record(session, KIND, row.id, now=now)
    return row


def _usable(value: dict[str, Any], semantic: bool) -> Model:  # Any: JSON values
    """Read a model. Raises Invalid when its features are not those that are computed now."""
    model = from_json(value)
    if model.ranker.names != shipped(semantic=semantic).ranker.names:
        raise Invalid("model_format", field="features", value=len(model.ranker.names))
    return model
