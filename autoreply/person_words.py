"""How people write whose subject reads like that of a machine. Pure.

“自动回复” and “Undeliverable” are also what customers ask about. Their subject alone makes no
machine when the text wants something of us and says nothing that machines say.
"""

from __future__ import annotations

import re

from autoreply.machine_words import asks
from autoreply.quotes import fold

_WANTS = re.compile(
    r"帮我|幫我|帮忙|幫忙|麻烦|麻煩|求助|看一?下|[你您]们|[你您]們|贵[司公]|貴[司公]"
    r"|\bi (?:keep|get|got|have|can(?:no|')t|need|want)\b"
    r"|\byour (?:\w+ )?(?:app|site|page|shop|reply|e-?mail)"
    r"|please (?:help|have|call|send|let|tell|fix|check)",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"^(?:.{0,6}好.{0,2})?我(?![们們方司]|正?在|目前|现在|最近|已)")
_MACHINE = re.compile(
    r"(?:这|此|本|该|這|該)(?:是|为|為|封)?(?:一封)?.{0,6}自[动動]"
    r"|(?:收到|收悉|感谢|感謝|谢谢).{0,10}(?:邮件|郵件|来信|來信|来函|关注|联系)|[您你](?:发来)?的?(?:邮件|郵件|来信|來信)"
    r"|尽快|儘快|盡快|稍后|稍後|届时|屆時|及时|不在|休假|度假|出差|外出|放假|返回|离职|離職|上班|紧急|急事"
    r"|建议|建議|系统自动|系統自動"
    r"|out of (?:the )?office|on (?:\w+ )?(?:leave|vacation|holiday)|\baway\b"
    r"|will (?:reply|respond|get back|return)"
    r"|thank(?:s| you) for|automatically|auto(?:mated|matic) (?:message|e-?mail)"
    r"|your (?:message|mail)\b"
    r"|https?://",
    re.IGNORECASE,
)
# Mail systems say these as well as customers, but never begin with 我.
_OF_DELIVERY = re.compile(r"退信原因|收件人|投递|送达|送達|recipient|mailer", re.IGNORECASE)
_LONGEST = 300


def wants_something(text: str) -> bool:
    """Tell whether a text asks or tells us something, in none of the words of machines.

    Args:
        text: the new text of a mail.
    """
    if len(text) > _LONGEST:
        return False
    head = " ".join(fold(line) for line in text.split("\n"))
    spoken = asks(head) or _WANTS.search(head) or _FIRST_PERSON.search(head)
    machine = _MACHINE.search(head) or (
        _OF_DELIVERY.search(head) and not _FIRST_PERSON.search(head)
    )
    return bool(spoken) and not machine
