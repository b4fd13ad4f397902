"""A backup holds all that was acknowledged before it began, or it is none; a restore takes whole ones only."""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Iterator

from damage import PAGE_BYTES, flip
from ledger import (
    Ledger, assert_counts_between, assert_log_holds, assert_replay_agrees, assert_state_is, assert_verified, resend,
    tags_in_log, wal)
from model import EventMaker
from server import Server, poll
from strace import require_strace
from test_full_disk import small_disk  # noqa: F401 (a fixture)
from writers import Writers

BACKUP_SECONDS = 60.0
BACKUP_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-lsn(\d+)")
KILL_ROUNDS = 6
READER_AGE = "dealhealth_log_reader_age_seconds"
# Calls by which a backup or a restore changes its directories.
CALLS = ("mkdir", "pwrite64", "sendfile", "fsync", "fdatasync", "rename", "unlink")


def backup_command(binary: Path, data: Path, folder: Path) -> list[str]:
    return [str(binary), "backup", str(folder), "--data-dir", str(data)]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=BACKUP_SECONDS, check=False)


def make_backup(binary: Path, data: Path, folder: Path) -> str:
    """What the command says; it must succeed."""
    result = run(backup_command(binary, data, folder))
    assert result.returncode == 0, f"backup: exit code {result.returncode}: {result.stderr}"
    return result.stdout


