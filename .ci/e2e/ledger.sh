# shellcheck shell=bash
# A load whose acknowledged writes are noted in LEDGER, a file outside the store, and the judgement of the members by it.
# To be sourced after lib.sh.

LEDGER=

revision() { "$ETCDCTL" --endpoints="${CLIENT[$1]}" get / -w json | sed -E 's/.*"revision":([0-9]+).*/\1/'; }
dump() { "$KVLEDGER" dump --endpoints "${CLIENT[$1]}" --prefix '' --rev "$2"; }
verify() { local name=$1; shift; "$KVLEDGER" verify --endpoints "${CLIENT[$name]}" --ledger "$LEDGER" "$@"; }
# digest_is NAME REVISION DIGEST
digest_is() {
  local got
  got=$(dump "$1" "$2") || return 1
  [[ $got == "$3" ]] || { echo "$1: $got, expected $3"; return 1; }
}

# load_start flag...: a load in the background.
load_start() {
  "$KVLEDGER" load --endpoints "$ENDPOINTS" --ledger "$LEDGER" "$@" >"$SCRATCH/load.txt" 2>&1 </dev/null &
  LOAD=$!
}
load_end() {
  local what=$1
  if wait "$LOAD"; then pass "$what: $(tail -n 1 "$SCRATCH/load.txt")"; else fail "$what"; sed 's/^/          | /' "$SCRATCH/load.txt"; fi
}
acked() { grep -c '^ok ' "$LEDGER" 2>/dev/null || true; }
more_than() { (($(acked) > $1)); }

# judge WHEN [flag of verify...]: every member holds what was acknowledged, and the same as the others.
judge() {
  local name rev expected hashes
  for name in "${MEMBERS[@]}"; do
    check "$1: every acknowledged write is there, asked through $name" verify "$name" "${@:2}"
  done
  rev=$(revision "${MEMBERS[0]}")
  expected=$(dump "${MEMBERS[0]}" "$rev")
  for name in "${MEMBERS[@]}"; do
    wait_for 30 digest_is "$name" "$rev" "$expected" || true
    check "$1: $name holds the same at revision $rev" digest_is "$name" "$rev" "$expected"
  done
  if hashes=$("$ETCDCTL" --endpoints="$ENDPOINTS" endpoint hashkv --rev="$rev" 2>&1); then
    same "$1: HashKV is the same everywhere" 1 "$(cut -d, -f2 <<<"$hashes" | sort -u | wc -l)"
  else
    fail "$1: HashKV: $hashes"
  fi
}
