"""`wenqu mail …`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from autoreply import replay as replaying
from search import evaluation
from search.base import read_faq
from search.encoder import open_encoder
from wenqu.cli import emit_lines, json_option
from wenqu.commands import backtesting, mailroom
from wenqu.commands.finding import encoder_option, engine_option, faq_option


@click.group()
def mail() -> None:
    """邮件 / mail."""


@mail.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@faq_option
@click.option("--address", help="我们自己的邮箱 / our own mailbox")
@engine_option
@encoder_option
@json_option
def replay(
    paths: Sequence[Path],
    faq: Path | None,
    address: str | None,
    engine: str | None,
    encoder: str | None,
    as_json: bool,
) -> None:
    """看看这些邮件会怎么处理，不发也不存 / decide on mails without sending."""
    with ExitStack() as opened:
        ask = _asker(opened, faq, engine, encoder) if faq else None
        documents = replaying.replay(paths, address=address, ask=ask)
        if as_json:
            emit_lines(documents)
            return
        for line in documents:
            band = line["band"] or "-"
            click.echo(f"{line['file']}: {line['class']} {line['reason'] or ''} {band}")


def _asker(opened: ExitStack, faq: Path, engine: str | None, encoder: str | None) -> replaying.Ask:
    """Return what asks a throw-away base, open until `opened` closes."""
    base = read_faq(faq)
    chosen = open_encoder(encoder or "auto")
    finder = opened.enter_context(
        evaluation.throw_away(base, engine=engine or "auto", encoder=chosen)
    )

    def ask(question: str) -> tuple[str, replaying.Matches]:
        found = finder.answering(base, question, limit=3, channel="mail")
        return found.band, [(str(m.article_id), round(m.probability, 4)) for m in found.matches]

    return ask


for command in (*mailroom.COMMANDS, backtesting.command):
    mail.add_command(command)

COMMANDS = (mail,)
