"""`wenqu mail check`, `receive` and `dkim`: the connections of an installation."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from autoreply import intake_file, signing
from autoreply.check import Report
from autoreply.dns_records import Resolver
from autoreply.look import Look
from kb import settings
from kb.db import Database
from kb.errors import DomainError, Invalid
from web import mail_words, words
from wenqu import checking
from wenqu.cli import Context, emit, json_option, pass_context
from wenqu.wiring import clock, open_ready_database

log = logging.getLogger(__name__)

MARKS = {"ok": "好 ", "care": "留意", "bad": "不对"}
ENGLISH_MARKS = {"ok": "ok  ", "care": "care", "bad": "BAD "}
DNS_PORT = 53


@click.command()
@click.argument("address", required=False, default="")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="语言 / language")
@click.option("--nameserver", help="问哪台域名服务器 / name server to ask, host or host:port")
@json_option
@pass_context
def check(context: Context, address: str, lang: str, nameserver: str | None, as_json: bool) -> None:
    """试试收信、发信和域名记录，不寄信 / try reading, sending and DNS without sending."""
    reports = []
    for report in checking.reports(context.config, _resolver(nameserver), address=address):
        reports.append(report)
        if not as_json:
            _tell(report, lang)
    works = all(report.works for report in reports)
    if as_json:
        emit({"ok": works, "mailboxes": [_document(report) for report in reports]})
    sys.exit(0 if works else 1)


def _resolver(nameserver: str | None) -> Resolver:
    if not nameserver:
        return Resolver()
    host, colon, port = nameserver.rpartition(":")
    if not colon or not port.isdigit():
        return Resolver((nameserver,), DNS_PORT)
    return Resolver((host.strip("[]"),), int(port))


def _tell(report: Report, lang: str) -> None:
    english = lang == "en"
    marks = ENGLISH_MARKS if english else MARKS
    click.echo(report.address)
    for look in report.looks:
        say = mail_words.sentence(look, mail_words.english()) if english else _say(look)
        click.echo(f"  {marks[look.state]}  {say}")


def _say(look: Look) -> str:
    return mail_words.sentence(look)


def _document(report: Report) -> dict[str, object]:
    english = mail_words.english()
    looks = [
        {"name": look.name, **asdict(look), "say": _say(look),
         "say_en": mail_words.sentence(look, english)}
        for look in report.looks
    ]  # fmt: skip
    return {
        "address": report.address,
        "works": report.works,
        "envelope": report.envelope,
        "looks": looks,
    }


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--mailbox", default="", help="收到哪个邮箱；默认是客服邮箱 / delivered to")
@click.option("--from", "sender", help="信封发件人 / envelope sender, as ${sender} of postfix")
@json_option
@pass_context
def receive(
    context: Context, paths: Sequence[Path], mailbox: str, sender: str | None, as_json: bool
) -> None:
    """从管道或文件收信；存不下时以75结束，邮件服务器会再试 / take mail from a pipe or files."""
    if not paths:
        sys.exit(_pipe(context, mailbox, sender))
    database = open_ready_database(context.config)
    to = _mailbox(database, mailbox)
    kept = known = 0
    for path in paths:
        fresh, seen = intake_file.from_path(database, path, mailbox=to, now=clock())
        kept, known = kept + fresh, known + seen
    database.close()
    if as_json:
        emit({"kept": kept, "known": known})
    else:
        click.echo(f"收下{kept}封，{known}封以前收过。")


def _pipe(context: Context, mailbox: str, sender: str | None) -> int:
    """Take one mail from standard input; return what an MTA understands (sysexits.h)."""
    try:
        database = open_ready_database(context.config)
        to = _mailbox(database, mailbox)
        intake_file.from_pipe(
            database, sys.stdin.buffer, mailbox=to, envelope_from=sender, now=clock()
        )
    except Invalid as error:
        click.echo(words.sentence(error), err=True)
        of_mail = error.params.get("field") == "mail"
        return intake_file.EX_DATAERR if of_mail else intake_file.EX_TEMPFAIL
    except DomainError as error:
        click.echo(words.sentence(error), err=True)
        return intake_file.EX_TEMPFAIL
    except Exception:
        # Whatever it is, the mail must not bounce for it.
        log.exception("the mail was not kept")
        return intake_file.EX_TEMPFAIL
    return intake_file.EX_OK


def _mailbox(database: Database, mailbox: str) -> str:
    """Return ours, that mail goes to. Raises Invalid (`mailbox_unknown`)."""
    if mailbox.strip():
        return mailbox.strip()
    with database.reading() as session:
        company = settings.read(session, settings.Company).mailbox
    if not company:
        raise Invalid("mailbox_unknown", field="mailbox")
    return company


@click.command()
@click.option("--domain", default="", help="给哪个域名签 / domain to sign for")
@click.option("--selector", default="", help="这把钥匙在DNS里的名字 / name of the key in DNS")
@click.option("--key", type=click.Path(path_type=Path), help="钥匙文件 / key file")
@json_option
@pass_context
def dkim(context: Context, domain: str, selector: str, key: Path | None, as_json: bool) -> None:
    """生成DKIM钥匙，告诉您DNS里要加什么 / make a DKIM key and print its DNS record."""
    config = context.config
    path = key or Path(config.dkim_key or config.own_dkim_key)
    made = not path.exists()
    pem = signing.make_key(path) if made else signing.read_key(path)
    selector = selector or config.dkim_selector
    domain = (domain or config.dkim_domain or _company_domain(context)).strip().lower()
    name, value = signing.record_name(domain, selector), signing.record(pem)
    if as_json:
        emit({"made": made, "key": str(path), "name": name, "type": "TXT", "value": value})
        return
    click.echo(f"{'生成了' if made else '已有'}钥匙：{path}")
    click.echo(f"请在域名管理里加一条TXT记录：\n  名称  {name}\n  值    {value}")
    click.echo("值超过255个字符；要求分段的话，写成：")
    click.echo("  " + " ".join(f'"{piece}"' for piece in signing.pieces(value)))
    if config.dkim_key != str(path):
        click.echo(f'再在配置里写上：\n  dkim_key = "{path}"\n  dkim_domain = "{domain}"')


def _company_domain(context: Context) -> str:
    database = open_ready_database(context.config)
    domain = _mailbox(database, "").rpartition("@")[2]
    database.close()
    return domain


COMMANDS = (check, receive, dkim)
