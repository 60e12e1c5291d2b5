#!/usr/bin/env bash
# Three members that are changed under load: their number, their leader, what they are allowed to store, and who is
# connected to them. A ledger outside the store knows what was acknowledged.
#
# usage: changes.sh [--long] [--plain] [--many N] [part...]
#   part     members  one is added as a learner and promoted, the leader is removed, one that lost its disk is replaced
#            leaders  the leadership is moved about
#            watches  many watches on one connection, while the leadership moves
#            leases   many leases are kept alive during all of the other parts, and let go
#            quota    the space quota is used up, freed, and used again
#            silent   connections that say nothing
#   --long   more of each (a quarter of an hour instead of three minutes)
#   --plain  without certificates
#   --many   how many watches and leases (default 10000)
#
# STORE_BIN=~/.cache/kvorum/peers/bin/etcd changes.sh ... runs the same on a real etcd.
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=ledger.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/ledger.sh"

long='' tls=1 many=10000 parts=()
while (($#)); do
  case $1 in
    --long) long=1 ;;
    --plain) tls='' ;;
    --many)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "changes.sh: --many takes a number" >&2; exit 2; }
      many=$2
      shift
      ;;
    members | leaders | watches | leases | quota | silent) parts+=("$1") ;;
    -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "changes.sh: unknown argument '$1' (try --help)" >&2; exit 2 ;;
  esac
  shift
