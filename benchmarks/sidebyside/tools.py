"""Runs etcd's own programs: the load tool, and etcdctl for what must be known between loads."""

from __future__ import annotations

import json
import os
import secrets
import string
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from . import toolout
from .cpu import Account
from .servers import ServerFailed, Side, child_setup


class LoadFailed(Exception):
    """The tool could not finish its load."""


@dataclass(frozen=True)
class Programs:
    """The binaries of a run."""

    peer: Path
    store: Path
    benchmark: Path
    etcdctl: Path

    def missing(self) -> list[str]:
        return [str(p) for p in vars(self).values() if not os.access(p, os.X_OK)]


def version(binary: Path) -> str:
    """The first line a server prints about itself."""
    try:
        answer = subprocess.run(
            [str(binary), "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        return "unknown"
    lines = answer.stdout.strip().splitlines()
    return lines[0] if lines else "unknown"


def run_load(
    program: Path,
    args: list[str],
    account: Account,
    core: int | None,
    timeout: float,
    check: Callable[[], None] = lambda: None,
) -> list[toolout.ToolReport]:
    """Runs the load tool to its end. Its CPU goes to the account.

    The tool retries for ever where nobody listens, so `check` is called meanwhile: it raises when
    the server has ended.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [str(program), *args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            preexec_fn=child_setup(account.join(), core),
        )
        account.track(process.pid)
        try:
            output = _await(process, timeout, check)
        except subprocess.TimeoutExpired:
            raise LoadFailed(f"{args[4]} did not end within {timeout:.0f} s") from None
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
        reports = toolout.parse(output.decode("utf-8", "replace"))
        if process.returncode != 0 or not reports:
            errors.seek(max(0, errors.seek(0, os.SEEK_END) - 400))
            said = errors.read().decode("utf-8", "replace").strip()
            raise LoadFailed(f"{args[4]} ended with {process.returncode}: {said}")
        return reports


def _await(process: subprocess.Popen, timeout: float, check: Callable[[], None]) -> bytes:
    deadline = time.monotonic() + timeout
    while True:
        left = deadline - time.monotonic()
        try:
            return process.communicate(timeout=max(0.0, min(1.0, left)))[0]
        except subprocess.TimeoutExpired:
            check()
            if left <= 1.0:
                raise


class Etcdctl:
    def __init__(self, program: Path) -> None:
        self._program = program

    def await_ready(self, side: Side, seconds: float) -> str:
        """Waits for a linearizable read; returns the endpoint to load, with three the leader's."""
        deadline = time.monotonic() + seconds
        said = ""
        while time.monotonic() < deadline:
            side.check()
            done = self._run(side.endpoints[:1], "--command-timeout=3s", "get", "bench/ready")
            if done.returncode == 0:
                leader = self._leader(side)
                if leader:
                    return leader
            said = done.stderr.strip()[-300:]
            time.sleep(0.1)
        raise ServerFailed(f"{side.name} is not ready after {seconds:.0f} s: {said}")

    def _leader(self, side: Side) -> str | None:
        if len(side.members) == 1:
            return side.endpoints[0]
        done = self._run(side.endpoints, "--command-timeout=3s", "endpoint", "status", "-w", "json")
        return leader_of(done.stdout, len(side.members)) if done.returncode == 0 else None

    def put_present(self, endpoint: str, key: str, size: int) -> None:
        """Puts the key that point reads ask for."""
        alphabet = string.ascii_letters + string.digits
        value = "".join(secrets.choice(alphabet) for _ in range(size))
        done = self._run([endpoint], "put", key, value)
        if done.returncode != 0:
            raise LoadFailed(f"cannot put the key to read: {done.stderr.strip()[-300:]}")

    def count(self, endpoint: str, first: str, end: str) -> int:
        done = self._run(
            [endpoint], "--command-timeout=30s", "get", first, end, "--count-only", "-w", "fields"
        )
        if done.returncode != 0:
            raise LoadFailed(f"cannot count: {done.stderr.strip()[-300:]}")
        return count_of(done.stdout)

    def _run(self, endpoints: list[str], *args: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(self._program), "--endpoints=" + ",".join(endpoints), *args],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=120,
            check=False,
        )


def count_of(fields: str) -> int:
    """The count in what etcdctl prints with `-w fields`."""
    for line in fields.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == '"Count"':
            return int(value)
    raise LoadFailed("etcdctl printed no count")


def leader_of(status_json: str, members: int) -> str | None:
    """The endpoint that is the leader in the eyes of all members; None while they disagree."""
    entries = json.loads(status_json)
    leaders = {e["Status"].get("leader", 0) for e in entries}
    if len(entries) != members or len(leaders) != 1:
        return None
    for entry in entries:
        if entry["Status"]["header"]["member_id"] in leaders:
            return entry["Endpoint"]
    return None
