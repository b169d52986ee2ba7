"""What is known of a base, kept beside the index, so that every process of a node just reads it.

One process gets to know the base and writes a generation (`search.generations`); the others map
its arrays. Models are not in it: they are in the database (`search.model_history`).
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.changes import Mark
from search import quantised
from search.corrections import Corrector
from search.finder import Knowledge
from search.generations import Generations, stamp
from search.meaning import Meaning
from search.model import shipped
from search.profiles import Lexicon, Profiler
from search.space import Measures, Space
from search.wording import Counts, Wording

log = logging.getLogger(__name__)

FORMAT = 6
FOLDER = "known"
_MEASURES = ("white", "bias", "told")
_FILE, _ORIGIN = "known.json", "origin.json"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a snapshot is of.

    Attributes:
        database: the database's own id.
        analyzer: version of the analysis.
        encoder: version of the encoder; "" for none.
    """

    database: str
    analyzer: str
    encoder: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was known at a place in the change log."""

    knowledge: Knowledge
    mark: Mark


class Snapshots:
    """The snapshots of one index folder."""

    def __init__(self, folder: Path) -> None:
        """Args: folder of the index, which need not exist yet."""
        self._generations = Generations(folder / FOLDER)
        self._refused = ""

    def stamp(self) -> object:
        """Return what changes whenever there is a new snapshot; None when there is none."""
        current = self._generations.current()
        return None if current is None else (current.name, stamp(current / _ORIGIN))

    def write(self, knowledge: Knowledge, mark: Mark, origin: Origin) -> None:
        """Keep a snapshot; all processes switch to it when it is whole.

        Raises:
            OSError: the disk.
        """
        with self._generations.building() as folder:
            _write_arrays(folder, knowledge)
            _write_json(folder / _FILE, _described(knowledge))
            told = {"format": FORMAT, "mark": [mark.xid, mark.number], "origin": asdict(origin)}
            _write_json(folder / _ORIGIN, told)
        # Who has mapped the one before keeps it open; nobody else may find erased words in it.
        self._generations.forget_others()

    def mark(self, origin: Origin) -> Mark | None:
        """Return the place in the change log of the newest snapshot of this base, if any."""
        folder = self._generations.current()
        found = None if folder is None else _mark(folder, origin)
        return found if isinstance(found, Mark) else None

    def read(self, profiler: Profiler, origin: Origin) -> Snapshot | None:
        """Return the newest snapshot; None when there is none of this base, or it is damaged.

        Why one is refused is logged once, because everything then goes on with words alone.
        """
        folder = self._generations.current()
        if folder is None:
            return None
        mark = _mark(folder, origin)
        if isinstance(mark, str):
            self._tell(mark)
            return None
        try:
            told = json.loads((folder / _FILE).read_text(encoding="utf-8"))
            return Snapshot(_known(folder, told, profiler), mark)
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._tell(str(error))
            return None

    def _tell(self, reason: str) -> None:
        if reason != self._refused:
            log.warning("what was known of the base cannot be used: %s", reason)
        self._refused = reason


def _mark(folder: Path, origin: Origin) -> Mark | str:
    """Return the place in the change log of a snapshot, or why it cannot be used."""
    try:
        told = json.loads((folder / _ORIGIN).read_text(encoding="utf-8"))
        if told.get("format") != FORMAT:
            return f"format {told.get('format')} instead of {FORMAT}"
        theirs, own = told["origin"], asdict(origin)
        others = [f"{name} {theirs[name]!r}, here {own[name]!r}" for name in own
                  if theirs[name] != own[name]]  # fmt: skip
        return f"made with {'; '.join(others)}" if others else Mark(*told["mark"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"{_ORIGIN}: {error!r}"


def _write_arrays(folder: Path, knowledge: Knowledge) -> None:
    lexicon, meaning = knowledge.lexicon, knowledge.meaning
    arrays = {"grams": lexicon.grams, "words": lexicon.words}
    if meaning is not None:
        quantised.write(folder, "vectors", meaning.vectors)
        quantised.write(folder, "answers", meaning.answers)
        space = meaning.space
        arrays |= {"mean": space.mean, "precision": space.precision, "told": space.told}
        arrays["pull"] = np.array([space.pull, space.inside], np.float32)
        arrays |= {f"measured_{name}": getattr(meaning.measures, name) for name in _MEASURES}
        np.save(folder / "owners.npy", meaning.owners)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", np.ascontiguousarray(array, np.float32))
    np.save(folder / "pairs.npy", _numbered(_counts(knowledge)))


def _counts(knowledge: Knowledge) -> Counts:
    return knowledge.corrector.wording.counts if knowledge.corrector else Counts()


def _numbered(counts: Counts) -> npt.NDArray[np.int32]:
    """Return the pairs by the numbers of their words, and how often they occur, (n, 3)."""
    numbers = {word: number for number, word in enumerate(counts.words)}
    rows = [(numbers[one], numbers[other], many) for (one, other), many in counts.pairs.items()]
    return np.array(rows, np.int32).reshape(-1, 3)


def _named(words: list[str], pairs: npt.NDArray[np.int32]) -> Counter[tuple[str, str]]:
    """Return the pairs with their words, of which each is in memory once."""
    # Counter's own way through a generator would look each pair up before it is set.
    found = Counter[tuple[str, str]]()
    found.update({(words[one], words[other]): many for one, other, many in pairs.tolist()})
    return found


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")


# Any: JSON values, here and below.
def _described(knowledge: Knowledge) -> dict[str, Any]:
    counts = _counts(knowledge)
    return {
        "articles": knowledge.lexicon.articles,
        "length": list(knowledge.lexicon.length),
        "examples": {key: list(texts) for key, texts in knowledge.examples.items()},
        "keys": list(knowledge.meaning.keys) if knowledge.meaning else None,
        "asked": dict(counts.asked),
        "words": dict(counts.words),
    }


def _known(folder: Path, told: dict[str, Any], profiler: Profiler) -> Knowledge:
    length = (float(told["length"][0]), float(told["length"][1]))
    pairs = np.load(folder / "pairs.npy", allow_pickle=False)
    counts = Counts(
        Counter(told["asked"]), Counter(told["words"]), _named(list(told["words"]), pairs)
    )
    analyzer = profiler.analyzer
    return Knowledge(
        Lexicon(int(told["articles"]), _array(folder, "grams"), _array(folder, "words"), length),
        shipped(semantic=False),
        shipped(semantic=True),
        meaning=None if told["keys"] is None else _meaning(folder, told["keys"]),
        examples={key: tuple(texts) for key, texts in told["examples"].items()},
        corrector=Corrector(analyzer, Wording(analyzer, counts)),
    )


def _meaning(folder: Path, keys: list[str]) -> Meaning:
    mean, precision, told = (_array(folder, name) for name in ("mean", "precision", "told"))
    pull, inside = _array(folder, "pull").tolist()
    space = Space(mean, precision, told, pull, bool(inside))
    owners = np.load(folder / "owners.npy", allow_pickle=False)
    vectors, answers = quantised.read(folder, "vectors"), quantised.read(folder, "answers")
    measures = Measures(*(_array(folder, f"measured_{name}") for name in _MEASURES))
    if not len(owners) == len(vectors) == len(measures.white) or measures.told.ndim != 2:
        raise ValueError("arrays of different lengths")
    if not len(keys) == len(measures.bias) == len(measures.told):
        raise ValueError("measures of other articles")
    if len(answers) != measures.told.size:
        raise ValueError("passages of other articles")
    return Meaning(keys, owners, vectors, answers, space, measures)


def _array(folder: Path, name: str) -> np.ndarray:
    """Return an array that the processes of a node share, page by page as it is read."""
    # A view without the memmap's own type: numpy is quicker with plain arrays.
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
