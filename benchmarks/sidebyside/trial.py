"""One sample: one load on one side, with everything that happened meanwhile."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field

from . import machine
from .cpu import Account
from .servers import Side
from .tools import Etcdctl, LoadFailed, Programs, run_load
from .workloads import Workload

_DRAIN_STEP_SECONDS = 0.1
_DRAIN_MAX_SECONDS = 1.0
_QUIET_CORES = 0.1


@dataclass(frozen=True)
class Sample:
    side: str
    workload: str
    total: int
    units: int
    wall_seconds: float
    """Of the tool, connections included."""
    cpu_seconds: float
    """All processes of the side, from the tool's start until the side is quiet again."""
    system_seconds: float | None
    client_cpu_seconds: float
    resume_cpu_seconds: float
    """Between resuming the side and the tool's start; not part of any figure."""
    rate: float
    p50_ms: float | None
    p99_ms: float | None
    steal: float
    other_cores: float
    disturbed: bool
    quantiles_ms: dict[str, float] = field(default_factory=dict)

    @property
    def cpu_us_per_unit(self) -> float:
        return self.cpu_seconds / self.units * 1e6

    @property
    def client_cores(self) -> float:
        return self.client_cpu_seconds / self.wall_seconds

    def raw(self) -> dict[str, object]:
        return {
            **asdict(self),
            "cpu_us_per_unit": self.cpu_us_per_unit,
            "client_cores": self.client_cores,
        }


class Trials:
    """Takes samples. Exactly one side runs during a sample; all others are paused."""

    def __init__(
        self,
        programs: Programs,
        etcdctl: Etcdctl,
        client: Account,
        client_core: int | None,
        timeout_seconds: float,
    ) -> None:
        self._programs = programs
        self._etcdctl = etcdctl
        self._client = client
        self._client_core = client_core
        self._timeout = timeout_seconds

    def sample(
        self, side: Side, workload: Workload, total: int, bounds: tuple[str, str] | None
    ) -> Sample:
        side.check()
        paused_cpu, _ = side.account.usage_ns()
        side.resume()
        try:
            endpoint = self._etcdctl.await_ready(side, 60)
            return self._measure(side, endpoint, workload, total, bounds, paused_cpu)
        finally:
            side.pause()

    def _measure(
        self,
        side: Side,
        endpoint: str,
        workload: Workload,
        total: int,
        bounds: tuple[str, str] | None,
        paused_cpu: int,
    ) -> Sample:
        args = workload.command(endpoint, total, bounds)
        stat_before = machine.read_stat()
        own_before = time.process_time()
        client_before, _ = self._client.usage_ns()
        cpu_before, system_before = side.account.usage_ns()
        started = time.monotonic()
        reports = run_load(
            self._programs.benchmark,
            args,
            self._client,
            self._client_core,
            self._timeout,
            side.check,
        )
        wall = time.monotonic() - started
        client_after, _ = self._client.usage_ns()
        self._drain(side)
        cpu_after, system_after = side.account.usage_ns()
        own = time.process_time() - own_before
        window = time.monotonic() - started
        stat_after = machine.read_stat()

        report = reports[-1]
        units = total * workload.units_per_op
        expected = units if workload.total_flag == "--put-total" else total
        if report.failed or report.done != expected:
            first = next(iter(report.errors), "no error text")
            raise LoadFailed(
                f"{workload.name}: {report.done} of {expected} succeeded on {side.name}: {first}"
            )
        side.check()
        cpu = (cpu_after - cpu_before) / 1e9
        client = (client_after - client_before) / 1e9
        noise = machine.interference(stat_before, stat_after, window, cpu + client + own)
        quantiles = {q: seconds * 1e3 for q, seconds in report.quantiles.items()}
        return Sample(
            side=side.name,
            workload=workload.name,
            total=total,
            units=units,
            wall_seconds=wall,
            cpu_seconds=cpu,
            system_seconds=(system_after - system_before) / 1e9
            if system_after is not None and system_before is not None
            else None,
            client_cpu_seconds=client,
            resume_cpu_seconds=(cpu_before - paused_cpu) / 1e9,
            rate=units / report.seconds if report.seconds > 0 else 0.0,
            p50_ms=quantiles.get("50"),
            p99_ms=quantiles.get("99"),
            steal=noise.steal,
            other_cores=noise.other_cores,
            disturbed=noise.disturbs(),
            quantiles_ms=quantiles,
        )

    @staticmethod
    def _drain(side: Side) -> None:
        """Waits until work put off by the server (commit, flush, compaction) is charged."""
        deadline = time.monotonic() + _DRAIN_MAX_SECONDS
        last, _ = side.account.usage_ns()
        while time.monotonic() < deadline:
            time.sleep(_DRAIN_STEP_SECONDS)
            now, _ = side.account.usage_ns()
            if now - last < _QUIET_CORES * _DRAIN_STEP_SECONDS * 1e9:
                return
            last = now
