"""What the disk and the loopback cost without any server: the physics of this run."""

from __future__ import annotations

import os
import resource
import socket
import time
from pathlib import Path


def measure(folder: Path) -> dict[str, float]:
    """Both floors, a second or so in all."""
    return {**_fdatasync(folder, 300), **_ping_pong(10_000)}


def _quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _fdatasync(folder: Path, rounds: int) -> dict[str, float]:
    """Write 300 B and fdatasync, into a file that already has its blocks."""
    path = folder / "fdatasync.floor"
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.write(fd, bytes(300 * rounds))
        os.fsync(fd)
        record = os.urandom(300)
        waits = []
        cpu_before = _own_cpu()
        for i in range(rounds):
            start = time.perf_counter()
            os.pwrite(fd, record, 300 * i)
            os.fdatasync(fd)
            waits.append(time.perf_counter() - start)
        cpu = _own_cpu() - cpu_before
    finally:
        os.close(fd)
        path.unlink()
    return {
        "fdatasync_p50_us": _quantile(waits, 0.5) * 1e6,
        "fdatasync_p99_us": _quantile(waits, 0.99) * 1e6,
        "fdatasync_cpu_us": cpu / rounds * 1e6,
    }


def _ping_pong(rounds: int) -> dict[str, float]:
    """64 B there and back over loopback TCP between two processes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        child = os.fork()
        if child == 0:
            try:
                _echo(listener)
            finally:
                os._exit(0)
        waits = []
        with socket.create_connection(("127.0.0.1", port)) as ping:
            ping.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            message = bytes(64)
            for _ in range(rounds):
                start = time.perf_counter()
                ping.sendall(message)
                _receive(ping, 64)
                waits.append(time.perf_counter() - start)
        os.waitpid(child, 0)
    return {
        "loopback_p50_us": _quantile(waits, 0.5) * 1e6,
        "loopback_p99_us": _quantile(waits, 0.99) * 1e6,
    }


def _echo(listener: socket.socket) -> None:
    peer, _ = listener.accept()
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while data := peer.recv(64):
        peer.sendall(data)


def _receive(connection: socket.socket, size: int) -> None:
    left = size
    while left:
        data = connection.recv(left)
        if not data:
            raise ConnectionError("echo ended")
        left -= len(data)


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
