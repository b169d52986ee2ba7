"""Words by which machines give themselves away in subjects and bodies (pure).

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
    # Another help desk may put its own number before it: `[help.example #412] AutoReply: …`.
    return re.compile(
        rf"^(?:\[[^\]]{{0,60}}#? ?\d{{2,12}}\] ?)?[\[【(<\"“*\s]{{0,3}}(?:{joined})", re.IGNORECASE
    )


def _set_off(*alternatives: str) -> str:
    return rf"(?:{'|'.join(alternatives)})(?:[\]】)>*]|{_SET_OFF})"


AUTO_REPLY = _begins(
    _set_off(
        r"(?:来自.{1,12}的|这是一封|此邮件为)?"
        # None of the characters by which people speak about it.
        r"[^\s:,。?!怎如何么麼吗嗎请請为為什设設置关關于于开開停没沒收到了的取消改加店号號群无無能在\[\]【】()]{0,10}?"
        r"(?:不在[办辦]公室)?的?"
        r"自[动動](?:回复|回覆|回復|答复|答覆|应答|應答)(?:邮件|郵件|通知)?(?= ?[-—–] |)",
        r"(?:外出|休假|假期|度假)(?:通知|提示|回复|回覆)",
        r"不在(?:办公室|辦公室)(?:通知)?",
        r"automatic(?:ally generated)? (?:reply|response)",
        r"auto(?:matic|mated)?[ -]?(?:reply|response|responder|respond)",
        r"out[ -]of[ -](?:the[ -])?office(?: (?:reply|auto-?reply|message|notification|notice))?",
        r"vacation (?:reply|message|notice|response|auto-?reply)",
        r"(?:away|absent) from (?:my |the )?(?:mail|office|email|desk)",
        r"abwesend|abwesenheitsnotiz|automatische (?:antwort|abwesenheitsnotiz)"
        r"|abwesenheitsbenachrichtigung",
        r"réponse automatique|absence du bureau|message d'absence",
        r"respuesta automática|fuera de (?:la )?oficina|resposta automática",
        r"risposta automatica|fuori (?:sede|ufficio)|automatisch antwoord|afwezig(?:heid)?",
        r"automaattinen vastaus|poissaoloviesti|autosvar|automatisk(?:t)? svar|fraværsmelding",
        r"autoodpowiedź|odpowiedź automatyczna|автоматический ответ|автоответ",
        r"自動(?:応答|返信|送信|配信)(?:メール)?|不在通知"
        r"|부재 ?중(?: 자동 회신)?|자동 ?(?:회신|응답|답장)",
    ),
    r"auto[- ]?reply from ",
    # Notes: AUTO: 王芳 不在办公室, Fang Wang is out of the office.
    r"(?:auto ?: )?[^:?]{1,40} (?:不在[办辦]公室|is out of the office)(?=[.。( ]|$)",
)
WEAK_AUTO_REPLY = _begins(
    rf"auto{_COLON}",
    _set_off(
        r"ooo",
        r"外出|外出中|休假|休假中|度假中|我?正在(?:休假|度假|出差)",
        r"vacation|on vacation|on leave|holiday",
        r"out[ -]of[ -](?:the[ -])?office .{0,60}|i am (?:away|out of).{0,60}",
        r"abwesenheit.{0,40}|away .{0,40}",
    ),
)
BOUNCE = _begins(
    _set_off(
        r"(?:[邮郵]件)?系[统統]退信(?:/systems? ?bounce)?(?:通知)?|退信(?:通知|提示|提醒)"
        r"|来自.{1,80}的退信"
        r"|邮件退信(?:通知)?",
        r"邮件(?:投递|传递|递送)失败(?:通知)?|邮件发送失败通知|邮件无法(?:投递|送达|传递)(?:通知)?"
        r"|無法傳遞(?:的主旨)?|無法遞送|未送达的邮件(?:已)?返回给?(?:发件人)?",
        r"(?:传递|傳遞|投递)(?:状态|狀態)通知(?: ?\(.{0,20}\))?|投递失败(?:通知|报告)|郵件無法投遞",
        r"undeliverable|undeliverable (?:mail|message|e-?mail)",
        r"mail delivery failed|mail delivery (?:sub)?system|failure notice",
    ),
    r"undelivered mail returned|undeliver(?:ed|able) (?:mail|message)",
    r"(?:mail )?delivery status notification|delivery (?:failure|error|status) (?:notification"
    r"|report)",
    r"mail (?:system )?error ?[-:]? ?(?:returned mail|undeliver)|mail (?:undeliverable"
    r"|could not be del)",
    r"returned mail ?:|failure delivery|message delivery failure",
    r"message you sent blocked by",
    r"non[ -]?delivery (?:report|notification|notice|receipt)|nondeliverable mail|ndn ?:|ndr ?:",
    r"warning ?: (?:could not send|message .{0,40}delayed|e?-?mail .{0,40}delay)",
    r"message status - undeliverable|notification d'état de remise|non remis ?:",
    r"unzustellbar ?:|zustellung fehlgeschlagen|unzustellbare nachricht",
    r"notifica dello stato del recapito|no se puede entregar ?:|não é possível entregar ?:",
    r"配信不能|配信エラー|недоставленное сообщение|не удается доставить ?:",
)
WEAK_BOUNCE = _begins(
    r"退信|returned mail|[您你]的邮件(?:已被?退回|被退回|未能)|邮件(?:已被?|被)退回"
    r"|(?:邮件)?投递通知"
    r"|(?:邮件)?(?:延迟|延遲)投?[递遞]?|[您你]发给.{3,60}的邮件",
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
RECALL = _begins(
    rf"(?:撤回|召回|收回|回收|邮件召回|撤回邮件|recall|message recall){_COLON}",
    r"message recall (?:success|failure|report) ?:|邮件(?:召回|撤回)(?:成功|失败|报告)",
)
_RECALL_TEXT = re.compile(
    r"(?:撤回|召回|收回)(?:此|该|这封|以下)?(?:邮件|消息)|回收[郵訊]件|回收訊息"
    r"|recall (?:the|this) message"
    r"|message .{0,200}recalled|could not be recalled|zurückrufen|rappeler ce message",
    re.IGNORECASE | re.DOTALL,
)
MEETING = _begins(
    rf"(?:已接受|已接收|已谢绝|已拒绝|暂定|已取消|已接受|已婉拒|暫訂|accepted|declined|tentative"
    rf"|cancell?ed){_COLON}",
)
READ_RECEIPT = _begins(
    rf"(?:已读|已讀|未读|未讀|(?:已读|阅读|读取)?回执|讀取回條|read|not read|gelesen|lu){_COLON}",
    r"(?:read|return) receipt(?= ?[:(]| ?$)|(?:邮件)?(?:已读|阅读)回执",
)
_RECEIPT_TEXT = re.compile(
    r"阅读|閱讀|已读|已讀|讀取|查看|打开|显示过|顯示過|刪除|删除"
    r"|was read|been read|without being read"
    r"|read on\b|opened|displayed"
    r"|gelesen|geöffnet|consulté|\blu\b",
    re.IGNORECASE,
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
    r"|error code ?:? ?[45]\d\d\b|final-recipient ?:",
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
    r"|votre message n'a pas pu (?:être|etre)"
    r"|undeliver(?:ed|able) (?:mail|message)|message delivery (?:failed|failure))"
    r"|^(?:尊敬的.{0,20}|您好.{0,4})?(?:很?抱歉.{0,8})?"
    r"(?:您?发[送出]的|您(?:发[送出往给到至]{1,2}|投递[到至]?|寄[给往]).{1,80}?的)邮件.{0,80}"
    r"(?:退回|(?:无法|未能|没有)(?:被|成功)?(?:投递|送达|发送|传递|到达)|失败)"
    r"|^(?:很?抱歉|对不起).{0,10}您的邮件.{0,40}"
    r"(?:退回|(?:无法|未能|没有)(?:被|成功)?(?:投递|送达|发送|传递|到达)|失败)"
    r"|^以下(?:邮件|收件人).{0,40}(?:未能|无法|没有)(?:被|成功)?(?:送达|投递|传递|发送)"
    r"|^未能向.{0,6}收件人(?:或组)?(?:传递|发送)邮件|^无法将.{0,6}邮件(?:传递|发送)"
    r"|^無法將.{0,6}郵件(?:傳遞|傳送)"
    r"|^无法(?:传递|投递|送达|发送)到.{0,60}(?:收件人|邮箱|地址)",
    re.IGNORECASE | re.DOTALL,
)
_AUTO_REPLY_WORDS = "自[动動](?:回复|回覆|回復|答复|答覆|发送的?回复)"
_AUTO_TEXT = re.compile(
    rf"^\W{{0,3}}[\[【(](?:{_AUTO_REPLY_WORDS})[\]】)]|"
    rf"^(?:系统|邮箱|假期){_AUTO_REPLY_WORDS} ?[:,]"
    rf"|^{_AUTO_REPLY_WORDS} ?[:,] ?(?:您|你好|感谢您|我们|邮件|来信|本人)"
    rf"|^(?:.{{0,12}}(?:您|你|大家)好.{{0,3}})?(?:这|此|本)(?:是|为|封)(?:邮件(?:是|为))?.{{0,4}}(?:系统)?{_AUTO_REPLY_WORDS}"
    rf"|(?:这|此|本)(?:是|为|邮件为|邮件是|封).{{0,4}}{_AUTO_REPLY_WORDS}(?:的?邮件)?[,。!]?"
    r"(?:(?:请勿|无需|不必)(?:直接)?回复(?:[此本]邮件)?)?[。!]?$"
    rf"|(?:^|[。!~ ])(?:这|此|本)(?:是|为|封|邮件(?:是|为)?)(?:一封)?(?:来自.{{1,12}}的)?"
    rf"(?:系统|假期|休假|外出|邮箱)?的?{_AUTO_REPLY_WORDS}(?:的?邮件)?(?=[,。! ]|$)"
    r"|^.{0,12}我?最近正?在休假中?,无法亲自回复"
    r"|(?:^|[.!] )this is an? auto(?:mated|matic)(?:ally generated)? (?:reply|response)"
    r"|このメールは.{0,16}?自動(?:的に)?(?:送信|返信|配信)",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"(?:智能(?:客服|助手|助理)|(?:客服)?机器人|機器人).{0,6}(?:已经?)?(?:收到|受理|记录)了?[您你]的"
    r"|(?:此|本)(?:消息|邮件|回复)由(?:智能|客服)?(?:客服|助手|机器人|機器人)(?:自动)?(?:发送|回复|生成)"
)
# Programs put it in brackets below what they say.
_LABELLED = re.compile(rf"[\[【(]{_AUTO_REPLY_WORDS}[\]】)][。.]?$")
_BRACKETED_END = re.compile(rf"[(\[【]{_AUTO_REPLY_WORDS}[)\]】]$")
# A customer quotes the automatic reply and says what is wrong with it.
_COMPLAINS = re.compile("没用|没有用|没解决|没有解决|解决不了|不行|还是|仍然|投诉|人工|真人|看不懂")
_PERSON_ASKS = re.compile(
    r"^(?:.{0,6}好.{0,2})?"
    r"(?:我|咨询|请问|請問|为什么|怎么|my |i |what|how|why|can you|could you|the (?:app|courier))",
    re.IGNORECASE,
)
_TECHNICAL = re.compile(
    r"final-recipient|diagnostic-code|said ?:|smtp error"
    r"|^ {0,8}<[^<>@\s]{1,64}@[^<>@\s]{1,255}> ?:|remote host"
    r"|host \S{1,100}\.\w",
    re.IGNORECASE | re.MULTILINE,
)
_ASKS = re.compile(
    r"[?？]|吗|嗎|怎么|怎麼|如何|请问|請問|为什么|為什麼|什么|什麼|哪[里个些儿]|能不能|可不可以"
    r"|^how (?:do|can|to|long)\b|^(?:what|why|when|where|can you|could you|do you)\b",
    re.IGNORECASE,
)
_ASKS_AT_LAST = re.compile(r"(?:[?？]|吗|嗎|什么|什麼|怎么办|怎麼辦)[\s。.!！~]*$")


def begins(pattern: re.Pattern[str], subject: str) -> bool:
    """Tell whether a subject, as it stands, begins with one of a table's words."""
    return bool(pattern.match(fold(subject)))


