"""The built editor in a real browser, under the strict content policy."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from authoring import html_to_markdown, markdown_import
from kb import markup
from tests.e2e.browser import Site, chromium, serve

pytestmark = pytest.mark.e2e

STATIC = Path(__file__).parents[2] / "web" / "static"
ARTICLES = Path(__file__).parents[2] / "data" / "demo" / "articles"
BUILT = json.loads((STATIC / "build" / "manifest.json").read_text())

PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>编辑</title>
<meta name="viewport" content="width=device-width"><meta name="csrf" content="token-1">
<link rel="stylesheet" href="/css/base.css"><link rel="stylesheet" href="/css/desk.css">
<link rel="stylesheet" href="/build/{css}">
<script type="module" src="/build/{js}"></script></head>
<body><main><h1>编辑</h1><form id="edit" method="post" action="/save"></form>
<label for="f-body">回答正文</label>
<textarea id="f-body" name="body" form="edit" data-editor data-html="{html}"
 data-upload="/desk/upload" data-convert="/desk/convert">{markdown}</textarea>
<button form="edit">保存</button></main></body></html>"""


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (20, 100, 90)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve() as served:
        served.add_folder("/build/", STATIC / "build")
        served.add_folder("/css/", STATIC / "css")
        served.add("/media/a-400x300.webp", picture(), "image/png")
        served.answers["/desk/upload"] = {
            "url": "/media/a-400x300.webp", "width": 400, "height": 300, "alt": "",
        }  # fmt: skip
        served.answers["/desk/convert"] = converted
        yield served


def converted(body: bytes) -> dict[str, str]:
    form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    if "html" in form:
        return {"markdown": html_to_markdown.convert(form["html"])}
    return {"html": markup.render(markdown_import.rewrite(form["markdown"])).html}


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    with chromium() as page:
        yield page


@pytest.fixture
def open_editor(site: Site, browser_page: Page) -> Iterator[Any]:
    page = browser_page
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def open_it(html: str = "", markdown: str = "") -> Page:
        site.posts.clear()
        filled = PAGE.format(
            css=BUILT["editor.css"], js=BUILT["editor.js"], html=escape(html), markdown=markdown
        )
        site.add("/", filled)
        page.goto(site.address)
        page.wait_for_selector(".ProseMirror")
        return page

    yield open_it
    assert page.evaluate("window.violations") == []
    assert errors == []


def written(page: Page) -> str:
    return page.eval_on_selector("input[name=body_html]", "field => field.value")


