"""The benches run, compare with their yardsticks in the same run, and write JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
YARDSTICKS = {
    "analysis": {"jieba alone", "rjieba: all fields"},
    "index_build": {"jieba alone", "fts5", "tf-idf", "whoosh with analysis"},
    "query_latency": {"fts5", "tf-idf", "tantivy", "find, whoosh"},
    "suggest": {"fts5 prefix", "tf-idf", "suggestions"},
    "memory": {"fts5", "tf-idf", "web: after questions"},
    "freshness": {"fts5 publish, ms", "publish, by words, ms"},
}
WITHOUT_VECTORS = ("memory", "freshness")
COMPARED = {
    "analysis": "rjieba: all fields",
    "index_build": "whoosh",
    "query_latency": "find, whoosh",
    "suggest": "suggestions",
    "memory": "web: after questions",
}
"""The row of each bench that tells how it stands to FTS5 and TF-IDF."""

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("bench", YARDSTICKS)
def test_bench_runs(bench: str, tmp_path: Path) -> None:
    corpus, told = tmp_path / "corpus.jsonl", tmp_path / "told.json"
    lines = [
        {"question": f"第 {n} 种门锁怎么安装", "answer": f"先看说明书第 {n} 页。\n再拧紧螺丝。" * 5}
        for n in range(30)
    ]
    corpus.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in lines))
    more = ("--encoder", "none") if bench in WITHOUT_VECTORS else ()
    done = subprocess.run(
        [sys.executable, ROOT / "bench" / f"{bench}.py", "--quick", "--corpus", corpus,
         "--json", told, *more],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    written = json.loads(told.read_text(encoding="utf-8"))
    rows = {row["name"]: row for row in written["rows"]}
    assert YARDSTICKS[bench] <= set(rows)
    if bench in COMPARED:
        assert {"× fts5", "× tf-idf"} <= set(rows[COMPARED[bench]])
    assert written["bench"] == bench
    assert written["articles"] == 200, "made from the lines of thirty"
