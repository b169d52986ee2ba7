"""Wiring of back-tests: a worker of their own, so that they keep no customer waiting."""

from __future__ import annotations

from autoreply import backtest_job, inbound
from autoreply.backtest_job import Bench
from autoreply.backtest_threads import Reading
from autoreply.isolation import IsolatedReader
from kb.db import Database
from kb.jobs import Claimed
from search.finding import Finding
from wenqu import mailing
from wenqu.config import Config
from wenqu.serving import Part, thread
from wenqu.worker import Clock, Handler, Worker


def handler_of(config: Config, finding: Finding, *, reading: Reading = inbound.read) -> Handler:
    """Return what runs a back-test."""
    bench = Bench(
        sender=mailing.sender_of(config),
        answers=finding,
        words=lambda text: finding.follower.analyzer.words(text),
        reading=reading,
    )

    def handle(db: Database, job: Claimed, clock: Clock) -> None:
        backtest_job.work(db, job, clock, bench)

    return handle


def parts(config: Config, database: Database, finding: Finding, clock: Clock) -> list[Part]:
    """Return the worker of back-tests, with a reader of mail of its own."""
    reader = IsolatedReader()
    handlers = {backtest_job.KIND: handler_of(config, finding, reading=reader.read)}
    worker = Worker(database, handlers, (), clock)
    return [
        Part("back-test reader", lambda: None, reader.close),
        thread("back-test worker", worker.run, worker.stop),
    ]