def paste(page: Page, html: str, text: str = "") -> None:
    page.eval_on_selector(
        ".ProseMirror",
        """(element, [html, text]) => {
          const data = new DataTransfer();
          if (html) data.setData('text/html', html);
          data.setData('text/plain', text);
          element.dispatchEvent(new ClipboardEvent('paste',
            {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        [html, text],
    )


def send_picture(page: Page, kind: str, html: str = "") -> None:
    page.eval_on_selector(
        ".ProseMirror",
        """(element, [kind, bytes, html]) => {
          const data = new DataTransfer();
          const raw = Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0));
          data.items.add(new File([raw], '截图.png', {type: 'image/png'}));
          if (html) data.setData('text/html', html);
          const box = element.getBoundingClientRect();
          const where = {bubbles: true, cancelable: true, clientX: box.x + 5, clientY: box.y + 5};
          element.dispatchEvent(kind === 'drop'
            ? new DragEvent('drop', {...where, dataTransfer: data})
            : new ClipboardEvent('paste', {...where, clipboardData: data}));
        }""",
        [kind, base64.b64encode(picture()).decode(), html],
    )


def test_it_shows_what_was_stored(open_editor: Any) -> None:
    html = markup.render(
        "第一段。\n\n> **注意：**先断电\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
    ).html
    page = open_editor(html)
    assert html_to_markdown.convert(written(page)) == html_to_markdown.convert(html)
    expect(page.locator(".ProseMirror blockquote.callout")).to_be_visible()
    expect(page.locator("#f-body")).to_be_hidden()


def test_no_article_changes_by_being_opened(open_editor: Any) -> None:
    """Every demo article goes through the editor and comes out as it was."""
    page = open_editor()
    through = """(html) => {
      const { editor } = document.querySelector('#f-body').wenquEditor;
      editor.commands.setContent(html);
      return editor.getHTML();
    }"""
    changed = []
    for path in sorted(ARTICLES.glob("*/*.md")):
        html = markup.render(path.read_text().split("---\n", 2)[2]).html
        if html_to_markdown.convert(page.evaluate(through, html)) != html_to_markdown.convert(html):
            changed.append(path.name)
    assert changed == []


def use(page: Any, tool: str) -> None:
    """Press a button and wait, as a person does, until the writing goes on in the text."""
    page.click(f"[data-tool={tool}]")
    page.wait_for_function("document.activeElement.closest('.ProseMirror') !== null")
    # The editor hands the focus back in the next frame and then draws its buttons.
    page.wait_for_function(
        "tool => document.querySelector(`[data-tool=${tool}]`).ariaPressed === 'true'", arg=tool
    )


def test_typing_and_the_buttons(open_editor: Any) -> None:
    page = open_editor()
    page.click(".ProseMirror")
    page.keyboard.type("先关阀门")
    page.keyboard.press("Control+a")
    use(page, "bold")
    page.keyboard.press("End")
    # The browser tells the editor of a moved caret later; a key that follows at once overtakes it.
    page.wait_for_timeout(200)
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.ProseMirror > p').length === 2")
    use(page, "heading")
    page.keyboard.type("动手做")
    page.keyboard.press("Enter")
    use(page, "steps")
    page.keyboard.type("拧下")
    page.keyboard.press("Enter")
    page.keyboard.type("装上")
    assert html_to_markdown.convert(written(page)) == (
        "**先关阀门**\n\n## 动手做\n\n1. 拧下\n2. 装上\n"
    )


def test_undo_and_redo(open_editor: Any) -> None:
    page = open_editor()
    page.click(".ProseMirror")
    page.keyboard.type("写错了")
    page.click("[data-tool=undo]")
    assert markup.to_text(written(page)) == ""
    page.click("[data-tool=redo]")
    assert markup.to_text(written(page)) == "写错了"


def test_callout_and_back(open_editor: Any) -> None:
    page = open_editor()
    page.click(".ProseMirror")
    page.click("[data-tool=callout]")
    page.keyboard.type("先断电")
    assert html_to_markdown.convert(written(page)) == "> **注意：**先断电\n"
    page.click("[data-tool=callout]")
    assert html_to_markdown.convert(written(page)) == "先断电\n"


def test_link(open_editor: Any) -> None:
    page = open_editor()
    page.click(".ProseMirror")
    page.keyboard.type("看这里")
    page.keyboard.press("Control+a")
    page.click("[data-tool=link]")
    page.get_by_label("链接到哪里").fill("不 是 地址")
    page.keyboard.press("Enter")
    expect(page.locator(".editor-note")).to_contain_text("没写完")
    page.get_by_label("链接到哪里").fill("www.example.com/a")
    page.keyboard.press("Enter")
    assert html_to_markdown.convert(written(page)) == "[看这里](https://www.example.com/a)\n"


def test_javascript_links_are_refused(open_editor: Any) -> None:
    page = open_editor('<p><a href="javascript:alert(1)">x</a></p>')
    page.click(".ProseMirror")
    page.keyboard.press("Control+a")
    page.click("[data-tool=link]")
    page.get_by_label("链接到哪里").fill("javascript:alert(1)")
    page.keyboard.press("Enter")
    assert "javascript" not in written(page)


def test_table(open_editor: Any) -> None:
    page = open_editor()
    page.click(".ProseMirror")
    page.click("[data-tool=table]")
    page.keyboard.type("型号")
    page.keyboard.press("Tab")
    page.keyboard.type("价格|元")
    page.get_by_role("button", name="删这一列").click()
    page.get_by_role("button", name="下面加一行").click()
    assert page.locator(".ProseMirror tr").count() == 4
    assert html_to_markdown.convert(written(page)) == "| 型号 |  |\n| --- | --- |\n"


@pytest.mark.parametrize("place", ["paragraph", "heading", "list", "cell"])
def test_pinyin_composition(open_editor: Any, place: str) -> None:
    start = {
        "paragraph": "<p></p>",
        "heading": "<h2></h2>",
        "list": "<ul><li><p></p></li></ul>",
        "cell": "<table><tbody><tr><td><p></p></td></tr></tbody></table>",
    }[place]
    page = open_editor(start)
    page.locator(".ProseMirror p, .ProseMirror h2").first.click()
    client = page.context.new_cdp_session(page)
    for text in ("m", "me", "men", "men's", "men'suo"):
        client.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
    client.send("Input.insertText", {"text": "门锁"})
    page.keyboard.type("ok")
    assert markup.to_text(written(page)) == "门锁ok"


WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p{color:red}</style>
<!--[if gte mso 9]><xml><o:x>秘密</o:x></xml><![endif]--></head><body>
<h1 style="mso-margin:0">退换流程<o:p></o:p></h1>
<p class=MsoNormal style="margin:0"><span style="font-weight:bold">先</span>联系客服<o:p></o:p></p>
<p class=MsoListParagraph style='margin-left:21pt;mso-list:l0 level1 lfo1'><![if !supportLists]>
<span style='mso-list:Ignore'>1.<span>&nbsp;&nbsp;</span></span><![endif]>填表</p>
<p class=MsoListParagraph style='margin-left:42pt;mso-list:l0 level2 lfo1'><!--[if !supportLists]-->
<span style='mso-list:Ignore'>a)<span>&nbsp; </span></span><!--[endif]-->写订单号</p>
<p class=MsoListParagraph style='margin-left:21pt;mso-list:l0 level1 lfo1'>
<span style='mso-list:Ignore'>2.<span>&nbsp;</span></span>寄回</p>
<p class=MsoNormal><img src="file:///C:/clip_image001.png" width=200></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'>
<span style='mso-list:Ignore'>·</span>未发货</p>
<table style="border:1px"><tr><td style="width:10pt"><p class=MsoNormal>型号</p></td>
<td>价</td></tr></table>
<script>alert(1)</script></body></html>"""


