"""`wenqu mail backtest`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from autoreply import (
    backtest,
    backtest_base,
    backtest_likeness,
    backtest_sources,
    backtest_threads,
    inbound,
)
from autoreply.backtest import Item, Report, Verdict
from autoreply.outgoing import question_digest
from autoreply.sender import own_addresses
from kb.errors import Invalid
from search import evaluation
from search.base import read_faq
from search.encoder import open_encoder
from wenqu.cli import Context, emit, json_option, pass_context
from wenqu.commands.finding import encoder_option, engine_option, faq_option
from wenqu.mailing import sender_of
from wenqu.wiring import clock, finding_of, open_ready_database


@click.command("backtest")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--database", "own", is_flag=True, help="用库里收到过的邮件 / the base's own mails")
@click.option("--last", type=click.IntRange(1), help="只看最近几封 / the newest only")
@click.option("--address", multiple=True, help="我们自己的邮箱，可以多个 / our own mailboxes")
@faq_option
@engine_option
@encoder_option
@json_option
@pass_context
def command(
    context: Context,
    path: Path | None,
    own: bool,
    last: int | None,
    address: tuple[str, ...],
    faq: Path | None,
    engine: str | None,
    encoder: str | None,
    as_json: bool,
) -> None:
    """用以前的邮件试算自动回复 / back-test answering on mails of the past.

    PATH is an mbox, a Maildir, a folder of .eml files or one .eml; nothing is sent or stored.
    """
    if (path is None) != own or (own and faq is not None):
        raise click.UsageError("PATH or --database; --faq goes with PATH only")
    ours = frozenset(one.strip().lower() for one in address)
    if faq is not None and path is not None:
        report = _on_file(path, faq, ours, last, engine, encoder)
    else:
        report = _on_base(context, path, ours, last, engine, encoder)
    if as_json:
        emit(report.as_json())
    else:
        _show(report.as_json())


def _on_base(
    context: Context,
    path: Path | None,
    ours: frozenset[str],
    last: int | None,
    engine: str | None,
    encoder: str | None,
) -> Report:
    database = open_ready_database(context.config)
    finding = finding_of(context.config, database, engine=engine, encoder=encoder)
    finding.catch_up()
    finding.learn(fit=True)
    with database.reading() as session:
        known = ours or own_addresses(session, sender_of(context.config))
        words = finding.follower.analyzer.words
        likeness = backtest_base.likeness_of(session, words, now=clock())
        items = (
            _items(path, known, last)
            if path is not None
            else backtest_base.items(session, inbound.read, known, last=last)
        )
    return backtest.run(items, backtest_base.judge_of(database, finding, clock()), likeness.of)


def _on_file(
    path: Path,
    faq: Path,
    ours: frozenset[str],
    last: int | None,
    engine: str | None,
    encoder: str | None,
) -> Report:
    base = read_faq(faq)
    cards = {str(card.id): card for card in base}
    known = {question_digest(text) for card in base for text in card.phrasings}
    chosen = open_encoder(encoder or "auto")
    with evaluation.throw_away(base, engine=engine or "auto", encoder=chosen) as finder:

        def judge(question: str) -> Verdict:
            found = finder.answering(base, question, limit=3, channel="mail")
            taught = question_digest(question) in known
            if not found.matches:
                return Verdict(found.band, taught=taught)
            best = found.matches[0]
            card = cards[str(best.article_id)]
            return Verdict(
                band=found.band,
                article=str(card.id),
                title=card.question,
                category=" › ".join(reversed(card.category)),
                probability=best.probability,
                answer=card.answer,
                taught=taught,
            )

        answers = [card.answer for card in base]
        likeness = backtest_likeness.learn(answers, finder.analyzer.words)
        return backtest.run(_items(path, ours, last), judge, likeness.of)


def _items(path: Path, ours: frozenset[str], last: int | None) -> list[Item]:
    found = backtest_threads.letters(backtest_sources.of_path(path), inbound.read)
    if not found:
        raise Invalid("no_mails", field="path", value=str(path))
    known = {letter.sender for letter in found}.union(*(letter.recipients for letter in found))
    if not ours & known:
        ours = backtest_threads.own_address(found)
    items = backtest_threads.items(found, ours)
    return items[-last:] if last else items


def _show(document: dict[str, Any]) -> None:  # Any: JSON
    click.echo(f"邮件{document['mails']}封，客户第一次来问的{document['asked']}封")
    if document["taught"]:
        click.echo(f"另有{document['taught']}封的原话教过知识库，答得出不算本事，列在下面，不计入")
    for reason, count in document["skipped"].items():
        click.echo(f"没有算：{_REASONS.get(reason, reason)} {count}封")
    click.echo(_words(document))
    for row in document["categories"]:
        click.echo(f"  {row['category'] or '没有分类'}：{_words(row)}")
    for line in document["lines"]:
        sign = "教" if line["taught"] else {True: "同", False: "异", None: "　"}[line["same"]]
        title = f"→ {line['title']} {line['probability']:.0%}" if line["title"] else ""
        asked = " ".join(line["question"].split())[:40]
        click.echo(f"{sign} {line['band']:7} {line['name']}: {asked} {title}")
        if line["same"] is not None:
            click.echo(f"　　客服说：{' '.join(line['reply'].split())[:80]}")


_REASONS = {
    "machine": "不是人写的",
    "continues": "接着以前的往来写的",
    "unreadable": "读不出来的",
}


def _words(row: dict[str, Any]) -> str:  # Any: JSON
    share = row["answered_share"]
    same = row["same_share"]
    answered = f"会自动回答{row['answered']}封" + (f"（{share:.0%}）" if share is not None else "")
    if same is None:
        return f"{answered}，没有客服的回复可以比"
    return f"{answered}，比得了的{row['compared']}封里，客服说的一样的{row['same']}封（{same:.0%}）"
