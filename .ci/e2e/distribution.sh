#!/usr/bin/env bash
# Unpacks the distribution into a folder with spaces in its name, away from the source tree, and runs its programs from
# there and through symbolic links, on a PATH without Maven. Also checks what is in the archive.
#
# usage: distribution.sh [--tarball FILE]
#   --tarball  default: the newest deploy/target/kvorum-*.tar.gz, which 'mvn -pl deploy -am package' makes
# What check evaluates is quoted on purpose:
# shellcheck disable=SC2016
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

tarball=''
while (($#)); do
  case $1 in
    --tarball) tarball=${2:?--tarball takes a file}; shift ;;
    -h | --help) sed -n '2,/^# What check/{/^# What check/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "distribution.sh: unknown argument '$1' (try --help)" >&2; exit 2 ;;
  esac
  shift
done
if [[ -z $tarball ]]; then
  tarball=$(find "$ROOT/deploy/target" -maxdepth 1 -name 'kvorum-*.tar.gz' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
fi
[[ -r $tarball ]] || { echo "distribution.sh: there is no archive; run 'mvn -pl deploy -am package -DskipTests'" >&2; exit 2; }
tarball=$(readlink -f -- "$tarball")

STORE_BIN=/bin/true e2e_begin distribution "$ETCDCTL"
note "$tarball, $(du -h "$tarball" | cut -f1)"

# ---- what is in it ----

cat >"$SCRATCH/inspect.py" <<'PY'
import re, sys, tarfile
path, timestamp = sys.argv[1:]
names, wrong = [], []
with tarfile.open(path) as archive:
    for entry in archive:
        names.append(entry.name)
        mode = entry.mode & 0o7777
        if (entry.uid, entry.gid) != (0, 0):
            wrong.append(f"{entry.name} belongs to {entry.uid}:{entry.gid}")
        if entry.mtime != int(timestamp):
            wrong.append(f"{entry.name} is of {entry.mtime}, not {timestamp}")
        if mode not in ((0o755,) if entry.isdir() else (0o644, 0o755)):
            wrong.append(f"{entry.name} has mode {mode:o}")
        if not (entry.isdir() or entry.isfile()):
            wrong.append(f"{entry.name} is neither a file nor a folder")
top = {name.split("/")[0] for name in names}
if len(top) != 1:
    wrong.append(f"unpacks to {sorted(top)}")
if len(names) != len(set(names)):
    wrong.append("a name is there twice")
if any(re.search(r"(^|/)(\.git|target|e2e|certs)(/|$)|\.pem$|\.key$", name) for name in names):
    wrong.append("something is in it that does not belong there")
print("\n".join(wrong[:20]))
sys.exit(1 if wrong or not names else 0)
PY
timestamp=$(date -u -d "$(sed -n 's/.*<project.build.outputTimestamp>\(.*\)<.*/\1/p' "$ROOT/pom.xml")" +%s)
check "no name, time or mode in it depends on who made it where" python3 "$SCRATCH/inspect.py" "$tarball" "$timestamp"

place="$SCRATCH/a place with spaces"
mkdir -p "$place" "$SCRATCH/links" "$SCRATCH/cwd"
check "it unpacks" tar -xzf "$tarball" -C "$place"
home=$(find "$place" -mindepth 1 -maxdepth 1 -type d)
for file in LICENSE NOTICE README.md THIRD-PARTY.txt CHANGELOG.md bin/kvorum bin/etcd docs/README.md systemd/kvorum.service; do
  check "it has $file" test -s "$home/$file"
done

cat >"$SCRATCH/licences.py" <<'PY'
import os, sys
home = sys.argv[1]
lines = [line.split()[:2] for line in open(home + "/THIRD-PARTY.txt") if line.strip() and line[0] != "#"]
jars, used, wrong = sorted(os.listdir(home + "/lib/ext")), set(), []
for jar in jars:
    found = next((prefix for prefix, _ in lines if jar.startswith(prefix)), None)
    used.add(found)
    if found is None:
        wrong.append(f"{jar} is not in THIRD-PARTY.txt")
for prefix, licence in lines:
    if prefix not in used and not prefix.startswith("+"):
        wrong.append(f"THIRD-PARTY.txt has {prefix}, but there is no such jar")
    text = "/LICENSE" if licence == "Apache-2.0" else f"/licences/{licence}.txt"
    if not os.path.getsize(home + text):
        wrong.append(f"the text of {licence} is empty")
print("\n".join(wrong) or f"{len(jars)} jars")
sys.exit(1 if wrong or not jars else 0)
PY
check "every jar in it has a licence, and every licence its text" python3 "$SCRATCH/licences.py" "$home"
duplicates() { [[ -z $(find "$home/lib/ext" -name '*.jar' -printf '%f\n' | sed -E 's/-[0-9][^-]*(\.Final)?(-|\.jar)/ \2/' | sort | uniq -d) ]]; }
check "no library is in it in two versions" duplicates
links_hold() {
  python3 - "$home" <<'PY'
import os, re, sys
home, wrong = sys.argv[1], []
for folder, _, files in os.walk(home):
    for name in files:
        if name.endswith(".md") and name != "CHANGELOG.md":
            path = os.path.join(folder, name)
            for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", open(path).read()):
                if "://" not in target and not os.path.exists(os.path.join(folder, target)):
                    wrong.append(f"{os.path.relpath(path, home)} points to {target}")
print("\n".join(wrong))
sys.exit(bool(wrong))
PY
}
check "the links in its documents lead somewhere" links_hold

# ---- it runs ----

# Whatever looks for Maven finds this one, and is found out.
mkdir "$SCRATCH/bin"
printf '#!/bin/sh\ntouch "%s"\nexit 1\n' "$SCRATCH/maven-was-called" >"$SCRATCH/bin/mvn"
chmod +x "$SCRATCH/bin/mvn"
export PATH=$SCRATCH/bin:$PATH
ln -s "$home/bin/kvorum" "$SCRATCH/links/kv"
ln -s "../links/kv" "$SCRATCH/bin/kvorum"
ln -s "$home/bin/etcd" "$SCRATCH/bin/etcd"
cd "$SCRATCH/cwd"

check "kvorum --version" "$home/bin/kvorum" --version
check "kvorum --version through two links" kvorum --version
check "etcd --version" eval 'etcd --version | grep "^etcd Version: 3\.[0-9.]*$" >/dev/null'
check "kvorum server --help" eval 'kvorum server --help | grep -- --listen-client-urls >/dev/null'
refused() { local code=0; "$@" >"$SCRATCH/refused.txt" 2>&1 || code=$?; [[ $code == 2 ]] && ! grep -q 'Exception\|^[[:space:]]at ' "$SCRATCH/refused.txt"; }
check "an unknown flag is an error that says so" refused kvorum server --no-such-flag

ctl() { "$ETCDCTL" --endpoints="127.0.0.1:$1" --command-timeout=10s "${@:2}"; }
read -ra port <<<"$(free_ports 8)"

spawn dev "$SCRATCH/dev.log" kvorum dev --port "${port[0]}" --peer-port "${port[1]}" --api-listen https://127.0.0.1:0
check "kvorum dev gets ready" kvorum health --endpoint "http://127.0.0.1:${port[0]}" --wait 120
check "kvorum dev takes a write" ctl "${port[0]}" put a 1
same "kvorum dev gives it back" 1 "$(ctl "${port[0]}" get a --print-value-only)"
check "its Kubernetes API gets ready" wait_for 60 test -s "$SCRATCH/cwd/kvorum-data/kubeconfig"
api=$(sed -n 's/^    server: "\(.*\)"$/\1/p' "$SCRATCH/cwd/kvorum-data/kubeconfig" || true)
check "its Kubernetes API answers" curl -fsS --cacert "$SCRATCH/cwd/kvorum-data/pki/ca.pem" "$api/readyz"
check "its data is where it was started" test -d "$SCRATCH/cwd/kvorum-data"
stop dev
same "kvorum dev ends cleanly" yes "$([[ $EXIT_CODE == 0 || $EXIT_CODE == 143 ]] && echo yes || echo "$EXIT_CODE")"
check "kvorum health says when there is none" eval '! kvorum health --endpoint "http://127.0.0.1:${port[0]}"'

url=http://127.0.0.1:${port[2]} peer=http://127.0.0.1:${port[3]}
spawn etcd "$SCRATCH/etcd.log" etcd --name=s1 --data-dir="$SCRATCH/cwd/etcd data" --listen-client-urls="$url" \
  --advertise-client-urls="$url" --listen-peer-urls="$peer" --initial-advertise-peer-urls="$peer" --initial-cluster="s1=$peer" \
  --listen-metrics-urls="http://127.0.0.1:${port[4]}"
check "bin/etcd gets ready" kvorum health --endpoint "http://127.0.0.1:${port[4]}" --wait 120
check "bin/etcd takes a write" ctl "${port[2]}" put a 1
check "what waits for etcd's words finds them" file_has "$SCRATCH/etcd.log" 'ready to serve client requests'
check "alerts and dashboard name metrics that exist" "$ROOT/deploy/monitoring/check" "http://127.0.0.1:${port[4]}/metrics"
check "the systemd unit is well formed, and its variables are flags" "$ROOT/deploy/systemd/check" "$home/bin/kvorum"
stop etcd

# Members of a cluster have ports that lie ten apart.
cluster_base() {
  python3 - <<'PY'
import random, socket
def free(port):
    with socket.socket() as s:
        try:
            s.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False
while True:
    base = random.randrange(15000, 31000)
    if all(free(base + n + d) for n in (0, 10, 20) for d in (0, 1)):
        print(base)
        break
PY
}
base=$(cluster_base)
check "kvorum cluster up" kvorum cluster up --members 3 --base-port "$base" --heap 256m
check "its members are told" eval 'kvorum cluster status | grep -c running || kvorum cluster status'
check "one takes a write" ctl "$base" put a 1
check "kvorum cluster kill" kvorum cluster kill 1
check "the others go on" wait_for 30 ctl "$((base + 10))" put a 2
check "kvorum cluster up starts the one that was killed" kvorum cluster up
check "it serves again" wait_for 60 ctl "$base" get a
same "it has what it missed" 2 "$(ctl "$base" get a --print-value-only)"
check "kvorum cluster down" kvorum cluster down --delete
check "nobody looked for Maven" test ! -e "$SCRATCH/maven-was-called"
