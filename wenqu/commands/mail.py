"""`wenqu mail …`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from autoreply import replay as replaying
from search import evaluation
from wenqu.cli import emit_lines, json_option
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
    ask = _asker(faq, engine, encoder) if faq else None
    documents = replaying.replay(paths, address=address, ask=ask)
    if as_json:
        emit_lines(documents)
        return
    for line in documents:
        band = line["band"] or "-"
        click.echo(f"{line['file']}: {line['class']} {line['reason'] or ''} {band}")


Answer = tuple[str, list[dict[str, Any]]]  # Any: JSON of the matches


def _asker(faq: Path, engine: str | None, encoder: str | None) -> Callable[[str], Answer]:
    asker = evaluation.Asker(faq, engine=engine or "auto", encoder=encoder or "auto")

    def ask(question: str) -> Answer:
        document = asker.ask(question, limit=3, channel="mail")
        matches = [{"id": m["id"], "probability": m["probability"]} for m in document["matches"]]
        return document["band"], matches

    return ask


COMMANDS = (mail,)
