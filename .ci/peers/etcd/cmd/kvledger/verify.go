package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// verify reads everything back, and the history with it, and compares both with the ledger.
func verify(args []string) error {
	var o options
	flags := flag.NewFlagSet("verify", flag.ExitOnError)
	o.register(flags)
	path := flags.String("ledger", "", "file of the acknowledged writes")
	serializable := flags.Bool("serializable", false, "read what this member has, without asking the others")
	history := flags.Bool("history", true, "also watch the prefix from the first revision and compare the events")
	samples := flags.Int("samples", 500, "how many acknowledged writes are also read at their own revision")
	_ = flags.Parse(args)
	entries, err := readLedger(*path)
	if err != nil {
		return err
	}
	c, err := o.connect()
	if err != nil {
		return err
	}
	defer c.Close()
	ctx := context.Background()
	found, rev, err := readAll(ctx, c, &o, 0, *serializable)
	if err != nil {
		return err
	}
	v := newVerdict(entries)
	v.final(found)
	if *history {
		if err := v.events(ctx, c, &o, rev); err != nil {
			return err
		}
	}
	if err := v.atRevision(ctx, c, &o, *samples, *serializable); err != nil {
		return err
	}
	fmt.Printf("%s: %d acknowledged and %d unsettled writes, %d keys at revision %d, %d wrong\n",
		o.endpoints, v.acked, len(entries)-v.acked, len(found), rev, v.wrong)
	if v.wrong > 0 {
		return fmt.Errorf("%d differences between the ledger and %s", v.wrong, o.endpoints)
	}
	return nil
}

// verdict compares what the ledger says with what the store says, and counts the differences.
type verdict struct {
	entries []entry
	byKey   map[string][]entry
	acked   int
	wrong   int
}

func newVerdict(entries []entry) *verdict {
	v := &verdict{entries: entries, byKey: map[string][]entry{}}
	revisions := map[int64]string{}
	for _, e := range entries {
		v.byKey[e.key] = append(v.byKey[e.key], e)
		if e.rev == 0 {
			continue
		}
		v.acked++
		if other, taken := revisions[e.rev]; taken {
			v.fail("revision %d was given to %s and to %s", e.rev, other, e.key)
		}
		revisions[e.rev] = e.key
	}
	return v
}

func (v *verdict) fail(format string, args ...any) {
	if v.wrong++; v.wrong <= 20 {
		fmt.Fprintf(os.Stderr, "  wrong: "+format+"\n", args...)
	}
}

// final checks the present state: each key is as its last acknowledged write left it, or as the one unsettled write
// after that would have left it.
func (v *verdict) final(found []kv) {
	present := map[string]kv{}
	previous := ""
	for _, p := range found {
		if p.key <= previous {
			v.fail("%s is listed after %s", p.key, previous)
		}
		previous = p.key
		present[p.key] = p
		if _, known := v.byKey[p.key]; !known {
			v.fail("%s was never written", p.key)
		}
	}
	for key, steps := range v.byKey {
		p, exists := present[key]
		acked := 0
		for acked < len(steps) && steps[acked].rev != 0 {
			acked++
		}
		settled := matches(p, exists, steps[:acked])
		unsettled := acked < len(steps) && matches(p, exists, steps)
		if !settled && !unsettled {
			v.fail("%s: the ledger has %d acknowledged of %d writes, the last of them %v; the store has %+v (exists: %v)",
				key, acked, len(steps), brief(steps[max(0, acked-1)]), p, exists)
		}
	}
}

// matches says whether a key looks as it must after exactly these writes.
func matches(p kv, exists bool, steps []entry) bool {
	if len(steps) == 0 || steps[len(steps)-1].op == "delete" {
		return !exists
	}
	last := steps[len(steps)-1]
	return exists && p.value == last.value && p.version == int64(len(steps)) && p.lease == 0 &&
		(last.rev == 0 || p.modRev == last.rev) && (steps[0].rev == 0 || p.createRev == steps[0].rev)
}

func brief(e entry) string {
	return fmt.Sprintf("%s %.60s at revision %d", e.op, e.value, e.rev)
}

// events checks the history: a watch from the first revision delivers every acknowledged write once, at its revision, in
// order, with the value before it; and nothing else but unsettled writes.
func (v *verdict) events(ctx context.Context, c *clientv3.Client, o *options, until int64) error {
	ctx, cancel := context.WithTimeout(clientv3.WithRequireLeader(ctx), 60*time.Second)
	defer cancel()
	h := newHistory()
	var previous int64
	// The newest revision may belong to a key elsewhere, so the end is known only from a progress answer, which promises
	// that everything up to its revision was delivered.
	ch := c.Watch(ctx, o.prefix, clientv3.WithPrefix(), clientv3.WithRev(1), clientv3.WithPrevKV())
	ask := time.NewTicker(200 * time.Millisecond)
	defer ask.Stop()
	for reached := int64(0); reached < until; {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the watch of %s came to revision %d and not to %d in time", o.endpoints, reached, until)
		case <-ask.C:
			if err := c.RequestProgress(ctx); err != nil {
				return err
			}
		case r, open := <-ch:
			if !open {
				return errors.New("the watch ended")
			}
			if err := r.Err(); errors.Is(err, rpctypes.ErrCompacted) {
				return fmt.Errorf("the history is compacted at revision %d; verify with --history=false", r.CompactRevision)
			} else if err != nil {
				return err
			}
			first := int64(0)
			for _, e := range r.Events {
				if e.Kv.ModRevision > until {
					break
				}
				if first == 0 && e.Kv.ModRevision <= previous {
					v.fail("an event of revision %d after revision %d", e.Kv.ModRevision, previous)
				}
				first = e.Kv.ModRevision
				previous = e.Kv.ModRevision
				v.event(e, h)
			}
			reached = max(reached, r.Header.Revision)
			if len(r.Events) > 0 && r.Header.Revision > previous {
				// The header is ahead of the events of this answer; only a progress answer says that nothing is left.
				reached = previous
			}
		}
	}
	v.missing(h)
	return nil
}

