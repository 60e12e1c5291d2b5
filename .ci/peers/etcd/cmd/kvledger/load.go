package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// load writes until the time or the number of writes is used up, or until it is told to stop (SIGTERM, SIGINT).
//
// A key belongs to one worker, which changes it step by step: create, update a few times, sometimes delete. Every step is
// a transaction that names the revision of the step before, so a lost or doubled step shows at the next one. After an
// answer that settles nothing the worker never touches that key again; what it may look like stays known exactly.
func load(args []string) error {
	var o options
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	o.register(flags)
	path := flags.String("ledger", "", "file of the acknowledged writes (appended to)")
	workers := flags.Int("workers", 16, "concurrent writers")
	clients := flags.Int("clients", 4, "connections they share")
	seconds := flags.Float64("seconds", 10, "stop after this time")
	limit := flags.Int64("ops", 0, "stop after this many acknowledged writes (0: no limit)")
	size := flags.Int("value-bytes", 64, "size of a value")
	pause := flags.Duration("pause", 0, "what a writer waits between two writes")
	_ = flags.Parse(args)
	if *path == "" {
		return errors.New("load: --ledger is missing")
	}
	book, err := newLedger(*path)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(*seconds*float64(time.Second)))
	defer cancel()
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	pool := make([]*clientv3.Client, min(*clients, *workers))
	for i := range pool {
		if pool[i], err = o.connect(); err != nil {
			return err
		}
		defer pool[i].Close()
	}
	run := &loadRun{o: &o, book: book, limit: *limit, size: *size, pause: *pause, stop: cancel}
	run.name = fmt.Sprintf("%x", time.Now().UnixNano())
	run.lastAck.Store(time.Now().UnixNano())
	started := time.Now()
	var done sync.WaitGroup
	for w := range *workers {
		done.Add(1)
		go func() {
			defer done.Done()
			run.work(ctx, pool[w%len(pool)], w)
		}()
	}
	done.Wait()
	fmt.Printf("acknowledged %d, unsettled %d, violations %d, %.0f writes/s, longest silence %d ms\n",
		run.acked.Load(), run.unsettled.Load(), run.violations.Load(),
		float64(run.acked.Load())/time.Since(started).Seconds(), time.Duration(run.silence.Load()).Milliseconds())
	if run.violations.Load() > 0 {
		return errors.New("the store refused a step that only this worker could have made impossible")
	}
	if run.acked.Load() == 0 {
		return errors.New("not a single write was acknowledged")
	}
	return nil
}

type loadRun struct {
	o          *options
	book       *ledger
	name       string
	size       int
	limit      int64
	pause      time.Duration
	stop       context.CancelFunc
	acked      atomic.Int64
	unsettled  atomic.Int64
	violations atomic.Int64
	lastAck    atomic.Int64 // unix nanoseconds
	silence    atomic.Int64 // nanoseconds, the longest time without any acknowledgement
}

func (r *loadRun) work(ctx context.Context, c *clientv3.Client, worker int) {
	for serial := 0; ctx.Err() == nil; serial++ {
		key := fmt.Sprintf("%s%s/%03d/%08d", r.o.prefix, r.name, worker, serial)
		steps := 1 + (worker+serial)%4
		var rev int64
		for step := 0; step < steps && ctx.Err() == nil; step++ {
			deletes := step == 3
			if rev = r.step(ctx, c, key, rev, step, deletes); rev == 0 {
				break
			}
			if r.pause > 0 {
				time.Sleep(r.pause)
			}
		}
	}
}

// filler is text that nothing compresses by much, so that what is written takes the space it seems to.
func filler(size int) string {
	bytes := make([]byte, size)
	for i := 0; i < size; i += 8 {
		for j, random := i, rand.Uint64(); j < min(i+8, size); j, random = j+1, random>>8 {
			bytes[j] = letters[random%64]
		}
	}
	return string(bytes)
}

const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"

// step makes one change and returns its revision, or 0 if the key must not be touched again.
func (r *loadRun) step(ctx context.Context, c *clientv3.Client, key string, rev int64, step int, deletes bool) int64 {
	op, value, change := "put", "", clientv3.Op{}
	if deletes {
		op, value, change = "delete", "-", clientv3.OpDelete(key)
	} else {
		value = fmt.Sprintf("%s=%d=", key[len(r.o.prefix):], step)
		value += filler(max(0, r.size-len(value)))
		change = clientv3.OpPut(key, value)
	}
	seq := r.book.try(op, key, value)
	// Not derived from ctx: a write in flight when the load ends is waited for, not abandoned.
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.o.timeout)
	defer cancel()
	answer, err := c.Txn(call).
		If(clientv3.Compare(clientv3.ModRevision(key), "=", rev)).
		Then(change).
		Else(clientv3.OpGet(key)).
		Commit()
	switch {
	case err != nil:
		r.book.lost(seq, err)
		r.unsettled.Add(1)
		time.Sleep(50 * time.Millisecond) // with no member there, calls fail at once
		return 0
	case !answer.Succeeded:
		r.book.lost(seq, errors.New("refused"))
		r.violations.Add(1)
		fmt.Fprintf(os.Stderr, "kvledger: %s of %s at revision %d was refused, the store has %v\n", op, key, rev,
			answer.Responses[0].GetResponseRange().GetKvs())
		return 0
	}
	r.book.ok(seq, answer.Header.Revision)
	now := time.Now().UnixNano()
	gap := now - r.lastAck.Swap(now)
	for longest := r.silence.Load(); gap > longest && !r.silence.CompareAndSwap(longest, gap); {
		longest = r.silence.Load()
	}
	if n := r.acked.Add(1); r.limit > 0 && n >= r.limit {
		r.stop()
	}
	return answer.Header.Revision
}
