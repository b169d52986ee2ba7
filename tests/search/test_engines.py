"""The engine contract on every engine, and the choice among them."""

from __future__ import annotations

import gc
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.errors import Invalid
from search.engine import Engine
from search.engine_memory import MemoryEngine
from search.engine_tantivy import TantivyEngine
from search.engine_whoosh import WhooshEngine
from search.engines import open_engine, resolve
from tests.contracts.engine_contract import (
    AT_ONE,
    AT_TWO,
    DurableContract,
    EngineContract,
    article,
    ask,
    filled,
)


class TestMemory(EngineContract):
    @pytest.fixture
    def engine(self) -> Engine:
        return MemoryEngine()


class Files(DurableContract):
    """A durable engine in a temporary folder."""

    kind: Callable[[Path], Engine]

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return tmp_path / "index"

    @pytest.fixture
    def reopen(self, folder: Path) -> Callable[[], Engine]:
        return lambda: type(self).kind(folder)

    @pytest.fixture
    def engine(self, reopen: Callable[[], Engine]) -> Iterator[Engine]:
        engine = reopen()
        yield engine
        engine.close()

    @pytest.fixture
    def remove(self, folder: Path) -> Callable[[], None]:
        return lambda: shutil.rmtree(folder)

    @pytest.fixture
    def damage(self, folder: Path) -> Callable[[], None]:
        def spoil() -> None:
            for file in folder.rglob("*"):
                if file.is_file() and file.name not in ("CURRENT", "position.json"):
                    # Another file: cutting a mapped one short kills the process (SIGBUS).
                    file.unlink()
                    file.write_bytes(b"\x00broken" * 20)

        return spoil

    def test_old_generations_are_removed(self, engine: Engine, folder: Path) -> None:
        for _ in range(5):
            filled(engine, "退款")
        assert len([entry for entry in folder.iterdir() if entry.is_dir()]) == 2

    def test_reads_while_writing(self, engine: Engine, reopen: Callable[[], Engine]) -> None:
        filled(engine, "退款")
        reader, missed, stop = reopen(), [], threading.Event()

        def read() -> None:
            while not stop.is_set():
                if ask(reader, "退款")[:1] != ["article:0"]:
                    missed.append(1)

        threads = [threading.Thread(target=read, daemon=True) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(20):
            engine.apply([article(100 + number, f"保修{number}")], [], AT_TWO)
        filled(engine, "退款", "换货")
        stop.set()
        for thread in threads:
            thread.join()
        assert not missed


class TestTantivy(Files):
    kind = TantivyEngine


# Whoosh leaves a file that it finds damaged open, for the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
class TestWhoosh(Files):
    kind = WhooshEngine

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def collected(cls) -> Iterator[None]:
        yield
        gc.collect()


WORDS = [
    "退款",
    "发票",
    "门锁",
    "电池",
    "安装",
    "云存储",
    "密码",
    "指纹",
    "摄像头",
    "夜视",
    "合同",
    "物流",
    "换货",
    "保修",
    "蓝牙",
    "网络",
]


@pytest.fixture
def corpus() -> list[tuple[str, str]]:
    chance = random.Random(4)
    return [
        ("怎么".join(chance.sample(WORDS, 2)), "。".join(chance.sample(WORDS, 6)))
        for _ in range(200)
    ]


@pytest.mark.parametrize("kind", [TantivyEngine, WhooshEngine])
def test_engines_rank_alike(
    kind: Callable[[Path], Engine], corpus: list[tuple[str, str]], tmp_path: Path
) -> None:
    documents = [article(number, *pair) for number, pair in enumerate(corpus)]
    yardstick, engine = MemoryEngine(), kind(tmp_path)
    yardstick.build(documents, AT_ONE)
    engine.build(documents, AT_ONE)
    shared = [
        len(set(ask(yardstick, f"{a}{b}")) & set(ask(engine, f"{a}{b}"))) / 10
        for a in WORDS
        for b in WORDS[:4]
    ]
    assert sum(shared) / len(shared) >= 0.9


def test_auto_is_the_fastest_installed() -> None:
    assert resolve("auto") == "tantivy"
    assert resolve("whoosh") == "whoosh"


@pytest.mark.parametrize("name", ["", "sqlite", "Tantivy"])
def test_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        open_engine(name)
    assert refusal.value.params["field"] == "engine"


def test_durable_engine_needs_a_folder(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        open_engine("whoosh")
    assert open_engine("whoosh", tmp_path).capabilities.durable
    assert not open_engine("memory").capabilities.durable
