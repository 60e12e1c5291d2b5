#!/usr/bin/env bash
# Members that die: all at once under load, one for so long that the log no longer reaches back to it, one again and
# again while it catches up, and one whose disk was emptied. A ledger outside the store knows what was acknowledged.
#
# usage: crash.sh [--rounds N] [part...]
#   part      all, late, wiped (default: all three)
#   --rounds  how often all members are killed (default 2)
#
# STORE_BIN=~/.cache/kvorum/peers/bin/etcd crash.sh ... runs the same on a real etcd.
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=ledger.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/ledger.sh"

rounds=2 parts=()
while (($#)); do
  case $1 in
    --rounds) rounds=$2; shift ;;
    all | late | wiped) parts+=("$1") ;;
    -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "crash.sh: unknown argument '$1' (try --help)" >&2; exit 2 ;;
  esac
  shift
done
((${#parts[@]})) || parts=(all late wiped)
e2e_begin crash "$STORE_BIN" "$ETCDCTL" "$KVLEDGER"

# ---- all members at once ----

part_all() {
  local n before
  LEDGER=$SCRATCH/all.ledger
  cluster_new 3
  cluster_start
  load_start --seconds 300 --workers 16
  for ((n = 1; n <= rounds; n++)); do
    before=$(acked)
    wait_for 30 more_than $((before + 1500)) || die "the load makes no progress"
    note "kill -9 of all members ($n of $rounds), $(acked) writes acknowledged"
    member_kill "${MEMBERS[@]}"
    for name in "${MEMBERS[@]}"; do member_start "$name"; done
    cluster_wait "${MEMBERS[@]}"
  done
  before=$(acked)
  wait_for 30 more_than $((before + 1500)) || die "the load does not go on after the restart"
  kill -TERM "$LOAD"
  load_end "load through $rounds crashes"
  judge "after the crashes"
}

# ---- a member that comes back after the log was cut ----

# What a member logs when it takes over a snapshot. Otherwise the part would test nothing but a longer log.
SNAPSHOT_LOGGED='(applied|applying|received|installed|installing|restored|restoring)[a-z ]* snapshot|snapshot[a-z ]* (applied|received|installed|restored)'

part_late() {
  local n late
  LEDGER=$SCRATCH/late.ledger
  cluster_new 3 --snapshot-count=100 --snapshot-catchup-entries=50
  cluster_start
  load_start --ops 300 --seconds 60 --workers 4
  load_end "load with all members"
  late=$(leader)
  note "kill -9 of $late, the leader; the others go on without it"
  member_kill "$late"
  load_start --ops 3000 --seconds 120 --workers 4
  load_end "load without $late"
  load_start --seconds 300 --workers 4
  for n in 0.2 0.5 1 1.5 2 2.5 3; do
    member_start "$late"
    sleep "$n"
    note "kill -9 of $late, $n s after its start"
    member_kill "$late"
  done
  member_start "$late"
  cluster_wait "$late"
  kill -TERM "$LOAD"
  load_end "load while it catches up"
  judge "after catching up"
  check "$late took over a snapshot" grep -qiE "$SNAPSHOT_LOGGED" "${LOG[$late]}"
  note "and once more, after a clean stop of everybody"
  for name in "${MEMBERS[@]}"; do stop "$name"; done
  for name in "${MEMBERS[@]}"; do member_start "$name"; done
  cluster_wait "${MEMBERS[@]}"
  judge "after a clean restart"
}

# ---- a member whose disk was emptied ----

# A member that forgot its log also forgot its votes and what it acknowledged, so it must not come back as the same
# member. It has to be removed and added, and its last words should say so. A real etcd says less.
case $STORE_BIN in
  "$ROOT"/*) WIPED_LOGGED='member remove' ;;
  *) WIPED_LOGGED='has already been bootstrapped|is out of range|member remove' ;;
esac

not_listed() { ! "$ETCDCTL" --endpoints="${CLIENT[m1]}" member list | grep "^$1,"; }

part_wiped() {
  local state wiped=m2 id first
  LEDGER=$SCRATCH/wiped.ledger
  cluster_new 3
  cluster_start
  load_start --ops 500 --seconds 60 --workers 4
  load_end "load with all members"
  for state in new existing; do
    stop "$wiped"
    mv "${DATA[$wiped]}" "${DATA[$wiped]}.before-$state"
    : >"${LOG[$wiped]}"
    note "$wiped starts with an empty folder, --initial-cluster-state=$state"
    member_start "$wiped" "$state"
    if wait_for 40 not_running "$wiped"; then
      stop "$wiped"
      check "wiped, $state: the program ends with an error" test "$EXIT_CODE" -ne 0
      check "wiped, $state: it says what to do" grep -qiE "$WIPED_LOGGED" "${LOG[$wiped]}"
    else
      fail "wiped, $state: $wiped is running under its old identity"
      stop "$wiped" KILL
    fi
    first=$(acked)
    load_start --ops 200 --seconds 60 --workers 4
    load_end "wiped, $state: the others go on"
    more_than "$first" || fail "nothing was acknowledged"
    rm -rf "${DATA[$wiped]}"
    mv "${DATA[$wiped]}.before-$state" "${DATA[$wiped]}"
    member_start "$wiped"
    cluster_wait "$wiped"
  done
  judge "with its data back"
  stop "$wiped"
  rm -rf "${DATA[$wiped]}"
  id=$("$ETCDCTL" --endpoints="${CLIENT[m1]}" member list | awk -F', ' -v name="$wiped" '$3 == name { print $1 }')
  check "member remove" wait_for 20 "$ETCDCTL" --endpoints="${CLIENT[m1]}" member remove "$id"
  check "member remove: it is gone" not_listed "$id"
  check "member add" wait_for 20 "$ETCDCTL" --endpoints="${CLIENT[m1]}" member add "$wiped" --peer-urls="${PEER[$wiped]}"
  member_start "$wiped" existing
  cluster_wait "$wiped"
  load_start --ops 200 --seconds 60 --workers 4
  load_end "load with the new member"
  judge "as a new member"
}

for part in "${parts[@]}"; do
  note "part $part"
  "part_$part"
  for name in "${MEMBERS[@]}"; do
    running "$name" || fail "$name has ended"
    stop "$name"
  done
done