done
((${#parts[@]})) || parts=(leases watches leaders members quota silent)
if [[ -n $long ]]; then
  moves=30 cycles=3 replacements=3 watch_rounds=30 lease_ttl=60 quota=$((64 << 20))
else
  moves=6 cycles=1 replacements=1 watch_rounds=3 lease_ttl=60 quota=$((8 << 20))
fi
e2e_begin changes "$STORE_BIN" "$ETCDCTL" "$KVLEDGER"
[[ -z $tls ]] || tls_begin

ctl() { "$ETCDCTL" --endpoints="$ENDPOINTS" --dial-timeout=2s --command-timeout=10s "$@"; }
# id_of NAME: the identity of a member, in hex.
id_of() { ctl member list | awk -F', ' -v name="$1" '$3 == name { print $1 }'; }
# id_at URL: of one that has no name yet.
id_at() { ctl member list | awk -F', ' -v url="$1" '$4 == url { print $1 }'; }

# What the load has to do with every change: it goes on.
goes_on() {
  local before
  before=$(acked)
  check "$1: writes go on" wait_for 60 more_than $((before + 200))
}

# A change whose answer was lost may have been made, so it is looked for before it is tried again.
try_add() { [[ -n $(id_at "$1") ]] || ctl member add "${@:2}" --peer-urls="$1"; }
try_remove() { ! ctl member list | grep "^$1," >/dev/null || ctl member remove "$1"; }
is_learner() { ctl member list | grep -E "^$1,.*true$" >/dev/null; }
is_voter() { ctl member list | grep -E "^$1,.*false$" >/dev/null; }
try_promote() { is_voter "$1" || ctl member promote "$1"; }
without() { # NAME: the other members
  local name
  for name in "${MEMBERS[@]}"; do [[ $name == "$1" ]] || printf '%s ' "$name"; done
}

# The pause leaves the members time for what is tested beside the load.
steady_load() { load_start --seconds 1200 --workers 8 --pause 10ms; }
end_load() {
  kill -TERM "$LOAD"
  load_end "$1: the load"
}

# ---- who is a member ----

part_members() {
  local n newest=3 id victim others
  for ((n = 1; n <= replacements; n++)); do
    newest=$((newest + 1))
    victim=m$newest
    member_new "$victim"
    check "add a learner" wait_for 60 try_add "${PEER[$victim]}" "$victim" --learner
    id=$(id_at "${PEER[$victim]}")
    check "it is a learner" is_learner "$id"
    members_are "${MEMBERS[@]}" "$victim"
    member_start "$victim" existing
    check "promote it once it has caught up" wait_for 60 try_promote "$id"
    check "it is a voter" is_voter "$id"
    cluster_wait "$victim"
    goes_on "with four members"

    wait_for 30 leader || die "there is no leader to remove"
    victim=$(leader)
    id=$(id_of "$victim")
    note "removing $victim, the leader"
    read -ra others <<<"$(without "$victim")"
    members_are "${others[@]}"
    check "remove the leader" wait_for 60 try_remove "$id"
    check "who was removed ends" wait_for 60 not_running "$victim"
    stop "$victim"
    goes_on "without the leader"

    victim=${MEMBERS[0]}
    id=$(id_of "$victim")
    note "$victim loses its disk"
    member_kill "$victim"
    rm -rf "${DATA[$victim]}"
    goes_on "with one dead"
    read -ra others <<<"$(without "$victim")"
    members_are "${others[@]}"
    check "remove the dead one" wait_for 60 try_remove "$id"
    newest=$((newest + 1))
    victim=m$newest
    member_new "$victim"
    check "add another in its place" wait_for 60 try_add "${PEER[$victim]}" "$victim"
    members_are "${MEMBERS[@]}" "$victim"
    member_start "$victim" existing
    cluster_wait "$victim"
    goes_on "with the new one"
    ((newest < 6)) || newest=0
  done
}

# ---- who leads ----

move_leader() { # of those that do not lead, the one after the leader
  local from to id n
  wait_for 30 leader || return 1
  from=$(leader) || return 1
  for n in "${!MEMBERS[@]}"; do
    if [[ ${MEMBERS[$n]} == "$from" ]]; then to=${MEMBERS[$(((n + 1) % ${#MEMBERS[@]}))]}; fi
  done
  id=$(id_of "$to")
  ctl move-leader "$id" || return 1
  [[ $(leader) == "$to" ]] || { echo "$(leader) leads, not $to"; return 1; }
}

part_leaders() {
  local n
  for ((n = 1; n <= moves; n++)); do
    check "move-leader $n" move_leader
    goes_on "move-leader $n"
  done
}

# ---- many watches ----

# moving TIMES COMMAND...: runs the command, and moves the leadership while it runs.
moving() {
  local times=$1 n pid code=0
  shift
  "$@" &
  pid=$!
  for ((n = 1; n <= times; n++)); do
    sleep 4
    kill -0 "$pid" 2>/dev/null || break
    # What it prints does not belong to the command's output.
    move_leader >/dev/null 2>&1 || true
  done
  wait "$pid" || code=$?
  return "$code"
}

part_watches() {
  local watched=${MEMBERS[0]} out
  if out=$(moving 2 "$KVLEDGER" watches --endpoints "${CLIENT[$watched]}" --writers "$ENDPOINTS" --prefix watch/ \
    --count "$many" --rounds "$watch_rounds" 2>&1); then
    pass "${out##*$'\n'}"
  else
    fail "$many watches: $out"
  fi
  goes_on "beside $many watches"
}

# ---- many leases ----

no_leases() { [[ $(ctl lease list) == 'found 0 leases' ]]; }

granted_or_gone() { file_has "$SCRATCH/leases.txt" ' granted in ' || not_running leases; }

leases_begin() {
  spawn leases "$SCRATCH/leases.txt" "$KVLEDGER" leases --endpoints "$ENDPOINTS" --prefix lease/ --count "$many" --ttl "$lease_ttl" --seconds 3600
  wait_for 300 granted_or_gone || true
  check "$many leases are granted" grep ' granted in ' "$SCRATCH/leases.txt"
  granted=$SECONDS
}

leases_end() {
  while ((SECONDS < granted + lease_ttl + 5)); do sleep 1; done
  stop leases TERM $((lease_ttl + 90))
  if ((EXIT_CODE == 0)); then pass "$(tail -n 1 "$SCRATCH/leases.txt")"; else fail "$many leases: $(tail -n 1 "$SCRATCH/leases.txt")"; fi
  check "no lease is left" wait_for 60 no_leases
}

# ---- the quota ----

alarm_on() { [[ $(ctl alarm list) == *NOSPACE* ]]; }
alarm_off() { [[ $(ctl alarm list) != *NOSPACE* ]]; }
no_space() { # NAME
  local out
  if out=$("$ETCDCTL" --endpoints="${CLIENT[$1]}" put quota/x x 2>&1); then echo "it was written"; return 1; fi
  [[ $out == *'etcdserver: mvcc: database space exceeded'* ]] || { echo "$out"; return 1; }
}
readable() { [[ $("$ETCDCTL" --endpoints="${CLIENT[$1]}" get quota/there --print-value-only) == yes ]]; }
smaller() { local now; now=$(stored_bytes); ((now < $1)) || { echo "$now bytes, before $1"; return 1; }; }
stored_bytes() { ctl endpoint status -w json | python3 -c 'import json, sys; print(max(e["Status"]["dbSize"] for e in json.load(sys.stdin)))'; }

part_quota() {
  local n name before rev
  LEDGER=$SCRATCH/quota.ledger
  cluster_new 3 --quota-backend-bytes="$quota"
  cluster_start
  ctl put quota/there yes >/dev/null
  for ((n = 1; n <= cycles; n++)); do
    load_start --seconds 600 --workers 8 --value-bytes 2000
    check "quota $n: the alarm is raised when the space is used up" wait_for 300 alarm_on
    for name in "${MEMBERS[@]}"; do
      check "quota $n: a put through $name is refused" no_space "$name"
      check "quota $n: a read through $name is not" readable "$name"
    done
    check "quota $n: nor is a delete" ctl del quota/none
    kill -TERM "$LOAD"
    load_end "quota $n: the load until then"
    before=$(stored_bytes)
    rev=$(revision "${MEMBERS[0]}")
    check "quota $n: compact" ctl compaction "$rev" --physical
    check "quota $n: defrag" "$ETCDCTL" --endpoints="$ENDPOINTS" --command-timeout=60s defrag
    check "quota $n: it takes less space ($((before >> 10)) KiB before)" smaller "$before"
    check "quota $n: the alarm stays on until it is disarmed" alarm_on
    check "quota $n: disarm" ctl alarm disarm
    check "quota $n: the alarm is off" alarm_off
    for name in "${MEMBERS[@]}"; do
      check "quota $n: a put through $name is taken" "$ETCDCTL" --endpoints="${CLIENT[$name]}" put quota/there yes
    done
    load_start --ops 500 --seconds 60 --workers 4
    load_end "quota $n: the load after that"
  done
  # What was compacted has no history to compare.
  judge "after the quota was used up" --history=false --samples 0
  members_end
}

# ---- connections that say nothing ----

connects() {
  local n
  for ((n = 0; n < 10; n++)); do
    "$ETCDCTL" --endpoints="${CLIENT[$1]}" --dial-timeout=2s --command-timeout=5s get /none || return 1
  done
}

silence() { # COUNT KIND...
  local name=${MEMBERS[0]} out
  spawn silent "$SCRATCH/silent.txt" python3 "$E2E/silent.py" "${CLIENT[$name]}" "$@"
  check "silent: $(($1 * ($# - 1))) connections (${*:2})" wait_for 60 file_has "$SCRATCH/silent.txt" "^open $(($1 * ($# - 1)))$"
  LEDGER=$SCRATCH/silent-$SCHEME.ledger
  load_start --ops 1000 --seconds 60 --workers 8
  load_end "silent: others write"
  check "silent: others connect" connects "$name"
  check "silent: they are still there" running silent
  out=$(ctl endpoint health 2>&1) || true
  check "silent: the member is healthy" grep -F 'is healthy' <<<"$out"
  stop silent
  rm -f "$SCRATCH/silent.txt"
  check "silent: every acknowledged write is there" verify "$name"
}

part_silent() {
  local count=100
  [[ -z $long ]] || count=1000
  tls_end
  cluster_new 1
  cluster_start
  silence "$count" tcp preface
  members_end
  tls_begin
  cluster_new 1
  cluster_start
  silence "$count" tcp hello tls
  members_end
}

members_end() {
  local name
  for name in "${MEMBERS[@]}"; do
    running "$name" || fail "$name has ended"
    signal "$name" TERM
  done
  for name in "${MEMBERS[@]}"; do
    stop "$name" 0
    unset "LOG[$name]"
  done
}

# ---- the parts, those of one cluster together ----

together=() apart=() leases='' granted=0
for part in "${parts[@]}"; do
  case $part in
    leases) leases=1 ;;
    quota | silent) apart+=("$part") ;;
    *) together+=("$part") ;;
  esac
done
if [[ -n $leases ]] || ((${#together[@]})); then
  LEDGER=$SCRATCH/changes.ledger
  cluster_new 3
  cluster_start
  steady_load
  [[ -z $leases ]] || leases_begin
  for part in ${together[@]+"${together[@]}"}; do
    note "part $part, $(acked) writes acknowledged"
    "part_$part"
  done
  [[ -z $leases ]] || leases_end
  end_load "all changes"
  judge "after the changes"
  members_end
fi
for part in ${apart[@]+"${apart[@]}"}; do
  note "part $part"
  "part_$part"
done
