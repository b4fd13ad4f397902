"""The contenders as child processes on the server's core: start, wait until ready, measure, stop."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from machine import CompareError, SERVER_CORE, find, on_core

READY_SECONDS_MAX = 180
POLL_SECONDS = 0.002
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on, below those that the kernel gives to outgoing connections (`ip_local_port_range`)."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Server:
    """One server process with its workers. Subclasses say how to start it and how to ask whether it is ready."""

    name = "?"
    probe = b""        # what the readiness poll sends
    probe_answer = b"" # how the answer to it begins once the server is ready

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str | Path]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin")}

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> float:
        """Starts the server; seconds from exec until it says that it is ready."""
        with open(self.log, "wb") as log:
            began = time.monotonic()
            self._process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                             cwd=self.folder, env=self.environment(), preexec_fn=on_core(SERVER_CORE))
        while not self._is_ready():
            if self._process.poll() is not None:
                raise CompareError(f"{self.name} ended with code {self._process.returncode}: {self.log_tail()}")
            if time.monotonic() - began > READY_SECONDS_MAX:
                raise CompareError(f"{self.name} was not ready after {READY_SECONDS_MAX} s: {self.log_tail()}")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - began

    def _is_ready(self) -> bool:
        try:
            return self.ask(self.probe, timeout=1.0).startswith(self.probe_answer)
        except OSError:
            return False

    def ask(self, request: bytes, timeout: float = 30.0) -> bytes:
        """Sends one small request on a connection of its own; the first piece of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            connection.sendall(request)
            return connection.recv(1 << 16)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone; nginx's workers go with their master's group."""
        if self._process is None:
            return
        for pid in reversed(self.pids()):
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                pass
        self._process.wait()
        self._process = None

    def discard(self) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def pids(self) -> list[int]:
        """The process and its children."""
        if self._process is None:
            return []
        pid = self._process.pid
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            children = []
        return [pid, *map(int, children)]

    def cpu_seconds(self) -> float:
        """Of the process, its children, and those that ended: PostgreSQL has one for each connection."""
        total = 0
        for pid in self.pids():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            except FileNotFoundError:  # ended since: its parent has its time
                continue
            total += sum(int(field) for field in fields[11:15])
        return total / TICKS_PER_SECOND

    def memory(self) -> dict[str, int]:
        """Resident bytes: all of it, and the anonymous part, which leaves out the log's mapped pages."""
        status = Path(f"/proc/{self.pids()[0]}/status").read_text()
        found = {key: int(kib) * 1024 for key, kib in re.findall(r"^(\w+):\s+(\d+) kB$", status, re.M)}
        return {"resident": found["VmRSS"], "anonymous": found["RssAnon"]}

    def written_bytes(self) -> int:
        """What the process has had written to the disk so far (proc(5), `write_bytes`)."""
        return int(re.search(r"^write_bytes: (\d+)$", Path(f"/proc/{self.pids()[0]}/io").read_text(), re.M)[1])

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-800:].strip()


class DealHealth(Server):
    name = "DealHealth"
    probe = b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    probe_answer = b"HTTP/1.1 200"

    def __init__(self, folder: Path, binary: Path, settings: dict[str, str] | None = None) -> None:
        super().__init__(folder)
        self._binary = binary
        self._settings = settings or {}
        self._metrics_port = free_port()

    def command(self) -> list[str | Path]:
        return [self._binary, "serve", "--host", "127.0.0.1", "--port", str(self.port),
                "--metrics-port", str(self._metrics_port), "--data-dir", self.folder / "data"]

    def environment(self) -> dict[str, str]:
        return super().environment() | self._settings

    def metrics(self) -> dict[str, float]:
        """Every sample of /metrics by its name with labels."""
        request = b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self._metrics_port), timeout=30) as connection:
            connection.sendall(request)
            text = b"".join(iter(lambda: connection.recv(1 << 16), b"")).decode()
        return {name: float(value) for name, value in re.findall(r"^([a-z_]+(?:\{[^}]*\})?) (\S+)$", text, re.M)}

    def recovered(self) -> dict[str, float]:
        """What the last start says it recovered: deals, lsn, replayed, seconds."""
        line = next((line for line in self.log.read_text().splitlines() if line.endswith("recovered")), "")
        return {key: float(value) for key, value in re.findall(r"(\w+)=([\d.e+-]+)", line)}

    def get(self, path: str) -> bytes:
        """The body of a small answer."""
        answer = self.ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise CompareError(f"GET {path}: {answer[:200]!r}")
        return body


