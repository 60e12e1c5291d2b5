package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
)

// options are the flags that every command has.
type options struct {
	endpoints string
	prefix    string
	timeout   time.Duration
	authority string
	cert, key string
}

func (o *options) register(flags *flag.FlagSet) {
	flags.StringVar(&o.endpoints, "endpoints", "127.0.0.1:2379", "client addresses, separated by commas")
	flags.StringVar(&o.prefix, "prefix", "ledger/", "prefix of every key")
	flags.DurationVar(&o.timeout, "timeout", 5*time.Second, "limit of one call")
	flags.StringVar(&o.authority, "cacert", os.Getenv("ETCDCTL_CACERT"), "file of the authority to trust; makes connections TLS")
	flags.StringVar(&o.cert, "cert", os.Getenv("ETCDCTL_CERT"), "file of the certificate to show")
	flags.StringVar(&o.key, "key", os.Getenv("ETCDCTL_KEY"), "file of its key")
}

// tls is what connections are encrypted with, nil for plain ones.
func (o *options) tls() (*tls.Config, error) {
	if o.authority == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(o.authority)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: no certificate in it", o.authority)
	}
	if o.cert != "" {
		own, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{own}
	}
	return config, nil
}

func (o *options) connect() (*clientv3.Client, error) {
	config, err := o.tls()
	if err != nil {
		return nil, err
	}
	user, password, _ := strings.Cut(os.Getenv("ETCDCTL_USER"), ":")
	return clientv3.New(clientv3.Config{
		TLS:                config,
		Username:           user,
		Password:           password,
		Endpoints:          strings.Split(o.endpoints, ","),
		DialTimeout:        5 * time.Second,
		DialKeepAliveTime:  10 * time.Second,
		MaxCallSendMsgSize: 16 << 20,
		MaxCallRecvMsgSize: math.MaxInt32,
		DialOptions:        []grpc.DialOption{grpc.WithDisableServiceConfig()},
		Logger:             zap.NewNop(),
	})
}

// pageSize keeps one answer small, so that reading everything also crosses many page boundaries.
const pageSize = 1000

// readAll returns every key under the prefix at one revision, page by page. Revision 0 means the current one.
func readAll(ctx context.Context, c *clientv3.Client, o *options, rev int64, serializable bool) ([]kv, int64, error) {
	var all []kv
	from, end := o.prefix, clientv3.GetPrefixRangeEnd(o.prefix)
	if from == "" {
		from = "\x00" // no key is smaller
	}
	for {
		ops := []clientv3.OpOption{clientv3.WithRange(end), clientv3.WithLimit(pageSize), clientv3.WithRev(rev)}
		if serializable {
			ops = append(ops, clientv3.WithSerializable())
		}
		call, cancel := context.WithTimeout(ctx, 4*o.timeout)
		page, err := c.Get(call, from, ops...)
		cancel()
		if err != nil {
			return nil, 0, fmt.Errorf("range from %q at revision %d: %w", from, rev, err)
		}
		if rev == 0 {
			rev = page.Header.Revision
		}
		if page.Header.Revision < rev {
			return nil, 0, fmt.Errorf("the answer's revision %d is older than the revision %d that was read", page.Header.Revision, rev)
		}
		if want := int64(len(page.Kvs)) < page.Count; want != page.More {
			return nil, 0, fmt.Errorf("range from %q: %d of %d keys with more=%v", from, len(page.Kvs), page.Count, page.More)
		}
		for _, p := range page.Kvs {
			all = append(all, kv{string(p.Key), string(p.Value), p.CreateRevision, p.ModRevision, p.Version, p.Lease})
		}
		if !page.More {
			return all, rev, nil
		}
		from = string(page.Kvs[len(page.Kvs)-1].Key) + "\x00"
	}
}

// kv is one key with everything the store says about it.
type kv struct {
	key, value                        string
	createRev, modRev, version, lease int64
}
