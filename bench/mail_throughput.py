"""How many mails a second one core takes from the spool to the outbox, without the encoder.

The product's own pipeline: mails are kept in SQLite (synchronous=FULL), read in the child process,
matched, decided, written and put into a folder. Wall time stands beside processor time of parent
and child together, because the second hardly depends on what else the machine does; the yardstick
is committing the raw bytes alone, in the same run.
Limit: the transactions of one mail (seven commits) and SQLAlchemy's work around them.
"""

from __future__ import annotations

import cProfile
import pstats
import resource
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from bench.corpus import Text, parser, questions, texts
from bench.mail_stages import watched
from bench.mail_world import MailWorld, open_world


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one pass."""

    mails: int
    wall: float
    cpu: float

    def line(self, name: str) -> str:
        """Return the pass as a line of the report."""
        a_second, a_core = self.mails / self.wall, self.mails / self.cpu
        return f"{name:28}{a_second:8.1f} mails/s  {a_core:8.1f} mails/s/core"


def main() -> None:
    """Print mails per second of each stage and of the whole way."""
    options = parser(__doc__ or "")
    options.add_argument("--mails", type=int, default=400)
    options.add_argument("--engine", default="auto")
    options.add_argument("--profile", action="store_true", help="where the time goes")
    options.add_argument("--stages", action="store_true", help="processor time of each stage")
    chosen = options.parse_args()
    articles, mails = (300, 60) if chosen.quick else (chosen.articles, chosen.mails)
    found = texts(chosen.corpus, articles)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_world(Path(folder), found, engine=chosen.engine, encoder="none") as world,
    ):
        report(world, found, mails, profile=chosen.profile, stages=chosen.stages)


def report(world: MailWorld, found: list[Text], mails: int, *, profile: bool, stages: bool) -> None:
    """Run the passes and print them."""
    raws = [letter(number, text, world) for number, text in enumerate(questions(found, mails))]
    for raw in raws[: mails // 2]:
        # What a process that has worked for a while has in memory.
        world.arrive(raw.replace(b"Message-ID: <", b"Message-ID: <warm."))
    world.work()
    alone = _timed(mails, lambda: deque(map(world.commit, raws), maxlen=0))
    kept = _timed(mails, lambda: deque(map(world.arrive, raws), maxlen=0))
    # Processor time of this thread: waiting for the disk is none of ours.
    profiler = cProfile.Profile(time.thread_time)
    worked = _timed(mails, lambda: profiler.runcall(world.work) if profile else world.work())
    whole = Spent(kept.mails, kept.wall + worked.wall, kept.cpu + worked.cpu)
    print(alone.line("bytes committed alone"))
    print(kept.line("intake"))
    print(worked.line("pipeline and delivery"))
    ratio = whole.wall / alone.wall
    print(whole.line("whole way") + f"  {ratio:6.1f} × the bytes alone")
    print(world.ends())
    if stages:
        again = [raw.replace(b"Message-ID: <", b"Message-ID: <stages.") for raw in raws]
        with watched(world) as seen:
            deque(map(world.arrive, again), maxlen=0)
            world.work()
        print("\n".join(seen.lines(mails)))
    if profile:
        told = pstats.Stats(profiler).sort_stats("cumulative")
        told.print_stats(60).print_callers(r"session.py:\d+\((get|execute|scalar|scalars)\)")


def letter(number: int, question: str, world: MailWorld) -> bytes:
    """Write a customer's mail; each has a sender and a domain of its own."""
    mail = EmailMessage()
    mail["From"] = f"顾客{number} <c{number}@d{number}.example>"
    mail["To"] = world.mailbox
    mail["Subject"] = " ".join(question.split())[:40]
    mail["Date"] = format_datetime(world.clock())
    mail["Message-ID"] = f"<{number}.{time.time_ns()}@d{number}.example>"
    mail.set_content(f"你好，{question}\n\n谢谢！\n\n发自我的iPhone\n")
    mail.add_alternative(f"<p>你好，{question}</p><p>谢谢！</p><p>发自我的iPhone</p>", "html")
    return mail.as_bytes()


def _timed(mails: int, work: Callable[[], object]) -> Spent:
    began, cpu = time.perf_counter(), _cpu()
    work()
    return Spent(mails, time.perf_counter() - began, max(_cpu() - cpu, 1e-9))


def _cpu() -> float:
    """Return the processor seconds of this process and of the readers that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


if __name__ == "__main__":
    main()
