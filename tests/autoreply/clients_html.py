"""Replies and forwards as the HTML of clients holds them: (client, markup)."""

WORDS = "<div>还是打不开，绿灯闪三下。</div><div>要寄回去修吗？</div>"
SAID = ["还是打不开，绿灯闪三下。", "要寄回去修吗？"]

HTML_REPLIES: list[tuple[str, str]] = [
    (
        "qq-web",
        WORDS + "<div><br></div><div><!--emptysign--></div><div><br></div><div><br></div>"
        '<div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">'
        "------------------&nbsp;原始邮件&nbsp;------------------</div>"
        '<div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>发件人:</b>'
        '&nbsp;"安庐"&lt;help@anlu.example&gt;;</div><div><b>发送时间:</b>'
        "&nbsp;2024年3月5日(星期二) 下午2:22</div><div><b>收件人:</b>"
        '&nbsp;"王芳"&lt;1@qq.example&gt;;</div><div><b>主题:</b>&nbsp;门锁</div></div>'
        "<div><br></div><div>门锁请先断电十秒</div>",
    ),
    (
        "qq-new",
        WORDS + '<div><br></div><div class="xm_compose_origin_mail_container">'
        '<div class="xm_compose_origin_mail_container_sign"></div><div>原始邮件</div><hr>'
        "<table><tr><td>发件人：安庐&lt;help@anlu.example&gt;</td></tr><tr><td>"
        "发件时间：2024年3月5日 14:22</td></tr></table><div>门锁请先断电</div></div>",
    ),
    (
        "qq-app-html",
        WORDS + "<div><br></div><div>"
        '<hr style="border: 0;border-bottom:1px solid #E4E5E6;height:0;width: 50px;">'
        '<div style="text-decoration:none;display: block;">'
        '<span style="font-size:14px;color:#333">王芳</span><br><span>1234@qq.example'
        '</span></div></div><div>&nbsp;</div><div style="position:relative">'
        '<div style="font-size:14px;">原始邮件</div><hr><table><tbody><tr><td>'
        "发件人：安庐&lt;help@anlu.example&gt;</td></tr><tr><td>"
        "发件时间：2024年3月5日 14:22</td></tr><tr><td>"
        "收件人：王芳&lt;1234@qq.example&gt;</td></tr><tr><td>主题：门锁</td></tr>"
        "</tbody></table><div>门锁请先断电十秒</div></div>",
    ),
    (
        "netease-web",
        '<div style="line-height:1.7">'
        + WORDS
        + '<div style="position:relative;zoom:1"></div><div id="divNeteaseMailCard"></div>'
        '<p style="margin: 0;"><br></p><pre><br>'
        '在 2024-03-05 14:22:11，"安庐" &lt;help@anlu.example&gt; 写道：&#10;'
        "&gt;门锁请先断电十秒&#10;&gt;指示灯变蓝&#10;"
        "</pre></div>",
    ),
    (
        "netease-web-bq",
        "<div>" + WORDS + '<div id="divNeteaseMailCard"></div><p>'
        '在 2024-03-05 14:22:11，"安庐" &lt;help@anlu.example&gt; 写道：</p>'
        '<blockquote id="isReplyContent" style="PADDING-LEFT: 1ex"><div>门锁请先断电'
        '</div></blockquote></div><br><br><span title="neteasefooter"><p>&nbsp;</p>'
        "</span>",
    ),
    (
        "netease-master",
        "<div>"
        + WORDS
        + '</div><div><br></div><div id="imail_signature" class="ntes-signature"><table>'
        "<tr><td>王芳</td></tr><tr><td>wf@163.example</td></tr></table></div>"
        '<div class="J-reply ntes-mailmaster-quote" style="padding-top: 1px"><div>'
        "---- 回复的原邮件 ----</div><div><table><tr><td>发件人</td><td>"
        "安庐&lt;a@b.cn&gt;</td></tr></table></div><div>门锁请先断电</div></div>",
    ),
    (
        "foxmail",
        "<html><head><style>body{line-height:1.5}</style></head><body>" + WORDS + "<div><br></div>"
        '<hr style="WIDTH: 210px; HEIGHT: 1px" align="left" color="#b5c4df" size="1">'
        '<div><span><div style="MARGIN: 10px;">wf@x.example</div></span></div>'
        '<blockquote style="margin-top: 0px; margin-bottom: 0px; margin-left: 0.5em;">'
        "<div>&nbsp;</div>"
        '<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        '<div style="PADDING-RIGHT: 8px;"><div><b>发件人：</b>&nbsp;'
        '<a href="mailto:a@b.cn">安庐</a></div><div><b>发送时间：</b>'
        "&nbsp;2024-03-05&nbsp;14:22</div><div><b>收件人：</b>&nbsp;"
        '<a href="mailto:wf@x.example">wf</a></div><div><b>主题：</b>&nbsp;门锁</div>'
        "</div></div><div>门锁请先断电</div></blockquote></body></html>",
    ),
    (
        "alimail",
        '<div class="__aliyun_email_body_block"><div>' + WORDS + "</div><div><br></div>"
        '<blockquote style="margin-right:0;margin-top:0;margin-bottom:0;"><div>'
        "------------------------------------------------------------------</div><div>"
        "发件人：安庐 &lt;a@b.cn&gt;</div><div>发送时间：2024年3月5日(星期二) 14:22</div>"
        "<div>收件人：王芳</div><div>主　题：门锁</div><div><br></div><div>门锁请先断电"
        "</div></blockquote></div>",
    ),
    (
        "outlook-desktop",
        '<div class="WordSection1"><p class="MsoNormal">还是打不开，绿灯闪三下。<o:p>'
        '</o:p></p><p class="MsoNormal">要寄回去修吗？<o:p></o:p></p>'
        '<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        '<p class="MsoNormal"><b><span>发件人<span lang="EN-US">:</span></span></b>'
        '<span lang="EN-US"> anlu &lt;a@b.cn&gt; <br></span><b>发送时间'
        '<span lang="EN-US">:</span></b><span lang="EN-US"> 2024</span>年'
        '<span lang="EN-US">3</span>月<span lang="EN-US">5</span>日<span lang="EN-US">'
        " 14:22<br></span><b>收件人<span>:</span></b> 王芳<br><b>主题<span>:</span></b>"
        ' 门锁<o:p></o:p></p></div></div><p class="MsoNormal">门锁请先断电</p></div>',
    ),
    (
        "owa",
        '<div id="divtagdefaultwrapper">'
        + WORDS
        + '<div><br></div></div><hr tabindex="-1" style="display:inline-block; width:98%">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>发件人:</b>'
        " 安庐 &lt;a@b.cn&gt;<br><b>发送时间:</b> 2024年3月5日 14:22<br><b>主题:</b> 门锁"
        "</font></div><div>门锁请先断电</div>",
    ),
    (
        "outlook-mobile",
        '<div dir="ltr">' + WORDS + '</div><div id="ms-outlook-mobile-signature"><div>获取 '
        '<a href="https://aka.ms/o0ukef">Outlook for iOS</a></div></div><hr>'
        '<div id="divRplyFwdMsg">发件人: a</div><div>门锁</div>',
    ),
    (
        "outlook-mobile-ref",
        "<div>" + WORDS + '</div><div id="mail-editor-reference-message-container"><hr>'
        '<div id="divRplyFwdMsg"><b>发件人:</b> a</div><div>门锁请先断电</div></div>',
    ),
    (
        "apple-mac",
        WORDS + '<div><br><blockquote type="cite"><div>'
        "2024年3月5日 14:22，安庐 &lt;a@b.cn&gt; 写道：</div>"
        '<br class="Apple-interchange-newline"><div>门锁请先断电</div></blockquote></div>'
        "<br>",
    ),
    (
        "apple-ios",
        WORDS + '<br><div dir="ltr">发自我的iPhone</div><div dir="ltr"><br>'
        '<blockquote type="cite">在 2024年3月5日，14:22，安庐 &lt;a@b.cn&gt; 写道：<br>'
        '<br></blockquote></div><blockquote type="cite"><div dir="ltr">\ufeff门锁请先断电'
        "</div></blockquote>",
    ),
    (
        "gmail",
        '<div dir="ltr">' + WORDS + '</div><br><div class="gmail_quote gmail_quote_container">'
        '<div dir="ltr" class="gmail_attr">安庐 &lt;<a href="mailto:a@b.cn">a@b.cn</a>'
        "&gt; 于2024年3月5日周二 14:22写道：<br></div>"
        '<blockquote class="gmail_quote" style="margin:0px">门锁请先断电</blockquote>'
        "</div>",
    ),
    (
        "gmail-bottom",
        '<div dir="ltr"><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        '安庐 于2024年3月5日周二 14:22写道：<br></div><blockquote class="gmail_quote">'
        "门锁请先断电</blockquote></div>" + WORDS + "</div>",
    ),
    (
        "gmail-inside",
        '<div dir="ltr"><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        '安庐 于2024年3月5日周二 14:22写道：<br></div><blockquote class="gmail_quote">'
        "门锁请先断电</blockquote>" + WORDS + "</div></div>",
    ),
    (
        "thunderbird",
        '<p>还是打不开，绿灯闪三下。<br>要寄回去修吗？</p><div class="moz-cite-prefix">'
        '在 2024/3/5 14:22, 安庐 写道:<br></div><blockquote type="cite" cite="mid:x">门锁'
        "</blockquote>",
    ),
    (
        "thunderbird-inline",
        '<div class="moz-cite-prefix">在 2024/3/5 14:22, 安庐 写道:<br></div>'
        '<blockquote type="cite">门锁</blockquote><p>还是打不开，绿灯闪三下。</p>'
        '<blockquote type="cite">蓝</blockquote><p>要寄回去修吗？</p>',
    ),
    (
        "feishu",
        '<div id="editor_version_1.26" style="word-break:break-word;">'
        + WORDS
        + '</div><div class="history-quote-wrapper" id="lark-mail-quote-1">'
        '<div data-html-block="quote">'
        '<div class="adit-html-block adit-html-block--collapsed"><div>'
        '<div class="adit-html-block__attr history-quote-meta-wrapper" id="lark-mail-meta-x">'
        "<div>发件人: a</div></div><div>门锁</div></div></div></div></div>",
    ),
    (
        "wecom",
        "<div>" + WORDS + "</div><div><br></div><div>发自我的企业微信</div><div><br></div>"
        '<div style="color:#959da6;font-size:12px;">'
        "----------&nbsp;回复的邮件信息&nbsp;----------</div>"
        '<div style="font-size:12px;background:#f6f8fa;padding:8px;"><b>安庐</b>'
        "&lt;a@b.cn&gt;&nbsp;2024年3月5日 周二 14:22写道：</div><br><div>门锁请先断电"
        "</div>",
    ),
    (
        "139",
        "<div>" + WORDS + '</div><div id="signContainer" class="richinfoMail139"></div>'
        '<div id="reply139content" reply139content=""><hr id="replySplit"><div><strong>'
        "发件人：</strong>安庐</div><div>门锁</div></div>",
    ),
    (
        "sina",
        WORDS + '<br><div id="origbody"><div style="background: #f2f2f2;">----- 原始邮件 -----'
        "<br>发件人：安庐 &lt;a@b.cn&gt;<br>收件人：w<br>主题：门锁<br>"
        "日期：2024年03月05日 14点22分<br></div><br>门锁请先断电</div>",
    ),
    (
        "samsung",
        "<div>" + WORDS + '</div><div id="composer_signature"><div style="font-size:12px">'
        "从我的 Galaxy 发送</div></div><div><br></div>"
        '<div style="font-size:100%;color:#000000"><!-- originalMessage --><div>'
        "-------- 原始信息 --------</div><div>由： 安庐 &lt;a@b.cn&gt; </div><div>"
        "日期： 2024/3/5  14:22  (GMT+08:00) </div><div>收件人： w </div><div>"
        "主题： 门锁 </div><div><br></div></div>门锁请先断电",
    ),
    (
        "xiaomi",
        "<div>" + WORDS + '</div><div><br></div><div class="mi_quote">'
        '在 2024年3月5日 下午2:22，安庐 &lt;a@b.cn&gt;写道：<br type="attribution">'
        '<blockquote class="quote" style="margin:0 0 0 .8ex">门锁</blockquote></div>',
    ),
    (
        "roundcube",
        '<p>还是打不开，绿灯闪三下。<br>要寄回去修吗？</p><p id="reply-intro">'
        '在 2024-03-05 14:22，安庐 写道：</p><blockquote type="cite">门锁</blockquote>',
    ),
    (
        "roundcube-bottom",
        '<p id="reply-intro">在 2024-03-05 14:22，安庐 写道：</p><blockquote type="cite">'
        "门锁</blockquote><p>还是打不开，绿灯闪三下。<br>要寄回去修吗？</p>",
    ),
    (
        "coremail-html",
        WORDS + '<br><br><br>&gt; -----原始邮件-----<br>&gt; <b>发件人:</b>"安庐" &lt;a@b.cn&gt;'
        "<br>&gt; <b>发送时间:</b>2024-03-05 14:22:11 (星期二)<br>&gt; <b>收件人:</b> w"
        "<br>&gt; <b>主题:</b> 门锁<br>&gt; <br>&gt; 门锁请先断电",
    ),
    (
        "coremail-bq",
        WORDS + "<br>"
        '<blockquote name="replyContent" class="ReferenceQuote" style="padding-left:5px;">'
        '-----原始邮件-----<br><b>发件人:</b><span id="rc_from">"安庐" &lt;a@b.cn&gt;'
        '</span><br><b>发送时间:</b><span id="rc_senttime">2024</span><br>门锁'
        "</blockquote>",
    ),
    (
        "em-client",
        "<div>"
        + WORDS
        + '</div><div id="signature_old"></div><div><br></div><div>------ 原始邮件 ------'
        '</div><div>发件人 "安庐" &lt;a@b.cn&gt;</div><div>收件人 "w" &lt;w@x.example&gt;'
        "</div><div>日期 2024/3/5 14:22:11</div><div>主题 门锁</div><div><br></div>"
        '<div id="x1"><blockquote cite="x" type="cite" class="cite2">门锁</blockquote>'
        "</div>",
    ),
    (
        "spark",
        '<div name="messageBodySection">' + WORDS + '</div><div name="messageReplySection">'
        "在 2024年3月5日 +0800 14:22，安庐 &lt;a@b.cn&gt;，写道：<br>"
        '<blockquote type="cite" class="spark_quote">门锁</blockquote></div>',
    ),
    (
        "yahoo",
        '<div class="ydp1yahoo-style-wrap">'
        + WORDS
        + '</div><div id="ydp1yahoo_quoted_1" class="ydp1yahoo_quoted"><div><div>'
        "在 2024年3月5日星期二 GMT+8 14:22:11， 安庐&lt;a@b.cn&gt; 写道： </div><div>门锁"
        "</div></div></div>",
    ),
    (
        "proton",
        "<div>"
        + WORDS
        + '</div><div class="protonmail_signature_block"><div>发自 Proton Mail</div></div>'
        '<div class="protonmail_quote">2024年3月5日，14:22，安庐 写道：<br>'
        '<blockquote type="cite">门锁</blockquote></div>',
    ),
    (
        "huawei",
        "<div>"
        + WORDS
        + "</div><div>发自我的华为手机</div><br><br><div>-------- 原始邮件 --------</div>"
        "<div>发件人： 安庐 &lt;a@b.cn&gt;</div><div>日期： 2024年3月5日周二 14:22</div>"
        '<div>收件人： w</div><div>主题： 门锁</div><blockquote class="quote">门锁'
        "</blockquote>",
    ),
    (
        "fwd-gmail",
        '<div dir="ltr"><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        "---------- Forwarded message ---------<br>发件人： <strong>安庐</strong>"
        " &lt;a@b.cn&gt;<br>Date: 2024年3月5日<br>Subject: 门锁<br>To: w<br></div><br>"
        "<br>" + WORDS + "</div></div>",
    ),
    (
        "fwd-qq",
        "<div><br></div><div>------------------&nbsp;转发的邮件&nbsp;------------------"
        "</div><div>发件人: a &lt;a@b.cn&gt;</div><div>发送时间: 2024</div><div>主题: x"
        "</div>" + WORDS,
    ),
    (
        "fwd-netease",
        '<div><br><br>-------- 转发邮件信息 --------<br>发件人："安庐" &lt;a@b.cn&gt;<br>'
        "发送日期：2024-03-05 14:22:11<br>收件人：w<br>主题：门锁<br>"
        '<div id="isForwardContent">' + WORDS + "</div></div>",
    ),
    (
        "fwd-apple",
        '<div><br><blockquote type="cite"><div>开始转发的邮件：</div><div><b>发件人: </b>'
        "a &lt;a@b.cn&gt;</div><div><b>主题: 门锁</b></div><div><b>日期: </b>2024年</div>"
        "<div><br></div>" + WORDS + "</blockquote></div>",
    ),
    (
        "owa-nested",
        "<div><div>"
        + WORDS
        + '<div><div><hr><div id="x_divRplyFwdMsg"><b>发件人:</b> 安庐 &lt;a@b.cn&gt;<br>'
        "<b>发送时间:</b> 2020年9月1日 14:05<br><b>主题:</b> 门锁</div></div></div>"
        '</div><font size="2"><div class="PlainText">门锁请先断电十秒<br>'
        "&gt; 旧</div></font></div>",
    ),
]
