"""Loads a kube-apiserver with config maps and judges what its watchers saw. Standard library only.

    kube_load.py load   --servers URL,URL --token T [--watch-servers URL,URL] [--seconds N] [--objects N]
                        [--workers N] [--watchers N] [--stop-file F]
    kube_load.py paging --servers URL     --token T
    kube_load.py fresh  --servers URL,URL --token T [--rounds N]
    kube_load.py caches --servers URL,URL --token T   with the store's /registry/configmaps/load/ as JSON on standard input
    kube_load.py metrics --servers URL --token T [--quiet]

load: workers create, change and delete config maps and note in a ledger what the apiserver acknowledged, with the
resource version. Watchers note every event, resume from the last resource version after a broken stream, and list again
when told that it is gone. At the end ledger, watchers and store must tell the same story; an answer that never came
may stand for a write or for none.

fresh: a write through one apiserver must be in the very next list through another one.

caches: what each apiserver has in its watch cache is what the store has, revision by revision.

metrics: what the apiserver found out about its store by its own means.
"""

import argparse
import collections
import base64
import http.client
import json
import os
import random
import re
import ssl
import sys
import threading
import time
import urllib.parse

NAMESPACE = "load"
PATH = "/api/v1/namespaces/%s/configmaps" % NAMESPACE
TLS = ssl._create_unverified_context()  # self-made certificate on loopback


class Refused(Exception):
    """An answer that says the request did not happen."""

    def __init__(self, status, body):
        super().__init__("%d %s" % (status, body[:300]))
        self.status = status
        self.body = body


class Unsettled(Exception):
    """No answer, or one that does not say whether the request happened."""


class Client:
    """One connection to one apiserver; not for use by two threads."""

    def __init__(self, server, token, timeout=30):
        self.address = urllib.parse.urlsplit(server)
        self.token = token
        self.timeout = timeout
        self.connection = None

    def open(self):
        self.close()
        self.connection = http.client.HTTPSConnection(
            self.address.hostname, self.address.port, timeout=self.timeout, context=TLS)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def call(self, method, path, body=None, content_type="application/json"):
        """The decoded answer, or Refused, or Unsettled."""
        try:
            response = self.send(method, path, body, content_type)
            data = response.read()
        except (OSError, http.client.HTTPException) as e:
            self.close()
            raise Unsettled(repr(e)) from e
        if response.status in (200, 201, 202):
            return json.loads(data)
        text = data.decode(errors="replace")
        # 409, 410 and the other 4xx are said before anything is written; 429 too. A 5xx may come after the fact.
        if 400 <= response.status < 500:
            raise Refused(response.status, text)
        raise Unsettled("%d %s" % (response.status, text[:300]))

    def send(self, method, path, body=None, content_type="application/json"):
        if self.connection is None:
            self.open()
        headers = {"Authorization": "Bearer " + self.token, "Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body)
            headers["Content-Type"] = content_type
        self.connection.request(method, path, data, headers)
        return self.connection.getresponse()


def config_map(name, serial, size=200):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": {"load": "yes"}},
            "data": {"serial": str(serial), "filler": "x" * size}}


def version_of(item):
    return int(item["metadata"]["resourceVersion"])


# ---- the ledger ----


