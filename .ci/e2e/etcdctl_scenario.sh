# shellcheck shell=bash disable=SC2016,SC2034,SC2094
# The steps of etcdctl.sh, by group. Each step prints a title, standard output, standard error and the exit code.
# EP is the endpoint, EPS are those of all members, WORK is an empty folder which is also the current one. Commands find
# certificates and, while authentication is on, a user in the environment.

ALL_GROUPS='kv txn watch lease compaction maintenance admin cluster errors recipes members auth'
# What the store does not offer yet: run when named. A real etcd passes them.
LATER_GROUPS=''

# always, or 3: with three members, or tls: with certificates|group|title of the step|text that must be in it
FACTS='always|kv|put|OK
always|kv|get json|"mod_revision":2,"version":1,"value":"MQ=="
always|kv|get at an old revision|1
always|txn|create succeeds|SUCCESS
always|txn|nothing was written by the rejected ones|"revision":11
always|watch|from a revision, with previous values|DELETE
always|watch|from a compacted revision|etcdserver: mvcc: required revision has been compacted
always|lease|put with a revoked lease|code = NotFound desc = etcdserver: requested lease not found
always|lease|expiry deletes both keys in one revision|"revision":9
always|compaction|read below|code = OutOfRange desc = etcdserver: mvcc: required revision has been compacted
always|errors|future revision|code = OutOfRange desc = etcdserver: mvcc: required revision is a future revision
always|errors|empty key|code = InvalidArgument desc = etcdserver: key is not provided
always|errors|duplicate keys|code = InvalidArgument desc = etcdserver: duplicate key given in txn request
always|errors|129 operations|code = InvalidArgument desc = etcdserver: too many operations in txn request
always|errors|oversize|put of 5242880 bytes: rpc error: code = ResourceExhausted
always|admin|snapshot save|saved
always|admin|endpoint hashkv at a future revision|code = OutOfRange desc = etcdserver: mvcc: required revision is a future revision
always|members|a second learner|code = FailedPrecondition desc = etcdserver: too many learner members in cluster
always|members|member remove again|code = NotFound desc = etcdserver: member not found
always|auth|a key outside the grant|code = PermissionDenied desc = etcdserver: permission denied
3|admin|move-leader|Leadership transferred
3|admin|every member has the same digest|1
3|members|a voter leaves|removed from cluster
tls|auth|the certificate is the user|permission denied'

ctl() { timeout 30 "$ETCDCTL" --endpoints="$EP" --command-timeout=10s "$@"; }
ctl_all() { timeout 30 "$ETCDCTL" --endpoints="$EPS" --command-timeout=10s "$@"; }
ctl_in() { local text=$1; shift; printf '%s' "$text" | ctl "$@"; }
rev() { ctl get / -w json | sed -E 's/.*"revision":([0-9]+).*/\1/'; }

web() {
  curl -s ${ETCDCTL_CACERT:+--cacert "$ETCDCTL_CACERT" --cert "$ETCDCTL_CERT" --key "$ETCDCTL_KEY"} "$@"
}

# t TITLE command...
t() {
  local title=$1 code=0
  shift
  printf '=== %s\n' "$title"
  "$@" >out 2>err || code=$?
  cat out
  sed 's/^/stderr: /' err
  printf 'exit %d\n' "$code"
}

# has FILE PATTERN [COUNT]: waits until the file has the pattern that often.
has() {
  local tries count
  for ((tries = 0; tries < 100; tries++)); do
    count=$(grep -cE -- "$2" "$1" 2>/dev/null) || count=0
    ((count < ${3:-1})) || return 0
    sleep 0.1
  done
  echo "waited in vain for '$2'"
  return 1
}

# watch_until PATTERN arguments...: watches until a line matches, and a moment longer for what should not come.
watch_until() {
  local pattern=$1 pid
  shift
  : >watched
  timeout 30 "$ETCDCTL" --endpoints="$EP" watch "$@" >watched 2>watched.err </dev/null &
  pid=$!
  has watched "$pattern"
  sleep 0.2
  kill "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
  cat watched watched.err
}

