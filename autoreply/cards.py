"""Lines of a visiting card, as people put them below their words; lines are folded. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autoreply import names

CONTACT = re.compile(
    r"^(?:(?:(?:办公|移动|联系|固定|公司)?电话|電話|手机|手機|座机|固话|直线|内线|分机|分機|(?:公司)?地址"
    r"|(?:电子|電子)?[邮郵]箱|电子邮件|邮编|(?:企业)?微信|传真|傳真|网址|官网|公司|部门|职位|qq|tel"
    r"|mobile|phone|whatsapp|skype|direct|office"
    r"|fax|e-?mail|mail|web|cell|add|addr|address|wechat|www|http)(?: ?[.:|/]| ?\+?\(?\d[\d -]{4})"
    # Telephones, not the numbers of orders and devices.
    r"|(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}$|\(?0\d{2,3}\)?[- ]?\d{7,8}(?:[- ]\d{1,6})?$"
    r"|\+\d[\d\s()-]{7,}$|[48]00[- ]?\d{3}[- ]?\d{4}$|[\w.+-]+@[\w-]+(\.[\w-]+)+$|www\."
    r"|[tmfp] ?[.:]? ?\+?\(?\d[\d ()/-]{7,})",
    re.IGNORECASE,
)
ORGANISATION = re.compile(
    r"^[^,。:?!]{2,30}(?:公司|集团|集團|学院|學院|大学|大學|研究[所院]|中心|事业部|事業部|科室|部)$"
)
# What counts only beside a name.
_SMALL = re.compile(
    r"^[^,。:?!]{2,30}(?:事务所|事務所|银行|分行|支行|医院|醫院|学校|小学|中学|工作室|商行|经营部|门店|旗舰店|专卖店"
    r"|工厂|工廠|科技|网络|贸易|商贸|物流|实业|电子|传媒|设计|建材|协会|商会|办公室|委员会"
    r"|\d级|\d班|[系科处室局厂廠店组])$"
    r"|^[^,。:?!]{0,16}(?:经理|經理|总监|總監|主管|主任|专员|專員|助理|工程师|工程師|设计师|設計師|顾问|顧問"
    r"|会计|會計|出纳|秘书|律师|律師|医生|教授|店长|董事长|总裁|负责人|采购|销售|财务|行政|人事"
    r"|[管程业技营][\u4e00-\u9fff]{0,2}员|[\u4e00-\u9fff]{2,4}师|校长|院长|处长|科长)$"
    r"|^(?:学号|工号|班级|专业|院系) ?:.{1,24}$"
    # 晨风科技 · 产品, Riverside Ltd. | Sales.
    r"|^[^,。:?!]{2,24} ?[·|｜] ?[^。?!]{1,60}$"
    r"|^[A-Z][\w&.'-]*(?: ?,? (?:[A-Z&(][\w&.')-]*|of|and)){0,6}$"
)
_LABELLED = re.compile(r"^(?:联系人|聯絡人|姓名|name) ?: ?(?P<name>.{2,20})$", re.IGNORECASE)
# The day, as Foxmail puts it below the name.
_DATE = re.compile(r"^\d{4}[-/年]\d{1,2}[-/月]\d{1,2}日?$")
_SENTENCE_END = re.compile(r"[。?!;~]$|[?!]|吗$|呢$")
_LONGEST = 60
_MOST_LINES = 9


def start(lines: Sequence[str], end: int, author: str) -> int:
    """Return where the card begins that ends at `end`, or `end` when there is none.

    A card is a name with lines about its owner above or below it, blank lines between them allowed,
    set off by a blank line or the end of a sentence.

    Args:
        lines: of the new text.
        end: one past the last line that may belong to it.
        author: the name that From shows, or "".
    """
    first, named, others = end, 0, 0
    for index in range(end - 1, 0, -1):
        line = lines[index]
        if not line:
            continue
        is_name = _is_name(line, author)
        if not is_name and not _belongs(line):
            break
        named, others = named + is_name, others + (not is_name)
        first = index
        if named + others > _MOST_LINES:
            return end
    above = lines[first - 1] if first else ""
    set_off = not above or _SENTENCE_END.search(above)
    return first if named == 1 and others and set_off and any(lines[:first]) else end


def _is_name(line: str, author: str) -> bool:
    labelled = _LABELLED.match(line)
    if labelled:
        return names.is_author(labelled["name"], author)
    name, _, position = line.partition(" ")
    return names.signs_as(line, author) or (
        bool(_SMALL.match(position)) and names.signs_as(name, author)
    )


def _belongs(line: str) -> bool:
    if len(line) > _LONGEST or _SENTENCE_END.search(line):
        return False
    return any(words.match(line) for words in (CONTACT, ORGANISATION, _SMALL, _DATE))
