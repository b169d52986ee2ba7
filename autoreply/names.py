"""Names by which people sign, told from words that look alike. Pure."""

from __future__ import annotations

import re

# The surnames of nine people in ten.
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏"
    "薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎易常武"
    "乔贺赖龚庞樊兰殷施陶翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢骆岳齐梅庄辛管祝左涂谷祁耿"
    "褚鲍滕娄匡阮屈冉佟闫闵柏卓靳苗单桑"
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮許鄧呂蘇盧蔣賈葉閻鐘姜鄒陸龍錢湯賴龔龐蘭顏嚴盧莊"
)
_COMPOUND = "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|夏侯|皇甫|尉迟|慕容|令狐|东方|東方|端木|南宫|公孙"
_NAME = re.compile(rf"(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}")
_NO_NAME = re.compile(
    r"柏[油林]|卓越|苗[木圃]|桑[拿树]|单[价号位]|谢|謝谢|多谢|[白黄金][色金]|黄河|黄山|周[一二三四五六日末]|周[边期年]|方[便法案式向]|安[全装心排卓]"
    r"|马[上达]|高[兴级清速]|常[见用州]|任[何务意]|何[时地处]|于[是此]|成功|程序|严[重格]|管[用理]|温[度州]"
    r"|江[苏西]|平|余额|钱[包款]|向[上下左右前后]|左[右边侧]|石家|金[额属]|单|章节|路|项|武汉|易[损用]"
    r"|顾客|许[可多]|齐全|康复|史[上前]|龙头|雷达|田地|孔|毕竟|申[请诉报]|季[度节]|辛苦|祝[好您你大福顺工]"
    r"|段|牛|梅雨|汤|兰州|秦皇|陆续|夏[天季]|叶[子片]|丁|曾经|林|范围|贺卡|施工|陶瓷|白[天屏]|唐山|苏州"
    r"|毛[病巾]|胡|朱红|杜绝|赵州|.{1,2}[吗呢吧啊呀嘛了的号色天年月日元个台件条张次部版]$"
)
_TITLE = r"(?: ?(?:先生|女士|小姐|老师|经理|敬上|谨启|上))?"
_TELEPHONE = (
    r"(?:(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|\(?0\d{2,3}\)?[- ]?\d{7,8}(?:[- ]\d{1,6})?)"
)
_SIGNED = re.compile(rf"(?P<name>[^\d:,]{{2,12}}?){_TITLE}(?: ?[:,]? ?{_TELEPHONE})?")


def signs_as(line: str, author: str = "") -> bool:
    """Tell whether a line is only a name, with a telephone number at most.

    Args:
        line: folded.
        author: the name that the mail's From shows.
    """
    name = _signed(line)
    return is_author(line, author) or (bool(_NAME.fullmatch(name)) and not _NO_NAME.match(name))


def is_author(line: str, author: str) -> bool:
    """Tell whether a line repeats the name that From shows, or one of its words."""
    name, shown = _signed(line).casefold(), author.strip(" \"'").casefold()
    return len(name) >= 2 and name in {shown, shown.replace(" ", ""), *shown.split()}


def _signed(line: str) -> str:
    found = _SIGNED.fullmatch(line.strip(" -—~.。"))
    return found["name"].strip() if found else ""
