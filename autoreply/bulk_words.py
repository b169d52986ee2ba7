"""Words by which notifications and newsletters give themselves away when no header does. Pure.

Asked only of mails that answer nothing and pass nothing on: a customer who quotes such words has
asked something first.
"""

from __future__ import annotations

import re

from autoreply.machine_words import asks, asks_at_last
from autoreply.quotes import fold

_THIS = r"(?:本|此|该|這封?|这封?)(?:封)?(?:电子|電子)?(?:邮件|郵件|信件|信|通知|提醒|消息|回执)"
_UNATTENDED = re.compile(
    rf"{_THIS}.{{0,6}}(?:系统|系統|程序).{{0,6}}(?:发出|发送|發出|發送|发布|生成|產生|产生)"
    r".{0,12}(?:勿|不要|无需|無需|不必)(?:直接)?(?:回[复復覆信]|答复)"
    rf"|(?:系统|系統)自[动動](?:发出|发送|發出|發送|生成)的?.{{0,8}}[邮郵]件.{{0,8}}(?:勿|不要)(?:直接)?回[复復覆]"
    rf"|(?:请|請|敬请)(?:勿|不要)(?:直接)?回[复復覆]{_THIS}.{{0,16}}(?:系统|系統|自动|自動|无法|無法|不会|无人)"
    r"|this (?:is an? )?(?:auto(?:mated|matic)|automatically generated|system[- ]generated)"
    r" (?:message|e-?mail|mail|notification).{0,80}(?:do not|don't|cannot) (?:directly )?reply"
    r"|this (?:message|e-?mail) (?:was|is|has been) (?:sent )?automatically (?:generated|sent)"
    r".{0,80}(?:do not|don't) reply"
    r"|please (?:do not|don't) reply to this (?:automated |automatic )?"
    r"(?:message|e-?mail|notification)"
    r"|(?:此|本|该|這|这)(?:为|為|是|系|係)?(?:一封)?(?:系统|系統)(?:自[动動])?"
    r"(?:邮件|郵件|发送|發送|发出|發出|通知|生成).{0,6}(?:勿|不要|无需|無需)(?:直接)?回[复復覆信]"
    r"|(?:系统|系統)(?:自[动動])?(?:邮件|郵件|消息|信息|提示|发送|發送|发出|發出|生成|通知).{0,4}"
    r"(?:勿|不要)(?:直接)?回[复復覆信]"
    r"|自動(?:返信|送信|配信)メール(?:です|となり|でござい)"
    r"|返信(?:いただいて|されて)も.{0,12}(?:でき|いたし)(?:ません|かねます)"
    # Whoever says it last says it of the whole mail.
    rf"|(?:请|請)(?:勿|不要)(?:直接)?回[复復覆]{_THIS}[。.!]? *$"
    rf"|{_THIS}(?:由|为|為|是|系|係).{{0,6}}(?:系统|系統)(?:自[动動])?"
    r"(?:发出|发送|發出|發送|生成|产生|產生)[。. ]*$",
    re.IGNORECASE,
)
_UNATTENDED_BOX = re.compile(
    r"(?:本|此|该)(?:[邮郵]箱|信箱|系统|系統|账号|帳號)(?:仅用于|僅用於)?(?:发信|通知)?,?"
    r"(?:不|无法|無法|暂不|不能)"
    r"(?:接收|接受|处理|處理|查看)(?:任何)?(?:回信|回复|回覆|来信|來信|[邮郵]件)"
    r"|(?:本|此|该)(?:[邮郵]箱|信箱|(?:电子)?邮[箱件]地址)(?:为|是|僅|仅|只)?.{0,2}"
    r"(?:发信专用|专用发信|(?:仅|只|僅)?用于(?:发送|发信))"
    r"|(?:[邮郵]箱|信箱)无人(?:值守|查看|监控|管理)"
    r"|this (?:mailbox|inbox|e-?mail (?:address|account)"
    r"|account|address) is (?:not|no longer|never|un)"
    r" ?(?:being )?(?:monitored|read|attended|in use|checked)"
    r"|(?:replies|responses) (?:to this (?:e-?mail|message|address) )?(?:are|will) not (?:be )?"
    r"(?:monitored|read|answered)"
    r"|sent from (?:a |an )?(?:notification[- ]only|unmonitored|unattended|no-?reply)",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:验证码|驗證碼|校验码|动态码|动态密码|安全代码|安全碼|确认码"
    r"|verification code|security code"
    r"|confirmation code|one[- ]time (?:code|password)|passcode)"
    r"\W{0,3}(?:为|是|:|is)?\W{0,3}[A-Z]{0,3}-?(?:\d{4,8}|\d{3}[- ]\d{3})(?!\d)"
    r"|(?<!\d)\d{4,8} ?(?:是|为|為|is) ?(?:[您你]的|your).{0,12}"
    r"(?:验证码|驗證碼|校验码|动态码|动态密码|安全代码|code|password)",
    re.IGNORECASE,
)
_CODE_TOLD = re.compile(
    r"有效|请勿|切勿|勿.{0,6}(?:泄露|告知|透露)|不要.{0,10}(?:泄露|告知|告诉)|分钟|分鐘"
    r"|expire|minutes|do not share|don't share|never share|如非本人|若非本人|非本人操作",
    re.IGNORECASE,
)
_SIGNED_IN = re.compile(
    r"[您你]的?.{0,12}(?:账号|帐号|帳號|账户|帳戶|邮箱|郵箱).{0,40}(?:登录|登陆|登入|修改|绑定|重置)"
    r".{0,80}(?:如|若|如果|倘若)(?:非|不是)(?:您|你)?本人"
    r"|(?:new|unusual|suspicious) (?:sign|log)[- ]?in.{0,120}"
    r"if (?:this|it) (?:wasn't|was not|isn't) you",
    re.IGNORECASE,
)
# What a person adds who has received such a notice.
_OBJECTS = re.compile(
    r"但|可是|提示|收不到|无效|過期|过期了|错误|錯誤|麻烦|帮|我(?![们們])"
    r"|\bbut\b|doesn't|does not|invalid|\bi\b|\bmy\b",
    re.IGNORECASE,
)
_NOTICE = 500
_SMS_STYLE = re.compile(
    r"(?:退订|退訂|拒收)(?:请|請)?(?:回复?|回覆|发送?)? ?[\"“]?(?:TD|T|R|N|QX|0000)[\"”]?[。.]?$"
    r"|(?:回复?|回覆) ?[\"“]?(?:TD|T|R|N|QX|0000)[\"”]? ?(?:退订|退訂|拒收)[。.]?$",
    re.IGNORECASE,
)
_UNSUBSCRIBE = re.compile(
    r"(?:click|visit|follow|go to|here to|to) .{0,40}unsubscribe"
    r"|unsubscribe .{0,40}(?:here|click|link)"
    r"|(?:no longer|not) (?:wish|want) to receive .{0,60}"
    r"(?:e-?mails?|messages?|newsletters?|offers?)"
    r"|you (?:are receiving|have received|received) this .{0,40}because"
    r"|(?:点击|點擊|此处|這裡|这里).{0,12}(?:退订|退訂|取消订阅|取消訂閱)"
    r"|(?:退订|退訂|取消订阅|取消訂閱).{0,8}(?:请|請|点击|點擊|链接)"
    r"|(?:不想|不希望|不愿)(?:再|继续)?(?:收到|接收).{0,16}(?:邮件|郵件|电子报|電子報|信息)",
    re.IGNORECASE,
)
# Who puts the words between quotation marks speaks about them.
_QUOTATION = re.compile('[“「『"][^“”「」『』"]{1,200}[”」』"]')
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_PERSON = re.compile(
    r"^(?:.{0,8}好.{0,2})?(?:我|咱|请问|請問|咨询|为什么|怎么|帮|麻烦|这是|這是|下面"
    r"|my |i |i'|we |can |could |what |how |why |is this)",
    re.IGNORECASE,
)
_READ = 20_000
_TAIL = 1_500
_FEWEST_LINKS = 3
_SHORTEST_LETTER = 300


