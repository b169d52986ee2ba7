"""How long a customer's mail takes from our listener to the relay, with everything in between.

The product as it runs: an SMTP listener, the mail and delivery workers, the finder with its
encoder, and a relay on loopback that takes the answer. Mails come one after another; the time
runs from the end of DATA at the listener to the moment the relay has taken our mail. A folder
given with --data-dir is kept, so that 20,000 articles are prepared once.
Limit: encoding the question; then the transactions of one mail.
"""

from __future__ import annotations

import smtplib
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bench.corpus import parser, questions, texts
from bench.mail_throughput import letter
from bench.mail_world import MAILBOX, MailWorld, open_world, stand_in_vectors
from wenqu import mailing, serving
from wenqu.wiring import clock

PATIENCE = 60.0


@dataclass(slots=True)
class Taker:
    """A relay that notes when it took a mail."""

    taken: threading.Event = field(default_factory=threading.Event)
    at: float = 0.0

    # aiosmtpd looks for this name.
    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take it."""
        self.at = time.perf_counter()
        self.taken.set()
        return "250 taken"


def main() -> None:
    """Print percentiles of the whole way."""
    options = parser(__doc__ or "")
    options.add_argument("--mails", type=int, default=100)
    options.add_argument("--engine", default="auto")
    options.add_argument("--encoder", default="auto")
    options.add_argument("--data-dir", type=Path, help="kept, and used again when it is there")
    options.add_argument(
        "--stand-in-vectors",
        action="store_true",
        help="random vectors for the base, so that none of them is computed; questions are",
    )
    chosen = options.parse_args()
    articles, mails = (300, 10) if chosen.quick else (chosen.articles, chosen.mails)
    found = texts(chosen.corpus, articles)
    with ExitStack() as open_:
        folder = chosen.data_dir or Path(open_.enter_context(tempfile.TemporaryDirectory()))
        prepare = stand_in_vectors if chosen.stand_in_vectors or chosen.quick else None
        world = open_.enter_context(
            open_world(folder, found, engine=chosen.engine, encoder=chosen.encoder, prepare=prepare)
        )
        taker, smtp = _running(world, open_)
        spent = [_one(letter(n, text, world), taker, smtp) for n, text in enumerate(
            questions(found, mails + 3)
        )][3:]  # fmt: skip
    middle, high, most = np.percentile(spent, [50, 95, 100])
    print(f"{len(found)} articles, encoder {chosen.encoder}, {mails} mails")
    print(f"intake to relay  p50 {middle:6.3f} s  p95 {high:6.3f} s  max {most:6.3f} s")


def _running(world: MailWorld, open_: ExitStack) -> tuple[Taker, int]:
    """Start relay, listener and workers; returns the relay and our listener's port."""
    taker, relay, port = (
        Taker(), serving.claim_address("127.0.0.1", 0), serving.claim_address("127.0.0.1", 0),
    )  # fmt: skip
    controller = Controller(taker, hostname="127.0.0.1", port=relay, ready_timeout=20)
    controller.start()
    open_.callback(controller.stop, no_assert=True)
    config = replace(
        world.config,
        outbox_dir="",
        smtp_host="127.0.0.1",
        smtp_port=relay,
        smtp_tls="none",
        smtp_listen=f"127.0.0.1:{port}",
    )
    for part in mailing.parts(config, world.db, world.finding, clock):
        part.start()
        open_.callback(part.stop)
    return taker, port


def _one(raw: bytes, taker: Taker, port: int) -> float:
    """Hand over one mail and wait for ours; returns the seconds between."""
    taker.taken.clear()
    sender = raw.partition(b"<")[2].partition(b">")[0].decode("ascii")
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as client:
        client.sendmail(sender, [MAILBOX], raw)
        began = time.perf_counter()
        if not taker.taken.wait(PATIENCE):
            raise TimeoutError("no mail left")
    return max(taker.at - began, 0.0)


if __name__ == "__main__":
    main()
