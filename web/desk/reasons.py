"""Words for why an article is found or not: one sentence for each fact of `authoring.why`."""

from __future__ import annotations

from collections.abc import Mapping

from authoring.why import Difference, Why
from kb.models.knowledge import Article
from search.matches import Match
from web.locale import gettext


def verdict(why: Why, article: Article, titles: Mapping[int, str]) -> list[str]:
    """Return why an article stands where it stands, the most telling sentence first.

    Args:
        why: the facts.
        article: the one that is looked at.
        titles: article id -> title, of everything that the facts name.
    """
    sentences = [_hidden(why.hidden)] if why.hidden else []
    sentences.append(_place(why, article, titles))
    pinned = None if why.pinned is None else titles.get(why.pinned)
    if pinned:
        sentences.append(gettext("这个问法有人置顶了“%(title)s”。", title=pinned))
    boosts = why.boosts or {}
    sentences += [_boost(titles.get(key, ""), value) for key, value in boosts.items()]
    if why.place != 1:
        sentences += _missing(why.unknown)
        sentences += list(dict.fromkeys(map(_ahead, why.behind)))
    return sentences


def _hidden(reason: str) -> str:
    return {
        "draft": gettext("它还是草稿，发布以后客户才搜得到。"),
        "in_review": gettext("它还在等审核，通过以后客户才搜得到。"),
        "scheduled": gettext("它定了时间发布，时间还没到。"),
        "archived": gettext("它已经下线，重新发布以后客户才搜得到。"),
        "not_yet": gettext("还没到它的发布时间。"),
        "expired": gettext("它到期了，客户已经看不到。"),
        "audience": gettext("它只给内部的人看，客户搜不到。"),
        "language": gettext("它是另一种语言的，这里只找一种语言。"),
    }[reason]


def _place(why: Why, article: Article, titles: Mapping[int, str]) -> str:
    if why.expected is None or why.place is None:
        if why.hidden:
            return gettext("所以这样问找不到它。")
        if why.barred:
            return gettext("问句用引号或减号限定了用词，它不符合，所以找不到。")
        return gettext("这样问找不到它：没有像的问法。加一条相似问就能找到。")
    chance = percent(why.expected)
    if why.place == 1:
        return gettext("这样问，排第一的就是它，把握%(chance)s。", chance=chance)
    first = why.matches[0]
    return gettext(
        "这样问，它排第%(place)s，把握%(chance)s。第一是“%(title)s”，把握%(other)s。",
        place=why.place,
        chance=chance,
        title=titles.get(int(first.article_id), first.question),
        other=percent(first),
    )


def percent(match: Match) -> str:
    """Return a probability as people read it."""
    return f"{round(match.probability * 100)}%"


def _boost(title: str, value: float) -> str:
    if value > 0:
        return gettext("“%(title)s”被人上调过。", title=title)
    return gettext("“%(title)s”被人下调过。", title=title)


def _missing(words: tuple[str, ...]) -> list[str]:
    if not words:
        return []
    quoted = "".join(f"“{word}”" for word in words[:4])
    return [gettext("它的标题和相似问里没有%(words)s。", words=quoted)]


def _ahead(difference: Difference) -> str:
    family = difference.name.partition("_")[0]
    return {
        "gram": gettext("第一条的字面和问句更像。"),
        "word": gettext("第一条的用词和问句更像。"),
        "vector": gettext("第一条的意思和问句更近。"),
        "white": gettext("第一条的意思和问句更近。"),
        "class": gettext("照以前学到的，这样问更像在问第一条。"),
    }.get(
        family,
        gettext(
            "第一条在“%(name)s”上更高。", name=part_words().get(difference.name, difference.name)
        ),
    )


def part_words() -> dict[str, str]:
    """Return the features of `search.features` and `search.meaning` in words."""
    return {
        "gram_cosine": gettext("字面相似"),
        "gram_known": gettext("问句的字，相似问里有多少"),
        "gram_used": gettext("相似问的字，问句里有多少"),
        "gram_bm25": gettext("字面得分"),
        "gram_answer": gettext("问句的字，答案里有多少"),
        "word_cosine": gettext("用词相似"),
        "word_known": gettext("问句的词，相似问里有多少"),
        "word_used": gettext("相似问的词，问句里有多少"),
        "word_bm25": gettext("用词得分"),
        "word_answer": gettext("问句的词，答案里有多少"),
        "word_all": gettext("问句的词，标题、相似问和答案合起来有多少"),
        "term_all": gettext("问句里点名的东西，这条有多少"),
        "term_missed": gettext("点了名而这条没有的，最要紧的一个"),
        "term_foreign": gettext("点了名而哪条都没有的"),
        "vector_best": gettext("意思相近（最像的一句）"),
        "vector_second": gettext("意思相近（第二像的一句）"),
        "vector_title": gettext("意思和标题相近"),
        "vector_answer": gettext("意思和答案相近"),
        "white_best": gettext("意思相近（去掉共同的部分）"),
        "class_score": gettext("学过的归类"),
    }
