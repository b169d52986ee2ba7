"""Replies as the clients write them: (client, body, what the person now says)."""

NEW = "还是打不开，绿灯闪三下。\n要寄回去修吗？"

QUOTE = "门锁请先断电十秒，再按住设置键。\n指示灯变蓝即可。"
MARKED = "> 门锁请先断电十秒，再按住设置键。\n> 指示灯变蓝即可。"

REPLIES: list[tuple[str, str]] = [
    ("thunderbird-zh", f"{NEW}\n\n在 2024/3/5 14:22, 安庐客服 写道:\n{MARKED}\n"),
    ("thunderbird-zh-noon", f"{NEW}\n\n在 2024/3/5 上午9:22, 安庐客服 写道:\n{MARKED}\n"),
    ("thunderbird-zh-dashes", f"{NEW}\n\n在 2024-03-05 09:22, 安庐客服 写道:\n{MARKED}\n"),
    ("thunderbird-zh-yu", f"{NEW}\n\n于 2014年03月05日 09:22, 安庐客服 写道:\n{MARKED}\n"),
    ("thunderbird-zh-year", f"{NEW}\n\n于 2014/3/5 9:22, help@anlu.example 写道:\n{MARKED}\n"),
    ("thunderbird-zh-html", f"{NEW}\n\n在 2024/3/5 14:22, 安庐客服 写道:\n{QUOTE}\n"),
    ("thunderbird-tw", f"{NEW}\n\n安廬客服 於 2024/3/5 9:22 AM 寫道:\n{MARKED}\n"),
    ("thunderbird-en", f"{NEW}\n\nOn 3/5/24 9:22 AM, Anlu Help wrote:\n{MARKED}\n"),
    ("thunderbird-en-two", f"{NEW}\n\nOn 05.03.2024 09:22, Anlu Help\nwrote:\n{MARKED}\n"),
    (
        "gmail-zh",
        f"{NEW}\n\n安庐客服 <help@anlu.example> 于2024年3月5日周二 14:22写道：\n\n{MARKED}\n",
    ),
    (
        "gmail-zh-wrap",
        f"{NEW}\n\n安庐客服 <help@anlu.example>\n于2024年3月5日周二 14:22写道：\n\n{MARKED}",
    ),
    (
        "gmail-zh-wrap-3",
        f"{NEW}\n\n安庐在线帮助中心客服 <\nhelp-center-long@anlu.example>\n"
        f"于2024年3月5日周二 下午2:22写道：\n\n{MARKED}",
    ),
    (
        "gmail-zh-en-day",
        f"{NEW}\n\n安庐客服 <help@anlu.example>于2024年3月5日 周二14:22写道：\n{MARKED}",
    ),
    (
        "gmail-tw",
        f"{NEW}\n\n安廬客服 <help@anlu.example> 於 2024年3月5日 週二 下午2:22寫道：\n\n{MARKED}",
    ),
    (
        "gmail-tw-wrap",
        f"{NEW}\n\n安廬客服 <help@anlu.example> 於\n2024年3月5日 週二 下午2:22寫道：\n\n{MARKED}",
    ),
    (
        "gmail-en-wrap",
        f"{NEW}\n\nOn Tue, Mar 5, 2024 at 2:22 PM Anlu Help Center Support\n"
        f"<help@anlu.example> wrote:\n\n{MARKED}",
    ),
    (
        "apple-zh",
        f"{NEW}\n\n> 2024年3月5日 14:22，安庐客服 <help@anlu.example> 写道：\n> \n{MARKED}",
    ),
    (
        "apple-zh-plain",
        f"{NEW}\n\n2024年3月5日 下午2:22，安庐客服 <help@anlu.example> 写道：\n\n{MARKED}",
    ),
    (
        "ipad",
        f"{NEW}\n\n发自我的 iPad\n\n"
        f"> 在 2024年3月5日，14:22，安庐客服 <help@anlu.example> 写道：\n> \n{MARKED}",
    ),
    (
        "iphone",
        f"{NEW}\n\n发自我的iPhone\n\n"
        f"> 在 2024年3月5日，下午2:22，安庐客服 <help@anlu.example> 写道：\n{MARKED}",
    ),
    (
        "iphone-unquoted",
        f"{NEW}\n\n发自我的iPhone\n\n"
        f"在 2024年3月5日，14:22，安庐客服 <help@anlu.example> 写道：\n\n{QUOTE}",
    ),
    (
        "iphone-tw",
        f"{NEW}\n\n從我的 iPhone 傳送\n\n"
        f"> 安廬客服 <help@anlu.example> 於 2024年3月5日 下午2:22 寫道：\n> \n{MARKED}",
    ),
    (
        "netease-web",
        f'{NEW}\n\n\n\n\n\n\n在 2024-03-05 14:22:11，"安庐客服" <help@anlu.example> 写道：\n'
        f"{QUOTE}\n",
    ),
    (
        "netease-web-en",
        f'{NEW}\n\n\n\nAt 2024-03-05 14:22:11, "Anlu" <help@anlu.example> wrote:\n{QUOTE}\n',
    ),
    (
        "netease-web-en-wide",
        f'{NEW}\n\n\nAt 2024-03-05 14:22:11，"安庐" <help@anlu.example> wrote：\n{MARKED}\n',
    ),
    (
        "netease-master",
        f"{NEW}\n\n\n| |\n王芳\n|\n|\nwf@163.example\n|\n签名由\n网易邮箱大师\n定制\n"
        f"On 3/5/2024 14:22，安庐客服<help@anlu.example> wrote：\n{QUOTE}",
    ),
    (
        "netease-master-replied",
        f"{NEW}\n\n\n---- 回复的原邮件 ----\n| 发件人 | 安庐客服<help@anlu.example> |\n"
        "| 发送日期 | 2024年3月5日 14:22 |\n"
        f"| 收件人 | <wf@163.example> |\n| 主题 | 回复：门锁 |\n{QUOTE}",
    ),
    (
        "netease-master-replied-en",
        f"{NEW}\n\n\n---- Replied Message ----\nFrom 安庐客服<help@anlu.example>\n"
        "Date 03/05/2024 14:22\n"
        f"To <wf@163.example>\nSubject 门锁\n{QUOTE}",
    ),
    (
        "flashmail",
        f'{NEW}\n\n发件人："安庐客服" <help@anlu.example>\n发送日期：2024-03-05 14:22\n'
        f"收件人：wf\n主题：门锁\n{QUOTE}",
    ),
    (
        "qq",
        f"{NEW}\n\n\n\n\n------------------&nbsp;原始邮件&nbsp;------------------\n"
        '发件人:&nbsp;"安庐客服"<help@anlu.example>;\n'
        '发送时间:&nbsp;2024年3月5日(星期二) 下午2:22\n收件人:&nbsp;"王芳"<1234@qq.example>;\n'
        f"主题:&nbsp;回复：门锁\n\n{QUOTE}",
    ),
    (
        "qq-plain",
        f'{NEW}\n\n\n------------------ 原始邮件 ------------------\n发件人: "安庐客服";\n'
        f"主题: 门锁\n\n{QUOTE}",
    ),
    (
        "qq-en",
        f"{NEW}\n\n\n------------------ Original ------------------\n"
        f'From:  "Anlu"<help@anlu.example>;\nSubject:  Re: x\n{QUOTE}',
    ),
    (
        "qq-mobile",
        f'{NEW}\n\n\n---Original---\nFrom: "Anlu"<help@anlu.example>\nDate: Tue, Mar 5\n'
        f"Subject: x\n{QUOTE}",
    ),
    (
        "qq-stars",
        f"{NEW}\n\n*发件人:* 安庐客服 <help@anlu.example>\n*发送时间:* 2024年3月5日\n"
        f"*收件人:* wf\n*主题:* 门锁\n\n{QUOTE}",
    ),
    (
        "exmail",
        f'{NEW}\n\n\n------------------ Original ------------------\nFrom:  "安庐";\n'
        f"Date:  2024年3月5日(星期二) 下午2:22\nTo: wf;\n{QUOTE}",
    ),
    (
        "wecom",
        f"{NEW}\n\n\n发自我的企业微信\n\n\n----------回复的邮件信息----------\n"
        f"安庐客服<help@anlu.example> 2024年3月5日 周二 14:22写道：\n{QUOTE}",
    ),
    (
        "outlook-zh",
        f"{NEW}\n\n-----邮件原件-----\n发件人: 安庐客服 <help@anlu.example> \n"
        f"发送时间: 2024年3月5日 14:22\n收件人: 王芳\n主题: 门锁\n\n{QUOTE}",
    ),
    (
        "outlook-zh-rule",
        f"{NEW}\n\n________________________________\n发件人: 安庐客服 <help@anlu.example>\n"
        "发送时间: Tuesday, March 5, 2024 2:22:11 PM\n"
        f"收件人: 王芳\n抄送: 李\n主题: 答复: 门锁\n\n{QUOTE}",
    ),
    (
        "outlook-zh-mailto",
        f"{NEW}\n\n发件人: 安庐客服 [mailto:help@anlu.example]\n发送时间: 2024年3月5日 14:22\n"
        f"收件人: 王芳\n主题: 门锁\n{QUOTE}",
    ),
    (
        "outlook-zh-blank-lines",
        f"{NEW}\n\n发件人: 安庐客服 <help@anlu.example>\n\n发送时间: 2024年3月5日 14:22\n\n"
        f"收件人: 王芳\n\n主题: 门锁\n\n{QUOTE}",
    ),
    (
        "outlook-ios",
        f"{NEW}\n\n获取 Outlook for iOS<https://aka.ms/o0ukef>\n"
        "________________________________\n发件人: a <help@anlu.example>\n发送时间: x\n主题: y\n"
        f"{QUOTE}",
    ),
    (
        "outlook-ios-zh",
        f"{NEW}\n\n获取适用于 iOS 的 Outlook<https://aka.ms/o0ukef>\n"
        "________________________________\n发件人: a <help@anlu.example>\n发送时间: x\n主题: y\n"
        f"{QUOTE}",
    ),
    (
        "windows-mail",
        f"{NEW}\n\n从 Windows 版邮件<https://go.microsoft.com/fwlink/?LinkId=550986>发送\n\n"
        f"发件人: a<mailto:help@anlu.example>\n发送时间: 2024年3月5日\n主题: y\n{QUOTE}",
    ),
    (
        "outlook-en",
        f"{NEW}\n\n-----Original Message-----\nFrom: Anlu <help@anlu.example>\n"
        f"Sent: Tuesday, March 5, 2024 2:22 PM\nTo: x\nSubject: y\n\n{QUOTE}",
    ),
    (
        "outlook-en-rule",
        f"{NEW}\n\n________________________________\nFrom: Anlu <help@anlu.example>\n"
        f"Sent: Tuesday\nTo: x\nSubject: y\n\n{QUOTE}",
    ),
    (
        "outlook-tw",
        f"{NEW}\n\n寄件者: 安廬客服 <help@anlu.example>\n寄件日期: 2024年3月5日 下午 02:22\n"
        f"收件者: 王芳\n副本: 李\n主旨: 門鎖\n\n{QUOTE}",
    ),
    (
        "outlook-tw-dash",
        f"{NEW}\n\n-----原始郵件-----\n寄件者: list 代表 安廬客服\n寄件日期: 2024年3月5日\n"
        f"收件者: 王芳\n主旨: 門鎖\n{QUOTE}",
    ),
    (
        "alimail",
        f"{NEW}\n\n\n------------------------------------------------------------------\n"
        "发件人：安庐客服 <help@anlu.example>\n"
        "发送时间：2024年3月5日(星期二) 14:22\n收件人：王芳 <wf@x.example>\n抄　送：李\n"
        f"主　题：门锁\n\n{QUOTE}",
    ),
    (
        "foxmail",
        f"{NEW}\n\n\n\nwf@x.example\n \n发件人： 安庐客服\n发送时间： 2024-03-05 14:22\n"
        f"收件人： wf\n主题： 门锁\n{QUOTE}",
    ),
    (
        "hmail",
        f"{NEW}\n\n-----------------------------\n发件人：安庐客服<help@anlu.example>\n"
        f"发送日期：2024-03-05\n收件人：wf\n主　题：门锁\n{QUOTE}",
    ),
    (
        "feishu",
        f'{NEW}\n\n发件人: "安庐客服"<help@anlu.example>\n日期:  2024年3月5日 (周二) 14:22\n'
        f'主题:  门锁\n收件人: "王芳"<wf@x.example>\n{QUOTE}',
    ),
    (
        "yahoo-zh",
        f"{NEW}\n\n"
        "    在 2024年3月5日星期二 GMT+8 14:22:11， 安庐客服<help@anlu.example> 写道：  \n \n"
        f" {QUOTE}",
    ),
    (
        "coremail-edu",
        f'{NEW}\n\n\n-----原始邮件-----\n发件人:"安庐客服" <help@anlu.example>\n'
        f"发送时间:2024-03-05 14:22:11 (星期二)\n收件人: wf\n主题: 门锁\n\n{QUOTE}",
    ),
    ("old-mailer", f"{NEW}\n\n安庐客服 wrote:\n{MARKED}"),
    ("quoting", f"{NEW}\n\nQuoting Anlu Help <help@anlu.example>:\n\n{MARKED}"),
    ("wanderlust", f"{NEW}\n\nAt Tue, 05 Mar 2024 14:22:11 +0800,\nAnlu Help wrote:\n> \n{MARKED}"),
    ("mutt", f"{NEW}\n\n* Anlu <help@anlu.example> [2024-03-05 14:22:11 +0800]:\n\n{MARKED}"),
    ("verb-alone", f"{NEW}\n\n在 2024/3/5 14:22, 名字很长的安庐客服中心\n写道:\n{MARKED}"),
    ("snip", f"{NEW}\n\n在 2024/3/5 14:22, 安庐客服 写道:\n[...]\n{MARKED}"),
    ("list-footer", f"{NEW}\n\n{'_' * 47}\nusers mailing list\nusers@lists.example\n"),
    ("no-attribution", f"{NEW}\n\n{MARKED}"),
    ("german", f"{NEW}\n\nAm 05.03.24 um 14:22 schrieb Anlu Help:\n{MARKED}"),
    (
        "french",
        f"{NEW}\n\nLe mar. 5 mars 2024 à 14:22, Anlu <help@anlu.example> a écrit :\n\n{MARKED}",
    ),
    (
        "forward-below",
        f"{NEW}\n\n---------- Forwarded message ---------\n发件人： 安庐 <help@anlu.example>\n"
        f"Date: 2024年3月5日\nSubject: x\n\n{QUOTE}",
    ),
    (
        "forward-zh",
        f"{NEW}\n\n---------- 转发的邮件 ----------\n发件人：安庐 <help@anlu.example>\n"
        f"日期：2024-03-05\n主题：x\n{QUOTE}",
    ),
    (
        "apple-forward",
        f"{NEW}\n\n开始转发的邮件：\n\n> 发件人: 安庐 <help@anlu.example>\n> 主题: x\n> \n{MARKED}",
    ),
    ("above-line", f"{NEW}\n\n##- 请在此线以上回复 -##\n\n{QUOTE}"),
    ("bottom-post", f"在 2024/3/5 14:22, 安庐客服 写道:\n{MARKED}\n\n{NEW}\n"),
    (
        "bottom-post-gmail",
        f"安庐客服 <help@anlu.example> 于2024年3月5日周二 14:22写道：\n{MARKED}\n\n{NEW}\n",
    ),
    (
        "inline",
        "在 2024/3/5 14:22, 安庐客服 写道:\n> 门锁请先断电十秒\n还是打不开，绿灯闪三下。\n"
        "> 指示灯变蓝即可。\n要寄回去修吗？\n",
    ),
    (
        "external-banner",
        "[外部邮件] "
        f"此邮件来源于公司外部，请谨慎处理。若存疑，请将邮件转发给it@x.example进行反馈\n\n{NEW}\n"
        f"\n在 2024/3/5 14:22, a 写道:\n{MARKED}",
    ),
    (
        "external-banner-2",
        "注意: 这封邮件来自于外部，除非您确认邮件内容安全，否则不要点击任何链接和附件。\n\n"
        f"{NEW}\n",
    ),
    (
        "external-banner-en",
        "CAUTION: This email originated from outside of the organization. Do not click links or "
        f"open\nattachments unless you recognize the sender.\n\n{NEW}\n",
    ),
    (
        "disclaimer",
        f"{NEW}\n\n********************\n"
        "本邮件及其附件含有某某公司的商业秘密信息，仅限于发送给上面地址中列出的个人或群组。\n"
        "禁止任何其他人以任何形式使用。\n",
    ),
    (
        "disclaimer-en",
        f"{NEW}\n\n"
        "This email and any attachments may contain confidential information intended solely for "
        "x.\n",
    ),
    (
        "disclaimer-tw",
        f"{NEW}\n\n本電子郵件及其所有附件所含之資訊均屬機密，僅供指定之收件人使用。\n",
    ),
    ("signature-dashes", f"{NEW}\n\n-- \n王芳\n安庐用户\n13800000000\n"),
    ("signature-close", f"{NEW}\n\n祝好\n王芳\n"),
    ("signature-jingli", f"{NEW}\n\n此致\n敬礼\n\n王芳\n2024年3月5日\n"),
    ("signature-en", f"{NEW}\n\nBest regards,\nFang Wang\nTel: 13800000000\n"),
    ("signature-contact", f"{NEW}\n\n王芳\n电话：13800000000\n邮箱：wf@x.example\n"),
    ("device-huawei", f"{NEW}\n\n发自我的华为手机"),
    ("device-mail-zh", f"{NEW}\n\n发送自 Windows 10 版邮件应用"),
    ("device-en", f"{NEW}\n\nSent from my iPhone\n"),
    ("plain", NEW),
    ("crlf", NEW.replace("\n", "\r\n") + "\r\n\r\n在 2024/3/5 14:22, a 写道:\r\n> x\r\n"),
]