class Nginx(Server):
    name = "nginx"
    probe = b"GET / HTTP/1.0\r\n\r\n"
    probe_answer = b"HTTP/1.1 200"

    def __init__(self, folder: Path, body: bytes) -> None:
        super().__init__(folder)
        if b"'" in body or b"$" in body or b"\\" in body:
            raise ValueError("the body would need escaping in nginx.conf")
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(f"""
            daemon off; {user} worker_processes 1; pid {folder}/pid; error_log stderr warn;
            events {{ worker_connections 1024; }}
            http {{
                access_log off; default_type application/json; keepalive_requests 1000000000;
                client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
                uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
                server {{ listen 127.0.0.1:{self.port}; location / {{ return 200 '{body.decode()}'; }} }}
            }}
            """)

    def command(self) -> list[str | Path]:
        return [find("nginx") or "nginx", "-e", "stderr", "-p", self.folder, "-c", self.folder / "nginx.conf"]


class Redis(Server):
    name = "Redis"
    probe = b"PING\r\n"
    probe_answer = b"+PONG"

    def __init__(self, folder: Path, append_only: bool = False) -> None:
        super().__init__(folder)
        self._append_only = append_only

    def command(self) -> list[str | Path]:
        durable = ["--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0"]
        return [find("redis-server") or "redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", self.folder,
                "--save", "", *(durable if self._append_only else ["--appendonly", "no"])]

    def number(self, *words: str) -> int:
        """The answer to a command that answers with an integer."""
        answer = self.ask(" ".join(words).encode() + b"\r\n", timeout=120)
        if not answer.startswith(b":"):
            raise CompareError(f"Redis {' '.join(words)}: {answer[:200]!r}")
        return int(answer[1:])

    def save(self) -> None:
        answer = self.ask(b"SAVE\r\n", timeout=120)
        if not answer.startswith(b"+OK"):
            raise CompareError(f"Redis SAVE: {answer[:200]!r}")

    def used_memory(self) -> int:
        found = re.search(rb"used_memory:(\d+)", self.ask(b"INFO memory\r\n"))
        if not found:
            raise CompareError("Redis INFO memory has no used_memory")
        return int(found[1])


class Tarantool(Server):
    """Event id and event in one space, primary key on the id, every transaction synced (`wal_mode=fsync`)."""

    name = "Tarantool"
    probe_answer = b"Tarantool"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (folder / "init.lua").write_text(f"""
            box.cfg{{ wal_mode = 'fsync', wal_dir = '.', memtx_dir = '.', vinyl_dir = '.', memtx_memory = 4 * 2^30,
                     checkpoint_interval = 0, net_msg_max = 16384, log_level = 'warn' }}
            local space = box.schema.space.create('events', {{ id = 512 }})
            space:create_index('primary', {{ type = 'hash', parts = {{ 1, 'string' }} }})
            box.schema.user.grant('guest', 'read,write', 'space', 'events')
            box.cfg{{ listen = '127.0.0.1:{self.port}' }}
            """)

    def command(self) -> list[str | Path]:
        return [find("tarantool") or "tarantool", self.folder / "init.lua"]


class PostgreSQL(Server):
    """A cluster of its own with events in one table under a number; every transaction synced before it is answered."""

    name = "PostgreSQL"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._data = folder / "data"
        self._prefix: list[str | Path] = []
        if os.geteuid() == 0:
            # It refuses to run as root. The signal is the one for an immediate shutdown; the kernel forgets `on_core`'s with the user.
            self._prefix = [find("setpriv") or "setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups",
                            "--pdeathsig", "QUIT"]
            folder.parent.chmod(0o711)
            shutil.chown(folder, "postgres", "postgres")
        initdb: list[str | Path] = [find("initdb") or "initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                                    "--locale", "C", "--no-instructions"]
        made = subprocess.run([*self._prefix, *initdb], capture_output=True, text=True, cwd="/")
        if made.returncode != 0:
            raise CompareError(f"initdb failed; can the user postgres reach {folder}? Else choose another with --folder: "
                               f"{made.stderr.strip()[-400:]}")

    def command(self) -> list[str | Path]:
        # A larger cache than its default of 128 MiB, and neither a checkpoint nor a vacuum within a run.
        settings = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "100",
                    "fsync": "on", "synchronous_commit": "on", "shared_buffers": "512MB", "max_wal_size": "16GB",
                    "checkpoint_timeout": "1h", "autovacuum": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [*self._prefix, find("postgres") or "postgres", "-D", self._data, *options]

    def start(self) -> float:
        seconds = super().start()
        self.query("CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event text NOT NULL)")
        return seconds

    def _is_ready(self) -> bool:
        probe = [find("pg_isready") or "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(probe).returncode == 0

    def query(self, text: str) -> str:
        """The only value of the answer."""
        command = [find("psql") or "psql", "-XqAt", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-c", text, "postgres"]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            raise CompareError(f"PostgreSQL: {text}: {result.stderr.strip()[-400:]}")
        return result.stdout.strip()

    def kill(self) -> None:
        """An immediate shutdown, which also removes its shared memory; it keeps nothing that was not synced."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None
