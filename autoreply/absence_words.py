"""What people have their mailboxes answer, when no header says that it was the mailbox. Pure.

Such words also come from people, about something else; so they count only in an answer to us, when
the mail says hardly anything more.
"""

from __future__ import annotations

import re

from autoreply.machine_words import asks
from autoreply.quotes import fold

_GREETING = r"^\W{0,3}(?:尊敬的?.{0,10}?|各位|老师|同学|亲爱的.{0,6})?(?:[您你]好?|大家好)?\W{0,4}"
_THANKS = (
    r"(?:(?:非常)?(?:感谢|谢谢|感謝|謝謝)(?:[您你]们?)?的?"
    r"(?:来信|來信|邮件|郵件|来函|联系)\W{0,4})?"
)
_MAIL = r"(?:[您你]们?)?(?:发来|寄来)?的?(?:邮件|郵件|来信|來信|信件|来函|e-?mail|mail)"
_GOT = r"(?:我|我们|本人)?(?:已经?|都|業已)?(?:经)?(?:收到|收悉)了?"
_SOON = (
    r"(?:尽快|儘快|盡快|第一时间|稍后|稍後|随后|及时|马上|(?:在|于).{1,12}(?:后|内|之前|結束後))"
    r".{0,16}(?:回复|回覆|答复|答覆|处理|處理|联系|聯繫|阅读|查看|查阅|批阅|审阅)"
)
# Who asks us to hurry is a person.
_OURSELVES = r"[^请請麻望盼催]{0,30}?"
_WELCOME = r"(?:(?:欢迎|歡迎).{1,20}?[,。!]\W{0,2})?"
_RECEIVED = re.compile(
    rf"{_GREETING}{_WELCOME}{_THANKS}{_MAIL}{_GOT}{_OURSELVES}{_SOON}", re.IGNORECASE
)
_MOVED = re.compile(
    r"^.{0,12}?(?:此|本|该|該|我的?这个)(?:邮箱|郵箱|信箱|邮件地址)(?:现|现在|将)?已?(?:停用|弃用|不再使用|更换|更換)"
    r"|^.{0,12}?(?:我|本人)已经?(?:从.{1,20}?)?(?:离职|離職).{0,30}?(?:工作|事宜|业务|業務|如有)"
    r".{0,12}?(?:联系|聯繫|发送|转)"
    r"|^.{0,12}?(?:我|本人)(?:已经?|因)?(?:于.{1,12})?(?:工作|岗位)?(?:已经?)?"
    r"(?:调岗|转岗|调离|调任|退休|变动|调动|不再负责)"
    r".{0,30}?(?:联系|聯繫|发送|转至|抄送)"
    r"|^.{0,16}?(?:邮箱|郵箱)(?:助手|机器人|小秘书)",
)
_WHILE = (
    rf"{_GREETING}{_THANKS}(?:我|本人)?(?:目前|现在|現在|最近|近期|今天|本周)?(?:正在|正|在|因|将|將|于|於)?"
    r"[^,。!]{0,24}?"
)
_GONE = (
    r"(?:休假|请假|年假|产假|病假|度假|出差|外出|放假|培训"
    r"|不在(?:办公室|辦公室|公司)|有事不在)"
)
_CANNOT = (
    r"(?:(?:无法|不能|不便|暂时无法|無法).{0,6}(?:回复|回覆|查看|查阅|查收|接收|处理|處理)(?:[您你]|邮件|郵件|来信|信息)"
    r"|(?:紧急|急事|急需).{0,12}(?:联系|致电|电联|电话|聯繫|拨打))"
)
_REPLACED = (
    r"(?:邮件|郵件|工作|业务|業務|事务|事宜).{0,4}由.{0,16}(?:代为|代理|接替|接手|负责|負責)"
    r"(?!.{0,40}(?:请[把将给帮改]|麻烦))"
)
_LATER = (
    r"(?:(?:稍后|回来后|返回后|一会儿?|假期结束后).{0,8}(?:回复|联系|聯繫)"
    r"|(?:届时|屆時|返回后|回来后|返岗后|上班后).{0,8}(?:回复|回覆|答复|答覆)(?:[您你]|邮件|郵件|来信))"
)
# Who is only in a meeting and answers later has typed that himself.
_AWAY = re.compile(
    rf"{_WHILE}(?:{_GONE}.{{0,30}}?(?:{_CANNOT}|{_LATER}|{_REPLACED})|开会.{{0,30}}?{_CANNOT})",
    re.IGNORECASE,
)
_MOVED_IN_ENGLISH = re.compile(
    r"^(?:(?:hi|hello|dear|thanks?|please note)\b.{0,80}?[,.!] ?){0,3}(?:please note that )?"
    r"(?:i (?:have left (?:the |my )?(?:company|firm|organi[sz]ation|position|job|team|school)\b"
    r"|no longer work|am no longer (?:with|working|at))"
    r"|[\w .]{2,40} (?:has left the company|is no longer with)"
    r"|this (?:mailbox|e-?mail address) (?:is no longer|will no longer))"
    r".{0,120}?(?:contact|write to|direct|send|e-?mail)",
    re.IGNORECASE,
)
_AWAY_IN_ENGLISH = re.compile(
    r"^(?:(?:hi|hello|dear|thanks?)\b.{0,80}?[,.!] ?){0,3}"
    r"(?:i am|i'm|i will be|i'll be|i have been) (?:currently |presently |now )?"
    r"(?:out of (?:the |my )?office|away\b|travell?ing|on [a-z ]{0,16}(?:leave|vacation|holidays?))"
    r".{0,120}?(?:(?:limited|no|without|intermittent|little) access"
    r"|(?:respond|reply|answer|get back|return your).{0,40}(?:when|upon|after|once|as soon)"
    r"|(?:when|upon|after|once) .{0,30}(?:return|back)"
    r"|(?:urgent|immediate|emergenc).{0,40}(?:contact|call|write|e-?mail))",
    re.IGNORECASE,
)
_LONGEST = 200
_LONGEST_IN_ENGLISH = 500


def reads_like_auto_reply(text: str) -> bool:
    """Tell whether an answer only says that mail came, or that its reader is away.

    Args:
        text: the new text of a mail that answers something.
    """
    if len(text) > _LONGEST_IN_ENGLISH or asks(text):
        return False
    head = " ".join(fold(line) for line in text.split("\n"))
    if len(text) > _LONGEST or head.isascii():
        return bool(_AWAY_IN_ENGLISH.search(head) or _MOVED_IN_ENGLISH.search(head))
    return any(words.search(head) for words in (_RECEIVED, _AWAY, _MOVED))
