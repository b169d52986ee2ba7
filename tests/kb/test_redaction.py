"""Personal data is hidden; models, prices, dates and service numbers stay."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.personal_numbers import is_identity, passes_luhn
from kb.redaction import PLACEHOLDERS, redact

FOUND = [
    ("我的手机13800138000，请回电", "我的手机〔手机号〕，请回电"),
    ("打 138 0013 8000 或 +86 139-0000-1111", "打 〔手机号〕 或 〔手机号〕"),
    ("１３８００１３８０００", "〔手机号〕"),
    ("手机一三八零零一三八零零零", "手机〔手机号〕"),
    ("尾号 138****8000 的手机", "尾号 〔手机号〕 的手机"),
    ("座机021-58881234转803", "座机〔手机号〕"),
    ("（010）62345678", "〔手机号〕"),
    ("电话62345678", "电话〔手机号〕"),
    ("call +1 415 555 2671 please", "call 〔手机号〕 please"),
    ("写信到 zhang.wei@example.com.cn。", "写信到 〔邮箱〕。"),
    ("身份证号：11010519491231002X", "身份证号：〔证件号〕"),
    ("号码 110105194912310021 呢", "号码 〔订单号〕 呢"),
    ("11010519491231002X", "〔证件号〕"),
    ("护照E12345678", "护照〔证件号〕"),
    ("卡 4111 1111 1111 1111", "卡 〔银行卡号〕"),
    ("银行卡号6222020200000000123", "银行卡号〔银行卡号〕"),
    ("订单号AL2607280915还没到", "订单号〔订单号〕还没到"),
    ("订单 20240601123456789", "订单 〔订单号〕"),
    ("DD-2024061200317", "〔订单号〕"),
    ("顺丰单号SF1234567890123", "顺丰单号〔快递单号〕"),
    ("YT1234567890123到哪了", "〔快递单号〕到哪了"),
    ("序列号AL2L7P240600123", "序列号〔序列号〕"),
    ("MAC 3C:22:FB:10:20:30", "MAC 〔序列号〕"),
    ("车牌京A12345", "车牌〔车牌〕"),
    ("川B·88888", "〔车牌〕"),
    ("车是新A12345", "车是〔车牌〕"),
    ("我是张伟，昨天买的锁", "我是〔姓名〕，昨天买的锁"),
    ("我叫欧阳锋。", "我叫〔姓名〕。"),
    ("免贵姓高", "免贵姓〔姓名〕"),
    ("收件人李雷，", "收件人〔姓名〕，"),
    ("联系人：阿依古丽·买买提", "联系人：〔姓名〕"),
    ("王小明先生您好", "〔姓名〕先生您好"),
    ("请张先生开门", "请〔姓名〕先生开门"),
    ("张师傅迟到了", "〔姓名〕师傅迟到了"),
    ("张伟，您好：\n锁修好了", "〔姓名〕，您好：\n锁修好了"),
    ("锁坏了\n\n祝好\n王小明", "锁坏了\n\n祝好\n〔姓名〕"),
    ("张伟的锁坏了\n\n—— 张伟", "〔姓名〕的锁坏了\n\n—— 〔姓名〕"),
    ("Hello\n\nBest regards,\nJohn Smith", "Hello\n\nBest regards,\n〔姓名〕"),
    ("寄到上海市浦东新区世纪大道100号3栋502室，谢谢", "寄到〔地址〕，谢谢"),
    ("我住在阳光花园3栋2单元501，打不开", "我住在〔地址〕，打不开"),
    ("地址：杭州市西湖区文三路 478 号 A 座 1203。", "地址：〔地址〕。"),
    ("3号楼2单元1102", "〔地址〕"),
    ("微信号：ouyang_88", "微信号：〔微信号〕"),
    ("加vx: lucky2020", "加vx: 〔微信号〕"),
    ("QQ 12345678", "QQ 〔QQ号〕"),
    ("我的IP是114.114.114.114", "我的IP是〔IP地址〕"),
    ("验证码是 884213", "验证码是 〔验证码〕"),
    ("取件码6-3-2085", "取件码〔验证码〕"),
    ("我的密码是 884213", "我的密码是 〔验证码〕"),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_hidden(text: str, expected: str) -> None:
    assert redact(text).text == expected


STAYS = [
    "L7 Pro多少钱？L5和TH01哪个好？新L7Pro要等多久？",
    "价格1299元，满500减50，￥2,999.00，退款金额12345元",
    "2024年6月1日、2024-06-01 12:30:45、20240601123000",
    "客服电话400-820-8820，每天9:00–21:00；也可打95338或10086",
    "节5号电池，4节7号电池，第3步，3号线",
    "路由器192.168.1.1，固件版本1.2.3.4",
    "门厚38–110mm，电压6V，2.4GHz，IP65防水",
    "广东省深圳市次日达，市区免运费，高新区也送",
    "验证码是6位数字，60秒内有效",
    "默认密码是123456，临时密码最长90天",
    "这位先生说安装师傅明天上门，项目经理在路上",
    "顾客您好，我是房东，房客高兴了",
    "安庐客服您好，我家门锁坏了",
    "客户先生女士都可以",
    "微信支付和微信WeChat都行",
    "谢谢",
    "我是昨天下单的，什么时候发货",
    "把手机靠近面板，听到“滴”一声。",
    "",
]


@pytest.mark.parametrize("text", STAYS)
def test_stays(text: str) -> None:
    assert redact(text) == type(redact(text))(text, ())


def test_offsets_are_those_of_the_text_given() -> None:
    text = "张伟：１３８００１３８０００"
    for item in redact(text).found:
        assert text[item.start : item.end] == item.text


def test_public_strings_stay() -> None:
    text = "写信到help@anlu.example"
    assert redact(text, keep=["help@anlu.example"]).text == text


def test_what_was_found_once_is_hidden_everywhere() -> None:
    result = redact("我是张伟。门是张伟装的。订单号AL2607280915，再说一遍AL2607280915")
    assert "张伟" not in result.text
    assert "AL2607280915" not in result.text


@pytest.mark.parametrize(
    "hostile",
    [
        "1",
        "王",
        "1 ",
        "a@",
        "省市区路号",
        "订单",
        " ",
        "\n",
        "1:",
        "王先生",
        "地址",
        "3栋",
        "〓",
        "A1-",
    ],
)
def test_time_grows_with_length_only(hostile: str) -> None:
    start = time.perf_counter()
    redact(hostile * (20_000 // len(hostile)))
    assert time.perf_counter() - start < 5


PERSONAL = st.sampled_from([text for text, _ in FOUND])
PLAIN = st.sampled_from(STAYS)
NOISE = st.text(
    st.sampled_from(
        "王李张安新京A省市区路街号栋室0123456789 -.:：，。\n@a是我先生收地址订单〔〕〓"
    ),
    max_size=60,
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PERSONAL | PLAIN | NOISE, max_size=5).map("\n".join))
def test_twice_is_once(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once


@settings(max_examples=300, deadline=None)
@given(st.lists(PERSONAL | PLAIN | NOISE, max_size=5).map("\n".join))
def test_the_rest_of_the_text_is_kept(text: str) -> None:
    result = redact(text)
    rebuilt, position = "", 0
    for item in result.found:
        assert item.start >= position
        assert item.text == text[item.start : item.end] != ""
        rebuilt += text[position : item.start] + PLACEHOLDERS[item.kind]
        position = item.end
    assert result.text == rebuilt + text[position:]


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=13000000000, max_value=19999999999), st.sampled_from(["", "-", " "]))
def test_every_mobile_number_is_hidden(number: int, gap: str) -> None:
    digits = str(number)
    written = gap.join([digits[:3], digits[3:7], digits[7:]])
    assert redact(f"请打{written}找我").text == "请打〔手机号〕找我"


@settings(max_examples=200, deadline=None)
@given(st.text("甲乙丙戊己庚,。！?零壹贰叁", max_size=80))
def test_text_without_personal_data_is_unchanged(text: str) -> None:
    assert redact(text).text == text


def test_check_digits() -> None:
    assert is_identity("11010519491231002X")
    assert not is_identity("110105194912310021")
    assert passes_luhn("4111111111111111")
    assert not passes_luhn("4111111111111112")
