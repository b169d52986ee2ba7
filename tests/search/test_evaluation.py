import json
from pathlib import Path

import pytest

from kb.errors import Invalid
from search import evaluation, judging
from search.judging import Judged

FAQ = [
    {"id": f"a{n}", "question": q, "alternatives": alternatives}
    for n, (q, alternatives) in enumerate(
        [("怎么退款", ["如何退货"]), ("怎么开发票", ["发票在哪里开"]), ("门锁没电怎么办", [])]
    )
]
QUERIES = [
    {"query": "想退货怎么弄", "relevant": ["a0"], "kind": "colloquial"},
    {"query": "发票", "relevant": ["a1"], "also_relevant": ["a0"]},
    {"query": "今天几号", "relevant": [], "kind": "far"},
    {"query": "退钱", "relevant": ["a0"], "split": "train"},
]


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return write(tmp_path / "faq.jsonl", FAQ), write(tmp_path / "queries.jsonl", QUERIES)


def test_eval_prints_what_scripts_rely_on(files: tuple[Path, Path]) -> None:
    result = evaluation.evaluate(*files, engine="memory", encoder="none")
    assert {"articles", "queries", "answerable", "learned", "p_at_1", "p_at_1_lenient",
            "mrr_at_10", "recall_at_10", "coverage_at_95", "coverage_at_90", "auto", "ood_auroc",
            "by_kind", "engine", "encoder", "seconds", "ms_per_query"} <= set(result)  # fmt: skip
    assert (result["articles"], result["queries"], result["answerable"]) == (3, 3, 2)
    assert result["learned"] == 1
    assert result["p_at_1"] == 1.0
    assert result["auto"]["answered"] == 0
    assert set(result["by_kind"]) == {"colloquial", "far", "plain"}


def test_cold_learns_nothing(files: tuple[Path, Path]) -> None:
    result = evaluation.evaluate(*files, engine="memory", encoder="none", cold=True)
    assert result["learned"] == 0


def test_the_engines_agree(files: tuple[Path, Path]) -> None:
    found = [
        evaluation.evaluate(*files, engine=engine, encoder="none")["p_at_1"]
        for engine in ("memory", "whoosh", "tantivy")
    ]
    assert len(set(found)) == 1


def test_ask_speaks_of_the_files_own_ids(files: tuple[Path, Path]) -> None:
    told = evaluation.ask("怎么退货", faq=files[0], engine="memory", encoder="none", explain=True)
    contract = {"question", "band", "questions", "matches", "engine", "encoder", "seconds"}
    assert set(told) == contract | {"corrected"}
    assert told["matches"][0]["id"] == "a0"
    assert told["matches"][0]["parts"]
    json.dumps(told)


@pytest.mark.parametrize(
    "line", ['{"id": 1}', "[]", "nonsense", '{"id": "x", "question": 3}', '{"question": "q"}']
)  # fmt: skip
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "faq.jsonl"
    path.write_text('{"id": "a", "question": "q"}\n' + line + "\n", "utf-8")
    with pytest.raises(Invalid) as refused:
        evaluation.ask("q", faq=path, engine="memory", encoder="none")
    assert refused.value.params["line"] == 2


def test_a_sample_keeps_proportions_and_repeats() -> None:
    lines = [
        evaluation.Asked(str(n), frozenset({"a"} if n % 4 else ()), frozenset(), "", train=False)
        for n in range(400)
    ]
    taken = evaluation.sample(lines, 100)
    assert taken == evaluation.sample(lines, 100)
    assert sum(not line.relevant for line in taken) == 25


def judged(probability: float, *, right: bool, answerable: bool = True) -> Judged:
    relevant = frozenset({"a"} if answerable else ())
    ranked = ("a" if right and answerable else "b",)
    return Judged(relevant, frozenset(), "", ranked, probability, answered=False, seconds=0.01)


def test_coverage_counts_unanswerable_questions_above_the_cut() -> None:
    asked = [judged(0.9, right=True)] * 18 + [judged(0.95, right=True, answerable=False)]
    assert judging.coverage_at(asked, 0.95) == 0.0
    assert judging.coverage_at([*asked, *[judged(0.8, right=True)] * 2], 0.95) == 1.0


def test_equal_probabilities_are_cut_together() -> None:
    asked = [judged(0.9, right=True)] * 5 + [judged(0.9, right=False)] * 5
    assert judging.coverage_at(asked, 0.95) == 0.0


def test_auroc() -> None:
    assert judging.auroc([0.9, 0.8], [0.1, 0.2]) == 1.0
    assert judging.auroc([0.5], [0.5]) == 0.5
    assert judging.auroc([], [0.1]) is None


def test_brier_and_reliability_compare_what_was_said_with_what_was_right() -> None:
    asked = [judged(0.95, right=True)] * 9 + [judged(0.95, right=False)]
    asked += [judged(0.25, right=True, answerable=False)] * 3 + [judged(0.25, right=True)]
    low, high = judging.reliability(asked)
    assert (low["queries"], low["predicted"], low["right"]) == (4, 0.25, 0.25)
    assert (high["from"], high["queries"], high["predicted"], high["right"]) == (0.9, 10, 0.95, 0.9)
    expected = (9 * 0.05**2 + 0.95**2 + 3 * 0.25**2 + 0.75**2) / 14
    assert judging.brier(asked) == pytest.approx(expected, abs=1e-4)
    assert judging.brier([]) is None
    assert judging.reliability([]) == []


def test_certainty_belongs_to_the_last_bin() -> None:
    assert [one["from"] for one in judging.reliability([judged(1.0, right=True)])] == [0.9]
