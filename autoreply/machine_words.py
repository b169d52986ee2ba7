"""Words by which machines give themselves away in subjects and bodies. Pure data and matching.

A subject counts only where it begins the line and is set off (自动回复: …), so that a customer's
“自动回复怎么关闭” or “Delivery status?” stays a question. `WEAK_*` also need a body that fits.
"""

from __future__ import annotations

import re

from autoreply.quotes import fold

_SET_OFF = r"(?= ?[:/(\[【|\"“]| [-–—] | (?:re|回复|答复|回覆)\b ?:| ?$)"
_COLON = r"(?= ?:)"


def _begins(*alternatives: str) -> re.Pattern[str]:
    joined = "|".join(alternatives)
    return re.compile(rf"^[\[【(<\"“*\s]{{0,3}}(?:{joined})", re.IGNORECASE)


def _set_off(*alternatives: str) -> str:
    return rf"(?:{'|'.join(alternatives)})(?:[\]】)>*]|{_SET_OFF})"


AUTO_REPLY = _begins(
    _set_off(
        r"(?:外出|休假|假期|离线|度假|系统|邮件)?的?自[动動](?:回复|回覆|回復|答复|答覆|应答"
        r"|應答)(?:邮件)?",
        r"(?:外出|休假|假期|度假)(?:通知|提示|回复|回覆)",
        r"不在(?:办公室|辦公室)(?:通知)?",
        r"automatic(?:ally generated)? (?:reply|response)",
        r"auto(?:matic|mated)?[ -]?(?:reply|response|responder|respond)",
        r"out[ -]of[ -](?:the[ -])?office(?: (?:reply|auto-?reply|message|notification|notice))?",
        r"ooo|vacation (?:reply|message|notice|response|auto-?reply)",
        r"(?:away|absent) from (?:my |the )?(?:mail|office|email|desk)",
        r"abwesenheitsnotiz|automatische (?:antwort|abwesenheitsnotiz)"
        r"|abwesenheitsbenachrichtigung",
        r"réponse automatique|absence du bureau|message d'absence",
        r"respuesta automática|fuera de (?:la )?oficina|resposta automática",
        r"risposta automatica|fuori (?:sede|ufficio)|automatisch antwoord|afwezig(?:heid)?",
        r"automaattinen vastaus|poissaoloviesti|autosvar|automatisk(?:t)? svar|fraværsmelding",
        r"autoodpowiedź|odpowiedź automatyczna|автоматический ответ|автоответ",
        r"自動応答|自動返信|不在通知|부재 중(?: 자동 회신)?|자동 회신",
    ),
    rf"auto{_COLON}",
)
WEAK_AUTO_REPLY = _begins(
    _set_off(
        r"外出|外出中|休假|休假中|度假中|vacation|on vacation|on leave|holiday",
        r"out[ -]of[ -](?:the[ -])?office .{0,60}|i am (?:away|out of).{0,60}",
        r"abwesenheit.{0,40}|away .{0,40}",
    )
)
BOUNCE = _begins(
    _set_off(
        r"系[统統]退信(?:/systems? ?bounce)?|退信(?:通知|提示)?|来自.{1,80}的退信"
        r"|邮件退信(?:通知)?",
        r"邮件(?:投递|传递|递送)失败(?:通知)?|邮件无法(?:投递|送达|传递)(?:通知)?"
        r"|無法傳遞(?:的主旨)?",
        r"(?:传递|傳遞|投递)(?:状态|狀態)通知(?: ?\(.{0,20}\))?|投递失败(?:通知|报告)|郵件無法投遞",
        r"undeliverable|undeliverable (?:mail|message|e-?mail)",
        r"mail delivery (?:failed|failure|error)|mail delivery (?:sub)?system",
    ),
    r"undelivered mail returned|undeliver(?:ed|able) (?:mail|message)",
    r"(?:mail )?delivery status notification|delivery (?:failure|error|status) (?:notification"
    r"|report)",
    r"mail (?:system )?error ?[-:]? ?(?:returned mail|undeliver)|mail (?:undeliverable"
    r"|could not be del)",
    r"returned mail ?:|returned mail$|failure notice|failure delivery|message delivery failure",
    r"non[ -]?delivery (?:report|notification|notice|receipt)|nondeliverable mail|ndn ?:|ndr ?:",
    r"warning ?: (?:could not send|message .{0,40}delayed|e?-?mail .{0,40}delay)",
    r"message status - undeliverable|notification d'état de remise|non remis ?:",
    r"unzustellbar ?:|zustellung fehlgeschlagen|unzustellbare nachricht",
    r"notifica dello stato del recapito|no se puede entregar ?:|não é possível entregar ?:",
    r"配信不能|配信エラー|недоставленное сообщение|не удается доставить ?:",
)
WEAK_BOUNCE = _begins(
    r"未送[达達]|无法送[达達]|無法送達|无法投递|投递失败|(?:邮件)?发送失败|未能送达|无法传递|退件",
    r"delivery (?:failure|failed|problem|delayed|report|notification|error)|delivery has failed",
    r"(?:e-?mail|mail|message) (?:delivery )?(?:failed|failure|undeliverable|not delivered|error)",
    r"(?:your )?(?:e-?mail|mail|message) .{0,40}(?:not be|not) delivered|undelivered|not delivered",
    r"returned (?:message|e-?mail|mail)|failed mail|rejected|bounced? (?:mail|message)"
    r"|user unknown",
    r"could not deliver|unable to deliver|error (?:sending|delivering)|nicht zustellbar",
    r"mail delivery (?:failed|failure|error|problem|report|delayed|status)",
    r"(?:permanent|temporary) (?:delivery )?(?:failure|error)|mail system error|message delayed",
)
RECALL = _begins(rf"(?:撤回|召回|收回|邮件召回|撤回邮件|recall|message recall){_COLON}")
READ_RECEIPT = _begins(
    rf"(?:已读|已讀|未读|未讀|已读回执|读取回执|讀取回條|回执|read|not read|gelesen|lu){_COLON}",
    r"(?:read|return) receipt(?= ?[:(]| ?$)|已读回执",
)
COMPLAINT = re.compile(
    r"^(?:complaint about message from|email feedback report|(?:fw: )?abuse complaint)\b",
    re.IGNORECASE,
)
OPT_OUT = re.compile(
    r"(?:退订|退訂|取消订阅|td|stop|unsubscribe|不要再发了?)[.。!！~]*", re.IGNORECASE
)
PERSON = re.compile(
    r"(?:我?要?(?:转|轉|找)?人工(?:客服|服务|服務|坐席)?|真人客服?|转人工客服|human"
    r"|real person)[.。!！~]*",
    re.IGNORECASE,
)

