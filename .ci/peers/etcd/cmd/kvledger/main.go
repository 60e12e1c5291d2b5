// Command kvledger writes to an etcd-compatible store, notes in a file what the store acknowledged, and later checks
// that the store still holds exactly that.
//
//	kvledger load   --endpoints a,b,c --ledger FILE [--prefix P] [--workers N] [--seconds S] [--ops N] [--value-bytes N]
//	kvledger verify --endpoints a     --ledger FILE [--prefix P] [--serializable]
//	kvledger dump   --endpoints a     [--prefix P] [--rev R]
//	kvledger fill   --endpoints a     [--prefix P] [--keys N] [--value-bytes N]
//	kvledger pages  --endpoints a     [--prefix P] [--keys N] [--value-bytes N] [--limit N]
//	kvledger oversize --endpoints a
//	kvledger watches --endpoints a --writers a,b,c [--prefix P] [--count N] [--rounds N]
//	kvledger leases --endpoints a,b,c [--prefix P] [--count N] [--ttl S] [--seconds S]
//
// Addresses may be URLs. With ETCDCTL_CACERT, ETCDCTL_CERT and ETCDCTL_KEY in the environment, or the flags of these names,
// connections are TLS; ETCDCTL_USER is the user and password.
//
// The ledger is outside the store and outlives its members, so it is the judge: an acknowledged write that is gone is a
// lost write, whatever the members agree on among themselves.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		fatal("usage: kvledger load|verify|dump|fill|pages|oversize|watches|leases [flags]")
	}
	var err error
	switch os.Args[1] {
	case "load":
		err = load(os.Args[2:])
	case "verify":
		err = verify(os.Args[2:])
	case "dump":
		err = dump(os.Args[2:])
	case "fill":
		err = fill(os.Args[2:])
	case "pages":
		err = pages(os.Args[2:])
	case "oversize":
		err = oversize(os.Args[2:])
	case "watches":
		err = watches(os.Args[2:])
	case "leases":
		err = leases(os.Args[2:])
	default:
		err = fmt.Errorf("unknown command %q", os.Args[1])
	}
	if err != nil {
		fatal(err.Error())
	}
}

func fatal(message string) {
	fmt.Fprintln(os.Stderr, "kvledger: "+message)
	os.Exit(1)
}
