"""The only door to selectolax: lexbor, which reads hostile HTML as a browser would and fast.

Used to cut what was quoted from a mail that came in, and to part an answer that leaves in pieces.
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser as Tree
from selectolax.lexbor import LexborNode as Node

__all__ = ["Node", "Tree"]
