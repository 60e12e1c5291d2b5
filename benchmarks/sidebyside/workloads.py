"""The measured rows: which load, which figure, which bar.

The loads and bars are the scorecard's: a bar is a ratio ours/peer, lower is better.
"""

from __future__ import annotations

from dataclasses import dataclass

KEY = "bench/present"
"""The key the point reads ask for; it holds 300 bytes."""

PAGE = 500
"""Objects in a listed page."""


@dataclass(frozen=True)
class Metric:
    """A figure taken from the samples of one load. `kind` is cpu or p50."""

    row: str
    measure: str
    unit: str
    bar: float
    kind: str = "cpu"


@dataclass(frozen=True)
class Workload:
    """One load of etcd's tool against one endpoint.

    `table_total` is the request count of the scorecard; a full run raises it until a sample is long
    enough, a short one lowers it. `units_per_op` turns requests into the unit of the figure (objects of a
    page, events of a put). `per_side` lets the two sides run different request counts: right only
    where cost per request cannot depend on the rate, that is, for one closed-loop reader.
    `fixed_totals` are the request counts of a short and of a full run where the tool itself paces
    the load.
    """

    name: str
    scorecard: str
    stage: str
    args: tuple[str, ...]
    clients: int
    conns: int
    table_total: int
    metrics: tuple[Metric, ...]
    total_flag: str = "--total"
    units_per_op: int = 1
    dataset: str | None = None
    fixed_totals: tuple[int, int] | None = None
    per_side: bool = False
    full_only: bool = False
    weight: float = 1.0
    """Share of a limited run's time against an ordinary row, for rows that load data first."""

    def command(self, endpoint: str, total: int, prefix: tuple[str, str] | None) -> list[str]:
        """The tool's arguments. `prefix` is the listed range of a page or a count."""
        filled = []
        for arg in self.args:
            if arg == "{from}":
                filled.append(prefix[0])
            elif arg == "{to}":
                filled.append(prefix[1])
            else:
                filled.append(arg)
        return [
            f"--endpoints={endpoint}",
            "--precise",
            f"--conns={self.conns}",
            f"--clients={self.clients}",
            *filled,
            f"{self.total_flag}={total}",
        ]


@dataclass(frozen=True)
class NotMeasured:
    """A figure of the scorecard that this runner cannot take, with the reason."""

    scorecard: str
    row: str
    measure: str
    unit: str
    bar: float
    reason: str


_PUT = (
    "put",
    "--key-size=32",
    "--val-size=300",
    "--key-space-size=5000",
    "--sequential-keys",
)
_TXN = ("txn-put", "--key-size=32", "--val-size=300", "--key-space-size=5000")
_PAGE = ("range", "{from}", "{to}", f"--limit={PAGE}")
_COUNT = ("range", "{from}", "{to}", "--count-only")


def _watch(streams: int, per_stream: int, rate: int) -> tuple[str, ...]:
    return (
        "watch-latency",
        f"--streams={streams}",
        f"--watchers-per-stream={per_stream}",
        f"--put-rate={rate}",
        "--val-size=300",
    )