group_kv() {
  t 'get from an empty store' ctl get a -w json
  t 'put' ctl put a 1
  t 'get' ctl get a
  t 'get json' ctl get a -w json
  t 'get fields' ctl get a -w fields
  t 'get hex' ctl get a --hex
  t 'put again' ctl put a 2
  t 'put, previous value' ctl put a 3 --prev-kv
  t 'put json' ctl put a 4 -w json --prev-kv
  t 'put from standard input' ctl_in 'piped' put piped
  t 'put an empty value' ctl put empty ''
  t 'put a value with a line feed' ctl put lines $'one\ntwo\n'
  t 'put binary' ctl put $'bin\x01\xff' $'\xfe\x02'
  t 'get binary' ctl get $'bin\x01\xff' -w json
  t 'put a dash' ctl put -- -k -v
  local i
  for i in 05 01 04 02 03; do ctl put "p/$i" "v$i" >/dev/null; done
  ctl put p/02 changed >/dev/null
  ctl put p 0 >/dev/null
  ctl put q/1 q >/dev/null
  t 'prefix' ctl get p/ --prefix
  t 'prefix of everything' ctl get '' --prefix --keys-only
  t 'from key' ctl get p/03 --from-key
  t 'from the empty key' ctl get '' --from-key --keys-only
  t 'half-open range' ctl get p/02 p/04
  t 'inverted range' ctl get p/04 p/02 -w json
  t 'limit' ctl get p/ --prefix --limit=2 -w json
  t 'limit that fits' ctl get p/ --prefix --limit=5 -w json
  t 'limit with descending order' ctl get p/ --prefix --limit=2 --order=DESCEND
  t 'descending' ctl get p/ --prefix --order=DESCEND --print-value-only
  local by
  for by in CREATE KEY MODIFY VALUE VERSION; do
    t "sort by $by" ctl get p/ --prefix --sort-by="$by" --order=ASCEND --keys-only
    t "sort by $by, descending" ctl get p/ --prefix --sort-by="$by" --order=DESCEND --limit=3 --keys-only
  done
  t 'sort by nothing known' ctl get p/ --prefix --sort-by=COLOR
  t 'order nothing known' ctl get p/ --prefix --order=SIDEWAYS
  t 'keys only' ctl get p/ --prefix --keys-only
  t 'keys only json' ctl get p/ --prefix --keys-only -w json
  t 'count only' ctl get p/ --prefix --count-only -w fields
  t 'count only with a limit' ctl get p/ --prefix --count-only --limit=2 -w fields
  t 'print value only' ctl get p/ --prefix --print-value-only
  t 'min-mod-rev' ctl get p/ --prefix --min-mod-rev=14 -w json
  t 'max-mod-rev' ctl get p/ --prefix --max-mod-rev=13 -w json
  t 'min-create-rev' ctl get p/ --prefix --min-create-rev=13 --keys-only
  t 'max-create-rev' ctl get p/ --prefix --max-create-rev=12 --keys-only
  t 'all four filters and a limit' ctl get '' --prefix --min-mod-rev=5 --max-mod-rev=17 --min-create-rev=4 \
    --max-create-rev=14 --limit=3 -w json
  t 'get at an old revision' ctl get a --rev=2
  t 'get at an old revision, json' ctl get a --rev=3 -w json
  t 'prefix at an old revision' ctl get p/ --prefix --rev=13 -w json
  t 'count at an old revision' ctl get p/ --prefix --rev=13 --count-only --limit=1 -w fields
  t 'serializable' ctl get p/ --prefix --consistency=s --limit=1 -w json
  t 'linearizable' ctl get p/ --prefix --consistency=l --limit=1 -w json
  t 'delete nothing' ctl del nothing -w json
  t 'delete one' ctl del p/01
  t 'delete one again' ctl del p/01
  t 'delete with the previous value' ctl del p/02 --prev-kv
  t 'delete a range' ctl del p/03 p/05 --prev-kv -w json
  t 'delete a range by flag' ctl del p/03 p/09 --range
  t 'delete an inverted range' ctl del p/9 p/0 -w json
  t 'gone' ctl get p/ --prefix --count-only -w fields
  t 'still there at an old revision' ctl get p/ --prefix --rev=19 --keys-only
  t 'delete a prefix' ctl del p --prefix -w json
  t 'put after delete' ctl put a 5 --prev-kv -w json
  t 'delete and put' eval 'ctl del a; ctl put a 6 -w json; ctl get a -w json'
  t 'delete from key' ctl del l --from-key --prev-kv -w json
  t 'what is left' ctl get '' --from-key -w json
  t 'delete everything' ctl del '' --prefix
  t 'nothing is left' ctl get '' --prefix -w json
  t 'ignore-value' eval 'ctl put iv x >/dev/null; ctl put iv --ignore-value --prev-kv -w json; ctl get iv -w json'
  t 'ignore-value of a missing key' ctl put missing --ignore-value
  t 'ignore-lease of a missing key' ctl put missing y --ignore-lease
  t 'a value of 1 MiB' eval 'head -c 1048576 /dev/zero | tr "\0" x | ctl put big && ctl get big --print-value-only | wc -c'
  t 'a key of 64 KiB' eval 'k=$(head -c 65536 /dev/zero | tr "\0" k); ctl put "$k" v -w json; ctl get k --prefix --count-only -w fields'
}

