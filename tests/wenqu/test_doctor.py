from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from kb import jobs
from tests.factories import MOMENT, make_article, make_user
from wenqu import doctor, migrate
from wenqu.config import Config
from wenqu.serving import claim_address
from wenqu.wiring import clock, open_database


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_dir=tmp_path / "data", engine="whoosh", encoder="none")


@pytest.fixture
def relay() -> Iterator[int]:
    controller = Controller(Sink(), hostname="127.0.0.1", port=claim_address("127.0.0.1", 0))
    controller.start()
    assert controller.server is not None
    yield int(controller.server.sockets[0].getsockname()[1])
    controller.stop()


def say(config: Config, name: str) -> doctor.Diagnosis:
    return next(found for found in doctor.examine(config) if found.name == name)


def test_looking_makes_nothing(config: Config) -> None:
    found = say(config, "database")
    assert not found.ok
    assert "wenqu init" in found.say
    assert not config.data_dir.exists()


def test_an_old_shape_is_said(config: Config) -> None:
    database = open_database(config)
    migrate.upgrade(database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num='older'")
    assert "wenqu db upgrade" in say(config, "database").say


def test_a_sound_installation_is_all_well(config: Config, tmp_path: Path) -> None:
    database = open_database(config)
    migrate.upgrade(database)
    with database.transaction() as session:
        make_user(session)
        make_article(session)
    sound = replace(config, outbox_dir=str(tmp_path / "outbox"))
    found = doctor.examine(sound)
    assert [row.say for row in found if not row.ok] == []
    assert "满25条" in next(row.say for row in found if row.name == "articles")


def test_nobody_can_sign_in(config: Config) -> None:
    migrate.upgrade(open_database(config))
    assert "还没有账号" in say(config, "users").say


def test_jobs_that_nobody_does(config: Config) -> None:
    database = open_database(config)
    migrate.upgrade(database)
    with database.transaction() as session:
        jobs.enqueue(session, "deliver", {}, now=clock() - timedelta(hours=1))
    found = say(config, "jobs")
    assert not found.ok
    assert "wenqu work" in found.say


def test_a_database_that_is_locked(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.db.BUSY_TIMEOUT_MS", 50)
    database = open_database(config)
    migrate.upgrade(database)
    with database.transaction() as session:
        make_article(session, now=MOMENT)
        assert "正被占用" in say(config, "write").say


def test_a_server_that_is_down(config: Config) -> None:
    url = "postgresql://u:geheim@127.0.0.1:1/none"
    found = say(replace(config, database_url=url), "database")
    assert not found.ok
    assert "连不上" in found.say
    assert "geheim" not in found.say


def test_the_relay_is_greeted(config: Config, relay: int) -> None:
    reached = replace(config, smtp_host="127.0.0.1", smtp_port=relay, smtp_tls="none")
    assert say(reached, "relay").ok
    wrong = replace(reached, smtp_user="u", smtp_password="geheim")
    found = say(wrong, "relay")
    assert not found.ok
    assert "geheim" not in found.say
    assert not say(replace(reached, smtp_port=1), "relay").ok
    assert not say(replace(reached, smtp_tls="starttls"), "relay").ok
    assert "smtp_host" in say(config, "relay").say


def test_cookies_that_browsers_would_drop(config: Config) -> None:
    assert say(config, "cookies").ok
    plain = replace(config, base_url="http://help.example.cn")
    assert "cookie_secure" in say(plain, "cookies").say
    assert say(replace(plain, cookie_secure=False), "cookies").ok
    assert say(replace(plain, base_url="https://help.example.cn"), "cookies").ok
