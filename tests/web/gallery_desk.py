"""Realistic contexts for every template of the desk, as their first comments describe them."""

from __future__ import annotations

# Rows of sample text: one a line reads better than one word a line.
# fmt: off
# ruff: noqa: E501
import json
from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

from markupsafe import Markup

from tests.web.gallery_charts import CHANNEL_SVG, CHANNELS, TREND, TREND_SVG
from tests.web.gallery_site import ARTICLE, SITE, SUGGESTIONS, at, links

BUILD = Path(__file__).resolve().parents[2] / "web" / "static" / "build"
BUILT = json.loads((BUILD / "manifest.json").read_text())
ME = Thing(display_name="许知微", name="xuzhiwei", role="admin", team="安庐客服一组")
DESK: dict[str, Any] = {
    **SITE, "me": ME, "counts": Thing(inbox=12, harvest=8, review=2), "here": "", "undoables": [],
}


def tab(words: str, count: int | None = None, *, current: bool = False) -> Thing:
    return Thing(words=words, url="#", count=count, current=current)


TABS = [tab("待回复", 12, current=True), tab("我的", 5), tab("等客户", 9), tab("已解决"), tab("垃圾")]
PAGER = Thing(number=1, pages=3, total=52, prev_url=None, next_url="#")
MAILBOX = ("周琳 <lin.zhou@example.com>", "安庐 <help@anlu.example>")


def row(name: str, channel: str, subject: str, snippet: str, tag: tuple[str, str] | None, minutes: int,
        *, unread: bool = False, late: bool = False, language: str = "zh") -> Thing:
    return Thing(id=1, number="AL-1042", url="/ticket", name=name, channel=channel, subject=subject, snippet=snippet,
                 tag=tag, waiting=minutes * 60, unread=unread, late=late, language=language, at=at(11, 18))


TICKETS = [
    row("周琳", "mail", "人脸不认，密码也进不去", "等了三分钟还是不行，我现在在门外，能不能先让我进去？", ("没解决，转人工", "zhu"), 52, unread=True, late=True),
    row("陈启明", "form", "订单显示已签收，但是没有收到", "物流写的是放在快递柜，可是我们小区没有快递柜。订单AL2609150412。", ("猜您想问3条", "zhe"), 31, unread=True),
    row("吴桐", "mail", "L7 Pro能不能装在铜门上", "门厚大概95毫米，门边有一圈装饰条，怕锁体装不进去。", ("猜您想问2条", "zhe"), 24, unread=True),
    row("林小满", "wechat", "发票抬头写错了", "应该是“杭州拾光文化有限公司”，税号没有错，麻烦改一下。", ("影子：会直接回答", "qing"), 18),
    row("赵一鸣", "mail", "改安装时间", "原来约的周六上午，想改到周日下午三点以后。", ("影子：会直接回答", "qing"), 12),
    row("Daniel Reed", "mail", "Replacement battery for L5", "Which battery do I need, and do you ship to Suzhou SIP?", ("转人工", ""), 6, language="en"),
    row("马冬", "mail", "我要退货，请人工联系我", "不想再看链接了，请直接给我打电话。", ("客户要求人工", "zhu"), 3),
]
MESSAGES = [
    Thing(id=1, kind="customer", name="周琳", channel="mail", at=at(11, 18, 8, 41), text="你好，上周刚装的L5，今天早上出门倒垃圾，回来人脸一直不认，密码也说错误。是不是坏了？", quoted="", has_html=True, images_blocked=2, delivery="", decision=None,
          files=[Thing(id=1, name="面板.jpg", size=482133, dangerous=False), Thing(id=2, name="安装单.doc.exe", size=20133, dangerous=True)]),
    Thing(id=2, kind="automatic", name="", channel="mail", at=at(11, 18, 8, 41), text="客户点了“没解决，转人工”。", quoted="", has_html=False, images_blocked=0, delivery="", files=[],
          decision=Thing(id=9, band="answer", probability=0.96, article=Thing(title="连续输错密码，门锁锁定了怎么办？", url="/article"))),
    Thing(id=3, kind="customer", name="周琳", channel="mail", at=at(11, 18, 9, 26), text="等了三分钟还是不行，人脸那里一直转圈。\n我现在在门外，能不能先让我进去？", quoted="在2026年11月18日8:41，安庐写道：\n> 连续错5次会锁定3分钟……", has_html=False, images_blocked=0, delivery="", files=[], decision=None),
    Thing(id=4, kind="note", name="何川", channel="mail", at=at(11, 18, 9, 40), text="查过，她家是逆光的西门，固件还是1.2。", quoted="", has_html=False, images_blocked=0, delivery="", files=[], decision=None),
]
TICKET = Thing(id=1042, number="AL-1042", subject="人脸不认，密码也进不去", state="new", channel="mail", spam=False, waiting=52 * 60, late=True, person_asked=False)
ANSWERS = [
    Thing(id=11, title="逆光时人脸认不出来怎么办？", url="/article", public_url="https://help.anlu.example/a/11", probability=0.91, snippet="站近一步，让脸占满取景框；西晒的门下午最容易逆光……", text="站近一步，让脸占满取景框。"),
    Thing(id=12, title="怎么请管理员发一次性密码？", url="/article", public_url="https://help.anlu.example/a/12", probability=0.74, snippet="管理员打开“安庐家”→门锁→“临时密码”……", text="请管理员发一次性密码。"),
    Thing(id=13, title="门锁固件怎么升级？", url="/article", public_url="https://help.anlu.example/a/13", probability=0.38, snippet="", text="升级固件。"),
]
CONTACT = Thing(id=7, name="周琳", language="zh", note="", segments=[], erased=False,
                facts=[("型号", "L5，2026年11月购买"), ("保修", "到2029年11月9日"), ("地区", "杭州，城区当天上门")])
