"""What the machine is, and what else it was doing."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class CpuTimes:
    """Seconds summed over all cores, from the first line of /proc/stat."""

    busy: float
    """User, nice and system time: what processes used."""
    irq: float
    idle: float
    steal: float


def parse_stat(text: str, ticks: int = 100) -> CpuTimes:
    fields = text.splitlines()[0].split()
    if fields[0] != "cpu":
        raise ValueError("no cpu line")
    values = [int(v) / ticks for v in fields[1:]]
    user, nice, system, idle, iowait, irq, softirq, steal = values[:8]
    # guest time is already inside user and nice
    return CpuTimes(user + nice + system, irq + softirq, idle + iowait, steal)


def read_stat() -> CpuTimes:
    return parse_stat(Path("/proc/stat").read_text(), os.sysconf("SC_CLK_TCK"))


@dataclass(frozen=True)
class Interference:
    """How much of the machine went elsewhere during a sample."""

    steal: float
    """Share of all CPU time taken by the hypervisor."""
    other_cores: float
    """Cores used by processes that are neither server, client nor runner."""

    def disturbs(self) -> bool:
        return self.steal > 0.02 or self.other_cores > 0.3


def interference(
    before: CpuTimes, after: CpuTimes, seconds: float, known_cpu_seconds: float
) -> Interference:
    busy = after.busy - before.busy
    steal = after.steal - before.steal
    total = busy + steal + (after.idle - before.idle) + (after.irq - before.irq)
    return Interference(
        steal / total if total > 0 else 0.0,
        max(0.0, busy - known_cpu_seconds) / seconds if seconds > 0 else 0.0,
    )


def describe(data_dir: Path) -> dict[str, object]:
    """The machine as a reader of the result needs it; nothing that names the host or its user."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_mib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
        "kernel": platform.release(),
        "os": _os_name(),
        "file_system": file_system(data_dir),
        "load_average": [round(v, 2) for v in os.getloadavg()],
        "python": platform.python_version(),
    }


def file_system(folder: Path) -> str:
    """The type of the file system that holds the folder."""
    return mounted_type(Path("/proc/self/mounts").read_text(), folder.resolve())


def mounted_type(mounts: str, folder: Path) -> str:
    """The type at the innermost mount point above the folder; the last mount there wins."""
    best, kind = -1, "unknown"
    for line in mounts.splitlines():
        _, where, fstype, *_ = line.split()
        point = Path(where.encode().decode("unicode_escape"))
        if (folder == point or point in folder.parents) and len(point.parts) >= best:
            best, kind = len(point.parts), fstype
    return kind


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _os_name() -> str:
    release = Path("/etc/os-release")
    if release.exists():
        for line in release.read_text().splitlines():
            if line.startswith("PRETTY_NAME="):
                return line.split("=", 1)[1].strip('"')
    return platform.system()
