"""The WSGI application that each web process makes for itself."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from web.app import create_app
from wenqu import config_file
from wenqu.logs import set_up
from wenqu.pages import parts_of
from wenqu.teaching import ChildTeacher
from wenqu.wiring import finding_of, open_ready_database

Wsgi = Callable[..., Any]  # Any: PEP 3333 leaves the callable's types open


def create() -> Wsgi:
    """Read the configuration, wire the parts, start following the change log."""
    path = os.environ.get("WENQU_CONFIG")
    config = config_file.load(Path(path) if path else None)
    set_up(as_json=config.log_json)
    database = open_ready_database(config)
    finding = finding_of(config, database, teacher=ChildTeacher(config))
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    app = create_app(parts_of(config, database, finding))
    # Afterwards, because the pages are imported in half the time while nothing else runs here;
    # a question that comes before the base is known is found by its words.
    finding.start()
    return app.wsgi_app


def _end_with_parent(parent: int) -> None:
    """End when the parent was killed: a process that nobody stops would keep the port."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGKILL)
