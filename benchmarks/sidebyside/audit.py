"""Counts the syncs behind a put, so that equal durability is seen and not assumed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable

_CALLS = "fsync,fdatasync,sync_file_range,msync,syncfs"
_ROW = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$")


def parse_counts(text: str) -> dict[str, int]:
    """Calls per name from the table of strace -c."""
    counts = {}
    for line in text.splitlines():
        match = _ROW.match(line)
        if match and match[2] != "total":
            counts[match[2]] = int(match[1])
    return counts


def syncs(pids: list[int], folder: Path, load: Callable[[], None]) -> dict[str, int] | None:
    """Sync calls of the processes while the load runs; None where strace cannot attach."""
    strace = shutil.which("strace")
    if strace is None:
        return None
    table = folder / "strace.txt"
    said = folder / "strace.err"
    with said.open("wb") as errors:
        tracer = subprocess.Popen(
            [strace, "-f", "-c", "-e", f"trace={_CALLS}", "-o", str(table)]
            + [arg for pid in pids for arg in ("-p", str(pid))],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    try:
        deadline = time.monotonic() + 5
        while b"attached" not in said.read_bytes():
            if tracer.poll() is not None or time.monotonic() > deadline:
                return None
            time.sleep(0.05)
        load()
    finally:
        if tracer.poll() is None:
            tracer.send_signal(signal.SIGINT)
        tracer.wait(30)
    return parse_counts(table.read_text())


def group_pids(group: int) -> list[int]:
    """The live processes of a process group."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if os.getpgid(int(entry)) == group:
                    found.append(int(entry))
            except ProcessLookupError:
                continue  # ended meanwhile
    return found
