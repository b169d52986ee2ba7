"""The scripts of the pages in a real browser, under the strict policy of the gallery's server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.web import gallery

pytestmark = pytest.mark.e2e


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(base_url=address, locale="zh-CN")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_init_script(
        "window.broken = [];"
        "addEventListener('securitypolicyviolation', e => broken.push(e.violatedDirective));"
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    assert faults == []
    assert page.evaluate("window.broken") == []
    context.close()


def asked(page: Page) -> list[str]:
    """Collect the addresses that the page asks for suggestions."""
    seen: list[str] = []
    page.on("request", lambda r: seen.append(r.url) if "suggest" in r.url else None)
    return seen


def test_arrows_choose_a_suggestion_and_enter_opens_it(page: Page) -> None:
    page.goto("/home")
    box = page.get_by_role("combobox")
    box.press_sequentially("没电")
    expect(page.get_by_role("option")).to_have_count(3)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text("有3条建议")).to_be_attached()
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "q-list-1")
    box.press("ArrowUp")
    box.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    box.press("ArrowUp")
    expect(page.get_by_role("option").nth(2)).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    page.wait_for_url("**/article")


def test_escape_closes_first_and_clears_second(page: Page) -> None:
    page.goto("/home")
    box = page.get_by_role("combobox")
    box.press_sequentially("没电")
    expect(page.get_by_role("listbox")).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("没电")
    box.press("Escape")
    expect(box).to_have_value("")


def test_nothing_is_asked_while_pinyin_is_composed(page: Page) -> None:
    page.goto("/home")
    page.get_by_role("combobox").focus()
    seen = asked(page)
    keys = page.context.new_cdp_session(page)
    for text in ("m", "mei", "meidian"):
        keys.send(
            "Input.imeSetComposition",
            {"text": text, "selectionStart": len(text), "selectionEnd": len(text)},
        )
        page.wait_for_timeout(200)
    assert seen == []
    keys.send("Input.insertText", {"text": "没电"})
    expect(page.get_by_role("option")).to_have_count(3)
    assert len(seen) == 1


def test_enter_that_picks_a_word_neither_opens_nor_sends(page: Page) -> None:
    page.goto("/home")
    box = page.get_by_role("combobox")
    box.press_sequentially("没电")
    expect(page.get_by_role("option")).to_have_count(3)
    box.press("ArrowDown")
    stopped = box.evaluate(
        "b => { const e = new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true,"
        " cancelable: true, isComposing: true}); b.dispatchEvent(e); return e.defaultPrevented }"
    )
    assert stopped is False
    assert page.url.endswith("/home")


@pytest.mark.parametrize("keys", ["/", "Control+k", "Meta+k"])
def test_keys_lead_to_the_search_box(page: Page, keys: str) -> None:
    page.goto("/home")
    page.keyboard.press(keys)
    expect(page.get_by_role("combobox")).to_be_focused()


def test_a_slash_in_a_text_stays_a_slash(page: Page) -> None:
    page.goto("/desk-ticket")
    reply = page.get_by_label("回复内容")
    reply.fill("")
    reply.press("/")
    expect(reply).to_have_value("/")


def test_the_form_shows_answers_while_one_writes(page: Page) -> None:
    page.goto("/ask-empty")
    expect(page.locator("#live")).to_be_hidden()
    page.get_by_label("遇到了什么问题？").press_sequentially("门锁没电了打不开")
    expect(page.locator("#live details")).to_have_count(3)
    expect(page.get_by_text("照您写的，找到3条回答")).to_be_visible()
    solved = page.locator("#live button").first
    assert solved.evaluate("b => [b.form.id, b.name, b.value]") == ["ask", "resolved", "11"]


def test_a_vote_is_thanked_in_its_place(page: Page) -> None:
    def thanks(route: Route) -> None:
        assert "vote=yes" in form_text(route)
        route.fulfill(content_type="text/html", body=gallery.render("article-voted"))

    page.route("**/site.vote*", thanks)
    page.goto("/article")
    page.get_by_text("有帮助", exact=True).click()
    expect(page.get_by_text("谢谢，已经记下")).to_be_focused()


def form_text(route: Route) -> str:
    """Return a multipart form as name=value words."""
    parts = (route.request.post_data or "").split("\r\n")
    names = [part.split('name="')[1].split('"')[0] for part in parts if 'name="' in part]
    values = [parts[i + 2] for i, part in enumerate(parts) if 'name="' in part]
    return " ".join(f"{n}={v}" for n, v in zip(names, values, strict=True))


def test_reasons_open_after_not_helpful_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/article")
    reason = page.get_by_text("照做了，没解决")
    page.get_by_text("有帮助", exact=True).click()
    expect(reason).to_be_hidden()
    page.get_by_text("没帮助").click()
    expect(reason).to_be_visible()
    context.close()


def test_what_was_written_survives_a_closed_tab(page: Page) -> None:
    page.goto("/ask-empty")
    page.get_by_label("遇到了什么问题？").fill("门口的摄像头一直离线")
    page.wait_for_timeout(600)
    page.goto("/home")
    page.goto("/ask-empty")
    expect(page.get_by_label("遇到了什么问题？")).to_have_value("门口的摄像头一直离线")


def test_who_somebody_is_is_not_kept(page: Page) -> None:
    page.goto("/ask-empty")
    page.get_by_label("邮箱").fill("lin@example.com")
    page.get_by_label("遇到了什么问题？").fill("门口的摄像头一直离线")
    page.wait_for_timeout(600)
    kept = page.evaluate("Object.values(localStorage).join()")
    assert "摄像头" in kept
    assert "lin@example.com" not in kept


def test_signing_out_forgets_what_was_kept(page: Page) -> None:
    page.route("**/auth.logout", lambda route: route.fulfill(body="bye"))
    page.goto("/desk-ticket")
    page.get_by_label("回复内容").fill("马上就好")
    page.wait_for_timeout(600)
    assert page.evaluate("localStorage.length") == 1
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/auth.logout")
    assert page.evaluate("localStorage.length") == 0


def test_a_field_outside_its_form_is_kept_too(page: Page) -> None:
    page.goto("/desk-editor-new")
    page.get_by_label("标题，用客户的问法").fill("门铃怎么充电？")
    page.wait_for_timeout(600)
    page.reload()
    expect(page.get_by_label("标题，用客户的问法")).to_have_value("门铃怎么充电？")


def test_the_theme_is_remembered_for_the_server(page: Page) -> None:
    page.goto("/home?theme=light")
    page.get_by_role("button", name="换成深色").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert {c["name"]: c["value"] for c in page.context.cookies()}["theme"] == "dark"
    expect(page.get_by_role("button", name="换成浅色")).to_be_visible()


def test_a_heading_gives_its_link(page: Page) -> None:
    page.goto("/article")
    page.get_by_role("button", name="复制这一节的链接：面板没电时").click()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/article#power")


def test_a_confirmation_opens_closes_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/desk-harvest")
    page.get_by_text("发布这条").click()
    expect(page.get_by_role("button", name="确认发布")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="确认发布")).to_be_hidden()
    expect(page.locator("summary", has_text="发布这条")).to_be_focused()


def test_undo_counts_down_and_goes(page: Page) -> None:
    page.clock.install()
    page.goto("/desk-inbox")
    expect(page.get_by_role("button", name="撤回")).to_be_visible()
    page.clock.run_for(9_500)
    expect(page.get_by_role("button", name="撤回")).to_have_count(0)
    expect(page.get_by_text("已经发出。")).to_be_visible()


def test_an_answer_is_put_into_the_reply(page: Page) -> None:
    page.goto("/desk-ticket")
    page.get_by_role("button", name="插入").nth(1).click()
    expect(page.get_by_label("回复内容")).to_have_value(contains("请管理员发一次性密码。"))
    expect(page.locator("#used-articles")).to_have_value("11,12")


def contains(words: str) -> re.Pattern[str]:
    """Return a pattern for a value that holds the words."""
    return re.compile(re.escape(words))


def test_phrasings_are_added_and_removed_in_the_form(page: Page) -> None:
    page.goto("/desk-editor")
    page.get_by_placeholder("再加一种问法，按回车").fill("钥匙锁屋里了")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="加入：出门拿快递被锁外面了").click()
    page.get_by_role("button", name="删：什么都没带能不能进门").click()
    lines = page.locator("#f-phrasings").input_value().split("\n")
    assert lines[-2:] == ["钥匙锁屋里了", "出门拿快递被锁外面了"]
    assert "什么都没带能不能进门" not in lines


@pytest.mark.parametrize(
    "name", ["home", "results", "article", "ask", "ticket", "desk-ticket", "desk-inbox"]
)
def test_pages_reflow_at_320_pixels(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"/{name}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_look_that_goes_on_is_read_again_until_it_ends(page: Page) -> None:
    asked = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 2:
            return route.fulfill(status=503, body="")
        going = ' data-going="/desk/remedies/progress/1"' if len(asked) < 4 else ""
        part = f"<div class=stack{going}><p role=status>第{len(asked)}次</p></div>"
        return route.fulfill(content_type="text/html", body=part)

    page.route("**/desk/remedies/progress/1", answer)
    page.goto("/desk-impact")
    button = page.get_by_role("button", name="就这样改")
    button.focus()
    expect(page.get_by_role("status").filter(has_text="第1次")).to_be_visible()
    # A server that is busy is asked again; what is finished is not.
    expect(page.get_by_role("status").filter(has_text="第4次")).to_be_visible(timeout=15_000)
    page.wait_for_timeout(2_000)
    assert len(asked) == 4
    expect(button).to_be_focused()
