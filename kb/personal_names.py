"""Recognise people's names by where they stand (pure).

Chinese names have no capitals; a surname followed by one or two characters is a name only after
a word that announces one, before a title, in a greeting or in a signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.personal_numbers import Span

_DOUBLE = "欧阳|司马|上官|诸葛|夏侯|皇甫|尉迟|公孙|慕容|长孙|令狐|司徒|端木|东方|独孤|南宫"
# The surnames of about 95 in 100 people, without those that mostly begin other words (和, 那, 老…).
_SINGLE = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡"
    "贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷"
    "钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦柳邢路岳"
    "齐梅莫庄辛祝左涂谷祁舒耿牟卜詹关苗凌纪靳童欧甄项曲游阳裴席卫屈鲍覃霍翁隋甘景薄单包司柏宁"
    "柯阮桂闵柴华冉房闫肖喻仇窦桑娄湛滕虞奚荆褚骆瞿晏缪冀宫蔺郎贡沙栾"
)
_SURNAME = rf"(?:{_DOUBLE}|[{_SINGLE}])"
_GIVEN = r"[\u4e00-\u9fff]"
_NAME = rf"(?:{_SURNAME}{_GIVEN}{{1,2}})"
_END = r"(?=[\s，,。.；;：:、！!？?）)（(“”\"'〓〔/|~—\-]|$)"
_START = r"(?<![\u4e00-\u9fffA-Za-z])"

# Words that begin like a name.
_WORDS_TEXT = (
    "万一 万分 万能 不详 严格 严重 付款 付费 代办 代扣 代收 代替 代理 代理商 代码 代表 任何 "
    "何时 保密 储值 储物 先生 关于 关机 关键 关闭 别人 包含 包年 包括 包月 包装 包裹 包邮 "
    "匿名 华东 华为 华北 华南 单价 单位 单反 单号 单子 单次 单独 卫浴 卫生 卫生间 司令 司机 "
    "同上 向右 向左 唐山 商家 女士 季度 宁波 安全 安卓 安庐 安徽 安心 安排 安装 安防 安静 "
    "宗旨 客户 客服 宫颈 左右 左边 师傅 常客 常州 常用 常见 广东 应付 应急 应收 应用 应答 "
    "应该 康复 强光 强制 强烈 成人 成功 成员 成都 房东 房主 房产 房子 房产证 房客 房租 房管 房门 "
    "祝好 祝您 祝愿 祝福 申诉 "
    "房间 文件 文字 文档 文章 方便 方向 方式 方案 方法 施工 施工队 时候 时效 时段 时间 易用 "
    "易碎 曲线 未知 本人 林业 柏油 查收 查看 查询 桂林 武汉 毕竟 江湖 江苏 江苏人 江西 沈阳 "
    "沙发 沙龙 温州 温度 游客 田园 申请 申请人 白天 白色 白金 白领 盛夏 石家庄 石材 程序 "
    "程序员 章程 童装 童锁 管家 管理 管理员 管道 舒服 范围 莫名 解决 解绑 解释 解锁 解除 谢谢 "
    "谢谢您 费用 路上 路口 路灯 路由 路由器 车主 车位 车号 车型 车库 车牌 车牌号 车门 辛苦 "
    "边上 边框 金卡 金属 金融 金额 钟点 钟点工 阳光 阳台 陈列 雷达 雷雨 韩国 项目 项链 顾客 "
    "顾问 马上 高中 高中生 高低 高兴 高压 高层 高手 高清 高温 高级 高速 高铁 鲁班 黄牛 黄色 "
    "黄金 齐全 龙头 "
)
_WORDS = frozenset(_WORDS_TEXT.split())
_UNLIKELY_LAST = frozenset(
    "在是到为有和要把的户员客主家店商工用师码锁门机号了吗呢吧着过们人费款件单区"
)

_SELF = re.compile(rf"(?:我叫|我的名字(?:叫|是)|本人姓名)\s{{0,9}}(?P<value>{_NAME}){_END}")
_I_AM = re.compile(rf"(?:我是|这里是|这边是|本人|我姓名)\s{{0,9}}(?P<value>{_NAME}){_END}")
_SURNAME_ONLY = re.compile(rf"(?:我姓|免贵姓|姓)(?P<value>{_SURNAME})(?![名氏\u4e00-\u9fff])")
_LABEL = (
    "(?:姓名|联系人|收件人|收货人|寄件人|发件人|签收人|户名|户主|业主|持卡人|经办人|投保人"
    "|申请人|称呼|抬头|收款人|付款人)"
)
_LABELLED = re.compile(
    rf"{_LABEL}(?:姓名)?\s{{0,9}}(?:[:：]|是|为|叫)\s{{0,9}}"
    rf"(?P<value>{_NAME}|{_GIVEN}{{2,8}}·{_GIVEN}{{2,12}}){_END}"
)
_LABELLED_BARE = re.compile(rf"{_LABEL}\s{{0,9}}(?P<value>{_NAME}){_END}")
_ROLE = re.compile(
    rf"(?:客户|用户|业主|租客|房东|户主|车主|同事|老公|老婆|爱人|儿子|女儿|经理|师傅|客服|专员)\s?(?P<value>{_NAME})"
    r"(?=[\s，,。；;：:、！!？?）)]|$|的|说|来电|反映|要求|已|想|需要)"
)
_TITLE = re.compile(
    r"先生|女士|小姐|太太|阿姨|大哥|大姐|老师|师傅|经理|总(?=[您你，,：:\s])|主管|医生|律师|教授"
)
_LOOSE_TITLES = frozenset(("先生", "女士", "小姐", "太太"))
_GREETED = re.compile(
    rf"(?m)^\s{{0,9}}(?:尊敬的|亲爱的|您好[,，]?|你好[,，]?|Hi\s|Hello\s|@)?\s{{0,9}}(?P<value>{_NAME})"
    r"\s{0,9}[,，:：]?\s{0,9}(?:您好|你好|[:：，,]\s{0,9}$)"
)
_DEAR = re.compile(rf"(?:尊敬的|亲爱的|@)\s{{0,9}}(?P<value>{_NAME}){_END}")
_RECIPIENT = re.compile(rf"{_START}(?P<value>{_NAME})\s?(?:收|签收|亲启)(?=[\s，,。；）)]|$)")
_BESIDE_MASK = re.compile(
    rf"{_START}(?P<value>{_NAME})(?=[\s,，:：、/(]{{0,3}}〓{{7,}})"
    rf"|(?<=〓〓〓〓〓〓)[\s,，、/]{{0,3}}(?P<after>{_NAME}){_END}"
)
_SIGNATURE = re.compile(
    rf"^[\s—\-–_~]*(?P<value>{_NAME})\s{{0,9}}(?:敬上|拜上|谨上|谨启|留|上|启)?[\s。.]*$"
)
_SIGNED_LINE = re.compile(
    r"(?:谢谢|感谢|祝好|此致|敬礼|顺颂商祺|拜托了?)[!！。.，, ]*[—\-–]*\s{0,9}"
    rf"(?P<value>{_NAME})[\s。.]*$"
)
_PARTING = re.compile(r"(?i)谢|祝|敬礼|此致|顺颂|regards|sincerely|best|thanks|cheers|^[\s—\-–_]*$")

_WORD = r"[A-Z][a-z]+(?:[-'][A-Z]?[a-z]+)?"
_LATIN = re.compile(
    rf"(?:(?:Dear|Hi|Hello)\s{{1,9}}(?:Mr\.?|Ms\.?|Mrs\.?|Dr\.?)?\s{{0,9}}"
    rf"(?P<dear>{_WORD}(?:[ ]{_WORD}){{0,2}})(?=[ ]*[,:，：!\n])"
    rf"|\b(?:[Mm]y name is|I am|I'm|[Tt]his is)\s{{1,9}}(?P<own>{_WORD}(?:[ ]{_WORD}){{1,2}})"
    rf"|\b(?:Mr|Ms|Mrs|Dr)\.?\s{{1,9}}(?P<title>{_WORD}(?:[ ]{_WORD})?)"
    r"|(?:[Rr]egards|[Ss]incerely|[Cc]heers|[Tt]hanks|[Bb]est)[,，]?\s{0,9}\n+\s{0,9}"
    rf"(?P<signed>{_WORD}(?:[ ]{_WORD}){{0,2}})\s{{0,9}}(?:\n|$))"
)
_NOT_LATIN_TEXT = (
    "Sir Madam Team Support All There Customer Service Everyone Friend Friends Sirs Manager Sales"
)
_NOT_LATIN_NAMES = frozenset(_NOT_LATIN_TEXT.split())

_PATTERNS = (
    _LABELLED, _LABELLED_BARE, _SELF, _I_AM, _SURNAME_ONLY, _ROLE, _GREETED, _DEAR, _RECIPIENT,
    _BESIDE_MASK,
)  # fmt: skip
_CERTAIN = frozenset((_LABELLED, _SELF, _SURNAME_ONLY))


def find(text: str) -> Iterator[Span]:
    """Yield the names of a text, without titles; they may not overlap."""
    taken = bytearray(len(text))
    for span in _candidates(text):
        if not any(taken[span.start : span.end]):
            taken[span.start : span.end] = b"\1" * (span.end - span.start)
            yield span


def _candidates(text: str) -> Iterator[Span]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            group = "after" if match.groupdict().get("after") else "value"
            if _is_name(match[group], certain=pattern in _CERTAIN):
                yield Span("name", *match.span(group))
    yield from _titled(text)
    yield from _signed(text)
    yield from _latin(text)


def _is_name(word: str, *, certain: bool = False) -> bool:
    if word in _WORDS or word[:2] in _WORDS or _TITLE.search(word):
        return False
    return certain or len(word) == 1 or word[-1] not in _UNLIKELY_LAST


def _titled(text: str) -> Iterator[Span]:
    for match in _TITLE.finditer(text):
        length = _name_before(text[max(0, match.start() - 5) : match.start()])
        if length > 1 and match[0] not in _LOOSE_TITLES:
            length = 0 if length > 3 else length
        if length:
            yield Span("name", match.start() - length, match.start())


def _name_before(before: str) -> int:
    """Return how many characters before a title are a name: 王小明先生 3, 请张先生 1, 这位 0."""
    for length in (4, 3, 2):
        word, edge = before[-length:], before[-length - 1 : -length]
        whole = len(word) == length and re.fullmatch(_NAME, word) and _is_name(word)
        if whole and (not edge or not re.match(r"[\u4e00-\u9fff]", edge) or edge in _LEADS):
            return length
    double = before[-2:]
    if re.fullmatch(_DOUBLE, double):
        return 2
    single = before[-1:]
    return 1 if re.fullmatch(_SURNAME, single or " ") and before[-2:] not in _WORDS else 0


_LEADS = frozenset("给找是叫为由请和与跟让对问的位")


def _signed(text: str) -> Iterator[Span]:
    """Look at the last lines only: a line that is nothing but a name, after a farewell."""
    lines = [match for match in re.finditer(r"[^\n]+", text) if match[0].strip()]
    for index, line in enumerate(lines[-4:]):
        match = _SIGNATURE.match(line[0]) or _SIGNED_LINE.search(line[0])
        position = max(0, len(lines) - 4) + index
        if match and _is_name(match["value"]) and _after_farewell(lines, position, line[0]):
            start = line.start() + match.start("value")
            yield Span("name", start, start + len(match["value"]))


def _after_farewell(lines: list[re.Match[str]], position: int, line: str) -> bool:
    if line.lstrip()[:1] in "—–-_~" or _PARTING.search(line):
        return True
    last = position == len(lines) - 1
    return position > 0 and (last or bool(_PARTING.search(lines[position - 1][0])))


def _latin(text: str) -> Iterator[Span]:
    for match in _LATIN.finditer(text):
        group = match.lastgroup or "own"
        if not _NOT_LATIN_NAMES & set(match[group].split()):
            yield Span("name", *match.span(group))
