"""How fast text is read: folding, segmenting, all fields of a document.

Limit: jieba's own segmentation, pure Python; everything else is compared with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from bench.corpus import parser, texts
from search.analysis import Analyzer
from search.dictionaries import shipped
from search.query import build
from search.text import fold


def main() -> None:
    """Print characters per second of each step."""
    options = parser(__doc__ or "").parse_args()
    started = time.perf_counter()
    analyzer = Analyzer(shipped())
    print(f"load                {time.perf_counter() - started:8.2f} s")
    found = texts(options.corpus, options.articles)
    characters = sum(len(text.question) + len(text.answer) for text in found)
    print(f"articles            {len(found):8,}   characters {characters:,}")
    folded = [fold(text.answer) for text in found]

    def rate(name: str, work: Callable[[], object], against: float | None = None) -> float:
        begin = time.perf_counter()
        work()
        seconds = time.perf_counter() - begin
        ratio = f"   {seconds / against:5.2f} × segmenting" if against else ""
        print(f"{name:18}  {characters / seconds / 1e6:8.3f} M characters/s{ratio}")
        return seconds

    segmenting = rate("segmenting", lambda: [analyzer.spans(text) for text in folded])
    rate("folding", lambda: [fold(text.answer) for text in found], segmenting)
    rate("words", lambda: [analyzer.words(text.answer) for text in found], segmenting)
    rate("bigrams", lambda: [analyzer.bigrams(text.answer) for text in found], segmenting)
    rate(
        "all fields",
        lambda: [analyzer.document_fields(t.question, [], t.answer, []) for t in found],
        segmenting,
    )
    begin = time.perf_counter()
    for text in found:
        build(analyzer, text.question, audiences=("public",))
    print(f"query               {(time.perf_counter() - begin) / len(found) * 1e3:8.2f} ms each")


if __name__ == "__main__":
    main()