group_txn() {
  local create=$'mod("k") = "0"\n\nput k v1\n\nget k\n\n'
  t 'create succeeds' ctl_in "$create" txn
  t 'create again fails' ctl_in "$create" txn
  t 'create again fails, json' ctl_in "$create" txn -w json
  t 'interactive' ctl_in "$create" txn -i
  t 'update' ctl_in $'mod("k") = "2"\n\nput k v2\n\nget k\n\n' txn -w json
  t 'update with an old revision' ctl_in $'mod("k") = "2"\n\nput k v3\n\nget k\n\n' txn -w json
  t 'compare value' ctl_in $'value("k") = "v2"\n\nput k "v 3"\nput other 1\n\n\n' txn -w json
  t 'compare value, less' ctl_in $'value("k") < "z"\n\nget k\n\nget other\n\n' txn
  t 'compare value, greater' ctl_in $'value("k") > "z"\n\nget k\n\nget other\n\n' txn
  t 'compare value, not equal' ctl_in $'value("k") != "z"\n\nget k\n\nget other\n\n' txn
  t 'compare the value of a missing key' ctl_in $'value("missing") != "x"\n\nput t 1\n\nget k\n\n' txn
  t 'compare version' ctl_in $'ver("k") = "3"\n\nget k\n\n\n' txn -w json
  t 'compare version of a missing key' ctl_in $'version("missing") = "0"\n\nget k\n\n\n' txn
  t 'compare create' ctl_in $'create("k") = "2"\n\nget other\n\n\n' txn
  t 'compare create of a missing key' ctl_in $'c("missing") > "0"\n\nget other\n\nget k\n\n' txn
  t 'several compares, all true' ctl_in $'mod("k") > "0"\nmod("missing") = "0"\n\nput both 1\n\nput neither 1\n\n' txn
  t 'several compares, one false' ctl_in $'mod("k") > "0"\nmod("missing") > "0"\n\nput both 2\n\nput neither 1\n\n' txn
  t 'no compare' ctl_in $'\nput n1 1\nput n2 2\nget n1\ndel k\nget k\n\n\n' txn -w json
  t 'no compare, plain' ctl_in $'\nput n1 3\nget n1 n3\ndel n2 --prev-kv\n\n\n' txn
  t 'a read-only one takes no revision' ctl_in $'\nget n1\nget n --prefix\n\n\n' txn -w json
  t 'a delete of nothing takes no revision' ctl_in $'\ndel missing\n\n\n' txn -w json
  t 'an empty one' ctl_in $'\n\n\n' txn -w json
  t 'a branch with nothing in it' ctl_in $'mod("n1") > "0"\n\n\nput x 1\n\n' txn -w json
  t 'puts and deletes of one prefix' ctl_in $'\nput d/1 1\nput d/2 1\nput d/3 1\n\n\n' txn -w json
  t 'delete of a prefix' ctl_in $'\ndel d/ --prefix\nput e 1\n\n\n' txn -w json
  t 'read at an old revision' ctl_in $'\nget k --rev=3\nput f 1\n\n\n' txn -w json
  t 'read at a future revision' ctl_in $'\nput g 1\nget k --rev=9999\n\n\n' txn
  t 'read of the revision being written' ctl_in $'\nput g 1\nget g --rev=13\n\n\n' txn -w json
  t 'nothing was written by the rejected ones' ctl get g -w json
  t 'put twice' ctl_in $'\nput h 1\nput h 2\n\n\n' txn
  t 'put within a deleted range' ctl_in $'\nput i/1 1\ndel i/ --prefix\n\n\n' txn
  t 'put twice, in the branch not taken' ctl_in $'mod("n1") > "0"\n\nget n1\n\nput h 1\nput h 2\n\n' txn
  t 'the same key in both branches' ctl_in $'mod("n1") > "0"\n\nput j 1\n\nput j 2\n\n' txn
  t 'delete twice' ctl_in $'\ndel n1\ndel n1\n\n\n' txn -w json
  t 'everything' ctl get '' --prefix -w json
  t 'not a compare' ctl_in $'colour("k") = "0"\n\nget k\n\n\n' txn
  t 'not an operation' ctl_in $'\nsing k\n\n\n' txn
}