def restore(binary: Path, backup: Path, data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run([str(binary), "restore", str(backup), "--data-dir", str(data), *options])


def backups(folder: Path) -> list[Path]:
    """The folders with a finished backup's name, by position."""
    found = [path for path in folder.iterdir() if BACKUP_NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: int(BACKUP_NAME.fullmatch(path.name)[1]))


def assert_refused(result: subprocess.CompletedProcess[str], what: str, reason: str) -> None:
    assert result.returncode == 1, f"{what}: exit code {result.returncode}: {result.stdout} {result.stderr}"
    assert re.search(reason, result.stderr), f"{what}: the reason is not named: {result.stderr}"


def assert_restores(binary: Path, backup: Path, data: Path, ledger: Ledger, least: set[str]) -> None:
    """Restored and served, the backup holds `least` and nothing that was never sent, and takes the rest again.

    `ledger`: all that ever left for the server that was backed up.
    """
    result = restore(binary, backup, data)
    assert result.returncode == 0, f"restore: exit code {result.returncode}: {result.stderr}"
    assert "sent again" in result.stdout, result.stdout
    then = Ledger()
    then.sent, then.acknowledged = dict(ledger.sent), set(least)
    tags = tags_in_log(binary, data)
    assert_log_holds(then, tags)
    assert_verified(binary, data)
    assert_replay_agrees(binary, data)
    with Server(binary, data).start() as server, server.client() as client:
        assert_counts_between(client, then)
        assert_state_is(client, (then.sent[tag] for tag in tags))
        accepted, _ = resend(client, then, list(then.sent.values()))
        assert accepted == len(then.sent) - len(tags), f"{accepted} were new, {len(then.sent) - len(tags)} were missing"
        assert_state_is(client, then.sent.values())
        server.terminate()
    assert_verified(binary, data)


def filled(binary: Path, data: Path, seed: str, count: int, padding: int = 0) -> Ledger:
    """Fills a data directory and stops its server."""
    ledger = Ledger()
    with Server(binary, data).start() as server, server.client() as client:
        resend(client, ledger, EventMaker(random.Random(seed), seed, padding=padding).many(count))
        server.terminate()
    return ledger


def test_backups_beside_writers(binary: Path, work: Path, seed: str, rounds: float) -> None:
    """Several in a row while four producers write, each restored into a directory of its own."""
    folder, ledger = work / "backups", Ledger()
    before: list[set[str]] = []
    with Server(binary, work / "data").start() as server:
        with Writers(server.port, ledger, seed) as writers:
            for index in range(round(3 * rounds)):
                writers.wait_acknowledged(300 * (index + 1))
                before.append(set(ledger.acknowledged))
                make_backup(binary, work / "data", folder)
            writers.stop()
        assert set(writers.statuses) == {200}, f"beside a backup the server answered {dict(writers.statuses)}"
        server.terminate()
    assert_verified(binary, work / "data")
    made = backups(folder)
    assert len(made) == len(before), f"{len(before)} were made, {sorted(os.listdir(folder))} are there"
    assert not set(os.listdir(folder)) - {path.name for path in made}, "something is left beside the backups"
    for index, (backup, least) in enumerate(zip(made, before)):
        assert sorted(os.listdir(backup)) == ["data.mdb", "watermark"]
        verified = wal(binary, backup, "verify")
        assert verified.returncode == 0 and "whole" in verified.stdout, f"wal verify of a backup: {verified}"
        assert_restores(binary, backup, work / f"restored-{index}", ledger, least)


def test_the_newest_or_the_one_of_a_time(binary: Path, work: Path, seed: str) -> None:
    """A log that stands still is not backed up twice; a time chooses; a log or a running server is never overwritten."""
    data, folder, ledger = work / "data", work / "backups", Ledger()
    maker = EventMaker(random.Random(seed), seed)
    with Server(binary, data).start() as server, server.client() as client:
        resend(client, ledger, maker.many(50))
        make_backup(binary, data, folder)
        assert "there already" in make_backup(binary, data, folder)
        assert len(backups(folder)) == 1, "the same position was backed up twice"
        # Names are to the second.
        time.sleep(1.1)
        between = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))
        resend(client, ledger, maker.many(50))
        make_backup(binary, data, folder)
        assert_refused(restore(binary, folder, data), "restore under a server", "in use by another process")
        assert_refused(restore(binary, data, work / "none"), "restore of a log in use", "in use by another process")
        server.terminate()
    old, new = backups(folder)
    assert_refused(restore(binary, folder, data), "restore over a log", "holds a log")
    for name, source, options, expected in (
        ("newest", folder, (), new), ("of-a-time", folder, ("--at", between), old), ("by-name", old, (), old),
    ):
        result = restore(binary, source, work / name, *options)
        assert result.returncode == 0 and str(expected) in result.stdout, f"{name}: {result}"
    early = restore(binary, folder, work / "none", "--at", "2020-01-01T00:00:00Z")
    assert_refused(early, "restore of a time before all backups", "oldest backup")
    # A restored log gives positions again: the same number is not the same backup.
    time.sleep(1.1)
    with Server(binary, work / "of-a-time").start() as server, server.client() as client:
        resend(client, Ledger(), EventMaker(random.Random(seed), f"{seed}-other").many(50))
        make_backup(binary, work / "of-a-time", folder)
        server.terminate()
    assert len(backups(folder)) == 3, "another log's backup was taken for this one's"


