"""Tables: spreadsheets on Chinese Windows, formulas, cells of any text, and rows that are wrong."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb import transfer_csv
from kb.errors import Invalid

SHEET = (
    "问题,答案,相似问,分类,状态\r\n"
    '怎么退货？,七天内可退。,"想退\r\n退货流程",order-return,已发布\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_sheet_reads_the_same_in_every_encoding(encoding: str) -> None:
    bundle = transfer_csv.read(SHEET.encode(encoding), "faq.csv")
    row = bundle.articles[0]
    assert bundle.problems == ()
    assert (row.question, row.body_md, row.category) == (
        "怎么退货？",
        "七天内可退。",
        "order-return",
    )
    assert [text.strip() for text in row.phrasings] == ["想退", "退货流程"]
    assert row.state == "published"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_delimiter_is_found(mark: str) -> None:
    data = f"question{mark}answer\n怎么退？{mark}七天\n".encode()
    assert transfer_csv.read(data, "x.csv").articles[0].body_md == "七天"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "csv_empty"),
        (b"\n\n", "csv_empty"),
        ("甲,乙\n一,二\n".encode(), "csv_header_missing"),
        ('question,answer\n"怎么退？,七天\n'.encode(), "csv_broken"),
        (
            "question,answer\n怎么退？,七天\n".encode()[:-4] + b"\xff\n" + "好".encode() * 30,
            "encoding_damaged",
        ),
        (b"question,answer\n\xff\xff\x81", "encoding_unknown"),
        (b"\x00\x01\x02question", "csv_header_missing"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        transfer_csv.read(data, "faq.csv")
    assert caught.value.code == code


def test_lines_are_counted_over_cells_with_breaks() -> None:
    data = 'question,answer\n"甲？","一\n二\n三"\n,空\n乙？,好,多,余\n'.encode()
    bundle = transfer_csv.read(data, "faq.csv")
    assert [problem.where for problem in bundle.problems] == ["faq.csv:5", "faq.csv:6"]
    assert [problem.code for problem in bundle.problems] == ["question_missing", "too_many_cells"]
    assert [row.question for row in bundle.articles] == ["甲？"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＠", "'=", "''-"])
def test_nothing_runs_in_a_spreadsheet(start: str) -> None:
    cell = f"{start}cmd|' /C calc'!A0"
    escaped = transfer_csv.escape(cell)
    assert escaped.startswith("'")
    assert transfer_csv.unescape(escaped) == cell


@given(st.text())
def test_escaping_is_undone_exactly(cell: str) -> None:
    escaped = transfer_csv.escape(cell)
    assert transfer_csv.unescape(escaped) == cell
    assert not escaped.startswith(("=", "+", "-", "@"))


def test_a_foreign_list_item_stays_as_it_is() -> None:
    data = "question,answer\n怎么退？,- 先申请\n".encode()
    assert transfer_csv.read(data, "x.csv").articles[0].body_md == "- 先申请"


def test_long_answers_fit() -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["question", "answer"], ["问？", "字" * 300_000]])
    bundle = transfer_csv.read(out.getvalue().encode(), "x.csv")
    assert len(bundle.articles[0].body_md) == 300_000


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(Invalid):
        transfer_csv.read(data, "x.csv")


@given(st.text(max_size=300))
def test_any_text_under_a_header_is_read_or_refused(text: str) -> None:
    with suppress(Invalid):
        transfer_csv.read(b"question,answer\n" + text.encode("utf-8", "replace"), "x.csv")
