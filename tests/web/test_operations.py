from __future__ import annotations

from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kb.errors import Unavailable
from tests.web.conftest import Desk
from tests.web.world import build
from web import current
from web.app import create_app
from web.parts import Probe


def test_alive_even_without_a_database(desk: Desk) -> None:
    desk.db.close()
    path = desk.db.path
    assert path
    path.unlink()
    assert desk.get("nobody", "/healthz").text == "ok\n"


def down() -> str | None:
    raise Unavailable("database", reason="locked")


@pytest.mark.parametrize(
    ("probes", "status", "checks"),
    [
        ({"database": lambda: None}, 200, {"database": "ok"}),
        (
            {"database": lambda: None, "disk": lambda: "full"},
            503,
            {"database": "ok", "disk": "full"},
        ),
        ({"database": down}, 503, {"database": "failed"}),
    ],
)
def test_ready_when_every_probe_is(
    desk: Desk, probes: dict[str, Probe], status: int, checks: dict[str, str]
) -> None:
    parts = replace(desk.app.extensions[current.EXTENSION], probes=probes)
    answer = create_app(parts).test_client().get("/readyz")
    assert answer.status_code == status
    assert answer.json == {"ready": status == 200, "checks": checks}


def test_metrics_can_be_read_by_prometheus(desk: Desk) -> None:
    build(desk)
    desk.get("nobody", "/search?q=门")
    families = {
        f.name: f for f in text_string_to_metric_families(desk.get("nobody", "/metrics").text)
    }
    channels = {s.labels["channel"]: s.value for s in families["wenqu_questions"].samples}
    assert channels["search"] == 1
    assert families["wenqu_index_behind"].samples[0].value == 0
    assert {"wenqu_tickets", "wenqu_jobs", "wenqu_oldest_job_seconds"} <= set(families)


def test_metrics_are_for_this_machine_or_a_token(desk: Desk) -> None:
    parts = replace(desk.app.extensions[current.EXTENSION], metrics_token="geheim")
    client, far = create_app(parts).test_client(), {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/metrics", environ_base=far).status_code == 404
    for sent in ("Bearer x", "Bearer ", "Bearer geheim\u00e9", "geheimer"):
        headers = {"Authorization": sent}
        assert client.get("/metrics", headers=headers, environ_base=far).status_code == 404
    headers = {"Authorization": "Bearer geheim"}
    assert client.get("/metrics", headers=headers, environ_base=far).status_code == 200