def test_kill_at_random_moments(binary: Path, work: Path, seed: str, rounds: float) -> None:
    """A killed backup is whole or none, and the next removes what it left."""
    generator = random.Random(seed)
    data, folder = work / "data", work / "backups"
    ledger = filled(binary, data, seed, 6_000, padding=1_000)
    start = time.monotonic()
    make_backup(binary, data, work / "timed")
    seconds = time.monotonic() - start
    killed = 0
    for _ in range(round(KILL_ROUNDS * rounds)):
        process = subprocess.Popen(
            backup_command(binary, data, folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(generator.random() * seconds)
        process.kill()
        process.wait()
        for path in folder.iterdir() if folder.exists() else ():
            if path in backups(folder):
                assert_verified(binary, path)
                shutil.rmtree(path)
                continue
            killed += 1
            assert path.suffix == ".partial", f"{path.name} is neither a backup nor marked as unfinished"
            refusal = restore(binary, path, work / "refused")
            assert_refused(refusal, f"restore of {path.name}", "did not finish|no backup")
        if folder.exists():
            assert_refused(restore(binary, folder, work / "refused"), "restore of the folder", "no backup")
    assert killed > 0, "the run is void: no backup was cut short"
    assert not (work / "refused" / "data.mdb").exists()
    make_backup(binary, data, folder)
    assert len(os.listdir(folder)) == 1, f"left over: {os.listdir(folder)}"
    assert_restores(binary, folder, work / "restored", ledger, ledger.acknowledged)


def kills(command: list[str], target: Path) -> Iterator[str]:
    """Runs the command again and again, each time killed at another of its `CALLS`, and says at which.

    `target`: what it makes, removed before each run. Strace counts each kind of call by itself.
    """
    for name in CALLS:
        for count in itertools.count(1):
            shutil.rmtree(target, ignore_errors=True)
            prefix = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={name}", "-e", "signal=none"]
            result = run([*prefix, "-e", f"inject={name}:signal=KILL:when={count}", *command])
            if result.returncode != -signal.SIGKILL:
                assert result.returncode == 0, f"killed at {name} {count}: {result}"
                break
            yield f"{name} {count}"


def test_backup_killed_at_every_call(binary: Path, work: Path, seed: str) -> None:
    """Cut short between any two of its changes, a backup is whole or none."""
    require_strace()
    data, folder = work / "data", work / "backups"
    filled(binary, data, seed, 300)
    hit = 0
    for _ in kills(backup_command(binary, data, folder), folder):
        hit += 1
        for backup in backups(folder) if folder.exists() else ():
            assert_verified(binary, backup)
    assert hit > 8, f"the run is void: only {hit} calls were hit"


def test_killed_backup_holds_no_pages(binary: Path, work: Path, seed: str) -> None:
    """The server forgets the reader of a killed backup when its file grows: until then nothing it saw is reused."""
    require_strace()
    data, ledger = work / "data", Ledger()
    maker = EventMaker(random.Random(seed), seed, padding=50_000)
    with Server(binary, data).start() as server, server.client() as client:
        resend(client, ledger, maker.many(40))
        # Detached, so that the program has the pid that we know; its thread that copies is the one that writes twice.
        prefix = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=write", "-e", "signal=none"]
        process = subprocess.Popen(
            [*prefix, "-e", "inject=write:signal=KILL:when=2", *backup_command(binary, data, work / "backups")])
        assert process.wait(BACKUP_SECONDS) == -signal.SIGKILL
        pid = process.pid.to_bytes(4, "little")
        assert pid in (data / "lock.mdb").read_bytes(), "the run is void: no reader was left"
        for _ in range(10):
            resend(client, ledger, maker.many(50))
        assert pid not in (data / "lock.mdb").read_bytes(), "the reader of a killed backup still counts"
        server.terminate()


def test_backup_that_stands_still_shows_its_age(binary: Path, work: Path, seed: str) -> None:
    """The metrics tell how long a reader has kept its view, and the free pages that `wal verify` counts."""
    require_strace()
    data, ledger = work / "data", Ledger()
    maker = EventMaker(random.Random(seed), seed, padding=50_000)
    with Server(binary, data, {"RECOVERY_SECONDS_TARGET": "0"}).start() as server, server.client() as client:
        resend(client, ledger, maker.many(40))
        prefix = ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", "trace=write", "-e", "signal=none"]
        process = subprocess.Popen(
            [*prefix, "-e", "inject=write:signal=STOP:when=2", *backup_command(binary, data, work / "backups")])
        try:
            assert poll(lambda: server.metrics()[READER_AGE] > 2, 20.0, 0.2), "a reader that stands still has no age"
        finally:
            process.send_signal(signal.SIGCONT)
        assert process.wait(BACKUP_SECONDS) == 0
        assert poll(lambda: server.metrics()[READER_AGE] == 0, 10.0, 0.2), "a reader that is gone still has an age"
        resend(client, ledger, maker.many(5))
        # The log is looked at once a second.
        time.sleep(2.2)
        free = server.metrics()["dealhealth_log_free_bytes"]
        server.kill()
    pages = re.search(r"^pages: \d+ used, (\d+) free$", wal(binary, data, "verify").stdout, re.M)
    assert free == int(pages[1]) * PAGE_BYTES > 0


def test_restore_killed_at_every_call(binary: Path, work: Path, seed: str) -> None:
    """A restore that is cut short never lets a server begin an empty log, and can be repeated."""
    require_strace()
    ledger = filled(binary, work / "data", seed, 300)
    make_backup(binary, work / "data", work / "backups")
    data = work / "restored"
    command = [str(binary), "restore", str(work / "backups"), "--data-dir", str(data)]
    refused = 0
    for call in kills(command, data):
        if (data / "data.mdb.partial").exists():
            refused += 1
            with Server(binary, data).launch() as server:
                assert not server.wait_ready(), f"killed at {call}: an empty log in the place of the restored one"
                assert "data.mdb is gone" in server.output, server.describe()
        if not (data / "data.mdb").exists():
            again = run(command)
            assert again.returncode == 0, f"again, after it was killed at {call}: {again.stderr}"
        assert_verified(binary, data)
    assert refused > 0, "the run is void: no restore was cut short"
    with Server(binary, data).start() as server, server.client() as client:
        assert_state_is(client, ledger.sent.values())


def test_full_disk_leaves_no_backup(small_disk: Path, binary: Path, work: Path, seed: str) -> None:  # noqa: F811
    """No room for a copy: said so, and nothing left that takes room or looks whole; the same of a restore."""
    filled(binary, work / "data", seed, 8_000, padding=1_000)
    folder = small_disk / "backups"
    reason = "No space left.*has room"
    assert_refused(run(backup_command(binary, work / "data", folder)), "backup to a full disk", reason)
    assert os.listdir(folder) == [], "something is left"
    make_backup(binary, work / "data", work / "backups")
    result = restore(binary, work / "backups", small_disk / "restored")
    assert_refused(result, "restore to a full disk", reason)
    assert not list((small_disk / "restored").glob("data.mdb*")), "something is left"


def test_a_flipped_bit_is_refused(binary: Path, work: Path, seed: str, rounds: float) -> None:
    """Damage in a record of a backup: not restored, and not taken for a backup of this position."""
    generator = random.Random(seed)
    ledger = filled(binary, work / "data", seed, 300)
    make_backup(binary, work / "data", work / "backups")
    [backup] = backups(work / "backups")
    content = (backup / "data.mdb").read_bytes()
    for index, event in enumerate(generator.sample(list(ledger.sent.values()), round(5 * rounds))):
        offset = content.index(event.text) + generator.randrange(len(event.text))
        bit = generator.randrange(8)
        flip(offset, bit)(backup)
        assert_refused(restore(binary, backup, work / f"restored-{index}"), f"flip at {offset}", "not whole")
        assert not (work / f"restored-{index}" / "data.mdb").exists()
        again = run(backup_command(binary, work / "data", work / "backups"))
        assert_refused(again, "backup beside a damaged one", "no longer whole")
        flip(offset, bit)(backup)
    cut = (backup / "data.mdb").stat().st_size - PAGE_BYTES
    os.truncate(backup / "data.mdb", cut)
    assert_refused(restore(binary, backup, work / "restored"), "a backup cut short", "not whole")


def test_a_damaged_log_gives_no_backup(binary: Path, work: Path, seed: str) -> None:
    """What is copied is read back: a log with a flipped bit is not passed on as whole."""
    ledger = filled(binary, work / "data", seed, 300)
    content = (work / "data/data.mdb").read_bytes()
    event = random.Random(seed).choice(list(ledger.sent.values()))
    # Pages no longer used may hold it, too.
    for found in re.finditer(re.escape(event.text), content):
        flip(found.start() + 5, 2)(work / "data")
    result = run(backup_command(binary, work / "data", work / "backups"))
    assert_refused(result, "backup of a damaged log", "not whole.*wal verify")
    assert os.listdir(work / "backups") == [], "a damaged copy is left"
