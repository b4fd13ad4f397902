"""Proves that the suite can fail: plants one bug at a time in a copy of the program, and expects the tests to catch it.

    python3 Tests/Faults/seeded_bugs.py [--only NAME …] [--check] [--scratch DIR] [--configuration debug|release]

Runs on demand: each bug is a build. The scratch folder is kept between bugs (and runs, with `--scratch`), so that each build
is incremental. `--check` only looks whether every text to replace is still there, exactly once.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
COPIED = ("Package.swift", "Package.resolved", "Sources", "Tests/PowerLoss")
PRODUCTS = ("dealhealth", "power-loss-judge")
BUILD_SECONDS = 3_600
TEST_SECONDS = 900


@dataclass(frozen=True)
class Bug:
    """One change of one file, and the tests that ought to notice."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


BUGS = (
    Bug(
        "acknowledge before commit", "DealHealthEngine/Engine.swift",
        "            try await pipeline.waitUntilApplied(ticket)\n            receipt.lsn = ticket.lsn",
        "            receipt.lsn = ticket.lsn",
        ("test_kill.py::test_kill_at_random_moments", "test_slow_disk.py::test_nothing_shows_before_it_is_durable",
         "test_power_loss.py::test_power_loss_at_write_boundaries")),
    Bug(
        "remembered ids not restored", "DealHealthEngine/Recovery/Recovery.swift",
        "        if case .unknown = remembered.lookup(event.identity, content: event.content) { remembered.insert(event) }\n",
        "", ("test_kill.py::test_kill_at_random_moments",)),
    Bug(
        "remembered ids not checkpointed", "DealHealthEngine/Checkpoints/CheckpointSlice.swift",
        "            chunks.append((minute, RememberedEventChunk.encode(run)))",
        "            if minute == 0 { chunks.append((minute, RememberedEventChunk.encode(run))) }",
        ("test_kill.py::test_kill_at_random_moments", "test_kill.py::test_kill_while_the_log_is_truncated")),
    Bug(
        "record checksum not checked", "DealHealthCore/Codec/LogRecord.swift",
        "        guard CRC32C.checksum(bytes.slice(4, bytes.count - 4)) == checksum else {",
        "        guard bytes.count >= 4 else {", ("test_bit_flips.py::test_single_bit_flips",)),
    Bug(
        "no latch: a failed sync is like a full disk", "DealHealthWAL/LMDBLog.swift",
        "            throw LogError(error.isDiskFull ? .diskFull : .failed, error.description)",
        "            throw LogError(.diskFull, error.description)", ("test_disk_errors.py",)),
    Bug(
        "MDB_NOSYNC", "DealHealthWAL/LMDB/Environment.swift",
        "        let flags = UInt32(MDB_NOTLS) |", "        let flags = UInt32(MDB_NOTLS) | UInt32(MDB_NOSYNC) |",
        ("test_power_loss.py::test_power_loss_at_write_boundaries", "test_sync_order.py")),
    Bug(
        "MDB_NOMETASYNC", "DealHealthWAL/LMDB/Environment.swift",
        "        let flags = UInt32(MDB_NOTLS) |", "        let flags = UInt32(MDB_NOTLS) | UInt32(MDB_NOMETASYNC) |",
        ("test_power_loss.py::test_power_loss_at_write_boundaries", "test_sync_order.py")),
    Bug(
        "no flock", "DealHealthWAL/Files/DataDirectory.swift",
        "        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {", "        guard descriptor >= 0 else {",
        ("test_one_process.py",)),
    Bug(
        "published before it is durable", "DealHealthEngine/Shards/PartitionState.swift",
        "        staged[slot] = after\n",
        "        staged[slot] = after\n        if Int(slot) < table.count { table.publish(after, at: Int(slot)) }\n",
        ("test_slow_disk.py::test_nothing_shows_before_it_is_durable",)),
    Bug(
        "admission without bound", "DealHealthEngine/Pipeline/CommitPipeline.swift",
        "            guard state.admittedEvents + events <= Limits.admittedEventsMax,\n"
        "                state.admittedBytes + bytes <= Limits.admittedBytesMax\n",
        "            guard events >= 0,\n                bytes >= 0\n", ("test_slow_disk.py::test_the_queue_is_bounded",)),
    Bug(
        "truncation past the checkpoint", "DealHealthWAL/LogStore+Writing.swift",
        "current.integerKey < last, LSN(current.integerKey) <= truncation.notPast",
        "current.integerKey < last",
        ("test_retention.py::test_nothing_is_truncated_before_it_is_checkpointed",)),
    Bug(
        "watermark not written", "DealHealthWAL/LMDBLog.swift",
        "            try writer.watermark.write(Watermark(lsn: batch.lastLSN, checksum: batch.lastChecksum))",
        "            _ = batch.lastChecksum", ("test_torn_file.py::test_a_vanished_tail_is_refused",)),
    Bug(
        "opened without verifying", "DealHealthWAL/LMDBLog.swift",
        "            try options.verify(path)\n", "            _ = options.verify\n",
        ("test_torn_file.py::test_cut_anywhere_in_the_tail", "test_torn_file.py::test_cut_to_almost_nothing")),
    Bug(
        "directory not synced", "DealHealthWAL/LMDBLog.swift",
        "        try directory.sync()\n", "", ("test_sync_order.py::test_the_directory_is_synced_when_it_is_made",)),
    Bug(
        "a watermark before the data file's name is sure", "DealHealthWAL/LMDBLog.swift",
        "        try directory.sync()\n        try watermark.write(Watermark(lsn: bounds.last, checksum: bounds.lastChecksum))\n",
        "        try watermark.write(Watermark(lsn: bounds.last, checksum: bounds.lastChecksum))\n        try directory.sync()\n",
        ("test_power_loss.py::test_power_loss_during_the_first_start",)),
    Bug(
        "a creation torn by a power loss is refused", "DealHealthWAL/LMDBLog.swift",
        "        try directory.removeUnfinishedLog()\n", "",
        ("test_power_loss.py::test_power_loss_during_the_first_start",)),
    Bug(
        "a full disk is fatal", "DealHealthWAL/LMDB/LMDBError.swift",
        "        code == ENOSPC || code == EDQUOT", "        code == EDQUOT", ("test_full_disk.py",)),
    Bug(
        "a backup has its name before it is whole", "DealHealthWAL/Backup/Backup.swift",
        "Z\\(partialSuffix)\"", "Z\\(lsnMark)1\"", ("test_backup.py::test_kill_at_random_moments",)),
    Bug(
        "a backup is not verified", "DealHealthWAL/Backup/BackupFolder.swift",
        "LogVerifier.verifyWhole(directory: partial,", "LogVerifier.verify(directory: partial,",
        ("test_backup.py::test_a_damaged_log_gives_no_backup",)),
    Bug(
        "unfinished backups are left", "DealHealthWAL/Backup/BackupFolder.swift",
        "        try removePartials()\n", "", ("test_backup.py::test_kill_at_random_moments",)),
    Bug(
        "a backup is known by its position alone", "DealHealthWAL/Backup/BackupFolder.swift",
        "found.watermark == end,", "found.watermark.lsn == end.lsn,",
        ("test_backup.py::test_the_newest_or_the_one_of_a_time",)),
    Bug(
        "a backup is restored unverified", "DealHealthWAL/Backup/Backup+Restore.swift",
        "LogVerifier.verifyWhole(directory: path,", "LogVerifier.verify(directory: path,",
        ("test_backup.py::test_a_flipped_bit_is_refused",)),
    Bug(
        "no watermark before a restored log", "DealHealthWAL/Backup/Backup+Restore.swift",
        "        try watermark.write(Watermark(lsn: report.bounds.last, checksum: report.bounds.lastChecksum))\n",
        "        if path.isEmpty {\n            try watermark.write(Watermark(lsn: .zero, checksum: 0))\n        }\n",
        ("test_backup.py::test_restore_killed_at_every_call",)),
    Bug(
        "the reader of a killed backup is kept", "DealHealthWAL/LogStore.swift",
        "        try? environment.removeDeadReaders()\n", "", ("test_backup.py::test_killed_backup_holds_no_pages",)),
)


