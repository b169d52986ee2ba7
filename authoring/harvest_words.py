"""What people write around the thing itself: greetings, thanks, signatures, telephone notes (pure).

Everything here takes text away from a message; what is left is the question or the answer.
"""

from __future__ import annotations

import re

_TITLE = "(?:先生|女士|小姐|老师|同学|师傅|工|总|经理|阿姨|叔叔)"
_NAME = "[\u4e00-\u9fff]{1,4}?"
_HELLO = re.compile(
    rf"^(?:尊敬的[^，,：:。！!\n]{{0,12}}[，,：:]"
    rf"|(?:{_NAME}{_TITLE})?[，,]?\s*(?:您好|你好|亲爱的|哈喽|嗨|老师好|客服(?:您好|你好)?|hi|hello|亲)"
    rf"(?=[啊呀~～!！,，。.:：\s])[啊呀]?"
    rf"|{_NAME}{_TITLE}好?(?=[，,：:]))"
    r"[~～!！,，。.:：\s]*",
    re.IGNORECASE,
)
_PHONE_NOTE = re.compile(r"^[（(](?:电话记录|来电记录|来电|通话记录|语音)[)）]\s*")
_CALLER = re.compile(r"^(?:客户|老人家|用户)[^，,。；;]{0,40}[，,。；;]\s*")
_TOLD = re.compile(r"^(?:已?(?:答复|告知|报价|回复|说明|解释)|回复内容)[：:]\s*")
_SIGNATURE = re.compile(
    r"^\s*(?:[-—–_=*]{2,}.{0,40}|发自我的.{0,20}|sent from .{0,40}|此致|敬礼[!！]?|顺祝.{0,10}"
    r"|祝好[!！。]?|以上[。，]?谢谢.{0,4}|.{0,12}(?:客服|客户服务|服务中心|售后)(?:部|团队|中心)?\s*[\u4e00-\u9fff]{0,4}"
    r"|工号.{0,12})\s*$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^。！!？?\n]*[。！!？?]+[”’」)）]*|[^。！!？?\n]+|\n+")
_COURTESY = re.compile(
    r"^[\s，,]*(?:(?:好的?|嗯|行|ok|收到了?|明白了?|知道了)[，,]?\s*)?(?:"
    r"(?:再次)?(?:非常|十分|真诚|多)?(?:感谢|谢谢|多谢)[^。！!？?]{0,24}"
    r"|祝[^。！!？?]{0,16}(?:愉快|顺利|开心|健康|好)"
    r"|(?:您|你)?(?:如果?|若)?(?:您|你)?(?:还|再)?有(?:任何|其他|别的|什么|不明白的?)?(?:问题|疑问|需要|情况)[^。！!？?]{0,30}"
    r"|有事(?:您|你)?随时[^。！!？?]{0,12}|欢迎(?:随时|再次)[^。！!？?]{0,16}"
    r"|不客气|不用谢|期待(?:您|你)的[^。！!？?]{0,8}|请(?:您)?耐心等待|辛苦了?|麻烦(?:您|你)?了|给您添麻烦了?"
    r"|(?:很|非常|实在)?(?:抱歉|不好意思|对不起)[^。！!？?]{0,12}(?:回复|久等|添麻烦|不便)[^。！!？?]{0,8}"
    r"|让您久等了|盼复|急|在线等|在吗|有人吗|等回复)[。！!~～\s]*$",
    re.IGNORECASE,
)
_BACK_QUESTION = re.compile(r"^\s*(?:请问(?:是|您|你|您是)|现在).{0,24}[？?]$")
_SHORT_BACK_QUESTION = 12
_DONE_FOR_YOU = re.compile(
    r"^[\s，,]*(?:我|我们|这边|刚才|刚刚)?(?:已经?(?:帮|为|给|替)[您你]|已经?(?:联系|通知|转给|安排)(?:了)?(?:师傅|同事|仓库|物流|财务|快递))"
)
_ACKNOWLEDGED = re.compile(
    r"^[\s，,]*(?:好的?|嗯+|行|可以了?|搞定了?|明白了?|知道了|收到了?|ok|没问题|已发|解决了|谢了|再见|拜拜|测试)"
    r"[\s，,。!！~～]*$",
    re.IGNORECASE,
)
_THANKS = re.compile("谢谢|感谢|多谢|好评|表扬|点赞")
_SPAM = re.compile(
    "招商|展位|参展|诚邀贵|代开发票|代办|推广合作|SEO|贷款|中奖|加微信领|尊敬的领导|商务合作洽谈"
)


def without_greeting(text: str) -> str:
    """Take greetings and forms of address off the beginning."""
    text = text.strip()
    while (match := _HELLO.match(text)) and match.end():
        text = text[match.end() :].lstrip()
    return text


def without_note(text: str) -> str:
    """Take “（电话记录）客户某某，” and “已答复：” off the beginning."""
    bare = _PHONE_NOTE.sub("", text.strip())
    if bare != text.strip():
        bare = _CALLER.sub("", bare)
    return _TOLD.sub("", bare)


def without_signature(text: str) -> str:
    """Take lines that sign a message off its end."""
    lines = text.rstrip().split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or _SIGNATURE.match(lines[-1])):
        lines.pop()
    return "\n".join(lines)


def sentences(text: str) -> list[str]:
    """Return the sentences with their marks; a line break is one of its own."""
    return [part for part in _SENTENCE.findall(text) if part.strip() or "\n" in part]


def is_courtesy(sentence: str) -> bool:
    """Say whether a sentence only thanks, wishes, apologises or offers more help."""
    return _COURTESY.match(sentence) is not None or _ACKNOWLEDGED.match(sentence) is not None


def asks_back(sentence: str) -> bool:
    """Say whether an agent's sentence asks the customer something about their case."""
    sentence = sentence.strip()
    if not sentence.endswith(("？", "?")):
        return False
    return len(sentence) <= _SHORT_BACK_QUESTION or _BACK_QUESTION.match(sentence) is not None


def is_of_the_case(sentence: str) -> bool:
    """Say whether an agent's sentence helps this customer only: asks back, tells what was done."""
    return asks_back(sentence) or _DONE_FOR_YOU.match(sentence) is not None


def only_thanks(text: str) -> bool:
    """Say whether a customer's message says thanks and nothing else."""
    parts = [part for part in sentences(text) if part.strip()]
    if all(is_courtesy(part) for part in parts):
        return True
    return (
        len(text) < 60 and _THANKS.search(text) is not None and not re.search("[？?]|怎|吗", text)
    )


def is_advertising(text: str) -> bool:
    """Say whether a message offers us something to buy."""
    return _SPAM.search(text) is not None
