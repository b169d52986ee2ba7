"""Realistic contexts for the pages about why something is found, and what is done about it."""

from __future__ import annotations

# Rows of sample text: one a line reads better than one word a line.
# fmt: off
# ruff: noqa: E501
from types import SimpleNamespace as Thing

from tests.web.gallery_desk import DESK
from tests.web.gallery_site import at

EFFECT = Thing(asked=180, all=407, judged=40, moved=3, better=1, worse=1, complete=False, more=0, rows=[Thing(text="门锁卡壳咋整", count=3, before="锁舌卡住、伸不出来怎么办？", after="门锁打不开怎么办？", tone="better"), Thing(text="锁舌卡住了", count=1, before="锁舌卡住、伸不出来怎么办？", after="门锁打不开怎么办？", tone="worse"), Thing(text="卡壳", count=1, before="", after="门锁打不开怎么办？", tone="")])
PAGES = {name: (template, {**DESK, **context}) for name, (template, context) in {
    "desk-why": ("desk/why.html", {"here": "articles", "q": "门锁卡壳咋整", "wanted": "", "covered": "门锁卡壳咋整", "choices": [], "reading": Thing(tokens=[("门锁", 1.0), ("卡壳", 1.0), ("咋整", 0.1)], synonyms={"卡壳": ("卡住", "卡死")}, quoted=(), excluded=(), corrected=None), "found": [Thing(id=i, title=t, url="#", probability=p, matched=m, parts=[("字面相似", 0.62, "0.62"), ("意思相近（最像的一句）", 0.81, "0.81")], chosen=i == 2, why_url="#") for i, t, p, m in ((1, "锁舌卡住、伸不出来怎么办？", 0.61, "门锁卡死打不开反锁"), (2, "门锁打不开怎么办？", 0.22, ""))], "expected": Thing(id=2, title="门锁打不开怎么办？", url="#", state="published", sentences=["这样问，它排第2，把握22%。第一是“锁舌卡住、伸不出来怎么办？”，把握61%。", "它的标题和相似问里没有“卡壳”。", "第一条的字面和问句更像。"], first=False, hidden=False, boost="0", unknown=["卡壳"], parts=[("字面相似", 0.31, "0.31")]), "remedies": {}, "boosts": [("1", "上调一点"), ("0", "不调")]}),
    "desk-why-empty": ("desk/why.html", {"here": "articles", "q": "", "wanted": "", "covered": "门锁卡壳咋整", "choices": [], "reading": None, "found": [], "expected": None, "remedies": {}, "boosts": []}),
    "desk-impact": ("desk/impact.html", {"here": "articles", "q": "门锁卡壳咋整", "article": Thing(id=2, title="门锁打不开怎么办？"), "does": "给“门锁打不开怎么办？”加一个相似问：“门锁卡壳咋整”", "fields": [("kind", "phrasing")], "can": True, "down": False, "fault": "", "going": "/desk/remedies/progress/1", "here_url": "#", "back_url": "#", "effect": EFFECT}),
    "desk-taken": ("desk/taken.html", {"here": "articles", "taken": [Thing(id=1, title="门锁没电打不开，人在门外怎么办？", url="#", count=12, examples=["没电了进不去门", "门锁没电", "电池没电怎么开门"])], "total": 12, "effect": EFFECT, "way": Thing(url="#", back_url="#", fields=[("question", "门锁没电了怎么开？")], title="门锁没电了怎么开？", merge_url="#", merge_field="into")}),
    "desk-pins": ("desk/pins.html", {"here": "settings", "can_pin": True, "pins": [Thing(id=1, text="国补怎么领", title="购机补贴怎么申请？", url="#", hidden=False, by="陆衡", at=at(11, 18, 9, 1), why_url="#"), Thing(id=2, text="双十一价格", title="活动价保怎么算？", url="#", hidden=True, by="陆衡", at=at(11, 12, 9, 1), why_url="#")], "moved": [Thing(id=3, title="门锁没电打不开，人在门外怎么办？", url="#", boost=1.0, hidden=False)]}),
    "desk-askings": ("desk/askings.html", {"here": "settings", "can_decide": True, "waiting": [Thing(id=1, text="换了手机怎么把门锁连回来", state="waiting", askers=5)], "adopted": [Thing(id=2, text="摄像头联网", state="adopted", askers=17)], "declined": [Thing(id=3, text="〔手机号〕这个号码怎么改", state="declined", askers=3)]}),
    "desk-askings-empty": ("desk/askings.html", {"here": "settings", "can_decide": True, "waiting": [], "adopted": [], "declined": []}),
}.items()}
