"""Writes a result: summary.json, report.md and the raw samples."""

from __future__ import annotations

import json
from pathlib import Path

from . import rows
from .plan import Plan
from .runner import Result
from .workloads import NOT_MEASURED, SCORECARD_IDS, WORKLOADS, NotMeasured

_GROWTH = (
    ("page of 500, 210 k keys against 10 k", "S7.page210k", "S7.page10k-300B"),
    ("page of 500, 1 M keys against 10 k", "S7.page1M", "S7.page10k-300B"),
)


def summary(
    commit: str,
    peer: str,
    store: str,
    plan: Plan,
    result: Result,
    machine: dict[str, object],
    setup: dict[str, object],
) -> dict[str, object]:
    lines = _lines(result)
    return {
        "commit": commit,
        "peer": peer,
        "store": store,
        "run": plan.name,
        "interrupted": result.interrupted,
        "machine": machine,
        "setup": setup,
        "control": result.control,
        "floors": result.floors,
        "syncs_per_put": result.syncs,
        "list_loaders": result.loaders,
        "rows": lines,
        "growth": _growth(lines),
    }


def _lines(result: Result) -> list[dict[str, object]]:
    """Every row of the scorecard's S1, S3, S4, S5, S7, measured or not."""
    control_ok = result.control.get("ok")
    by_workload = {m.workload.name: m for m in result.measured}
    lines = []
    for workload in WORKLOADS:
        measured = by_workload.get(workload.name)
        for metric in workload.metrics:
            if measured is not None:
                lines.append(rows.row(metric, measured, control_ok))
            else:
                lines.append(
                    rows.unmeasured(
                        NotMeasured(
                            workload.scorecard, metric.row, metric.measure, metric.unit,
                            metric.bar,
                            "not in a short run" if workload.full_only else "not in this run",
                        )  # fmt: skip
                    )
                )
    lines += [rows.unmeasured(line) for line in NOT_MEASURED]
    order = {name: i for i, name in enumerate(SCORECARD_IDS)}
    return sorted(lines, key=lambda line: order[line["id"]])


def _growth(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    by_row = {line["row"]: line for line in lines}
    grown = []
    for name, large, small in _GROWTH:
        entry: dict[str, object] = {"measure": name}
        for side in ("peer", "ours"):
            a, b = by_row[large][side], by_row[small][side]
            entry[side] = a / b if a and b else None
        grown.append(entry)
    return grown


def write(folder: Path, content: dict[str, object], result: Result) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").write_text(
        json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    with (folder / "samples.jsonl").open("w", encoding="utf-8") as out:
        for sample in result.samples:
            out.write(json.dumps(sample) + "\n")
    (folder / "report.md").write_text(markdown(content), encoding="utf-8")


def number(value: object, digits: int = 3) -> str:
    """Three significant digits, or a dash."""
    if not isinstance(value, (int, float)):
        return "–"
    if value == 0:
        return "0"
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.{digits}g}"


def markdown(content: dict[str, object]) -> str:
    parts = [
        f"# Side by side: {content['commit']}, {content['run']} run",
        "",
        f"Peer: {content['peer']}. Store: {content['store']}.",
    ]
    if content["interrupted"]:
        parts += ["", "**The run was interrupted; it is not complete.**"]
    parts += ["", "## Scorecard", "", *_scorecard(content["rows"])]
    parts += ["", "## Growth", "", *_growth_table(content["growth"])]
    parts += ["", "## Conditions", "", *_conditions(content)]
    parts += ["", "## How to read this", "", *_READING]
    return "\n".join(parts) + "\n"


