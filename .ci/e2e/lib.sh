# shellcheck shell=bash disable=SC2034
# What the end-to-end scripts share: a scratch folder, servers on free loopback ports, waiting, counting, cleaning up.
#
# Environment that a caller may set:
#   STORE_BIN        the store under test, a program with etcd's command line (default: deploy/bin/etcd of this tree)
#   STORE_FLAGS      further flags for it
#   KVORUM_PEERS_DIR where the peers are (see .ci/peers/fetch)
#   E2E_KEEP=1       keep the scratch folder
#   E2E_LOGS         folder to which the logs are copied when something failed
set -euo pipefail

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
E2E=$ROOT/.ci/e2e
PEERS_BIN=${KVORUM_PEERS_DIR:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/kvorum/peers}/bin
STORE_BIN=${STORE_BIN:-$ROOT/deploy/bin/etcd}
ETCDCTL=$PEERS_BIN/etcdctl
KVLEDGER=$PEERS_BIN/kvledger
export ROOT E2E PEERS_BIN STORE_BIN

# A proxy would catch requests to loopback, and settings of etcdctl in the environment would change what is tested.
export NO_PROXY='*' no_proxy='*' LC_ALL=C
for name in $(compgen -e); do [[ $name == ETCDCTL_* || $name == ETCD_* ]] && unset "$name"; done
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY

PASSED=0
FAILED=0
declare -A PID=() LOG=() CLIENT=() PEER=() DATA=()
MEMBERS=()
CLUSTERS=0
SCHEME=http
CERTS=

note() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }
pass() { PASSED=$((PASSED + 1)); printf '[%4d s]   ok    %s\n' "$SECONDS" "$*"; }
fail() { FAILED=$((FAILED + 1)); printf '[%4d s]   FAIL  %s\n' "$SECONDS" "$*"; }
# For what makes the rest pointless.
die() { fail "$*"; exit 1; }

# check "what" command...: passes if the command succeeds; its output is shown if it does not.
check() {
  local what=$1 out
  shift
  if out=$("$@" 2>&1); then pass "$what"; else fail "$what"; printf '%s\n' "$out" | tail -n 40 | sed 's/^/          | /'; fi
}

# same "what" expected actual
same() {
  if [[ $2 == "$3" ]]; then pass "$1"; else fail "$1: expected '$2', got '$3'"; fi
}

