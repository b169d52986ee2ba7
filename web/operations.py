"""Probes and metrics for whoever runs the service."""

from __future__ import annotations

import hmac
import logging
from collections import Counter

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from autoreply.alarms import CAUSES, troubles
from kb import jobs
from kb.errors import DomainError
from kb.models.service import Question, Ticket
from kb.models.system import Job
from web import current

log = logging.getLogger(__name__)
blueprint = Blueprint("operations", __name__)

LOOPBACK = ("127.0.0.1", "::1")


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Say that this process lives; asks nothing of anything else."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Say whether this process can serve: each probe by name, 503 when one fails."""
    results = {name: _run(name) for name in current.parts().probes}
    ready = not any(results.values())
    body = jsonify(ready=ready, checks={name: fault or "ok" for name, fault in results.items()})
    return body, 200 if ready else 503


def _run(name: str) -> str | None:
    try:
        return current.parts().probes[name]()
    except (DomainError, OSError) as error:
        log.warning("probe %s: %s", name, error)
        return "failed"


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Give counts for Prometheus, to loopback or with the token."""
    _allow_metrics()
    return Response(_exposition(), mimetype="text/plain; version=0.0.4")


def _allow_metrics() -> None:
    token = current.parts().metrics_token
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(sent.encode(), token.encode()):
        return
    # A proxy on this machine that nobody told us about makes every caller look local.
    forwarded = "X-Forwarded-For" in request.headers and not current.parts().trusted_proxies
    if request.remote_addr not in LOOPBACK or forwarded:
        abort(404)


def _mail_troubles() -> list[str]:
    """Return how many things keep mail from coming in or going out, by cause."""
    with current.reading() as session:
        found = Counter(one.cause for one in troubles(session, now=current.now()))
    rows = [f'wenqu_mail_trouble{{cause="{cause}"}} {found[cause]}' for cause in CAUSES]
    return ["# TYPE wenqu_mail_trouble gauge", *rows]


def _exposition() -> str:
    lines: list[str] = []
    with current.reading() as session:
        groups = (
            ("wenqu_tickets", "state", select(Ticket.state, func.count()).group_by(Ticket.state)),
            (
                "wenqu_questions",
                "channel",
                select(Question.channel, func.count()).group_by(Question.channel),
            ),
            ("wenqu_jobs", "state", select(Job.state, func.count()).group_by(Job.state)),
        )
        for name, label, query in groups:
            lines.append(f"# TYPE {name} gauge")
            lines += [f'{name}{{{label}="{key}"}} {n}' for key, n in session.execute(query)]
        oldest = jobs.oldest_ready(session, now=current.now())
    age = (current.now() - oldest).total_seconds() if oldest else 0
    lines += ["# TYPE wenqu_oldest_job_seconds gauge", f"wenqu_oldest_job_seconds {age:.0f}"]
    lines += _mail_troubles()
    behind = current.parts().finding.lag()
    lines += ["# TYPE wenqu_index_behind gauge", f"wenqu_index_behind {behind}"]
    return "\n".join(lines) + "\n"
