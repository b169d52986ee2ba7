"""Articles are rendered from Markdown; foreign HTML comes out harmless."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import markup

BASIC = [
    ("**注意：**请勿付款", "<p><strong>注意：</strong>请勿付款</p>"),
    ("请在**「我的订单」**中", "<p>请在<strong>「我的订单」</strong>中</p>"),
    ("一\n二", "<p>一<br>\n二</p>"),
    ("~~旧~~**~~价~~**", "<p><s>旧</s><strong><s>价</s></strong></p>"),
    ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
    ("<b>粗</b>", "<p>&lt;b&gt;粗&lt;/b&gt;</p>"),
    ("```\na < b\n```", "<pre><code>a &lt; b</code></pre>"),
    ("# 大\n###### 小", '<h2 id="h-大">大</h2>\n<h4 id="h-小">小</h4>'),
    ("[a](https://x.example/a_b?c=1&d=2)",
     '<p><a href="https://x.example/a_b?c=1&amp;d=2" rel="nofollow noopener">a</a></p>'),
    ("[a](/c/x) [b](#h-1)", '<p><a href="/c/x">a</a> <a href="#h-1">b</a></p>'),
    ("[a](javascript:alert(1))", "<p>a</p>"),
    ("![图](http://elsewhere.example/a.png)字", "<p>字</p>"),
    ("![图](/media/../secret)字", "<p>字</p>"),
    ("![图](/media/a-800x600.webp)",
     '<p><img src="/media/a-800x600.webp" alt="图" width="800" height="600" loading="lazy"></p>'),
    ("> **注意：**断电",
     '<blockquote class="callout">\n<p><strong>注意：</strong>断电</p>\n</blockquote>'),
    ("> 普通引文", "<blockquote>\n<p>普通引文</p>\n</blockquote>"),
]  # fmt: skip


@pytest.mark.parametrize(("markdown", "html"), BASIC)
def test_render(markdown: str, html: str) -> None:
    assert markup.render(markdown).html == html


def test_tables_are_aligned_without_style() -> None:
    html = markup.render("| a | b |\n| :-- | --: |\n| 1<br>2 | 3 |").html
    assert '<th align="left">a</th>' in html
    assert '<td align="right">3</td>' in html
    assert "1<br>\n2" in html
    assert "style" not in html


def test_an_empty_table_head_is_dropped() -> None:
    assert "<th" not in markup.render("|  |  |\n| --- | --- |\n| a | b |").html


def test_headings_and_first_paragraph() -> None:
    rendered = markup.render("先**关阀**。\n\n## 步骤\n\n1. 拧\n\n## 步骤\n\n### 其他 *x*")
    assert rendered.first_paragraph == "先关阀。"
    assert [(h.level, h.id, h.text) for h in rendered.headings] == [
        (2, "h-步骤", "步骤"), (2, "h-步骤-2", "步骤"), (3, "h-其他-x", "其他 x"),
    ]  # fmt: skip
    assert rendered.text == "先关阀。\n步骤\n拧\n步骤\n其他 x"


def test_open_links_wait_for_a_resolver() -> None:
    source = "[看](article:k-1) [没了](article:k-2) ![图](images/a.png)"
    html = markup.render(source).html
    assert 'href="article:k-1"' in html
    known = {"article:k-1": "/a/1-x", "images/a.png": "/media/b-2x3.webp"}
    linked = (
        '<p><a href="/a/1-x">看</a> 没了 '
        '<img src="/media/b-2x3.webp" alt="图" width="2" height="3" loading="lazy"></p>'
    )
    assert markup.relink(html, known.get) == linked
    assert markup.render(source, resolve=known.get).html == linked


CLEANED = [
    ("<div>一</div><div>二<p>三</p></div>", "<p>一</p><p>二</p><p>三</p>"),
    ("<h1>大</h1><b>粗</b><i>斜</i><del>删</del>",
     "<h2>大</h2><strong>粗</strong><em>斜</em><s>删</s>"),
    ('<p style="color:red" class="x" onclick="y()">字</p>', "<p>字</p>"),
    ("<script>x</script><style>y</style>字", "字"),
    ("a\u2060b\x00c&nbsp;d", "abc d"),
    ('<a href="www.example.com">x</a>',
     '<a href="https://www.example.com" rel="nofollow noopener">x</a>'),
    ('<a href="//evil.example">x</a>', "x"),
    ('<img src="file:///C:/a.png"><img src="data:image/png;base64,xx">', ""),
    ("<p></p><p><strong> </strong></p>", ""),
    ('<table><tr><td colspan="2" width="9">1</td></tr></table>',
     '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>'),
]  # fmt: skip


@pytest.mark.parametrize(("dirty", "clean"), CLEANED)
def test_clean_html(dirty: str, clean: str) -> None:
    assert markup.clean_html(dirty) == clean


def test_mail_loads_nothing_from_elsewhere() -> None:
    mail = markup.clean_mail_html(
        '<html><head><title>t</title><style>a{}</style></head><body background="http://t.example/b">'
        '<img src="http://t.example/pixel.gif" width=1><img src="//t.example/p.png" srcset="x 2x">'
        '<img src="cid:logo" alt="标"><table width="600"><tr><td>您好</td></tr></table>'
        '<a href="https://x.example" onclick="y()">链</a><form><input></form></body></html>',
        resolve=lambda target: "/files/7" if target == "cid:logo" else None,
    )
    assert mail.blocked_images == 2
    assert "t.example" not in mail.html
    assert '<img src="/files/7" alt="标">' in mail.html
    assert 'target="_blank"' in mail.html
    assert 'rel="noopener noreferrer nofollow"' in mail.html
    assert "form" not in mail.html


def test_to_text_reads_any_html() -> None:
    table = "<table><tr><td>a<p>b</p><td>c</table>"
    html = f"<title>t</title><div>一 <b>二</b></div>三{table}<pre>d\n e</pre>"
    assert markup.to_text(html) == "一 二\n三\na b\tc\nd\ne"


@pytest.mark.parametrize(
    "hostile",
    [
        "[",
        "![",
        "[a](",
        ">",
        "`",
        "**a",
        "_a",
        "~~",
        "&#",
        "<",
        "<br",
        "|a",
        "\n> ",
        "\n```",
        "- ",
        "\\",
    ],
)
def test_rendering_time_is_bounded(hostile: str) -> None:
    start = time.perf_counter()
    markup.render(hostile * (20_000 // len(hostile)))
    markup.clean_html(hostile * (20_000 // len(hostile)))
    assert time.perf_counter() - start < 8


def test_nesting_too_deep_is_shown_as_written() -> None:
    assert markup.render(">" * 3000 + "x").text.endswith("x")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text_renders(text: str) -> None:
    rendered = markup.render(text)
    assert "<script" not in rendered.html
    assert markup.clean_html(markup.clean_html(text)) == markup.clean_html(text)


@settings(max_examples=200, deadline=None)
@given(st.text("中文abc 。，“”", max_size=60))
def test_plain_words_are_kept(text: str) -> None:
    assert markup.render(text).text.split() == text.split()
