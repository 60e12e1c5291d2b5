package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os/signal"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// leases grants many leases, each with a key, and keeps them alive on one stream until the time is used up or it is told
// to let go (SIGTERM, SIGINT). Until then no key may go; after that every key must, once.
func leases(args []string) error {
	var o options
	flags := flag.NewFlagSet("leases", flag.ExitOnError)
	o.register(flags)
	count := flags.Int("count", 10000, "how many leases")
	ttl := flags.Int64("ttl", 30, "their time to live, in seconds")
	seconds := flags.Float64("seconds", 60, "how long they are kept alive at most")
	limit := flags.Duration("limit", 60*time.Second, "how long after their time to live they may take to expire")
	_ = flags.Parse(args)
	c, err := o.connect()
	if err != nil {
		return err
	}
	defer c.Close()
	until, cancel := context.WithTimeout(context.Background(), time.Duration(*seconds*float64(time.Second)))
	defer cancel()
	until, stop := signal.NotifyContext(until, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	keeping, letGo := context.WithCancel(context.Background())
	defer letGo()
	k := &keeper{client: c, every: time.Duration(*ttl) * time.Second / 4}
	let := make(chan struct{})
	go func() {
		defer close(let)
		k.keep(keeping)
	}()

	began := time.Now()
	owners := make([]clientv3.LeaseID, *count)
	if err := each(*count, func(n int) error {
		id, err := o.grant(c, *ttl)
		owners[n] = id
		k.add(id)
		return err
	}); err != nil {
		return err
	}
	if err := o.attach(c, owners); err != nil {
		return err
	}
	granted := time.Now()
	stored, rev, err := readAll(keeping, c, &o, 0, false)
	if err != nil {
		return err
	}
	if err := attached(stored, owners); err != nil {
		return fmt.Errorf("at first: %w", err)
	}
	fmt.Printf("%d leases of %d s granted in %.1f s\n", *count, *ttl, granted.Sub(began).Seconds())

	<-until.Done()
	if stored, _, err = readAll(keeping, c, &o, 0, false); err != nil {
		return err
	}
	if err := attached(stored, owners); err != nil {
		return fmt.Errorf("after %.0f s: %w", time.Since(granted).Seconds(), err)
	}
	if n := k.expired.Load(); n > 0 {
		return fmt.Errorf("%d times a lease was said to have expired that was kept alive", n)
	}
	letGo()
	<-let
	released := time.Now()
	if released.Sub(granted) < time.Duration(*ttl)*time.Second {
		return errors.New("they were not kept alive for longer than they live by themselves")
	}

	gone, err := o.expiries(c, rev, *count, released.Add(time.Duration(*ttl)*time.Second+*limit))
	if err != nil {
		return err
	}
	fmt.Printf("%d leases of %d s kept alive for %.0f s (%d answers, %d streams) and gone %.1f s after that\n",
		gone, *ttl, released.Sub(granted).Seconds(), k.answers.Load(), k.streams, time.Since(released).Seconds())
	return nil
}

// keeper keeps leases alive on one stream, and on another one when that breaks. clientv3's own way gives all of them up
// on some answers that say nothing about a lease.
type keeper struct {
	client  *clientv3.Client
	every   time.Duration
	mu      sync.Mutex
	fresh   []clientv3.LeaseID // granted, and not yet kept alive
	ids     []clientv3.LeaseID // of keep alone
	streams int                // of keep alone
	answers atomic.Int64
	expired atomic.Int64
}

func (k *keeper) add(id clientv3.LeaseID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.fresh = append(k.fresh, id)
}

func (k *keeper) takeFresh() []clientv3.LeaseID {
	k.mu.Lock()
	defer k.mu.Unlock()
	fresh := k.fresh
	k.fresh = nil
	k.ids = append(k.ids, fresh...)
	return fresh
}

// keep returns when ctx is done and nothing more is sent.
func (k *keeper) keep(ctx context.Context) {
	for ctx.Err() == nil {
		k.streams++
		// A member that lost its leader ends the stream instead of letting it wait.
		stream, cancel := context.WithCancel(clientv3.WithRequireLeader(ctx))
		if s, err := pb.NewLeaseClient(k.client.ActiveConnection()).LeaseKeepAlive(stream); err == nil {
			go func() {
				defer cancel()
				k.listen(s)
			}()
			k.send(stream, s)
		}
		cancel()
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// send goes round and round. Those that are new come first: where a round takes long, they would have to wait for two.
func (k *keeper) send(ctx context.Context, s pb.Lease_LeaseKeepAliveClient) {
	for ctx.Err() == nil {
		round := time.Now()
		for _, id := range slices.Clone(k.ids) {
			if !sendAll(s, append(k.takeFresh(), id)) {
				return
			}
		}
		for ctx.Err() == nil && time.Since(round) < k.every {
			if !sendAll(s, k.takeFresh()) {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
}

func sendAll(s pb.Lease_LeaseKeepAliveClient, ids []clientv3.LeaseID) bool {
	for _, id := range ids {
		if s.Send(&pb.LeaseKeepAliveRequest{ID: int64(id)}) != nil {
			return false
		}
	}
	return true
}

func (k *keeper) listen(s pb.Lease_LeaseKeepAliveClient) {
	for {
		answer, err := s.Recv()
		if err != nil {
			return
		}
		k.answers.Add(1)
		if answer.TTL <= 0 {
			k.expired.Add(1)
		}
	}
}

// grant tries again when there is no answer: what may have been granted without one has no key, and expires.
func (o *options) grant(c *clientv3.Client, ttl int64) (clientv3.LeaseID, error) {
	var err error
	for range 5 {
		call, done := context.WithTimeout(context.Background(), o.timeout)
		var lease *clientv3.LeaseGrantResponse
		lease, err = c.Grant(call, ttl)
		done()
		if err == nil {
			return lease.ID, nil
		}
	}
	return 0, fmt.Errorf("grant: %w", err)
}

// attach puts one key for each lease. A transaction that is tried again only writes what is there.
func (o *options) attach(c *clientv3.Client, owners []clientv3.LeaseID) error {
	for from := 0; from < len(owners); from += putsPerTxn {
		var puts []clientv3.Op
		for n := from; n < min(from+putsPerTxn, len(owners)); n++ {
			puts = append(puts, clientv3.OpPut(fillKey(o.prefix, n), "v", clientv3.WithLease(owners[n])))
		}
		var err error
		for range 5 {
			call, done := context.WithTimeout(context.Background(), o.timeout)
			_, err = c.Txn(call).Then(puts...).Commit()
			done()
			if err == nil {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("attach: %w", err)
		}
	}
	return nil
}

// attached checks that every key is there, with its lease.
func attached(stored []kv, owners []clientv3.LeaseID) error {
	if len(stored) != len(owners) {
		return fmt.Errorf("%d keys are there, %d should be", len(stored), len(owners))
	}
	for n, p := range stored {
		if p.lease != int64(owners[n]) {
			return fmt.Errorf("%s has lease %x, not %x", p.key, p.lease, owners[n])
		}
	}
	return nil
}

// expiries waits until each key was deleted, and sees that it happens once.
func (o *options) expiries(c *clientv3.Client, rev int64, count int, until time.Time) (int, error) {
	ctx, cancel := context.WithDeadline(clientv3.WithRequireLeader(context.Background()), until)
	defer cancel()
	gone := map[string]bool{}
	for answer := range c.Watch(ctx, o.prefix, clientv3.WithPrefix(), clientv3.WithRev(rev+1)) {
		if err := answer.Err(); err != nil {
			return 0, err
		}
		for _, e := range answer.Events {
			if err := expired(e, gone); err != nil {
				return 0, err
			}
		}
		if len(gone) == count {
			return count, nil
		}
	}
	return 0, fmt.Errorf("%d of %d leases have expired in time", len(gone), count)
}

func expired(e *clientv3.Event, gone map[string]bool) error {
	key := string(e.Kv.Key)
	if e.Type != clientv3.EventTypeDelete {
		return fmt.Errorf("%s was put again", key)
	}
	if gone[key] {
		return errors.New(key + " expired twice")
	}
	gone[key] = true
	return nil
}
