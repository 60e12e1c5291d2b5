package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// atOnce is how many calls of a kind are under way at a time.
const atOnce = 64

// watches opens many watches on one connection, one for each of as many keys, while the keys are written through other
// members, again and again. Every put raises a key's version by one, so a watch that sees the versions 1, 2, 3 and so on up
// to the one that is stored has seen everything once and in order, whatever became of writes without an answer.
func watches(args []string) error {
	var o options
	flags := flag.NewFlagSet("watches", flag.ExitOnError)
	o.register(flags)
	writers := flags.String("writers", "", "client addresses to write through (default: those watched)")
	count := flags.Int("count", 10000, "how many watches")
	rounds := flags.Int("rounds", 3, "how often each key is written")
	limit := flags.Duration("limit", 60*time.Second, "how long nothing may come while events are missing")
	_ = flags.Parse(args)
	watching, err := o.connect()
	if err != nil {
		return err
	}
	defer watching.Close()
	through := o
	if *writers != "" {
		through.endpoints = *writers
	}
	writing, err := through.connect()
	if err != nil {
		return err
	}
	defer writing.Close()

	// One context for all of them: clientv3 gives each its own stream otherwise.
	ctx, cancel := context.WithCancel(clientv3.WithRequireLeader(context.Background()))
	defer cancel()
	began := time.Now()
	seen := make([]watched, *count)
	if err := each(*count, func(n int) error {
		key := fillKey(o.prefix, n)
		// From the first revision, which is the same as from now: nobody has written these keys before.
		events := watching.Watch(ctx, key, clientv3.WithRev(1), clientv3.WithCreatedNotify())
		created, open := <-events
		if !open || !created.Created {
			return fmt.Errorf("the watch of %s: %+v", key, created)
		}
		go seen[n].follow(key, events)
		return nil
	}); err != nil {
		return err
	}
	opened := time.Since(began)

	unsettled := 0
	for range *rounds {
		for from := 0; from < *count; from += putsPerTxn {
			var puts []clientv3.Op
			for n := from; n < min(from+putsPerTxn, *count); n++ {
				puts = append(puts, clientv3.OpPut(fillKey(o.prefix, n), "v"))
			}
			call, done := context.WithTimeout(context.Background(), o.timeout)
			if _, err := writing.Txn(call).Then(puts...).Commit(); err != nil {
				unsettled++
			}
			done()
		}
	}
	if unsettled == *rounds*((*count+putsPerTxn-1)/putsPerTxn) {
		return errors.New("not a single write was acknowledged")
	}

	// What is to be seen in the end.
	stored, _, err := readAll(context.Background(), writing, &o, 0, false)
	if err != nil {
		return err
	}
	if len(stored) != *count {
		return fmt.Errorf("%d keys are stored, %d were written", len(stored), *count)
	}
	if err := await(seen, stored, *limit); err != nil {
		return err
	}
	fmt.Printf("%d watches on one connection, opened in %.1f s, saw every event once and in order; %d transactions without an answer\n",
		*count, opened.Seconds(), unsettled)
	return nil
}

// await waits until every watch has come to what is stored.
func await(seen []watched, stored []kv, limit time.Duration) error {
	for best, last := int64(-1), time.Now(); ; time.Sleep(20 * time.Millisecond) {
		var sum int64
		behind, first := 0, -1
		for n, p := range stored {
			if trouble := seen[n].trouble.Load(); trouble != nil {
				return *trouble
			}
			version := seen[n].version.Load()
			sum += version
			if version != p.version {
				if behind++; first < 0 {
					first = n
				}
			}
		}
		if behind == 0 {
			return nil
		}
		if sum > best {
			best, last = sum, time.Now()
		}
		if time.Since(last) > limit {
			return fmt.Errorf("%d watches wait in vain, the first of them for %s, of which it has seen version %d of %d",
				behind, stored[first].key, seen[first].version.Load(), stored[first].version)
		}
	}
}

// watched is what one watch has told.
type watched struct {
	version atomic.Int64
	trouble atomic.Pointer[error]
}

func (w *watched) follow(key string, events clientv3.WatchChan) {
	for answer := range events {
		if err := answer.Err(); err != nil {
			w.fail(fmt.Errorf("the watch of %s ended: %w", key, err))
			return
		}
		for _, e := range answer.Events {
			if err := w.event(key, e); err != nil {
				w.fail(err)
				return
			}
		}
	}
}

func (w *watched) event(key string, e *clientv3.Event) error {
	if string(e.Kv.Key) != key || e.Type != clientv3.EventTypePut {
		return fmt.Errorf("the watch of %s saw %v of %s", key, e.Type, e.Kv.Key)
	}
	if last := w.version.Load(); e.Kv.Version != last+1 {
		return fmt.Errorf("the watch of %s saw version %d after %d", key, e.Kv.Version, last)
	}
	w.version.Store(e.Kv.Version)
	return nil
}

func (w *watched) fail(err error) { w.trouble.CompareAndSwap(nil, &err) }

// each calls do for 0 to n-1, several at once, and returns the first error.
func each(n int, do func(int) error) error {
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var running sync.WaitGroup
	for range min(n, atOnce) {
		running.Add(1)
		go func() {
			defer running.Done()
			for {
				i := int(next.Add(1)) - 1
				if i >= n || failed.Load() != nil {
					return
				}
				if err := do(i); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		}()
	}
	running.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}
