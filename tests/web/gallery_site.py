"""Sample things that the pages of the help site show."""

from __future__ import annotations

# Sample texts stand on one line.
# ruff: noqa: E501
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace as Thing
from typing import Any

from markupsafe import Markup

TZ = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 18, 10, 20, tzinfo=TZ)


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=TZ)


def links(*pairs: tuple[str, int]) -> list[Thing]:
    return [
        Thing(name=name, title=name, url="/category", count=count, current=False)
        for name, count in pairs
    ]


COMPANY = Thing(
    name="安庐",
    phone="400-000-6108",
    hours="每天9:00–21:00",
    wait="40分钟",
    mailbox="help@anlu.example",
)
NOTICE = Thing(
    title="紧急通知",
    text="受台风影响，宁波、台州的上门安装顺延1–2天，已约的客户会收到短信。",
    url="/notice",
    updated_at=at(11, 18, 9, 5),
    html=Markup(
        "<p>宁波、台州两市11月18日至19日的上门安装顺延1–2天，师傅会打电话另约时间。</p><h2>要做什么</h2>"
        "<p>不用做什么。想改到更晚，回复短信即可。</p>"
    ),
    ends_at=at(11, 20, 18),
    ended=False,
)
BODY = Markup("""<p>用指纹、密码或人脸就能开，都不需要手机和网络。一样都没录过，请家里的管理员在App里发一个一次性密码给您。</p>
<h2 id="try">按这个顺序试</h2>
<ol>
<li><p><strong>指纹或人脸</strong>：手掌碰一下面板，屏幕亮了再验证。</p></li>
<li><p><strong>开门密码</strong>：输完按#。想不起来别连着猜，错5次会锁定3分钟。</p></li>
<li><p><strong>请家人帮忙</strong>：借一部电话打给管理员，请他打开“安庐家”→门锁→“临时密码”→“一次性”，把8位数字念给您。</p></li>
<li><p><strong>面板不亮</strong>：多半是没电了，见<a href="#">门外应急供电</a>。</p></li>
</ol>
<blockquote><p><strong>注意：</strong>不要让陌生人用工具撬锁舌，撬坏不在保修范围内。</p></blockquote>
<h2 id="power">面板没电时</h2>
<table><thead><tr><th>型号</th><th>应急口</th><th>等多久</th></tr></thead>
<tbody><tr><td>L2</td><td>面板底部Type-C</td><td>约5秒</td></tr><tr><td>L5、L7 Pro</td><td>面板底部Type-C</td><td>约10秒</td></tr></tbody></table>
<h2 id="else">以上都不行</h2>
<p>打400-000-6108，9:00–21:00有人接。客服核对购买人之后，可以帮您约开锁师傅；不会、也不能远程替您开门。</p>
<ul><li>准备好订单号或购买人的手机号。</li><li>师傅到场后请出示身份证。</li></ul>""")
ARTICLE = Thing(
    id=1042,
    title="忘带钥匙也没带手机，怎么开门？",
    html=BODY,
    applies_to="L2、L5、L7 Pro",
    updated_at=at(10, 12),
    minutes=2,
    revision=6,
    language="zh",
    internal=False,
    url="/article",
)
REASONS = [
    ("unclear", "看不懂"),
    ("wrong", "和实际不一样"),
    ("unsolved", "照做了，没解决"),
    ("other", "不是我要问的"),
]
HITS = [
    Thing(
        title=Markup("<mark>门锁</mark>电池怎么换，换完要重新设置吗？"),
        url="/article",
        category="电池与供电",
        snippet=Markup(
            "L2用4节5号碱性电池，一起换掉。换电池不会丢指纹和密码，时间会自动校准；<mark>没电</mark>期间的记录也在……"
        ),
        updated_at=at(9, 30),
    ),
    Thing(
        title=Markup("<mark>没电</mark>之前会有什么提示？"),
        url="/article",
        category="电池与供电",
        snippet=Markup("电量低于20%时，每次开门会有三声短响，App也会提醒管理员。大约还能开150次……"),
        updated_at=at(8, 21),
    ),
    Thing(
        title=Markup("<mark>门锁</mark>一个月就<mark>没电</mark>，是坏了吗？"),
        url="/article",
        category="报警与故障",
        snippet=Markup(
            "先看是不是离网关太远：信号弱的时候门锁会反复重连，很耗电。把网关移到10米内，再观察一周……"
        ),
        updated_at=at(11, 2),
    ),
    Thing(
        title=Markup("充电宝接上还是不亮怎么办？"),
        url="/article",
        category="电池与供电",
        snippet=Markup(
            "换一根能传数据的线，充电宝选5V输出。有的充电宝电流太小会自动断开，按一下它的按键……"
        ),
        updated_at=at(2, 11, year=2025),
    ),
]
SUGGESTIONS = [
    Thing(
        id=11,
        title="门锁没电了，人在门外怎么办？",
        url="/article",
        snippet="用充电宝接面板底部的Type-C口，约10秒后面板会亮，再用指纹或密码开门。",
    ),
    Thing(
        id=12,
        title="门锁电池怎么换，换完要重新设置吗？",
        url="/article",
        snippet="L2换4节5号碱性电池，指纹和密码都还在。",
    ),
    Thing(
        id=13,
        title="充电宝接上还是不亮怎么办？",
        url="/article",
        snippet="换一根线，充电宝选5V输出。",
    ),
]
TREE = [
    Thing(
        name="门锁",
        url="/category",
        icon="lock",
        count=38,
        description="选锁装锁、开门、供电，还有报警和故障怎么处理。",
        children=links(("选购与安装", 9), ("开门方式", 12), ("电池与供电", 7), ("报警与故障", 10)),
    ),
    Thing(
        name="摄像头",
        url="/category",
        icon="camera",
        count=30,
        description="室内、户外摄像头和可视门铃。",
        children=links(("安装与联网", 8), ("画面与录像", 9), ("移动提醒", 6), ("可视门铃", 7)),
    ),
    Thing(
        name="安庐家App",
        url="/category",
        icon="phone",
        count=22,
        description="账号、家人共享、配网和隐私。",
        children=links(("账号与登录", 6), ("家人与共享", 5), ("配网与网关", 7), ("隐私与安全", 4)),
    ),
    Thing(
        name="云存与会员",
        url="/category",
        icon="cloud",
        count=10,
        description="云存套餐、续费、回看和下载。",
        children=links(("套餐与续费", 6), ("回看与下载", 4)),
    ),
    Thing(
        name="订单与售后",
        url="/category",
        icon="box",
        count=26,
        description="从付款、送货到退换、保修和发票。",
        children=links(
            ("下单与支付", 5),
            ("物流与安装预约", 6),
            ("退换与退款", 6),
            ("保修与维修", 5),
            ("发票", 4),
        ),
    ),
    Thing(
        name="企业客户",
        url="/category",
        icon="building",
        count=9,
        description="公寓、民宿、办公室的采购和批量管理。",
        children=links(("采购与合同", 5), ("安庐空间", 4)),
    ),
]
MENU = [
    Thing(
        title="门锁",
        icon="lock",
        url=None,
        entries=links(("打不开门", 12), ("没电了", 7), ("一直响、有故障", 10), ("选锁和安装", 9)),
    ),
    Thing(
        title="摄像头与App",
        icon="camera",
        url=None,
        entries=links(("连不上网", 8), ("画面和录像", 9), ("和家人一起用", 5), ("云存套餐", 6)),
    ),
    Thing(
        title="订单与售后",
        icon="box",
        url=None,
        entries=links(("物流和上门安装", 6), ("退换和退款", 6), ("保修和维修", 5), ("开发票", 4)),
    ),
]
TOP = [
    Thing(title=title, url="/article", askers=askers)
    for title, askers in (
        ("门锁没电了，人在门外怎么办？", 326),
        ("摄像头一直显示离线，怎么重新连？", 291),
        ("约好的上门安装时间怎么改？", 214),
        ("云存自动续费在哪里关？", 187),
        ("怎么给保姆一个只能白天用的密码？", 163),
        ("发票抬头写错了，能重开吗？", 141),
    )
]
CRUMBS = links(("门锁", 38), ("开门方式", 12))
PAGER = Thing(number=2, pages=4, total=38, prev_url="#", next_url="#")
MESSAGES = [
    Thing(
        mine=True,
        name="周琳",
        text="你好，上周刚装的L5，今天下班回来人脸一直不认，密码也说错误，最后锁定了。\n是不是坏了？",
        html=None,
        at=at(11, 17, 19, 41),
        automatic=False,
        files=[Thing(name="面板.jpg", url="#", size=482133)],
    ),
    Thing(
        mine=False,
        name="安庐",
        text="已经收到，何川会在今天21:00前回复您。",
        html=None,
        at=at(11, 17, 19, 41),
        automatic=True,
        files=[],
    ),
    Thing(
        mine=False,
        name="何川",
        text="周琳您好，连续错5次会锁定3分钟，时间到了会自己恢复。人脸不认多半是逆光，请站近一步再试。",
        html=None,
        at=at(11, 18, 9, 26),
        automatic=False,
        files=[],
    ),
]
TICKET = Thing(
    number="AL-1042",
    subject="人脸不认，密码也进不去",
    state="waiting",
    created_at=at(11, 17, 19, 41),
    expected="客服在看，今天15:00前回复您。",
    url="https://help.anlu.example/t/8fJ2kQ-3vTz1",
)
SITE: dict[str, Any] = {
    "lang": "zh-CN",
    "theme": "",
    "now": NOW,
    "tz": TZ,
    "company": COMPANY,
    "notices": [],
    "other_language": ("/?lang=en", "English", "en"),
    "q": "",
    "nonce": "",
}
VALUES = {
    "text": "门锁没电打不开。昨天晚上面板就不亮了，充电宝接上也没反应。",
    "mail": "lin.zhou@example",
    "name": "周琳",
    "order": "",
}
