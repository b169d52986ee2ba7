"""Which tests go to which of pytest-xdist's processes."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

TOGETHER = "tests/e2e/"
"""Files below it have one server and one browser each, which start once for all their tests."""


class SharedServers(LoadScopeScheduling):
    """Keeps a file of `TOGETHER` in one process and begins with the largest; others go anywhere."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if nodeid.startswith(TOGETHER) else nodeid
