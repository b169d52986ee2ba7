from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoreply.extract import extract
from tests.autoreply.clients import MARKED, NEW, OWN_WORDS, QUOTE, REPLIES
from tests.autoreply.clients_html import HTML_REPLIES as HTML_CLIENTS
from tests.autoreply.clients_html import SAID


def _sections() -> list[tuple[str, str]]:
    """Return (client, body) of the replies kept as text."""
    text = Path(__file__).with_name("clients_zh.txt").read_text("utf-8")
    words = {"NEW": NEW, "QUOTE": QUOTE, "MARKED": MARKED}
    parts = (part.partition("\n") for part in text.split("%% ")[1:])
    return [(name, body.format(**words)) for name, _, body in parts]


MORE_REPLIES = _sections()


@pytest.mark.parametrize(("client", "body"), REPLIES, ids=[client for client, _ in REPLIES])
def test_only_the_new_text_of_a_reply_remains(client: str, body: str) -> None:
    assert extract(body).text == NEW


@pytest.mark.parametrize(("client", "body"), MORE_REPLIES, ids=[c for c, _ in MORE_REPLIES])
def test_only_the_new_text_of_a_chinese_reply_remains(client: str, body: str) -> None:
    assert extract(body, subject="Re: 门锁").text == NEW


@pytest.mark.parametrize(("client", "html"), HTML_CLIENTS, ids=[c for c, _ in HTML_CLIENTS])
def test_only_the_new_text_of_a_chinese_html_reply_remains(client: str, html: str) -> None:
    subject = "Fwd: 门锁" if client.startswith("fwd") else "Re: 门锁"
    said = extract("", html, subject=subject)
    assert [line.strip() for line in said.text.split("\n") if line.strip()] == SAID


@pytest.mark.parametrize(("case", "body"), OWN_WORDS, ids=[case for case, _ in OWN_WORDS])
def test_own_words_are_kept(case: str, body: str) -> None:
    said = extract(body)
    assert said.text == body
    assert not said.quoted_removed


def test_bottom_text_stays_when_our_marker_is_quoted() -> None:
    body = f"> —— 请在此线以上回复 ——\n> 先断电十秒。\n\n{NEW}"
    assert extract(body).text == NEW


def test_an_empty_reply_says_nothing() -> None:
    body = "\n-----原始邮件-----\n发件人: 安庐 <help@anlu.example>\n主题: 门锁\n\n先断电十秒。"
    said = extract(body, subject="回复：门锁")
    assert said.text == ""
    assert said.quoted_removed


def test_a_bare_forward_says_what_it_carries() -> None:
    head = "-----原始邮件-----\n发件人: 李 <li@x.example>\n发送时间: 周三\n主题: 门锁"
    body = f"\n{head}\n\n门锁打不开怎么办"
    said = extract(body, subject="转发：门锁")
    assert said.text == "门锁打不开怎么办"
    assert said.forwarded


@pytest.mark.parametrize("above", ["", "FYI", "请帮忙看下，谢谢！", "您好，请协助处理下面的邮件。"])
def test_a_forward_that_only_points_below_says_what_it_carries(above: str) -> None:
    head = "---------- 转发的邮件 ---------\n发件人： 李 <li@x.example>\n日期：周三\n主题：门锁"
    said = extract(f"{above}\n\n{head}\n\n门锁打不开怎么办", subject="转发：门锁")
    assert said.text == "门锁打不开怎么办"
    assert said.forwarded


def test_a_forward_with_a_question_asks_it() -> None:
    head = "---------- 转发的邮件 ---------\n发件人： 李 <li@x.example>\n日期：周三\n主题：门锁"
    said = extract(f"这封信是您们发的吗？\n\n{head}\n\n中奖了", subject="转发：门锁")
    assert said.text == "这封信是您们发的吗？"
    assert not said.forwarded


def test_lines_of_our_own_mail_are_quotes_whatever_the_client_did() -> None:
    ours = "王芳，您好：\n\n门锁请先断电十秒，再按住设置键。指示灯变蓝即可。\n"
    body = "按了没有用，灯不亮\n\n门锁请先断电十秒，\n再按住设置键。指示灯变蓝即可。"
    assert extract(body, parents=[ours]).text == "按了没有用，灯不亮"


def test_a_mail_that_only_repeats_ours_is_kept() -> None:
    ours = "门锁请先断电十秒，再按住设置键。"
    assert extract(ours, parents=[ours]).text == ours


def test_html_history_is_cut_out_of_the_tree() -> None:
    html = (
        "<style>p{color:red}</style><div style='display:none'>预览</div><p>还是<b>打不开</b></p>"
        "<div class='gmail_quote'><div>a 写道</div><blockquote>旧内容</blockquote></div>"
    )
    said = extract("", html)
    assert said.text == "还是打不开"
    assert said.quoted_removed


