import json
from collections.abc import Sequence
from pathlib import Path

from autoreply.replay import dumps, replay
from tests.autoreply.mails import BODY, raw

FIELDS = [
    "file",
    "class",
    "reply_allowed",
    "reason",
    "message_id",
    "from",
    "subject",
    "question",
    "quoted_removed",
    "damaged",
    "language",
    "band",
    "matches",
]


def ask(question: str) -> tuple[str, Sequence[tuple[str, float]]]:
    return "answer", [(question.split("\n")[0], 0.97)]


def write(folder: Path, **mails: bytes) -> Path:
    for name, data in mails.items():
        (folder / f"{name}.eml").write_bytes(data)
    return folder


def test_a_line_for_a_mail(tmp_path: Path) -> None:
    quoted = f"{BODY}\n\n在 2024/3/5 14:22, 安庐 写道:\n> 旧"
    (line,) = replay([write(tmp_path, one=raw(quoted))])
    assert list(line) == FIELDS
    assert line["file"] == str(tmp_path / "one.eml")
    assert (line["class"], line["reply_allowed"], line["reason"]) == ("human", True, None)
    assert (line["from"], line["message_id"]) == ("wf@qq.example", "<1@qq.example>")
    assert (line["subject"], line["question"]) == ("门锁打不开怎么办", BODY)
    assert (line["quoted_removed"], line["damaged"], line["language"]) == (True, False, "zh-Hans")
    assert (line["band"], line["matches"]) == (None, None)


def test_matches_use_subject_and_text(tmp_path: Path) -> None:
    (line,) = replay([write(tmp_path, one=raw())], ask=ask)
    assert line["band"] == "answer"
    assert line["matches"] == [{"id": "门锁打不开怎么办", "probability": 0.97}]


def test_the_subject_of_a_reply_is_not_asked(tmp_path: Path) -> None:
    (line,) = replay([write(tmp_path, one=raw(Subject="回复：旧的标题"))], ask=ask)
    assert line["matches"] == [{"id": BODY, "probability": 0.97}]


def test_a_machine_is_asked_nothing(tmp_path: Path) -> None:
    (line,) = replay([write(tmp_path, one=raw(Auto_Submitted="auto-replied"))], ask=ask)
    assert (line["class"], line["reason"], line["matches"]) == ("auto_reply", "N10", [])


def test_old_mail_counts_as_received_at_its_own_date(tmp_path: Path) -> None:
    (line,) = replay([write(tmp_path, one=raw(Date="Tue, 5 Mar 1999 14:22:11 +0800"))])
    assert line["reply_allowed"]


def test_rules_on_our_own_address_need_it(tmp_path: Path) -> None:
    folder = write(tmp_path, one=raw(To="other@x.example"))
    assert [line["reason"] for line in replay([folder])] == [None]
    assert [line["reason"] for line in replay([folder], address="Help@Anlu.example")] == ["N18"]


def test_a_folder_gives_all_its_mails_in_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path, b=raw(), a=raw())
    write(tmp_path / "sub", c=raw())
    names = [Path(str(line["file"])).name for line in replay([tmp_path])]
    assert names == ["a.eml", "b.eml", "c.eml"]


def test_bad_files_give_a_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    folder = write(tmp_path, good=raw(), noise=bytes(range(256)) * 20, empty=b"")
    lines = list(replay([tmp_path / "missing.eml", folder]))
    assert [("error" in line) for line in lines] == [True, False, False, False]
    assert [line["reply_allowed"] for line in lines] == [False, False, True, False]
    assert all(json.loads(dumps(line).encode().decode())["file"] for line in lines)


def test_a_failing_search_is_an_error_of_one_line(tmp_path: Path) -> None:
    def broken(question: str) -> tuple[str, Sequence[tuple[str, float]]]:
        raise ValueError(question)

    (line,) = replay([write(tmp_path, one=raw())], ask=broken)
    assert "ValueError" in str(line["error"])
