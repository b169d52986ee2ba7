"""Sentences for what the check of a mailbox found: what is so, and what to do next.

Message ids are the Chinese sentences; English stands in the catalogue, for pages and for
`wenqu mail check` alike. Gaps are `{name}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from gettext import translation
from pathlib import Path

from autoreply.look import Look


def _(text: str) -> str:
    """Mark a sentence for the catalogue."""
    return text


LOOKS: dict[str, str] = {
    # Reading.
    "imap_none": _("没有设收信服务器，邮件要从别的路进来（LMTP、SMTP或管道）。"),
    "imap_connected": _("连上了收信服务器 {host}:{port}。"),
    "imap_signed_in": _("用 {user} 登录成功。"),
    "imap_folder": _("文件夹 {folder} 打得开，里面有{count}封信。"),
    "imap_idle": _("有新信时服务器会马上告诉我们。"),
    "imap_polls": _("服务器不会主动通知，我们每分钟去看一次。"),
    "imap_host_unknown": _("找不到收信服务器 {host}，请看看名字有没有写错。"),
    "imap_port_closed": _("收信服务器 {host} 的{port}端口没有开，请看看端口号，或问管邮箱的人。"),
    "imap_silent": _("收信服务器 {host}:{port} 没有回应。端口可能不对，或者被防火墙挡住了。"),
    "imap_certificate": _("{host} 的证书不对：名字不符或者过期了。请核对服务器名，不要关掉加密。"),
    "imap_encryption": _("{host}:{port} 加密没有谈成。993端口选TLS，143端口选STARTTLS。"),
    "imap_broken": _("和 {host}:{port} 的连接断了：{reply}"),
    "imap_refused": _("登录不了。请重新生成一个授权码填进来，不是邮箱密码。对方说：{reply}"),
    "imap_password_wrong": _("登录不了。请核对登录名 {user} 和密码。对方说：{reply}"),
    "imap_app_password": _(
        "Google不收普通密码。请选“Gmail”那一项用授权的办法，或者在Google账号里做一个应用专用密码填进来。"
        "对方说：{reply}"
    ),
    "imap_code_wrong": _(
        "授权码不对。要填的是授权码，不是登录网页邮箱的密码；改过密码以后，旧的授权码也会作废。"
        "请在网页邮箱的设置里重新生成一个，填进来再试。对方说：{reply}"
    ),
    "imap_switched_off": _(
        "邮箱里的IMAP服务还没有打开，或者授权码不对。"
        "请在网页邮箱的设置里打开IMAP/SMTP服务，用新生成的授权码。对方说：{reply}"
    ),
    "imap_unsafe": _(
        "网易认为登录不安全，拒绝打开收件箱。请在网页邮箱的设置里确认IMAP服务已打开，"
        "重新生成授权码再试；还不行就联系 kefu@188.com。对方说：{reply}"
    ),
    "imap_too_often": _("登录太频繁，对方暂时不让进。请等半小时再试。对方说：{reply}"),
    "imap_folder_missing": _("没有文件夹 {folder}。这个邮箱里有：{folders}。"),
    "imap_oauth_ended": _("授权已经失效，请在设置页再点一次“去授权”。原因：{reason}"),
    "imap_oauth_down": _("授权服务器连不上：{reason}。请过一会儿再试。"),
    "imap_oauth_refused": _("授权服务器不认这个应用：{reason}。请核对客户端编号和密钥。"),
    "imap_secret_unreadable": _("存下的密码打不开，密钥换过了。请重新填一次。"),
    # Sending.
    "smtp_none": _("没有设发信服务器，回信发不出去。"),
    "smtp_signed_in": _("连上了发信服务器 {host}:{port}，登录成功。"),
    "smtp_host_unknown": _("找不到发信服务器 {host}，请看看名字有没有写错。"),
    "smtp_port_closed": _("发信服务器 {host} 的{port}端口没有开，请看看端口号，或问管邮箱的人。"),
    "smtp_silent": _("发信服务器 {host}:{port} 没有回应。端口可能不对，或者被防火墙挡住了。"),
    "smtp_certificate": _("{host} 的证书不对：名字不符或者过期了。请核对服务器名，不要关掉加密。"),
    "smtp_encryption": _("{host}:{port} 加密没有谈成。465端口选TLS，587端口选STARTTLS。"),
    "smtp_broken": _("和 {host}:{port} 的连接断了，请过一会儿再试。对方说：{reply}"),
    "smtp_refused": _("发信登录不了，请看看账号 {user} 和授权码。对方说：{reply}"),
    "smtp_password_wrong": _("发信登录不了。请核对登录名 {user} 和密码。对方说：{reply}"),
    "smtp_code_wrong": _(
        "发信的授权码不对，要填授权码，不是登录网页邮箱的密码。请重新生成一个再试。对方说：{reply}"
    ),
    "smtp_switched_off": _(
        "邮箱里的SMTP服务还没有打开，或者授权码不对。"
        "请在网页邮箱的设置里打开IMAP/SMTP服务，用新生成的授权码。对方说：{reply}"
    ),
    "smtp_auth_disabled": _(
        "微软关掉了这个邮箱的SMTP登录。请管理员在Microsoft 365管理中心打开这位用户，"
        "在“邮件 → 管理电子邮件应用”里勾上“已验证的SMTP”，过十几分钟再试。对方说：{reply}"
    ),
    "smtp_app_password": _(
        "Google不收普通密码。请选“Gmail”那一项用授权的办法，或者在Google账号里做一个应用专用密码填进来。"
        "对方说：{reply}"
    ),
    "smtp_too_often": _("发信登录太频繁，对方暂时不让进。请等半小时再试。对方说：{reply}"),
    "smtp_token": _("发信的授权拿不到，请再点一次“去授权”。原因：{reply}"),
    "smtp_no_sign_in": _(
        "{host}:{port} 不接受登录。多半要先加密：465端口选TLS，587端口选STARTTLS。"
    ),
    "smtp_null_taken": _("空发件人可以用：自动回信不会引来别人的自动回信。"),
    "smtp_null_refused": _("不接受空发件人（163和QQ都这样）。对方说：{reply}"),
    "smtp_authorised_taken": _("可以用邮箱自己的地址发信。"),
    "smtp_authorised_refused": _(
        "不让用这个地址发信，请看看登录的账号和邮箱地址是不是同一个。对方说：{reply}"
    ),
    "smtp_verp_taken": _("可以给每封信一个单独的退信地址。"),
    "smtp_verp_refused": _("不接受单独的退信地址。对方说：{reply}"),
    "smtp_uses_null": _("自动回信用空发件人。"),
    "smtp_uses_authorised": _("自动回信用邮箱自己的地址，同一位客户一天最多回3封。"),
    "smtp_uses_verp": _("自动回信用单独的退信地址。"),
    "smtp_no_sender": _("哪一种发件人都不接受，回信发不出去。"),
    # DNS.
    "dns_of_provider": _("{domain} 的发信记录由邮箱服务商管，不用您设。"),
    "dns_down": _("查不到 {domain} 的记录：域名服务器没有回应（{reason}）。请过一会儿再试。"),
    "mx_found": _("寄到 {domain} 的信送到 {server}。"),
    "mx_missing": _("{domain} 没有MX记录，别人寄不进来。请在域名管理里加上。"),
    "spf_found": _("SPF记录有了，对方查{count}次就能看完（最多10次）：{value}"),
    "spf_missing": _("{domain} 没有SPF记录，回信容易进垃圾箱。请加一条TXT记录：{value}"),
    "spf_twice": _("{domain} 有{count}条SPF记录，对方会当作没有。请并成一条。"),
    "spf_open": _("SPF记录允许任何人冒充 {domain}。请把这条TXT记录改成：{value}"),
    "spf_broken": _(
        "{domain} 的SPF记录有一处读不通（{term}），对方会当作没有。请检查这一处，多半是拼错了，"
        "或者它指的域名没有SPF记录。"
    ),
    "spf_lookups": _(
        "{domain} 的SPF记录要查{count}次才看得完，超过10次对方会当作没有。"
        "请删掉不再用的include，或者把它换成ip4。"
    ),
    "spf_without_relay": _(
        "{domain} 的SPF记录里没有现在的发信服务商（{include}）。请把这条TXT记录改成：{value}"
    ),
    "spf_without_host": _(
        "{domain} 的SPF记录没有让发信服务器 {host}（{addresses}）发信，回信容易进垃圾箱。"
        "请把这条TXT记录改成：{value}"
    ),
    "spf_lax": _(
        "{domain} 的SPF记录没有说别的服务器不行，挡不住冒充的人。请把这条TXT记录改成：{value}"
    ),
    "dkim_of_provider": _(
        "DKIM签名由发信服务商来做。请到服务商后台看一眼，给 {domain} 开通了DKIM没有。"
    ),
    "dkim_provider_found": _("服务商用 {name} 给您的域名签名，和发信地址一致。"),
    "dkim_provider_missing": _(
        "服务商会签名，但签的是它自己的域名，和 {domain} 对不上。"
        "请到服务商后台给 {domain} 开通DKIM，它会给出要加在 {name} 的记录。"
    ),
    "dkim_unsigned": _("回信没有DKIM签名。发信服务器自己会签就不用管，否则运行 wenqu mail dkim。"),
    "dkim_found": _("DKIM公钥已经在 {name}，和我们的一致。"),
    "dkim_missing": _("还没有DKIM记录。请给 {name} 加一条TXT记录：{value}"),
    "dkim_other": _("{name} 上的DKIM公钥不是现在这一把。请把TXT记录改成：{value}"),
    "dmarc_found": _("DMARC记录有了（{name}，p={policy}），冒充的信对方会拦。"),
    "dmarc_watching": _(
        "DMARC记录有了（{name}），现在只看不拦（p={policy}）。看一两个星期报告，没有误伤自己的信，"
        "就把p改成quarantine。"
    ),
    "dmarc_strict": _(
        "{domain} 的DMARC要求签名的域名一字不差（{name} 里的adkim=s），"
        "可我们签的是上一级域名，回信会被拦（p={policy}）。"
        "请把adkim改成r，或者用 wenqu mail dkim --domain {domain} 另做一把。"
    ),
    "dmarc_needs_dkim": _(
        "{domain} 的DMARC是p={policy}，自动回信用空发件人，光靠SPF对不上，会被拦。"
        "请先把上面的DKIM做好。"
    ),
    "dmarc_missing": _("没有DMARC记录。建议给 {name} 加一条TXT记录：{value}"),
}


def sentence(look: Look, translate: Callable[[str], str] = str) -> str:
    """Return what a look found, in words.

    Args:
        look: what was found.
        translate: from Chinese to the reader's language.
    """
    # What another version of the program found may have no sentence in this one.
    known = LOOKS.get(look.code)
    return fill(translate(known), look.params) if known else look.code


def fill(template: str, params: Mapping[str, object]) -> str:
    """Fill the gaps of a sentence; a missing value leaves an ellipsis."""
    known = {name: value if value != "" else "…" for name, value in params.items()}

    class Gaps(dict[str, object]):
        def __missing__(self, key: str) -> str:
            return "…"

    return template.format_map(Gaps(known))


def english() -> Callable[[str], str]:
    """Return what puts a sentence into English outside of a request."""
    folder = Path(__file__).parent / "translations"
    return translation("messages", folder, languages=["en"], fallback=True).gettext
