"""Requests as templates, and the closed-loop load generator (generator.c) that sends them to every contender."""

from __future__ import annotations

import itertools
import json
import random
import struct
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from machine import CompareError, GENERATOR_CORE, HERE, find, on_core

EVENT_ID, DEAL, MERCHANT = "@" * 16, "#" * 8, "&" * 3  # placeholders that the generators overwrite at each sending (load.h)
TIMEOUT_SECONDS = 700

_runs = itertools.count(1)


# MARK: templates

def event(random_source: random.Random, now: datetime) -> bytes:
    """One event in the producers' own wire format, 237 to 254 bytes: 80 % tests, 15 % verifications, 5 % tips."""
    when = now - timedelta(seconds=random_source.randrange(6 * 86_400))
    fields: dict[str, object] = {
        "promotionId": f"deal-{DEAL}",
        "timestamp": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventId": f"compare-{EVENT_ID}",
        "merchantId": MERCHANT,
    }
    works, kind = random_source.random() < 0.7, random_source.random()
    if kind < 0.80:
        fields |= {"type": "AutomatedTestResult", "success": works, "discountValue": 12.5 if works else 0,
                   "testDuration": random_source.randrange(300, 9000), "testEnvironment": "checkout/linux"}
    elif kind < 0.95:
        fields |= {"type": "CommunityVerification", "is_valid": works, "verifierId": f"user-{random_source.randrange(10**6)}",
                   "verifierReputationScore": random_source.randrange(30, 100), "verificationMethod": "manual"}
    else:
        text = "Worked for me today, 15% off the whole cart" if works else "Expired, the code was not accepted at checkout"
        fields |= {"type": "CommunityTip", "tipText": text, "userId": f"user-{random_source.randrange(10**6)}",
                   "userReputation": random_source.randrange(30, 100)}
    # The merchant is a number.
    return json.dumps(fields, separators=(",", ":")).replace(f'"{MERCHANT}"', MERCHANT).encode()


def events(count: int) -> list[bytes]:
    random_source, now = random.Random(1), datetime.now(timezone.utc)
    return [event(random_source, now) for _ in range(count)]


def filled(made: bytes) -> bytes:
    """An event with something in the place of each placeholder, for a contender that another generator sends to."""
    return made.replace(EVENT_ID.encode(), b"0" * 16).replace(DEAL.encode(), b"0" * 8).replace(MERCHANT.encode(), b"100")


def http_get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def http_post(body: bytes, content_type: str, path: str = "/v1/events") -> bytes:
    head = (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n")
    return head.encode() + body


def resp(*words: str | bytes) -> bytes:
    """One command in Redis's protocol."""
    encoded = [word.encode() if isinstance(word, str) else word for word in words]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded)


def iproto_insert(value: bytes) -> bytes:
    """Tarantool's INSERT of (event id, value) into space 512, in MessagePack."""
    header = b"\x82\x00\x02\x01\x01"  # {request type: INSERT, sync: 1}
    key = b"\xb0" + EVENT_ID.encode()   # a string of 16 bytes
    body = b"\x82\x10\xcd\x02\x00\x21\x92" + key + b"\xda" + struct.pack(">H", len(value)) + value
    return b"\xce" + struct.pack(">I", len(header) + len(body)) + header + body


# MARK: running it

@dataclass(frozen=True)
class Work:
    """What one run sends. Every batch holds `replies` requests; `items` is what the row counts in a batch."""
    batches: list[bytes]
    protocol: str  # http, resp or iproto
    connections: int
    replies: int = 1
    items: int = 1
    deals: int = 10_000


@dataclass(frozen=True)
class Sent:
    rate: float          # items a second while measuring
    items_total: int     # items of the whole run, warm-up included
    seconds_total: float # wall time of the whole run
    cpu_share: float     # of the generator's core
    p50_us: float        # latency of one batch
    p99_us: float


def compile_generator(name: str, folder: Path) -> Path:
    """The program made of one of the C files here."""
    compiler, binary = find("cc") or find("clang"), folder / name
    options = ["-D_GNU_SOURCE", "-O2", "-std=c17", "-o", str(binary), str(HERE / f"{name}.c"), "-lm"]
    if compiler is None or subprocess.run([compiler, *options]).returncode != 0:
        raise CompareError(f"could not compile {name}.c")
    return binary


def work_options(folder: Path, port: int, work: Work) -> tuple[Path, list[str]]:
    """The file of the batches, for the caller to remove, and the options that both generators share. Ids never repeat."""
    run = next(_runs)
    file = folder / f"batches-{run}"
    file.write_bytes(b"".join(struct.pack("<I", len(batch)) + batch for batch in work.batches))
    return file, ["--port", str(port), "--batches", str(file), "--connections", str(work.connections),
                  "--replies", str(work.replies), "--protocol", work.protocol,
                  "--deals", str(work.deals), "--ids-from", str(run << 40)]


class Generator:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._binary = compile_generator("generator", folder)

    def timed(self, port: int, work: Work, seconds: float, warmup: float = 1.0) -> Sent:
        return self._run(port, work, ["--seconds", str(seconds), "--warmup", str(warmup)])

    def counted(self, port: int, work: Work, items: int) -> Sent:
        if items % work.items:
            raise ValueError(f"{items} items do not divide into batches of {work.items}")
        return self._run(port, work, ["--count", str(items // work.items)])

    def _run(self, port: int, work: Work, bound: list[str]) -> Sent:
        file, options = work_options(self._folder, port, work)
        start = time.monotonic()
        try:
            result = subprocess.run([self._binary, *options, *bound], capture_output=True, text=True, timeout=TIMEOUT_SECONDS,
                                    preexec_fn=on_core(GENERATOR_CORE))
        finally:
            file.unlink()
        if result.returncode != 0:
            raise CompareError(f"the generator failed ({result.returncode}): {result.stderr.strip()}")
        report = json.loads(result.stdout)
        items_per_reply = work.items / work.replies
        return Sent(
            rate=report["replies"] * items_per_reply / report["seconds"],
            items_total=report["batches_total"] * work.items,
            seconds_total=time.monotonic() - start,
            cpu_share=report["cpu_share"],
            p50_us=report["p50_us"],
            p99_us=report["p99_us"],
        )
