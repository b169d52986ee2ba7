"""`wenqu mail backtest`, over files with a throw-away base and over the base in use."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wenqu.cli import main

US, WANG = "help@anlu.example", "wang@qq.example"
ANSWER = "把9V方电池贴在锁底的两个触点上，再用指纹或密码开门，进门以后换电池。"

OTHERS = (
    "发票抬头 退货运费 云存储套餐 摄像头离线 门铃音量 指纹删除 密码重置 安装改期 保修期限 "
    "固件升级 家庭成员 夜视模式 存储卡 电池型号 优惠券 物流查询 换货流程 隐私遮蔽 "
    "语音播报 远程开门 临时密码 钥匙丢失 账号注销 消息推送 网络断开 面板划伤 "
)


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    path = tmp_path / "base.jsonl"
    rows = [{"id": "lock-1", "question": "门锁没电了，人在门外怎么开门？", "answer": ANSWER,
             "alternatives": ["门锁没电打不开门"]}]  # fmt: skip
    for number, word in enumerate(OTHERS.split()):
        answer = f"请看{word}的说明书第{number}页。"
        rows.append({"id": f"other-{number}", "question": f"{word}怎么办？", "answer": answer})
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
    return path


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    folder = tmp_path / "mails"
    folder.mkdir()
    talk = [
        (WANG, US, "门锁没电了，人在门外怎么开门", 0),
        (US, WANG, "王女士您好，请把9V方电池贴在锁底的两个触点上，再用指纹或密码开门。", 1),
        ("li@qq.example", US, "你们招实习生吗", 0),
    ]
    for number, (sender, to, text, parent) in enumerate(talk, start=1):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, "求助"
        message["Date"] = f"Tue, 24 Nov 2026 0{number}:00:00 +0000"
        message["Message-ID"] = f"<{number}@x.example>"
        if parent:
            message["In-Reply-To"] = f"<{parent}@x.example>"
        message.set_content(text)
        (folder / f"{number}.eml").write_bytes(bytes(message))
    return folder


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["mail", "backtest", *map(str, args)])


def test_a_folder_against_a_file(mails: Path, faq: Path) -> None:
    options = ("--faq", faq, "--engine", "memory", "--encoder", "none", "--address", US)
    answer = run(mails, *options, "--json")
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)
    assert (found["mails"], found["asked"]) == (2, 2)
    by_name = {line["name"]: line for line in found["lines"]}
    assert by_name["1.eml"]["article"] == "lock-1"
    assert by_name["1.eml"]["reply"].startswith("王女士您好")
    assert by_name["3.eml"]["band"] != "answer"
    if by_name["1.eml"]["band"] == "answer":
        assert by_name["1.eml"]["same"] is True
    shown = run(mails, *options)
    assert "客户第一次来问的2封" in shown.output
    assert json.loads(run(mails, *options, "--last", 1, "--json").stdout)["mails"] == 1


@pytest.mark.parametrize("args", [(), ("x", "--database"), ("--database", "--faq", "y")])
def test_one_source_is_named(args: tuple[str, ...]) -> None:
    assert run(*args).exit_code == 2


def test_nothing_there_is_refused_in_a_sentence(tmp_path: Path, faq: Path) -> None:
    missing = run(tmp_path / "nothing", "--faq", faq, "--encoder", "none")
    assert missing.exit_code == 1
    (tmp_path / "empty").mkdir()
    empty = run(tmp_path / "empty", "--faq", faq, "--encoder", "none")
    assert empty.exit_code == 1
    assert "里没有邮件" in empty.output