EVENTS = [
    Thing(at=at(11, 18, 9, 24), html="点了“没解决，转人工”", bad=True),
    Thing(at=at(11, 18, 9, 2), html=Markup("看了 <a href='/article'>门锁锁定了怎么办</a> 4分钟"), bad=False),
    Thing(at=at(11, 18, 8, 39), html="搜了“人脸打不开门”", bad=False),
    Thing(at=at(11, 9, 15), html="上门安装L5，订单AL2611050412", bad=False),
    Thing(at=at(3, 4, 10), html="工单AL-0873“摄像头离线”，已解决", bad=False),
]
ROWS = [
    Thing(id=n, question=q, state=s, category=c, audience=a, owner="陆衡", updated_at=at(m, d), changed=ch, views=v, helpful=h, due=due, publish_at=None, url="/editor", phrasings=4)
    for n, (q, s, c, a, m, d, ch, v, h, due) in enumerate([
        ("忘带钥匙也没带手机，怎么开门？", "published", "门锁 / 开门方式", "public", 10, 12, True, 1204, 0.87, False),
        ("门锁没电了，人在门外怎么办？", "published", "门锁 / 电池与供电", "public", 11, 2, False, 3260, 0.93, False),
        ("逆光时人脸认不出来怎么办？", "in_review", "门锁 / 开门方式", "public", 11, 17, False, 0, None, False),
        ("远程费怎么算", "published", "订单与售后", "internal", 6, 1, False, 88, None, True),
        ("门铃冬天掉电快，正常吗？", "draft", "摄像头 / 可视门铃", "public", 11, 18, False, 0, None, False),
        ("旧款网关G0怎么接入？", "archived", "", "public", 2, 8, False, 12, 0.4, False),
    ])
]
EDIT = {
    "article": Thing(id=1042, state="in_review", version=7, live_version=6, public_url="/article", known=True),
    "values": {"question": "忘带钥匙也没带手机，怎么开门？", "phrasings": "两手空空被关在门外了\n钥匙手机都落家里进不去\n什么都没带能不能进门\n出门倒垃圾门自己锁上了",
               "body": "用指纹、密码或人脸就能开，都不需要手机和网络。\n\n## 按这个顺序试\n\n1. **指纹或人脸**：手掌碰一下面板，屏幕亮了再验证。\n2. **开门密码**：输完按#。\n",
               "category_id": 3, "audience": "public", "language": "zh", "applies_to": "", "owner_id": 1, "reviewer_id": 2, "review_on": "2027-05-01", "when": "at", "publish_at": "2026-11-20T09:00", "expire_at": "", "note": ""},
    "errors": {}, "categories": [(3, "门锁 / 开门方式"), (4, "门锁 / 电池与供电")], "audiences": [("public", "公开，所有人能看到"), ("internal", "仅内部")],
    "languages": [("zh", "中文"), ("en", "English")], "owners": [(1, "陆衡")], "reviewers": [(2, "陆衡"), (3, "程述")],
    "suggestions": [Thing(text="出门拿快递被锁外面了", count=6), Thing(text="人在外面家里没人咋进去", count=4)],
    "neighbours": [Thing(title="门锁没电了，人在门外怎么办？", url="#", likeness=0.64), Thing(title="一次性密码怎么发？", url="#", likeness=0.41)],
    "hints": [Thing(ok=False, icon="note", text="“对其进行验证”绕了。试试“验证其”。", found="对其进行验证", better="验证其", field="body_md"), Thing(ok=True, icon=None, text="标题是客户的问法", found=""), Thing(ok=True, icon=None, text="第一段就给了答案", found=""), Thing(ok=False, icon="img", text="还没有图", found="")],
    "phrasing_uses": {"出门倒垃圾门自己锁上了": 12},
    "stats": Thing(characters=312, minutes=1), "saved_at": at(11, 18, 10, 12), "can_review": True, "can_publish": True, "can_archive": True, "live_url": "#",
    "crumbs": links(("门锁", 1), ("开门方式", 1)),
}
QUEUE = [
    Thing(id=i, question=q, tickets=t, minutes=m, url="#", current=i == 0)
    for i, (q, t, m) in enumerate([("户外摄像头冬天能用吗？", 6, 48), ("门锁能装在推拉门上吗？", 5, 41), ("租房退租，门锁怎么拆走？", 5, 36), ("夜里门锁自己响一声是什么？", 4, 20), ("一张存储卡能换着用吗？", 4, 18), ("旧锁以旧换新怎么折价？", 3, 15)])
]
CANDIDATE = {
    "queue": QUEUE, "candidate": Thing(id=5, question="户外摄像头冬天能用吗？", redactions=4, tickets=6, minutes=48, category="摄像头 / 安装与联网", audience="public", would_answer=11,
        phrasings=["零下十几度会不会冻坏", "东北能装吗", "低温掉线"],
        html=Markup("<p>C3零下20度以内都能用，再冷会自动关机，回暖后自己恢复。屋檐下、避风的位置最好。</p><p>例如 <mark class='hide'>姓名</mark>（<mark class='hide'>手机号</mark>）的订单 <mark class='hide'>订单号</mark>，装在 <mark class='hide'>地址</mark> 朝北的院子，换成PoE供电后一冬没有掉线。</p>")),
    "sources": [Thing(number="AL-0991", subject="C3冻住了", url="#", agent="何川"), Thing(number="AL-0973", subject="零下能用吗", url="#", agent="许知微")],
    "similar": [Thing(id=31, title="户外摄像头C3怎么安装？", url="#", likeness=0.62, gap="讲了防水，没有讲温度。"), Thing(id=32, title="摄像头经常掉线怎么办？", url="#", likeness=0.35, gap="没有提到低温。")],
    "values": {"question": "户外摄像头冬天能用吗？", "answer": "C3零下20度以内都能用……", "phrasings": "东北能装吗", "category_id": 3}, "errors": {}, "categories": EDIT["categories"], "editing": False, "can_publish": True, "askers": 5,
}
MAIL = Thing(subject="回复：人脸不认，密码也进不去", from_="安庐 <help@anlu.example>", to=MAILBOX[0], at=at(11, 18, 10, 2), kind="客服回复", state="failed", error="对方邮箱说收件人不存在（550）。请在联系人里核对邮箱，再试一次。", text="周琳您好：\n站近一步再试。", size=4821, files=[Thing(id=1, name="说明.pdf", size=90211, dangerous=False)], images_blocked=2)
DECISIONS = [
    Thing(id=1, subject="人脸不认，密码也进不去", from_=MAILBOX[0], band="answer", probability=0.96, article="门锁锁定了怎么办？", sent=True, rule="", at=at(11, 18, 8, 41), url="#", right=None),
    Thing(id=2, subject="改安装时间", from_="赵一鸣 <zhao@example.com>", band="suggest", probability=0.71, article="", sent=False, rule="", at=at(11, 18, 8, 2), url="#", right=True),
    Thing(id=3, subject="自动答复：我在休假", from_="bot@example.com", band="human", probability=None, article="", sent=False, rule="对方是自动回复，不回", at=at(11, 17, 20), url="#", right=None),
]
FIELDS = [("c:1", "门锁"), ("c:2", "门锁 / 开门方式"), ("a:11", "门锁没电了，人在门外怎么办？"), ("", "不用")]
ICONS = [("lock", "锁"), ("camera", "摄像头"), ("box", "盒子")]
ROLES = [("agent", "客服"), ("editor", "编辑"), ("admin", "管理员")]
ROOMS = [Thing(url="#", icon=i, name=n, note=t) for i, n, t in (("alert", "紧急通知", "挂在每一页最上面"), ("list", "首页目录", "三组，每组四条"), ("tag", "分类", "条目放在哪里"), ("book", "词典", "同义词和专用词"), ("mail", "收到的邮件", "原信和处理结果"), ("users", "用户", "谁能进来"), ("key", "接口令牌", "给别的程序用"), ("clock", "后台任务", "排队和失败的"), ("history", "操作记录", "谁改了什么"))]
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "desk-inbox": ("desk/inbox.html", {"here": "inbox", "tabs": TABS, "channels": [("", "全部渠道"), ("mail", "邮件")], "categories": [("", "全部分类")], "sorts": [("", "等得最久在前")], "chosen": {"tab": ""}, "tickets": TICKETS, "oldest": 3120, "target": 3600, "total": 12, "more_url": "#", "undoables": [Thing(message_id=3, to="周琳", seconds=9)], "_flashes": [("ok", "已经回复周琳，工单标为已解决。")]}),
    "desk-inbox-empty": ("desk/inbox.html", {"here": "inbox", "tabs": TABS, "channels": [], "categories": [], "sorts": [], "chosen": {}, "tickets": [], "oldest": None, "target": 3600, "total": 0}),
    "desk-ticket": ("desk/ticket.html", {"prepared": Thing(probability=0.93, title="逆光时人脸认不出来怎么办？"), "most_files": 5, "most_bytes": 10485760, "here": "inbox", "ticket": TICKET, "contact": CONTACT, "messages": MESSAGES, "suggestions": ANSWERS, "users": [(1, "许知微"), (2, "何川")], "assignee_id": 1, "values": {"text": "周琳您好，西晒的门下午容易逆光，请站近一步，让脸占满取景框。还进不去的话，请家里的管理员发一个一次性密码给您。"}, "errors": {}, "used": "11", "inserted": "逆光时人脸认不出来怎么办？", "signature": "许知微\n安庐客服 400-000-6108", "events": EVENTS, "can_reply": True, "reply_to": "周琳，邮件", "others": ["何川"]}),
    "desk-articles": ("desk/articles.html", {"here": "articles", "tabs": [tab("全部", 138, current=True), tab("草稿", 3), tab("等审核", 2), tab("已发布", 126), tab("该复查", 4), tab("已下线", 3)], "categories": [("", "全部分类")], "owners": [("", "全部负责人")], "chosen": {}, "articles": ROWS, "pager": PAGER}),
    "desk-editor": ("desk/editor.html", EDIT),
    "desk-editor-rich": ("desk/editor.html", {**EDIT, "body_html": str(ARTICLE.html), "editor_js": f"/static/build/{BUILT['editor.js']}", "editor_css": f"/static/build/{BUILT['editor.css']}", "returned": Thing(name="陆衡", note="第2步再短一点。")}),
    "desk-editor-new": ("desk/editor.html", {**EDIT, "article": Thing(id=None, state="draft", version=0, live_version=None, public_url=None), "values": {"question": "", "body": "", "phrasings": "", "when": "review"}, "errors": {"question": "标题还空着。写上客户会怎么问。"}, "can_review": False, "can_publish": False, "suggestions": [], "neighbours": [], "hints": [], "stats": None, "saved_at": None, "crumbs": [], "live_url": None}),
    "desk-preview": ("desk/preview.html", {"here": "articles", "article": ARTICLE, "edit_url": "#", "live": False, "shown_to": "所有人"}),
    "desk-revisions": ("desk/revisions.html", {"here": "articles", "article": Thing(id=1042, question=ARTICLE.title, version=7, live_version=6), "revisions": [Thing(number=n, author="陆衡", note="补充没电的情况" if n == 6 else "", created_at=at(10, 5 + n), current=n == 7, live=n == 6, diff_url="#", characters=n * 12 - 50) for n in (7, 6, 5, 4)]}),
    "desk-diff": ("desk/diff.html", {"here": "articles", "article": Thing(id=1042, question=ARTICLE.title), "old": Thing(number=6, author="陆衡", created_at=at(10, 11), live=True), "new": Thing(number=7, author="许知微", created_at=at(11, 18, 10, 12), live=False), "parts": [Thing(name="正文", page=True, html=Markup("用指纹、密码或人脸就能开，<del>不需要手机</del><ins>都不需要手机和网络</ins>。")), Thing(name="相似问", page=False, html=Markup("<ins>出门倒垃圾门自己锁上了</ins>"))]}),
    "desk-merge": ("desk/merge.html", {"here": "articles", "article": Thing(id=1042), "theirs": Thing(number=8, author="陆衡", created_at=at(11, 18, 10, 15), side=Thing(question=ARTICLE.title, body=Markup("<p>用指纹、密码<del>或人脸</del>就能开。</p>"), phrasings=[("两手空空被关在门外了", True)])), "mine": Thing(question=ARTICLE.title, body="用指纹、密码就能开，不用手机。", phrasings="什么都没带能不能进门", fields={"category_id": "3", "audience": "public"}, side=Thing(question=ARTICLE.title, body=Markup("<p>用指纹、密码就能开<ins>，不用手机</ins>。</p>"), phrasings=[("什么都没带能不能进门", True)])), "body_html": "<p>用指纹、密码就能开，不用手机。</p>", "editor_js": f"/static/build/{BUILT['editor.js']}", "editor_css": f"/static/build/{BUILT['editor.css']}"}),
    "desk-harvest": ("desk/candidate.html", {"here": "harvest", **CANDIDATE}),
    "desk-harvest-list": ("desk/harvest.html", {"here": "harvest", "queue": QUEUE, "done": 4}),
    "desk-harvest-empty": ("desk/harvest.html", {"here": "harvest", "queue": [], "done": 4}),
    "desk-insight": ("desk/insight.html", {"here": "insight", "ranges": [tab("7天"), tab("14天", current=True), tab("90天")], "period": "11月5日至11月18日，与前两周相比",
        "figures": [Thing(name="自助解决", value="68.4", unit="%", change="多了4.6个百分点", good=True, note="2,329次提问"), Thing(name="自动回复答对", value="96.2", unit="%", change="", good=None, note="抽查210封，目标95%"), Thing(name="人工首次回复", value="38", unit="分钟", change="快了9分钟", good=True, note="中位数"), Thing(name="搜不到的提问", value="5.8", unit="%", change="多了2个百分点", good=False, note="其中34次问防冻")],
        "trend": Thing(title="自助解决率", note="每周，所有渠道", points=TREND, target=0.65, svg=TREND_SVG), "channels": Thing(title="各渠道的结果", note="最近14天", rows=CHANNELS, svg=CHANNEL_SVG),
        "days": [Thing(label=f"11月{d}日", questions=160 + d, zero=6, no_click=21, tickets=9) for d in (18, 17, 16)],
        "todo": [Thing(question="户外摄像头冬天能用吗？", url="#", count=34, now="没有条目", minutes=41, action="写这条", action_url="#"), Thing(question="改预约时间", url="#", count=52, now="有条目，一半人看完仍转人工", minutes=33, action="改这条", action_url="#")]}),
    "desk-insight-empty": ("desk/insight.html", {"here": "insight", "ranges": [tab("7天", current=True)], "period": "还没有数据", "figures": [], "trend": None, "channels": None, "days": [], "todo": []}),
    "desk-suppressed": ("desk/suppressed.html", {"here": "outbox", "asked": "", "can_lift": True, "pager": None, "lines": [Thing(address="gone@example.com", why="退回来了", detail="5.1.1", at=at(11, 17), bounced=True), Thing(address="quiet@example.com", why="不要自动邮件", detail="", at=at(11, 16), bounced=False)]}),
    "desk-wordings": ("desk/wordings.html", {"here": "settings", "languages": {"zh": "简体中文", "zh-Hant": "繁体中文", "en": "英文"}, "kinds": [Thing(name="自动回复", note="有把握时，直接把答案发给客户", cells=[Thing(url="#", language="简体中文", words="改过", changed_at=at(11, 17), changed_by="许知微", fault="KeyError"), Thing(url="#", language="繁体中文", words="跟着简体", changed_at=None, changed_by="", fault=""), Thing(url="#", language="英文", words="原样", changed_at=None, changed_by="", fault="")])]}),
    "desk-wording": ("desk/wording.html", {"here": "settings", "kind": "answer", "language": "zh", "name": "自动回复", "note": "有把握时，直接把答案发给客户", "languages": [("简体中文", "#", True), ("英文", "#", False)], "values": {"subject": "", "greeting": "{客户}，您好：", "body": "{答案}", "closing": ""}, "errors": {"body": "正文里少了“已解决链接”，客户会找不到它。点一下就插进来。"}, "has_subject": False, "chips": [Thing(mark="{客户}", name="客户", note="客户的名字", needed=False), Thing(mark="{已解决链接}", name="已解决链接", note="“已解决”按钮", needed=True)], "changed": True, "fault": "", "versions": [Thing(number=2, at=at(11, 17), by="许知微", ours=False), Thing(number=1, at=at(11, 16), by="许知微", ours=True)], "limits": {"subject": 120, "greeting": 120, "body": 4000, "closing": 600}, "email": "", "tried": False}),
    "desk-outbox": ("desk/outbox.html", {"here": "outbox", "captured": True, "tabs": [tab("全部", 3, current=True)], "pager": None, "mails": [Thing(id=i, to=MAILBOX[0], subject=s, kind=k, state=t, at=at(11, 18, 9, i), error="对方邮箱说收件人不存在（550）" if t == "failed" else "", ticket_url="#", url="#") for i, (s, k, t) in enumerate([("回复：人脸不认", "客服回复", "queued"), ("门锁锁定了怎么办？", "自动回复", "sent"), ("已经收到您的来信", "回执", "failed")])]}),
    "desk-mail": ("desk/mail.html", {"here": "outbox", "mail": MAIL, "frame_url": None, "headers": [("Message-ID", "<8fJ2@anlu.example>"), ("Auto-Submitted", "no")], "ticket": Thing(number="AL-1042", url="#"), "decision_url": "#", "retry_url": "#"}),
    "desk-decisions": ("desk/decisions.html", {"here": "decisions", "rooms": [tab("每封的判断", current=True), tab("逐步开启")], "mode": "shadow", "tabs": [tab("全部", 3, current=True), tab("直接回答", 1)], "decisions": DECISIONS, "pager": None, "one": Thing(id=1, held="", target=0.95, tried=[Thing(text="人脸一直不认", probability="96%，要85%", source="模型自己的把握", margin="56%，要20%", coverage="90%，要0%")], subject="人脸不认，密码也进不去", question="人脸一直不认，密码也说错误，是不是坏了？", band="answer", probability=0.96, sent=True, mode="on", at=at(11, 18, 8, 41), outcome="", ticket_url="#", mail_url="#", rules=[Thing(id="N01", words="写信的是真人", passed=True), Thing(id="N18", words="对方今天还没收过5封自动回复", passed=True), Thing(id="N22", words="不在不自动回的分类里", passed=False)], matches=[Thing(title=s.title, url="#", probability=p, matched="密码输错被锁") for s, p in zip(SUGGESTIONS, (0.96, 0.4, 0.2), strict=True)])}),
    "desk-contacts": ("desk/contacts.html", {"here": "contacts", "q": "", "pager": PAGER, "contacts": [Thing(id=7, name="周琳", identities=[Thing(kind="mail", value="lin.zhou@example.com", verified=True), Thing(kind="wechat", value="lin-zhou", verified=False)], tickets=3, last_at=at(11, 18, 9, 26), url="#"), Thing(id=8, name="", identities=[Thing(kind="mail", value="daniel@example.com", verified=False)], tickets=1, last_at=at(11, 17), url="#")]}),
    "desk-contact": ("desk/contact.html", {"here": "contacts", "contact": CONTACT, "identities": [Thing(kind="mail", value="lin.zhou@example.com", verified=True), Thing(kind="phone", value="13800000412", verified=False)], "tickets": [Thing(number="AL-1042", subject="人脸不认", state="new", at=at(11, 18), url="#"), Thing(number="AL-0873", subject="摄像头离线", state="resolved", at=at(3, 4), url="#")], "questions": [Thing(text="人脸打不开门", channel="search", band="suggest", outcome="转人工", at=at(11, 18, 8, 39))], "values": {"name": "周琳", "note": ""}, "errors": {}, "can_erase": True}),
    "desk-notices": ("desk/notices.html", {"here": "settings", "can_write": True, "values": {}, "errors": {"ends_at": "请填结束时间，并且要晚于现在。"}, "notices": [Thing(id=1, title="台风顺延安装", text="宁波、台州的上门安装顺延1–2天。", starts_at=at(11, 18), ends_at=at(11, 20, 18), state="now", author="陆衡"), Thing(id=2, title="双十一客服加班", text="", starts_at=at(11, 10), ends_at=at(11, 12), state="over", author="陆衡")]}),
    "desk-menu": ("desk/menu.html", {"here": "settings", "errors": {}, "icons": ICONS, "targets": FIELDS, "groups": [Thing(title=t, title_en="", icon="lock", entries=[Thing(title=e, title_en="", target="c:2") for e in ("打不开门", "没电了", "一直响", "")]) for t in ("门锁", "摄像头与App", "订单与售后")]}),
    "desk-categories": ("desk/categories.html", {"here": "settings", "values": {"id": 1, "name": "门锁", "slug": "lock", "icon": "lock"}, "errors": {}, "parents": [("", "没有上级")], "icons": ICONS, "tree": [Thing(id=1, name="门锁", slug="lock", icon="lock", articles=0, children=[Thing(id=2, name="开门方式", slug="lock-open", icon="", articles=12, children=[])]), Thing(id=3, name="摄像头", slug="camera", icon="camera", articles=2, children=[])]}),
    "desk-users": ("desk/users.html", {"here": "settings", "roles": ROLES, "values": {}, "errors": {"password": "密码太短，至少12个字符。"}, "users": [Thing(id=1, name="xuzhiwei", display_name="许知微", role="agent", team="客服一组", email="", active=True, last_login_at=at(11, 18, 8, 50)), Thing(id=2, name="old", display_name="旧账号", role="editor", team="", email="", active=False, last_login_at=None)]}),
    "desk-tokens": ("desk/tokens.html", {"here": "settings", "fresh": "wq_3_9fJ2kQvTz1mB7", "scopes": [("read", "读公开条目"), ("tickets", "提工单")], "values": {"scopes": ["read"]}, "errors": {}, "tokens": [Thing(id=1, name="小程序", scopes=["读公开条目"], user="程述", created_at=at(9, 1), used_at=at(11, 18, 10, 1), expires_at=None, revoked=False), Thing(id=2, name="旧官网", scopes=["提工单"], user="程述", created_at=at(2, 1), used_at=None, expires_at=at(12, 1), revoked=True)]}),
    "desk-settings": ("desk/settings.html", {"here": "settings", "rooms": [("帮助中心", ROOMS[:4]), ("邮件", ROOMS[4:5]), ("人和系统", ROOMS[5:])], "can_manage": True, "errors": {}, "modes": [("off", "不自动回"), ("shadow", "影子模式：只判断，不发"), ("on", "有把握就回")], "hours": [(9, "9:00"), (21, "21:00")], "languages": [("zh", "中文")], "profile": {"display_name": "许知微", "signature": "许知微\n安庐客服"}, "values": {"company_name": "安庐", "mailbox": "help@anlu.example", "mode": "shadow", "weekdays": ["0", "1", "2", "3", "4", "5", "6"], "hours_from": 9, "hours_to": 21, "reply_minutes": 40, "ticket_prefix": "AL", "mail_precision": 95, "form_precision": 90, "per_sender_day": 5, "questions_days": 180, "raw_mail_days": 365, "closed_tickets_days": 0}}),
    "desk-jobs": ("desk/jobs.html", {"here": "settings", "tabs": [tab("放弃了", 1, current=True), tab("排队", 2)], "oldest": 400, "pager": None, "jobs": [Thing(id=5, kind="发信", about="给lin.zhou@example.com", state="dead", attempts=6, run_at=at(11, 18, 9), error="连不上邮件服务器：Connection refused"), Thing(id=6, kind="重建索引", about="", state="running", attempts=1, run_at=at(11, 18, 10, 19), error="")]}),
    "desk-audit": ("desk/audit.html", {"here": "settings", "chosen": {"q": ""}, "pager": None, "entries": [Thing(at=at(11, 18, 10, 12), actor="陆衡", words="发布了条目", object="忘带钥匙也没带手机，怎么开门？", url="#", detail="第6版"), Thing(at=at(11, 17, 18, 2), actor="程述", words="停用了用户", object="旧账号", url=None, detail="")]}),
    "desk-dictionary": ("desk/dictionary.html", {"here": "settings", "values": {"synonyms": "离线 掉线 连不上\n没电 电池没了", "words": "虚位密码\n安庐家", "stop": "请问\n你好"}, "errors": {}, "stats": Thing(synonyms=86, words=140, stop=52), "rebuilt_at": at(11, 18, 9), "trial": Thing(text="虚位密码怎么设", tokens=["虚位密码", "怎么", "设"])}),
    "desk-spool": ("desk/spool.html", {"here": "settings", "tabs": [tab("全部", 3, current=True)], "pager": None, "mails": [Thing(id=1, from_=MAILBOX[0], subject="人脸不认", size=48213, state="done", class_="客户来信", rule="", at=at(11, 18, 8, 41), url="#", error=""), Thing(id=2, from_="bot@example.com", subject="自动答复", size=1200, state="quiet", class_="自动回复", rule="N18", at=at(11, 17), url="#", error=""), Thing(id=3, from_="x@example.com", subject="", size=9_400_000, state="failed", class_="", rule="", at=at(11, 16), url="#", error="附件太多，读不完")]}),
    "desk-search": ("desk/search.html", {"here": "", "q": "人脸", "articles": [Thing(title=Markup("逆光时<mark>人脸</mark>认不出来怎么办？"), url="#", snippet=Markup("站近一步，让<mark>脸</mark>占满取景框……"), state="published", probability=0.91, why_url="#"), Thing(title=Markup("<mark>人脸</mark>怎么重录？"), url="#", snippet=Markup("在App里……"), state="draft", probability=None, why_url="#")], "tickets": [Thing(number="AL-1042", subject=Markup("<mark>人脸</mark>不认"), snippet=Markup("<mark>人脸</mark>一直转圈"), state="new", at=at(11, 18, 9, 26), url="#")]}),
    "desk-frame": ("desk/frame.html", {"html": Markup("<p>你好，人脸不认。</p>")}),
    **{f"desk-error-{code}": (f"errors/{code}.html", {**DESK, "frame": "desk/base.html", "wait": 30, "request_id": "7f3a-19c2" if code == 500 else ""}) for code in (400, 403, 404, 405, 409, 413, 429, 500, 503)},
}
