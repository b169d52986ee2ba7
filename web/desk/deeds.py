"""Words for the audit log: what was done, to what kind of thing."""

from __future__ import annotations

from web.desk import talk
from web.locale import gettext


def words() -> dict[str, str]:
    """Return verb of the audit log -> words."""
    return {
        **talk.deed_words(),
        "login": gettext("登录了"),
        "logout": gettext("退出了"),
        "login.refused": gettext("登录没成功"),
        "first_run": gettext("建了第一个管理员"),
        "article.save": gettext("存了一版"),
        "article.submit": gettext("提交审核"),
        "article.publish": gettext("发布了条目"),
        "article.schedule": gettext("定时发布"),
        "article.return": gettext("退回修改"),
        "article.archive": gettext("下线了条目"),
        "article.restore": gettext("恢复了旧版"),
        "article.expiry": gettext("改了到期时间"),
        "article.expire": gettext("到期下线"),
        "article.reviewed": gettext("复查了条目"),
        "article.pin": gettext("调了排序"),
        "article.owner": gettext("改了条目负责人"),
        "article.phrasing": gettext("加了相似问"),
        "candidate.publish": gettext("从待沉淀发布"),
        "candidate.skip": gettext("放下了一条待沉淀"),
        "candidate.reject": gettext("没有收录"),
        "candidate.edit": gettext("改了待沉淀"),
        "contact.save": gettext("改了联系人"),
        "contact.export": gettext("导出了联系人"),
        "contact.erase": gettext("抹掉了联系人"),
        "mail.judge": gettext("评了自动回复"),
        "mail.retry": gettext("重新处理邮件"),
        "user.saved": gettext("改了用户"),
        "user.stopped": gettext("停用了用户"),
        "user.started": gettext("启用了用户"),
        "token.make": gettext("做了令牌"),
        "token.revoke": gettext("作废了令牌"),
        "category.saved": gettext("改了分类"),
        "category.removed": gettext("删了分类"),
        "menu.saved": gettext("改了首页目录"),
        "notice.saved": gettext("挂了通知"),
        "notice.ended": gettext("撤下通知"),
        "dictionary.saved": gettext("改了词典"),
        "pin.put": gettext("置顶了条目"),
        "pin.removed": gettext("取消了置顶"),
        "asking.adopted": gettext("采用了一条输入提示"),
        "asking.declined": gettext("没采用一条输入提示"),
        "asking.waiting": gettext("放回了一条输入提示"),
        "setting.profile": gettext("改了自己的资料"),
        "setting.company": gettext("改了公司设置"),
        "setting.automation": gettext("改了自动回复设置"),
        "setting.retention": gettext("改了保留期"),
        "job.retry": gettext("重试了任务"),
    }


def kinds() -> dict[str, str]:
    """Return kind of object -> words."""
    return {
        "article": gettext("条目"),
        "ticket": gettext("工单"),
        "contact": gettext("联系人"),
        "user": gettext("用户"),
        "token": gettext("令牌"),
        "category": gettext("分类"),
        "menu": gettext("首页目录"),
        "notice": gettext("通知"),
        "candidate": gettext("待沉淀"),
        "decision": gettext("自动回复"),
        "mail": gettext("邮件"),
        "spool": gettext("来信"),
        "setting": gettext("设置"),
        "dictionary": gettext("词典"),
        "asking": gettext("输入提示"),
        "job": gettext("任务"),
    }
