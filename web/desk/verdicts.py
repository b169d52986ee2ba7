"""Words for what the machine decided: classes of mail, the guard's rules, rows of the policy."""

from __future__ import annotations

from web.locale import gettext


def class_words() -> dict[str, str]:
    """Return the classes of mail, as `autoreply.guard.KINDS`, in words."""
    return {
        "human": gettext("客户来信"),
        "auto_reply": gettext("自动回复"),
        "bounce": gettext("退信"),
        "list": gettext("群发邮件"),
        "report": gettext("投诉或回执"),
        "recall": gettext("撤回请求"),
        "own_loop": gettext("我们自己的信"),
        "system": gettext("系统邮件"),
    }


def _rules() -> dict[str, str]:
    """Why a mail got no automatic answer, by the guard's rule."""
    return {
        "N01": gettext("没有发信人地址，不回"),
        "N02": gettext("是投递报告或投诉，不回"),
        "N03": gettext("是退信，不回"),
        "N04": gettext("发信的是系统账号，不回"),
        "N05": gettext("发信地址是机器用的，不回"),
        "N10": gettext("对方是自动发出的信，不回"),
        "N11": gettext("是群发或自动回复，不回"),
        "N12": gettext("是邮件列表，不回"),
        "N13": gettext("对方不收自动回复"),
        "N14": gettext("对方是自动回复程序，不回"),
        "N15": gettext("是QQ邮箱的自动回复，不回"),
        "N16": gettext("是我们自己的信绕回来了，不回"),
        "N17": gettext("发信人就是我们的邮箱，不回"),
        "N18": gettext("信不是写给我们的邮箱的，不自动回"),
        "N19": gettext("是回执、会议或撤回请求，不回"),
        "N20": gettext("主题像自动回复或退信，不回"),
        "N30": gettext("信里没有能读的文字"),
        "N31": gettext("可能是垃圾邮件，或发信人没有通过验证"),
        "N32": gettext("信太旧了，不自动回"),
        "N33": gettext("这封信处理过了"),
        "N34": gettext("自动回复到了限额"),
        "N35": gettext("已经有人工在跟，或客户要人工"),
        "N36": gettext("附件太多或只有附件，没法自动看"),
        "N37": gettext("找不到一个能回信的地址"),
    }


def _policy() -> dict[str, str]:
    """Why something else was done, by the row of `autoreply.decide`."""
    return {
        "duplicate": gettext("这封信处理过了"),
        "machine": gettext("写信的不是人"),
        "not_a_person": gettext("可能不是人写的，交给人看"),
        "to_own_people": gettext("回的是发给自己人的信，不自动回"),
        "thanks": gettext("客户只是道谢"),
        "receipt_sent": gettext("这段往来里已经发过回执"),
        "band_suggest": gettext("把握不够，只给了几条可能的答案"),
        "band_human": gettext("没有够像的答案，转人工"),
        "guard": gettext("写信的是客户本人，能回"),
        "mode": gettext("自动回复开着"),
        "share": gettext("这位客户在先试的一部分里"),
        "articles": gettext("已发布的条目够多"),
        "person_has_it": gettext("没有人工在跟"),
        "person_asked": gettext("客户没有要人工"),
        "once_per_thread": gettext("这段往来里还没自动答过"),
        "repeated": gettext("24小时里没有答过同一个问题"),
        "recipient": gettext("有一个能回信的地址"),
        "quota": gettext("自动回复的次数没有用完"),
        "topic": gettext("不在不自动回的分类里"),
        "damaged": gettext("信里没有乱码"),
        "degraded": gettext("搜索正常"),
        "band_answer": gettext("把握够大"),
    }


def words(reason: str) -> str:
    """Return why nothing was answered, for a rule of the guard or a row of the policy."""
    return {**_policy(), **_failed(), **_rules()}.get(reason, reason)


def quota(kind: str) -> str:
    """Return which limit was reached, for a quota of `autoreply.quota.exceeded` or "bounced"."""
    known = {
        "breaker": gettext("自动回复全部停了：一分钟里发得太多"),
        "bounces": gettext("自动回复全部停了：退信太多"),
        "sender": gettext("这位客户24小时的自动回复到了限额"),
        "domain": gettext("这个邮箱域名这小时的自动回复到了限额"),
        "bounced": gettext("发往这个地址的信退回过，不再发"),
    }
    return known.get(kind, words("N34"))


def condition(name: str) -> str:
    """Return the condition of an automatic answer behind a check."""
    return _policy().get(name, name)


def _failed() -> dict[str, str]:
    """What stood in the way, by the condition that did not hold."""
    return {
        "share": gettext("这位客户不在先试的一部分里"),
        "articles": gettext("已发布的条目还不够多"),
        "person_has_it": gettext("已经有人工在跟"),
        "person_asked": gettext("客户要人工"),
        "once_per_thread": gettext("这段往来里已经自动答过"),
        "repeated": gettext("24小时里答过同一个问题"),
        "recipient": gettext("找不到一个能回信的地址"),
        "quota": gettext("自动回复的次数用完了"),
        "topic": gettext("在不自动回的分类里"),
        "damaged": gettext("信里有乱码"),
        "degraded": gettext("当时搜索暂时用不了"),
    }


def held(name: str, wanted: str) -> str:
    """Return what kept an answer (or suggestions) back, for an id of `autoreply.decide.HOLDS`."""
    answers = {
        "off": gettext("没有开自动回，本来会直接回答"),
        "shadow": gettext("影子：会直接回答"),
        "draft": gettext("写好了回复，由客服看过再发"),
        "outside": gettext("会直接回答，这位客户不在先试的一部分里"),
        "holdout": gettext("会直接回答，留作对照由人回"),
    }
    suggestions = {
        "off": gettext("没有开自动回，本来会给几条答案"),
        "shadow": gettext("影子：会给几条答案"),
        "draft": gettext("会给几条答案，这里只替客服写回复"),
        "outside": gettext("会给几条答案，这位客户不在先试的一部分里"),
    }
    return (suggestions if wanted == "suggest" else answers).get(name, "")


def mode_off(mode: str) -> str:
    """Return why a mode did not send."""
    said = {
        "shadow": gettext("这里是影子模式，只判断不发"),
        "draft": gettext("这里只替客服写好，由客服发"),
    }
    return said.get(mode, gettext("自动回复没有开"))
