"""Opens connections and says nothing more on them, until it is ended.

    silent.py HOST:PORT COUNT KIND...    prints "open N" once they are

Each KIND gets COUNT connections:
    tcp      nothing at all
    preface  the first half of what HTTP/2 begins with
    hello    the first bytes of a TLS handshake
    tls      a whole handshake with the certificate of ETCDCTL_CERT, and nothing after it
"""

import os
import signal
import socket
import ssl
import sys


def handshake(plain, host):
    context = ssl.create_default_context(cafile=os.environ["ETCDCTL_CACERT"])
    context.set_alpn_protocols(["h2"])
    context.load_cert_chain(os.environ["ETCDCTL_CERT"], os.environ["ETCDCTL_KEY"])
    return context.wrap_socket(plain, server_hostname=host)


def connect(host, port, kind):
    connection = socket.create_connection((host, port), 30)
    if kind == "preface":
        connection.sendall(b"PRI * HTTP/2")
    elif kind == "hello":
        connection.sendall(b"\x16\x03\x01\x02\x00\x01")
    elif kind == "tls":
        connection = handshake(connection, host)
    elif kind != "tcp":
        sys.exit("silent.py: no such kind: " + kind)
    return connection


def main():
    address, count, kinds = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    host, port = address.split("//")[-1].split(":")
    connections = [connect(host, int(port), kind) for kind in kinds for _ in range(count)]
    print("open", len(connections), flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
