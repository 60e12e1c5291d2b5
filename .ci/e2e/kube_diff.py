#!/usr/bin/env python3
"""Sends the same requests to two API servers, one after the other, and compares what they answer.

What cannot be equal (uids, times, resource versions, generated names, tokens of lists) is made equal first. A difference
that is meant is in KNOWN, with the reason; an entry there that explains nothing is a failure, too.

usage: kube_diff.py OURS TOKEN THEIRS TOKEN [--only TEXT] [--verbose]
  OURS, THEIRS  as https://127.0.0.1:6443; certificates are not checked
"""
import argparse, copy, http.client, json, re, ssl, sys, urllib.parse

JSON = "application/json"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
GENERATED = re.compile(r"\bgen-[bcdfghjklmnpqrstvwxz2456789]{5}\b")

LONG = 300

# (a part of the request's name, a part of the difference): why it is meant.
KNOWN = [
    ("", "columnDefinitions", "descriptions of columns are our own, and short"),
    ("get, HEAD", "code: 200 instead of 405", "HEAD is answered wherever GET is"),
    ("patch, kind", "message: ", "an object that is shown in a refusal has its fields in another order"),
    ("patch, unknown field, strict", "message: ", "an object that is shown in a refusal has its fields in another order"),
    ("pods delete, dry run", "metadata.", "a pod that ends at once is not marked before"),
    ("/openapi/v3/nope", "", "a group that there is not has no document; upstream answers with an empty one"),
    ("pages", "serverAddress", "the address that clients use, not one that is advertised"),
]


