#!/usr/bin/env bash
# Many keys in a small heap: fill, list in pages, restart, list again.
#
# usage: many.sh [--keys N] [--heap SIZE]
#   --keys  how many keys of 300 bytes (default 1000000)
#   --heap  the member's heap (default 512m)
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

keys=1000000 heap=512m
while (($#)); do
  case $1 in
    --keys) keys=$2; shift ;;
    --heap) heap=$2; shift ;;
    -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "many.sh: unknown argument '$1' (try --help)" >&2; exit 2 ;;
  esac
  shift
done
e2e_begin many "$STORE_BIN" "$ETCDCTL" "$KVLEDGER"
export KVORUM_HEAP=$heap

list() { "$KVLEDGER" pages --endpoints "$ENDPOINTS" --prefix /fill/ --keys "$keys" --value-bytes 300 --limit 500; }
# The store's process is the launcher's, which became it.
resident() { awk '/VmRSS/ { printf "%d MiB", $2 / 1024 }' "/proc/${PID[m1]}/status"; }

cluster_new 1
cluster_start
if out=$("$KVLEDGER" fill --endpoints "$ENDPOINTS" --prefix /fill/ --keys "$keys" --value-bytes 300 2>&1); then
  pass "$out"
else
  die "fill: $out"
fi
if out=$(list 2>&1); then pass "$out, resident $(resident)"; else fail "list: $out"; fi
member_kill m1
started=$SECONDS
member_start m1
check "it serves again after kill -9" wait_for 120 "$ETCDCTL" --endpoints="$ENDPOINTS" get /none
note "restart took $((SECONDS - started)) s"
if out=$(list 2>&1); then pass "$out, resident $(resident)"; else fail "list after the restart: $out"; fi
stop m1 TERM
if [[ $EXIT_CODE == 0 || $EXIT_CODE == 143 ]]; then pass "it ends cleanly"; else fail "it ended with $EXIT_CODE"; fi