def check(bugs: list[Bug]) -> list[str]:
    """What stands between the bugs and the sources as they are."""
    problems = []
    for bug in bugs:
        path = REPOSITORY / "Sources" / bug.file
        count = path.read_text().count(bug.old) if path.exists() else 0
        if count != 1:
            problems.append(f"{bug.name}: the text to replace stands {count} times in {bug.file}: {bug.old.strip()[:90]!r}")
    return problems


def copy_sources(target: Path) -> None:
    """Brings the copy to what the repository holds; unchanged files keep their time, for an incremental build."""
    for name in COPIED:
        source = REPOSITORY / name
        files = [source] if source.is_file() else [path for path in source.rglob("*") if path.is_file()]
        for path in files:
            place = target / path.relative_to(REPOSITORY)
            if not place.exists() or place.read_bytes() != path.read_bytes():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
    for path in (target / "Sources").rglob("*"):
        if path.is_file() and not (REPOSITORY / path.relative_to(target)).exists():
            path.unlink()
    # The package names its tests; a build of the product does not read them, but the manifest wants the folders.
    for folder in (REPOSITORY / "Tests").iterdir():
        if folder.is_dir():
            (target / "Tests" / folder.name).mkdir(parents=True, exist_ok=True)


def build(target: Path, configuration: str) -> tuple[Path | None, str]:
    """The program built in `target`, or None and the end of the compiler's output."""
    for product in PRODUCTS:
        command = ["swift", "build", "-c", configuration, "--product", product, "--package-path", str(target)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
        if result.returncode != 0:
            return None, (result.stdout + result.stderr)[-2_000:]
    return target / ".build" / configuration / "dealhealth", ""


def run_tests(binary: Path, tests: tuple[str, ...]) -> tuple[bool, str]:
    """Whether all tests pass, and the names of those that fail."""
    paths = [str(Path(__file__).parent / test) for test in tests]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "--tb=line", "-p", "no:cacheprovider", *paths, "--binary", str(binary)],
        capture_output=True, text=True, timeout=TEST_SECONDS, check=False, cwd=REPOSITORY,
        env={**os.environ, "FAULT_ROUNDS": os.environ.get("FAULT_ROUNDS", "1")})
    if result.returncode not in (0, 1):
        raise RuntimeError(f"pytest could not run: {result.stdout[-1_500:]}{result.stderr[-500:]}")
    failed = re.findall(r"^FAILED \S*?::(\S+)", result.stdout, re.MULTILINE)
    return result.returncode == 0, ", ".join(failed)


