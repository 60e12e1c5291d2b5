"""The protocol: warm up, interleave pairs, throw away what was disturbed, control with A/A."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import audit, floors, stats
from .cpu import Accounts
from .load import DATASETS, GatewayLoader, ToolLoader, has_gateway
from .plan import Budget, Plan
from .rows import Measured, Pair, control_verdict
from .servers import ServerFailed, Side
from .tools import Etcdctl, LoadFailed, Programs, run_load
from .trial import Sample, Trials
from .workloads import KEY, STAGES, WORKLOADS, Workload

_PROBE_SHARE = 40
"""The first load on a server is this part of the scorecard's, to learn its speed."""


@dataclass
class Result:
    measured: list[Measured] = field(default_factory=list)
    control: dict[str, object] = field(default_factory=lambda: control_verdict([]))
    floors: dict[str, dict[str, float]] = field(default_factory=dict)
    syncs: dict[str, object] = field(default_factory=dict)
    loaders: list[str] = field(default_factory=list)
    samples: list[dict[str, object]] = field(default_factory=list)
    interrupted: bool = False


class Runner:
    """One run. Single-threaded: it only starts, signals, waits and reads."""

    def __init__(
        self,
        plan: Plan,
        programs: Programs,
        folder: Path,
        accounts: Accounts,
        pin: bool,
    ) -> None:
        self._plan = plan
        self._programs = programs
        self._folder = folder
        self._accounts = accounts
        self._server_core, self._client_core = (0, 1) if pin else (None, None)
        self._etcdctl = Etcdctl(programs.etcdctl)
        self._client = accounts.open_client()
        self._trials = Trials(
            programs, self._etcdctl, self._client, self._client_core, plan.timeout
        )
        self._running: list[Side] = []
        self._budget = Budget(None, 1, time.monotonic)
        self.result = Result()

    def run(self, workloads: list[Workload]) -> None:
        """Fills `result`, also when it ends by an exception."""
        try:
            self._say("starting the store once, to see that it works")
            self._try_store()
            # One share more for the control pair.
            self._budget = Budget(self._plan.budget, len(workloads) + 1, time.monotonic)
            self._floor("before")
            self._control()
            for stage in STAGES:
                chosen = [w for w in workloads if w.stage == stage]
                if chosen:
                    self._stage(stage, chosen)
            self._floor("after")
        except KeyboardInterrupt:
            self.result.interrupted = True
            self._say("interrupted: reporting what there is")
        finally:
            self._stop_all()
            self._client.close()

    # Stages

    def _stage(self, stage: str, workloads: list[Workload]) -> None:
        try:
            members = 3 if stage == "three" else 1
            self._say(f"stage {stage}: starting {members} member(s) of each side")
            peer = self._start(f"peer-{stage}", self._programs.peer, members)
            ours = self._start(f"ours-{stage}", self._programs.store, members)
            if stage == "one":
                self._put_present((peer, ours))
                self._audit({"peer": peer, "ours": ours})
            loader = self._loader((peer, ours)) if stage == "list" else None
        except (ServerFailed, LoadFailed) as e:
            self._fail(workloads, str(e))
            self._stop_all()
            return
        for workload in workloads:
            measured = Measured(workload)
            self.result.measured.append(measured)
            deadline = self._budget.next_row_deadline(workload.weight)
            try:
                self._row(measured, peer, ours, loader, deadline)
            except (ServerFailed, LoadFailed) as e:
                measured.failure = str(e)
                self._say(f"{workload.name}: {e}")
        self._stop_all()

    def _row(self, measured: Measured, peer: Side, ours: Side, loader, deadline) -> None:
        workload = measured.workload
        if self._budget.over(deadline, 2 * self._plan.sample):
            measured.failure = "the time budget was used up"
            return
        for side in (peer, ours):
            side.check()
        bounds = None
        if workload.dataset is not None:
            dataset = DATASETS[workload.dataset]
            self._say(f"{workload.name}: loading {dataset.keys} x {dataset.value_bytes} B")
            for side in (peer, ours):
                with _Awake(side):
                    endpoint = self._etcdctl.await_ready(side, 60)
                    bounds = loader.load(side, endpoint, dataset)
        totals = self._warm_up(measured, (peer, ours), bounds)
        self._pairs(measured, (peer, ours), totals, bounds, deadline)

    def _pairs(self, measured: Measured, sides, totals, bounds, deadline) -> None:
        workload = measured.workload
        wanted = self._plan.pairs
        pair = 0
        took = 0.0
        while len(measured.kept) < wanted and pair < 2 * wanted:
            if pair > 0 and self._budget.over(deadline, took):
                break
            started = time.monotonic()
            taken = self._pair(workload, sides, totals, bounds, pair, "pair")
            measured.pairs.append(taken)
            took = time.monotonic() - started
            pair += 1
            self._say_pair(workload.name, len(measured.kept), wanted, taken)

    def _pair(self, workload, sides, totals, bounds, number: int, role: str) -> Pair:
        taken: list[Sample | None] = [None, None]
        for position, side in enumerate(stats.side_order(number)):
            sample = self._trials.sample(sides[side], workload, totals[side], bounds)
            taken[side] = sample
            self._keep(sample, role, number, position)
        return Pair(taken[0], taken[1])

    def _warm_up(self, measured: Measured, sides, bounds) -> tuple[int, int]:
        """Runs the load on both sides until it costs the same twice; returns the totals to use."""
        workload = measured.workload
        rates = []
        for side in sides:
            rates.append(self._warm(measured, side, bounds))
        plan = self._plan
        if workload.fixed_totals is not None:
            total = workload.fixed_totals[1 if plan.full else 0]
            return total, total
        longest = plan.timeout / 4
        highest = workload.table_total if not plan.full else int(min(rates) * longest)
        if workload.per_side:
            return tuple(
                stats.round_total(rate * plan.sample, 10, max(10, int(rate * longest)))
                for rate in rates
            )
        wanted = min(rates) * plan.sample
        if plan.full:
            wanted = max(wanted, workload.table_total)
        total = stats.round_total(wanted, 10, max(10, highest))
        return total, total

    def _warm(self, measured: Measured, side: Side, bounds) -> float:
        """Returns requests per second of the last window."""
        workload, plan = measured.workload, self._plan
        name = side.name.split("-")[0]
        fixed = workload.fixed_totals
        total = fixed[0] if fixed else max(10, workload.table_total // _PROBE_SHARE)
        costs: list[float] = []
        cold: list[Sample] = []
        started = time.monotonic()
        while True:
            sample = self._trials.sample(side, workload, total, bounds)
            self._keep(sample, "warm-up", len(costs), 0)
            spent = time.monotonic() - started
            if not cold or spent <= plan.cold:
                cold.append(sample)
            rate = sample.total / sample.wall_seconds
            # The probe is shorter than a window: it tells the speed, not the cost.
            if costs or fixed or sample.wall_seconds >= plan.window / 2 or len(cold) > 1:
                costs.append(sample.cpu_us_per_unit)
            if not fixed:
                total = stats.round_total(rate * plan.window, 10, max(10, int(rate * 30)))
            if stats.settled(costs) or spent > plan.warm_max:
                break
        measured.cold[name] = sum(s.cpu_seconds for s in cold) / sum(s.units for s in cold) * 1e6
        measured.settled[name] = stats.settled(costs)
        self._say(
            f"{workload.name}: {name} warm after {spent:.0f} s, cold {measured.cold[name]:.1f}, "
            f"now {sample.cpu_us_per_unit:.1f} µs"
            + ("" if measured.settled[name] else " (not settled)")
        )
        return rate

    # Control, audit, floors

    def _control(self) -> None:
        workload = next(w for w in WORKLOADS if w.name == "put100")
        deadline = self._budget.next_row_deadline(0.6)
        self._say("control: etcd against itself")
        try:
            sides = (
                self._start("peer-a", self._programs.peer, 1),
                self._start("peer-b", self._programs.peer, 1),
            )
            measured = Measured(replace(workload, name="control"))
            totals = self._warm_up(measured, sides, None)
            pairs: list[Pair] = []
            wanted = self._plan.control_pairs
            for number in range(2 * wanted):
                if len([p for p in pairs if not p.disturbed]) >= wanted:
                    break
                if number > 0 and self._budget.over(deadline):
                    break
                pair = self._pair(measured.workload, sides, totals, None, number, "control")
                pairs.append(pair)
                self._say_pair("control", number + 1, wanted, pair)
            self.result.control = control_verdict(pairs)
        except (ServerFailed, LoadFailed) as e:
            self._say(f"control: {e}")
            self.result.control["failure"] = str(e)
        finally:
            self._stop_all()

    def _audit(self, sides: dict[str, Side]) -> None:
        """Syncs per put of a single client, one after another: below one is not durable."""
        puts = 100
        for name, side in sides.items():
            with _Awake(side):
                endpoint = self._etcdctl.await_ready(side, 60)
                args = [
                    f"--endpoints={endpoint}", "--precise", "--conns=1", "--clients=1",
                    "put", "--key-size=32", "--val-size=300", f"--total={puts}",
                ]  # fmt: skip
                pids = [p for m in side.members for p in audit.group_pids(m.process.pid)]
                counts = audit.syncs(
                    pids,
                    self._folder,
                    lambda: run_load(self._programs.benchmark, args, self._client, None, 60),
                )
            self.result.syncs[name] = (
                {"puts": puts, "calls": counts, "per_put": sum(counts.values()) / puts}
                if counts is not None
                else None
            )
            self._say(f"audit: {name} syncs {self.result.syncs[name]}")

    def _floor(self, when: str) -> None:
        self.result.floors[when] = floors.measure(self._folder)
        told = ", ".join(f"{k} {v:.1f}" for k, v in self.result.floors[when].items())
        self._say(f"floor {when}: {told}")

    # Servers

    def _try_store(self) -> None:
        """A launcher in a source tree may build first, which no sample may pay for."""
        try:
            self._start("try", self._programs.store, 1, ready_seconds=900)
        finally:
            self._stop_all()

    def _start(self, name: str, binary: Path, members: int, ready_seconds: float = 60) -> Side:
        account = self._accounts.open(name)
        side = Side(name, binary, self._folder, account, self._server_core)
        self._running.append(side)
        side.start(members)
        self._etcdctl.await_ready(side, ready_seconds)
        side.pause()
        return side

    def _stop_all(self) -> None:
        while self._running:
            self._running.pop().stop()

    def _put_present(self, sides: tuple[Side, ...]) -> None:
        for side in sides:
            with _Awake(side):
                self._etcdctl.put_present(self._etcdctl.await_ready(side, 60), KEY, 300)

    def _loader(self, sides: tuple[Side, ...]):
        able = []
        for side in sides:
            with _Awake(side):
                able.append(has_gateway(self._etcdctl.await_ready(side, 60)))
        loader = (
            GatewayLoader(self._etcdctl)
            if all(able)
            else ToolLoader(self._etcdctl, self._programs.benchmark, self._client)
        )
        self.result.loaders.append(loader.kind)
        return loader

    # Telling

    def _fail(self, workloads: list[Workload], reason: str) -> None:
        self._say(reason)
        for workload in workloads:
            self._budget.next_row_deadline()
            self.result.measured.append(Measured(workload, failure=reason))

    def _keep(self, sample: Sample, role: str, number: int, position: int) -> None:
        self.result.samples.append(
            {"role": role, "number": number, "position": position, **sample.raw()}
        )

    def _say_pair(self, name: str, kept: int, wanted: int, pair: Pair) -> None:
        peer, ours = pair.peer, pair.ours
        ratio = ours.cpu_us_per_unit / peer.cpu_us_per_unit
        self._say(
            f"{name} {kept}/{wanted}: peer {peer.cpu_us_per_unit:.2f} ours "
            f"{ours.cpu_us_per_unit:.2f} µs, ratio {ratio:.3f}; client "
            f"{peer.client_cores:.2f}/{ours.client_cores:.2f} core, others "
            f"{max(peer.other_cores, ours.other_cores):.2f} core, steal "
            f"{max(peer.steal, ours.steal):.1%}" + (" DISTURBED" if pair.disturbed else "")
        )

    def _say(self, text: str) -> None:
        limit = f"/{self._plan.budget:.0f}" if self._plan.budget else ""
        print(f"[{self._budget.elapsed():5.0f}{limit} s] {text}", file=sys.stderr, flush=True)


class _Awake:
    """Resumes a side for the block and pauses it afterwards."""

    def __init__(self, side: Side) -> None:
        self._side = side

    def __enter__(self) -> None:
        self._side.resume()

    def __exit__(self, *_: object) -> None:
        self._side.pause()
