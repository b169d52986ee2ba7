"""Mails that ask the sender to prove to be a person before a mail is delivered. Pure.

Such filters (TMDA, BoxTrapper, anti-spam gateways) answer every mail, mostly without any mark of an
automatic reply. Answering them, or worse, confirming, would be a conversation of two machines.
"""

from __future__ import annotations

import re

from autoreply.machine_words import asks
from autoreply.quotes import fold

HEADERS = (
    "X-Bluebottle-Request",
    "X-Trusted-Delivery",
    "X-BoxTrapper-Verify",
    "X-SpamArrest-Challenge",
    "X-ASK-Auth",
)

_SUBJECT = re.compile(
    r"^\W{0,3}(?:please )?(?:confirm|verify)(?:ing)? (?:your|the) (?:recent )?"
    r"(?:message|e-?mail|mail)(?: (?:to|delivery|\().{0,80})?$"
    r"|^\W{0,3}your (?:e-?mail|message) (?:requires|needs|is awaiting) "
    r"(?:verification|confirmation|approval)"
    r"|^\W{0,3}(?:please )?(?:confirm|prove|verify) (?:that )?you(?:'re| are) (?:a )?"
    r"(?:human|(?:real )?person|not a (?:robot|spammer))"
    r"|^\W{0,3}\[?(?:反?垃圾邮件|反垃圾|發信人|发信人|发件人|邮件发送)(?:过滤)?(?:验证|驗證|确认|確認)"
    r"(?:请求|通知|邮件)?(?=\W|$)"
    r"|^\W{0,3}请(?:确认|验证)(?:您|你)?(?:发送)?的(?:邮件|来信|身份)",
    re.IGNORECASE,
)
_HELD = (
    r"(?:(?:your|this) (?:recent )?(?:message|mail|e-?mail).{0,80}"
    r"(?:held|quarantined|queued|not (?:yet )?(?:been )?delivered|waiting|pending)"
    r"|(?:protected|protects?) .{0,30}(?:by|from|against)"
    r"|(?:anti|block|stop|prevent|control|reduce|fight)[a-z]*[ -].{0,30}(?:spam|junk|unsolicited)"
    r"|(?:allowed|approved|white|accept(?:ed)?|safe)[ -]?list|list of (?:approved|allowed|known)"
    r"|(?:message|mail) you sent requires"
    r"|to (?:deliver|release) (?:your|this) (?:message|e-?mail|mail)"
    r"|(?:not|against) (?:a )?(?:spam|unsolicited)"
    r"|反垃圾|防垃圾|(?:防止|避免|过滤|拦截|阻止|防範|过濾).{0,6}垃圾[邮郵]件|白名单|白名單"
    r"|(?:隔离|拦截|攔截|暂存|暂扣|扣留|延迟投递)"
    r"|(?:是|非)(?:真人|机器人|機器人|程序)|机器(?:人|自动)?发送)"
)
_PROVE = (
    r"(?:(?:click|follow|visit|use|go to|open) .{0,40}(?:link|url|address|page|here)"
    r"|(?:simply |just )?(?:reply|respond)(?:ing)? to this (?:message|mail|e-?mail)"
    r"|hit(?:ting)? .{0,10}reply"
    r"|(?:confirm|verify|prove) .{0,40}(?:human|person|message|e-?mail|mail|address|identity)"
    r"|(?:请|請|需)[您你]?.{0,8}(?:点击|點擊|点选|打开|访问).{0,20}(?:链接|連結|按钮|地址|网址).{0,30}"
    r"(?:确认|確認|验证|驗證|放行|投递|激活)"
    r"|(?:请|請|需)[您你]?.{0,4}(?:回复|回覆)(?:此|本|这封|该|這封)(?:邮件|郵件|信).{0,30}(?:确认|確認|验证|驗證|放行|投递))"
)
_TEXT = re.compile(
    rf"{_HELD}.{{0,400}}{_PROVE}|{_PROVE}.{{0,400}}{_HELD}", re.IGNORECASE | re.DOTALL
)
_LINK = re.compile(r"https?://\S{1,300}", re.IGNORECASE)
_PERSON = re.compile(
    r"^(?:.{0,6}好.{0,2})?(?:我|咨询|请问|請問|为什么|怎么|my |i(?:'ve| have| am|'m)? |what|how|why"
    r"|can |could )",
    re.IGNORECASE,
)
_READ = 1500


def is_challenge(subject: str, text: str) -> bool:
    """Tell whether a mail asks for a proof of being a person.

    Args:
        subject: decoded.
        text: the new text; a person who tells of such a mail, or asks about it, is none.
    """
    head = " ".join(fold(line) for line in text[:_READ].split("\n"))
    if _PERSON.match(head) or not _TEXT.search(head):
        return False
    return bool(_SUBJECT.match(fold(subject))) or not asks(_LINK.sub("", head))
