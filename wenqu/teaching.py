"""Studies the base in a process of its own, below everything else that the machine has to do."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading

from kb.errors import Unavailable
from wenqu import serving
from wenqu.config import Config

log = logging.getLogger(__name__)

NICENESS = 10
COMMAND = ("index", "learn")
GRACE_SECONDS = 5.0


class ChildTeacher:
    """Runs `wenqu index learn` with the configuration of this process."""

    def __init__(self, config: Config) -> None:
        """Args: config of this process."""
        self._environment = serving.environment(config)
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._lock = threading.Lock()

    def teach(self) -> None:
        """Study; returns when it is over.

        Raises:
            Unavailable: `study_failed`; what was known before stands.
        """
        with self._lock:
            if self._stopping:
                return
            # The command line is this interpreter and constants.
            self._child = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "wenqu", *COMMAND],
                env=os.environ | self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        os.setpriority(os.PRIO_PROCESS, self._child.pid, NICENESS)
        ended = self._child.wait()
        if ended and not self._stopping:
            raise Unavailable("study_failed", status=ended)

    def stop(self) -> None:
        """End a study that is going on; it can be done again at any time."""
        with self._lock:
            self._stopping = True
        child = self._child
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
