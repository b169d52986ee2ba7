"""`wenqu import`, `wenqu export` and `wenqu redact`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import BinaryIO

import click

from kb import decoding, redaction, transfer
from kb.errors import Invalid
from search.text import fold
from web import import_words
from wenqu.cli import Context, emit, emit_lines, json_option, pass_context
from wenqu.wiring import clock, open_ready_database


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="只看会发生什么 / change nothing")
@click.option("--skip-bad", is_flag=True, help="跳过有错的行 / import the good rows only")
@click.option("--clean", is_flag=True, help="去掉“务(wù)”这类注音 / strip pinyin in brackets")
@json_option
@pass_context
def import_(
    context: Context, path: Path, dry_run: bool, skip_bad: bool, clean: bool, as_json: bool
) -> None:
    """导入JSONL、CSV、Markdown文件夹或zip / import content."""
    bundle = transfer.read(path, clean=clean)
    database = open_ready_database(context.config)
    opened = database.reading() if dry_run else database.transaction()
    try:
        with opened as session:
            report = transfer.load(
                session, bundle, author_id=None, fold=fold, now=clock(), skip_bad=skip_bad
            )
    except Invalid as error:
        problems = error.params.get("problems")
        for problem in problems if isinstance(problems, list) else ():
            click.echo(import_words.sentence(transfer.Problem(**problem)), err=True)
        raise
    for note in (*report.problems, *report.warnings):
        click.echo(import_words.sentence(note), err=True)
    if as_json:
        emit(report.as_dict())
    else:
        click.echo(_told(report, dry_run))


def _told(report: transfer.Report, dry_run: bool) -> str:
    skipped = f"，跳过{report.skipped}条" if report.skipped else ""
    said = (
        f"新增{report.created}条，更新{report.updated}条，没有变化{report.unchanged}条{skipped}。"
    )
    return f"试着读了一遍，什么都没有写：{said}" if dry_run else said


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@json_option
@pass_context
def export(context: Context, path: Path, as_json: bool) -> None:
    """导出为JSONL、CSV、文件夹或zip（看扩展名） / export, format by suffix."""
    database = open_ready_database(context.config)
    with database.reading() as session:
        count = transfer.export(session, path)
    if as_json:
        emit({"articles": count, "path": str(path)})
    else:
        click.echo(f"已导出{count}条到 {path}")


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@json_option
def redact(file: BinaryIO, as_json: bool) -> None:
    """给文字打码 / remove personal data from text."""
    text = decoding.decode(file.read(), name=str(getattr(file, "name", "")))
    lines = (line.rstrip("\r\n") for line in io.StringIO(text))
    documents = (_redacted(text) for text in map(_text_of, lines))
    if as_json:
        emit_lines(documents)
    else:
        for document in documents:
            click.echo(document["text"])


def _text_of(line: str) -> str:
    try:
        document = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return line
    is_object = isinstance(document, dict) and isinstance(document.get("text"), str)
    return str(document["text"]) if is_object else line


def _redacted(text: str) -> dict[str, object]:
    result = redaction.redact(text)
    found = [{"kind": item.kind, "text": item.text} for item in result.found]
    return {"text": result.text, "redacted": found}


if sys.platform == "win32":
    # Consoles there default to a code page that has no Chinese.
    sys.stdout.reconfigure(encoding="utf-8")

COMMANDS = (import_, export, redact)