def run_bug(bug: Bug, target: Path, configuration: str) -> tuple[bool, str]:
    """Whether the bug was caught, and by what."""
    copy_sources(target)
    path = target / "Sources" / bug.file
    text = path.read_text()
    assert text.count(bug.old) == 1, f"{bug.name}: the text to replace is not there exactly once"
    path.write_text(text.replace(bug.old, bug.new))
    binary, output = build(target, configuration)
    if binary is None:
        raise RuntimeError(f"{bug.name}: does not build, so it proves nothing:\n{output}")
    passed, failed = run_tests(binary, bug.tests)
    return not passed, failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[], help="names of bugs, or parts of them")
    parser.add_argument("--check", action="store_true", help="only look whether the texts to replace are there")
    parser.add_argument("--scratch", type=Path, help="a folder to keep for the next run")
    parser.add_argument("--configuration", choices=("debug", "release"), default="release")
    options = parser.parse_args()
    bugs = [bug for bug in BUGS if not options.only or any(part in bug.name for part in options.only)]
    if problems := check(bugs):
        print("\n".join(problems), file=sys.stderr)
        return 2
    if options.check:
        print(f"{len(bugs)} bugs, every text to replace is there")
        return 0
    target = options.scratch or Path(tempfile.mkdtemp(prefix="dealhealth-seeded-"))
    target.mkdir(parents=True, exist_ok=True)
    print(f"| {'bug':<45} | {'caught by':<70} | seconds |\n|{'-' * 47}|{'-' * 72}|---------|", flush=True)
    missed = 0
    try:
        for bug in bugs:
            start = time.monotonic()
            is_caught, by = run_bug(bug, target, options.configuration)
            missed += not is_caught
            print(
                f"| {bug.name:<45} | {by if is_caught else '**not caught**':<70} | {time.monotonic() - start:>7.0f} |",
                flush=True)
    finally:
        if options.scratch is None:
            shutil.rmtree(target, ignore_errors=True)
    print(f"{len(bugs) - missed} of {len(bugs)} caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
