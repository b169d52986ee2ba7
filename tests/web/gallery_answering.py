"""Realistic contexts for the pages about answering: roll-out, limits, back-tests, corrections."""

from __future__ import annotations

# Rows of sample text: one a line reads better than one word a line.
# fmt: off
# ruff: noqa: E501
from types import SimpleNamespace as Thing
from typing import Any

from autoreply.holdout import Arm, Effect
from tests.web.gallery_site import at

TABS = [Thing(words=w, url="#", count=None, current=n == 1) for n, w in enumerate(("每封的判断", "逐步开启", "试算", "限额", "省了多少"))]
MODES = [("off", "不自动回", "每封都转成工单，什么也不发。"), ("shadow", "影子模式", "照样判断，记下本来会回什么，但不发。"), ("draft", "替客服写好", "把回复写好放在工单里，客服看一眼，点一下才发。"), ("share", "先给一部分客户", "只给固定的一部分客户自动回。"), ("on", "有把握就回", "把握够大就自动回，不够就转人工。")]
CATEGORIES = [("门锁", 0, "on", "有把握就回", False, 212, 206, 41, 39), ("开门方式", 1, "share", "先给一部分客户，20%", False, 64, 62, 12, 3), ("售后纠纷", 0, "shadow", "影子模式", True, 0, 0, 6, 0), ("云存与账单", 0, "draft", "替客服写好", False, 31, 27, 9, 0)]
VALUES = {"mode": "shadow", "share": "20", "holdout": "5", "precision": "95", "margin": "20", "coverage": "0", "fewest_known": "30", "least_articles": "25"}
PAUSE = Thing(id=3, words="退信太多", who="所有人", began_at=at(11, 18, 9, 2), until=at(11, 18, 10, 40), stopped=17, lifted_at=None, lifted_by="")
RESULT = {"mails": 512, "asked": 338, "answered": 139, "compared": 118, "same": 110, "taught": 21, "answered_share": 0.411, "same_share": 0.932, "categories": [{"category": "门锁 › 开门方式", "asked": 120, "answered": 71, "compared": 60, "same": 58, "taught": 9, "answered_share": 0.592, "same_share": 0.967}, {"category": "", "asked": 40, "answered": 0, "compared": 0, "same": 0, "taught": 0, "answered_share": 0.0, "same_share": None}]}
TEST = Thing(id=4, name="库里最近500封", state="done", state_words="算完了", who="陆衡", at=at(11, 18, 9), done=512, total=512, answered=0.411, same=0.932, url="#")
GOING = Thing(id=5, name="support-2025.mbox", state="running", state_words="正在算", who="陆衡", at=at(11, 18, 10), done=180, total=400, answered=None, same=None, url="#")
LINES = [{"question": "门锁没电了，人在门外怎么开门？", "subject": "求助", "sender": "lin.zhou@example.com", "band": "answer", "title": "门锁没电了，人在门外怎么办？", "url": "#", "category": "门锁", "probability": 0.97, "reply": "周女士您好，用充电宝插外面板最底下的口就能开。", "likeness": 0.81, "same": True, "taught": False}, {"question": "发票抬头写错了能不能重开", "subject": "发票", "sender": "lxm@example.com", "band": "answer", "title": "发票抬头或税号写错了，怎么重开？", "url": "#", "category": "订单", "probability": 0.95, "reply": "已经帮您转给财务了。", "likeness": 0.12, "same": False, "taught": True}, {"question": "你们招实习生吗", "subject": "", "sender": "a@example.com", "band": "human", "title": "", "url": "", "category": "", "probability": 0.0, "reply": "", "likeness": None, "same": None, "taught": False}]
TOLD = [Thing(name="周琳", address="lin.zhou@example.com", version=6, probability=96, at=at(11, 18, 8, 41), state="", mail_url="#", ticket_url="#"), Thing(name="", address="gone@example.com", version=6, probability=95, at=at(11, 17), state="bounced", mail_url="#", ticket_url=None), Thing(name="吴桐", address="wt@example.com", version=5, probability=93, at=at(11, 16), state="corrected", mail_url="#", ticket_url="#")]
ABOUT_TOLD = {"here": "articles", "article": {"id": 1042, "question": "门锁没电了，人在门外怎么办？"}, "versions": [("", "全部版本，3封"), (6, "第6版，2封")], "filters": {"version": "6", "since": "", "until": ""}, "rows": TOLD, "total": 3, "pager": None, "count": 2, "foreign": 1, "left_out": 1, "values": {"text": "您好：\n\n那封信里的电池型号写错了。", "text_en": "Hello,\n\nthe battery was wrong."}, "errors": {}, "preview": [], "can_correct": True, "past": [Thing(at=at(11, 15), who="陆衡", text="您好：\n\n型号写错了。", queued=12, sent=10, failed=1, waiting=1, left_out=2)]}

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "desk-rollout": ("desk/rollout.html", {"here": "decisions", "tabs": TABS, "modes": [{"value": v, "words": w, "note": n, "chosen": v == "shadow"} for v, w, n in MODES], "values": VALUES, "errors": {"share": "这里填1到100之间的整数。"}, "can_write": True, "everything": "按模型自己的把握", "measured_at": at(11, 18, 10), "fewest": 30, "rows": [Thing(id=n, name=c[0], depth=c[1], mode=c[2], mode_words=c[3], own=c[1] == 0, never=c[4], target="95%", gate="把握91%起，按这里的结果", known=c[5], right=c[6], wanted=c[7], sent=c[8], url="#") for n, c in enumerate(CATEGORIES)]}),
    "desk-rollout-empty": ("desk/rollout.html", {"here": "decisions", "tabs": TABS, "modes": [], "values": VALUES, "errors": {}, "can_write": False, "everything": "按模型自己的把握", "measured_at": None, "fewest": 30, "rows": []}),
    "desk-rollout-topic": ("desk/rollout_topic.html", {"tabs": TABS, "category": "云存与账单", "category_id": 4, "modes": [("", "随上级：影子模式"), *((v, f"{w}：{n}") for v, w, n in MODES)], "values": {"mode": "draft", "share": "", "precision": "97", "margin": "", "coverage": "", "never": "1"}, "above": {"share": "20", "precision": "95", "margin": "20", "coverage": "0"}, "never_above": True, "errors": {"precision": "这里填50到100之间的数。"}, "gate": "按模型自己的把握", "known": 12, "right": 11, "fewest": 30}),
    "desk-quotas": ("desk/quotas.html", {"tabs": TABS, "holding": [PAUSE], "past": [Thing(id=1, words="一位客户今天的次数用完了", who="a@example.com", began_at=at(11, 17), until=at(11, 18), stopped=2, lifted_at=at(11, 17, 12), lifted_by="陆衡")], "gauges": [Thing(words="最近一分钟发出", used=12, limit=60), Thing(words="最近一小时退回的百分比", used=31, limit=20)], "values": {"per_sender_day": "5", "per_thread": "1", "per_domain_hour": "60", "per_minute": "60", "bounce_share": "20", "pause_minutes": "15", "oldest_days": "3"}, "errors": {}, "strict_sender": 3, "can_write": True, "alarms": [Thing(words="自动回复停了：一分钟里发得太多。", until=at(11, 18, 11), url="#", link="看限额"), Thing(words="help@anlu.example收不到信了，新来的信还留在邮箱里。", until=None, url="#", link="看邮箱")]}),
    "desk-backtests": ("desk/backtests.html", {"tabs": TABS, "rows": [GOING, TEST], "running": False, "lasts": [(500, "最近500封")], "errors": {"mbox": "请先选一个mbox文件。"}, "limit": 8, "can_run": True}),
    "desk-backtests-empty": ("desk/backtests.html", {"tabs": TABS, "rows": [], "running": True, "lasts": [], "errors": {}, "limit": 8, "can_run": True}),
    "desk-backtest": ("desk/backtest.html", {"about": None, "tabs": TABS, "one": TEST, "error": "", "result": RESULT, "skipped": [("不是人写的", 104), ("接着以前的往来写的", 70)], "filters": [Thing(words="全部", url="#", count=338, current=True), Thing(words="客服说的不一样", url="#", count=8, current=False)], "lines": LINES, "pager": None, "can_run": True}),
    "desk-backtest-going": ("desk/backtest.html", {"tabs": TABS, "one": GOING, "error": "", "result": {}, "skipped": [], "filters": [], "lines": [], "pager": None, "can_run": True}),
    "desk-saving": ("desk/saving.html", {"tabs": TABS, "ranges": [Thing(words="90天", url="#", count=None, current=True)], "effect": Effect(Arm(412, 41, 66, 38, 31, 412), Arm(24, 4800, 402, 3, 24, 23), None, None, None), "lines": [Thing(name="等到第一封回复（中位数）", answered="41秒", held_out="80分钟", gap="", sure=None, good=True), Thing(name="客服花的时间（平均）", answered="1.1分钟", held_out="6.7分钟", gap="-5.6分钟（-7.3到-3.9）", sure=True, good=True), Thing(name="一周里又来问的", answered="9%（38封）", held_out="12%（3封）", gap="-3个百分点（-22到+6）", sure=False, good=True)], "summary": "自动回复一共省下客服大约38.5小时，多半在26.8到50.1小时之间。", "fewest": 20, "holdout": 5}),
    "desk-told": ("desk/told.html", ABOUT_TOLD),
    "desk-told-preview": ("desk/told.html", {**ABOUT_TOLD, "preview": ["周琳，您好：\n\n那封信里的电池型号写错了。\n\n--\n全部往来和进度：https://help.anlu.example/t/…"]}),
    "desk-told-empty": ("desk/told.html", {**ABOUT_TOLD, "rows": [], "total": 0, "count": 0, "past": []}),
}
