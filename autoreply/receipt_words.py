"""What other help desks write when a mail of ours became a ticket there. Pure.

Most of them mark such mail; some do not, and then two help desks would thank each other. Words that
say what became of *your* request are asked for, with a number or a company's promise, and nothing
that a person adds.
"""

from __future__ import annotations

import re

from autoreply.machine_words import asks
from autoreply.quotes import fold

_TICKET = (
    r"(?:工单|工單|服务请求|服务单|事件单|案件|请求|請求|咨询|諮詢"
    r"|投诉|反馈|申请|报修|来信|來信|邮件|郵件|问题|問題|提问)"
)
_HAPPENED = (
    r"(?:已经?|已經|现已)(?:被|由系统|成功|自动|自動){0,2}"
    r"(?:创建|創建|生成|建立|受理|登记|登記|提交|收到|立案|分配|转交)"
)
_NOUNS = "ticket|case|incident|issue|report|request|inquiry|enquiry"
_CREATED = re.compile(
    rf"(?:^|[,。!:\] ])[您你](?:提交|发起|反馈|咨询)?的?.{{0,8}}?"
    rf"{_TICKET}[^,。!?]{{0,24}}?{_HAPPENED}"
    rf"|(?:^|[,。!:\] ])(?:我们|我們|系统|系統)?{_HAPPENED}(?:到|了)?[您你]的?.{{0,6}}?{_TICKET}"
    r"|(?:^|[.!,] {0,3})(?:we have |we've |we )?(?:successfully )?(?:received|logged|registered)"
    rf" your (?:\w+ )?(?:{_NOUNS}|message|e-?mail)"
    rf"|(?:^|[.!,] {{0,3}})(?:(?:your|a|this) (?:\w+ )?(?:{_NOUNS})|(?:{_NOUNS}) [A-Z#]*-?\d+)"
    r"\b[^.!?]{0,40}?"
    r" (?:has been|was|is) (?:successfully )?"
    r"(?:created|opened|received|registered|logged|assigned|submitted)",
    re.IGNORECASE,
)
# Without a number: thanks for writing, and a promise of a whole company.
_PROMISED = re.compile(
    r"(?:^|[.!,] {0,3})thank(?:s| you)(?: very much| so much)? for "
    r"(?:contacting|reaching out|getting in touch|writing"
    r"|your (?:e-?mail|message|inquiry|enquiry|interest|request|feedback|patience)).{0,240}"
    r"\b(?:we|our|a member|someone|one of our|an? \w+ (?:agent|representative))\b.{0,60}"
    r"(?:will|'ll|aims? to|strives? to|usually|typically)\b.{0,30}"
    r"(?:get back|respond|repl|be in touch|contact|reach|answer|review)"
    r"|[您你]的?.{0,4}(?:来信|來信|邮件|郵件|咨询|諮詢|问题|問題|反馈|留言|申请|诉求"
    r"|意见|建议)[^。!?]{0,8}"
    r"(?:(?:已经?|已經|现已)(?:被)?(?:成功)?(?:收到|收悉|受理|提交|转交|登记|记录)|收到[了啦])"
    r"[^!?]{0,40}"
    r"(?:我们|我們|我司|客服|同事|工作人员|专员|专人|顾问|相关(?:部门|人员)|技术(?:人员|支持)?|工程师|处理结果)[^。!?]{0,12}"
    r"(?:将|會|会|尽快|儘快)[^。!?]{0,30}(?:回复|回覆|联系|聯繫|处理|處理|答复|答覆|解决|跟进|核实|告知|通知)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[A-Za-z#]{0,4}[-#:： ]?\d{4,20}|#\d{2,}|[A-Za-z]{1,4}-?\d{3,}")
# Nobody who only confirms says such things.
_ADDS = re.compile(
    r"但|可是|不过|不過|还没|還沒|一直|仍|催|怎|没有?人|沒有?人|投诉你|麻烦|麻煩|帮我|幫我|[^.]\bbut\b|\bstill\b|however"
    r"|nobody|no one|please (?:help|call|send|check)|\bmy\b|\bi\b",
    re.IGNORECASE,
)
_LONGEST = 600


def is_receipt(subject: str, text: str) -> bool:
    """Tell whether a mail only says that a request arrived, and that somebody will see to it.

    Args:
        subject: decoded; the number may stand there.
        text: the new text.
    """
    if not text or len(text) > _LONGEST or asks(text):
        return False
    head = " ".join(fold(line) for line in text.split("\n"))
    numbered = _NUMBER.search(head) or _NUMBER.search(fold(subject))
    created = bool(numbered and _CREATED.search(head))
    return (created or bool(_PROMISED.search(head))) and not _ADDS.search(head)
