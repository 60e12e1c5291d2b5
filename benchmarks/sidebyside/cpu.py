"""CPU time of a server with everything in it: GC, JIT and background threads count.

A cgroup counts nanoseconds and keeps the time of processes that have ended. Without a writable
one the sum of /proc/PID/stat over the process group stands in, in ticks of 10 ms.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from typing import Callable, Protocol


class Account(Protocol):
    """The CPU account of one set of processes."""

    kind: str

    def join(self) -> Callable[[], None]:
        """A function for the child to call between fork and exec, which enters the account."""
        ...

    def track(self, pid: int) -> None:
        """Tells the account that this process, leader of its own group, belongs to it."""
        ...

    def usage_ns(self) -> tuple[int, int | None]:
        """Total and, where known, system CPU time since the account was opened."""
        ...

    def close(self) -> None: ...


class CgroupAccount:
    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self._folder = folder
        folder.mkdir()

    def join(self) -> Callable[[], None]:
        procs = os.fsencode(self._folder / "cgroup.procs")

        def enter() -> None:
            fd = os.open(procs, os.O_WRONLY)
            os.write(fd, b"0")
            os.close(fd)

        return enter

    def track(self, pid: int) -> None:
        pass

    def usage_ns(self) -> tuple[int, int | None]:
        if self.kind == "cgroup-v1":
            total = int((self._folder / "cpuacct.usage").read_text())
            system = self._folder / "cpuacct.usage_sys"
            return total, int(system.read_text()) if system.exists() else None
        stat = parse_flat((self._folder / "cpu.stat").read_text())
        return stat["usage_usec"] * 1000, stat["system_usec"] * 1000

    def close(self) -> None:
        # A killed process may leave its group a moment after it has been waited for.
        for _ in range(20):
            try:
                self._folder.rmdir()
                return
            except OSError as e:
                reason = e.strerror
                time.sleep(0.1)
        # For the operator: a process that outlived its kill is worth seeing.
        print(f"cannot remove the group {self._folder.name}: {reason}", file=sys.stderr)


class ProcAccount:
    """Sums the live processes of the tracked process groups, and their reaped children."""

    kind = "proc-stat"

    def __init__(self) -> None:
        self._groups: set[int] = set()

    def join(self) -> Callable[[], None]:
        return lambda: None

    def track(self, pid: int) -> None:
        self._groups.add(pid)

    def usage_ns(self) -> tuple[int, int | None]:
        tick_ns = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
        user = system = 0
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                stat = parse_pid_stat(Path(f"/proc/{entry}/stat").read_text())
            except (FileNotFoundError, ProcessLookupError):
                continue  # ended between the listing and the read
            if stat["pgrp"] in self._groups:
                user += stat["utime"] + stat["cutime"]
                system += stat["stime"] + stat["cstime"]
        return (user + system) * tick_ns, system * tick_ns

    def close(self) -> None:
        pass


class ReapedAccount:
    """The ended children of the runner: the load tool, where there is no cgroup."""

    kind = "rusage"

    def join(self) -> Callable[[], None]:
        return lambda: None

    def track(self, pid: int) -> None:
        pass

    def usage_ns(self) -> tuple[int, int | None]:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return int((used.ru_utime + used.ru_stime) * 1e9), int(used.ru_stime * 1e9)

    def close(self) -> None:
        pass


def parse_flat(text: str) -> dict[str, int]:
    """Lines of "name number", as in cpu.stat."""
    pairs = (line.split() for line in text.splitlines() if line.strip())
    return {name: int(value) for name, value in pairs}


def parse_pid_stat(text: str) -> dict[str, int]:
    """The fields used here of /proc/PID/stat. The name may hold blanks and brackets."""
    rest = text[text.rindex(")") + 1 :].split()
    # rest[0] is field 3 of proc(5)
    names = {"pgrp": 5, "utime": 14, "stime": 15, "cutime": 16, "cstime": 17}
    return {name: int(rest[number - 3]) for name, number in names.items()}


def _own_group(controller: str) -> str:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(",") or (not controller and not controllers):
            return path
    return "/"


def _candidates() -> list[tuple[str, Path]]:
    found = []
    for line in Path("/proc/mounts").read_text().splitlines():
        _, where, fstype, options, *_ = line.split()
        if fstype == "cgroup" and "cpuacct" in options.split(","):
            found.append(("cgroup-v1", Path(where) / _own_group("cpuacct").lstrip("/")))
        elif fstype == "cgroup2":
            found.append(("cgroup-v2", Path(where) / _own_group("").lstrip("/")))
    # A nanosecond counter first.
    return sorted(found)


def _remove_leftovers(parent: Path) -> None:
    """Empty groups of runs that were killed."""
    for folder in parent.glob("kvorum-bench-*"):
        owner = folder.name.split("-")[2]
        if owner.isdigit() and not Path("/proc", owner).exists():
            try:
                folder.rmdir()
            except OSError:
                continue  # not empty, or not ours to remove


class Accounts:
    """Opens accounts of the best kind this machine allows, all of the same kind."""

    def __init__(self, allow_cgroups: bool = True) -> None:
        self._opened = 0
        self._parent: tuple[str, Path] | None = None
        for kind, parent in _candidates() if allow_cgroups else []:
            _remove_leftovers(parent)
            if self._works(kind, parent):
                self._parent = (kind, parent)
                break
        self.kind = self._parent[0] if self._parent else ProcAccount.kind

    def open_client(self) -> Account:
        """The account of the load tool, which ends with every sample."""
        return self.open("client") if self._parent else ReapedAccount()

    def open(self, name: str) -> Account:
        if self._parent is None:
            return ProcAccount()
        kind, parent = self._parent
        self._opened += 1
        return CgroupAccount(kind, parent / f"kvorum-bench-{os.getpid()}-{self._opened}-{name}")

    @staticmethod
    def _works(kind: str, parent: Path) -> bool:
        """Whether a child can enter a new group there and be counted in it."""
        try:
            account = CgroupAccount(kind, parent / f"kvorum-bench-{os.getpid()}-try")
        except OSError:
            return False
        try:
            enter = account.join()
            child = os.fork()
            if child == 0:
                try:
                    enter()
                    sum(range(100_000))
                    os._exit(0)
                except OSError:
                    os._exit(1)
            _, status = os.waitpid(child, 0)
            return os.waitstatus_to_exitcode(status) == 0 and account.usage_ns()[0] > 0
        except (OSError, KeyError):
            return False
        finally:
            account.close()
