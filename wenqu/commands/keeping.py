"""`wenqu backup` and `wenqu restore`."""

from __future__ import annotations

from pathlib import Path

import click

from wenqu import backup as keeping
from wenqu.cli import Context, emit, json_option, pass_context
from wenqu.wiring import open_database, open_ready_database


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
@pass_context
def backup(context: Context, folder: Path, as_json: bool) -> None:
    """备份数据库、附件和密钥到一个新文件夹 / back everything up."""
    counts = keeping.write(context.config, open_ready_database(context.config), folder)
    _tell(counts, f"已备份到 {folder}", as_json)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@json_option
@pass_context
def restore(context: Context, folder: Path, as_json: bool) -> None:
    """恢复到一个空的数据库 / restore into an empty database."""
    counts = keeping.read(context.config, open_database(context.config), folder)
    _tell(
        counts,
        "已恢复。邮箱先关着，确认原来那台不再收信，再到工作台打开。索引会在下次启动时自动建好",
        as_json,
    )


def _tell(counts: dict[str, int], sentence: str, as_json: bool) -> None:
    if as_json:
        emit({"rows": counts})
    else:
        click.echo(f"{sentence}，共{sum(counts.values())}行。")


COMMANDS = (backup, restore)