def ends_as_auto_reply(subject: str) -> bool:
    """Tell whether a subject ends with 自动回复 in brackets: `Re: x (自动回复)`."""
    return bool(_BRACKETED_END.search(fold(subject)))


def asks(text: str) -> bool:
    """Tell whether a text asks something, as machines hardly do."""
    return bool(_ASKS.search(text[:2000]))


def asks_at_last(text: str) -> bool:
    """Tell whether a text ends in a question."""
    return bool(_ASKS_AT_LAST.search(text[-200:]))


def recalls(text: str) -> bool:
    """Tell whether a text is empty or what Exchange writes when it takes a message back."""
    return not text.strip() or bool(_RECALL_TEXT.search(text[:2000]))


def acknowledges_reading(text: str) -> bool:
    """Tell whether a text is empty or says that a message was read or thrown away."""
    return not text.strip() or bool(_RECEIPT_TEXT.search(text[:2000]))


def opens_like_auto_reply(text: str) -> bool:
    """Tell whether a text says of itself that it is an automatic reply, and asks nothing."""
    head = " ".join(fold(text[:600]).split())
    if len(text) >= 2000 or asks(text):
        return False
    if _ROBOT.search(head):
        return True
    calls_itself = _AUTO_TEXT.search(head) and not _COMPLAINS.search(head)
    return bool(calls_itself or _LABELLED.search(" ".join(fold(text).split())))


def speaks_of_delivery(text: str) -> bool:
    """Tell whether a text names a status code and mail matters, as reports of failure do."""
    head = text[:6000]
    return bool(_DELIVERY_WORDS.search(head) and _CODE.search(head))


def is_person_about_mail(text: str) -> bool:
    """Tell whether a person asks about mail that came back, with none of a server's lines."""
    head = fold(" ".join(text[:300].split()))
    spoken = bool(_PERSON_ASKS.search(head)) or asks(head)
    return spoken and not _TECHNICAL.search(text[:6000])


def opens_like_bounce(text: str) -> bool:
    """Tell whether a text begins as mail systems begin a report of failure."""
    head = " ".join(text.lstrip()[:700].split())
    opening = _BOUNCE_OPENING.match(head)
    if not opening or (is_person_about_mail(text) and not opening[0].isascii()):
        return False
    return speaks_of_delivery(text) or "@" in text[:3000]
