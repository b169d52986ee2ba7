"""How long suggestions take while somebody types, and how long a process needs to be ready.

Typed are the beginnings of titles, stretches out of their middle, the sound of titles, their
initials, and beginnings with one character written as another that sounds alike, one key after the
other, as the server hears them. The yardsticks in the same run: SQLite FTS5 with a
prefix of the same words, and plain TF-IDF over character pairs (scikit-learn).
Limit: reading what is shown from the database, which decides what may be seen; then, for letters
that occur everywhere, comparing the first 1,500 titles that have them.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.base import NOW, open_database
from bench.corpus import Text, chosen_texts, parser
from bench.index_build import documents
from bench.report import Each, Report, ratios, timed
from bench.yardsticks import Tfidf, fts5
from search import pinyin
from search.analysis import Analyzer
from search.corrections import Corrector
from search.dictionaries import shipped
from search.suggest import Suggester
from search.wording import Wording, count

WARM = 30
LONGEST = 14


def main() -> None:
    """Print median and 95th percentile of a key."""
    options = parser(__doc__ or "")
    options.add_argument("--typists", type=int, default=60, help="texts that are typed")
    given = options.parse_args()
    found = chosen_texts(given)
    keys = typed(found, 12 if given.quick else given.typists)
    report = Report("suggest", articles=len(found), keys=len(keys))
    analyzer = Analyzer(shipped())
    corrector = _corrector(analyzer, found)
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder), found) as database:
        suggester = Suggester(database, lambda: analyzer, lambda: corrector)
        with timed() as spent:
            suggester.prepare()
        report.add("ready", s=spent.wall, cpu_s=spent.cpu)

        def suggest(text: str) -> object:
            with database.reading() as session:
                return suggester.suggest(session, text, audiences=("public",), now=NOW)

        ways: dict[str, Callable[[str], object]] = {
            "fts5 prefix": _prefix(Path(folder) / "fts.db", analyzer, found),
            "tf-idf": Tfidf([Text(text.question, "") for text in found]),
            "suggestions": suggest,
        }
        _measure(report, ways, keys)
    report.write(given.json)


def typed(found: Sequence[Text], typists: int) -> list[str]:
    """Return what the server hears, key after key (seed 3)."""
    chance = random.Random(3)
    heard: list[str] = []
    for number, text in enumerate(chance.choices(found, k=typists)):
        title = text.question
        if number % 5 == 1:
            start = chance.randrange(max(1, len(title) - 4))
            title = title[start:]
        elif number % 5 == 2:
            title = "".join(syllable for run in pinyin.syllables(title) for syllable in run)
        elif number % 5 == 3:
            title = "".join(syllable[0] for run in pinyin.syllables(title) for syllable in run)
        elif number % 5 == 4:
            title = _misspelt(title, chance)
        heard.extend(title[:end] for end in range(1, min(len(title), LONGEST) + 1))
    return heard


def _corrector(analyzer: Analyzer, found: Sequence[Text]) -> Corrector:
    counts = count(analyzer, [(text.question,) for text in found], (t.answer for t in found))
    corrector = Corrector(analyzer, Wording(analyzer, counts))
    corrector.prepare()
    return corrector


def _misspelt(title: str, chance: random.Random) -> str:
    """Write one of the first characters as the next one in Unicode that sounds like it."""
    place = chance.randrange(min(len(title), 5))
    sound = pinyin.sounds(title[place])
    later = map(chr, range(ord(title[place]) + 1, 0x9FA6))
    other = next((ch for ch in later if sound[0] and pinyin.sounds(ch) == sound), title[place])
    return title[:place] + other + title[place + 1 :]


def _measure(report: Report, ways: dict[str, Callable[[str], object]], keys: list[str]) -> None:
    spent = {name: Each() for name in ways}
    for number, text in enumerate(keys):
        for name, way in ways.items():
            each = spent[name] if number >= WARM else Each()
            each.run(lambda way=way, text=text: way(text))  # type: ignore[misc]
    medians = {name: each.figures()["cpu_p50"] for name, each in spent.items()}
    bases = {"fts5": medians["fts5 prefix"], "tf_idf": medians["tf-idf"]}
    for name, each in spent.items():
        figures = each.figures()
        report.add(name, **figures, **ratios(figures["cpu_p50"], **bases))


def _prefix(path: Path, analyzer: Analyzer, found: Sequence[Text]) -> Callable[[str], object]:
    titles = [Text(text.question, "") for text in found]
    connection = fts5(path, documents(analyzer, titles))
    statement = "SELECT rowid FROM page WHERE page MATCH ? ORDER BY rank LIMIT 8"

    def ask(text: str) -> object:
        words = [word.replace('"', "") for word in analyzer.words(text)]
        match = " AND ".join(f'"{word}"' for word in words if word)
        return connection.execute(statement, (f"{match}*",)).fetchall() if match else []

    return ask


if __name__ == "__main__":
    main()
