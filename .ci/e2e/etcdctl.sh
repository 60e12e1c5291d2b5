#!/usr/bin/env bash
# Runs the same etcdctl commands against a real etcd and against the store under test, both set up alike, and compares what
# they print: the real etcd decides what is right. Identities, addresses, terms, log indexes, sizes and times are masked;
# revisions are not.
#
# usage: etcdctl.sh [--members 1|3] [--tls] [--auth] [--perf] [--show] [group...]
#        etcdctl.sh --matrix [group...]
#   group      one or more of the groups of etcdctl_scenario.sh (default: ALL_GROUPS there); each runs on a fresh, empty store
#   --members  members of either cluster (default 1); of three, a follower is asked unless the step says otherwise
#   --tls      certificates on both sides, for clients and between members
#   --auth     authentication is on, and the commands are root's; the group auth begins with it off all the same
#   --perf     also run `etcdctl check perf --load=s` on the store under test (60 s)
#   --show     print the transcripts
#   --matrix   all eight combinations of members, TLS and authentication, one after the other (a quarter of an hour)
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=etcdctl_scenario.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/etcdctl_scenario.sh"

ORACLE_BIN=${ORACLE_BIN:-$PEERS_BIN/etcd}
perf='' show='' groups=() members=1 tls='' auth='' matrix=''
while (($#)); do
  case $1 in
    --members)
      [[ ${2:-} == [13] ]] || { echo "etcdctl.sh: --members takes 1 or 3" >&2; exit 2; }
      members=$2
      shift
      ;;
    --tls) tls=1 ;;
    --auth) auth=1 ;;
    --perf) perf=1 ;;
    --show) show=1 ;;
    --matrix) matrix=1 ;;
    -h | --help) sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) echo "etcdctl.sh: unknown argument '$1' (try --help)" >&2; exit 2 ;;
    *) groups+=("$1") ;;
  esac
  shift
done
configuration="$members member$( ((members == 1)) || echo s)${tls:+, tls}${auth:+, auth}"

# ---- the matrix: this script, eight times ----

