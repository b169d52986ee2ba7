"""How each provider is set up, step by step, in the words of its own pages."""

from __future__ import annotations

from dataclasses import dataclass


def _(text: str) -> str:
    """Mark a sentence for the catalogue."""
    return text


@dataclass(frozen=True, slots=True)
class Guide:
    """What somebody who has never done it needs to know.

    Attributes:
        name: of the provider.
        secret: what the secret is called there.
        why: what that is, in a sentence.
        steps: where it is found, in order.
    """

    name: str
    secret: str
    why: str
    steps: tuple[str, ...]


CODE = _("授权码")
CODE_WHY = _("授权码是邮箱专门给程序用的密码，和您登录用的密码不是一个。随时可以作废，换一个新的。")

GUIDES: dict[str, Guide] = {
    "qq": Guide(
        _("QQ邮箱"),
        CODE,
        CODE_WHY,
        (
            _("在电脑上打开mail.qq.com，登录这个邮箱。"),
            _("点“设置”，再点“账号”，往下找到“POP3/IMAP/SMTP服务”。"),
            _("打开“IMAP/SMTP服务”，按提示用手机发一条短信。"),
            _("页面上会出现16个字母，这就是授权码。复制到下面，不要带空格。"),
        ),
    ),
    "exmail": Guide(
        _("腾讯企业邮"),
        _("客户端专用密码"),
        _("客户端专用密码只给程序用，和您登录用的密码不是一个，丢了也不影响登录。"),
        (
            _("请管理员在企业邮的管理后台允许成员用IMAP/SMTP收发信。"),
            _("打开exmail.qq.com，登录这个邮箱，点“设置”。"),
            _("在“客户端设置”里确认IMAP/SMTP服务开着。"),
            _("开了安全登录的，点“生成新密码”得到客户端专用密码；没有开的，填邮箱密码。"),
        ),
    ),
    "163": Guide(
        _("163邮箱"),
        CODE,
        CODE_WHY,
        (
            _("在电脑上打开mail.163.com，登录这个邮箱。"),
            _("点“设置”，再点“POP3/SMTP/IMAP”。"),
            _("打开“IMAP/SMTP服务”，按提示用手机扫码发一条短信。"),
            _("授权码只显示一次，马上复制到下面。过期或丢了，回到这一页再新增一个。"),
        ),
    ),
    "126": Guide(
        _("126邮箱"),
        CODE,
        CODE_WHY,
        (
            _("在电脑上打开mail.126.com，登录这个邮箱。"),
            _("点“设置”，再点“POP3/SMTP/IMAP”。"),
            _("打开“IMAP/SMTP服务”，按提示用手机扫码发一条短信。"),
            _("授权码只显示一次，马上复制到下面。过期或丢了，回到这一页再新增一个。"),
        ),
    ),
    "aliyun": Guide(
        _("阿里企业邮"),
        _("第三方客户端安全密码"),
        _("安全密码只给程序用，和您登录用的密码不是一个。"),
        (
            _("请管理员在企业邮的管理后台允许使用第三方客户端。"),
            _("打开qiye.aliyun.com，登录这个邮箱，点“设置”。"),
            _("在“账户与安全”里找到“第三方客户端安全密码”，生成一个，复制到下面。"),
        ),
    ),
    "outlook": Guide(
        _("Outlook、Microsoft 365"),
        _("客户端密码"),
        _("微软不让程序用邮箱密码，要先登记一个应用，再由邮箱的主人点一次同意。"),
        (
            _("管理员打开entra.microsoft.com，在“应用注册”里新建一个。"),
            _("“重定向URI”选Web，填下面给出的回调地址。"),
            _(
                "在“API权限”里加Office 365 Exchange Online的委托权限："
                "IMAP.AccessAsUser.All和SMTP.Send。"
            ),
            _("在“证书和密码”里新建客户端密码，马上把它的“值”复制到下面。"),
            _("保存以后点“去授权”，用这个邮箱登录，点同意。"),
        ),
    ),
    "gmail": Guide(
        "Gmail",
        _("客户端密钥"),
        _("谷歌不让程序用邮箱密码，要先登记一个应用，再由邮箱的主人点一次同意。"),
        (
            _("打开console.cloud.google.com，新建项目，启用Gmail API。"),
            _("在“凭据”里新建OAuth客户端，类型选Web应用。"),
            _("“已获授权的重定向URI”填下面给出的回调地址。"),
            _("把客户端ID和密钥复制到下面，保存以后点“去授权”。"),
        ),
    ),
    "own": Guide(
        _("自己的邮件服务器"),
        _("密码"),
        _("这是邮箱的密码，或者管邮箱的人专门给程序的一个。"),
        (
            _("向管邮箱的人要四样：收信（IMAP）和发信（SMTP）的服务器名、端口、加密方式、密码。"),
            _("常见的是：收信993端口TLS，发信465端口TLS或587端口STARTTLS。"),
        ),
    ),
}
