"""Sentences for what is wrong with a record of an import."""

from __future__ import annotations

import re

from kb.errors import Invalid
from kb.transfer import Problem
from web import words

_LINE = re.compile(r"(?P<file>.+):(?P<line>\d+)")

FIELDS = {
    "question": "问题",
    "answer": "回答",
    "body_md": "回答",
    "phrasings": "相似问",
    "key": "编号",
    "state": "状态",
    "audience": "可见范围",
    "category": "分类",
    "owner": "负责人",
    "language": "语言",
    "applies_to": "适用型号",
    "publish_at": "发布时间",
    "expire_at": "下线时间",
    "review_on": "复核日期",
    "boost": "排序",
    "slug": "地址里的名字",
    "title": "标题",
    "ends_at": "结束时间",
    "entries": "菜单的项",
    "data": "图片的内容",
}

CODES = {
    "question_missing": "还空着，写上客户会怎么问",
    "state_unknown": "只能是draft、in_review、scheduled、published或archived",
    "key_invalid": "只能用字母、数字、点和短横",
    "key_twice": "前面已经出现过，这一条没有读",
    "owner_unknown": "没有这位用户，先空着",
    "key_unknown": "没有这一条，这个置顶没有读",
    "characters_lost": "这几个字存不下，已经去掉",
    "picture_missing": "文件里没有这张图片",
    "too_many_cells": "这一行的格子比表头多，请看看逗号和引号",
    "json_broken": "这一行不是完整的JSON",
    "object_wanted": "这一行要是一个JSON对象",
    "list_wanted": "要是一个列表",
    "text_wanted": "要是一段文字",
    "number_invalid": "要是一个数字",
    "date_invalid": "日期好像不对，例如 2026-11-24",
    "moment_invalid": "时间好像不对，例如 2026-11-24T09:00:00+08:00",
    "moment_without_offset": "时间后面要带时区，例如 +08:00",
    "moment_missing": "定时发布要写上发布时间",
    "base64_broken": "图片的编码不完整",
    "title_missing": "标题还空着",
    "end_missing": "通知要有结束时间",
    "slug_invalid": "用小写字母、数字和短横",
}


def sentence(problem: Problem) -> str:
    """Say where, which value, and what to do: `faq.csv第3行，问题：还空着，写上客户会怎么问。`."""
    said = CODES.get(problem.code) or words.sentence(Invalid(problem.code)).rstrip("。")
    value = f"（{problem.value}）" if problem.value else ""
    field = FIELDS.get(problem.field, problem.field)
    return "，".join(part for part in (_where(problem.where), field) if part) + f"：{said}{value}。"


def _where(where: str) -> str:
    match = _LINE.fullmatch(where)
    return f"{match['file']}第{match['line']}行" if match else where
