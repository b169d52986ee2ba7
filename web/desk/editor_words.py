"""The editor's own words in the reader's language; its script is Chinese without them."""

from __future__ import annotations

from web.locale import gettext, language


def words() -> dict[str, str]:
    """Return what the editor says instead of its Chinese words; none are needed in Chinese."""
    return {} if language() == "zh" else _tools() | _places() | _faults()


def _tools() -> dict[str, str]:
    return {
        "粗": gettext("粗"),
        "加粗": gettext("加粗"),
        "小标题": gettext("小标题"),
        "列表": gettext("列表"),
        "步骤": gettext("步骤"),
        "链接": gettext("链接"),
        "图片": gettext("图片"),
        "表格": gettext("表格"),
        "注意": gettext("注意"),
        "撤销": gettext("撤销"),
        "重做": gettext("重做"),
        "源文": gettext("源文"),
        "源文（Markdown）": gettext("源文（Markdown）"),
        "排版": gettext("排版"),
    }


def _places() -> dict[str, str]:
    link = "例如 https://www.example.com 或 article:lock-open-003"
    return {
        "链接到哪里": gettext("链接到哪里"),
        link: gettext("例如 https://www.example.com 或 article:lock-open-003"),
        "确定": gettext("确定"),
        "去掉链接": gettext("去掉链接"),
        "图片上是什么": gettext("图片上是什么"),
        "看不见图的客户会听到这句话": gettext("看不见图的客户会听到这句话"),
        "记下": gettext("记下"),
        "下面加一行": gettext("下面加一行"),
        "右边加一列": gettext("右边加一列"),
        "删这一行": gettext("删这一行"),
        "删这一列": gettext("删这一列"),
        "删表格": gettext("删表格"),
        "第一段就写答案，一两句话。": gettext("第一段就写答案，一两句话。"),
        "回答正文": gettext("回答正文"),
    }


def _faults() -> dict[str, str]:
    again = "没有换过去，您写的内容还在。请再点一次。"
    address = "这个地址好像没写完，例如 https://www.example.com"
    return {
        "正在上传图片…": gettext("正在上传图片…"),
        "〔图片未能粘贴，请单独上传〕": gettext("〔图片未能粘贴，请单独上传〕"),
        "图片没有传上。请看看网络，再传一次。": gettext("图片没有传上。请看看网络，再传一次。"),
        again: gettext("没有换过去，您写的内容还在。请再点一次。"),
        address: gettext("这个地址好像没写完，例如 https://www.example.com"),
    }
