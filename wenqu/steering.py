"""Jobs about the ranking: what a change does to people's questions, and what others asked."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from authoring import impact_job
from kb import askings, jobs, settings
from kb.db import Database
from kb.jobs import Claimed
from search.finding import Finding
from wenqu.serving import Part, thread
from wenqu.worker import Clock, Handler, Worker, within

ASKINGS = "askings"


def parts(database: Database, finding: Finding, clock: Clock) -> list[Part]:
    """Return the worker of looks at changes: it keeps nobody else waiting, and nobody it."""
    worker = Worker(database, {impact_job.KIND: asking(finding)}, (), clock)
    return [thread("impact worker", worker.run, worker.stop)]


def handlers() -> Mapping[str, Handler]:
    """Return kind of job -> handler, for the worker of everything else."""
    return {ASKINGS: within(_askings)}


def asking(finding: Finding) -> Handler:
    """Make the handler that asks in short steps, so that nobody waits to write."""

    def handle(db: Database, job: Claimed, clock: Clock) -> None:
        run, until = job.payload["run"], time.monotonic() + impact_job.SLICE
        while True:
            with db.reading() as session:
                rehearsal = finding.rehearsal(session, now=clock())
                step = impact_job.ask(session, rehearsal, run, now=clock())
            with db.transaction() as session:
                going = impact_job.note(session, run, step, now=clock())
                if going and time.monotonic() < until:
                    continue
                if going:
                    jobs.enqueue(session, impact_job.KIND, job.payload, now=clock())
                jobs.finish(session, job.id, now=clock())
                return

    return handle


# Any: empty.
def _askings(session: Session, payload: dict[str, Any], now: datetime) -> None:
    company = settings.read(session, settings.Company)
    keep = (company.name, company.mailbox, company.phone)
    askings.gather(session, now=now, keep=[text for text in keep if text])