@pytest.mark.parametrize(
    "history",
    [
        "<div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>发件人: a</div><div>旧</div>",
        "<blockquote type='cite'><div>旧</div></blockquote>",
        "<div id='isReplyContent'>旧</div>",
        "<div class='ntes-mailmaster-quote'>旧</div>",
        "<div class='moz-cite-prefix'>在 2024/3/5 写道:</div><blockquote "
        "type='cite'>旧</blockquote>",
        "<div><br></div><div style='font-size: 12px'>------------------ 原始邮件 "
        "------------------</div><div>旧</div>",
        "<div>发件人：a &lt;a@b.c&gt;</div><div>发送时间：周二</div><div>主　题：x</div><p>旧</p>",
    ],
)
def test_html_history_of_each_client(history: str) -> None:
    assert extract("", f"<div>还是打不开</div>{history}").text == "还是打不开"


HTML_REPLIES = {
    "qq": (
        "<div>NEW</div>"
        '<div style="font-size:12px">------------------&nbsp;原始邮件&nbsp;----------</div>'
        '<div><b>发件人:</b>&nbsp;"a"&lt;a@b.cn&gt;;</div><div><b>主题:</b>&nbsp;x</div><div>旧</div>'
    ),
    "outlook": (
        "<div class=WordSection1><p>NEW<o:p></o:p></p><div style='border-top:solid "
        "1pt'><p><b>发件人<span>:"
        "</span></b> a &lt;a@b.cn&gt; <br><b>发送时间:</b> 2024年<br><b>主题:</b> "
        "y</p></div><p>旧</p></div>"
    ),
    "netease": (
        '<div>NEW</div><br><pre><br>在 2024-03-05 14:22:11，"a" &lt;a@b.cn&gt; 写道：</pre>'
        '<blockquote id="isReplyContent">旧</blockquote>'
    ),
    "foxmail": (
        "<div>NEW</div><hr><div>wf@x.cn</div><blockquote><div><b>发件人：</b>&nbsp;a</div>"
        "<div><b>发送时间：</b>&nbsp;2024</div><div><b>主题：</b>&nbsp;y</div>旧</blockquote>"
    ),
    "alimail": (
        "<div>NEW</div><blockquote><div>----------------------------------------</div>"
        "<div>发件人：a "
        "&lt;a@b.cn&gt;</div><div>发送时间：2024</div><div>主　题：y</div>旧</blockquote>"
    ),
    "iphone": (
        'NEW<br><br>发自我的iPhone<br><br><blockquote type="cite">在 2024年3月5日，14:22，'
        "a &lt;a@b.cn&gt; 写道：<br><br>旧</blockquote>"
    ),
    "wecom": (
        "<div>NEW</div><div>发自我的企业微信</div><div>----------&nbsp;回复的邮件信息&nbsp;----------</div>"
        "<div>a&lt;a@b.cn&gt;&nbsp;2024年3月5日 周二 14:22写道：</div><div>旧</div>"
    ),
}


@pytest.mark.parametrize("client", HTML_REPLIES)
def test_only_the_new_text_of_an_html_reply_remains(client: str) -> None:
    assert extract("", HTML_REPLIES[client].replace("NEW", "还是打不开")).text == "还是打不开"


def test_html_that_is_all_quote_is_kept_whole() -> None:
    assert "旧内容" in extract("", "<blockquote type='cite'>旧内容</blockquote>").text


def test_a_placeholder_gives_way_to_html() -> None:
    said = extract("您的邮件客户端不支持HTML格式，请使用支持的客户端查看。", "<p>门锁打不开</p>")
    assert said.text == "门锁打不开"


def test_the_rest_is_kept_for_the_record() -> None:
    said = extract(f"{NEW}\n\n祝好\n王芳\n\n保密声明：本邮件仅供收件人使用。")
    assert said.signature == "祝好\n王芳"
    assert said.trimmed == ("保密声明：本邮件仅供收件人使用。",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("门锁打不开怎么办", "zh-Hans"),
        ("門鎖打不開怎麼辦", "zh-Hant"),
        ("How do I reset the lock?", "en"),
        ("カメラの設定はどうすればいいですか", "other"),
        ("Bonjour, comment réinitialiser ma caméra ? Merci à vous", "other"),
        ("app 登录不上 login error", "zh-Hans"),
        ("", "zh-Hans"),
    ],
)
def test_language(text: str, expected: str) -> None:
    assert extract(text).language == expected


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=400), st.text(max_size=400))
def test_any_text_is_read(text: str, html: str) -> None:
    extract(text, html, parents=[html])


_PIECES = st.sampled_from(
    [
        "你好",
        "> 旧",
        "在 2024/3/5 1:22, a 写道:",
        "-- ",
        "祝好",
        "发件人: a",
        "主题: b",
        "",
        "|",
        "<p>",
        "写道：",
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(_PIECES, max_size=30))
def test_nothing_is_invented(pieces: list[str]) -> None:
    written = "\n".join(pieces).split("\n")
    assert all(
        line.strip() in [one.strip() for one in written]
        for line in extract("\n".join(pieces)).text.split("\n")
        if line
    )


def test_the_quote_that_horde_opens_is_cut() -> None:
    body = "验证短信收不到。\n\n引用 安庐客服 <help@anlu.example>:\n\n> 您好\n> 请稍候"
    assert extract(body, subject="Re: 门锁").text == "验证短信收不到。"