// history is what a watch has told so far: how many events of each key, and the value that each key has now.
type history struct {
	events map[string]int
	values map[string]string
}

func newHistory() *history {
	return &history{map[string]int{}, map[string]string{}}
}

func (v *verdict) missing(h *history) {
	for key, steps := range v.byKey {
		for i, s := range steps {
			if s.rev != 0 && i >= h.events[key] {
				v.fail("the watch delivered %d events of %s; %s is missing", h.events[key], key, brief(s))
			}
		}
	}
}

func (v *verdict) event(e *clientv3.Event, h *history) {
	key := string(e.Kv.Key)
	steps := v.byKey[key]
	at := h.events[key]
	h.events[key]++
	if at >= len(steps) {
		v.fail("event %d of %s, which was written %d times", at+1, key, len(steps))
		return
	}
	s := steps[at]
	if s.rev != 0 && s.rev != e.Kv.ModRevision {
		v.fail("event %d of %s is of revision %d, acknowledged was %s", at+1, key, e.Kv.ModRevision, brief(s))
	}
	if (s.op == "delete") != (e.Type == clientv3.EventTypeDelete) || s.op == "put" && string(e.Kv.Value) != s.value {
		v.fail("event %d of %s is %v %.60s, written was %s", at+1, key, e.Type, e.Kv.Value, brief(s))
	}
	before, had := h.values[key]
	switch {
	case had && (e.PrevKv == nil || string(e.PrevKv.Value) != before):
		v.fail("event %d of %s carries the wrong previous value %v", at+1, key, e.PrevKv)
	case !had && e.PrevKv != nil:
		v.fail("event %d of %s carries a previous value, and there was none", at+1, key)
	}
	if delete(h.values, key); e.Type == clientv3.EventTypePut {
		h.values[key] = string(e.Kv.Value)
	}
}

// atRevision reads some acknowledged writes at their own revision.
func (v *verdict) atRevision(ctx context.Context, c *clientv3.Client, o *options, samples int, serializable bool) error {
	if samples == 0 {
		return nil
	}
	stride := max(1, v.acked/samples)
	for i, seen := 0, 0; i < len(v.entries); i++ {
		e := v.entries[i]
		if e.rev == 0 {
			continue
		}
		if seen++; seen%stride != 0 {
			continue
		}
		ops := []clientv3.OpOption{clientv3.WithRev(e.rev)}
		if serializable {
			ops = append(ops, clientv3.WithSerializable())
		}
		call, cancel := context.WithTimeout(ctx, o.timeout)
		answer, err := c.Get(call, e.key, ops...)
		cancel()
		if err != nil {
			return fmt.Errorf("get %s at revision %d: %w", e.key, e.rev, err)
		}
		switch {
		case e.op == "delete" && len(answer.Kvs) != 0:
			v.fail("%s exists at revision %d, at which it was deleted", e.key, e.rev)
		case e.op == "put" && (len(answer.Kvs) != 1 || string(answer.Kvs[0].Value) != e.value || answer.Kvs[0].ModRevision != e.rev):
			v.fail("%s at revision %d: %v instead of %s", e.key, e.rev, answer.Kvs, brief(e))
		}
	}
	return nil
}

// dump prints the revision and a digest of everything under the prefix as this member has it. Two members that print the
// same digest for the same revision hold the same data, metadata included.
func dump(args []string) error {
	var o options
	flags := flag.NewFlagSet("dump", flag.ExitOnError)
	o.register(flags)
	rev := flags.Int64("rev", 0, "revision to read (0: the member's newest)")
	keys := flags.Bool("keys", false, "also print every key")
	_ = flags.Parse(args)
	c, err := o.connect()
	if err != nil {
		return err
	}
	defer c.Close()
	all, at, err := readAll(context.Background(), c, &o, *rev, true)
	if err != nil {
		return err
	}
	sum := sha256.New()
	for _, p := range all {
		line := fmt.Sprintf("%q %q %d %d %d %d\n", p.key, p.value, p.createRev, p.modRev, p.version, p.lease)
		if *keys {
			fmt.Print(line)
		}
		sum.Write([]byte(line))
	}
	fmt.Printf("revision %d keys %d sha256 %x\n", at, len(all), sum.Sum(nil))
	return nil
}

// oversize sends requests that etcdctl's own limit would not let through and prints the answers.
func oversize(args []string) error {
	var o options
	flags := flag.NewFlagSet("oversize", flag.ExitOnError)
	o.register(flags)
	_ = flags.Parse(args)
	c, err := o.connect()
	if err != nil {
		return err
	}
	defer c.Close()
	for _, size := range []int{1<<20 + 1<<19 - 200, 1<<20 + 1<<19, 2<<20 + 1, 5 << 20} {
		call, cancel := context.WithTimeout(context.Background(), 4*o.timeout)
		_, err := c.Put(call, o.prefix+"oversize", strings.Repeat("x", size))
		cancel()
		fmt.Printf("put of %d bytes: %v\n", size, err)
	}
	return nil
}
