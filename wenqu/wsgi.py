"""The WSGI application that each web process makes for itself."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from web.app import create_app
from wenqu import config as configuration
from wenqu.logs import set_up
from wenqu.wiring import finding_of, open_ready_database, parts_of

Wsgi = Callable[..., Any]  # Any: PEP 3333 leaves the callable's types open


def create() -> Wsgi:
    """Read the configuration, wire the parts, start following the change log."""
    path = os.environ.get("WENQU_CONFIG")
    config = configuration.load(Path(path) if path else None)
    set_up(as_json=config.log_json)
    database = open_ready_database(config)
    finding = finding_of(config, database)
    finding.start()
    return create_app(parts_of(config, database, finding)).wsgi_app