class Ledger:
    """What was asked for and what was acknowledged, per object, in order.

    An object belongs to one worker, which waits for each answer; after one that settles nothing, nobody touches that
    object again. So per object the ledger is a chain of acknowledged steps with at most one unsettled step at its end.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.chains = {}
        self.acknowledged = 0
        self.unsettled = 0
        self.conflicts = []

    def add(self, name, step):
        with self.lock:
            self.chains.setdefault(name, []).append(step)
            self.acknowledged += step["acked"]
            self.unsettled += not step["acked"]

    def conflict(self, text):
        with self.lock:
            self.conflicts.append(text)


class Worker(threading.Thread):
    """Takes a name; makes, changes and deletes the object of that name; takes the next."""

    def __init__(self, run, number):
        super().__init__(name="worker-%d" % number, daemon=True)
        self.run_state = run
        self.servers = run.servers
        self.turn = number
        self.client = None
        self.random = random.Random(number)

    def connect(self):
        self.turn += 1
        if self.client is not None:
            self.client.close()
        self.client = Client(self.servers[self.turn % len(self.servers)], self.run_state.token)

    def run(self):
        self.connect()
        for name in iter(self.run_state.next_name, None):
            try:
                self.life_of(name)
            except Unsettled:
                pass  # noted in the ledger; nobody touches that object again

    def life_of(self, name):
        version = self.step(name, "ADDED", "POST", PATH, 0, 0)
        changes = self.random.randrange(1, 4)
        for serial in range(1, changes + 1):
            version = self.step(name, "MODIFIED", "PUT", PATH + "/" + name, serial, version)
        if self.random.random() < self.run_state.delete_share:
            self.step(name, "DELETED", "DELETE", PATH + "/" + name, changes, version)

    def step(self, name, event, method, path, serial, version):
        """Makes one change; returns the resource version it led to. A delete counts with the version in its event."""
        if event == "DELETED":
            body = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"resourceVersion": str(version)}}
        else:
            body = config_map(name, serial)
            if version:
                body["metadata"]["resourceVersion"] = str(version)
        for attempt in range(8):
            try:
                answer = self.client.call(method, path, body)
            except Refused as e:
                if e.status == 429:  # said before anything is done
                    time.sleep(0.2 * (attempt + 1))
                    continue
                self.run_state.ledger.conflict("%s %s at %s: %s" % (method, name, version, e))
                self.run_state.ledger.add(name, {"event": event, "serial": serial, "version": None, "acked": False})
                raise Unsettled(str(e)) from e
            except Unsettled as e:
                self.run_state.note_error(str(e))
                self.connect()
                self.run_state.ledger.add(name, {"event": event, "serial": serial, "version": None, "acked": False})
                raise
            result = None if event == "DELETED" else version_of(answer)
            self.run_state.ledger.add(name, {"event": event, "serial": serial, "version": result, "acked": True})
            self.run_state.progress()
            return result
        self.run_state.ledger.add(name, {"event": event, "serial": serial, "version": None, "acked": False})
        raise Unsettled("too many requests")


class Watcher(threading.Thread):
    """Follows all config maps of the namespace and notes what it is told."""

    def __init__(self, run, number, start):
        super().__init__(name="watcher-%d" % number, daemon=True)
        self.server = run.watch_servers[number % len(run.watch_servers)]
        self.token = run.token
        self.position = start
        self.bookmarks = number % 2 == 0
        # Some come back every few seconds, so that resuming is tried even if nothing breaks.
        self.patience = 8 if number % 4 == 3 else 600
        self.events = []  # (type, name, resource version, serial)
        self.relists = 0
        self.resumes = 0
        self.causes = []
        self.wrong = []
        self.done = False
        self.reached = start
        self.current = None

    def run(self):
        while not self.done:
            client = Client(self.server, self.token, timeout=60)
            self.current = client
            cause = None
            try:
                cause = self.follow(client)
            except (OSError, http.client.HTTPException, ValueError) as e:
                cause = repr(e)
            finally:
                client.close()
            if not self.done:
                self.resumes += 1
                self.causes.append(cause)
                time.sleep(0.2)

    def follow(self, client):
        """Goes on until the stream ends; returns why it did."""
        query = {"watch": "1", "resourceVersion": str(self.position), "timeoutSeconds": str(self.patience)}
        if self.bookmarks:
            query["allowWatchBookmarks"] = "true"
        response = client.send("GET", PATH + "?" + urllib.parse.urlencode(query))
        if response.status == 410:
            response.read()
            self.relist(client)
            return "refused as too old"
        if response.status != 200:
            text = response.read().decode(errors="replace")
            time.sleep(0.5)
            return "refused: %d %s" % (response.status, text[:120])
        while not self.done:
            line = response.readline()
            if not line:
                return "ended by the server"
            event = json.loads(line)
            if event["type"] == "ERROR":
                if event["object"].get("code") == 410:
                    client.close()
                    self.relist(client)
                return "an error event: %s" % event["object"].get("message")
            self.take(event)
        return "done"

    def take(self, event):
        version = version_of(event["object"])
        if version <= self.position and event["type"] != "BOOKMARK":
            self.wrong.append("event %s of %s at %d, but the watch was already at %d"
                              % (event["type"], event["object"]["metadata"]["name"], version, self.position))
        if version < self.position:
            self.wrong.append("bookmark %d behind %d" % (version, self.position))
        self.position = max(self.position, version)
        if event["type"] != "BOOKMARK":
            self.events.append((event["type"], event["object"]["metadata"]["name"], version,
                                int(event["object"]["data"]["serial"])))

    def relist(self, client):
        """Starts over: what happened in between is not known to this watcher, only where everything stands."""
        listed = client.call("GET", PATH + "?resourceVersion=0&resourceVersionMatch=NotOlderThan")
        version = int(listed["metadata"]["resourceVersion"])
        if version < self.position:
            return  # an apiserver whose cache is behind; ask again
        self.relists += 1
        self.position = version
        self.events.append(("RELIST", {i["metadata"]["name"]: (version_of(i), int(i["data"]["serial"]))
                                       for i in listed["items"]}, version, 0))


class Run:
    """The state of one load."""

    def __init__(self, args):
        self.servers = args.servers.split(",")
        self.watch_servers = (args.watch_servers or args.servers).split(",")
        self.token = args.token
        self.deadline = time.monotonic() + args.seconds
        self.objects = args.objects
        self.taken = 0
        self.stop_file = args.stop_file
        self.delete_share = args.delete_share
        self.ledger = Ledger()
        self.errors = {}
        self.lock = threading.Lock()
        self.last = time.monotonic()
        self.silence = 0.0

    def next_name(self):
        """The name of an object that nobody has had, or None when it is enough."""
        with self.lock:
            if self.taken >= self.objects and time.monotonic() > self.deadline and self.may_stop():
                return None
            self.taken += 1
            return "cm-%06d" % self.taken

    def may_stop(self):
        """Whoever kills members says when the last one is back; the load goes on until then, but not for ever."""
        return not self.stop_file or os.path.exists(self.stop_file) or time.monotonic() > self.deadline + 300

    def progress(self):
        with self.lock:
            now = time.monotonic()
            self.silence = max(self.silence, now - self.last)
            self.last = now

    def note_error(self, text):
        key = text.split("0x")[0][:120]
        with self.lock:
            self.errors[key] = self.errors.get(key, 0) + 1


def load(args):
    run = Run(args)
    admin = Client(run.servers[0], run.token)
    make_namespace(admin)
    start = int(admin.call("GET", PATH + "?limit=1")["metadata"]["resourceVersion"])
    filled = {s: caches_filled(s, run.token) for s in run.watch_servers} if args.quiet else {}
    if not all(filled.values()):
        sys.exit("an apiserver does not say that it has filled its cache: %s" % filled)
    watchers = [Watcher(run, n, start) for n in range(args.watchers)]
    for w in watchers:
        w.start()
    workers = [Worker(run, n) for n in range(args.workers)]
    began = time.monotonic()
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    elapsed = time.monotonic() - began
    if run.ledger.unsettled:
        time.sleep(3)  # what may still be on its way through the store arrives
    final = read_all(run)
    end = int(final["metadata"]["resourceVersion"])
    # One more write through the same resource: when a watcher has it, it has everything before it.
    marker = patiently(admin, "POST", PATH, config_map("marker", 0))
    for w in watchers:
        until = time.monotonic() + 60
        while w.position < version_of(marker) and time.monotonic() < until:
            time.sleep(0.05)
        w.done = True
        if w.position < version_of(marker):
            w.wrong.append("came to %d and not to %d in time" % (w.position, version_of(marker)))
    for w in watchers:
        if w.current is not None and w.current.connection is not None and w.current.connection.sock is not None:
            try:
                w.current.connection.sock.shutdown(2)
            except OSError:
                pass
    problems = judge(run.ledger, {i["metadata"]["name"]: i for i in final["items"]}, watchers)
    events = sum(len(w.events) for w in watchers)
    print("%d acknowledged and %d unsettled steps on %d objects in %.1f s (%.0f/s), longest silence %.1f s"
          % (run.ledger.acknowledged, run.ledger.unsettled, len(run.ledger.chains), elapsed,
             run.ledger.acknowledged / elapsed, run.silence))
    print("%d watchers: %d events, %d resumed streams, %d relists; %d objects at the end, resource version %d"
          % (len(watchers), events, sum(w.resumes for w in watchers), sum(w.relists for w in watchers),
             len(final["items"]), end))
    for text, times in sorted(run.errors.items(), key=lambda e: -e[1])[:5]:
        print("  %d x %s" % (times, text))
    for p in problems[:30]:
        print("  wrong: " + p)
    if problems:
        sys.exit("%d contradictions between ledger, watchers and store" % len(problems))
    if args.quiet:
        # A cache that lost its watch of the store is filled again. That an apiserver ends the watch of a client that does
        # not keep up, which it counts, says nothing about the store.
        refilled = sum(caches_filled(s, run.token) - n for s, n in filled.items())
        causes = collections.Counter(c for w in watchers if w.patience > 60 for c in w.causes)
        slow = sum(scrape(s, run.token)("apiserver_terminated_watchers_total") for s in filled)
        print("%d caches filled again; %d clients too slow; other watches that ended: %s"
              % (refilled, slow, "; ".join("%d x %s" % (n, c) for c, n in causes.most_common(5)) or "none"))
        ended = sum(causes.values())
        if refilled or ended > slow or any(w.relists for w in watchers):
            sys.exit("a watch was broken, although nothing happened to the store")
    if run.ledger.acknowledged < args.least:
        sys.exit("only %d steps were acknowledged, at least %d were expected" % (run.ledger.acknowledged, args.least))


def read_all(run):
    """All objects, by a consistent paged list."""
    client = Client(run.servers[0], run.token, timeout=60)
    items, token = [], ""
    while True:
        query = {"limit": "500"}
        if token:
            query["continue"] = token
        page = patiently(client, "GET", PATH + "?" + urllib.parse.urlencode(query))
        items += page["items"]
        token = page["metadata"].get("continue", "")
        if not token:
            return {"items": items, "metadata": page["metadata"]}


def patiently(client, method, path, body=None):
    until = time.monotonic() + 60
    while True:
        try:
            return client.call(method, path, body)
        except Unsettled:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def make_namespace(client):
    try:
        client.call("POST", "/api/v1/namespaces",
                    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    except Refused as e:
        if e.status != 409:
            raise


# ---- the judgement ----


def judge(ledger, final, watchers):
    problems = ["refused, though only this worker could have caused it: " + c for c in ledger.conflicts]
    final.pop("marker", None)
    for name in final:
        if name not in ledger.chains:
            problems.append("%s exists and was never written" % name)
    for name, chain in ledger.chains.items():
        problems += judge_final(name, chain, final.get(name))
    truths = [history for history in (judge_watcher(w, ledger, problems) for w in watchers)]
    # An unsettled step either happened for everybody or for nobody.
    for name, chain in ledger.chains.items():
        if chain[-1]["acked"]:
            continue
        seen = {truth[name] for truth in truths if name in truth}
        if len(seen) > 1:
            problems.append("%s: the watchers do not agree whether its last step happened: %s" % (name, sorted(seen)))
        happened = name in final and int(final[name]["data"]["serial"]) == chain[-1]["serial"] \
            if chain[-1]["event"] != "DELETED" else name not in final
        if seen and happened not in seen:
            problems.append("%s: the store says of the last step %s, the watchers %s" % (name, happened, sorted(seen)))
    return problems


def judge_final(name, chain, item):
    """The object is as its acknowledged steps left it, or as the unsettled one at the end would have left it."""
    acked = [s for s in chain if s["acked"]]
    if any(not s["acked"] for s in chain[:-1]):
        return ["%s: the ledger itself is wrong: %s" % (name, chain)]
    possible = [acked[-1] if acked else None]
    if not chain[-1]["acked"]:
        possible.append(chain[-1])
    for step in possible:
        if step is None or step["event"] == "DELETED":
            if item is None:
                return []
        elif item is not None and int(item["data"]["serial"]) == step["serial"] and step["version"] in (None, version_of(item)):
            return []
    found = None if item is None else (version_of(item), item["data"]["serial"])
    return ["%s: the store has %s, acknowledged was %s" % (name, found, chain)]


def judge_watcher(watcher, ledger, problems):
    """Each acknowledged step once, in order; returns for each unsettled last step whether it was seen to happen."""
    who = watcher.name
    problems += ["%s: %s" % (who, text) for text in watcher.wrong[:5]]
    reports = {}
    previous = 0
    for event, name, version, serial in watcher.events:
        if event == "RELIST":
            # Objects may have moved on by any number of steps meanwhile, or come and gone; the list says where they are.
            for known in set(ledger.chains) | set(reports) | set(name):
                reports.setdefault(known, []).append(("RELIST",) + name.get(known, (None, None)) + (version,))
            previous = version
            continue
        if version <= previous:
            problems.append("%s: %s of %s at %d came after %d" % (who, event, name, version, previous))
        previous = version
        reports.setdefault(name, []).append((event, version, serial))
    reports.pop("marker", None)
    happened = {}
    for name, chain in ledger.chains.items():
        text, last = follow_chain(chain, reports.pop(name, []))
        if text:
            problems.append("%s: %s: %s; acknowledged: %s" % (who, name, text, chain))
        elif last is not None:
            happened[name] = last
    for name in reports:
        problems.append("%s: events of %s, which was never written" % (who, name))
    return happened


def follow_chain(chain, reports):
    """Plays the events of one object against its ledger: (what is wrong or None, whether the unsettled step was seen)."""
    places = {0}  # how many steps of the chain may be accounted for; a list leaves several open
    for event, version, serial, *listed in reports:
        if event == "RELIST":
            places = {i for i in range(min(places), len(chain) + 1) if stands_at(chain, i, version, serial, *listed)}
            if not places:
                return "the list after a relist shows (%s, %s)" % (version, serial), None
            continue
        at = min(places)
        if at >= len(chain):
            return "event %s (%s, %s) too many" % (event, version, serial), None
        fitting = {i for i in places if i < len(chain) and fits(chain[i], event, version, serial)}
        if not fitting:
            if (chain[at]["event"], chain[at]["serial"]) == (event, serial):
                return "event %s with version %s instead of %s" % (event, version, chain[at]["version"]), None
            return "event %s (%s, %s) instead of step %d (%s)" % (event, version, serial, at, chain[at]), None
        places = {i + 1 for i in fitting}
    at = max(places)
    missing = [s for s in chain[at:] if s["acked"]]
    if missing:
        return "%d acknowledged steps were not delivered" % len(missing), None
    return None, (None if chain[-1]["acked"] else at == len(chain))


def fits(step, event, version, serial):
    return (step["event"], step["serial"]) == (event, serial) and step["version"] in (None, version)


def stands_at(chain, steps, version, serial, listed):
    """Whether an object that is listed like this at resource version `listed` may have made exactly that many steps."""
    if any(s["version"] is not None and s["version"] > listed for s in chain[:steps]):
        return False
    if any(s["version"] is not None and s["version"] <= listed for s in chain[steps:]):
        return False
    if steps == 0 or chain[steps - 1]["event"] == "DELETED":
        return version is None
    return fits(chain[steps - 1], chain[steps - 1]["event"], version, serial)


# ---- the other checks ----


def paging(args):
    """Lists in chunks while the objects change: one consistent state, complete counts, no object twice."""
    client = Client(args.servers.split(",")[0], args.token)
    make_namespace(client)
    for n in range(120):
        client.call("POST", PATH, config_map("page-%03d" % n, 0))
    before = {i["metadata"]["name"] for i in client.call("GET", PATH)["items"]}
    seen, token, version = [], "", None
    while True:
        query = {"limit": "25"}
        if token:
            query["continue"] = token
        page = client.call("GET", PATH + "?" + urllib.parse.urlencode(query))
        if version not in (None, page["metadata"]["resourceVersion"]):
            sys.exit("the pages are of different resource versions: %s, %s" % (version, page["metadata"]["resourceVersion"]))
        version = page["metadata"]["resourceVersion"]
        seen += [i["metadata"]["name"] for i in page["items"]]
        left = page["metadata"].get("remainingItemCount")
        token = page["metadata"].get("continue", "")
        if token and left != len(before) - len(seen):
            sys.exit("%d of %d listed, and remainingItemCount is %s" % (len(seen), len(before), left))
        if not token:
            break
        client.call("DELETE", PATH + "/page-%03d" % (119 - len(seen) // 25))  # of a page to come
        client.call("POST", PATH, config_map("page-zz%d" % len(seen), 0))
    if len(seen) != len(set(seen)) or set(seen) != before:
        sys.exit("listed %d (%d different), expected %d" % (len(seen), len(set(seen)), len(before)))
    # Leaves nothing behind.
    client.call("DELETE", PATH + "?" + urllib.parse.urlencode({"labelSelector": "load=yes"}))
    left = client.call("GET", PATH)["items"]
    if left:
        sys.exit("%d objects are left after a delete of all of them" % len(left))
    print("%d objects in pages of 25, one state throughout" % len(seen))


def fresh(args):
    """Write through one apiserver, read through another at once."""
    servers = args.servers.split(",")
    clients = [Client(s, args.token) for s in servers]
    make_namespace(clients[0])
    stale = 0
    for n in range(args.rounds):
        writer, reader = clients[n % len(clients)], clients[(n + 1) % len(clients)]
        name = "fresh-%d" % (n % 7)
        try:
            body = config_map(name, n)
            if n < 7:
                written = writer.call("POST", PATH, body)
            else:
                written = writer.call("PUT", PATH + "/" + name, body)
        except Refused as e:
            sys.exit("round %d: %s" % (n, e))
        listed = {i["metadata"]["name"]: i for i in reader.call("GET", PATH)["items"]}
        if name not in listed or version_of(listed[name]) < version_of(written):
            stale += 1
            print("round %d: %s was written at %d, the list has %s"
                  % (n, name, version_of(written), listed.get(name, {}).get("metadata", {}).get("resourceVersion")))
        read = reader.call("GET", PATH + "/" + name)
        if version_of(read) < version_of(written):
            stale += 1
            print("round %d: %s was written at %d, get has %d" % (n, name, version_of(written), version_of(read)))
        seen = reader.call("GET", PATH + "/%s?resourceVersion=%d" % (name, version_of(written)))
        if version_of(seen) < version_of(written):
            stale += 1
            print("round %d: not as new as asked for" % n)
    for n in range(7):
        clients[0].call("DELETE", PATH + "/fresh-%d" % n)
    if stale:
        sys.exit("%d stale reads in %d rounds" % (stale, args.rounds))
    print("%d rounds over %d apiservers, no stale read" % (args.rounds, len(servers)))


def caches(args):
    stored = {}
    for kv in json.load(sys.stdin).get("kvs", []):
        stored[base64.b64decode(kv["key"]).decode().rsplit("/", 1)[1]] = kv["mod_revision"]
    for server in args.servers.split(","):
        client = Client(server, args.token)
        until = time.monotonic() + 15
        while True:
            listed = client.call("GET", PATH + "?resourceVersion=0")
            cached = {i["metadata"]["name"]: version_of(i) for i in listed["items"]}
            if cached == stored:
                break
            if time.monotonic() > until:
                differing = sorted(n for n in set(cached) | set(stored) if cached.get(n) != stored.get(n))
                sys.exit("%s: %d of %d objects differ, such as %s" % (server, len(differing), len(stored), [
                    (n, cached.get(n), stored.get(n)) for n in differing[:5]]))
            time.sleep(0.2)
    print("%d objects" % len(stored))


def caches_filled(server, token):
    """How often an apiserver has filled its cache of config maps."""
    return scrape(server, token)("apiserver_watch_cache_initializations_total", 'resource="configmaps"')


def scrape(server, token):
    """Reads an apiserver's metrics; returns what sums those of a name that have certain labels."""
    response = Client(server, token).send("GET", "/metrics")
    seen = {}
    for line in response.read().decode().splitlines():
        match = re.match(r"([a-z_]+)({[^}]*})? ([0-9.e+-]+)$", line)
        if match:
            seen.setdefault(match[1], []).append((match[2] or "", float(match[3])))

    def total(name, *labels):
        return int(sum(v for l, v in seen.get(name, []) if all(x in l for x in labels)))

    return total


