"""Masks in a transcript of etcdctl what differs between any two clusters, and compares transcripts step by step.

    etcdctl_mask.py CLIENT_URLS PEER_URLS SCRATCH <raw >masked    (of all members, separated by commas)
    etcdctl_mask.py --compare ORACLE STORE FOLDER    prints "same<TAB>title" or "N<TAB>title" with the difference in FOLDER/N
"""

import difflib
import os
import re
import sys

RULES = [
    (r"127\.0\.0\.1:\d+", "<ADDRESS>"),
    (r'"ts":"[^"]*"', '"ts":"<TIME>"'),
    (r"etcd-endpoints://0x[0-9a-f]+/", "etcd-endpoints://<CLIENT>/"),
    (r'"peer":"[^"]*",', ""),
    # etcdctl prints an identity to a width of 16 here and there, so a short one has blanks before it.
    (r"(?<= ) +(?=[0-9a-f]{12,15}\b)", ""),
    # Identities: 64 bits in hex without leading zeros, in decimal in JSON and in the "fields" form.
    (r"\b[0-9a-f]{12,16}\b", "<ID>"),
    (r'("(?:cluster_id|member_id|leader|ID|id|lease|member_ID|memberID|LeaseID|ClusterID|MemberID|Lease|Leader|targetID)"\s*:\s*)-?\d{8,}', r"\1<ID>"),
    # The "fields" form prints identities in decimal without quotes, too.
    (r'("(?:raft_term|raftTerm|RaftTerm|raftIndex|RaftIndex|raftAppliedIndex|RaftAppliedIndex)"\s*:\s*)\d+', r"\1<N>"),
    (r'("(?:dbSize|dbSizeInUse|DBSize|DBSizeInUse|hash|Hash|total_size|totalSize)"\s*:\s*)\d+', r"\1<N>"),
    (r'("(?:[vV]ersion|storageVersion|StorageVersion)"\s*:\s*"3\.)\d+\.\d+"', r'\1<N>"'),
    (r"remaining\(\d+s\)", "remaining(<N>s)"),
    (r"took(?: =)? [0-9.]+[mµn]?s\b", "took <T>"),
    (r'"took":"[^"]*"', '"took":"<T>"'),
    (r'"etcd-version":"[^"]*"', '"etcd-version":"<VERSION>"'),
    (r"\b[0-9.]+ (?:[kM]i?)?B\b", "<SIZE>"),
]
COMPILED = [(re.compile(pattern), replacement) for pattern, replacement in RULES]


def mask_line(line, names):
    if line.startswith("=== "):
        return line
    for actual, name in names:
        line = line.replace(actual, name)
    for pattern, replacement in COMPILED:
        line = pattern.sub(replacement, line)
    # A lease's keys come in the order of a hash table.
    line = re.sub(r"attached keys\(\[([^]]*)\]\)", lambda m: "attached keys([%s])" % " ".join(sorted(m[1].split())), line)
    # Members come in the order of their identities.
    line = re.sub(r'ETCD_INITIAL_CLUSTER="([^"]*)"', lambda m: 'ETCD_INITIAL_CLUSTER="%s"' % ",".join(sorted(m[1].split(","))), line)
    # The width of a column follows from what was masked.
    if line.startswith(("|", "+")):
        line = re.sub(r"-+", "-", re.sub(r" +", " ", line))
        line = re.sub(r"\| <ID> \| 3\.\d+\.\d+ \| 3\.\d+\.\d+ \|", "| <ID> | <VERSION> | <VERSION> |", line)
        if "<SIZE>" in line:
            # endpoint status: term, index, applied index
            line = re.sub(r"\| \d+ \| \d+ \| \d+ \|", "| <N> | <N> | <N> |", line)
    return line


def sort_objects(line):
    """Members and endpoints come in the order of identities, which are masked by now: sorts what JSON lists of them."""
    start = 0 if line.startswith("[{") else line.find('"members":[{') + len('"members":')
    if line[start : start + 2] != "[{":
        return line
    depth, objects, begin = 0, [], start + 1
    for at in range(start + 1, len(line)):
        if line[at] == "{":
            depth += 1
        elif line[at] == "}":
            depth -= 1
            if depth == 0:
                objects.append(line[begin : at + 1])
                begin = at + 2
        elif line[at] == "]" and depth == 0:
            return line[: start + 1] + ",".join(sorted(objects)) + line[at:]
    return line


def is_member_line(line):
    return "<CLIENT-URL>" in line or "<CLIENT-ADDRESS>" in line or line.startswith(("<ID>, started", "<ID>, unstarted"))


def mask(names):
    run = []  # of lines about one member each
    for line in sys.stdin:
        line = sort_objects(mask_line(line, names))
        if run and not is_member_line(line):
            sys.stdout.writelines(sorted(run))
            run = []
        if is_member_line(line):
            run.append(line)
        else:
            sys.stdout.write(line)
    sys.stdout.writelines(sorted(run))


def steps(path):
    """The steps of a transcript by title, in order."""
    found = {}
    title = None
    with open(path, encoding="utf-8", errors="backslashreplace") as file:
        for line in file:
            if line.startswith("=== "):
                title = line[4:].rstrip("\n")
                if title in found:
                    sys.exit("two steps are called '%s'" % title)
                found[title] = []
            elif title is not None:
                found[title].append(line.rstrip("\n"))
    return found


def compare(oracle_path, store_path, folder):
    os.makedirs(folder, exist_ok=True)
    oracle, store = steps(oracle_path), steps(store_path)
    if not oracle or list(oracle) != list(store):
        sys.exit("the two transcripts do not have the same steps")
    for number, (title, expected) in enumerate(oracle.items()):
        if expected == store[title]:
            print("same\t" + title)
            continue
        lines = difflib.unified_diff(expected, store[title], "etcd", "store", lineterm="", n=2)
        with open(os.path.join(folder, str(number)), "w", encoding="utf-8") as file:
            file.writelines(line[:600] + "\n" for line in list(lines)[:60])
        print("%d\t%s" % (number, title))


def main():
    if sys.argv[1] == "--compare":
        compare(*sys.argv[2:])
    else:
        clients, peers, scratch = sys.argv[1].split(","), sys.argv[2].split(","), sys.argv[3]
        names = [(url, "<CLIENT-URL>") for url in clients] + [(url, "<PEER-URL>") for url in peers]
        names += [(url.split("//")[1], "<CLIENT-ADDRESS>") for url in clients] + [(scratch, "<SCRATCH>")]
        mask(names)


if __name__ == "__main__":
    main()