if [[ -n $matrix ]]; then
  passed=0 failed=0 SECONDS=0 summary=()
  for members in 1 3; do
    for tls in '' --tls; do
      for auth in '' --auth; do
        output=$(mktemp)
        "${BASH_SOURCE[0]}" --members "$members" ${tls:+"$tls"} ${auth:+"$auth"} ${show:+--show} \
          ${groups[@]+"${groups[@]}"} 2>&1 | tee "$output" || true
        last=$(tail -n 1 "$output")
        rm -f "$output"
        if [[ $last =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
          passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
        else
          failed=$((failed + 1))
        fi
        summary+=("$(printf '%-12s %-5s %-6s  %s' "--members $members" "$tls" "$auth" "$last")")
      done
    done
  done
  printf '%s\n' "${summary[@]}"
  printf 'etcdctl --matrix: %d passed, %d failed, %d s\n' "$passed" "$failed" "$SECONDS"
  ((failed == 0)) || exit 1
  exit 0
fi

((${#groups[@]})) || read -ra groups <<<"$ALL_GROUPS"
for group in "${groups[@]}"; do
  declare -F "group_$group" >/dev/null || { echo "etcdctl.sh: there is no group '$group'; there are: $ALL_GROUPS" >&2; exit 2; }
done

e2e_begin etcdctl "$STORE_BIN" "$ORACLE_BIN" "$ETCDCTL" "$KVLEDGER"
note "$configuration"
[[ -z $tls ]] || tls_begin

# ---- two clusters ----

# names CLUSTER: its members, as they are called here; they themselves are m1, m2 and m3 in both clusters.
names() {
  local i
  for ((i = 1; i <= members; i++)); do printf '%s-m%d ' "$1" "$i"; done
}

# serve CLUSTER PROGRAM: starts its members; sets CLIENT and PEER of each.
serve() {
  local ports name own initial='' next=0 all
  read -ra all <<<"$(names "$1")"
  read -ra ports <<<"$(free_ports $((2 * members)))"
  for name in "${all[@]}"; do
    CLIENT[$name]=$SCHEME://127.0.0.1:${ports[$next]}
    PEER[$name]=$SCHEME://127.0.0.1:${ports[$next + 1]}
    next=$((next + 2))
    initial+=${initial:+,}${name##*-}=${PEER[$name]}
  done
  for name in "${all[@]}"; do
    own=${name##*-}
    tls_flags "$own"
    # Hashing passwords takes its time on purpose, and there are hundreds of commands that send one.
    spawn "$name" "$SCRATCH/$name.log" "$2" --name="$own" --data-dir="$SCRATCH/$name.etcd" \
      --listen-client-urls="${CLIENT[$name]}" --advertise-client-urls="${CLIENT[$name]}" \
      --listen-peer-urls="${PEER[$name]}" --initial-advertise-peer-urls="${PEER[$name]}" \
      --initial-cluster="$initial" --initial-cluster-token=e2e --watch-progress-notify-interval=1s --bcrypt-cost=4 \
      ${TLS_FLAGS[@]+"${TLS_FLAGS[@]}"}
  done
}

# addresses CLUSTER: the client addresses of its members, separated by commas, a follower's first.
# shellcheck disable=SC2034 # MEMBERS and ENDPOINTS are what leader looks at
addresses() {
  local all names_found
  read -ra all <<<"$(names "$1")"
  if ((members > 1)); then
    MEMBERS=("${all[@]}") ENDPOINTS=$(endpoints "${all[@]}")
    wait_for 30 leader || die "$1 has no leader"
    names_found=$(leader)
    local name followers=()
    for name in "${all[@]}"; do [[ $name == "$names_found" ]] || followers+=("$name"); done
    all=("${followers[@]}" "$names_found")
  fi
  endpoints "${all[@]}"
}

# record CLUSTER GROUP: runs the group and leaves its masked transcript in CLUSTER.txt. What the group is told: EP, the
# address of the member to ask; EPS, those of all, the leader's last; WORK, the folder it is in.
# shellcheck disable=SC2034
record() {
  local cluster=$1 group=$2 all name peers=''
  read -ra all <<<"$(names "$cluster")"
  for name in "${all[@]}"; do peers+=${peers:+,}${PEER[$name]}; done
  (
    trap - EXIT ERR
    EPS=$(addresses "$cluster")
    EP=${EPS%%,*} WORK=$SCRATCH/$cluster.work MEMBER_COUNT=$members
    mkdir -p "$WORK"
    cd "$WORK"
    set +e
    if [[ -n $auth && $group != auth ]]; then
      ctl user add root:secret && ctl user grant-role root root && ctl auth enable
      export ETCDCTL_USER=root:secret
    fi >prepared.txt
    "group_$group"
  ) >"$SCRATCH/$cluster.raw.txt" 2>&1 </dev/null
  python3 "$E2E/etcdctl_mask.py" "$(endpoints "${all[@]}")" "$peers" "$SCRATCH" <"$SCRATCH/$cluster.raw.txt" >"$SCRATCH/$cluster.txt"
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
  note "group $group"
  failed_before=$FAILED
  read -ra oracles <<<"$(names "oracle-$group")"
  read -ra stores <<<"$(names "store-$group")"
  serve "oracle-$group" "$ORACLE_BIN"
  serve "store-$group" "$STORE_BIN"
  cluster_wait "${oracles[@]}" "${stores[@]}"
  # The two take turns waiting for timers, so side by side takes half the time.
  record "oracle-$group" "$group" &
  oracle=$!
  record "store-$group" "$group"
  wait "$oracle"
  compare "$group"
  [[ -z $show ]] || cat "$SCRATCH/store-$group.txt"
  if [[ $group == kv && -n $perf ]]; then
    check "check perf --load=s" "$ETCDCTL" --endpoints="${CLIENT[${stores[0]}]}" check perf --load=s
  fi
  # Once per run is enough, and the members have to be there anyway.
  if [[ -n $tls && $group == "${groups[0]}" ]]; then
    user=''
    [[ -z $auth || $group == auth ]] || user=root:secret
    ETCDCTL_USER=$user tls_checks "${CLIENT[${stores[0]}]}" "${PEER[${stores[0]}]}"
  fi
  # Of three members, the group removes one, which then ends by itself.
  left=$members
  if [[ $group == members ]] && ((members == 3)); then left=2; fi
  up=()
  for name in "${stores[@]}"; do if running "$name"; then up+=("$name"); fi; done
  same "$group: running members at the end" "$left" "${#up[@]}"
  for name in "${oracles[@]}" "${stores[@]}"; do signal "$name" TERM; done
  for name in "${oracles[@]}"; do stop "$name" 0; done
  for name in "${stores[@]}"; do
    stop "$name" 0
    [[ " ${up[*]} " == *" $name "* ]] || continue
    # etcd dies of the signal once it has shut down, as a JVM does; 137 would mean that it had to be killed.
    check "$group: SIGTERM ends ${name##*-}" grep -qxE '0|143' <<<"$EXIT_CODE"
  done
  # Of what went well, nobody wants to read the log.
  for name in "${oracles[@]}"; do unset "LOG[$name]"; done
  if ((FAILED == failed_before)); then for name in "${stores[@]}"; do unset "LOG[$name]"; done; fi
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
  while IFS='|' read -r when of title text; do
    [[ $of == "$group" ]] || continue
    case $when in
      3) ((members == 3)) || continue ;;
      tls) [[ -n $tls ]] || continue ;;
    esac
    check "fact: $of: $title" fact "$of" "$title" "$text"
  done <<<"$FACTS"
done
