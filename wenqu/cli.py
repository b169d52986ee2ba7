"""The command `wenqu`: reads the configuration once, and turns refusals into sentences."""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy.exc import OperationalError

from kb.db import reason_of
from kb.errors import DomainError, Unavailable
from web import words
from wenqu import config_file
from wenqu.config import Config
from wenqu.logs import set_up
from wenqu.version import __version__

# Command -> the module that holds it, read when the command is asked for: `wenqu redact` has no
# use for a web server.
FAMILIES = {
    "demo": "serving",
    "serve": "serving",
    "work": "serving",
    "init": "installing",
    "config": "installing",
    "doctor": "installing",
    "db": "database",
    "user": "database",
    "import": "content",
    "export": "content",
    "redact": "content",
    "ask": "finding",
    "eval": "finding",
    "index": "finding",
    "mail": "mail",
    "harvest": "harvesting",
    "backup": "keeping",
    "restore": "keeping",
}


@dataclass(slots=True)
class Context:
    """What a command is given: the configuration, read when it is first asked for.

    A command with `--faq` never asks, so it needs none.
    """

    path: Path | None
    _config: Config | None = None

    @property
    def config(self) -> Config:
        """The configuration. Raises Invalid."""
        if self._config is None:
            self._config = config_file.load(self.path)
            set_up(as_json=self._config.log_json)
        return self._config


pass_context = click.make_pass_decorator(Context)
json_option = click.option("--json", "as_json", is_flag=True, help="只输出JSON / JSON only")


class Commands(click.Group):
    """A group that reads its commands late and answers refusals with a sentence and exit 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(FAMILIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Read the module of a command and return it."""
        if cmd_name not in FAMILIES:
            return None
        module = importlib.import_module(f"wenqu.commands.{FAMILIES[cmd_name]}")
        commands: tuple[click.Command, ...] = module.COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command and translate what it refuses."""
        try:
            return super().invoke(ctx)
        except DomainError as error:
            refuse(error)
        except BrokenPipeError:
            # Whoever read our output has enough, as `head` does.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except OperationalError as error:
            refuse(Unavailable("database", reason=reason_of(error)))
        except OSError as error:
            path, reason = str(error.filename or ""), type(error).__name__
            refuse(Unavailable("file_unreadable", path=path, reason=reason))


def refuse(error: DomainError) -> NoReturn:
    """Print the sentence of a refusal and exit 1."""
    click.echo(words.sentence(error), err=True)
    sys.exit(1)


def emit(document: object) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False))


def emit_lines(documents: Iterable[object]) -> None:
    """Print one JSON document a line, as they come."""
    for document in documents:
        emit(document)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "path",
    envvar="WENQU_CONFIG",
    type=click.Path(path_type=Path, dir_okay=False),
    help="配置文件 / configuration file",
)
@click.version_option(__version__, prog_name="wenqu")
@click.pass_context
def main(ctx: click.Context, path: Path | None) -> None:
    """问渠 Wenqu: 中文优先的知识库 / a Chinese-first knowledge base."""
    logging.captureWarnings(True)
    ctx.obj = Context(path)
