"""Sentences for error codes: the one place where a refusal becomes words.

Message ids are the Chinese sentences; English stands in the catalogue. The command line and the
worker use the same table (`sentence` needs no request).
"""

from __future__ import annotations

from collections.abc import Callable

from kb.errors import DomainError


def _(text: str) -> str:
    """Mark a sentence for the catalogue."""
    return text


SENTENCES: dict[str, str] = {
    "refused": _("这一步没有做成。请返回上一页再试一次。"),
    "not_found": _("没有找到这一页，可能已经移走或撤下。"),
    "conflict": _("别人刚刚改过，请看一眼最新的内容再继续。"),
    "stale": _("您打开以后，有人存过新的一版。两份文字都在下面，没有丢。"),
    "invalid": _("有一处填得不对，请看红色的提示。"),
    "forbidden": _("您的账号没有这项权限，需要的话请找管理员。"),
    "unauthorized": _("没有带上有效的令牌。"),
    "number_large": _("这个数最大是{limit}。"),
    "text_wanted": _("这一项要是一段文字。"),
    "json_missing": _("请求正文要是一个JSON对象。"),
    "unavailable": _("服务暂时忙不过来，您写的内容还在，请过一会儿再点一次。"),
    "database": _("数据库暂时用不了（{reason}），您写的内容还在，请过一会儿再点一次。"),
    "csrf": _("页面放得太久了，请刷新以后再提交一次。您写的内容可以先复制下来。"),
    "words_count": _("同义词要两个到{limit}个词，专用词只写一个。"),
    "words_sign": _("词里不能有#号。"),
    "asking_rare": _("问过这句话的人不到三个了，不能给别人看。"),
    "question_missing": _("标题还空着。写上客户会怎么问。"),
    "too_long": _("写得太长了，这一处最多{limit}个字。"),
    "too_many": _("太多了，这一处最多{limit}条。"),
    "audience_unknown": _("可见范围只能选公开或仅内部。"),
    "key_taken": _("编号“{key}”已经有别的条目在用。"),
    "text_missing": _("内容还空着，写几个字再提交。"),
    "ticket_closed": _("这张工单已经关闭，请新开一张。"),
    "ticket_state": _("工单现在的状态不能这样做，请刷新看看。"),
    "already_sent": _("已经发出去了，撤不回来。可以再写一封更正。"),
    "link_unknown": _("这个链接已经失效。请用最近一封邮件里的链接，或重新联系我们。"),
    "address_invalid": _("邮箱好像没写完，例如 name@example.com"),
    "phone_invalid": _("电话号码好像不对，请再看一眼。"),
    "identity_invalid": _("这个联系方式好像不对，请再看一眼。"),
    "name_invalid": _("登录名用小写字母和数字，2到63个字符。"),
    "name_missing": _("名字还空着。"),
    "name_taken": _("登录名“{name}”已经有人用了。"),
    "role_unknown": _("角色只能选客服、编辑或管理员。"),
    "last_admin": _("这是最后一位管理员，停用后就没有人能管理了。"),
    "password_short": _("密码太短，至少{minimum}个字符。"),
    "password_long": _("密码太长，最多{maximum}个字符。"),
    "password_common": _("这个密码太常见，容易被猜到，换一个吧。"),
    "passwords_differ": _("两次输入的密码不一样。"),
    "place_unknown": _("这里没有“{name}”可以填。能用的都列在正文下面，点一下就插进来。"),
    "place_elsewhere": _("“{name}”只能放在正文里。"),
    "place_missing": _("正文里少了“{name}”，客户会找不到它。点一下就插进来。"),
    "place_open": _("有一个花括号没有成对，请补上或者删掉。"),
    "wording_missing": _("这一栏还空着。"),
    "files_many": _("一次最多带{limit}个文件。"),
    "files_large": _("附件加起来最多{limit} MB。少带几个，或者放一个下载链接。"),
    "file_program": _("“{name}”是能运行的文件，对方的邮箱多半会拒收。请换成PDF、图片或链接。"),
    "file_broken": _("“{name}”这张图片打不开，请换一张。"),
    "file_large": _("“{name}”太大了，每个文件最多{limit} MB。"),
    "percent_range": _("这里填{least}到{most}之间的数。"),
    "pause_over": _("这一处已经恢复了。"),
    "backtest_running": _("有一次正在算，算完再开始下一次。"),
    "backtest_over": _("这一次已经算完或停掉了。"),
    "mbox_missing": _("请先选一个mbox文件。"),
    "no_mails": _("{value} 里没有邮件。"),
    "nobody_to_tell": _("没有要更正的人：都更正过了，或者地址收不了信。"),
    "stale_count": _("刚才又有变化，现在是{now}个人。请再看一眼，再确认。"),
    "import_bad_rows": _(
        "有{count}处读不进来，已在上面列出，没有导入任何内容。想先导入其余的，加 --skip-bad。"
    ),
    "token_invalid": _("请写上名称，并选至少一项用途。"),
    "slug_invalid": _("地址里的名字用小写字母、数字和短横。"),
    "slug_taken": _("地址“{slug}”已经有别的分类在用。"),
    "category_circle": _("分类不能放到自己下面。"),
    "category_not_empty": _("这个分类里还有条目或下级分类，请先移走。"),
    "menu_groups": _("首页菜单最多{limit}组，再多客户就看不过来了。"),
    "menu_entries": _("“{group}”这一组最多{limit}项。"),
    "menu_title": _("有一组菜单还没有名字。"),
    "menu_dead_end": _("“{entry}”还没有指向任何分类或条目。"),
    "title_missing": _("标题还空着。"),
    "end_missing": _("请填结束时间，并且要晚于现在。通知总要有个头。"),
    "reason_unknown": _("请从列出的原因里选一个。"),
    "number_invalid": _("这里应该是一个数字。"),
    "date_invalid": _("日期好像不对，例如 2026-11-24。"),
    "sign_in_refused": _("登录名或密码不对。"),
    "state_wrong": _("条目现在的状态不能这样做，请刷新看看。"),
    "answer_missing": _("回答还空着，写上一两句再提交。"),
    "already_published": _("线上已经是这一版了。"),
    "not_published": _("这条还没有发布，相似问请写进它的草稿。"),
    "article_state": _("条目现在的状态不能这样做，请刷新看看。"),
    "candidate_decided": _("这一条已经有人处理过了。"),
    "already_harvested": _("这张工单已经放进待沉淀了。"),
    "nothing_to_harvest": _("这张工单里没有可以沉淀的问答。"),
    "not_resolved": _("工单解决以后才能沉淀。"),
    "phrasing_missing": _("相似问还空着。"),
    "category_unknown": _("没有这个分类，请重新选一个。"),
    "user_unknown": _("没有这个人，或者账号已停用。"),
    "moment_missing": _("选了定时，请填发布时间。"),
    "moment_passed": _("这个时间已经过去了，请往后选。"),
    "boost_range": _("排序最多调{limit}。"),
    "number_range": _("这里填{least}到{most}之间的整数。"),
    "hours_reversed": _("下班要晚于上班。"),
    "prefix_invalid": _("工单号开头用1到6个字母或数字。"),
    "password_wrong": _("现在的密码不对。"),
    "file_empty": _("“{name}”是空的，请换一个文件。"),
    "text_too_long": _("写得太长了，这一处最多{limit}个字。"),
    "choice_unknown": _("请从列出的选项里选一个。"),
    "not_quarantined": _("这封信不在出错的里面，不用再试。"),
    "image_unreadable": _("这张图片读不出来，请换成PNG、JPEG、WebP或GIF。"),
    "image_kind": _("这不是图片，或者是浏览器放不了的格式。请换成PNG、JPEG、WebP或GIF。"),
    "image_too_large": _("图片太大了，请缩小后再传。"),
    "text_would_change": _("没有存上：“{expected}”存下以后会变成“{actual}”。请把这一处换个写法。"),
    "config_missing": _("找不到配置文件 {key}。"),
    "config_syntax": _("配置文件 {key} 写法有误：{reason}"),
    "config_unknown": _("配置里有不认识的名字：{key}。"),
    "config_value": _("配置 {key} 的值不对：{value}"),
    "config_choice": _("配置 {key} 只能是：{allowed}。"),
    "config_secret": _("配置 {key} 指向的文件读不出来：{value}"),
    "address_in_use": _("地址 {address} 已经被别的程序占用，请换一个端口。"),
    "address_unusable": _("地址 {address} 用不了：不是这台机器的，或者没有权限。"),
    "demo_database": _("{path} 是演示数据，不能用来正式服务。请先运行 wenqu init。"),
    "not_demo": _("{path} 里已经有正式数据，演示请另选一个文件夹（--data-dir）。"),
    "unsigned": _("这封信签不上名：{reason}"),
    "nothing_taught": _("现用的就是随产品附带的排序模型，没有可退回的。"),
    "study_failed": _("通读知识库没有完成（状态 {status}），稍后会再试。"),
    "already_initialised": _("{path} 已经初始化过了。"),
    "backup_exists": _("{path} 已经存在，请换一个新文件夹。"),
    "backup_broken": _("备份不完整或被改过：{path}"),
    "backup_other_version": _("这是{version}版的备份，请用同一版的程序恢复，再升级。"),
    "database_not_empty": _("数据库里已经有内容，恢复只能进空的数据库。"),
    "not_initialised": _("{path} 还没有初始化。请先运行 wenqu init，或用 wenqu demo 试用。"),
    "needs_upgrade": _("数据库还是旧版本的结构，请先运行 wenqu db upgrade。"),
    "file_missing": _("找不到文件 {path}。"),
    "file_unreadable": _("文件 {path} 读不出来：{reason}"),
    "file_write": _("写不进 {path}：{reason}"),
    "folder_not_empty": _("{path} 不是空的，请换一个新文件夹。"),
    "format_unknown": _("不认识 {value} 的格式。可以用.jsonl、.csv、.zip、.md或文件夹。"),
    "archive_broken": _("压缩包打不开，可能没有传完整。"),
    "archive_empty": _("压缩包里没有可以导入的内容。"),
    "archive_too_large": _("压缩包太大，或者文件太多，请分成几个。"),
    "archive_unsafe": _("压缩包里有不安全的文件名：{name}"),
    "csv_broken": _("表格第{line}行读不下去，请看看引号是不是成对。"),
    "csv_empty": _("表格是空的。"),
    "csv_header_missing": _("表格第一行要有“问题”和“回答”两列。"),
    "yaml_broken": _("开头的YAML第{line}行写法有误。"),
    "line_wrong": _("{value}第{line}行不对，请照说明改好再试。"),
    "duplicate_id": _("编号“{value}”出现了两次。"),
    "encoding_damaged": _("{name}第{line}行有损坏的字，请从原来的软件重新导出。"),
    "encoding_unknown": _("{name}的文字编码认不出来，请存成UTF-8再试。"),
    "key_broken": _("密钥文件 {path} 不完整。请从备份里恢复它。"),
    "index_busy": _("索引正由另一个程序写，请过一会儿再试。"),
    "index_damaged": _("索引坏了，会自动重建。"),
    "index_missing": _("索引还没有建好，会自动建。"),
    "unknown_engine": _("没有这种检索引擎：{value}"),
    "engine_not_installed": _("检索引擎 {value} 没有装。"),
    "engine_needs_folder": _("检索引擎 {value} 要有一个文件夹来放索引。"),
    "unknown_encoder": _("没有这种语义编码：{value}"),
    "encoder_missing": _("语义编码 {encoder} 没有装，或者这台机器跑不动。"),
    "encoder_busy": _("语义服务忙不过来，先只按字词找。"),
    "encoder_down": _("语义服务连不上，先只按字词找。"),
    "encoder_answer_wrong": _("语义服务答得不对，请看看encoder_url和encoder_model。"),
    "encoder_url_missing": _("用http编码要先填encoder_url。"),
    "encoder_url_wrong": _("encoder_url写得不对：{value}"),
    "model_damaged": _("排序模型坏了，用随程序带的那一份。"),
    "model_format": _("排序模型是别的版本的，用随程序带的那一份。"),
    "mail_empty": _("这封信是空的。"),
    "mail_large": _("这封信太大了。"),
    "mailbox_missing": _("还没有填客服邮箱，邮件发不出去。"),
    "mailbox_sign_in": _("信箱 {mailbox} 登录不了，请看看授权码。"),
    "mailbox_none": _("还没有设邮箱。请在工作台的“设置 · 邮箱”里加一个，或写进配置的[[mailbox]]。"),
    "mailbox_taken": _("{address} 已经设过了，请在列表里改它。"),
    "mailbox_unknown": _("不知道信是写给哪个邮箱的，请用 --mailbox 写上。"),
    "host_invalid": _("服务器名好像没写完，例如 imap.example.com"),
    "client_missing": _("客户端编号还空着，它在登记应用的页面上。"),
    "oauth_address": _("授权地址要以https://开头。"),
    "oauth_state": _("这次授权已经过期，或者不是从这里点开的。请回到邮箱设置，再点一次“去授权”。"),
    "dns_down": _("域名服务器没有回应，查不到 {name} 的记录。请过一会儿再试。"),
    "oauth_ended": _("邮箱的授权已经失效，请再点一次“去授权”。"),
    "oauth_down": _("授权服务器连不上，请过一会儿再试。"),
    "hook_address": _("群机器人的地址（alarm_webhook）不是网址，请从群设置里重新复制。"),
    "hook_failed": _("群机器人没有收下提醒（{reason}），稍后会再试。"),
    "oauth_refused": _("授权服务器没有同意：{reason}"),
    "secret_unreadable": _("存下的密码打不开，安装的密钥换过了。请重新填一次。"),
    "dkim_exists": _("{path} 已经有一把钥匙。"),
    "dkim_key": _("DKIM钥匙 {path} 读不出来，请运行 wenqu mail dkim 生成一把。"),
    "address_missing": _("这位联系人没有邮箱，邮件发不出去。"),
    "already_answered": _("这封信已经回过了。"),
    "nothing_to_answer": _("这里没有要回答的内容。"),
}