group_watch() {
  local i
  ctl put a 1 >/dev/null
  ctl put a 2 >/dev/null
  ctl put w/1 x >/dev/null
  ctl put w/2 y >/dev/null
  ctl del w/1 >/dev/null
  ctl_in $'\nput w/3 1\nput w/4 1\nput a 3\n\n\n' txn >/dev/null
  ctl del w/ --prefix >/dev/null
  ctl put w/end end >/dev/null
  ctl put a end >/dev/null
  t 'one key from a revision' watch_until '^end' a --rev=2
  t 'a prefix from a revision' watch_until '^end' w/ --prefix --rev=2
  t 'from a revision, with previous values' watch_until '^end' w/ --prefix --rev=2 --prev-kv
  t 'from the middle' watch_until '^end' w/ --prefix --rev=6
  t 'a range' watch_until '^w/4' w/2 w/5 --rev=2
  t 'everything' watch_until '^w/end' '' --prefix --rev=2
  t 'json' watch_until 'ZW5k' w/ --prefix --rev=5 --prev-kv -w json
  t 'hex' watch_until '656e64|\\x65\\x6e\\x64' w/ --prefix --rev=9 --hex
  # shellcheck disable=SC2016 # for the shell that the watch starts
  t 'a command per event' watch_until 'end' a --rev=2 -- sh -c 'echo "$ETCD_WATCH_REVISION $ETCD_WATCH_EVENT_TYPE $ETCD_WATCH_KEY $ETCD_WATCH_VALUE"'
  t 'progress, periodically' eval 'watch_until "progress notify" w/ --prefix --progress-notify | uniq'
  t 'progress and events' eval 'watch_until "progress notify" a --rev=9 --progress-notify | uniq'

  mkfifo commands
  : >live
  timeout 60 "$ETCDCTL" --endpoints="$EP" watch -i <commands >live 2>live.err &
  local pid=$!
  exec 7>commands
  printf 'watch l/ --prefix --prev-kv\nprogress\n' >&7
  has live 'progress notify'
  t 'live, before' cat live
  : >live.mark
  ctl put l/1 1 >/dev/null
  ctl put outside 1 >/dev/null
  ctl put l/1 2 >/dev/null
  ctl del l/1 >/dev/null
  ctl_in $'\nput l/2 1\nput l/3 1\ndel l/1\n\n\n' txn >/dev/null
  ctl put l/end end >/dev/null
  has live '^end'
  t 'live' cat live
  printf 'progress\n' >&7
  has live 'progress notify' 2
  t 'live, progress after' tail -n 1 live
  printf 'watch l/2 --rev=10\n' >&7
  has live '^l/2$' 2
  printf 'nonsense\n' >&7
  sleep 0.3
  t 'live, a second watch' cat live
  exec 7>&-
  wait "$pid" 2>/dev/null
  t 'live, at the end of the input' cat live.err

  ctl compaction 5 >/dev/null
  t 'from a compacted revision' timeout 10 "$ETCDCTL" --endpoints="$EP" watch a --rev=3
  t 'at the compacted revision' watch_until '^end' w/ --prefix --rev=5
  t 'from just after the compacted revision' watch_until '^end' w/ --prefix --rev=6 --prev-kv
  ctl compaction 6 >/dev/null
  t 'at the compacted revision, a delete' watch_until '^end' w/ --prefix --rev=6
  local future
  future=$(($(rev) + 3))
  : >watched
  timeout 30 "$ETCDCTL" --endpoints="$EP" watch f/ --prefix --rev="$future" >watched 2>&1 </dev/null &
  pid=$!
  sleep 1
  for i in 1 2 3 4; do ctl put "f/$i" "$i" >/dev/null; done
  has watched '^f/4'
  t 'from a future revision' cat watched
  kill "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
  t 'an empty range' timeout 5 "$ETCDCTL" --endpoints="$EP" watch z a
  # Many events of one revision arrive together, and one transaction has 128 operations at most.
  local ops=$'\n'
  for ((i = 0; i < 128; i++)); do ops+="put many/$i $i"$'\n'; done
  ctl_in "$ops"$'\n\n' txn >/dev/null
  ctl put many/end end >/dev/null
  t '128 events of one revision' eval 'watch_until "^end" many/ --prefix --rev=1 -w simple --rev=$(($(rev) - 1)) | cksum'
}

group_lease() {
  local id other
  t 'grant' eval 'ctl lease grant 600 | tee granted'
  id=$(awk '{ print $2 }' granted)
  t 'grant json' ctl lease grant 600 -w json
  t 'put with a lease' eval "ctl put l/1 v --lease=$id -w json; ctl get l/1 -w json"
  t 'a second key' ctl put l/2 v --lease="$id"
  t 'timetolive' ctl lease timetolive "$id"
  t 'timetolive with keys' ctl lease timetolive "$id" --keys
  t 'timetolive json' eval "ctl lease timetolive $id -w json | sed -E 's/\"ttl\":(59[0-9]|600)/\"ttl\":<N>/'"
  t 'list' ctl lease list
  t 'list json' ctl lease list -w json
  t 'keep-alive once' ctl lease keep-alive --once "$id"
  t 'a plain put detaches' eval "ctl put l/2 w; ctl lease timetolive $id --keys; ctl get l/2 -w json"
  t 'a put with ignore-lease does not' eval "ctl put l/1 w --ignore-lease; ctl lease timetolive $id --keys; ctl get l/1 -w json"
  other=$(ctl lease grant 600 | awk '{ print $2 }')
  t 'a key moves to another lease' eval "ctl put l/1 x --lease=$other; ctl lease timetolive $id --keys; ctl lease timetolive $other --keys"
  t 'revoke the lease it left' eval "ctl lease revoke $id; ctl get l/ --prefix -w json"
  t 'revoke again' ctl lease revoke "$id"
  t 'revoke' eval "ctl lease revoke $other; ctl get l/ --prefix -w json"
  t 'put with a revoked lease' ctl put l/1 v --lease="$other"
  t 'timetolive of a revoked lease' ctl lease timetolive "$id"
  t 'timetolive of a revoked lease, json' ctl lease timetolive "$id" -w json
  t 'keep-alive of a revoked lease' ctl lease keep-alive "$id"
  t 'keep-alive once of a revoked lease' ctl lease keep-alive --once "$id"
  # Expiry. The shortest lease is as long as the election timeout allows, two seconds here.
  id=$(ctl lease grant 1 | tee granted | awk '{ print $2 }')
  t 'the shortest lease' cat granted
  ctl_in $'\nput x/1 v --lease='"$id"$'\nput x/2 v --lease='"$id"$'\n\n\n' txn >/dev/null
  t 'attached in one txn' ctl lease timetolive "$id" --keys
  t 'expiry, seen by a watch' watch_until '^x/2$' x/ --prefix --prev-kv --rev="$(rev)"
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    [[ -n $(ctl get x/ --prefix --keys-only) ]] || break
    sleep 0.1
  done
  t 'expiry deletes both keys in one revision' ctl get x/ --prefix -w json
  t 'the expired lease is gone' ctl lease timetolive "$id"
  # Kept alive past its time to live, then let go.
  id=$(ctl lease grant 3 | awk '{ print $2 }')
  ctl put kept v --lease="$id" >/dev/null
  timeout 30 "$ETCDCTL" --endpoints="$EP" lease keep-alive "$id" >kept 2>&1 </dev/null &
  local pid=$!
  has kept 'keepalived' 5
  t 'kept alive' eval 'head -n 5 kept; ctl get kept'
  ctl lease revoke "$id" >/dev/null
  has kept 'expired or revoked'
  wait "$pid"
  t 'kept alive until it is revoked' eval "echo exit $?; tail -n 1 kept; ctl get kept -w json"
  t 'grant 0' ctl lease grant 0
  t 'grant a negative time' ctl lease grant -- -5
  t 'grant too long' ctl lease grant 9000000001
  t 'grant the longest' ctl lease grant 9000000000
  t 'grant nonsense' ctl lease grant soon
  t 'put with an unknown lease' ctl put l/1 v --lease=1234
  t 'put with a lease that is no number' ctl put l/1 v --lease=xyz
  t 'txn with an unknown lease' ctl_in $'\nput t/1 1\nput t/2 1 --lease=1234\n\n\n' txn
  t 'nothing of that txn happened' ctl get t/ --prefix -w json
  t 'how many are left' eval 'ctl lease list | sed -n 1p'
}

