"""Starts the real program as an operator would, and ends it in every way there is."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Callable, Mapping, Sequence

from client import Client, ConnectionLost

READY_SECONDS = 20.0
EXIT_SECONDS = 15.0


class StartRefused(AssertionError):
    """The server ended before it was ready."""


def free_port() -> int:
    """A port that nobody listens on, below those that the kernel gives to outgoing connections (`ip_local_port_range`): one of
    those could be taken again before the server listens, or while it restarts."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def poll(condition: Callable[[], bool], seconds: float, interval: float = 0.01) -> bool:
    """Whether `condition` holds within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(interval)
    return True


class Server:
    """One process of `dealhealth serve` on a data directory.

    `prefix` is put before the command (strace, prlimit); signals then go to the program itself, not to the prefix.
    """

    def __init__(
        self, binary: Path, data_dir: Path, env: Mapping[str, str] | None = None, prefix: Sequence[str] = (),
        options: Sequence[str] = (),
    ) -> None:
        self.binary = binary
        self.data_dir = data_dir
        self.port = free_port()
        self.metrics_port = free_port()
        self._prefix = list(prefix)
        self._options = list(options)
        self._env = {**os.environ, **QUIET, **(env or {})}
        # Without a name, so that it goes by itself; and not beside the data, whose disk may be full.
        self._log = tempfile.TemporaryFile()
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    # MARK: starting

    def launch(self) -> Server:
        """Starts the process and does not wait for it."""
        command = self._prefix + [
            str(self.binary), "serve", "--host", "127.0.0.1", "--port", str(self.port),
            "--metrics-port", str(self.metrics_port), "--data-dir", str(self.data_dir), *self._options,
        ]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, env=self._env, start_new_session=True)
        return self

    def start(self) -> Server:
        """Starts the process and waits until it is ready; throws `StartRefused` when it ends instead."""
        self.launch()
        if not self.wait_ready():
            raise StartRefused(f"not ready: {self.describe()}")
        return self

    def wait_ready(self, seconds: float = READY_SECONDS) -> bool:
        """Whether `/readyz` answers 200 within `seconds`; false at once when the process ends."""
        deadline = time.monotonic() + seconds
        with Client(self.port, timeout=2.0) as client:
            while time.monotonic() < deadline and self.is_running:
                try:
                    if client.get("/readyz").status == 200:
                        return True
                except ConnectionLost:
                    pass
                time.sleep(0.01)
        return False

    def client(self, timeout: float = 15.0) -> Client:
        return Client(self.port, timeout)

    # MARK: observing

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return None if self.process is None else self.process.poll()

    @property
    def output(self) -> str:
        """All that the process wrote to its console."""
        size = os.fstat(self._log.fileno()).st_size
        # Not `seek`: the process writes at the same offset.
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace")

    def describe(self) -> str:
        """How it ended, and what it wrote: the beginning and the end, since a crash report is long."""
        output = self.output
        if len(output) > 2_400:
            output = f"{output[:1_600]}\n[…]\n{output[-700:]}"
        return f"exit code {self.exit_code}, output:\n{output}"

    @property
    def pid(self) -> int:
        """The program's own pid, also under a prefix."""
        assert self.process is not None, "not started"
        if not self._prefix:
            return self.process.pid
        # A prefix that sets something up becomes the program (prlimit); one that watches is its parent (strace).
        tasks = Path(f"/proc/{self.process.pid}/task")
        children = [child for file in tasks.glob("*/children") for child in file.read_text().split()]
        for candidate in [str(self.process.pid), *children]:
            command = Path(f"/proc/{candidate}/cmdline").read_bytes().split(b"\0")
            if command[:2] == [str(self.binary).encode(), b"serve"]:
                return int(candidate)
        raise ProcessLookupError("the program under the prefix has ended")

    def metrics(self) -> dict[str, float]:
        """The samples at the metrics port, by name with labels."""
        with Client(self.metrics_port) as client:
            text = client.get("/metrics").body.decode()
        samples = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                samples[name] = float(value)
        return samples

    # MARK: ending

    def signal(self, number: signal.Signals) -> None:
        try:
            os.kill(self.pid, number)
        except (ProcessLookupError, FileNotFoundError):
            pass

    def wait(self, seconds: float = EXIT_SECONDS) -> int | None:
        """The exit code once the process has ended; None if it does not within `seconds`."""
        assert self.process is not None, "not started"
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def terminate(self) -> None:
        """Stops gracefully; throws when that is not clean."""
        self.signal(signal.SIGTERM)
        code = self.wait()
        assert code == 0, f"SIGTERM: {self.describe()}"

    def kill(self) -> None:
        """Ends the process and all of its own at once, as a crash would."""
        if self.process is None:
            return
        if self.process.poll() is None:
            # A session of its own, so that exactly what this object started is ended.
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


# A small map so that it has to grow; a low target, so that checkpoints run all the time. And the bare formula, which the rigs' model
# knows: see test_score.py for what is served by default.
QUIET = {
    "HEALTH_CALCULATION_PLAIN": "true",
    "LOG_MAP_BYTES": str(1 << 20),
    "RECOVERY_SECONDS_TARGET": "0.0005",
}
