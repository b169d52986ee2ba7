"""Logs: one line for each event on standard error, JSON or for people."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

# Addresses and long numbers name people; a log does not need them.
_PERSONAL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+|(?<!\d)1[3-9]\d{9}(?!\d)")


class JsonLines(logging.Formatter):
    """One JSON object a line, without line breaks that could forge another."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _PERSONAL.sub("…", record.getMessage()),
        }
        if record.exc_info:
            line["error"] = _PERSONAL.sub("…", self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class Plain(logging.Formatter):
    """For a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return _PERSONAL.sub("…", super().format(record))


def set_up(*, as_json: bool, level: int = logging.INFO) -> None:
    """Send all logs to standard error; a later call replaces an earlier one."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if as_json else Plain("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("jieba", "aiosmtpd", "mail.log", "alembic", "_granian"):
        logging.getLogger(name).setLevel(logging.WARNING)
