"""The tool that most people would point at us, slowhttptest, in each of its modes: cut by the deadlines, and others are served meanwhile.

`test_slow_clients.py` does the same with more clients and longer; this one is somebody else's idea of it.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from bystander import Bystander
from model import EventMaker
from raw import open_sockets
from server import Server, poll

CONNECTIONS = 400
RUN_SECONDS = 2
# A stall that a user would notice; far over what a quiet machine shows.
STALL_SECONDS = 3.0
# The server's deadlines, and what a busy machine may add: a run that would take longer ends with the last cut.
DEADLINES = {"slow headers": 10.0, "slow body": 128.0, "slow body, NDJSON": 128.0}
SLACK_SECONDS = 5.0
# The bystander's, the scraper's, one being closed.
OTHER_SOCKETS = 4

MODES = {
    "slow headers": ["-H", "-i", "1", "-u", "{url}/v1/deals/deal-1/health"],
    "slow body": ["-B", "-i", "1", "-s", "8192", "-f", "application/json", "-u", "{url}/v1/events"],
    "slow body, NDJSON": ["-B", "-i", "1", "-s", "1000000", "-f", "application/x-ndjson", "-u", "{url}/v1/events"],
    "slow read": ["-X", "-k", "3", "-w", "1", "-y", "64", "-n", "1", "-z", "8", "-u", "{url}/v1/deals?limit=500"],
    "slow read, fast lane": ["-X", "-k", "10", "-w", "1", "-y", "64", "-n", "1", "-z", "8", "-u", "{url}/v1/deals/deal-1/health"],
    "range": ["-R", "-a", "1", "-b", "3000", "-t", "HEAD", "-u", "{url}/v1/deals/deal-1/health"],
}


@pytest.mark.parametrize("mode", MODES)
def test_mode(mode: str, binary: Path, work: Path, seed: str, rounds: float) -> None:
    if shutil.which("slowhttptest") is None:
        pytest.skip("needs slowhttptest")
    with Server(binary, work / "data").start() as server:
        with server.client() as client:
            assert client.post_ndjson(EventMaker(random.Random(seed), seed, deals=500).many(3_000)).status == 200
        before = open_sockets(server.pid)
        seconds = round(RUN_SECONDS * rounds)
        arguments = [argument.format(url=f"http://127.0.0.1:{server.port}") for argument in MODES[mode]]
        most = 0
        start = time.monotonic()
        with Bystander(server, "deal-1") as bystander:
            tool = subprocess.Popen(
                ["slowhttptest", "-c", str(CONNECTIONS), "-r", "400", "-l", str(seconds), "-p", "3", "-v", "1", *arguments],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            try:
                while tool.poll() is None:
                    most = max(most, open_sockets(server.pid) - before)
                    poll(lambda: tool.poll() is not None, 0.1)
                output = re.sub(r"\x1b\[[\d;]*m", "", tool.communicate()[0])
            finally:
                tool.kill()
            took = time.monotonic() - start
            # The tool is gone: nothing is kept of its connections.
            is_over = poll(lambda: open_sockets(server.pid) - before <= OTHER_SOCKETS, SLACK_SECONDS, 0.1)
        is_available = re.findall(r"service available:\s*(\w+)", output)[-1:]
        what = f"{bystander}; {most} connections at once; {took:.1f} s; available {is_available}"
        print(what)
        assert server.is_running, server.describe()
        # Where an answer ends the attempt, connections come and go.
        assert mode == "range" or most > CONNECTIONS / 2, f"void: {what}"
        assert is_available == ["YES"], f"the tool calls it down: {what}: {output[-600:]}"
        assert not bystander.faults and set(bystander.reads) == {200}, f"{bystander.faults[:3]}; {what}"
        assert bystander.longest_read_seconds < STALL_SECONDS, what
        cut = DEADLINES.get(mode, seconds) + SLACK_SECONDS
        assert seconds <= cut or took <= cut, f"not cut: {what}"
        assert is_over, f"connections are held: {open_sockets(server.pid) - before}; {what}"
        server.terminate()