group_compaction() {
  local i
  for i in 1 2 3 4 5; do ctl put a "$i" >/dev/null; done
  ctl put b 1 >/dev/null
  ctl del b >/dev/null
  ctl put c 1 >/dev/null
  t 'compact' ctl compaction 4
  t 'read below' ctl get a --rev=3
  t 'read at' ctl get a --rev=4
  t 'read above' ctl get a --rev=5 -w json
  t 'again' ctl compaction 4
  t 'below' ctl compaction 2
  t 'zero' ctl compaction 0
  t 'negative' ctl compaction -- -1
  t 'future' ctl compaction 9999
  t 'nonsense' ctl compaction soon
  t 'physical' ctl compaction 6 --physical
  t 'a key that was deleted later' ctl get b --rev=7 -w json
  t 'at the deletion' ctl compaction 8 --physical
  t 'the deleted key at that revision' ctl get b --rev=8 -w json
  t 'the whole store at that revision' ctl get '' --prefix --rev=8 -w json
  t 'up to now' ctl compaction 9 --physical
  t 'the whole store' ctl get '' --prefix -w json
  t 'a txn reading below' ctl_in $'\nput d 1\nget a --rev=3\n\n\n' txn
  t 'a watch from below' timeout 10 "$ETCDCTL" --endpoints="$EP" watch a --rev=3
  t 'writes go on' ctl put a 6 -w json
}

group_maintenance() {
  ctl put a 1 >/dev/null
  t 'endpoint health' ctl endpoint health
  t 'endpoint health json' ctl endpoint health -w json
  t 'endpoint health of the cluster' ctl endpoint health --cluster
  t 'endpoint status' eval 'ctl endpoint status | sed -E "s/3\.[0-9]+\.[0-9]+/<VERSION>/g; s/, [0-9]+, [0-9]+, [0-9]+, ,/, <N>, <N>, <N>, ,/; s/[0-9.]+%/<N>%/"'
  t 'endpoint status json' ctl endpoint status -w json
  t 'endpoint status table' eval 'ctl endpoint status -w table | sed -E "s/[0-9.]+%/<N>%/"'
  t 'endpoint status of the cluster' ctl endpoint status --cluster -w json
  t 'alarm list' ctl alarm list
  t 'http version' eval 'web "$EP/version" | sed -E "s/[0-9]+\.[0-9]+\.[0-9]+/<VERSION>/g"'
  t 'http health' web -w ' %{http_code}\n' "$EP/health"
  t 'http readyz' web -w ' %{http_code}\n' "$EP/readyz"
  t 'http livez' web -w ' %{http_code}\n' "$EP/livez"
  t 'http unknown' web -o /dev/null -w '%{http_code}\n' "$EP/nothing"
}

group_cluster() {
  t 'member list' ctl member list
  t 'member list json' ctl member list -w json
  t 'member list table' ctl member list -w table
  t 'member list fields' eval 'ctl member list -w fields | sed -E "s/(ID. : )[0-9]+/\1<ID>/" | sed -E "s/^\"ID\"/\n&/" | awk -v RS= "{ gsub(/\n/, \"; \"); print }" | sort'
  t 'member list, hex' ctl member list -w json --hex
  t 'writes go on' ctl put a 1 -w json
}

# Identities of members, in hex: of the one that leads, of one that does not.
member_ids() {
  ctl_all endpoint status -w json | python3 -c '
import json, sys
for e in json.load(sys.stdin):
    s = e["Status"]
    print("leader" if s["leader"] == s["header"]["member_id"] else "follower", "%x" % s["header"]["member_id"])'
}
leader_id() { member_ids | awk '$1 == "leader" { print $2 }'; }
follower_id() { member_ids | awk '$1 == "follower" && !found { print $2; found = 1 }'; }

