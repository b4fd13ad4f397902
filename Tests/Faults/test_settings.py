"""Settings as an operator gives them, good and bad: the whole program, from its flags, environment and files to what it does."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Mapping

from client import Client
from server import Server

SECRET = "hush-hush-hush-hush-hush-hush-hush"
BAD_USAGE = 64


def run(binary: Path, *arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], **env}
    return subprocess.run([str(binary), *arguments], capture_output=True, text=True, timeout=30, check=False, env=clean)


def test_every_fault_is_listed_before_anything_starts(binary: Path, work: Path) -> None:
    env = {
        "PORT": "http", "MONITORING_LOG_LEVEL": "loud", "LOG_RETENTION_HOURS": "0", "JWT_SECRET": "short-hush",
        "DEALHEALTH_FAILPOINT": "nowhere:1", "DATA_DIR": str(work / "data"),
    }
    for command in ("serve", "config"):
        result = run(binary, command, "--metrics-port", "65536", env=env)
        assert result.returncode == BAD_USAGE, f"{command}: {result}"
        assert result.stdout == ""
        faults = result.stderr.splitlines()
        assert len(faults) == 6, faults
        for name in ("PORT=http (environment)", "MONITORING_METRICS_PORT=65536 (--metrics-port)", "JWT_SECRET=********"):
            assert any(fault.startswith(f"dealhealth: {name}") for fault in faults), (name, faults)
        assert "hush" not in result.stderr
    assert not (work / "data").exists()


def test_config_shows_what_is_in_force_and_where_it_is_from(binary: Path, work: Path) -> None:
    (work / "secrets").mkdir()
    (work / "secrets" / "jwt_secret").write_text(SECRET + "\n")
    file = work / "settings"
    file.write_text(f"SECRETS_DIR={work}/secrets\nSERVICE_NAME='ours # of course'\nMONITORING_LOG_LEVL=debug\n")
    env = {"REDIS_URL": f"redis://me:{SECRET}@host:6379", "PORT": "8001"}
    result = run(binary, "config", "--config", str(file), "--port", "8002", env=env)
    assert result.returncode == 0, result
    shown = {line.split()[0]: line.split(maxsplit=1)[1].strip() for line in result.stdout.splitlines()}
    columns = {name: " ".join(rest.split()) for name, rest in shown.items()}
    assert columns["PORT"] == "8002 --port"
    assert columns["HOST"] == "127.0.0.1 default"
    assert columns["SERVICE_NAME"] == f"ours # of course {file}:2"
    assert columns["JWT_SECRET"].startswith(f"******** {work}/secrets/jwt_secret")
    assert columns["REDIS_URL"] == "redis://me:********@host:6379 environment, not used yet"
    assert SECRET not in result.stdout + result.stderr
    assert "MONITORING_LOG_LEVEL?" in result.stderr, result.stderr


def test_structured_lines_and_no_metrics(binary: Path, work: Path) -> None:
    env = {
        "MONITORING_ENABLE_STRUCTURED_LOGGING": "true", "MONITORING_ENABLE_PROMETHEUS_METRICS": "false",
        "MONITORING_LOG_LEVEL": "INFO", "SERVICE_NAME": "ours", "SERVICE_VERSION": "9.9", "JWT_SECRETS": SECRET,
    }
    with Server(binary, work / "data", env).start() as server:
        with Client(server.metrics_port) as operations:
            assert operations.get("/metrics").status == 404
            assert operations.get("/readyz").status == 200
            assert operations.get("/health").json()["version"] == "9.9"
        server.terminate()
        lines = [json.loads(line) for line in server.output.splitlines()]
    assert {line["service"] for line in lines} == {"ours"}
    messages = [line["message"] for line in lines]
    assert "recovered" in messages, messages
    assert any("API on http://127.0.0.1" in message for message in messages), messages
    assert any("did you mean JWT_SECRET?" in message for message in messages), messages
    assert SECRET not in server.output


def test_weaker_sources_are_nobodys_concern(binary: Path, work: Path) -> None:
    """A flag stands in for what is wrong in the environment; also in the process that verifies the log of a second start."""
    file = work / "settings"
    file.write_text(f"DATA_DIR={work}/data\n")
    env = {"PORT": "bad", "CONFIG_FILE": str(work / "missing"), "JWT_SECRET": ""}
    for _ in range(2):
        with Server(binary, work / "data", env, options=["--config", str(file)]).start() as server:
            server.terminate()
    stats = run(binary, "wal", "stats", "--config", str(file), env=env)
    assert stats.returncode == 0 and "last LSN" in stats.stdout, stats
