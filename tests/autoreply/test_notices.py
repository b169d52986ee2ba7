from pathlib import Path

import pytest

from autoreply.extract import extract

NEW = "换了电池还是不亮。\n能寄回去修吗？"
TOPS, TAILS = (
    part.strip("\n").split("\n")
    for part in Path(__file__).with_name("notices.txt").read_text("utf-8").split("====\n")
)


@pytest.mark.parametrize("banner", TOPS)
def test_a_warning_on_top_is_taken_off(banner: str) -> None:
    said = extract(f"{banner}\n\n{NEW}")
    assert said.text == NEW
    assert said.trimmed == (banner,)


@pytest.mark.parametrize("notice", TAILS)
def test_a_notice_below_is_taken_off(notice: str) -> None:
    assert extract(f"{NEW}\n\n{notice}").text == NEW


@pytest.mark.parametrize(
    "body",
    [
        "注意，门锁外部的灯不亮\n里面的亮",
        "提醒一下，外网打不开\n内网可以",
        "打印机打不出来\n\n环境温度 35 度时打印不清楚",
        "装不上\n\n电脑经过病毒扫描了，还是不行",
        "收不到邮件\n\n发件人写的是你们",
        "为了环保，能不能不寄纸质发票？",
    ],
)
def test_words_of_a_customer_are_no_notice(body: str) -> None:
    assert extract(body).text == body
