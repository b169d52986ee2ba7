from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.factories import PASSWORD
from tests.wenqu.conftest import Wenqu
from wenqu.cli import FAMILIES, main

FAQ = (
    {"id": "a", "question": "怎么换电池？", "answer": "拧开后盖。", "alternatives": ["没电了"]},
    {"id": "b", "question": "忘了密码怎么办？", "answer": "在应用里重设。"},
)
TICKET = {
    "id": "T1", "subject": "贴膜", "channel": "mail", "opened_at": "2026-11-20T09:00:00+08:00",
    "resolved_at": "2026-11-20T10:00:00+08:00",
    "messages": [{"from": "customer", "text": "猫眼能贴防窥膜吗？我叫王芳，电话13800138000。"},
                 {"from": "agent", "text": "可以贴，膜的厚度不要超过0.3毫米。"}],
}  # fmt: skip
MAIL = (
    "From: a@customer.example\r\nTo: help@anlu.example\r\nSubject: battery\r\n"
    "Date: Tue, 24 Nov 2026 09:00:00 +0800\r\nMessage-ID: <1@customer.example>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n怎么换电池？\r\n"
)


def commands() -> Iterator[tuple[str, ...]]:
    def inside(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found is not None
                yield from inside(found, (*path, name))

    yield from inside(main, ())


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    path = tmp_path / "faq.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in FAQ), encoding="utf-8")
    return path


def test_every_command_explains_itself_in_both_languages(wenqu: Wenqu) -> None:
    paths = list(commands())
    assert {path[0] for path in paths if path} == set(FAMILIES)
    for path in paths:
        told = wenqu(*path, "--help")
        assert told.code == 0, path
        if path:
            first = told.out.split("\n\n")[1]
            assert " / " in first, path


def test_the_commands_of_the_contract_are_there(wenqu: Wenqu) -> None:
    wanted = {
        ("demo",), ("init",), ("serve",), ("work",), ("db", "upgrade"), ("db", "check"),
        ("user", "add"), ("index", "sync"), ("index", "rebuild"), ("index", "status"),
        ("backup",), ("restore",), ("config",), ("doctor",), ("import",), ("export",), ("ask",),
        ("eval",), ("mail", "replay"), ("harvest", "replay"), ("redact",),
    }  # fmt: skip
    assert wanted <= set(commands())
    for path, options in {
        ("ask",): ("--faq", "--limit", "--channel", "--explain", "--engine", "--encoder"),
        ("eval",): ("--faq", "--queries", "--limit", "--cold", "--engine", "--encoder"),
        ("mail", "replay"): ("--faq", "--address", "--engine", "--encoder"),
        ("harvest", "replay"): ("--faq", "--write", "--engine", "--encoder"),
        ("demo",): ("--data-dir", "--port", "--smtp-port", "--lmtp-port", "--engine", "--encoder"),
        ("import",): ("--dry-run",),
    }.items():
        text = wenqu(*path, "--help").out
        assert all(option in text for option in options), path


@pytest.mark.parametrize(
    "words",
    [("nonsense",), ("ask",), ("ask", "x", "--limit", "0"), ("ask", "x", "--channel", "fax"),
     ("eval",), ("--engine", "x"), ("db", "nonsense"), ("demo", "--port", "70000"),
     ("ask", "x", "--engine", "lucene"), ("harvest", "replay", "none.jsonl", "--faq", "x")],
)  # fmt: skip
def test_usage_errors_are_2(wenqu: Wenqu, words: tuple[str, ...]) -> None:
    ran = wenqu(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert "Usage" in ran.err


@pytest.mark.parametrize(
    "words",
    [("serve",), ("work",), ("ask", "门"), ("index", "status"), ("index", "sync"), ("export", "o"),
     ("backup", "b"), ("user", "add", "x", "--password", PASSWORD), ("import", "none.zip")],
)  # fmt: skip
def test_before_init_every_command_says_what_to_do(wenqu: Wenqu, words: tuple[str, ...]) -> None:
    ran = wenqu(*words)
    assert ran.code == 1
    assert ran.out == ""
    (sentence,) = ran.err.strip().splitlines()
    assert "wenqu init" in sentence or "none.zip" in sentence
    assert "…" not in sentence


def test_init_is_done_once(installed: Wenqu, tmp_path: Path) -> None:
    again = installed(
        "init", "--company", "x", "--admin", "y", "--password", PASSWORD, "--mailbox", ""
    )
    assert again.code == 1
    assert "已经初始化过了" in again.err
    key = tmp_path / "wenqu-data" / "secret.key"
    assert len(key.read_bytes()) == 32
    assert key.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [({"--company": " "}, "名字还空着"), ({"--mailbox": "x"}, "邮箱好像没写完"),
     ({"--password": "short"}, "密码太短"), ({"--admin": "Ä Ö"}, "登录名用小写字母")],
)  # fmt: skip
def test_init_refuses_and_can_be_tried_again(
    wenqu: Wenqu, change: dict[str, str], words: str
) -> None:
    good = {"--company": "安庐", "--mailbox": "a@b.cn", "--admin": "boss", "--password": PASSWORD}
    ran = wenqu("init", *(word for pair in {**good, **change}.items() for word in pair))
    assert ran.code == 1
    assert words in ran.err
    assert wenqu("init", "--json", *(word for pair in good.items() for word in pair)).document[
        "admin"
    ]


def test_init_takes_the_password_from_the_environment(wenqu: Wenqu) -> None:
    ran = wenqu("init", "--company", "x", "--mailbox", "", "--admin", "boss",
                WENQU_ADMIN_PASSWORD=PASSWORD)  # fmt: skip
    assert ran.code == 0, ran.err


def test_commands_that_say_one_json_document(installed: Wenqu, faq: Path, tmp_path: Path) -> None:
    assert installed("import", faq, "--json").document["created"] == 2
    assert installed("import", faq, "--dry-run", "--json").document["unchanged"] == 2
    asked = installed("ask", "怎么换电池", "--json", "--explain").document
    assert set(asked) == {
        "question",
        "band",
        "questions",
        "matches",
        "engine",
        "encoder",
        "seconds",
        "corrected",
        "reading",
        "hidden",
    }
    assert "电池" in [token["text"] for token in asked["reading"]["tokens"]]
    assert asked["hidden"] == []
    plain = installed("ask", "怎么换电池", "--json").document
    assert set(asked) - set(plain) == {"reading", "hidden"}
    assert asked["matches"][0]["question"] == "怎么换电池？"
    assert set(asked["matches"][0]) == {
        "id",
        "question",
        "score",
        "probability",
        "matched",
        "parts",
    }
    assert isinstance(asked["matches"][0]["id"], int)
    for verb in ("sync", "rebuild", "status"):
        assert "documents" in installed("index", verb, "--json").document
    assert installed("db", "check", "--json").document == {"current": True, "differences": []}
    assert installed("db", "upgrade", "--json").document["migration"]
    added = installed("user", "add", "Anna", "--password", PASSWORD, "--json")
    assert added.document == {"name": "anna", "role": "agent"}
    assert installed("config", "--json").document["engine"] == "memory"
    assert installed("export", tmp_path / "out.jsonl", "--json").document["articles"] == 2
    assert installed("backup", tmp_path / "saved", "--json").document["rows"]["article"] == 2
    doctor = installed("doctor", "--json")
    assert {row["name"] for row in doctor.document} >= {"python", "disk", "database", "relay"}
    assert doctor.code == 1, "no relay is configured yet"


def test_restore_reads_what_backup_wrote(installed: Wenqu, faq: Path, tmp_path: Path) -> None:
    installed("import", faq)
    assert installed("backup", tmp_path / "saved").code == 0
    assert "不完整" not in installed("restore", tmp_path / "saved").err
    there = {"WENQU_DATA_DIR": str(tmp_path / "there")}
    assert (
        installed("restore", tmp_path / "saved", "--json", **there).document["rows"]["article"] == 2
    )
    assert installed("ask", "怎么换电池", "--json", **there).document["matches"][0]["id"] == 1
    assert installed("backup", tmp_path / "saved").code == 1
    (tmp_path / "saved" / "article.jsonl").write_text("")
    there = {"WENQU_DATA_DIR": str(tmp_path / "third")}
    broken = installed("restore", tmp_path / "saved", **there)
    assert (broken.code, broken.out) == (1, "")
    assert "备份不完整" in broken.err


def test_throw_away_bases_need_no_configuration(wenqu: Wenqu, faq: Path, tmp_path: Path) -> None:
    (tmp_path / "wenqu.toml").write_text("this is no configuration")
    asked = wenqu("ask", "怎么换电池", "--faq", faq, "--json").document
    assert asked["matches"][0]["id"] == "a"
    queries = tmp_path / "q.jsonl"
    queries.write_text(
        '{"query": "换电池", "relevant": ["a"]}\n{"query": "天气", "relevant": []}\n'
    )
    figures = wenqu("eval", "--faq", faq, "--queries", queries, "--json").document
    assert {"articles", "queries", "answerable", "learned", "p_at_1", "p_at_1_lenient", "mrr_at_10",
            "recall_at_10", "coverage_at_95", "coverage_at_90", "auto", "ood_auroc", "by_kind",
            "engine", "encoder", "seconds", "ms_per_query"} <= set(figures)  # fmt: skip
    (tmp_path / "1.eml").write_bytes(MAIL.encode())
    (line,) = wenqu("mail", "replay", tmp_path / "1.eml", "--faq", faq, "--json").lines
    assert line["class"] == "human"
    assert line["question"] == "怎么换电池？"
    assert line["matches"][0]["id"] == "a"
    assert not (tmp_path / "wenqu-data").exists()


def test_harvest_replay(wenqu: Wenqu, faq: Path, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(json.dumps(TICKET, ensure_ascii=False))
    out = tmp_path / "more.jsonl"
    done = wenqu("harvest", "replay", tmp_path / "t.jsonl", "--faq", faq, "--write", out, "--json")
    assert done.code == 0, done.err
    assert set(done.document) >= {"answered", "clusters", "proposals", "conflicts", "skipped",
                                  "predicted", "seconds"}  # fmt: skip
    assert "13800138000" not in done.out
    assert out.exists()


def test_redact_reads_lines_and_json(wenqu: Wenqu) -> None:
    text = '电话13800138000\n{"text": "信箱a@b.cn"}\n{"text": 5}\n[1\n\n' + "[" * 5000 + "\n"
    lines = wenqu("redact", "--json", stdin=text).lines
    assert len(lines) == 6
    assert "13800138000" not in lines[0]["text"]
    assert lines[0]["redacted"][0]["text"] == "13800138000"
    assert "a@b.cn" not in lines[1]["text"]
    assert lines[2]["text"] == '{"text": 5}'


def test_redact_refuses_what_is_no_text(wenqu: Wenqu) -> None:
    ran = wenqu("redact", "--json", stdin=b"\x80\xff\xff")
    assert ran.code == 1
    assert "存成UTF-8再试" in ran.err
    gbk = wenqu("redact", "--json", stdin="电话13800138000".encode("gb18030"))
    assert gbk.lines[0]["redacted"][0]["kind"]


def test_secrets_are_not_shown(wenqu: Wenqu) -> None:
    ran = wenqu(
        "config", WENQU_SMTP_PASSWORD="geheim", WENQU_DATABASE_URL="postgresql://u:geheim@h/d"
    )
    assert ran.code == 0
    assert "geheim" not in ran.out


@pytest.mark.parametrize(
    ("environ", "word"),
    [({"WENQU_PROT": "1"}, "prot"), ({"WENQU_PORT": "x"}, "port"),
     ({"WENQU_ENGINE": "x"}, "engine"),
     ({"WENQU_DATABASE_URL": "nonsense"}, "database_url"),
     ({"WENQU_DATABASE_URL": "mysql://h/d"}, "mysql"), ({"WENQU_BASE_URL": "x"}, "base_url"),
     ({"WENQU_SMTP_PASSWORD_FILE": "/none"}, "/none"), ({"WENQU_PROCESSES": "0"}, "processes")],
)  # fmt: skip
def test_a_wrong_configuration_is_one_sentence(
    wenqu: Wenqu, environ: dict[str, str], word: str
) -> None:
    ran = wenqu("config", **environ)
    assert (ran.code, ran.out) == (1, "")
    (sentence,) = ran.err.strip().splitlines()
    assert word in sentence


def test_a_database_server_that_is_down_is_one_sentence(wenqu: Wenqu) -> None:
    for words in (("serve",), ("db", "upgrade"), ("user", "add", "x", "--password", PASSWORD)):
        ran = wenqu(*words, WENQU_DATABASE_URL="postgresql://u:geheim@127.0.0.1:1/none")
        assert (ran.code, ran.out) == (1, "")
        assert "连不上" in ran.err
        assert "geheim" not in ran.err


def test_a_locked_database_is_one_sentence(
    installed: Wenqu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.db.BUSY_TIMEOUT_MS", 50)
    connection = sqlite3.connect(tmp_path / "wenqu-data" / "wenqu.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    ran = installed("user", "add", "x", "--password", PASSWORD)
    connection.close()
    assert ran.code == 1
    assert "正被占用" in ran.err


def test_a_folder_that_cannot_be_made_is_one_sentence(wenqu: Wenqu, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = wenqu("demo", "--data-dir", tmp_path / "file" / "x", "--port", 0, "--smtp-port", 0,
                "--lmtp-port", 0)  # fmt: skip
    assert ran.code == 1
    assert len(ran.err.strip().splitlines()) == 1


def test_a_row_that_is_wrong_is_named_and_the_rest_waits(installed: Wenqu, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("question,answer\n怎么开门？,按指纹。\n,没有问题\n", encoding="utf-8")
    ran = installed("import", path)
    assert ran.code == 1
    assert "rows.csv第3行，问题：还空着" in ran.err
    assert "--skip-bad" in ran.err
    assert installed("index", "status", "--json").document["documents"] == 0
    assert installed("import", path, "--skip-bad", "--json").document["created"] == 1


def test_a_broken_zip_is_one_sentence(installed: Wenqu, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\x03\x04 broken")
    ran = installed("import", path)
    assert (ran.code, ran.out) == (1, "")
    assert "压缩包打不开" in ran.err
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../evil.md", "# x")
    assert "不安全的文件名：../evil.md" in installed("import", path).err


def test_standard_output_is_json_only_in_a_real_process(faq: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "wenqu", "ask", "怎么换电池", "--faq", str(faq), "--json",
               "--engine", "memory", "--encoder", "none"]  # fmt: skip
    root = Path(__file__).parents[2]
    done = subprocess.run(
        command, capture_output=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)},
        check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["band"]


def test_asking_a_throw_away_base_needs_no_web_server(faq: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from wenqu.cli import main\n"
        f"main(['ask', '换电池', '--faq', {str(faq)!r}, '--json', '--engine', 'memory', "
        "'--encoder', 'none'], standalone_mode=False)\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('web', 'flask', 'werkzeug')])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)}, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "['web', 'web.words']"
