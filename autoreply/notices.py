"""What gateways and lawyers add to a mail: warnings on top, legal notices below. Pure.

Patterns run on lines made uniform by `quotes.fold`. A warning goes only from the top, a notice only
from the tail, and text always remains.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_OUTSIDE = r"(?:外部|公司外|组织外|組織外|机构外|機構外|外网|外網)"
_THIS_MAIL = r"(?:此|该|該|本|这封|這封)(?:电子|電子)?(?:邮件|郵件|信件)"
_MAIL_WORDS = "邮|郵|信件|发件人|寄件者|来信|來信|链接|連結|附件"
_BANNER = re.compile(
    r"^\W{0,6}(?:外部邮件|外部郵件|外来邮件|外來郵件|external (?:e-?mail|sender|message)|external"
    r"|ext|caution|warning|attention)\W{0,6}.{0,40}"
    rf"(?:{_OUTSIDE}|来源于|outside|external|originat)"
    r"|^\W{0,6}(?:请|請)?(?:警告|注意|提醒|温馨提示|安全提示|安全提醒)"
    rf"(?=.{{0,80}}(?:{_MAIL_WORDS}))\W{{0,6}}.{{0,20}}(?:{_OUTSIDE}|来源于)"
    r"|^\W{0,4}(?:发件人|寄件者)(?:的?身份)?未(?:经|通过|通過)?(?:验证|认证|驗證)"
    rf"|^\W{{0,4}}{_THIS_MAIL}(?:并非|並非|不是).{{0,6}}(?:来自|來自).{{0,8}}(?:组织|組織|公司)"
    r"|^\W{0,4}(?:外部邮件|外部郵件|外来邮件|外來郵件|external(?: e-?mail)?|ext)"
    r"(?:\W{0,4}|\W{1,3}(?:external|ext|注意|请|請|谨慎|謹慎|do not click).{0,160})$"
    rf"|^\W{{0,4}}{_THIS_MAIL}.{{0,12}}(?:来自|来源于|發自|发自|來自|由).{{0,12}}{_OUTSIDE}"
    rf"|^\W{{0,4}}(?:来自|來自){_OUTSIDE}.{{0,6}}(?:邮箱|郵箱|邮件|郵件|发件人|寄件者).{{0,6}}[,。:].{{0,60}}"
    r"(?:注意|谨慎|謹慎|防范|防範|勿)"
    r"|^(?:this|the) (?:e-?mail|message) (?:originated|came|was sent|is) from "
    r"(?:an )?(?:outside|external)"
    r"|^you don't often get (?:e-?mail) from|^[你您](?:不经常|通常不会|不常)收到"
    r"|^[你您](?:不常|通常不會|不經常)收到|^some people who received this message don't often get",
    re.IGNORECASE,
)
_BANNER_MORE = re.compile(
    r"外部|转发给|反馈|谨慎|附件|链接|安全|识别|可疑|钓鱼|click|link|attachment|sender"
    r"|organi[sz]ation|recogni[sz]e|safe"
    r"|@[\w.-]+|请勿|learn why|了解这一点|重要",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"保密(?:声明|聲明|提示|通知|须知)|免责(?:声明|条款)|免責聲明|信息安全声明|法律声明"
    r"|重要提示 ?:.{0,20}邮件"
    r"|本(?:电子)?邮件.{0,16}(?:附件|内容|信息).{0,30}(?:保密|机密|秘密|专属|仅供|仅限|含有|包含)"
    r"|本(?:電子)?郵件.{0,30}(?:機密|保密|僅供|所含|附件)"
    r"|此(?:电子)?邮件.{0,30}(?:保密|机密|仅供|仅限|专有)"
    r"|如果?(?:[您你]|阁下|閣下).{0,16}(?:错误|誤|误|不是.{0,12}收件人).{0,12}(?:本|此|该|這封)(?:电子|電子)?[邮郵]件"
    r"|如果?(?:[您你]|阁下|閣下).{0,6}(?:错收|误收|誤收).{0,6}(?:本|此|该|這封)(?:电子|電子)?[邮郵]件"
    r"|confidentiality (?:notice|note|statement)|^disclaimer\b|legal disclaimer"
    r"|this (?:e-?mail|message|communication)(?: message| transmission)?"
    r"(?:,? (?:and|including|with|or) .{0,40})? (?:is|are|may|contains?|was)\b.{0,60}"
    r"(?:confidential|privileged|intended|proprietary|solely)"
    r"|(?:information|contents?) (?:contained )?in this (?:e-?mail|message).{0,80}"
    r"(?:confidential|privileged|intended)"
    r"|if you (?:are not|have received) .{0,40}(?:intended recipient|in error)"
    r"|(?:环境保护|保护环境|考虑环境|环保|節約用紙|节约用纸|環保|環境保護).{0,30}(?:打印|列印)"
    r"|consider the environment before printing"
    rf"|^\W{{0,3}}{_THIS_MAIL}.{{0,16}}(?:病毒|防毒|网关扫描)"
    r"|^no virus found in this|^virus[- ]free\b|^checked by avg"
    r"|important notice ?: the contents of this (?:e-?mail|email)",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(r"mailing list|unsubscribe|邮件列表|退订", re.IGNORECASE)


def banner_length(lines: Sequence[str]) -> int:
    """Return how many lines at the top are a gateway's warning; blanks above it included."""
    first = next((n for n, line in enumerate(lines[:8]) if line), None)
    if first is None or not _BANNER.search(lines[first]):
        return 0
    end = first + 1
    while end < min(len(lines), first + 6) and lines[end] and _BANNER_MORE.search(lines[end]):
        end += 1
    return end


def disclaimer_start(lines: Sequence[str]) -> int:
    """Return where a legal notice begins in the tail, or `len(lines)`.

    The notice must not open the text, and no more than 30 lines may follow it.
    """
    first = next((n for n, line in enumerate(lines) if line), len(lines))
    for index in range(max(first + 1, len(lines) - 30), len(lines)):
        if _DISCLAIMER.search(lines[index]) or _is_list_footer(lines, index):
            return _above_rule(lines, index)
    return len(lines)


def _is_list_footer(lines: Sequence[str], index: int) -> bool:
    """Tell whether a drawn line is followed by what list software adds below every mail."""
    drawn = re.fullmatch(r"[_\-=]{20,}", lines[index])
    return bool(drawn) and any(_LIST_FOOTER.search(line) for line in lines[index + 1 : index + 4])


def _above_rule(lines: Sequence[str], index: int) -> int:
    while index and (not lines[index - 1] or re.fullmatch(r"[-_=*#—\s]{3,}", lines[index - 1])):
        index -= 1
    return index
