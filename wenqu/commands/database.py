"""`wenqu db …` and `wenqu user …`."""

from __future__ import annotations

import sys

import click

from kb import people
from kb.models.people import ROLES
from wenqu import migrate
from wenqu.cli import Context, emit, json_option, pass_context
from wenqu.wiring import clock, open_database, open_ready_database


@click.group()
def db() -> None:
    """数据库结构 / the database's shape."""


@db.command()
@json_option
@pass_context
def upgrade(context: Context, as_json: bool) -> None:
    """升级到这一版的结构 / bring the database to this release."""
    database = open_database(context.config)
    migrate.upgrade(database)
    if as_json:
        emit({"migration": migrate.head()})
    else:
        click.echo("数据库结构已是最新。")


@db.command()
@json_option
@pass_context
def check(context: Context, as_json: bool) -> None:
    """比较数据库和程序的结构 / compare the database with the models."""
    database = open_database(context.config)
    current = migrate.is_current(database)
    differences = migrate.differences(database) if current else []
    if as_json:
        emit({"current": current, "differences": differences})
    else:
        click.echo("一致。" if current and not differences else "不一致，请运行 wenqu db upgrade。")
        for line in differences:
            click.echo(line)
    sys.exit(0 if current and not differences else 1)


@click.group()
def user() -> None:
    """工作台的账号 / users of the desk."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="agent", show_default=True)
@click.option("--display-name", default="")
@click.option("--team", default="")
@click.option("--email", default="")
@click.password_option(help="不写就会问 / asked for when missing")
@json_option
@pass_context
def add(
    context: Context,
    name: str,
    role: str,
    display_name: str,
    team: str,
    email: str,
    password: str,
    as_json: bool,
) -> None:
    """添加一个账号 / add a user."""
    database = open_ready_database(context.config)
    with database.transaction() as session:
        people.add_user(
            session,
            name,
            display_name=display_name,
            role=role,
            team=team,
            email=email,
            password=password,
            now=clock(),
        )
    if as_json:
        emit({"name": name.strip().lower(), "role": role})
    else:
        click.echo(f"已添加 {name}（{role}）。")


COMMANDS = (db, user)
