"""`wenqu demo`, `wenqu serve` and `wenqu work`."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import replace
from pathlib import Path

import click

from wenqu import backtesting, config_file, mailing, serving, steering
from wenqu import demo as demonstration
from wenqu.cli import Context, pass_context
from wenqu.commands.finding import encoder_option, engine_option
from wenqu.config import Config
from wenqu.jobs import worker_of
from wenqu.logs import set_up
from wenqu.teaching import ChildTeacher
from wenqu.wiring import clock, finding_of, open_ready_database, refuse_demo

LOOPBACK = "127.0.0.1"


@click.command()
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path("var/demo"))
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True)
@click.option("--smtp-port", type=click.IntRange(0, 65535), default=2525, show_default=True)
@click.option("--lmtp-port", type=click.IntRange(0, 65535), default=2424, show_default=True)
@engine_option
@encoder_option
def demo(
    data_dir: Path,
    port: int,
    smtp_port: int,
    lmtp_port: int,
    engine: str | None,
    encoder: str | None,
) -> None:
    """试用：站点、工作台、收信和后台一起跑 / everything at once, on loopback."""
    set_up(as_json=False)
    port = serving.claim_address(LOOPBACK, port)
    smtp_port = serving.claim_address(LOOPBACK, smtp_port)
    lmtp_port = serving.claim_address(LOOPBACK, lmtp_port)
    config = replace(
        demonstration.configure(Config(), data_dir),
        port=port,
        base_url=f"http://{LOOPBACK}:{port}",
        smtp_listen=f"{LOOPBACK}:{smtp_port}",
        lmtp_listen=f"{LOOPBACK}:{lmtp_port}",
        engine=engine or "auto",
        encoder=encoder or "auto",
    )
    # What the web processes would refuse, being started again and again, is refused here.
    config_file.load(None, {**os.environ, **serving.environment(config)})
    database = demonstration.prepare(config, tell=click.echo)
    finding = finding_of(config, database, teacher=ChildTeacher(config))
    parts = [
        serving.Part("finding", finding.start, finding.stop),
        *mailing.parts(config, database, finding, clock),
        *backtesting.parts(config, database, finding, clock),
        *steering.parts(database, finding, clock),
        worker_of(database),
    ]
    facts = demonstration.describe(config, smtp_port=smtp_port, lmtp_port=lmtp_port)
    demonstration.announce(config, facts, tell=click.echo)
    serving.export(config)
    serving.run(config, parts)


@click.command()
@click.option("--with-work/--without-work", default=True, show_default=True)
@pass_context
def serve(context: Context, with_work: bool) -> None:
    """正式服务：网页，默认也收信和做后台 / serve the pages, and work unless told not to."""
    config = context.config
    database = open_ready_database(config)
    refuse_demo(database)
    config = replace(config, port=serving.claim_address(config.host, config.port))
    for address in filter(None, (config.smtp_listen, config.lmtp_listen) if with_work else ()):
        host, _, port = address.rpartition(":")
        serving.claim_address(host.strip("[]") or LOOPBACK, int(port))
    parts: list[serving.Part] = []
    if with_work:
        finding = finding_of(config, database, teacher=ChildTeacher(config))
        parts = [
            serving.Part("finding", finding.start, finding.stop),
            *mailing.parts(config, database, finding, clock),
            *backtesting.parts(config, database, finding, clock),
            *steering.parts(database, finding, clock),
            worker_of(database),
        ]
    if context.path is not None:
        os.environ["WENQU_CONFIG"] = str(context.path.resolve())
    serving.run(config, parts)


@click.command()
@pass_context
def work(context: Context) -> None:
    """只收信和做后台，不开网页 / mail and jobs without pages."""
    config = context.config
    database = open_ready_database(config)
    refuse_demo(database)
    finding = finding_of(config, database, teacher=ChildTeacher(config))
    parts = [
        serving.Part("finding", finding.start, finding.stop),
        *mailing.parts(config, database, finding, clock),
        *backtesting.parts(config, database, finding, clock),
        *steering.parts(database, finding, clock),
        worker_of(database),
    ]
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    serving.hold(parts, ended)


COMMANDS = (demo, serve, work)