# For programs; people get a page of its own (templates/errors).
HTTP: dict[int, str] = {
    400: _("请求看不懂。"),
    403: _("没有这项权限。"),
    404: _("没有这个地址。"),
    405: _("这个地址不支持这样请求。"),
    413: _("内容太大了。"),
    415: _("请求正文的格式不对。"),
    429: _("请求太多了，请过一会儿再试。"),
    500: _("出了点问题，已经记下，请再试一次。"),
    503: _("服务暂时忙不过来，请过一会儿再试。"),
}

REASONS = {
    "locked": _("正被占用"),
    "full": _("磁盘满了"),
    "disk": _("磁盘读写出错"),
    "readonly": _("只读"),
    "down": _("连不上"),
    "FileNotFoundError": _("找不到"),
    "PermissionError": _("没有权限"),
    "IsADirectoryError": _("这是一个文件夹"),
    "NotADirectoryError": _("路径中间有个不是文件夹"),
    "FileExistsError": _("已经有同名的文件"),
}


def template_of(error: DomainError) -> str:
    """Return the sentence, with its gaps, for an error; that of its class for an unknown code."""
    fallback = type(error).code
    return SENTENCES.get(error.code) or SENTENCES.get(fallback) or SENTENCES["refused"]


def sentence(error: DomainError) -> str:
    """Return the Chinese sentence for an error, its gaps filled."""
    return fill(template_of(error), error.params)


def fill(template: str, params: dict[str, object], translate: Callable[[str], str] = str) -> str:
    """Fill the gaps of a sentence; a missing value leaves an ellipsis.

    Args:
        template: with gaps as `{name}`.
        params: what stands in them; a `reason` that has words is put into words.
        translate: from Chinese to the reader's language.
    """

    class Gaps(dict[str, object]):
        def __missing__(self, key: str) -> str:
            return "…"

    values = {"path": params.get("value", "…"), **params}
    reason = REASONS.get(str(values.get("reason")))
    if reason:
        values["reason"] = translate(reason)
    return template.format_map(Gaps(values))
