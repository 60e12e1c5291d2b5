package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

const putsPerTxn = 100

// fillKey is the key of the number n; keys sort as their numbers do.
func fillKey(prefix string, n int) string { return fmt.Sprintf("%s%010d", prefix, n) }

// fill puts many keys with random values, so that nothing compresses away, a hundred in a transaction.
func fill(args []string) error {
	flags := flag.NewFlagSet("fill", flag.ExitOnError)
	o := options{}
	o.register(flags)
	keys := flags.Int("keys", 100000, "how many keys")
	valueBytes := flags.Int("value-bytes", 300, "size of a value")
	workers := flags.Int("workers", 8, "transactions under way at a time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	client, err := o.connect()
	if err != nil {
		return err
	}
	defer client.Close()
	start := time.Now()
	failures := make(chan error, *workers)
	var running sync.WaitGroup
	for worker := 0; worker < *workers; worker++ {
		running.Add(1)
		go func() {
			defer running.Done()
			random := rand.New(rand.NewSource(int64(worker)))
			for from := worker * putsPerTxn; from < *keys; from += *workers * putsPerTxn {
				if err := fillOne(client, o.prefix, random, from, min(from+putsPerTxn, *keys), *valueBytes); err != nil {
					failures <- err
					return
				}
			}
		}()
	}
	running.Wait()
	select {
	case err := <-failures:
		return err
	default:
	}
	fmt.Printf("filled %d keys of %d bytes in %.1f s\n", *keys, *valueBytes, time.Since(start).Seconds())
	return nil
}

func fillOne(client *clientv3.Client, prefix string, random *rand.Rand, from, to, valueBytes int) error {
	var puts []clientv3.Op
	for n := from; n < to; n++ {
		value := make([]byte, valueBytes)
		random.Read(value)
		puts = append(puts, clientv3.OpPut(fillKey(prefix, n), string(value)))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if _, err := client.Txn(ctx).Then(puts...).Commit(); err != nil {
		return fmt.Errorf("keys from %d: %w", from, err)
	}
	return nil
}

// pages lists everything that fill put, as kube-apiserver does: page by page, later pages at the revision of the first.
func pages(args []string) error {
	flags := flag.NewFlagSet("pages", flag.ExitOnError)
	o := options{}
	o.register(flags)
	keys := flags.Int("keys", 100000, "how many keys there must be")
	valueBytes := flags.Int("value-bytes", 300, "size that every value must have")
	limit := flags.Int("limit", 500, "keys on a page")
	if err := flags.Parse(args); err != nil {
		return err
	}
	client, err := o.connect()
	if err != nil {
		return err
	}
	defer client.Close()
	start, end := o.prefix, clientv3.GetPrefixRangeEnd(o.prefix)
	var revision int64
	var slowest time.Duration
	began, seen := time.Now(), 0
	for {
		limited, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		asked := time.Now()
		page, err := client.Get(limited, start, clientv3.WithRange(end), clientv3.WithLimit(int64(*limit)), clientv3.WithRev(revision))
		cancel()
		if err != nil {
			return fmt.Errorf("page from %q: %w", start, err)
		}
		slowest = max(slowest, time.Since(asked))
		if int(page.Count) != *keys-seen {
			return fmt.Errorf("page from %q: count %d, expected %d", start, page.Count, *keys-seen)
		}
		for _, kv := range page.Kvs {
			if want := fillKey(o.prefix, seen); string(kv.Key) != want || len(kv.Value) != *valueBytes {
				return fmt.Errorf("found %q with %d bytes, expected %q with %d", kv.Key, len(kv.Value), want, *valueBytes)
			}
			seen++
		}
		if !page.More {
			break
		}
		if revision == 0 {
			revision = page.Header.Revision
		}
		start = string(page.Kvs[len(page.Kvs)-1].Key) + "\x00"
	}
	if seen != *keys {
		return fmt.Errorf("found %d keys, expected %d", seen, *keys)
	}
	fmt.Printf("listed %d keys in pages of %d in %.1f s, slowest page %d ms\n",
		seen, *limit, time.Since(began).Seconds(), slowest.Milliseconds())
	return nil
}
