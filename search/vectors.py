"""Vectors kept once per text, so that no restart and no edit pays for a text twice.

The table knows hashes, never texts. A row belongs to one encoder and version; those of others
stay until `forget_others` removes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kb.db import Database
from kb.models.base import Base
from search.encoder import Encoder, Vectors

BATCH = 64
LOOKUP = 500


class TextVector(Base):
    """One text's vector.

    `digest` names the text, its role and the encoder; `data` is little-endian float16.
    """

    __tablename__ = "text_vector"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    encoder: Mapped[str] = mapped_column(String(200), index=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class StoredEncoder:
    """An encoder that asks the table first; for texts of the base, never for what people ask.

    Each batch is stored in a unit of work of its own, so a lesson that was cut short goes on
    where it ended.
    """

    def __init__(
        self,
        encoder: Encoder,
        database: Database,
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Wrap an encoder.

        Args:
            encoder: computes what is not stored yet.
            database: where vectors are kept.
            progress: called with (done, all) of the texts that had to be computed.
        """
        self._encoder = encoder
        self._database = database
        self._progress = progress or (lambda done, all_: None)
        self.name = encoder.name
        self.version = encoder.version
        self.dimension = encoder.dimension

    def encode(self, texts: Sequence[str], *, passage: bool = False) -> Vectors:
        """Return one vector a text (see `Encoder.encode`)."""
        digests = [digest_of(self.version, text, passage=passage) for text in texts]
        # Filled in place: of a large base these are larger than anything else in memory.
        found = np.zeros((len(texts), self.dimension), np.float32)
        missing: dict[str, list[int]] = {}
        with self._database.reading() as session:
            for start in range(0, len(digests), LOOKUP):
                part = digests[start : start + LOOKUP]
                known = stored(session, part)
                for place, digest in enumerate(part, start):
                    if digest in known:
                        found[place] = known[digest]
                    else:
                        missing.setdefault(digest, []).append(place)
        self._fill(found, texts, missing, passage=passage)
        lengths = np.sqrt(np.einsum("ij,ij->i", found, found))
        found /= np.where(lengths == 0.0, 1.0, lengths)[:, None]
        return found

    def _fill(
        self,
        found: Vectors,
        texts: Sequence[str],
        missing: Mapping[str, Sequence[int]],
        *,
        passage: bool,
    ) -> None:
        """Compute what is not kept and write it at its places."""
        named = [(digest, texts[places[0]]) for digest, places in missing.items()]
        for done, part in _parts(named):
            for digest, vector in self._computed(part, passage).items():
                found[missing[digest]] = vector
            self._progress(done + len(part), len(named))

    def digest(self, text: str, *, passage: bool = False) -> str:
        """Return the name under which this encoder's vector of a text is kept."""
        return digest_of(self.version, text, passage=passage)

    def _computed(self, part: Sequence[tuple[str, str]], passage: bool) -> dict[str, Vectors]:
        vectors = self._encoder.encode([text for _, text in part], passage=passage)
        fresh = {digest: vector for (digest, _), vector in zip(part, vectors, strict=True)}
        with self._database.transaction() as session:
            store(session, self.version, fresh)
        return fresh


def digest_of(version: str, text: str, *, passage: bool) -> str:
    """Return the name under which a vector is kept."""
    role = "passage" if passage else "query"
    content = f"{version}\0{role}\0{text}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).hexdigest()


def stored(session: Session, digests: Sequence[str]) -> dict[str, Vectors]:
    """Return digest -> vector of those that are kept, float32 (d,)."""
    found: dict[str, Vectors] = {}
    wanted = list(dict.fromkeys(digests))
    for start in range(0, len(wanted), LOOKUP):
        rows = session.execute(
            select(TextVector.digest, TextVector.data).where(
                TextVector.digest.in_(wanted[start : start + LOOKUP])
            )
        )
        found |= {digest: _read(data) for digest, data in rows}
    return found


def kept_among(session: Session, digests: Sequence[str]) -> set[str]:
    """Return those of the digests whose vectors are kept."""
    found: set[str] = set()
    wanted = list(dict.fromkeys(digests))
    for start in range(0, len(wanted), LOOKUP):
        part = wanted[start : start + LOOKUP]
        found.update(session.scalars(select(TextVector.digest).where(TextVector.digest.in_(part))))
    return found


def store(session: Session, version: str, vectors: Mapping[str, Vectors]) -> None:
    """Keep vectors; one that another process kept meanwhile stays as it is."""
    there = stored(session, list(vectors))
    session.add_all(
        TextVector(digest=digest, encoder=version[:200], data=vector.astype("<f2").tobytes())
        for digest, vector in vectors.items()
        if digest not in there
    )
    session.flush()


def forget(session: Session, version: str, texts: Sequence[str]) -> None:
    """Remove the vectors of some texts in both roles, as an erasure needs."""
    digests = [digest_of(version, text, passage=role) for text in texts for role in (True, False)]
    for start in range(0, len(digests), LOOKUP):
        part = digests[start : start + LOOKUP]
        session.execute(delete(TextVector).where(TextVector.digest.in_(part)))


def forget_others(session: Session, version: str) -> None:
    """Remove the vectors of all other encoders and versions."""
    session.execute(delete(TextVector).where(TextVector.encoder != version[:200]))


def write_file(session: Session, path: Path) -> int:
    """Write all kept vectors into one .npz, for a base that is shipped with them.

    Returns:
        how many were written.
    """
    rows = session.execute(
        select(TextVector.digest, TextVector.encoder, TextVector.data).order_by(TextVector.digest)
    ).all()
    np.savez_compressed(
        path,
        digests=np.array([bytes.fromhex(row.digest) for row in rows], dtype="S32"),
        encoders=np.array([row.encoder for row in rows]),
        data=np.stack([np.frombuffer(row.data, dtype="<f2") for row in rows]),
    )
    return len(rows)


def read_file(session: Session, path: Path) -> int:
    """Keep the vectors of a file that `write_file` wrote; those of other encoders do no harm.

    Returns:
        how many the file holds.
    """
    with np.load(path, allow_pickle=False) as file:
        names = [value.ljust(32, b"\0").hex() for value in file["digests"].tolist()]
        encoders, data = file["encoders"].tolist(), file["data"]
    there = stored(session, names)
    session.add_all(
        TextVector(digest=name, encoder=encoder, data=row.tobytes())
        for name, encoder, row in zip(names, encoders, data, strict=True)
        if name not in there
    )
    session.flush()
    return len(names)


def _read(data: bytes) -> Vectors:
    return np.frombuffer(data, dtype="<f2").astype(np.float32)


def _parts(items: list[tuple[str, str]]) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    for start in range(0, len(items), BATCH):
        yield start, items[start : start + BATCH]
