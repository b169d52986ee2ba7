"""Which handler runs which kind of job, and what comes round by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from authoring import publishing, upkeep
from autoreply import retention as mail_retention
from autoreply import rollout_measure, shortening
from kb import questions, retention
from kb.access import SYSTEM
from kb.db import Database
from wenqu import serving, steering
from wenqu.serving import Part
from wenqu.wiring import clock
from wenqu.worker import Chore, Worker, within

CHORES = (
    Chore("settle", timedelta(minutes=10)),
    Chore("gates", timedelta(minutes=10)),
    Chore("purge", timedelta(hours=6)),
    Chore(steering.ASKINGS, timedelta(hours=1)),
)


# Any: JSON, as `authoring.publishing` enqueued it.
def _publish(session: Session, payload: dict[str, Any], now: datetime) -> None:
    publishing.run_scheduled(session, payload, actor=SYSTEM, now=now)


def _expire(session: Session, payload: dict[str, Any], now: datetime) -> None:  # Any: as above
    upkeep.run_expiry(session, payload, actor=SYSTEM, now=now)


def _settle(session: Session, payload: dict[str, Any], now: datetime) -> None:  # Any: empty
    questions.settle_silent(session, now=now)


def _gates(session: Session, payload: dict[str, Any], now: datetime) -> None:  # Any: empty
    rollout_measure.refresh(session, now=now)


def _purge(session: Session, payload: dict[str, Any], now: datetime) -> None:  # Any: empty
    mail_retention.forget(session, now=now)
    retention.purge(session, now=now)


def worker_of(database: Database) -> Part:
    """Return the worker of this process as a part; mail and looks have their own."""
    handlers = {
        "publish_article": within(_publish),
        "expire_article": within(_expire),
        "settle": within(_settle),
        "gates": within(_gates),
        "purge": within(_purge),
        shortening.KIND: within(shortening.step),
        **steering.handlers(),
    }
    worker = Worker(database, handlers, CHORES, clock)
    return serving.thread("worker", worker.run, worker.stop)
