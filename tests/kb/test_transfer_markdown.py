"""Folders of Markdown: ours and other people's."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from kb import transfer, transfer_jsonl, transfer_markdown
from kb.errors import Invalid
from kb.models.knowledge import Article
from search.text import fold
from tests.factories import MOMENT, picture


def read(**files: str | bytes) -> transfer.Bundle:
    named = {
        name.replace("__", "/").replace("_md", ".md").replace("_png", ".png"): (
            data.encode() if isinstance(data, str) else data
        )
        for name, data in files.items()
    }
    return transfer_markdown.read(named)


def test_a_heading_becomes_the_question_and_a_folder_the_category() -> None:
    bundle = read(faq__pay_md="# 怎么付款？\n\n扫码。\n", faq__ship_md="顺丰。")
    rows = {row.question: row for row in bundle.articles}
    assert rows["怎么付款？"].body_md.strip() == "扫码。"
    assert rows["怎么付款？"].category == "faq"
    assert rows["ship"].body_md == "顺丰。"


def test_values_stay_as_they_were_written() -> None:
    bundle = read(a_md="---\nquestion: no\nkey: 007\nreview_on: 2027-05-01\n---\n答")
    row = bundle.articles[0]
    assert (row.question, row.key, str(row.review_on)) == ("no", "007", "2027-05-01")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("---\nquestion: [a\n---\n答", "yaml_broken"),
        ("---\n- a\n---\n答", "yaml_broken"),
        ("---\nquestion: a\nstate: 上线\n---\n答", "state_unknown"),
        ("---\nquestion: a\nstate: scheduled\n---\n答", "moment_missing"),
        ("---\nquestion: a\nreview_on: 明天\n---\n答", "date_invalid"),
        ("---\nquestion: a\nexpire_at: 2027-01-01 10:00\n---\n答", "moment_without_offset"),
        ("---\nquestion: a\nphrasings: {a: b}\n---\n答", "list_wanted"),
        ("---\nquestion: a\nkey: 'a b'\n---\n答", "key_invalid"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(text: str, code: str) -> None:
    bundle = read(a_md=text, b_md="---\nquestion: b\n---\n好")
    assert [(problem.where, problem.code) for problem in bundle.problems] == [("a.md", code)]
    assert [row.question for row in bundle.articles] == ["b"]


def test_pictures_are_found_beside_the_file_and_at_the_root(session: Session) -> None:
    bundle = read(
        articles__x__a_md='# 问？\n\n![一](one.png) ![二](images/two.png "题") ![三](../no.png)',
        articles__x__one_png=picture(),
        images__two_png=picture(colour=(1, 2, 3)),
    )
    assert sorted(bundle.pictures) == ["articles/x/one.png", "images/two.png"]
    assert [(w.code, w.value) for w in bundle.warnings] == [("picture_missing", "../no.png")]
    transfer.load(session, bundle, author_id=None, fold=fold, now=MOMENT)
    article = session.scalars(select(Article)).one()
    assert article.body_html.count('<img src="/media/') == 2
    assert "no.png" not in article.body_html


def test_an_address_elsewhere_is_left_alone() -> None:
    bundle = read(a_md="# 问？\n\n![x](https://example.com/x.png)")
    assert bundle.warnings == ()


@given(st.text(max_size=400))
def test_any_text_is_read_or_named(text: str) -> None:
    bundle = transfer_markdown.read({"a.md": text.encode("utf-8", "replace")})
    assert len(bundle.articles) + len(bundle.problems) >= 1


@given(st.text(max_size=200))
def test_any_front_matter_is_read_or_named(text: str) -> None:
    data = f"---\n{text}\n---\n答".encode("utf-8", "replace")
    bundle = transfer_markdown.read({"a.md": data})
    assert len(bundle.articles) + len(bundle.problems) >= 1


def test_lines_of_other_programs_are_read() -> None:
    data = '{"id": 7, "question": "问？", "answer": "答", "alternatives": ["换个问法"]}\n\n[1]\n{\n'
    bundle = transfer_jsonl.read(data.encode(), "f.jsonl")
    assert (bundle.articles[0].key, bundle.articles[0].phrasings) == ("7", ("换个问法",))
    assert [(p.where, p.code) for p in bundle.problems] == [
        ("f.jsonl:3", "object_wanted"),
        ("f.jsonl:4", "json_broken"),
    ]


def test_a_line_without_an_answer_is_a_draft() -> None:
    bundle = transfer_jsonl.read('{"question": "问？"}'.encode(), "f.jsonl")
    assert bundle.articles[0].state == "draft"
    assert bundle.articles[0].key.startswith("q-")


@given(st.binary(max_size=200))
def test_any_bytes_of_lines_are_read_or_named(data: bytes) -> None:
    with suppress(Invalid):
        transfer_jsonl.read(data, "f.jsonl")


def test_a_single_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "怎么付款.md"
    path.write_text("扫码。", encoding="utf-8")
    assert transfer.read(path).articles[0].question == "怎么付款"
