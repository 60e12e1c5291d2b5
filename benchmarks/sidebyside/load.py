"""The data sets that lists are measured on.

Through the JSON gateway every value is random and keys share a prefix, as in Kubernetes. Where a
side has no gateway both are loaded with etcd's tool, whose values are one constant string per
load: an engine that compresses blocks then reads almost nothing, which the report says.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
from dataclasses import dataclass
from pathlib import Path

from .cpu import Account
from .servers import Side
from .tools import Etcdctl, LoadFailed, run_load

_BATCH = 128
"""Puts in one transaction: etcd's own limit."""


@dataclass(frozen=True)
class Dataset:
    name: str
    folder: str
    keys: int
    value_bytes: int


# In the order of loading: a later set of the same folder extends the earlier one.
DATASETS = {
    d.name: d
    for d in (
        Dataset("small10k", "small", 10_000, 300),
        Dataset("large10k", "large", 10_000, 4096),
        Dataset("small210k", "small", 210_000, 300),
        Dataset("small1M", "small", 1_000_000, 300),
    )
}


def key(folder: str, number: int) -> bytes:
    """48 bytes, in number order."""
    return f"/bench/{folder}/".encode().ljust(39, b"-") + b"/" + f"{number:08d}".encode()


def batch_json(folder: str, first: int, count: int, value_bytes: int) -> bytes:
    """One transaction of `count` puts with fresh random values."""
    text = base64.b64encode
    puts = [
        {
            "requestPut": {
                "key": text(key(folder, first + i)).decode(),
                "value": text(os.urandom(value_bytes)).decode(),
            }
        }
        for i in range(count)
    ]
    return json.dumps({"success": puts}).encode()


def has_gateway(endpoint: str) -> bool:
    connection = http.client.HTTPConnection(endpoint, timeout=10)
    try:
        body = json.dumps({"key": base64.b64encode(b"bench/ready").decode()})
        connection.request("POST", "/v3/kv/range", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status == 200 and "header" in json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


class GatewayLoader:
    kind = "JSON gateway, random values"

    def __init__(self, etcdctl: Etcdctl) -> None:
        self._etcdctl = etcdctl
        self._loaded: dict[tuple[str, str], int] = {}

    def load(self, side: Side, endpoint: str, dataset: Dataset) -> tuple[str, str]:
        """Brings the side to the data set; returns the range that lists it."""
        first = self._loaded.get((side.name, dataset.folder), 0)
        connection = http.client.HTTPConnection(endpoint, timeout=60)
        try:
            while first < dataset.keys:
                count = min(_BATCH, dataset.keys - first)
                body = batch_json(dataset.folder, first, count, dataset.value_bytes)
                connection.request("POST", "/v3/kv/txn", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                said = answer.read()
                if answer.status != 200 or not json.loads(said).get("succeeded"):
                    raise LoadFailed(f"gateway answered {answer.status}: {said[:200]!r}")
                first += count
        finally:
            connection.close()
        self._loaded[side.name, dataset.folder] = dataset.keys
        bounds = (f"/bench/{dataset.folder}/", f"/bench/{dataset.folder}0")
        _verify(self._etcdctl, endpoint, bounds, dataset.keys)
        return bounds


class ToolLoader:
    kind = "etcd's tool, one constant value per load (compressible)"

    # The tool's keys are varints: all but number zero, which is all NUL, lie between these.
    _BOUNDS = ("\x01", os.fsdecode(b"\xff"))

    def __init__(self, etcdctl: Etcdctl, benchmark: Path, account: Account) -> None:
        self._etcdctl = etcdctl
        self._benchmark = benchmark
        self._account = account
        self._last: dict[str, str] = {}

    def load(self, side: Side, endpoint: str, dataset: Dataset) -> tuple[str, str]:
        """Puts all keys once, in order; every set overwrites the one before."""
        if self._last.get(side.name) != dataset.name:
            run_load(
                self._benchmark,
                [
                    f"--endpoints={endpoint}",
                    "--precise",
                    "--conns=10",
                    "--clients=100",
                    "put",
                    "--key-size=48",
                    f"--val-size={dataset.value_bytes}",
                    "--sequential-keys",
                    f"--key-space-size={dataset.keys}",
                    f"--total={dataset.keys}",
                ],
                self._account,
                None,
                600,
            )
            self._last[side.name] = dataset.name
        _verify(self._etcdctl, endpoint, self._BOUNDS, dataset.keys - 1)
        return self._BOUNDS


def _verify(etcdctl: Etcdctl, endpoint: str, bounds: tuple[str, str], expected: int) -> None:
    found = etcdctl.count(endpoint, *bounds)
    if found != expected:
        raise LoadFailed(f"{found} keys where {expected} were loaded")
