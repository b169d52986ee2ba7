"""Jobs about the ranking: the check of what an article took, and what others asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from authoring import cannibalisation
from kb import askings, jobs, settings
from kb.db import Database
from kb.jobs import Claimed
from search.finding import Finding
from wenqu.worker import Clock, Handler, within

ASKINGS = "askings"


def handlers(finding: Finding) -> Mapping[str, Handler]:
    """Return kind of job -> handler.

    Args:
        finding: of this process; the check asks it.
    """
    return {cannibalisation.CHECK: _check(finding), ASKINGS: within(_askings)}


def _check(finding: Finding) -> Handler:
    """Make the handler whose slow part only reads, so that nobody waits to write."""

    def handle(db: Database, job: Claimed, clock: Clock) -> None:
        with db.reading() as session:
            rehearsal = finding.rehearsal(session, now=clock())
            detail = cannibalisation.run_check(session, rehearsal, job.payload, now=clock())
        with db.transaction() as session:
            if detail is not None:
                cannibalisation.tell(session, job.payload, detail, now=clock())
            jobs.finish(session, job.id, now=clock())

    return handle


# Any: empty.
def _askings(session: Session, payload: dict[str, Any], now: datetime) -> None:
    company = settings.read(session, settings.Company)
    keep = (company.name, company.mailbox, company.phone)
    askings.gather(session, now=now, keep=[text for text in keep if text])
