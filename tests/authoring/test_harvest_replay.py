"""`wenqu harvest replay`: the same whatever the order, and what it writes is a base again."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from authoring import harvest_replay
from data import __file__ as data_file
from kb.errors import Invalid
from search.base import read_faq

DEMO = Path(data_file).parent / "demo"
FAQ = [
    {"id": "open", "question": "密码输错被锁定多久？", "answer": "连续输错5次，锁定3分钟。",
     "alternatives": ["锁死了要等多久", "输错密码锁住了"]},
    {"id": "pay", "question": "怎么开发票？", "answer": "在订单里点申请开票。"},
    {"id": "ship", "question": "多久发货？", "answer": "24小时内发货。"},
]  # fmt: skip


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


def tickets() -> list[dict[str, Any]]:
    lines = (DEMO / "tickets-a.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [row for row in rows if row["id"] in {f"TA-{n:03}" for n in (1, 2, 3, 5, 30, 32, 35)}]


def run(folder: Path, rows: list[dict[str, Any]], out: Path | None = None) -> dict[str, Any]:
    paths = write(folder / "t.jsonl", rows), write(folder / "f.jsonl", FAQ)
    found = harvest_replay.replay(*paths, engine="memory", encoder="none", write=out)
    found.pop("seconds")
    return found


def test_the_order_does_not_matter_and_everything_is_accounted_for(tmp_path: Path) -> None:
    rows = tickets()
    one = run(tmp_path, rows)
    random.Random(4).shuffle(rows)
    assert run(tmp_path, rows) == one
    told = [item["ticket"] for name in ("answered", "proposals", "skipped") for item in one[name]]
    told += [ticket for cluster in one["clusters"] for ticket in cluster["tickets"]]
    assert sorted(told) == sorted(row["id"] for row in rows)
    assert one["clusters"][0]["tickets"] == ["TA-001", "TA-002", "TA-003", "TA-005"]
    assert [item["reason"] for item in one["skipped"]] == ["thanks_only", "no_agent_answer"]
    assert {item["ticket"] for item in one["conflicts"]} <= {"TA-030"}
    assert "13911230456" not in json.dumps(one, ensure_ascii=False)


def test_what_is_written_is_a_base(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    found = run(tmp_path, tickets(), out)
    base = {str(card.id): card for card in read_faq(out)}
    assert set(base) >= {"open", "pay", "ship"}
    assert len(base) == 3 + len(found["clusters"])


def test_amounts_that_differ_are_a_conflict() -> None:
    assert harvest_replay.contradicts("锁定5分钟，请等5分钟", "错5次锁定3分钟")
    assert not harvest_replay.contradicts("锁定3分钟", "错5次锁定3分钟，24小时后恢复")
    assert not harvest_replay.contradicts("请稍等", "锁定3分钟")


@pytest.mark.parametrize("row", [{"id": "x"}, {"messages": []}, {"id": "x", "messages": [1]}])
def test_a_wrong_line_is_named(tmp_path: Path, row: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        run(tmp_path, [row])
    assert caught.value.params["line"] == 1


def test_an_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        run(tmp_path, [tickets()[0]] * 2)