group_admin() {
  ctl put a 1 >/dev/null
  t 'endpoint hashkv' eval 'ctl endpoint hashkv | sed -E "s/, [0-9]+, /, <HASH>, /"'
  t 'endpoint hashkv json' ctl endpoint hashkv -w json
  ctl put a 2 >/dev/null
  ctl put a 3 >/dev/null
  t 'endpoint hashkv at a revision' ctl endpoint hashkv --rev=2 -w json
  t 'the hash of one revision stays the same' eval 'h() { ctl endpoint hashkv --rev=3 | cut -d, -f2; }; x=$(h); ctl put b 1; y=$(h); [ "$x" = "$y" ] && echo stays'
  t 'endpoint hashkv at a future revision' ctl endpoint hashkv --rev=99
  t 'alarm disarm' ctl alarm disarm
  t 'defrag' eval 'ctl defrag | sed -E "s/took .*/took <T>/"'
  t 'defrag of the cluster' eval 'ctl defrag --cluster | sed -E "s/took .*/took <T>/"'
  t 'snapshot save' eval 'ctl snapshot save snap.db | sed -E "s/Server version 3\..*/Server version <VERSION>/"; [ -s snap.db ] && echo saved'
  t 'move-leader to nobody' eval 'ctl move-leader 1234 2>&1 | sed -E "s/^Error: //"'
  if ((MEMBER_COUNT > 1)); then
    t 'hashkv of all members' eval 'ctl_all endpoint hashkv | sed -E "s/, [0-9]+, /, <HASH>, /"'
    t 'every member has the same digest' eval 'ctl_all endpoint hashkv --rev=3 | cut -d, -f2 | sort -u | wc -l'
    t 'move-leader, asked of a follower' eval "ctl move-leader $(follower_id)"
    t 'move-leader' ctl_all move-leader "$(follower_id)"
    t 'one leads' eval 'member_ids | cut -d" " -f1 | sort'
    t 'writes go on under another leader' ctl put a 4 -w json
    t 'move-leader to the leader' eval 'ctl_all move-leader "$(leader_id)"'
  fi
  # The two may be of different versions; each can go back to the one before its own.
  local minor
  minor=$(web "$EP/version" | sed -E 's/.*"etcdserver":"3\.([0-9]+).*/\1/')
  t 'downgrade validate' eval "ctl downgrade validate 3.$((minor - 1)) | sed -E 's/3\.[0-9]+/<VERSION>/'"
  t 'downgrade validate nonsense' ctl downgrade validate nonsense
}

