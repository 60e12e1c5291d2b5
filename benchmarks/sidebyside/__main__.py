"""The command line."""

from __future__ import annotations

import argparse
import datetime
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from . import machine, report
from .cpu import Accounts
from .plan import PLANS
from .runner import Runner
from .servers import ServerFailed
from .tools import LoadFailed, Programs, version
from .workloads import SCORECARD_IDS, select

_MODULE = Path(__file__).resolve().parent.parent
_ROOT = _MODULE.parent


def _arguments(argv: list[str]) -> argparse.Namespace:
    peers = os.environ.get("KVORUM_PEERS_DIR", "~/.cache/kvorum/peers")
    folder = Path(peers).expanduser() / "bin"
    parser = argparse.ArgumentParser(
        prog="benchmarks/run", description="Kvorum beside etcd, in one run on this machine."
    )
    parser.add_argument("run", choices=sorted(PLANS), help="short: at most ten minutes")
    parser.add_argument(
        "--only", default=",".join(SCORECARD_IDS), help="rows of the scorecard, as S1,S4"
    )
    parser.add_argument("--peer", type=Path, default=folder / "etcd", help="etcd's server")
    parser.add_argument(
        "--store",
        type=Path,
        default=_ROOT / "deploy" / "bin" / "etcd",
        help="the server under test; takes etcd's flags",
    )
    parser.add_argument("--tool", type=Path, default=folder / "etcd-benchmark", help="load tool")
    parser.add_argument("--etcdctl", type=Path, default=folder / "etcdctl")
    parser.add_argument(
        "--data", type=Path, default=_MODULE / "target", help="folder on the disk to be used"
    )
    parser.add_argument("--out", type=Path, help="folder of the result")
    parser.add_argument(
        "--pin", action="store_true", help="servers on core 0, load tool on core 1"
    )
    parser.add_argument(
        "--no-cgroup", action="store_true", help="take CPU from /proc/PID/stat (10 ms ticks)"
    )
    arguments = parser.parse_args(argv)
    arguments.ids = {name.strip() for name in arguments.only.split(",") if name.strip()}
    unknown = arguments.ids - set(SCORECARD_IDS)
    if unknown or not arguments.ids:
        parser.error(f"--only knows {', '.join(SCORECARD_IDS)}; not {', '.join(sorted(unknown))}")
    return arguments


def _commit() -> str:
    """The commit of the tree, with a mark where the tree differs from it."""

    def git(*args: str) -> str:
        return subprocess.run(
            ["git", "-C", str(_ROOT), *args], capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no")
        return git("rev-parse", "--short=12", "HEAD") + ("-dirty" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _result_folder(commit: str) -> Path:
    name = f"{datetime.date.today().isoformat()}-{commit}"
    folder = _MODULE / "results" / name
    number = 2
    while folder.exists():
        folder = _MODULE / "results" / f"{name}-{number}"
        number += 1
    return folder


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main(argv: list[str]) -> int:
    arguments = _arguments(argv)
    programs = Programs(
        arguments.peer.absolute(),
        arguments.store.absolute(),
        arguments.tool.absolute(),
        arguments.etcdctl.absolute(),
    )
    if missing := programs.missing():
        print("not there, or not to be run: " + ", ".join(missing), file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _interrupt)
    plan = PLANS[arguments.run]
    arguments.data.mkdir(parents=True, exist_ok=True)
    if machine.file_system(arguments.data) in ("tmpfs", "ramfs"):
        print(f"{arguments.data} is in memory: a sync would cost nothing", file=sys.stderr)
        return 2
    commit = _commit()
    folder = (arguments.out or _result_folder(commit)).absolute()
    scratch = Path(tempfile.mkdtemp(prefix="sidebyside-", dir=arguments.data)).absolute()
    accounts = Accounts(allow_cgroups=not arguments.no_cgroup)
    described = machine.describe(scratch)
    runner = Runner(plan, programs, scratch, accounts, arguments.pin)
    code = 0
    try:
        runner.run(select(arguments.ids, plan.full))
    except (ServerFailed, LoadFailed) as e:
        print(f"cannot measure: {e}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    content = report.summary(
        commit,
        version(programs.peer),
        version(programs.store),
        plan,
        runner.result,
        described,
        {
            "rows_asked_for": sorted(arguments.ids),
            "cpu_from": accounts.kind,
            "pinned": arguments.pin,
            "same_binary_on_both_sides": os.path.samefile(programs.peer, programs.store),
            "tool": "etcd-benchmark of the peer's release",
        },
    )
    report.write(folder, content, runner.result)
    print(report.markdown(content))
    print(f"written to {folder}", file=sys.stderr)
    if runner.result.interrupted or any(m.failure for m in runner.result.measured):
        code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
