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


def test_ranking_tells_how_it_stands_to_the_yardsticks(tmp_path: Path) -> None:
    things = ("门锁", "电池", "指纹", "发票", "退款", "快递", "密码", "钥匙")
    articles = [{"id": f"a{n}", "question": f"{thing}怎么办理"} for n, thing in enumerate(things)]
    asked = [{"query": f"办理{thing}", "relevant": [f"a{n}"]} for n, thing in enumerate(things)]
    # The yardsticks do not read sound.
    asked += [{"query": "kuaidi", "relevant": ["a5"]}]
    files = []
    for name, rows in (("faq", articles), ("queries", asked)):
        files.append(tmp_path / f"{name}.jsonl")
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        files[-1].write_text("\n".join(lines), encoding="utf-8")
    options = ["--encoder", "none", "--set", "own", *map(str, files)]
    done = subprocess.run(
        [sys.executable, ROOT / "bench" / "ranking.py", *options],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = {}
    for line in done.stdout.splitlines():
        name, way, rest = line.split(" ", 2)
        figures, at = json.JSONDecoder().raw_decode(rest)
        told[way] = (figures["p_at_1"], rest[at:].split())
        assert name == "own"
    assert set(told) == {"tf-idf", "fts5", "cold", "taught"}
    for way in ("cold", "taught"):
        right, words = told[way]
        numbers = [float(word) for word in words if word.replace(".", "").isdigit()]
        wanted = [right / told[base][0] for base in ("tf-idf", "fts5")]
        assert numbers == pytest.approx(wanted, abs=0.006), words
        assert min(wanted) > 1
