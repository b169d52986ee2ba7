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
}

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("bench", YARDSTICKS)
def test_bench_runs(bench: str, tmp_path: Path) -> None:
    corpus, told = tmp_path / "corpus.jsonl", tmp_path / "told.json"
    rows = [
        {"question": f"第 {n} 种门锁怎么安装", "answer": f"先看说明书第 {n} 页。\n再拧紧螺丝。" * 5}
        for n in range(30)
    ]
    corpus.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    more = ("--encoder", "none") if bench == "memory" else ()
    done = subprocess.run(
        [sys.executable, ROOT / "bench" / f"{bench}.py", "--quick", "--corpus", corpus,
         "--json", told, *more],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    written = json.loads(told.read_text(encoding="utf-8"))
    assert YARDSTICKS[bench] <= {row["name"] for row in written["rows"]}
    assert written["bench"] == bench
    assert written["articles"] == 200, "made from the lines of thirty"
