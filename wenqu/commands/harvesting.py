"""`wenqu harvest …`."""

from __future__ import annotations

from pathlib import Path

import click

from authoring import harvest_replay
from wenqu.cli import emit, json_option
from wenqu.commands.finding import encoder_option, engine_option


@click.group()
def harvest() -> None:
    """沉淀 / harvest."""


@harvest.command()
@click.argument("tickets", type=click.Path(path_type=Path, exists=True))
@click.option("--faq", type=click.Path(path_type=Path), required=True)
@click.option("--write", type=click.Path(path_type=Path), help="写出F加上新条目 / write F plus new")
@engine_option
@encoder_option
@json_option
def replay(
    tickets: Path,
    faq: Path,
    write: Path | None,
    engine: str | None,
    encoder: str | None,
    as_json: bool,
) -> None:
    """把已解决的工单和知识库对一遍 / cluster resolved tickets against the base."""
    document = harvest_replay.replay(
        tickets, faq, engine=engine or "auto", encoder=encoder or "auto", write=write
    )
    if as_json:
        emit(document)
    else:
        click.echo(f"已有答案{len(document['answered'])}张，新问题{len(document['clusters'])}组。")


COMMANDS = (harvest,)
