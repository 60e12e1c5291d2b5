"""Reads what etcd's benchmark tool prints. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FIELDS = {
    "Total": "seconds",
    "Slowest": "slowest",
    "Fastest": "fastest",
    "Average": "average",
    "Stddev": "stddev",
}
_NUMBER = r"([-+0-9.eE]+|NaN|[-+]?Inf)"
_FIELD = re.compile(rf"^\s*(Total|Slowest|Fastest|Average|Stddev):\s*{_NUMBER} secs\.$")
_RATE = re.compile(rf"^\s*Requests/sec:\s*{_NUMBER}$")
_BUCKET = re.compile(rf"^\s*{_NUMBER} \[(\d+)\]\s*\|")
_QUANTILE = re.compile(rf"^\s*([0-9.]+)% in {_NUMBER} (secs|ms)\.$")
_ERROR = re.compile(r"^\s*\[(\d+)\]\s+(.*)$")


@dataclass
class ToolReport:
    """One "Summary:" block. Times in seconds; `done` counts requests that succeeded."""

    seconds: float = 0.0
    slowest: float = 0.0
    fastest: float = 0.0
    average: float = 0.0
    stddev: float = 0.0
    rate: float = 0.0
    done: int = 0
    quantiles: dict[str, float] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        return sum(self.errors.values())


def parse(text: str) -> list[ToolReport]:
    """Every summary in the output, in its order; `watch-latency` prints two (puts, events).

    When every request failed the tool prints only the error distribution: that is a report too,
    with nothing done.
    """
    reports: list[ToolReport] = []
    in_errors = False
    for line in text.splitlines():
        stripped = line.strip()
        if stripped == "Summary:":
            reports.append(ToolReport())
            in_errors = False
            continue
        if stripped == "Error distribution:":
            if not reports:
                reports.append(ToolReport())
            in_errors = True
            continue
        if not reports:
            continue
        current = reports[-1]
        if in_errors:
            if match := _ERROR.match(line):
                count, message = int(match[1]), match[2]
                current.errors[message] = current.errors.get(message, 0) + count
        elif match := _FIELD.match(line):
            setattr(current, _FIELDS[match[1]], float(match[2]))
        elif match := _RATE.match(line):
            current.rate = float(match[1])
        elif match := _QUANTILE.match(line):
            scale = 1.0 if match[3] == "secs" else 1e-3
            current.quantiles[match[1]] = float(match[2]) * scale
        elif match := _BUCKET.match(line):
            current.done += int(match[2])
    return reports