class Server:
    def __init__(self, url, token):
        self.url, self.token = urllib.parse.urlsplit(url), token
        self.connection = None
        self.versions = {}

    def request(self, method, path, headers, body):
        headers = dict({"Authorization": "Bearer " + self.token, "User-Agent": "diff/1"}, **headers)
        for attempt in (1, 2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPSConnection(
                        self.url.hostname, self.url.port, timeout=40, context=ssl._create_unverified_context())
                self.connection.request(method, path, body=body, headers=headers)
                response = self.connection.getresponse()
                return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
            except (http.client.HTTPException, OSError):
                self.connection = None
                if attempt == 2:
                    raise


def normal(value, path=""):
    """What is left of a value when chance is taken out of it."""
    if isinstance(value, dict):
        out = {}
        for key, inner in value.items():
            if key == "resourceVersion" and inner not in ("", "0"):
                out[key] = "<version>"
            elif key == "continue" and inner:
                out[key] = "<token>"
            elif key == "managedFields":
                out[key] = sorted((normal(each, path + ".managedFields") for each in inner), key=lambda each: json.dumps(each, sort_keys=True))
            elif key in ("clusterIP", "clusterIPs", "nodePort") and inner not in ("None", ["None"]):
                out[key] = "<address>"
            else:
                out[key] = normal(inner, path + "." + key)
        return out
    if isinstance(value, list):
        return [normal(each, path + "[]") for each in value]
    if isinstance(value, str):
        value = UID.sub("<uid>", TIME.sub("<time>", GENERATED.sub("gen-<name>", value)))
        return re.sub(r"\b(\d+)m?s\b", "<age>", value) if ".cells" in path else value
    return value


def differences(ours, theirs, path=""):
    if type(ours) is not type(theirs):
        return [f"{path or '.'}: {show(ours)} instead of {show(theirs)}"]
    if isinstance(ours, dict):
        found = []
        for key in sorted(set(ours) | set(theirs)):
            at = f"{path}.{key}"
            if key not in ours:
                found.append(f"{at}: missing, is {show(theirs[key])}")
            elif key not in theirs:
                found.append(f"{at}: {show(ours[key])}, should be missing")
            else:
                found += differences(ours[key], theirs[key], at)
        return found
    if isinstance(ours, list):
        found = [] if len(ours) == len(theirs) else [f"{path}: {len(ours)} elements instead of {len(theirs)}"]
        for i, (one, other) in enumerate(zip(ours, theirs)):
            found += differences(one, other, f"{path}[{i}]")
        return found
    return [] if ours == theirs else [f"{path or '.'}: {show(ours)} instead of {show(theirs)}"]


def show(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < LONG else text[: LONG - 3] + "..."


def parsed(headers, body):
    kind = headers.get("content-type", "").split(";")[0]
    if kind == JSON:
        try:
            return normal([json.loads(body)])
        except ValueError:
            pass
        try:
            return normal([json.loads(line) for line in body.decode().split("\n") if line.strip()])
        except ValueError:
            return body.decode()
    if kind in ("text/plain", "application/yaml"):
        return UID.sub("<uid>", TIME.sub("<time>", re.sub(r'resourceVersion: "\d+"', "resourceVersion: <version>", body.decode())))
    return {"bytes of": kind}


class Diff:
    def __init__(self, ours, theirs, verbose, only):
        self.ours, self.theirs, self.verbose, self.only = ours, theirs, verbose, only
        self.count = self.failed = 0
        self.patterns, self.used = {}, set()

    def __call__(self, name, method, path, body=None, accept=JSON, content=JSON, stale=False, **headers):
        """One request. In path and body, {rv} is the resource version that this server gave last."""
        self.count += 1
        answers = []
        for server in (self.ours, self.theirs):
            version = server.versions.get("old" if stale else "last", "0")
            sent = body
            if isinstance(body, (dict, list)):
                sent = json.dumps(body)
            if sent is not None and not isinstance(sent, bytes):
                sent = sent.replace("{rv}", version).replace("{uid}", server.versions.get("uid", "")).encode()
            fields = dict({"Accept": accept}, **{k.replace("_", "-"): v for k, v in headers.items()})
            if sent is not None and content:
                fields["Content-Type"] = content
            status, got, data = server.request(method, path.replace("{rv}", version).replace("{next}", server.versions.get("next", "")), fields, sent)
            answers.append((status, got, data))
            try:
                metadata = json.loads(data).get("metadata", {})
                if metadata.get("resourceVersion"):
                    server.versions["old"] = server.versions.get("last", "1")
                    server.versions["last"] = metadata["resourceVersion"]
                if metadata.get("uid"):
                    server.versions["uid"] = metadata["uid"]
                server.versions["next"] = urllib.parse.quote(metadata.get("continue", "") or "")
            except (ValueError, AttributeError):
                pass
        if self.only and self.only not in name:
            return
        (code, head, data), (code2, head2, data2) = answers
        found = []
        if code != code2:
            found.append(f"code: {code} instead of {code2}")
        for header in ("content-type", "warning", "retry-after"):
            one, other = head.get(header), head2.get(header)
            if one != other:
                found.append(f"{header}: {show(one)} instead of {show(other)}")
        found += differences(parsed(head, data), parsed(head2, data2))
        left = [each for each in found if not self.known(f"{name} {path}", each)]
        if left:
            self.failed += 1
            print(f"FAIL  {name}: {method} {path}")
            for each in left[:6 if not self.verbose else 50]:
                print("        " + each)
            for each in left:
                key = re.sub(r"\[\d+\]", "[]", each)
                self.patterns[key] = self.patterns.get(key, 0) + 1

    def known(self, name, difference):
        for i, (where, what, _) in enumerate(KNOWN):
            if where in name and what in difference:
                self.used.add(i)
                return True
        return False


def kinds():
    template = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "c", "image": "nginx:1"}]}}
    selector = {"matchLabels": {"app": "x"}}
    return [
        ("configmaps", "/api/v1", "v1", "ConfigMap", {"data": {"a": "1"}}, {"data": {"a": "2"}}),
        ("secrets", "/api/v1", "v1", "Secret", {"stringData": {"a": "1"}}, {"data": {"b": "Yg=="}}),
        ("services", "/api/v1", "v1", "Service", {"spec": {"clusterIP": "None", "selector": {"app": "x"}, "ports": [{"port": 80}]}}, {"spec": {"ports": [{"name": "p", "port": 80}]}}),
        ("pods", "/api/v1", "v1", "Pod", {"spec": template["spec"]}, {"metadata": {"labels": {"p": "q"}}}),
        ("serviceaccounts", "/api/v1", "v1", "ServiceAccount", {}, {"automountServiceAccountToken": False}),
        ("persistentvolumeclaims", "/api/v1", "v1", "PersistentVolumeClaim", {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}, {"metadata": {"labels": {"p": "q"}}}),
        ("deployments", "/apis/apps/v1", "apps/v1", "Deployment", {"spec": {"selector": selector, "template": template}}, {"spec": {"replicas": 3}}),
        ("statefulsets", "/apis/apps/v1", "apps/v1", "StatefulSet", {"spec": {"serviceName": "s", "selector": selector, "template": template}}, {"spec": {"replicas": 3}}),
        ("cronjobs", "/apis/batch/v1", "batch/v1", "CronJob", {"spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec": dict(template["spec"], restartPolicy="Never")}}}}}, {"spec": {"suspend": True}}),
        ("leases", "/apis/coordination.k8s.io/v1", "coordination.k8s.io/v1", "Lease", {"spec": {"holderIdentity": "a", "leaseDurationSeconds": 15}}, {"spec": {"holderIdentity": "b"}}),
        ("roles", "/apis/rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1", "Role", {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]}, {"rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]}),
        ("ingresses", "/apis/networking.k8s.io/v1", "networking.k8s.io/v1", "Ingress", {"spec": {"defaultBackend": {"service": {"name": "s", "port": {"number": 80}}}}}, {"spec": {"ingressClassName": "i"}}),
        ("networkpolicies", "/apis/networking.k8s.io/v1", "networking.k8s.io/v1", "NetworkPolicy", {"spec": {"podSelector": {}}}, {"spec": {"podSelector": {"matchLabels": {"a": "b"}}}}),
        ("widgets", "/apis/example.com/v1", "example.com/v1", "Widget", {"spec": {"color": "red"}}, {"spec": {"color": "green"}}),
    ]


