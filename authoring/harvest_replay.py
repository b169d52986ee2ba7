"""What a company's resolved tickets would teach its base: `wenqu harvest replay`.

Needs no database: the base is a file, the tickets are a file, and the order of the tickets does not
matter.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from authoring import likeness
from authoring.harvest_clusters import Taught, clusters_of
from authoring.harvest_text import Harvested, Said, Skipped, harvest
from kb.errors import Invalid
from search.base import Card, FileBase, read_faq, read_lines
from search.encoder import Encoder, open_encoder
from search.evaluation import throw_away
from search.finder import Finder, Match

# From here on the base is taken to answer the ticket by itself.
ANSWERED = 0.8
# From here on a person should look whether these are other words for that article.
PROPOSED = 0.4
SAME_ANSWER, LIKE_ANSWER = 0.3, 0.12
MAX_PHRASINGS = 20

_AMOUNT = re.compile(
    r"(\d+(?:\.\d+)?)\s*(分钟|小时|个?工作日|天|个月|月|年|元|GB|G\b|MB|%|次|条|折)"
)
_UNITS = {"个工作日": "工作日", "个月": "月", "G": "GB"}

Json = dict[str, Any]  # the document that DESIGN's `harvest replay` describes


@dataclass(frozen=True, slots=True)
class Best:
    """The article that fits a ticket best."""

    article: str
    probability: float
    answer: str


def replay(
    tickets: Path, faq: Path, *, engine: str, encoder: str, write: Path | None = None
) -> Json:
    """Set resolved tickets against a base.

    Args:
        tickets: T lines, `{"id", "subject", "channel", "messages": [{"from", "text"}], …}`.
        faq: F lines, `{"id", "question", "answer", "alternatives"}`.
        engine: as in `--engine`.
        encoder: as in `--encoder`.
        write: where to write F with the candidates and proposals.

    Returns:
        `answered`, `clusters`, `proposals`, `conflicts`, `skipped`, `predicted`, `seconds`.

    Raises:
        Invalid: a line of either file is wrong, or a ticket's id stands twice.
    """
    started = time.perf_counter()
    base = read_faq(faq)
    taught, skipped = _read(tickets)
    words = open_encoder(encoder)
    best = _best(base, taught, engine, words)
    answered = [one for one in taught if best[one.id].probability >= ANSWERED]
    groups = clusters_of([one for one in taught if one not in answered])
    proposed = sorted((one for g in groups if _known(g, best) for one in g), key=lambda o: o.id)
    clusters = [group for group in groups if not _known(group, best)]
    right = _would_answer(base, clusters, engine, words)
    document = _document(answered, proposed, clusters, best, right)
    gained = sum(len(right[cluster[0].id]) for cluster in clusters)
    many = len(taught) or 1
    document["skipped"] = [{"ticket": id_, "reason": reason} for id_, reason in skipped]
    document["predicted"] = {
        "before": round(len(answered) / many, 4),
        "after": round((len(answered) + len(proposed) + gained) / many, 4),
    }
    document["seconds"] = round(time.perf_counter() - started, 2)
    if write is not None:
        _write(write, faq, document)
    return document


def _read(path: Path) -> tuple[list[Taught], list[tuple[str, str]]]:
    taught: dict[str, Taught] = {}
    skipped: dict[str, str] = {}
    for number, row in read_lines(path):
        id_, found = _ticket(path, number, row)
        if id_ in taught or id_ in skipped:
            raise Invalid("duplicate_id", field="id", value=id_, line=number)
        if isinstance(found, Skipped):
            skipped[id_] = found.reason
        else:
            taught[id_] = Taught(id_, int(row.get("handling_minutes") or 0), found)
    return [taught[id_] for id_ in sorted(taught)], sorted(skipped.items())


def _ticket(
    path: Path,
    number: int,
    row: Mapping[str, Any],  # JSON
) -> tuple[str, Harvested | Skipped]:
    try:
        said = [Said(m["from"] == "customer", str(m["text"])) for m in row["messages"]]
        return str(row["id"]), harvest(str(row.get("subject") or ""), said)
    except (KeyError, TypeError) as error:
        raise Invalid("line_wrong", field="path", value=str(path), line=number) from error


def _best(
    base: FileBase, taught: Sequence[Taught], engine: str, encoder: Encoder | None
) -> dict[str, Best]:
    """Return ticket id -> the best article over all the ways in which the ticket asks."""
    answers = {str(card.id): card.answer for card in base}
    with throw_away(base, engine=engine, encoder=encoder) as finder:
        found = {one.id: _top(finder, base, one.ways) for one in taught}
    return {
        id_: Best(str(match.article_id), match.probability, answers[str(match.article_id)])
        if match
        else Best("", 0.0, "")
        for id_, match in found.items()
    }


def _top(finder: Finder, base: FileBase, ways: Sequence[str]) -> Match | None:
    matches = [match for way in ways for match in finder.find(base, way, limit=1)]
    return max(matches, key=lambda match: (match.probability, match.score), default=None)


def _known(group: Sequence[Taught], best: Mapping[str, Best]) -> bool:
    """Say whether the tickets of a group are other words for one article."""
    articles = Counter(best[one.id].article for one in group if _fits(one, best[one.id]))
    return bool(articles) and articles.most_common(1)[0][1] * 2 > len(group)


def _fits(one: Taught, best: Best) -> bool:
    """Say whether a person should look: likely enough, and answered in much the same words."""
    if not best.article:
        return False
    alike = likeness.cosine(likeness.pairs(one.found.answer_md), likeness.pairs(best.answer))
    return alike >= SAME_ANSWER or (best.probability >= PROPOSED and alike >= LIKE_ANSWER)


def _would_answer(
    base: FileBase,
    clusters: Sequence[Sequence[Taught]],
    engine: str,
    encoder: Encoder | None,
) -> dict[str, set[str]]:
    """Return id of a cluster's first ticket -> ids of its tickets that its answer would catch.

    Each candidate enters with its first ticket's title and answer only, so that what is asked
    then was not seen before.
    """
    cards = [
        Card(f"harvest-{group[0].id}", group[0].found.question, answer=group[0].found.answer_md)
        for group in clusters
    ]
    caught: dict[str, set[str]] = {group[0].id: set() for group in clusters}
    if not cards:
        return caught
    wider = FileBase([*base, *cards])
    with throw_away(wider, engine=engine, encoder=encoder) as finder:
        for group, card in zip(clusters, cards, strict=True):
            for one in group:
                ways = one.ways[1:] if one is group[0] else one.ways
                match = _top(finder, wider, ways)
                if match and match.article_id == card.id and match.probability >= ANSWERED:
                    caught[group[0].id].add(one.id)
    return caught


def _document(
    answered: Sequence[Taught],
    proposed: Sequence[Taught],
    clusters: Sequence[Sequence[Taught]],
    best: Mapping[str, Best],
    right: Mapping[str, set[str]],
) -> Json:
    settled = [*answered, *proposed]
    return {
        "answered": [
            {
                "ticket": one.id,
                "article": best[one.id].article,
                "probability": round(best[one.id].probability, 4),
            }
            for one in answered
        ],
        "clusters": [_cluster(group, right[group[0].id]) for group in clusters],
        "proposals": [
            {
                "ticket": one.id,
                "article": best[one.id].article,
                "phrasing": one.found.question,
                "redacted": _counts([one]),
            }
            for one in proposed
        ],
        "conflicts": [
            {"ticket": one.id, "article": best[one.id].article}
            for one in sorted(settled, key=lambda one: one.id)
            if contradicts(one.found.answer_md, best[one.id].answer)
        ],
    }


def _cluster(group: Sequence[Taught], caught: set[str]) -> Json:
    ways = [way for one in group for way in one.ways]
    first = group[0].found
    return {
        "tickets": sorted(one.id for one in group),
        "question": first.question,
        "phrasings": likeness.distinct([first.question, *ways])[1 : MAX_PHRASINGS + 1],
        "answer": first.answer_md,
        "redacted": _counts(group),
        "would_answer": len(caught) * 2 >= len(group),
    }


def _counts(group: Sequence[Taught]) -> list[Json]:
    total: dict[str, int] = defaultdict(int)
    for one in group:
        for kind, count in one.found.redacted:
            total[kind] += count
    return [{"kind": kind, "count": total[kind]} for kind in sorted(total)]


def contradicts(answer: str, other: str) -> bool:
    """Say whether two answers give different amounts of one unit, as 3 and 5 minutes."""
    one, two = _amounts(answer), _amounts(other)
    return any(not one[unit] & two[unit] for unit in one.keys() & two.keys())


def _amounts(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for number, unit in _AMOUNT.findall(text):
        found[_UNITS.get(unit, unit)].add(number)
    return found


def _write(path: Path, faq: Path, document: Json) -> None:
    """Write the base with proposals among its phrasings, then the candidates."""
    added: dict[str, list[str]] = defaultdict(list)
    for proposal in document["proposals"]:
        added[proposal["article"]].append(proposal["phrasing"])
    rows: list[Mapping[str, Any]] = []  # JSON: F lines
    for _, row in read_lines(faq):
        more = added.get(str(row["id"]), [])
        known = list(row.get("alternatives") or [])
        rows.append({**row, "alternatives": list(dict.fromkeys([*known, *more]))} if more else row)
    rows += [
        {
            "id": f"harvest-{cluster['tickets'][0]}",
            "question": cluster["question"],
            "answer": cluster["answer"],
            "alternatives": cluster["phrasings"],
        }
        for cluster in document["clusters"]
    ]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