def is_unattended(text: str) -> bool:
    """Tell whether a text says of its mail that a system wrote it and nobody reads answers.

    Args:
        text: the new text; one that opens as people do, asks at once or at last, is none.
    """
    tail = _QUOTATION.sub("", _joined(text[-_TAIL:]))
    if asks_at_last(tail):
        return False
    says_so = _UNATTENDED.search(tail) or _UNATTENDED_BOX.search(tail)
    return _is_notice(text) or (bool(says_so) and not _opens_like_person(text))


def _is_notice(text: str) -> bool:
    """Tell whether a short text brings a code, or says that somebody signed in."""
    head = _joined(text[:_NOTICE])
    if len(text) > _NOTICE or asks(head) or _OBJECTS.search(head):
        return False
    code = _CODE.search(head) and _CODE_TOLD.search(head)
    return bool(code or _SIGNED_IN.search(head))


def is_newsletter(text: str, whole: str) -> bool:
    """Tell whether a text is a long letter with links that ends with how to unsubscribe.

    Args:
        text: the new text.
        whole: text or HTML of the body, for its links.
    """
    if _opens_like_person(text):
        return False
    if _SMS_STYLE.search(_joined(text[-_TAIL:]).strip()):
        return not asks(text)
    if len(text) < _SHORTEST_LETTER:
        return False
    links = len(_LINK.findall(whole[: 5 * _READ]))
    return links >= _FEWEST_LINKS and bool(_UNSUBSCRIBE.search(_joined(text[-_TAIL:])))


def _opens_like_person(text: str) -> bool:
    head = _joined(text[:200])
    return bool(_PERSON.match(head)) or asks(head[:60])


def _joined(text: str) -> str:
    return " ".join(fold(line) for line in text.split("\n"))