def _scorecard(lines: list[dict[str, object]]) -> list[str]:
    out = [
        "| id | measure | unit | peer | ours | ratio | band | bar | met | pairs (thrown away) "
        "| cold peer / ours | client cores peer / ours |",
        "|---|---|---|---:|---:|---:|---|---:|---|---|---|---|",
    ]
    for line in lines:
        band = line["band"]
        met = {True: "yes", False: "**no**", None: "–"}[line["met"]]
        out.append(
            f"| {line['row']} | {line['measure']} | {line['unit']} | {number(line['peer'])} "
            f"| {number(line['ours'])} | {number(line['ratio'])} "
            f"| {number(band[0]) + '–' + number(band[1]) if band else '–'} "
            f"| ≤{line['bar']:.2f} | {met} | {line['pairs']} ({line['disturbed_pairs']}) "
            f"| {_both(line['cold'])} | {_both(line['client_cores'])} |"
        )
    notes = [
        f"* {line['row']}: {'; '.join(line['notes'])}{_indication(line)}"
        for line in lines
        if line["notes"]
    ]
    if notes:
        out += ["", "Not to be quoted, and why:", "", *notes]
    return out


def _indication(line: dict[str, object]) -> str:
    every = line["all_pairs"]
    if line["ratio"] is not None or not every:
        return ""
    return (
        f" (all {every['pairs']} pairs, only as an indication: {number(every['peer'])} against "
        f"{number(every['ours'])} {line['unit']}, ratio {number(every['ratio'])})"
    )


def _both(values: dict[str, float]) -> str:
    return f"{number(values.get('peer'))} / {number(values.get('ours'))}" if values else "–"


def _growth_table(lines: list[dict[str, object]]) -> list[str]:
    out = ["| cost ratio | peer | ours |", "|---|---:|---:|"]
    out += [f"| {g['measure']} | {number(g['peer'])} | {number(g['ours'])} |" for g in lines]
    return out


def _conditions(content: dict[str, object]) -> list[str]:
    control = content["control"]
    state = {True: "valid", False: "FAILED", None: "could not be judged"}[control.get("ok")]
    out = [
        f"* Control, etcd against itself: {state}; ratio {number(control.get('ratio'))} over "
        f"{control.get('pairs')} pairs, {control.get('disturbed_pairs')} thrown away "
        f"({number(control.get('ratio_all_pairs'))} over all). It has to be within 0.9–1.1.",
    ]
    for key, value in {**content["machine"], **content["setup"]}.items():
        out.append(f"* {key.replace('_', ' ')}: {value}")
    for when, values in content["floors"].items():
        told = ", ".join(f"{k} {number(v)}" for k, v in values.items())
        out.append(f"* floor {when} the run (taken from Python): {told}")
    for side, counted in content["syncs_per_put"].items():
        told = (
            f"{number(counted['per_put'])} per put of a single client {counted['calls']}"
            if counted
            else "not counted, strace could not attach"
        )
        out.append(f"* sync calls, {side}: {told}")
    for kind in content["list_loaders"]:
        out.append(f"* lists loaded through: {kind}")
    return out


_READING = [
    "* A ratio is ours over peer, the median over pairs taken A B B A; lower is better. The band is "
    "the 2nd to the 6th of seven ordered ratios.",
    "* CPU is that of all processes and threads of a side, from the start of the load until the "
    "server is quiet again (at most a second), so it holds garbage collection, compilation, flushes "
    "and the set-up of connections and watch streams.",
    "* A pair is thrown away and counted when the hypervisor took more than 2 % or other processes "
    "used more than 0.3 core.",
    "* Warm means two successive windows within 5 % of each other. Cold is the first window of a "
    "row; only the first row of a stage starts on a server that has done nothing yet.",
    "* The loads are closed loops with the same number of clients on both sides: the rates differ. "
    "Latencies of such loops suffer from coordinated omission and are given as ratios only, and "
    "only where the load tool used less than 0.8 core.",
    "* Put and txn values are one random string per load, repeated for every key. An engine that "
    "compresses blocks finds them easy. Random values through the JSON gateway, where a row was "
    "loaded so, do not compress at all.",
    "* Pages are the first page of the range, asked for again and again: warm in every cache.",
    "* In rows of pages and counts the two sides run as many requests as fit the time, which may "
    "differ; all other rows run the same number on both.",
]