# ended URL: nobody listens there.
ended() {
  local address=${1#*://}
  ! (exec 9<>"/dev/tcp/${address/://}") 2>/dev/null
}
# wait_until COMMAND: repeats it until it succeeds, for half a minute.
wait_until() {
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    eval "$1" && return 0
    sleep 0.1
  done
  echo "waited in vain for '$1'"
  return 1
}

# nameless arguments...: which of three members led was chance, and so is which of them are left.
nameless() { ctl "$@" | sed -E 's/\bm[123]\b/<NAME>/g'; }

group_members() {
  local id
  # etcd changes its members only once those that are there have seen each other for five seconds.
  ((MEMBER_COUNT == 1)) || sleep 6
  t 'member remove of an unknown member' ctl member remove 1234
  t 'member update of an unknown member' ctl member update 1234 --peer-urls=http://127.0.0.1:1
  t 'member promote of an unknown member' ctl member promote 1234
  t 'member add without urls' ctl member add m2
  t 'member add with a bad url' ctl member add m2 --learner --peer-urls=127.0.0.1:1
  t 'member add learner' eval 'ctl member add m2 --learner --peer-urls=http://127.0.0.1:1 | tee added'
  id=$(awk '/added as learner/ { print $2 }' added)
  t 'member list with a learner' eval 'ctl member list | sort -t, -k3'
  # The identity of a member follows from its urls and the second in which it was added, and is looked at first.
  sleep 1.2
  t 'member add of the same urls' ctl member add m3 --learner --peer-urls=http://127.0.0.1:1
  t 'a second learner' ctl member add m3 --learner --peer-urls=http://127.0.0.1:3
  t 'member promote of one that lags' ctl member promote "$id"
  t 'member update' ctl member update "$id" --peer-urls=http://127.0.0.1:2
  t 'member list after the update' eval 'ctl member list | sort -t, -k3'
  t 'member remove' ctl member remove "$id"
  t 'member remove again' ctl member remove "$id"
  t 'member list at the end' ctl member list
  if ((MEMBER_COUNT > 1)); then
    id=$(member_ids | awk '$1 == "follower" { id = $2 } END { print id }')
    local gone url others=()
    gone=$(ctl member list | sed -nE "s/^ *$id,.* ([a-z]+:[^,]*), (true|false)$/\1/p")
    t 'a voter leaves' ctl member remove "$id"
    for url in ${EPS//,/ }; do [[ $url == "$gone" ]] || others+=("$url"); done
    EP=${others[0]}
    t 'two are left' nameless member list
    t 'they go on' ctl put a 2 -w json
    t 'a voter is added' nameless member add m4 --peer-urls=http://127.0.0.1:4
    t 'another one' nameless member add m5 --peer-urls=http://127.0.0.1:5
    t 'they go on without it' ctl put a 3 -w json
    t 'three are members, two of them started' nameless member list
    t 'the one that left has ended' eval "wait_until 'ended $gone' && echo ended"
  fi
}

group_errors() {
  local i ops=$'\n' most=$'\n'
  ctl put a 1 >/dev/null
  t 'future revision' ctl get a --rev=99
  t 'future revision of a range' ctl get a --prefix --rev=99
  t 'negative revision' ctl get a --rev=-1
  t 'negative limit' ctl get a --prefix --limit=-1 -w json
  t 'empty key' ctl put '' v
  t 'get without a key' ctl get
  t 'get with two ways to say a range' ctl get a b --prefix
  t 'get of a prefix from key' ctl get a --prefix --from-key
  t 'delete of a prefix from key' ctl del a --prefix --from-key
  t 'put with a value and ignore-value' ctl put a v --ignore-value
  t 'put with a lease and ignore-lease' ctl put a v --ignore-lease --lease=1
  t 'duplicate keys' ctl_in $'\nput h 1\nput h 2\n\n\n' txn
  for ((i = 0; i < 129; i++)); do ops+="put o/$i 1"$'\n'; ((i == 0)) || most+="put o/$i 1"$'\n'; done
  t '129 operations' ctl_in "$ops"$'\n\n' txn
  t '128 operations' eval 'ctl_in "$most"$'"'\n\n'"' txn | cksum'
  t '129 compares' eval '{ for i in $(seq 129); do echo "mod(\"o/$i\") = \"0\""; done; printf "\nget a\n\n\n"; } | ctl txn'
  t 'a value of 1.5 MiB' eval 'head -c 1572864 /dev/zero | tr "\0" x | ctl put big'
  t 'a value over 2 MiB, stopped by etcdctl' eval 'head -c 2200000 /dev/zero | tr "\0" x | ctl put big'
  # Beyond twice the limit the store's gRPC library cuts the message off in words of its own; the code is the same.
  t 'oversize' eval '"$KVLEDGER" oversize --endpoints "$EP" |
    sed -E "s/gRPC message exceeds maximum size [0-9]+: ([0-9]+)/grpc: received message larger than max (\\1 vs. 2097152)/"'
  t 'the revision after all that' ctl get a -w json
  t 'no such endpoint' eval 'timeout 10 "$ETCDCTL" --endpoints=127.0.0.1:9 --dial-timeout=1s --command-timeout=1s get a 2>&1 | tail -n 1'
}

group_recipes() {
  t 'lock' eval 'ctl lock mutex -- echo held | sed -E "s/mutex\/.*/mutex\/<ID>/"'
  timeout 30 "$ETCDCTL" --endpoints="$EP" lock mutex --ttl=5 >first 2>&1 </dev/null &
  local pid=$!
  has first mutex/
  timeout 30 "$ETCDCTL" --endpoints="$EP" lock mutex -- echo second >second 2>&1 </dev/null &
  local waiting=$!
  sleep 1
  t 'a second waits' cat second
  kill -TERM "$pid"
  wait "$waiting"
  t 'a second gets it when the first goes' cat second
  timeout 30 "$ETCDCTL" --endpoints="$EP" elect chair alice >elected 2>&1 </dev/null &
  pid=$!
  has elected alice
  t 'elect' eval 'sed -E "s/chair\/.*/chair\/<ID>/" elected'
  timeout 5 "$ETCDCTL" --endpoints="$EP" elect -l chair >observed 2>&1 </dev/null &
  has observed alice
  t 'observe' eval 'sed -E "s/chair\/.*/chair\/<ID>/" observed'
  kill -TERM "$pid"
  wait
  t 'nothing stays behind' ctl get '' --prefix -w json
  local dest=(--dest-insecure-transport=true)
  [[ -z ${ETCDCTL_CACERT:-} ]] ||
    dest=(--dest-insecure-transport=false --dest-cacert="$ETCDCTL_CACERT" --dest-cert="$ETCDCTL_CERT" --dest-key="$ETCDCTL_KEY")
  [[ -z ${ETCDCTL_USER:-} ]] || dest+=(--dest-user="${ETCDCTL_USER%%:*}" --dest-password="${ETCDCTL_USER#*:}")
  ctl put mirrored/1 a >/dev/null
  ctl put mirrored/2 b >/dev/null
  timeout 30 "$ETCDCTL" --endpoints="$EP" make-mirror --prefix=mirrored/ --dest-prefix=copy/ "${dest[@]}" "${EP#*://}" >mirror 2>&1 </dev/null &
  pid=$!
  local tries
  for ((tries = 0; tries < 100; tries++)); do
    [[ $(ctl get copy/ --prefix --keys-only | grep -c copy) != 2 ]] || break
    sleep 0.1
  done
  ctl put mirrored/3 c >/dev/null
  ctl del mirrored/1 >/dev/null
  for ((tries = 0; tries < 100; tries++)); do
    [[ -n $(ctl get copy/1) || -z $(ctl get copy/3) ]] || break
    sleep 0.1
  done
  kill -TERM "$pid" 2>/dev/null
  wait
  t 'make-mirror' ctl get copy/ --prefix
}

# as NAME arguments...: with the certificate of that client.
as() {
  local name=$1
  shift
  ETCDCTL_CERT=${ETCDCTL_CERT%/*}/client-$name.pem ETCDCTL_KEY=${ETCDCTL_KEY%/*}/client-$name-key.pem ctl "$@"
}

group_auth() {
  ctl put a 1 >/dev/null
  t 'user and password without authentication' ctl --user root:pw get a
  local root='--user=root:secret' user='--user=alice:pw'
  t 'status' ctl auth status
  t 'enable without root' ctl auth enable
  t 'user add' ctl user add root:secret
  t 'user add again' ctl user add root:secret
  t 'user add without a name' ctl user add '' --new-user-password=x
  t 'user list' ctl user list
  t 'grant a role that is not there' ctl user grant-role root nothing
  t 'role add root' ctl role add root
  t 'grant root' ctl user grant-role root root
  t 'role add' ctl role add reader
  t 'role add again' ctl role add reader
  t 'grant-permission' ctl role grant-permission reader read k/a k/m
  t 'grant-permission of a prefix' ctl role grant-permission reader readwrite rw/ --prefix
  t 'grant-permission, inverted' ctl role grant-permission reader read z a
  t 'grant-permission to nobody' ctl role grant-permission nobody read a
  t 'role get' ctl role get reader
  t 'role get json' ctl role get reader -w json
  t 'role get of nothing' ctl role get nothing
  t 'role list' ctl role list
  t 'user alice' eval 'ctl user add alice:pw; ctl user grant-role alice reader; ctl user get alice; ctl user get alice --detail'
  t 'user get of nobody' ctl user get nobody
  t 'enable' ctl auth enable
  t 'without a user' ctl get k/b
  t 'with a wrong password' ctl --user=root:wrong get k/b
  t 'as root' eval "ctl $root put k/b 1; ctl $root put z 1; ctl $root put rw/1 1; ctl $root auth status"
  t 'a key inside the grant' ctl $user get k/b
  t 'a key outside the grant' ctl $user get z
  t 'a range inside the grant' ctl $user get k/a k/m
  t 'a range beyond the grant' ctl $user get k/a k/z
  t 'everything' ctl $user get '' --prefix
  t 'write where only reading is granted' ctl $user put k/b 2
  t 'write where writing is granted' ctl $user put rw/2 2 -w json
  t 'delete a prefix' ctl $user del rw/ --prefix --prev-kv
  t 'a txn that reads what is not granted' eval "ctl_in \$'\\nput rw/3 1\\nget z\\n\\n\\n' $user txn"
  t 'a txn that compares what is not granted' eval "ctl_in \$'mod(\"z\") > \"0\"\\n\\nput rw/3 1\\n\\n\\n' $user txn"
  t 'a watch of what is not granted' timeout 5 "$ETCDCTL" --endpoints="$EP" $user watch z --rev=1
  t 'a watch beyond the grant' timeout 5 "$ETCDCTL" --endpoints="$EP" $user watch k/a k/z --rev=1
  t 'an admin call as a user' ctl $user user list
  t 'compaction as a user' ctl $user compaction 2
  t 'member list as a user' ctl $user member list
  t 'lease as a user' eval "ctl $user lease grant 100 | tee granted; ctl $user put k/b 1 --lease=\$(awk '{print \$2}' granted)"
  t 'change the password' eval "ctl_in \$'new\\n' $root user passwd alice --interactive=false; ctl $user get k/b; ctl --user=alice:new get k/b"
  if [[ -n ${ETCDCTL_CACERT:-} ]]; then
    # Without a name and a password, whom the certificate names is the user.
    t 'the certificate is nobody' as e2e get k/b
    t 'the certificate is the user' as alice get z
    t 'the certificate is the user, within the grant' as alice get k/b
    t 'the certificate is the user, writing' eval 'as alice put rw/4 4; as alice put k/b 4'
    t 'the certificate is root' eval 'as root get z; as root user list; as root auth status'
    t 'the certificate is root, the password is not' as root $user get z
    t 'the certificate is root, a watch' eval 'as root watch z --rev=1 >watched 2>&1 & pid=$!; has watched "^z"; kill $pid; wait $pid; cat watched'
  fi
  t 'revoke-permission' eval "ctl $root role revoke-permission reader k/a k/m; ctl --user=alice:new get k/b"
  t 'revoke-permission of nothing' ctl $root role revoke-permission reader nothing
  t 'revoke-role' eval "ctl $root user revoke-role alice reader; ctl $root user get alice; ctl $root user revoke-role alice reader"
  t 'delete root while it is on' ctl $root user delete root
  t 'disable' eval "ctl $root auth disable; ctl get z; ctl auth status"
  t 'role delete' eval 'ctl role delete reader; ctl role list; ctl role delete reader'
  t 'user delete' eval 'ctl user delete alice; ctl user list; ctl user delete alice'
}