def test_word(open_editor: Any) -> None:
    page = open_editor()
    page.click(".ProseMirror")
    paste(page, WORD, "退换流程")
    assert html_to_markdown.convert(written(page)) == (
        "## 退换流程\n\n**先**联系客服\n\n1. 填表\n    1. 写订单号\n2. 寄回\n\n"
        "〔图片未能粘贴，请单独上传〕\n\n- 未发货\n\n|  |  |\n| --- | --- |\n| 型号 | 价 |\n"
    )


def test_hostile_paste(open_editor: Any) -> None:
    page = open_editor()
    page.click(".ProseMirror")
    paste(page, "<img src=x onerror=\"document.title='owned'\"><a href='javascript:1'>字</a>")
    assert page.title() == "编辑"
    assert "javascript" not in written(page)
    assert "字" in written(page)


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_pictures_are_uploaded(open_editor: Any, site: Site, kind: str) -> None:
    page = open_editor()
    page.click(".ProseMirror")
    send_picture(page, kind)
    page.wait_for_selector(".ProseMirror img")
    path, headers, body = site.posts[0]
    assert path == "/desk/upload"
    assert headers["X-CSRF-Token"] == "token-1"
    assert b'name="file"' in body
    assert picture() in body
    assert html_to_markdown.convert(written(page)) == "![](/media/a-400x300.webp)\n"


def test_the_picture_button_and_its_words(open_editor: Any) -> None:
    page = open_editor()
    page.set_input_files(
        "input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": picture()}
    )
    page.get_by_label("图片上是什么").fill("电池")
    page.keyboard.press("Enter")
    page.click(".ProseMirror img")
    assert page.get_by_label("图片上是什么").input_value() == "电池"
    page.get_by_label("图片上是什么").fill("电池仓")
    page.keyboard.press("Enter")
    assert html_to_markdown.convert(written(page)) == "![电池仓](/media/a-400x300.webp)\n"


