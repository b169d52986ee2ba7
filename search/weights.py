"""Pure table of words that say little about what a question is about.

They stay in the index, so that a phrase with them is found, but they hardly count.
"""

from __future__ import annotations

STOP_WEIGHT = 0.12
"""Weight of a word from `FUNCTION_WORDS`, where a word with content has 1."""

_ASKING = """
怎么 怎样 怎么样 怎么办 咋 咋办 咋样 如何 什么 啥 为什么 为啥 为何 哪 哪里 哪儿 哪个 哪些 哪种
几 多少 是否 能否 可否 是不是 能不能 可不可以 有没有 吗 呢 吧 呀 啊 哦 噢 嘛 么 请问 问下 问一下
想问 想问一下 咨询 咨询一下 麻烦 谁 何时 什么样 怎么回事 怎么弄 怎么搞
"""

_POLITE = """
你好 您好 谢谢 多谢 感谢 劳驾 请 帮忙 帮我 麻烦您 麻烦你 辛苦 亲 客服 老师 在吗 在么 不好意思
打扰 打扰一下 哈 哈哈 嗯 嗨 喂 拜托 急 hi hello dear thanks thank please
"""

_STRUCTURE = """
的 地 得 了 着 过 是 在 有 我 你 您 他 她 它 我们 你们 他们 咱们 这 那 这个 那个 这些 那些 这样
那样 这里 那里 就 都 也 还 又 很 太 更 最 和 与 及 或 或者 以及 并 而 但 但是 而且 因为 所以
如果 的话 一个 一下 一些 一直 已经 现在 刚刚 刚才 从 到 向 往 对 对于 关于 把 被 让 给 用 以 为
于 之 其 会 能 可以 可 要 想 想要 需要 应该 必须 进行 时候 之后 以后 之前 以前 然后 上 下 中 里
吧 啦 呗 个 种 点 些 我想 我的 你的 您的 自己 一
"""

_ENGLISH = """
a an the i you he she it we they my your our me us is are am was were be been do does did can
could will would should may might have has had to of in on at for from with by and or not if
this that these those there here what how why when where which who whom so as about into just
want wanna need like tell get
"""

FUNCTION_WORDS = frozenset(f"{_ASKING} {_POLITE} {_STRUCTURE} {_ENGLISH}".split())
"""Question words, politeness and grammar, folded; jieba's search mode gives exactly these."""
