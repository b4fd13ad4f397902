"""The machine: what it is, which core does what, what is installed, how fast its disk syncs."""

from __future__ import annotations

import ctypes
import glob
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
PR_SET_PDEATHSIG = 1
BUSY_SHARE_MAX = 0.15  # of all cores, for the machine to count as quiet


class CompareError(Exception):
    """Something the reader can act on; shown without a traceback."""


def progress(text: str) -> None:
    print(f"{Path(sys.argv[0]).resolve().parent.name}: {text}", file=sys.stderr, flush=True)


def cores() -> tuple[int, int]:
    """The core of the servers and the core of the generator; the same one where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[1] if len(usable) > 1 else usable[0]


SERVER_CORE, GENERATOR_CORE = cores()


def on_core(core: int):
    """For `preexec_fn`: runs the child on one core, and ends it when this process ends, however it ends.

    In a session of its own, so that where Linux groups tasks by session (`sched_autogroup_enabled`) a server with many
    threads gets no larger share of a busy core than one with a single thread.
    """
    libc = ctypes.CDLL(None)

    def prepare() -> None:
        os.setsid()
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # not KILL: nginx's master takes its worker along
        os.sched_setaffinity(0, {core})

    return prepare


def install(commands: dict[str, str]) -> None:
    """Installs the Debian packages of those commands that are missing: {command: package}."""
    missing = [package for command, package in commands.items() if find(command) is None]
    if not missing:
        return
    progress(f"installing {' '.join(missing)}")
    if subprocess.run([REPOSITORY / "ops" / "packages", *missing], stdout=sys.stderr).returncode != 0:
        raise CompareError(f"could not install {' '.join(missing)}; install by hand and run again")
    for command, package in commands.items():
        if find(command) is None:
            raise CompareError(f"`{command}` is still missing after installing {package}")


def is_offered(package: str) -> bool:
    """Whether this machine's package lists have it."""
    result = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True)
    return any(line.strip().startswith("Candidate:") and "(none)" not in line for line in result.stdout.splitlines())


def find(command: str) -> str | None:
    # Debian keeps each version of PostgreSQL in a folder of its own.
    places = [os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", *sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]
    return shutil.which(command, path=":".join(places))


def program(given: str | None) -> Path:
    """The release binary; built when it is missing."""
    path = Path(given) if given else REPOSITORY / ".build" / "release" / "dealhealth"
    if not path.exists() and not given:
        progress("building the release binary (minutes, the first time)")
        build = ["swift", "build", "-c", "release", "--product", "dealhealth"]
        if subprocess.run(build, cwd=REPOSITORY, stdout=sys.stderr).returncode != 0:
            raise CompareError("the build failed; see above")
    if not path.exists():
        raise CompareError(f"{path} does not exist")
    return path


def copy_tree(source: Path, target: Path) -> None:
    """A copy that is on the disk, so that its write-back does not fall into what is measured next."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cp", "-a", "--sparse=always", source, target], check=True)
    os.sync()


def file_system(path: Path) -> str:
    return subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=True).stdout.strip()


def sync_microseconds(folder: Path, count: int = 200) -> float:
    """Median time to append 4 KiB and fdatasync, which bounds every durable row."""
    path, block, times = folder / "sync-probe", b"x" * 4096, []
    with open(path, "wb", buffering=0) as file:
        for _ in range(count):
            file.write(block)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - start)
    path.unlink()
    return statistics.median(times) * 1e6


def cpu_ticks(core: int | None = None) -> dict[str, int]:
    """CPU time so far by kind, in ticks, of one core or of all (proc(5), /proc/stat)."""
    label = "cpu" if core is None else f"cpu{core}"
    fields = next(line.split() for line in open("/proc/stat") if line.split()[0] == label)
    user, nice, system, idle, iowait, irq, softirq, steal = (int(x) for x in fields[1:9])
    return {"busy": user + nice + system, "kernel": irq + softirq, "idle": idle + iowait, "steal": steal}


def wait_until_quiet(patience: float) -> None:
    """Waits until the machine is nearly idle for a quarter of a second, at most `patience` seconds."""
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up:
        before = cpu_ticks()
        time.sleep(0.25)
        spent = {kind: ticks - before[kind] for kind, ticks in cpu_ticks().items()}
        if spent["busy"] + spent["kernel"] + spent["steal"] < BUSY_SHARE_MAX * sum(spent.values()):
            return


def version(*command: str) -> str:
    """The first line that a program prints about its version."""
    result = subprocess.run([find(command[0]) or command[0], *command[1:]], capture_output=True, text=True)
    return ((result.stdout + result.stderr).strip().splitlines() or ["?"])[0]


def facts(folder: Path) -> dict[str, str]:
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    system = next((line.split("=", 1)[1].strip().strip('"') for line in open("/etc/os-release")
                   if line.startswith("PRETTY_NAME")), "?")
    placement = f"server on core {SERVER_CORE}, generator on core {GENERATOR_CORE}"
    if SERVER_CORE == GENERATOR_CORE:
        placement = "ONE core for server and generator together: the rates mean little"
    return {
        "processor": f"{model}, {os.cpu_count()} cores, {memory / 1048576:.0f} GiB; {placement}",
        "system": f"{system}, Linux {platform.release()}",
        "disk": f"{file_system(folder)}, 4 KiB append + fdatasync: {sync_microseconds(folder):.0f} µs (median)",
    }