# Mails whose words look like a client's frame and are the customer's own.
OWN_WORDS: list[tuple[str, str]] = [
    ("parcel", "退货请寄：\n寄件人：王芳\n收件人：安庐售后\n电话：13800000000\n日期：周三"),
    ("colon", "问题如下：\n1. 主题：夜灯颜色\n2. 时间：每晚\n怎么设置？"),
    ("dashes", "型号 A\n----------\n型号 B 打不开\n----------\n请问哪款支持公寓？"),
    ("sent-from", "发自内心感谢你们，门锁能远程开吗？"),
    ("own-letter", "我在2024年1月5日的邮件里写道：门锁打不开。\n到现在没人回。"),
    ("from-word", "来自北京的订单什么时候到？"),
    ("original", "原始邮件我已经删了，能再发一次吗？"),
    ("written", "说明书上在第3页写道：长按5秒。\n我按了没反应。"),
    ("closing-question", "祝好\n另外想问，摄像头能装室外吗？"),
    ("contact-asked", "我的联系方式：\n电话：13800000000\n什么时候上门？"),
    ("confidential", "我们公司要签保密协议，请问企业版数据存在哪里？"),
    ("travel", "From: Beijing\nTo: Shanghai\nDate: 5 May\nCan you ship it in one day?"),
    ("caution", "注意到外部电源灯不亮，是坏了吗？"),
    ("arrow", "设置 > 网络 > 重置 之后还是连不上"),
    ("two-short", "好的\n谢谢"),
    ("through-app", "通过微信小程序提交的工单没人回"),
    ("phone-controls", "由华为手机控制的门锁连不上了"),
    ("phone-notices", "来自小米手机的通知收不到"),
    ("sent-from-here", "从上海发送的快递到了，\n但是锁坏了。"),
    ("said-in-talk", "在2024年3月5日的对话里，客服写道：\n“可以退款。”\n现在却不给退，怎么办？"),
    ("dates", "下面的时间都打不开：\n\n2024-01-15 14:30:25\n15.01.2024 14:30\n怎么回事"),
    ("drawn-lines", "结果：\n\n## 要点\n----\n\n1. 一\n\n----\n\n横线只是格式。"),
    ("form", "主题：无法开锁\n时间：昨天晚上\n描述：按指纹没反应"),
    ("order-numbers", "这两个订单没有收到\n\n202403051234567\n202403051234568"),
    ("own-address", "收不到验证码，我的账号是\n\nwf@qq.example"),
    ("ship-to", "退回的门锁请寄到：\n\n王芳\n电话：13800000000\n地址：上海市某某路1号"),
    (
        "spoof",
        "收到一封信说是您们发的，\n主题是门锁召回，\n发件人是 help@other.example，是真的吗？",
    ),
]