WORKLOADS: tuple[Workload, ...] = (
    Workload(
        "put100", "S1", "one", _PUT, 100, 10, 40_000,
        (Metric("S1.put", "durable put, 100 clients, one member: server CPU", "µs/op", 0.50),),
    ),
    Workload(
        "txn100", "S1", "one", _TXN, 100, 10, 40_000,
        (Metric("S1.txn", "txn with one put, 100 clients, one member: server CPU", "µs/op", 0.50),),
    ),
    Workload(
        "get100", "S4", "one", ("range", KEY), 100, 10, 60_000,
        (Metric("S4.get100", "linearizable get, 100 clients: server CPU", "µs/op", 0.70),),
    ),
    Workload(
        "get1", "S4", "one", ("range", KEY), 1, 1, 60_000,
        (Metric("S4.get1", "linearizable get, 1 client: server CPU", "µs/op", 0.45),),
    ),
    Workload(
        "watch1000", "S5", "one", _watch(1000, 1, 20), 10, 10, 200,
        (Metric("S5.own1000", "watch event, 1000 streams: server CPU", "µs/event", 0.30),),
        total_flag="--put-total", units_per_op=1000, fixed_totals=(60, 200),
    ),
    Workload(
        "watchShared", "S5", "one", _watch(10, 100, 20), 10, 10, 200,
        (Metric("S5.shared", "watch event, 10 streams of 100 watchers: server CPU",
                "µs/event", 0.25),),
        total_flag="--put-total", units_per_op=1000, fixed_totals=(60, 200),
    ),
    Workload(
        # Thirty connections: the tool stalls above a hundred streams per connection where the
        # server limits them. Four puts a second: 12 k events/s, what the tool itself can take.
        "watch3000", "S5", "one", _watch(3000, 1, 4), 30, 30, 200,
        (Metric("S5.own3000", "watch event, 3000 streams: server CPU", "µs/event", 0.30),),
        total_flag="--put-total", units_per_op=3000, fixed_totals=(20, 60), full_only=True,
    ),
    Workload(
        "page10k300", "S7", "list", _PAGE, 1, 1, 400,
        (Metric("S7.page10k-300B", "page of 500, 10 k keys of 300 B: server CPU",
                "µs/object", 0.40),),
        units_per_op=PAGE, dataset="small10k", per_side=True,
    ),
    Workload(
        "page10k4k", "S7", "list", _PAGE, 1, 1, 400,
        (Metric("S7.page10k-4KiB", "page of 500, 10 k keys of 4 KiB: server CPU",
                "µs/object", 0.40),),
        units_per_op=PAGE, dataset="large10k", per_side=True,
    ),
    Workload(
        "page210k", "S7", "list", _PAGE, 1, 1, 100,
        (Metric("S7.page210k", "page of 500, 210 k keys of 300 B: server CPU",
                "µs/object", 0.05),),
        units_per_op=PAGE, dataset="small210k", per_side=True, weight=1.7,
    ),
    Workload(
        "count210k", "S7", "list", _COUNT, 1, 1, 100,
        (Metric("S7.count210k", "count_only over 210 k keys: server CPU", "µs/call", 0.01),),
        dataset="small210k", per_side=True,
    ),
    Workload(
        "page1M", "S7", "list", _PAGE, 1, 1, 40,
        (Metric("S7.page1M", "page of 500, 1 M keys of 300 B: server CPU", "µs/object", 0.05),),
        units_per_op=PAGE, dataset="small1M", per_side=True, full_only=True,
    ),
    Workload(
        "count1M", "S7", "list", _COUNT, 1, 1, 40,
        (Metric("S7.count1M", "count_only over 1 M keys: server CPU", "µs/call", 0.01),),
        dataset="small1M", per_side=True, full_only=True,
    ),
    Workload(
        "three100", "S3", "three", _PUT, 100, 10, 40_000,
        (
            Metric("S3.cpu100", "replicated put, 3 members, 100 clients: CPU of all members",
                   "µs/op", 0.60),
            Metric("S3.p50-100", "replicated put, 3 members, 100 clients: p50", "ms", 0.60, "p50"),
        ),
    ),
    Workload(
        "three1", "S3", "three", _PUT, 1, 1, 3_000,
        (
            Metric("S3.cpu1", "replicated put, 3 members, 1 client: CPU of all members",
                   "µs/op", 0.60),
            Metric("S3.p50-1", "replicated put, 3 members, 1 client: p50", "ms", 0.60, "p50"),
        ),
    ),
)

NOT_MEASURED: tuple[NotMeasured, ...] = (
    NotMeasured(
        "S1", "S1.cas", "compare-and-swap txn (mod revision, put, else range): server CPU",
        "µs/op", 0.50, "etcd's tool of this version sends no compares; needs an own generator",
    ),
)

SCORECARD_IDS = ("S1", "S3", "S4", "S5", "S7")

STAGES = ("one", "list", "three")


def select(only: set[str], full: bool) -> list[Workload]:
    """The loads of the named scorecard rows, in the order they are run."""
    chosen = [w for w in WORKLOADS if w.scorecard in only and (full or not w.full_only)]
    return sorted(chosen, key=lambda w: STAGES.index(w.stage))