CRD = {
    "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "widgets.example.com"},
    "spec": {"group": "example.com", "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget", "shortNames": ["wd"]},
             "versions": [{"name": "v1", "served": True, "storage": True,
                           "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}},
                           "additionalPrinterColumns": [{"name": "Color", "type": "string", "jsonPath": ".spec.color"}],
                           "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                               "spec": {"type": "object", "properties": {"color": {"type": "string", "enum": ["red", "green"]}, "replicas": {"type": "integer", "default": 1, "minimum": 0}}},
                               "status": {"type": "object", "properties": {"replicas": {"type": "integer"}}}}}}}]}}

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
PARTIALS = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
MERGE, STRATEGIC = "application/merge-patch+json", "application/strategic-merge-patch+json"
OPERATIONS, APPLY = "application/json-patch+json", "application/apply-patch+yaml"


def corpus(send, wait):
    send("namespace", "POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "diff"}})
    send("definition", "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", CRD)
    wait()
    for path in ("/api", "/api/v1", "/apis/apps/v1", "/apis/apps", "/apis/nope", "/apis/apps/v9", "/nope", "/livez", "/readyz", "/healthz/ping", "/healthz/nope", "/apis/example.com", "/apis/example.com/v1", "/openapi/v3/nope"):
        send("pages", "GET", path)
    for resource, base, version, kind, content, change in kinds():
        verbs(send, resource, f"{base}/namespaces/diff/{resource}", base, version, kind, content, change)
    send("namespace", "GET", "/api/v1/namespaces/diff")
    send("namespace", "DELETE", "/api/v1/namespaces/default")
    send("namespace", "GET", "/api/v1/namespaces/nope")


def verbs(send, r, path, base, version, kind, content, change):
    def made(name, more=None, **metadata):
        body = copy.deepcopy(content)
        body.update(more or {})
        return dict({"apiVersion": version, "kind": kind, "metadata": dict({"name": name} if name else {}, **metadata)}, **body)

    def changed():
        def merged(old, new):
            return {**old, **{k: merged(old.get(k, {}), v) if isinstance(v, dict) else v for k, v in new.items()}} if isinstance(old, dict) else new

        return {k: v for k, v in merged(content, change).items() if k != "metadata"}

    one = path + "/a"
    # -- create
    send(f"{r} create", "POST", path, made("a", labels={"app": "x"}))
    send(f"{r} create again", "POST", path, made("a"))
    send(f"{r} create, dry run", "POST", path + "?dryRun=All", made("dry"))
    send(f"{r} create, dry run that is none", "POST", path + "?dryRun=Some", made("dry"))
    send(f"{r} create, generated name", "POST", path + "?dryRun=All", made("", generateName="gen-"))
    send(f"{r} create, no name", "POST", path, made(""))
    send(f"{r} create, bad name", "POST", path, made("Bad_Name"))
    send(f"{r} create, other namespace", "POST", path, made("b", namespace="other"))
    send(f"{r} create, missing namespace", "POST", path.replace("/diff/", "/missing/"), made("b"))
    send(f"{r} create, other kind", "POST", path, dict(made("b"), kind="Gadget"))
    send(f"{r} create, other version", "POST", path, dict(made("b"), apiVersion="v9"))
    send(f"{r} create, no kind", "POST", path + "?dryRun=All", {k: v for k, v in made("b").items() if k not in ("kind", "apiVersion")})
    send(f"{r} create, unknown field", "POST", path + "?dryRun=All", dict(made("b"), foo=1))
    send(f"{r} create, unknown field, strict", "POST", path + "?fieldValidation=Strict", dict(made("b"), foo=1))
    send(f"{r} create, unknown field, ignored", "POST", path + "?dryRun=All&fieldValidation=Ignore", dict(made("b"), foo=1))
    send(f"{r} create, unknown validation", "POST", path + "?fieldValidation=Bogus", made("b"))
    send(f"{r} create, repeated field", "POST", path + "?fieldValidation=Strict", '{"apiVersion":"%s","kind":"%s","kind":"%s","metadata":{"name":"b"}}' % (version, kind, kind))
    send(f"{r} create, no JSON", "POST", path, "{")
    send(f"{r} create, a list", "POST", path, "[]")
    send(f"{r} create, nothing", "POST", path, "")
    send(f"{r} create, metadata of another type", "POST", path, '{"apiVersion":"%s","kind":"%s","metadata":"x"}' % (version, kind))
    send(f"{r} create, bad label", "POST", path, made("b", labels={"a b": "c d"}))
    send(f"{r} create, bad annotation", "POST", path, made("b", annotations={"a b": "c"}))
    send(f"{r} create, bad owner", "POST", path, made("b", ownerReferences=[{"name": "x"}]))
    send(f"{r} create, with a version", "POST", path, made("b", resourceVersion="7"))
    send(f"{r} create, in YAML", "POST", path + "?dryRun=All", json.dumps(made("y")), content="application/yaml")
    send(f"{r} create, YAML that is none", "POST", path, "a: [", content="application/yaml")
    send(f"{r} create, unknown media type", "POST", path, made("b"), content="text/plain")
    send(f"{r} create, no media type", "POST", path + "?dryRun=All", made("b"), content=None)
    send(f"{r} create, a long manager", "POST", path + "?fieldManager=" + "m" * 200, made("b"))
    # -- get
    send(f"{r} get", "GET", one)
    send(f"{r} get, missing", "GET", path + "/nope")
    send(f"{r} get, table", "GET", one, accept=TABLE)
    send(f"{r} get, metadata", "GET", one, accept=PARTIAL)
    send(f"{r} get, metadata list", "GET", one, accept=PARTIALS)
    send(f"{r} get, YAML", "GET", one, accept="application/yaml")
    send(f"{r} get, protobuf", "GET", one, accept="application/vnd.kubernetes.protobuf")
    send(f"{r} get, text", "GET", one, accept="text/plain")
    send(f"{r} get, text or all", "GET", one, accept="text/plain,*/*")
    send(f"{r} get, bad version", "GET", one + "?resourceVersion=abc")
    send(f"{r} get, HEAD", "HEAD", one)
    send(f"{r} get, subresource that is none", "GET", one + "/nope")
    send(f"{r} get, without namespace", "GET", f"{base}/{r}/a")
    # -- list
    send(f"{r} list", "GET", path)
    send(f"{r} list, all namespaces", "GET", f"{base}/{r}?labelSelector=app%3Dx")
    send(f"{r} list, labels", "GET", path + "?labelSelector=app%3Dx")
    send(f"{r} list, other labels", "GET", path + "?labelSelector=app%21%3Dx")
    send(f"{r} list, bad labels", "GET", path + "?labelSelector=a%3D%3D%3D")
    send(f"{r} list, fields", "GET", path + "?fieldSelector=metadata.name%3Da")
    send(f"{r} list, unknown fields", "GET", path + "?fieldSelector=spec.foo%3Da")
    send(f"{r} list, bad fields", "GET", path + "?fieldSelector=metadata.name")
    send(f"{r} list, table", "GET", path, accept=TABLE)
    send(f"{r} list, metadata", "GET", path, accept=PARTIALS)
    send(f"{r} list, metadata of one", "GET", path, accept=PARTIAL)
    send(f"{r} list, bad limit", "GET", path + "?limit=x")
    send(f"{r} list, bad version", "GET", path + "?resourceVersion=abc")
    send(f"{r} list, any version", "GET", path + "?resourceVersion=0")
    send(f"{r} list, match alone", "GET", path + "?resourceVersionMatch=Exact")
    send(f"{r} list, exactly nothing", "GET", path + "?resourceVersion=0&resourceVersionMatch=Exact")
    send(f"{r} list, unknown match", "GET", path + "?resourceVersion=1&resourceVersionMatch=Bogus")
    send(f"{r} list, bad token", "GET", path + "?limit=1&continue=abc")
    send(f"{r} list, initial events", "GET", path + "?sendInitialEvents=true")
    # -- update
    send(f"{r} get for update", "GET", one)
    send(f"{r} put", "PUT", one, made("a", changed(), labels={"app": "x", "new": "y"}, resourceVersion="{rv}"))
    send(f"{r} put, same", "PUT", one, made("a", changed(), labels={"app": "x", "new": "y"}, resourceVersion="{rv}"))
    send(f"{r} put, stale", "PUT", one, made("a", resourceVersion="1"))
    send(f"{r} put, no number", "PUT", one, made("a", resourceVersion="abc"))
    send(f"{r} put, other name", "PUT", one, made("b"))
    send(f"{r} put, other uid", "PUT", one, made("a", uid="bad", resourceVersion="{rv}"))
    send(f"{r} put, collection", "PUT", path, made("a"))
    send(f"{r} put, dry run", "PUT", one + "?dryRun=All", made("a", labels={"dry": "run"}, resourceVersion="{rv}"))
    # -- patch
    send(f"{r} patch, merge", "PATCH", one, change, content=MERGE)
    send(f"{r} patch, merge nothing", "PATCH", one, {}, content=MERGE)
    send(f"{r} patch, strategic", "PATCH", one, {"metadata": {"annotations": {"s": "t"}}}, content=STRATEGIC)
    send(f"{r} patch, operations", "PATCH", one, [{"op": "add", "path": "/metadata/labels/op", "value": "x"}], content=OPERATIONS)
    send(f"{r} patch, a test that fails", "PATCH", one, [{"op": "test", "path": "/metadata/name", "value": "x"}], content=OPERATIONS)
    send(f"{r} patch, an operation that is none", "PATCH", one, [{"op": "nope", "path": "/a"}], content=OPERATIONS)
    send(f"{r} patch, no list", "PATCH", one, {}, content=OPERATIONS)
    send(f"{r} patch, no JSON", "PATCH", one, "{", content=MERGE)
    send(f"{r} patch, a list", "PATCH", one, "[]", content=MERGE)
    send(f"{r} patch, unknown media type", "PATCH", one, {}, content=JSON)
    send(f"{r} patch, missing", "PATCH", path + "/nope", {}, content=MERGE)
    send(f"{r} patch, kind", "PATCH", one, {"kind": "X"}, content=MERGE)
    send(f"{r} patch, uid", "PATCH", one, {"metadata": {"uid": "q"}}, content=MERGE)
    send(f"{r} patch, name", "PATCH", one, {"metadata": {"name": "q"}}, content=MERGE)
    send(f"{r} patch, force", "PATCH", one + "?force=true", {}, content=MERGE)
    send(f"{r} patch, unknown field, strict", "PATCH", one + "?fieldValidation=Strict", {"foo": 1}, content=MERGE)
    send(f"{r} patch, unknown field", "PATCH", one, {"foo": 1}, content=MERGE)
    # -- apply
    applied = {"apiVersion": version, "kind": kind, "metadata": {"name": "a", "annotations": {"by": "one"}}}
    send(f"{r} apply", "PATCH", one + "?fieldManager=one", applied, content=APPLY)
    send(f"{r} apply again", "PATCH", one + "?fieldManager=one", applied, content=APPLY)
    contested = copy.deepcopy(applied)
    contested["metadata"]["annotations"]["by"] = "two"
    send(f"{r} apply, conflict", "PATCH", one + "?fieldManager=two", contested, content=APPLY)
    send(f"{r} apply, forced", "PATCH", one + "?fieldManager=two&force=true", contested, content=APPLY)
    send(f"{r} apply, no manager", "PATCH", one, applied, content=APPLY)
    send(f"{r} apply, other kind", "PATCH", one + "?fieldManager=one", dict(applied, kind="X"), content=APPLY)
    send(f"{r} apply, managed fields", "PATCH", one + "?fieldManager=one", {"apiVersion": version, "kind": kind, "metadata": {"name": "a", "managedFields": []}}, content=APPLY)
    send(f"{r} apply, unknown field", "PATCH", one + "?fieldManager=one", dict(applied, foo=1), content=APPLY)
    send(f"{r} apply, no YAML", "PATCH", one + "?fieldManager=one", "a: [", content=APPLY)
    # -- status and scale
    send(f"{r} status", "GET", one + "/status")
    send(f"{r} status, patch", "PATCH", one + "/status", {"status": {}}, content=MERGE)
    send(f"{r} scale", "GET", one + "/scale")
    send(f"{r} scale, patch", "PATCH", one + "/scale", {"spec": {"replicas": 2}}, content=MERGE)
    send(f"{r} scale, negative", "PATCH", one + "/scale", {"spec": {"replicas": -1}}, content=MERGE)
    # -- watch
    send(f"{r} watch", "GET", path + "?watch=1&resourceVersion=0&timeoutSeconds=1")
    send(f"{r} watch, too many words", "GET", path + "?watch=1&sendInitialEvents=true&timeoutSeconds=1")
    send(f"{r} watch, match alone", "GET", path + "?watch=1&resourceVersionMatch=Exact&timeoutSeconds=1")
    send(f"{r} watch, YAML", "GET", path + "?watch=1&timeoutSeconds=1", accept="application/yaml")
    send(f"{r} watch, bad version", "GET", path + "?watch=1&resourceVersion=abc&timeoutSeconds=1")
    # -- delete
    send(f"{r} delete, missing", "DELETE", path + "/nope")
    send(f"{r} delete, dry run", "DELETE", one + "?dryRun=All")
    send(f"{r} delete, other uid", "DELETE", one, {"preconditions": {"uid": "bad"}})
    send(f"{r} delete, unknown policy", "DELETE", one + "?propagationPolicy=Foo")
    send(f"{r} delete, two policies", "DELETE", one, {"orphanDependents": True, "propagationPolicy": "Background"})
    send(f"{r} delete, other kind", "DELETE", one, {"kind": "Pod", "apiVersion": "v1"})
    send(f"{r} a finalizer", "PATCH", one, {"metadata": {"finalizers": ["example.com/f"]}}, content=MERGE)
    send(f"{r} delete, held", "DELETE", one, {"propagationPolicy": "Background"})
    send(f"{r} delete, held again", "DELETE", one, {"propagationPolicy": "Background"})
    send(f"{r} another finalizer", "PATCH", one, {"metadata": {"finalizers": ["example.com/f", "example.com/g"]}}, content=MERGE)
    send(f"{r} the finalizer goes", "PATCH", one, {"metadata": {"finalizers": None}}, content=MERGE)
    send(f"{r} gone", "GET", one)
    send(f"{r} create for deletion", "POST", path, made("z", labels={"app": "z"}))
    send(f"{r} delete collection", "DELETE", path + "?labelSelector=app%3Dz", {"propagationPolicy": "Background"})
    send(f"{r} delete collection, all namespaces", "DELETE", f"{base}/{r}")
    send(f"{r} create on all namespaces", "POST", f"{base}/{r}", made("b"))
    send(f"{r} unknown method", "OPTIONS", path)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("ours"), parser.add_argument("token"), parser.add_argument("theirs"), parser.add_argument("other")
    parser.add_argument("--only"), parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    if options.verbose:
        global LONG
        LONG = 4000
    ours, theirs = Server(options.ours, options.token), Server(options.theirs, options.other)
    diff = Diff(ours, theirs, options.verbose, options.only)

    def wait():
        import time
        for server in (ours, theirs):
            for _ in range(100):
                if server.request("GET", "/apis/example.com/v1/namespaces/diff/widgets", {"Accept": JSON}, None)[0] == 200:
                    break
                time.sleep(0.1)

    corpus(diff, wait)
    for i, (where, what, why) in enumerate(KNOWN):
        if i not in diff.used and not options.only:
            diff.failed += 1
            print(f"FAIL  nothing is explained by: {where} / {what}: {why}")
    print()
    for pattern, times in sorted(diff.patterns.items(), key=lambda each: -each[1])[:60]:
        print(f"{times:5d} x {pattern}")
    print(f"requests: {diff.count - diff.failed} passed, {diff.failed} failed")
    sys.exit(1 if diff.failed else 0)


if __name__ == "__main__":
    main()
