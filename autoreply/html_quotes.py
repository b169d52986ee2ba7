"""Where mail clients keep quoted history and signatures inside HTML, and cutting it out. Pure.

Selectors name containers that only quotes have; a bare blockquote may be the sender's own.
"""

from __future__ import annotations

from autoreply.html_dom import Node, Tree

QUOTE_MARK = "&gt;"
_MOST_CUTS = 50
# Lines that only say whose words follow; the words stand in a container of their own.
_ATTRIBUTIONS = frozenset({"moz-cite-prefix", "gmail_attr", "reply-intro"})

# Containers of history, by client.
_QUOTES = ", ".join(
    (
        "blockquote[type=cite]",
        "blockquote.gmail_quote",
        "div.gmail_extra > blockquote",
        "div.yahoo_quoted",
        "div.protonmail_quote",
        "div.moz-cite-prefix + blockquote",
        "div.zmail_extra",
        "#isForwardContent",
        "[id$=isReplyContent]",
        "div.ntes-mailmaster-quote",
        "div#ntes-mailmaster-quote",
        "div.nui-mail-quote",
        "#ntes-pcmail-quote",
        "div.xm_compose_origin_mail_container",
        "#reply139content",
        "#origbody",
        "#oriMsgHtmlSeperator",
        "div.cm_quote_msg",
        "blockquote.ReferenceQuote",
        "blockquote.iosymail",
        "div.tutanota_quote",
        "div.ik_mail_quote",
        "[name=quote]",
        "div.alimail-quote",
        "div.lark-mail-quote",
        "div.history-quote-wrapper",
        "div[id^=lark-mail-quote]",
        "div.qm_quote",
        "[id$=mail-editor-reference-message-container]",
        "div.moz-forward-container",
        "table.moz-email-headers-table",
    )
)
# Nodes after which everything in the same parent is history.
_FROM_HERE = ", ".join(
    (
        "[id$=divRplyFwdMsg]",
        "[id$=appendonsend]",
        "div.moz-cite-prefix",
        "div.OutlookMessageHeader",
        "div.gmail_attr",
        "a[name=_MailOriginal]",
        "[id$=OLK_SRC_BODY_SECTION]",
        "#reply-intro",
    )
)
# The rule that Foxmail draws above its signature.
_FOXMAIL_RULE = "hr[color='#b5c4df'][size='1']"
DELIMITER = "-- "
# Signatures that clients mark as such.
_SIGNATURES = ", ".join(
    (
        "#imail_signature",
        "div.ntes-signature",
        "div.gmail_signature",
        "[data-smartmail=gmail_signature]",
        "div.moz-signature",
        "pre.moz-signature",
        "div#ms-outlook-mobile-signature",
        "div#Signature",
        "div.lark-mail-signature",
        "div[id^=lark-mail-signature]",
        "div.protonmail_signature_block",
        "xm-signature",
        "[id^=spnEditorSign]",
        "#tinymce_sign",
        "#signContainer",
        "#ntes-pcmac-signature",
        "#ntes-pcmail-signature",
        "#hw_signature",
        "#composer_signature",
        "div.ydp-signature",
        "[name=messageSignatureSection]",
    )
)


def parse(html: str) -> Tree:
    """Read a page as browsers do."""
    return Tree(html)


def cut(tree: Tree) -> bool:
    """Remove quoted history; return whether there was any."""
    found = False
    # Gmail's container also holds what the sender wrote below or between the cited blocks.
    for node in reversed(tree.css("div.gmail_quote")):
        if node.css_first("blockquote.gmail_quote") is None:
            node.decompose()
            found = True
    found = remove(tree, _QUOTES) or found
    # After the containers: what stood inside them must not take anything outside along.
    for _ in range(_MOST_CUTS):
        start = tree.css_first(_FROM_HERE)
        if start is None:
            break
        _cut_from(start)
        found = True
    return found


def cut_signatures(tree: Tree) -> bool:
    """Remove what clients mark as a signature, or mark where it begins; return whether any."""
    rules = tree.css(_FOXMAIL_RULE)
    for rule in rules:
        rule.insert_before(f"\n{DELIMITER}\n")
        rule.decompose()
    return remove(tree, _SIGNATURES) or bool(rules)


def remove(tree: Tree, selector: str) -> bool:
    """Remove all nodes that a selector finds; return whether there were any."""
    nodes = tree.css(selector)
    # Inner nodes first: what stood inside a removed node must not be touched again.
    for node in reversed(nodes):
        if node.tag == "blockquote":
            # The mark tells later stages that the line above it only says whose words these were.
            node.inner_html = QUOTE_MARK
        else:
            node.decompose()
    return bool(nodes)


def _cut_from(node: Node) -> None:
    """Remove a node and all that follows it in the document.

    A line that only says whose words follow goes alone: answers may stand below its block.
    """
    marks = {node.attributes.get("class"), node.attributes.get("id")}
    if not marks & _ATTRIBUTIONS:
        ancestor: Node | None = node
        while ancestor is not None and ancestor.tag not in {"body", "html"}:
            _remove_following(ancestor)
            ancestor = ancestor.parent
    node.decompose()


def _remove_following(node: Node) -> None:
    following = node.next
    while following is not None:
        after = following.next
        following.decompose()
        following = after