# e2e_begin NAME program...: makes the scratch folder, sees that the programs are there and sets the clean-up.
e2e_begin() {
  SUITE=$1
  shift
  SECONDS=0
  local program
  for program in "$@"; do
    [[ -x $program ]] || { printf '%s: %s is missing%s\n' "$SUITE" "$program" \
      "$([[ $program == "$PEERS_BIN"/* ]] && echo '; run .ci/peers/fetch')" >&2; exit 2; }
  done
  command -v python3 >/dev/null || { echo "$SUITE: python3 is missing" >&2; exit 2; }
  SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/kvorum-e2e-$SUITE.XXXXXX")
  set -E
  trap 'note "line $LINENO of ${BASH_SOURCE[0]##*/}: failed: $BASH_COMMAND"' ERR
  trap e2e_end EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  note "$SUITE on $STORE_BIN, scratch folder $SCRATCH"
  # In a source tree the launcher may build the program at its first call: better now than three times at once.
  if [[ $STORE_BIN == "$ROOT"/* ]]; then
    "$ROOT/deploy/bin/kvorum" --version >"$SCRATCH/version.txt" 2>&1 || die "it cannot be built: $(tail -n 5 "$SCRATCH/version.txt")"
  fi
  "$STORE_BIN" --version >"$SCRATCH/version.txt" 2>&1 || die "$STORE_BIN --version failed: $(tail -n 5 "$SCRATCH/version.txt")"
  note "$(head -n 1 "$SCRATCH/version.txt")"
}

e2e_end() {
  local code=$? name
  trap - EXIT ERR INT TERM HUP
  set +e
  # Fewer failures than the exit code says: the script itself broke.
  if ((code != 0 && FAILED == 0)); then fail "$SUITE ended with exit code $code"; fi
  if ((FAILED > 0)); then
    for name in "${!LOG[@]}"; do
      printf '%s\n' "---- last lines of ${LOG[$name]} ($name)"
      tail -n 15 "${LOG[$name]}" 2>/dev/null | cut -c1-300
    done
  fi
  for name in "${!PID[@]}"; do
    kill_group "${PID[$name]}" KILL
    wait "${PID[$name]}" 2>/dev/null
  done
  if ((FAILED > 0)); then
    if [[ -n ${E2E_LOGS:-} ]]; then
      mkdir -p "$E2E_LOGS/$SUITE" && find "$SCRATCH" -maxdepth 2 -type f -size -50M \
        \( -name '*.log' -o -name '*.txt' \) -exec cp {} "$E2E_LOGS/$SUITE/" \;
    fi
  fi
  if [[ -z ${E2E_KEEP:-} ]]; then rm -rf "$SCRATCH"; else note "kept $SCRATCH"; fi
  printf '%s: %d passed, %d failed, %d s\n' "$SUITE" "$PASSED" "$FAILED" "$SECONDS"
  ((FAILED == 0 && code == 0)) || exit 1
  exit 0
}

# free_ports N: prints N ports that nobody listens on. They lie below the range from which the system takes ports for
# outgoing connections, so that a port stays free while the server on it is down.
free_ports() {
  python3 - "$1" <<'PY'
import random, socket, sys
found = []
while len(found) < int(sys.argv[1]):
    port = random.randrange(15000, 32000)
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
    if port not in found:
        found.append(port)
print(*found)
PY
}

# spawn NAME LOGFILE command...: runs it in a process group of its own, so that a launcher and what it launches die together.
spawn() {
  local name=$1
  LOG[$name]=$2
  shift 2
  setsid "$@" >>"${LOG[$name]}" 2>&1 </dev/null &
  PID[$name]=$!
  # For a caller that has to clean up after a script which could not.
  [[ -z ${E2E_PIDS:-} ]] || echo "${PID[$name]}" >>"$E2E_PIDS"
}

kill_group() { # pid signal
  # Until setsid has run, the process is not yet the leader of a group of its own.
  { kill -s "$2" -- "-$1" || kill -s "$2" "$1"; } 2>/dev/null || true
}

# signal NAME SIGNAL
signal() { [[ -z ${PID[$1]:-} ]] || kill_group "${PID[$1]}" "$2"; }

running() { [[ -n ${PID[$1]:-} ]] && kill -0 "${PID[$1]}" 2>/dev/null; }

# stop NAME [signal [seconds]]: signals the group, waits, kills what is left. The exit code is left in EXIT_CODE.
stop() {
  local name=$1 signal=${2:-TERM} limit=${3:-30} pid=${PID[$1]:-}
  EXIT_CODE=0
  [[ -n $pid ]] || return 0
  kill_group "$pid" "$signal"
  if ! wait_for "$limit" not_running "$name"; then
    note "$name did not end within $limit s of SIG$signal, killing it"
    kill_group "$pid" KILL
  fi
  wait "$pid" 2>/dev/null || EXIT_CODE=$?
  unset "PID[$name]"
}

not_running() { ! running "$1"; }

# wait_for SECONDS command...: repeats the command until it succeeds.
wait_for() {
  local until=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < until)) || return 1
    sleep 0.1
  done
}

file_has() { grep -qE -- "$2" "$1" 2>/dev/null; }

# ---- certificates ----

# tls_begin: from here on, members speak TLS to clients and to each other, ask for certificates, and get them; etcdctl and
# kvledger take theirs from the environment. They show one of client "e2e", who is no user of any store.
tls_begin() {
  SCHEME=https
  CERTS=$SCRATCH/certs
  "$ROOT/deploy/tls/make-certs" --dir "$CERTS" --members 6 --client e2e --client root --client alice >/dev/null ||
    die "no certificates"
  export ETCDCTL_CACERT=$CERTS/ca.pem ETCDCTL_CERT=$CERTS/client-e2e.pem ETCDCTL_KEY=$CERTS/client-e2e-key.pem
  # Somebody else's authority, which signed a certificate that looks right.
  "$ROOT/deploy/tls/make-certs" --dir "$SCRATCH/strangers" --members 1 --client e2e >/dev/null || die "no certificates"
}

# tls_end: from here on, without.
tls_end() {
  SCHEME=http CERTS=
  unset ETCDCTL_CACERT ETCDCTL_CERT ETCDCTL_KEY
}

# tls_flags NAME: what the member of that name needs, in TLS_FLAGS; nothing without tls_begin.
tls_flags() {
  TLS_FLAGS=()
  [[ -n $CERTS ]] || return 0
  TLS_FLAGS=(--cert-file="$CERTS/$1-server.pem" --key-file="$CERTS/$1-server-key.pem" --trusted-ca-file="$CERTS/ca.pem"
    --client-cert-auth --peer-cert-file="$CERTS/$1-peer.pem" --peer-key-file="$CERTS/$1-peer-key.pem"
    --peer-trusted-ca-file="$CERTS/ca.pem" --peer-client-cert-auth)
}

# greeted URL [certificate key]: whether a server that has seen this certificate answers its owner.
greeted() {
  python3 - "$CERTS/ca.pem" "${1#*://}" "${@:2}" <<'PY'
import socket, ssl, sys
authority, (host, port) = sys.argv[1], sys.argv[2].split(":")
context = ssl.create_default_context(cafile=authority)
context.set_alpn_protocols(["h2", "http/1.1"])
if sys.argv[3:]:
    context.load_cert_chain(*sys.argv[3:])
with socket.create_connection((host, int(port)), 5) as plain:
    try:
        with context.wrap_socket(plain, server_hostname=host) as s:
            s.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
            answer = s.recv(9)
    except (ssl.SSLError, ConnectionError) as e:
        sys.exit("turned away: %s" % e)
if not answer:
    sys.exit("turned away: it hung up")
PY
}
turned_away() {
  local out
  if out=$(greeted "$@" 2>&1); then echo "it was served"; return 1; fi
  [[ $out == *'turned away'* ]] || { echo "$out"; return 1; }
}

# tls_checks CLIENT-URL PEER-URL: who must not be served is not. To be called when everybody else is.
tls_checks() {
  local certless=(env -u ETCDCTL_CERT -u ETCDCTL_KEY)
  local call=("$ETCDCTL" --dial-timeout=1s --command-timeout=2s)
  check "tls: a client with a certificate is served" "${call[@]}" --endpoints="$1" get /none
  check "tls: one without is not" refused "${certless[@]}" "${call[@]}" --endpoints="$1" get /none
  check "tls: one with a certificate of another authority is not" refused env ETCDCTL_CERT="$SCRATCH/strangers/client-e2e.pem" \
    ETCDCTL_KEY="$SCRATCH/strangers/client-e2e-key.pem" "${call[@]}" --endpoints="$1" get /none
  check "tls: plain text is not" refused env -u ETCDCTL_CACERT "${certless[@]:1}" "${call[@]}" --endpoints="http://${1#*://}" get /none
  check "tls: a client does not believe a server of another authority" refused env ETCDCTL_CACERT="$SCRATCH/strangers/ca.pem" \
    "${call[@]}" --endpoints="$1" get /none
  check "tls: a member is let in where members talk" greeted "$2" "$CERTS/m1-peer.pem" "$CERTS/m1-peer-key.pem"
  check "tls: one without a certificate is not" turned_away "$2"
  check "tls: one of another authority is not" turned_away "$2" "$SCRATCH/strangers/m1-peer.pem" "$SCRATCH/strangers/m1-peer-key.pem"
}

# refused command...: the command runs and fails for want of a connection.
refused() {
  local out
  if out=$("$@" 2>&1); then echo "it was served: $out"; return 1; fi
  [[ $out == *'context deadline exceeded'* || $out == *'code = Unavailable'* ]] || { echo "it failed otherwise: $out"; return 1; }
}

# ---- a cluster of stores ----

# cluster_new N [flag...]: chooses ports and new folders of members m1..mN. Nothing is started.
cluster_new() {
  local n=$1 ports i name
  shift
  read -ra ports <<<"$(free_ports $((2 * n)))"
  MEMBERS=()
  INITIAL_CLUSTER=
  CLUSTERS=$((CLUSTERS + 1))
  for ((i = 1; i <= n; i++)); do
    name=m$i
    MEMBERS+=("$name")
    CLIENT[$name]=$SCHEME://127.0.0.1:${ports[2 * i - 2]}
    PEER[$name]=$SCHEME://127.0.0.1:${ports[2 * i - 1]}
    DATA[$name]=$SCRATCH/cluster$CLUSTERS-$name.etcd
    LOG[$name]=$SCRATCH/cluster$CLUSTERS-$name.log
    INITIAL_CLUSTER+=${INITIAL_CLUSTER:+,}$name=${PEER[$name]}
  done
  ENDPOINTS=$(endpoints "${MEMBERS[@]}")
  CLUSTER_TOKEN=e2e-$RANDOM$RANDOM
  CLUSTER_FLAGS=("$@")
}

# member_new NAME: addresses and folders of one more member, which is not started and not yet one of MEMBERS.
member_new() {
  local ports
  read -ra ports <<<"$(free_ports 2)"
  CLIENT[$1]=$SCHEME://127.0.0.1:${ports[0]}
  PEER[$1]=$SCHEME://127.0.0.1:${ports[1]}
  DATA[$1]=$SCRATCH/cluster$CLUSTERS-$1.etcd
  LOG[$1]=$SCRATCH/cluster$CLUSTERS-$1.log
}

# members_are NAME...: from here on, these are the members.
members_are() {
  local name
  MEMBERS=("$@") INITIAL_CLUSTER=
  for name in "$@"; do INITIAL_CLUSTER+=${INITIAL_CLUSTER:+,}$name=${PEER[$name]}; done
  ENDPOINTS=$(endpoints "$@")
}

# endpoints member...: their client addresses, separated by commas.
endpoints() {
  local name list=
  for name in "$@"; do list+=${list:+,}${CLIENT[$name]}; done
  printf '%s' "$list"
}

# member_start NAME [new|existing]
member_start() {
  local name=$1
  tls_flags "$name"
  # shellcheck disable=SC2086 # STORE_FLAGS is a list of words
  spawn "$name" "${LOG[$name]}" "$STORE_BIN" --name="$name" --data-dir="${DATA[$name]}" \
    --listen-client-urls="${CLIENT[$name]}" --advertise-client-urls="${CLIENT[$name]}" \
    --listen-peer-urls="${PEER[$name]}" --initial-advertise-peer-urls="${PEER[$name]}" \
    --initial-cluster="$INITIAL_CLUSTER" --initial-cluster-state="${2:-new}" --initial-cluster-token="$CLUSTER_TOKEN" \
    ${TLS_FLAGS[@]+"${TLS_FLAGS[@]}"} ${CLUSTER_FLAGS[@]+"${CLUSTER_FLAGS[@]}"} ${STORE_FLAGS:-}
}

# member_ready NAME: a linearizable read through this member works.
member_ready() { "$ETCDCTL" --endpoints="${CLIENT[$1]}" --dial-timeout=1s --command-timeout=2s endpoint health; }

cluster_start() {
  local name
  for name in "${MEMBERS[@]}"; do member_start "$name"; done
  cluster_wait "${MEMBERS[@]}"
}

cluster_wait() {
  local name until=$((SECONDS + 180))
  for name in "$@"; do
    until member_ready "$name" >/dev/null 2>&1; do
      running "$name" || die "$name ended instead of getting ready"
      ((SECONDS < until)) || die "$name was not ready in time"
      sleep 0.2
    done
  done
  note "ready: $*"
}

# member_kill NAME...: SIGKILL, no time to say goodbye.
member_kill() {
  local name
  for name in "$@"; do kill_group "${PID[$name]}" KILL; done
  for name in "$@"; do wait "${PID[$name]}" 2>/dev/null || true; unset "PID[$name]"; done
}

# leader: prints the name of the member that says it leads, in the highest term of those that answer.
leader() {
  local name names=()
  for name in "${MEMBERS[@]}"; do names+=("${CLIENT[$name]}=$name"); done
  "$ETCDCTL" --endpoints="$ENDPOINTS" --dial-timeout=1s --command-timeout=3s endpoint status -w json 2>/dev/null |
    python3 -c '
import json, sys
names = dict(a.split("=", 1) for a in sys.argv[1:])
best = None
for e in json.load(sys.stdin) or []:
    s = e["Status"]
    if s.get("leader") and s["leader"] == s["header"]["member_id"]:
        best = max(best or (0, ""), (s["raftTerm"], names[e["Endpoint"]]))
if best is None:
    sys.exit(1)
print(best[1])' "${names[@]}"
}
