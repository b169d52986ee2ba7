"""What the editor shows is what the article says: no character is lost on the way."""

from __future__ import annotations

import html as entities

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authoring import html_to_markdown
from authoring.html_to_markdown import convert
from kb import markup
from kb.errors import Invalid


def words(html: str) -> list[str]:
    return markup.to_text(html).split()


KEPT = [
    "<p>a<strong>注意：</strong>请勿<strong> 付 </strong>款</p>",
    "<p><strong>「我的订单」</strong>中<strong>A</strong><em>B</em><s>C</s></p>",
    "<p><em>q<strong>w</strong>e</em> <strong>x<em>y</em></strong></p>",
    "<p># 井号<br>- 减号<br>1. 数字<br>&gt; 大于<br>= 等号<br>---<br>***</p>",
    "<p>a_b_c _d_ *e* `f` [g](h) ![i](j) ~~k~~ &lt;b&gt; &amp;amp; &amp;copy; \\* | x</p>",
    '<p><a href="https://a.example/x_(1)?a=1&amp;copy=2">链 [接]</a> 后</p>',
    '<p><a href="article:lock-1">看这条</a><img src="/media/a-10x20.webp" alt="图[1]*|"></p>',
    "<ul><li>一<ul><li>二<ol><li>三</li></ol></li></ul></li><li><p>四</p><p>五</p></li></ul>",
    "<ul><li>一</li></ul><ul><li>二</li></ul><ol start='3'><li>三</li></ol>",
    "<ul><li><blockquote><p>q</p></blockquote></li><li><pre>x\n  y</pre><p>z</p></li></ul>",
    "<blockquote><p><strong>注意：</strong>断电</p></blockquote><blockquote><p>b</p></blockquote>",
    "<blockquote><ul><li>a</li></ul><pre>c``` d</pre><table><tr><th>x</th></table></blockquote>",
    "<table><tr><td>a|b<td><p>1</p><p>2</p></tr><tr><td colspan=2>`c|d`</table>",
    "<table><tr><th rowspan=2>a</th><th>b</th></tr><tr><td>c</td></tr><tr><td>d</td></tr></table>",
    "<table><tr><td><ul><li>x<br>y</li></ul></td><td></td></tr></table>",
    "<p><code>a|b</code> <code>`</code> <code>a`b</code> <code>\\</code> <code>*x*</code></p>",
    "<pre><code>```\n*a*\n\n    b\n```</code></pre>",
    "<h1>标 #</h1><h2>二 <strong>粗</strong></h2><h6>六</h6>",
    "裸文字<p>段</p>又<div>块<div>内</div></div>",
    "<p>　　全角缩进　中间</p>",
    "<p>a</p><hr><p>b</p>",
    '<p>注意!<a href="/a/1">看</a>!<img src="/media/a-1x2.webp" alt="x"></p>',
    '<p><a href="/a/1">]: x</a></p><p>[a]: b</p>',
    "<h2>#</h2><h3>a ##</h3>",
    "<p><code>a </code>b<code>1</code><code>**</code></p>",
]


@pytest.mark.parametrize("html", KEPT)
def test_words_are_kept(html: str) -> None:
    assert words(markup.render(convert(html)).html) == words(markup.clean_html(html))


@pytest.mark.parametrize("html", KEPT)
def test_a_second_cycle_changes_nothing(html: str) -> None:
    once = convert(html)
    assert convert(markup.render(once).html) == once


SAME_STRUCTURE = [
    "<ul>\n<li>一<ul>\n<li>二</li>\n</ul>\n</li>\n<li>三</li>\n</ul>",
    "<p>请<strong>关掉</strong>电源。</p>",
    "<ol>\n<li>一</li>\n<li>二</li>\n</ol>",
    '<table>\n<thead>\n<tr>\n<th align="left">a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n'
    '<td align="left">1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>',
    "<pre><code>a\n  b</code></pre>",
    '<blockquote class="callout">\n<p><strong>注意：</strong>断电</p>\n</blockquote>',
]


