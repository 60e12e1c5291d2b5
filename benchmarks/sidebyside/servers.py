"""Starts, pauses, resumes and stops the servers of one side."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .cpu import Account

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class ServerFailed(Exception):
    """A server did not start, did not answer, or ended on its own."""


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()


def child_setup(enter_account: Callable[[], None], core: int | None) -> Callable[[], None]:
    """For the child between fork and exec: its CPU account, its core, and to die with the runner."""

    def setup() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        enter_account()
        if core is not None:
            os.sched_setaffinity(0, {core})

    return setup


def flags(name: str, data: Path, client: int, peer: int, cluster: str) -> list[str]:
    """etcd's flags, the same for both sides: defaults, that is, every write synced before its
    answer, and a quota that a million keys do not meet."""
    return [
        f"--name={name}",
        f"--data-dir={data}",
        f"--listen-client-urls=http://127.0.0.1:{client}",
        f"--advertise-client-urls=http://127.0.0.1:{client}",
        f"--listen-peer-urls=http://127.0.0.1:{peer}",
        f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
        f"--initial-cluster={cluster}",
        "--initial-cluster-state=new",
        "--initial-cluster-token=side-by-side",
        "--quota-backend-bytes=8589934592",
        "--log-level=warn",
    ]


@dataclass
class Member:
    name: str
    endpoint: str
    process: subprocess.Popen
    log: Path

    def signal(self, number: int) -> None:
        """To the whole process group: a launcher may keep a child."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            pass


class Side:
    """One or three members of one implementation. Confined to the runner's thread."""

    def __init__(
        self, name: str, binary: Path, folder: Path, account: Account, core: int | None = None
    ) -> None:
        self.name = name
        self.account = account
        self._binary = binary
        self._folder = folder
        self._core = core
        self.members: list[Member] = []

    @property
    def endpoints(self) -> list[str]:
        return [m.endpoint for m in self.members]

    def start(self, count: int) -> None:
        ports = free_ports(2 * count)
        names = [f"m{i}" for i in range(count)]
        cluster = ",".join(
            f"{name}=http://127.0.0.1:{ports[2 * i + 1]}" for i, name in enumerate(names)
        )
        for i, name in enumerate(names):
            home = self._folder / f"{self.name}-{name}"
            home.mkdir(parents=True)
            log = self._folder / f"{self.name}-{name}.log"
            client, peer = ports[2 * i], ports[2 * i + 1]
            with log.open("wb") as out:
                process = subprocess.Popen(
                    [str(self._binary), *flags(name, home / "data", client, peer, cluster)],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    cwd=home,
                    start_new_session=True,
                    preexec_fn=child_setup(self.account.join(), self._core),
                )
            self.account.track(process.pid)
            self.members.append(Member(name, f"127.0.0.1:{client}", process, log))

    def check(self) -> None:
        """Raises if a member has ended."""
        for member in self.members:
            code = member.process.poll()
            if code is not None:
                raise ServerFailed(
                    f"{self.name} {member.name} ended with {code}: {tail(member.log)}"
                )

    def pause(self) -> None:
        for member in self.members:
            member.signal(signal.SIGSTOP)

    def resume(self) -> None:
        for member in self.members:
            member.signal(signal.SIGCONT)

    def stop(self) -> None:
        """Kills the side: its data are thrown away, and an orderly end would cost the run time."""
        for member in self.members:
            # The group, also where its leader has ended: a child may be left.
            member.signal(signal.SIGKILL)
        for member in self.members:
            member.process.wait()
        self.members = []
        self.account.close()


def tail(log: Path, size: int = 600) -> str:
    return log.read_bytes()[-size:].decode("utf-8", "replace").strip() or "(empty log)"