def test_words_with_a_drawing_of_them_stay_words(open_editor: Any, site: Site) -> None:
    page = open_editor()
    page.click(".ProseMirror")
    send_picture(page, "paste", "<p>表格里的字</p>")
    assert markup.to_text(written(page)) == "表格里的字"
    assert site.posts == []


def test_a_refused_picture_says_why(open_editor: Any, site: Site) -> None:
    kept = site.answers["/desk/upload"]
    site.answers["/desk/upload"] = {"error": "这张图打不开，请换一张。"}
    page = open_editor("<p>写好的字</p>")
    send_picture(page, "drop")
    expect(page.locator(".editor-note")).to_have_text("这张图打不开，请换一张。")
    assert markup.to_text(written(page)) == "写好的字"
    site.answers["/desk/upload"] = kept


def test_source_view_and_back(open_editor: Any) -> None:
    page = open_editor("<p>一<strong>二</strong></p>")
    page.click("[data-tool=source]")
    expect(page.locator("#f-body")).to_be_visible()
    assert page.input_value("#f-body") == "一**二**\n"
    page.fill("#f-body", "# 三\n- 四\n  - 五")
    page.click("[data-tool=source]")
    expect(page.locator(".ProseMirror li li")).to_have_text("五")
    assert html_to_markdown.convert(written(page)) == "## 三\n\n- 四\n    - 五\n"


def test_the_form_carries_html_or_markdown(open_editor: Any, site: Site) -> None:
    page = open_editor("<p>一</p>", "一")
    sent = "new URLSearchParams(new FormData(document.forms.edit)).toString()"
    assert parse_qs(page.evaluate(sent)) == {"body_html": ["<p>一</p>"]}
    page.click("[data-tool=source]")
    expect(page.locator("#f-body")).to_be_visible()
    assert parse_qs(page.evaluate(sent)) == {"body": ["一\n"]}


def test_changes_are_announced(open_editor: Any) -> None:
    page = open_editor()
    page.evaluate("document.addEventListener('wenqu:change', (e) => { window.last = e.detail; })")
    page.click(".ProseMirror")
    page.keyboard.type("四个字呀")
    assert page.evaluate("window.last") == {
        "html": "<p>四个字呀</p>", "markdown": None, "characters": 4,
    }  # fmt: skip


def test_keyboard_walk_through_the_toolbar(open_editor: Any) -> None:
    page = open_editor()
    assert page.locator(".tools [tabindex='0']").count() == 1
    assert page.locator(".tools button").count() == 11
    page.click(".ProseMirror")
    page.keyboard.press("Alt+F10")
    focused = "document.activeElement.dataset.tool"
    assert page.evaluate(focused) == "bold"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "heading"
    page.keyboard.press("End")
    assert page.evaluate(focused) == "source"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "bold"
    page.keyboard.press("Escape")
    expect(page.locator(".ProseMirror")).to_be_focused()


def test_axe_finds_nothing(open_editor: Any) -> None:
    page = open_editor("<p>一</p><table><tr><th>a</th></tr><tr><td>b</td></tr></table>")
    page.click(".ProseMirror th")
    found = Axe().run(page)
    assert found.response["violations"] == []


def test_without_stored_html_the_textarea_stays(site: Site, browser_page: Page) -> None:
    filled = PAGE.format(css=BUILT["editor.css"], js=BUILT["editor.js"], html="", markdown="一")
    site.add("/", re.sub(r' data-html=""', "", filled))
    browser_page.goto(site.address)
    browser_page.wait_for_load_state("networkidle")
    assert browser_page.locator(".ProseMirror").count() == 0
    assert browser_page.input_value("#f-body") == "一"


@pytest.mark.parametrize("name", sorted(BUILT.values()))
def test_the_manifest_names_what_is_there(name: str) -> None:
    assert (STATIC / "build" / name).stat().st_size > 0