@pytest.mark.parametrize("html", SAME_STRUCTURE)
def test_structure_is_kept(html: str) -> None:
    assert markup.render(convert(html)).html == html


def test_ordinary_text_is_written_without_escapes() -> None:
    text = "L7 Pro的电压是6V（4节5号电池），3.5秒内开门；a_b、x-y、50%、#3。"
    assert convert(f"<p>{text}</p>") == text + "\n"


def test_nothing_gives_nothing() -> None:
    assert convert("") == convert("<p></p><p><br></p>") == ""


def test_a_conversion_that_would_change_the_text_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(html_to_markdown, "to_markdown", lambda clean: "少了一半\n")
    with pytest.raises(Invalid) as caught:
        convert("<p>原来 的 文字</p>")
    assert caught.value.code == "text_would_change"
    assert "原来" in str(caught.value.params["expected"])
    assert "少了一半" in str(caught.value.params["actual"])


SIGNS = "中文，。：！「」ab1 2\n\t*_~`#>-+=.|[]()!<>&;:\\/'\"{}^$@\u3000\u00a0é😀\u200b"
HOSTILE = st.text(st.sampled_from(SIGNS), max_size=12)
SNIPPETS = st.sampled_from(
    ["**", "***", "~~", "&copy;", "&#35;", "1. ", "- ", "# ", "```", "---", "| a |", "<br>",
     "[x]: y", "![a](b)", "注意：", "http://a_b_c.example/(x)", "\\", "    缩进", "klzzwxh:0",
     "[TOC]", "*[a]: b"]
)  # fmt: skip
TEXT = (HOSTILE | SNIPPETS).map(entities.escape)


def wrap(tag: str, attributes: str = "") -> object:
    return lambda inner: f"<{tag}{attributes}>{inner}</{tag}>"


def joined(strategy: st.SearchStrategy[str], most: int = 4) -> st.SearchStrategy[str]:
    return st.lists(strategy, min_size=1, max_size=most).map("".join)


LINKS = st.sampled_from(
    ["https://a.example/x_(1)?a=1&amp;b=2", "article:k-1", "/a/1", "mailto:a@b.example", "#h-1",
     "https://例子.example/路 径?q=*_~[]"]
)  # fmt: skip


def marked(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        joined(inner).map(wrap("strong")),
        joined(inner).map(wrap("em")),
        joined(inner).map(wrap("s")),
        TEXT.map(wrap("code")),
        st.builds('<a href="{}">{}</a>'.format, LINKS, joined(inner)),
        st.just("<br>"),
        TEXT.map('<img src="/media/a-1x2.webp" alt="{}">'.format),
    )


INLINE = joined(st.recursive(TEXT, marked, max_leaves=6), 5)


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    item = joined(inner, 3).map(wrap("li"))
    cell = joined(inner, 2).map(wrap("td")) | joined(inner, 2).map(wrap("th"))
    row = joined(cell, 3).map(wrap("tr"))
    return st.one_of(
        joined(item).map(wrap("ul")),
        joined(item).map(wrap("ol")),
        joined(item).map(wrap("ol", ' start="7"')),
        joined(inner, 3).map(wrap("blockquote")),
        joined(row, 3).map(wrap("table")),
        joined(inner, 2).map(wrap("div")),
    )


LEAF = st.one_of(
    INLINE.map(wrap("p")),
    INLINE,
    INLINE.map(wrap("h2")),
    INLINE.map(wrap("h4")),
    joined(TEXT).map(wrap("pre")),
    st.just("<hr>"),
)
DOCUMENT = joined(st.recursive(LEAF, nested, max_leaves=8), 5)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENT)
def test_hostile_documents_lose_nothing_and_are_clean_once_cleaned(html: str) -> None:
    # One test, because inventing such documents takes far longer than what is asked of them.
    clean = markup.clean_html(html)
    assert markup.clean_html(clean) == clean
    assert words(markup.render(convert(html)).html) == words(clean)
