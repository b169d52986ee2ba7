from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.db import Database
from search.finding import Finding
from tests import databases
from tests.authoring.asked import BATTERY, REFUND, ask
from tests.factories import MOMENT, make_article


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Database]:
    """Three articles, and questions that people opened two of them for."""
    db = databases.in_file(tmp_path / "base.db")
    with db.transaction() as session:
        make_article(session, question="门锁电池怎么换？", body="拧开后盖，换四节五号电池。")
        make_article(session, question="怎么申请退款？", body="在订单里点退款。")
        make_article(session, question="忘带钥匙怎么开门？", body="用指纹。")
        ask(session, "门锁的电池怎么换", BATTERY, times=3)
        ask(session, "电池怎么换啊", BATTERY)
        ask(session, "退款怎么申请", REFUND)
    yield db
    db.close()


@pytest.fixture
def finding(base: Database, tmp_path: Path) -> Iterator[Finding]:
    made = Finding(base, tmp_path / "i", engine="memory", encoder="none", clock=lambda: MOMENT)
    made.catch_up()
    yield made
    made.stop()
