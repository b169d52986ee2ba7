"""The demo: a fictional company's base, made once, then served on loopback only."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from importlib import resources
from pathlib import Path

from sqlalchemy.orm import Session

from authoring import demo_questions, demo_tickets
from kb import demo, people, settings, transfer
from kb.db import Database
from kb.errors import Conflict
from search import vectors
from search.text import fold
from wenqu import migrate
from wenqu.config import Config
from wenqu.wiring import clock, finding_of, open_database

MAILBOX = "help@anlu.example"
COMPANY = settings.Company(
    name="安庐",
    name_en="Anlu",
    mailbox=MAILBOX,
    phone="400-000-6108",
    hours_from=9,
    hours_to=21,
    weekdays=(0, 1, 2, 3, 4, 5, 6),
    reply_minutes=40,
    ticket_prefix="AL",
)
# Of the demo's own texts, made by tools/demo_vectors.py, so that a first start needs no minute.
VECTORS = "vectors.npz"
TEAMS = {"agent": "客服一组", "editor": "内容组", "admin": "客服运营"}
Tell = Callable[[str], None]


def content() -> Path:
    """Return the folder of the demo content; it is installed as plain files."""
    return Path(str(resources.files("data"))) / "demo"


def configure(base: Config, folder: Path) -> Config:
    """Return the configuration of a demo in a folder: loopback, captured mail, no HTTPS."""
    return replace(
        base,
        data_dir=folder,
        database_url="",
        host="127.0.0.1",
        cookie_secure=False,
        outbox_dir=str(folder / "outbox"),
        smtp_host="",
        mailboxes=(),
        trusted_proxies=0,
        trusted_hosts=(),
        log_json=False,
    )


def prepare(config: Config, *, tell: Tell) -> Database:
    """Return the demo's database, made when it is missing.

    Args:
        config: from `configure`.
        tell: told in a sentence what is going on, because making it takes a while.

    Raises:
        Conflict: `not_demo`; the folder holds a database of somebody's own.
    """
    database = open_database(config)
    migrate.upgrade(database)
    with database.reading() as session:
        ready = settings.flag(session, demo.FLAG)
        own = people.any_user(session)
    if ready:
        return database
    if own:
        raise Conflict("not_demo", path=str(config.data_dir))
    tell("第一次启动，正在准备安庐的演示数据……")
    with database.transaction() as session:
        fill(session, clock())
    tell("正在建索引……")
    finding = finding_of(config, database)
    finding.rebuild()
    # With the shipped vectors it takes a moment, and the first mail is answered by meaning.
    finding.learn(fit=False)
    finding.stop()
    return database


def fill(session: Session, now: datetime) -> None:
    """Write the company, its people, its knowledge and its resolved tickets."""
    settings.write(session, COMPANY)
    settings.write(session, settings.Automation(mode="on", holdout=0))
    settings.write(session, settings.Authoring(review="optional"))
    for account in (*demo.ACCOUNTS, demo.SECOND_AGENT):
        people.add_user(
            session,
            account.name,
            display_name=account.display_name,
            role=account.role,
            password=account.password,
            team=TEAMS[account.role],
            now=now,
        )
    bundle = transfer.read(content())
    transfer.load(session, bundle, author_id=None, fold=fold, now=now)
    demo_tickets.load(session, sorted(content().glob("tickets-*.jsonl")), now=now)
    demo_questions.load(session, content() / "questions.jsonl", now=now)
    if (content() / VECTORS).exists():
        vectors.read_file(session, content() / VECTORS)
    settings.raise_flag(session, demo.FLAG)


def describe(config: Config, *, smtp_port: int, lmtp_port: int) -> dict[str, object]:
    """Return what `demo.json` says."""
    site = f"http://127.0.0.1:{config.port}"
    return {
        "site": f"{site}/",
        "desk": f"{site}/desk/",
        "smtp": f"127.0.0.1:{smtp_port}",
        "lmtp": f"127.0.0.1:{lmtp_port}",
        "mailbox": MAILBOX,
        "users": [
            {"name": user.name, "role": user.role, "password": user.password}
            for user in demo.ACCOUNTS
        ],
        "outbox": str(Path(config.outbox_dir).resolve()),
    }


def announce(config: Config, facts: dict[str, object], *, tell: Tell) -> None:
    """Write `demo.json` and tell the addresses, the accounts and how to send a test mail."""
    path = config.data_dir / "demo.json"
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    host, _, port = str(facts["smtp"]).partition(":")
    tell("")
    tell(f"  帮助站点  {facts['site']}")
    tell(f"  工作台    {facts['desk']}")
    for user in demo.ACCOUNTS:
        tell(f"            {user.role:<7} {user.name} / {user.password}")
    tell(f"  收信      SMTP {facts['smtp']}，LMTP {facts['lmtp']}，信箱 {MAILBOX}")
    tell(f"  发出的信  {facts['outbox']}（工作台“发件箱”里也能看）")
    tell("  寄一封试试：")
    tell(
        '    python3 -c "import smtplib,email.message as e; m=e.EmailMessage(); '
        "m['From']='me@example.com'; m['To']='" + MAILBOX + "'; m['Subject']='门锁没电了'; "
        f"m.set_content('门锁没电了，人在门外怎么开门？'); smtplib.SMTP('{host}',{port})"
        '.send_message(m)"'
    )
    tell("  停下来按 Ctrl+C。")
    tell("")
