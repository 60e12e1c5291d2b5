#!/usr/bin/env bash
# Runs the same etcdctl commands against a real etcd and against the store under test and compares what they print: the
# real etcd decides what is right. Identities, addresses, terms, log indexes, sizes and times are masked; revisions are not.
#
# usage: etcdctl.sh [--perf] [--show] [group...]
#   group   one or more of the groups of etcdctl_scenario.sh (default: ALL_GROUPS there); each runs on a fresh, empty store
#   --perf  also run `etcdctl check perf --load=s` on the store under test (60 s)
#   --show  print the transcripts
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=etcdctl_scenario.sh
source "$E2E/etcdctl_scenario.sh"

ORACLE_BIN=${ORACLE_BIN:-$PEERS_BIN/etcd}
perf='' show='' groups=()
while (($#)); do
  case $1 in
    --perf) perf=1 ;;
    --show) show=1 ;;
    -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) echo "etcdctl.sh: unknown argument '$1' (try --help)" >&2; exit 2 ;;
    *) groups+=("$1") ;;
  esac
  shift
done
((${#groups[@]})) || read -ra groups <<<"$ALL_GROUPS"

e2e_begin etcdctl "$STORE_BIN" "$ORACLE_BIN" "$ETCDCTL" "$KVLEDGER"

# serve NAME PROGRAM: a one-member cluster; sets CLIENT and PEER of NAME.
serve() {
  local name=$1 ports
  read -ra ports <<<"$(free_ports 2)"
  CLIENT[$name]=http://127.0.0.1:${ports[0]}
  PEER[$name]=http://127.0.0.1:${ports[1]}
  spawn "$name" "$SCRATCH/$name.log" "$2" --name=m1 --data-dir="$SCRATCH/$name.etcd" \
    --listen-client-urls="${CLIENT[$name]}" --advertise-client-urls="${CLIENT[$name]}" \
    --listen-peer-urls="${PEER[$name]}" --initial-advertise-peer-urls="${PEER[$name]}" \
    --initial-cluster="m1=${PEER[$name]}" --initial-cluster-token=e2e --watch-progress-notify-interval=1s
}

# record NAME GROUP: runs the group and leaves its masked transcript in NAME.txt.
record() {
  local name=$1 group=$2
  (
    trap - EXIT ERR
    EP=${CLIENT[$name]} WORK=$SCRATCH/$name.work
    mkdir -p "$WORK"
    cd "$WORK"
    set +e
    "group_$group"
  ) >"$SCRATCH/$name.raw.txt" 2>&1 </dev/null
  python3 "$E2E/etcdctl_mask.py" "${CLIENT[$name]}" "${PEER[$name]}" "$SCRATCH" <"$SCRATCH/$name.raw.txt" >"$SCRATCH/$name.txt"
}

# The steps of a transcript that differ, one by one.
compare() {
  local group=$1 title line
  while IFS=$'\t' read -r verdict title; do
    case $verdict in
      same) pass "$group: $title" ;;
      *)
        fail "$group: $title"
        while IFS= read -r line; do printf '          | %s\n' "$line"; done <"$SCRATCH/differences/$verdict"
        ;;
    esac
  done < <(python3 "$E2E/etcdctl_mask.py" --compare "$SCRATCH/oracle-$group.txt" "$SCRATCH/store-$group.txt" "$SCRATCH/differences")
}

for group in "${groups[@]}"; do
  declare -F "group_$group" >/dev/null || die "there is no group '$group'; there are: $ALL_GROUPS"
  note "group $group"
  failed_before=$FAILED
  serve "oracle-$group" "$ORACLE_BIN"
  serve "store-$group" "$STORE_BIN"
  cluster_wait "oracle-$group" "store-$group"
  # The two take turns waiting for timers, so side by side takes half the time.
  record "oracle-$group" "$group" &
  oracle=$!
  record "store-$group" "$group"
  wait "$oracle"
  compare "$group"
  [[ -z $show ]] || cat "$SCRATCH/store-$group.txt"
  if [[ $group == kv && -n $perf ]]; then
    check "check perf --load=s" "$ETCDCTL" --endpoints="${CLIENT[store-$group]}" check perf --load=s
  fi
  running "store-$group" || fail "$group: the store is still running"
  stop "oracle-$group"
  stop "store-$group"
  # etcd dies of the signal once it has shut down, as a JVM does; 137 would mean that it had to be killed.
  check "$group: SIGTERM ends the store" grep -qxE '0|143' <<<"$EXIT_CODE"
  # Of what went well, nobody wants to read the log.
  unset "LOG[oracle-$group]"
  ((FAILED > failed_before)) || unset "LOG[store-$group]"
done

# A few facts by themselves, so that a broken oracle or an over-eager mask cannot hide them.
fact() { # group title text
  python3 - "$SCRATCH/store-$1.txt" "$2" "$3" <<'PY'
import sys
text = open(sys.argv[1], encoding="utf-8", errors="backslashreplace").read()
step = text.split("=== " + sys.argv[2] + "\n", 1)
if len(step) < 2:
    sys.exit("no step '%s'" % sys.argv[2])
step = step[1].split("\n=== ")[0]
if sys.argv[3] not in step:
    sys.exit("'%s' is not in:\n%s" % (sys.argv[3], step))
PY
}
for group in "${groups[@]}"; do
  while IFS='|' read -r of title text; do
    [[ $of != "$group" ]] || check "fact: $of: $title" fact "$of" "$title" "$text"
  done <<<"$FACTS"
done
