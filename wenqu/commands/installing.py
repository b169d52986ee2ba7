"""`wenqu init`, `wenqu config` and `wenqu doctor`."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from kb import contacts, people, settings
from kb.errors import Conflict, Invalid
from kb.models.people import ADMIN
from wenqu import doctor as examining
from wenqu import migrate
from wenqu.cli import Context, emit, json_option, pass_context
from wenqu.config import SECRETS
from wenqu.wiring import clock, open_database, secret_key


@click.command()
@click.option("--company", prompt="公司名称 / company", help="客户看到的名字")
@click.option("--mailbox", prompt="客服邮箱 / mailbox", default="", help="客户写信的地址")
@click.option("--admin", prompt="管理员登录名 / administrator", default="admin")
@click.option(
    "--password",
    prompt="管理员密码 / password",
    hide_input=True,
    envvar="WENQU_ADMIN_PASSWORD",
    confirmation_prompt=True,
)
@json_option
@pass_context
def init(
    context: Context, company: str, mailbox: str, admin: str, password: str, as_json: bool
) -> None:
    """第一次安装：数据库、密钥、管理员、公司 / first installation."""
    config = context.config
    database = open_database(config)
    migrate.upgrade(database)
    secret_key(config)
    with database.transaction() as session:
        if people.any_user(session):
            raise Conflict("already_initialised", path=str(database.path or "PostgreSQL"))
        if not company.strip():
            raise Invalid("name_missing", field="company")
        if mailbox:
            mailbox = contacts.normalise(contacts.MAIL, mailbox)
        chosen = replace(settings.Company(), name=company.strip(), mailbox=mailbox)
        settings.write(session, chosen)
        people.add_user(
            session, admin, display_name=admin, role=ADMIN, password=password, now=clock()
        )
    if as_json:
        emit({"company": company, "admin": admin, "database": str(database.path or "PostgreSQL")})
        return
    click.echo("装好了。")
    click.echo("  导入内容：wenqu import 文件夹或文件")
    click.echo("  开始服务：wenqu serve")
    click.echo("  设邮箱：登录工作台，在“设置 · 邮箱”里选是哪一家的，填上授权码")


@click.command("config")
@json_option
@pass_context
def show_config(context: Context, as_json: bool) -> None:
    """看看生效的配置，密码不显示 / the configuration in force, without secrets."""
    config = context.config
    values = {
        name: "***" if name in SECRETS and getattr(config, name) else str(getattr(config, name))
        for name in config.__slots__
    }
    if as_json:
        emit(values)
    else:
        for name, value in values.items():
            click.echo(f"{name} = {value}")


@click.command()
@json_option
@pass_context
def doctor(context: Context, as_json: bool) -> None:
    """检查安装，用大白话说哪里不对 / say in plain words what is wrong."""
    findings = examining.examine(context.config)
    if as_json:
        emit([{"name": f.name, "ok": f.ok, "say": f.say} for f in findings])
    else:
        for finding in findings:
            click.echo(f"{'好 ' if finding.ok else '不对'}  {finding.say}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


COMMANDS = (init, show_config, doctor)
