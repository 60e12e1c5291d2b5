"""From samples to figures. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from statistics import median

from . import stats
from .trial import Sample
from .workloads import Metric, NotMeasured, Workload

CLIENT_LIMIT_CORES = 0.8
"""Above it a wall-clock figure says more about the load tool than about the server."""

MIN_PAIRS = 5
"""Fewer undisturbed pairs than this are not worth a verdict."""


@dataclass(frozen=True)
class Pair:
    peer: Sample
    ours: Sample

    @property
    def disturbed(self) -> bool:
        return self.peer.disturbed or self.ours.disturbed


@dataclass
class Measured:
    """Everything known about one load after its pairs."""

    workload: Workload
    pairs: list[Pair] = field(default_factory=list)
    cold: dict[str, float] = field(default_factory=dict)
    """CPU µs per unit in the first windows after the start of the server, by side."""
    settled: dict[str, bool] = field(default_factory=dict)
    failure: str | None = None

    @property
    def kept(self) -> list[Pair]:
        return [p for p in self.pairs if not p.disturbed]


def figure(metric: Metric, sample: Sample) -> float | None:
    if metric.kind == "cpu":
        return sample.cpu_us_per_unit
    return sample.p50_ms if sample.client_cores < CLIENT_LIMIT_CORES else None


def _figures(metric: Metric, pairs: list[Pair]) -> dict[str, object] | None:
    taken = [(figure(metric, p.peer), figure(metric, p.ours)) for p in pairs]
    usable = [(peer, ours) for peer, ours in taken if peer and ours is not None]
    ratios = stats.summarize([ours / peer for peer, ours in usable])
    if ratios is None:
        return None
    return {
        "peer": median(peer for peer, _ in usable),
        "ours": median(ours for _, ours in usable),
        "ratio": ratios.ratio,
        "low": ratios.low,
        "high": ratios.high,
        "pairs": ratios.pairs,
    }


def row(metric: Metric, measured: Measured, control_ok: bool | None) -> dict[str, object]:
    """One line of the summary. peer, ours and ratio are null unless undisturbed pairs gave them."""
    kept = _figures(metric, measured.kept)
    everything = _figures(metric, measured.pairs)
    notes = _notes(metric, measured, control_ok, kept, everything)
    quotable = not notes
    return {
        "id": measured.workload.scorecard,
        "row": metric.row,
        "measure": metric.measure,
        "unit": metric.unit,
        "peer": kept and kept["peer"],
        "ours": kept and kept["ours"],
        "ratio": kept and kept["ratio"],
        "band": [kept["low"], kept["high"]] if kept else None,
        "bar": metric.bar,
        "met": kept["ratio"] <= metric.bar if kept and quotable else None,
        "pairs": kept["pairs"] if kept else 0,
        "disturbed_pairs": len(measured.pairs) - len(measured.kept),
        "all_pairs": everything,
        "cold": measured.cold if metric.kind == "cpu" else {},
        "client_cores": _client(measured),
        "rate": _rates(measured),
        "quotable": quotable,
        "notes": notes,
    }


def _notes(
    metric: Metric,
    measured: Measured,
    control_ok: bool | None,
    kept: dict[str, object] | None,
    everything: dict[str, object] | None,
) -> list[str]:
    """Why the row must not be quoted; empty when it may be."""
    notes = []
    if measured.failure:
        notes.append(measured.failure)
    if everything is None and measured.pairs:
        notes.append(f"the load tool used {CLIENT_LIMIT_CORES} core or more")
    elif kept is None and measured.pairs:
        notes.append("every pair was disturbed by other load")
    elif kept is not None and kept["pairs"] < MIN_PAIRS:
        notes.append(f"only {kept['pairs']} undisturbed pairs")
    # Only the side with a compiler at run time has to settle; the other's windows show the noise.
    if measured.pairs and not measured.settled.get("ours", False):
        notes.append("ours had not settled when its warm-up ended")
    if control_ok is not True and measured.pairs:
        notes.append("the control pair failed" if control_ok is False else "no valid control pair")
    return notes


def _client(measured: Measured) -> dict[str, float]:
    return _per_side(measured, lambda s: s.client_cores)


def _rates(measured: Measured) -> dict[str, float]:
    return _per_side(measured, lambda s: s.rate)


def _per_side(measured: Measured, of) -> dict[str, float]:
    pairs = measured.kept or measured.pairs
    if not pairs:
        return {}
    return {
        "peer": median(of(p.peer) for p in pairs),
        "ours": median(of(p.ours) for p in pairs),
    }


def unmeasured(line: NotMeasured) -> dict[str, object]:
    """A row of the scorecard that was not measured: no figure, and the reason."""
    values = asdict(line)
    return {
        "id": values["scorecard"],
        "row": values["row"],
        "measure": values["measure"],
        "unit": values["unit"],
        "peer": None,
        "ours": None,
        "ratio": None,
        "band": None,
        "bar": values["bar"],
        "met": None,
        "pairs": 0,
        "disturbed_pairs": 0,
        "all_pairs": None,
        "cold": {},
        "client_cores": {},
        "rate": {},
        "quotable": False,
        "notes": [values["reason"]],
    }


def control_verdict(pairs: list[Pair]) -> dict[str, object]:
    """etcd against itself. `ok` is null where no undisturbed pair can say."""
    ratios = [p.ours.cpu_us_per_unit / p.peer.cpu_us_per_unit for p in pairs]
    kept = [r for r, p in zip(ratios, pairs) if not p.disturbed]
    summary = stats.summarize(kept)
    return {
        "ratio": summary.ratio if summary else None,
        "band": [summary.low, summary.high] if summary else None,
        "pairs": len(kept),
        "disturbed_pairs": len(pairs) - len(kept),
        "ratio_all_pairs": median(ratios) if ratios else None,
        "ok": 0.9 <= summary.ratio <= 1.1 if summary else None,
    }
