"""TLS on the API's listener, as clients and operators meet it: handshakes good and bad, both lanes, HTTP/2, a certificate renewed under
connections, and the bounds that plain connections have."""

from __future__ import annotations

import json
import random
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Iterator

import pytest

from client import Client
from model import EventMaker
from raw import DESCRIPTORS, RawConnection, get, open_files, post, read_of
from server import StartRefused, Server, poll

BAD_USAGE = 64
# `ServerLimits.handshakeTimeout`, and room.
HANDSHAKE_SECONDS = 13.0
RELOAD_SECONDS = 10.0
DRAIN_SECONDS = 10.0


def make_certificate(directory: Path) -> tuple[Path, Path]:
    """A new certificate for 127.0.0.1 that signs itself, and its key."""
    directory.mkdir(exist_ok=True)
    chain, key = directory / "chain.pem", directory / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(key), "-out", str(chain)],
        check=True, capture_output=True)
    return chain, key


class TLSServer(Server):
    """A server whose API is behind TLS; its readiness is asked of the operations listener."""

    def __init__(self, binary: Path, work: Path, env: dict[str, str] | None = None, prefix: tuple[str, ...] = ()) -> None:
        self.chain, self.key = make_certificate(work / "tls")
        files = {"TLS_CERTIFICATE_FILE": str(self.chain), "TLS_KEY_FILE": str(self.key)}
        super().__init__(binary, work / "data", {**files, **(env or {})}, prefix)

    def wait_ready(self, seconds: float = 20.0) -> bool:
        with Client(self.metrics_port, timeout=2.0) as operations:
            def is_ready() -> bool:
                try:
                    return operations.get("/readyz").status == 200
                except Exception:
                    return not self.is_running
            return poll(is_ready, seconds) and self.is_running

    def context(self, alpn: str = "http/1.1") -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.chain))
        context.set_alpn_protocols([alpn])
        return context

    def connect(self, context: ssl.SSLContext | None = None, timeout: float = 10.0) -> TLSConnection:
        return TLSConnection(self.port, context or self.context(), timeout)

    def serial(self) -> str:
        """The serial number of the certificate that a new connection is shown."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with self.connect(context) as connection:
            certificate = connection.socket.getpeercert(binary_form=True)
        text = subprocess.run(
            ["openssl", "x509", "-inform", "DER", "-noout", "-serial"], input=certificate, check=True, capture_output=True)
        return text.stdout.decode()


class TLSConnection(RawConnection):
    def __init__(self, port: int, context: ssl.SSLContext, timeout: float = 10.0) -> None:
        super().__init__(port, timeout)
        try:
            self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")
        except BaseException:
            self.socket.close()
            raise


def curl(server: TLSServer, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["curl", "--silent", "--show-error", "--max-time", "20", "--cacert", str(server.chain), *arguments],
        capture_output=True, timeout=30, check=False)


@pytest.fixture(scope="module")
def server(binary: Path, module_work: Path) -> Iterator[TLSServer]:
    with TLSServer(binary, module_work).start() as server:
        maker = EventMaker(random.Random(1), "tls")
        with server.connect() as connection:
            for index in range(20):
                connection.send(post("/v1/events", maker.make(f"deal-{index}").text))
                assert connection.replies(1)[0].status == 200
        yield server
        assert server.is_running, server.describe()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_both_lanes_on_a_kept_connection(server: TLSServer, version: ssl.TLSVersion) -> None:
    context = server.context()
    context.minimum_version = context.maximum_version = version
    with server.connect(context) as connection:
        assert connection.socket.selected_alpn_protocol() == "http/1.1"
        for _ in range(5):
            for request in [read_of("deal-3"), get("/v1/deals?limit=5"), get("/v1/deals/deal-3/history")]:
                connection.send(request)
                (reply,) = connection.replies(1)
                assert reply.status == 200, str(reply)
                assert reply.headers["strict-transport-security"].startswith("max-age="), reply.headers


def test_older_versions_are_refused(server: TLSServer) -> None:
    for version in ("1.0", "1.1"):
        # Level 0: the client itself would not offer them else.
        result = curl(
            server, "--tls-max", version, "--tlsv1.0", "--ciphers", "DEFAULT@SECLEVEL=0",
            f"https://127.0.0.1:{server.port}/livez")
        assert result.returncode == 35, f"TLS {version}: {result}"
        assert b"protocol version" in result.stderr, f"void: {result}"


def test_a_thousand_pipelined_reads(server: TLSServer) -> None:
    expected = [f"deal-{index % 20}" for index in range(1_000)]
    with server.connect() as connection:
        connection.send(b"".join(read_of(deal) for deal in expected))
        replies = connection.replies(len(expected))
    assert [reply.json()["deal_id"] for reply in replies] == expected


def test_requests_split_anywhere(server: TLSServer, seed: str) -> None:
    """Records that end anywhere, and a mix of the lanes: the answers are the same and in order."""
    generator = random.Random(seed)
    requests = [read_of("deal-1"), get("/v1/deals?limit=1"), read_of("nobody"), post("/v1/deals/health", b'{"deal_ids":["deal-2"]}')] * 20
    input = b"".join(requests)
    with server.connect() as connection:
        start = 0
        while start < len(input):
            end = start + generator.randint(1, 200)
            connection.send(input[start:end])
            start = end
        assert [reply.status for reply in connection.replies(len(requests))] == [200, 200, 404, 200] * 20


def test_close_and_half_close(server: TLSServer) -> None:
    with server.connect() as connection:
        connection.send(get("/v1/deals").replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert connection.replies(2)[0].headers["connection"] == "close"
        assert connection.is_ended()
    with server.connect() as connection:
        connection.send(read_of("deal-1") + get("/v1/deals"))
        socket.socket.shutdown(connection.socket, socket.SHUT_WR)
        connection.is_ended()


def test_http2(server: TLSServer, work: Path) -> None:
    """Reads, events and refusals; several requests on one connection."""
    if b"HTTP2" not in subprocess.run(["curl", "--version"], capture_output=True, check=True).stdout:
        pytest.skip("curl without HTTP/2")
    base = f"https://127.0.0.1:{server.port}"
    paths = [*(f"/v1/deals/deal-{index}/health" for index in range(20)), "/v1/deals", "/nowhere"]
    arguments = [part for path in paths for part in ("-o", "/dev/null", f"{base}{path}")]
    result = curl(server, "--http2", "--parallel", "-w", "%{http_version} %{http_code} %{num_connects}\n", *arguments)
    assert result.returncode == 0, result
    assert Counter(line[:5] for line in result.stdout.decode().splitlines()) == {"2 200": 21, "2 404": 1}
    event = EventMaker(random.Random(2), "http2").make("deal-of-http2").text
    reply = curl(server, "--http2", "-H", "Content-Type: application/json", "--data-binary", event.decode(), f"{base}/v1/events")
    assert json.loads(reply.stdout)["accepted"] == 1, reply
    # An answer that ends HTTP/1.1 connections must not carry their field.
    large = work / "large"
    large.write_bytes(bytes(2 << 20))
    refused = curl(
        server, "--http2", "-i", "-H", "Content-Type: application/json", "--data-binary", f"@{large}", f"{base}/v1/events")
    assert refused.stdout.startswith(b"HTTP/2 413"), refused
    assert b"\nconnection:" not in refused.stdout.lower()


def test_what_is_no_tls_is_closed(server: TLSServer) -> None:
    for garbage in [get("/livez"), bytes(1_000), b"\x16\x03\x01\xff\xff" + bytes(70_000)]:
        with RawConnection(server.port) as connection:
            try:
                connection.send(garbage)
                while data := connection.socket.recv(1 << 16):
                    assert not data.startswith(b"HTTP/"), data
            except ConnectionError:
                pass
    with server.connect() as connection:
        connection.send(read_of("deal-1"))
        assert connection.replies(1)[0].status == 200


def test_a_silent_handshake_is_cut(server: TLSServer) -> None:
    silent = RawConnection(server.port, timeout=HANDSHAKE_SECONDS)
    halting = RawConnection(server.port, timeout=HANDSHAKE_SECONDS)
    hello = ssl.MemoryBIO()
    try:
        server.context().wrap_bio(ssl.MemoryBIO(), hello, server_hostname="127.0.0.1").do_handshake()
    except ssl.SSLWantReadError:
        pass
    halting.send(hello.read()[:-1])
    with silent, halting:
        assert silent.is_ended() and halting.is_ended()


def test_http2_that_never_asks_is_cut(server: TLSServer, rounds: float) -> None:
    """Idle for too long, and deaf to being told to go."""
    if rounds < 2:
        pytest.skip("takes a minute: run it with FAULT_ROUNDS=2")
    with server.connect(server.context("h2"), timeout=HTTP2_IDLE_SECONDS) as connection:
        assert connection.socket.selected_alpn_protocol() == "h2"
        connection.send(HTTP2_START)
        assert (GOAWAY, NO_ERROR) in _frames(connection)


def test_rapid_reset_ends_the_connection(server: TLSServer) -> None:
    """Requests that are reset at once, again and again (CVE-2023-44487)."""
    # `:method GET`, `:scheme https`, `:path /`, `:authority a`, without Huffman coding (RFC 7541).
    block = bytes([0x82, 0x87, 0x84, 0x41, 1]) + b"a"
    with server.connect(server.context("h2")) as connection:
        connection.send(HTTP2_START)
        try:
            for stream in range(1, 2_001, 2):
                number = stream.to_bytes(4, "big")
                connection.send(
                    len(block).to_bytes(3, "big") + bytes([HEADERS, 5]) + number + block
                    + bytes([0, 0, 4, RST_STREAM, 0]) + number + (8).to_bytes(4, "big"))
        except (ConnectionError, ssl.SSLError):
            pass
        frames = _frames(connection)
        assert (GOAWAY, ENHANCE_YOUR_CALM) in frames, frames


# The client's preface and its empty SETTINGS, frame types and error codes (RFC 9113 §3.4, §6, §7).
HTTP2_START = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])
HEADERS, RST_STREAM, GOAWAY = 1, 3, 7
NO_ERROR, ENHANCE_YOUR_CALM = 0, 11
# `ServerLimits.idleTimeout`, and room.
HTTP2_IDLE_SECONDS = 66.0


def _frames(connection: TLSConnection) -> list[tuple[int, int]]:
    """All frames until the server closes: types and, of GOAWAY, error codes, else 0. Throws `TimeoutError` when it does not close."""
    input = bytearray()
    try:
        while data := connection.socket.recv(1 << 16):
            input += data
    except (ConnectionError, ssl.SSLError) as error:
        if isinstance(error, TimeoutError):
            raise
    found = []
    while len(input) >= 9:
        count = int.from_bytes(input[:3], "big")
        payload = input[9 : 9 + count]
        found.append((input[3], int.from_bytes(payload[4:8], "big") if input[3] == GOAWAY else 0))
        del input[: 9 + count]
    return found


def test_renewed_certificate(binary: Path, work: Path) -> None:
    """A new one is shown within seconds, connections go on, and what is wrong is not put in force."""
    with TLSServer(binary, work).start() as server:
        before = server.serial()
        with server.connect() as kept:
            server.chain.write_text("no certificate")
            assert poll(lambda: "cannot be used" in server.output, RELOAD_SECONDS, 0.2), server.describe()
            assert server.serial() == before
            chain, key = make_certificate(work / "renewed")
            shutil.copy(key, server.key)
            shutil.copy(chain, server.chain)
            assert poll(lambda: server.serial() != before, RELOAD_SECONDS, 0.2), server.describe()
            kept.send(get("/v1/deals"))
            assert kept.replies(1)[0].status == 200
        with server.connect() as connection:
            connection.send(read_of("nobody"))
            assert connection.replies(1)[0].status == 404
        server.terminate()


def test_faulty_files_refuse_the_start(binary: Path, work: Path) -> None:
    chain, key = make_certificate(work / "one")
    _, other_key = make_certificate(work / "other")
    for certificate_file, key_file, said in [
        (work / "nowhere", key, "TLS_CERTIFICATE_FILE="), (chain, work / "nowhere", "TLS_KEY_FILE="),
        (key, key, "certificate file"), (chain, chain, "key file"), (chain, other_key, "do not belong together"),
    ]:
        files = {"TLS_CERTIFICATE_FILE": str(certificate_file), "TLS_KEY_FILE": str(key_file)}
        with Server(binary, work / "data", files) as server, pytest.raises(StartRefused):
            server.start()
        lines = [line for line in server.output.splitlines() if line.startswith("dealhealth:")]
        assert server.exit_code == BAD_USAGE and len(lines) == 1 and said in lines[0] and "TLS_" in lines[0], server.describe()
    assert not (work / "data").exists()


def test_connections_beyond_the_limit_are_closed(binary: Path, work: Path) -> None:
    limit = ("prlimit", "--nofile=400:400")
    with TLSServer(binary, work, prefix=limit).start() as server, open_files(DESCRIPTORS):
        context = server.context()
        taken, refused = [], 0
        for _ in range(300):
            try:
                taken.append(server.connect(context))
            except (OSError, ssl.SSLError):
                refused += 1
        assert taken and refused, f"void: {len(taken)} taken, {refused} refused"
        assert server.metrics()["dealhealth_connections_refused_total"] == refused
        for connection in taken:
            connection.send(read_of("nobody"))
            assert connection.replies(1)[0].status == 404
            connection.socket.close()
        assert poll(lambda: server.metrics()["dealhealth_connections"] == 0, 10.0)
        with server.connect(context) as connection:
            connection.send(get("/livez"))
            assert connection.replies(1)[0].status == 200


def test_stop_while_connections_are_open(binary: Path, work: Path) -> None:
    """Idle ones of both protocols, one halfway through its handshake, one that halts in a request: none of them holds the exit up."""
    with TLSServer(binary, work).start() as server:
        idle = server.connect()
        idle.send(read_of("nobody"))
        assert idle.replies(1)[0].status == 404
        http2 = server.connect(server.context("h2"))
        http2.send(HTTP2_START)
        silent = RawConnection(server.port)
        halting = server.connect()
        halting.send(get("/v1/deals")[:-2])
        start = time.monotonic()
        server.signal(signal.SIGTERM)
        code = server.wait(DRAIN_SECONDS)
        print(f"took {time.monotonic() - start:.2f} s")
        assert code == 0, server.describe()
        for connection in (idle, http2, silent, halting):
            connection.socket.close()