def metrics(args):
    total = scrape(args.servers, args.token)
    failures = total("apiserver_storage_consistency_checks_total", 'status="failure"')
    decode = total("apiserver_storage_decode_errors_total")
    cached = total("apiserver_watch_cache_consistent_read_total")
    fallback = total("apiserver_watch_cache_consistent_read_total", 'fallback="true"')
    print("%d consistency checks, %d failures; %d decode errors; %d consistent reads from the cache, %d fallbacks; "
          "%d caches filled; %d bookmarks; %d store errors"
          % (total("apiserver_storage_consistency_checks_total"), failures, decode, cached, fallback,
             total("apiserver_watch_cache_initializations_total"), total("etcd_bookmark_total"),
             total("etcd_request_errors_total")))
    wrong = []
    if failures:
        wrong.append("the watch cache differed from the store")
    if decode:
        wrong.append("values from the store could not be decoded")
    if not cached:
        wrong.append("no consistent read came from the cache; does the store answer progress requests, "
                     "and report a version that says so?")
    if args.quiet and fallback > max(2, cached // 100):
        wrong.append("consistent reads had to go to the store: progress answers are late")
    if wrong:
        sys.exit("; ".join(wrong))


COMMANDS = {"load": load, "paging": paging, "fresh": fresh, "caches": caches, "metrics": metrics}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=list(COMMANDS))
    parser.add_argument("--servers", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--seconds", type=float, default=0, help="go on for this long at least")
    parser.add_argument("--objects", type=int, default=0, help="make this many objects at least")
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument("--watchers", type=int, default=20)
    parser.add_argument("--delete-share", type=float, default=0.7)
    parser.add_argument("--least", type=int, default=1, help="acknowledged steps that there must be")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--stop-file", default="", help="go on at least until this file exists")
    parser.add_argument("--watch-servers", default="", help="apiservers of the watchers (default: --servers)")
    parser.add_argument("--quiet", action="store_true", help="nothing happened to the store: no watch may break, no read may fall back")
    args = parser.parse_args()
    COMMANDS[args.command](args)


if __name__ == "__main__":
    main()