_CODE = re.compile(
    r"(?<![\d.])[45]\d\d(?=[ -][\w<#])|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])"
    r"|final-recipient ?:",
    re.IGNORECASE,
)
_DELIVERY_WORDS = re.compile(
    r"收件人|邮件|郵件|服务器|退信|伺服器|recipient|mailbox|server|host|smtp|mailer|postmaster"
    r"|undeliver|address",
    re.IGNORECASE,
)
_BOUNCE_OPENING = re.compile(
    r"^[^\u3400-\u9fff]{0,60}?(?:this is the (?:mail system|postfix program|qmail)"
    r"|qmail-send program"
    r"|this message was created automatically by|a message that you sent could not be delivered"
    r"|the following address(?:es)? had (?:permanent|transient|delivery|fatal|errors)"
    r"|delivery to the following recipients? (?:has )?(?:failed|been delayed)"
    r"|your (?:mail|message|e-?mail)(?: message)? (?:.{0,60} )?(?:did not reach|was not delivered"
    r"|cannot be delivered|could not be delivered|couldn't be delivered|has been returned)"
    r"|delivery has failed to these recipients|automatically generated delivery status"
    r"|unable to deliver (?:your|the|this) (?:mail|message|e-?mail)|sorry to have to inform you"
    r"|undeliver(?:ed|able) (?:mail|message)|message delivery (?:failed|failure))"
    r"|^(?:尊敬的.{0,20}|您好.{0,4})?(?:很?抱歉.{0,8})?您?发[送出]的邮件.{0,80}(?:退回|无法|未能"
    r"|失败)"
    r"|^(?:很?抱歉|对不起).{0,10}您的邮件.{0,40}(?:退回|无法|未能|失败)"
    r"|^无法(?:传递|投递|送达|发送)到.{0,60}(?:收件人|邮箱|地址)",
    re.IGNORECASE | re.DOTALL,
)
_ASKS = re.compile(
    r"[?？]|吗|嗎|怎么|怎麼|如何|请问|請問|为什么|為什麼|什么|什麼|哪[里个些儿]|能不能|可不可以"
)


def begins(pattern: re.Pattern[str], subject: str) -> bool:
    """Tell whether a subject, as it stands, begins with one of a table's words."""
    return bool(pattern.match(fold(subject)))


def asks(text: str) -> bool:
    """Tell whether a text asks something, as machines hardly do."""
    return bool(_ASKS.search(text[:2000]))


def speaks_of_delivery(text: str) -> bool:
    """Tell whether a text names a status code and mail matters, as reports of failure do."""
    head = text[:6000]
    return bool(_DELIVERY_WORDS.search(head) and _CODE.search(head))


def opens_like_bounce(text: str) -> bool:
    """Tell whether a text begins as mail systems begin a report of failure."""
    head = " ".join(text.lstrip()[:700].split())
    opening = _BOUNCE_OPENING.match(head)
    return bool(opening) and (speaks_of_delivery(text) or "@" in text[:3000])
