package main

import (
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// The verdict on doctored stores: what it is there to find, it finds.

var written = []entry{
	{"put", "a", "1", 2}, {"put", "b", "1", 3}, {"put", "a", "2", 4}, {"delete", "b", "-", 5},
	{"put", "c", "1", 6}, {"put", "c", "2", 0}, {"put", "d", "1", 0},
}

func stored() []kv {
	return []kv{{"a", "2", 2, 4, 2, 0}, {"c", "1", 6, 6, 1, 0}}
}

func TestFinal(t *testing.T) {
	for name, c := range map[string]struct {
		doctor func([]kv) []kv
		right  bool
	}{
		"as acknowledged":               {func(s []kv) []kv { return s }, true},
		"the unsettled writes happened": {func(s []kv) []kv { return []kv{s[0], {"c", "2", 6, 7, 2, 0}, {"d", "1", 8, 8, 1, 0}} }, true},
		"a lost key":                    {func(s []kv) []kv { return s[1:] }, false},
		"a lost update":                 {func(s []kv) []kv { s[0] = kv{"a", "1", 2, 2, 1, 0}; return s }, false},
		"a delete undone":               {func(s []kv) []kv { return []kv{s[0], {"b", "1", 3, 3, 1, 0}, s[1]} }, false},
		"a write applied twice":         {func(s []kv) []kv { s[0].version = 3; return s }, false},
		"another revision":              {func(s []kv) []kv { s[0].modRev = 5; return s }, false},
		"another create revision":       {func(s []kv) []kv { s[0].createRev = 4; return s }, false},
		"a value from nowhere":          {func(s []kv) []kv { s[1].value = "x"; return s }, false},
		"a key from nowhere":            {func(s []kv) []kv { return append(s, kv{"z", "1", 9, 9, 1, 0}) }, false},
		"a lease from nowhere":          {func(s []kv) []kv { s[0].lease = 7; return s }, false},
		"keys in the wrong order":       {func(s []kv) []kv { s[0], s[1] = s[1], s[0]; return s }, false},
		"a key twice":                   {func(s []kv) []kv { return []kv{s[0], s[0], s[1]} }, false},
	} {
		v := newVerdict(written)
		v.final(c.doctor(stored()))
		if (v.wrong == 0) != c.right {
			t.Errorf("%s: %d wrong", name, v.wrong)
		}
	}
}

func TestOneRevisionForTwoWrites(t *testing.T) {
	if v := newVerdict([]entry{{"put", "a", "1", 2}, {"put", "b", "1", 2}}); v.wrong == 0 {
		t.Error("not found")
	}
}

func TestEvents(t *testing.T) {
	put := func(key, value string, rev int64, before ...string) *clientv3.Event {
		e := &clientv3.Event{Type: clientv3.EventTypePut, Kv: &mvccpb.KeyValue{Key: []byte(key), Value: []byte(value), ModRevision: rev}}
		if len(before) > 0 {
			e.PrevKv = &mvccpb.KeyValue{Key: []byte(key), Value: []byte(before[0])}
		}
		return e
	}
	deleted := put("b", "", 5, "1")
	deleted.Type = clientv3.EventTypeDelete
	history := []*clientv3.Event{put("a", "1", 2), put("b", "1", 3), put("a", "2", 4, "1"), deleted, put("c", "1", 6)}
	replaced := func(at int, e *clientv3.Event) []*clientv3.Event {
		return append(append(append([]*clientv3.Event{}, history[:at]...), e), history[at+1:]...)
	}
	for name, c := range map[string]struct {
		events []*clientv3.Event
		right  bool
	}{
		"as acknowledged":             {history, true},
		"an unsettled write happened": {append(replaced(0, history[0]), put("c", "2", 7, "1")), true},
		"a lost first event":          {history[1:], false},
		"a lost last event":           {history[:4], false},
		"a doubled event":             {append(replaced(0, history[0]), put("a", "2", 4, "1")), false},
		"another value":               {replaced(0, put("a", "x", 2)), false},
		"another revision":            {replaced(1, put("b", "1", 4)), false},
		"no previous value":           {replaced(2, put("a", "2", 4)), false},
		"the wrong previous value":    {replaced(2, put("a", "2", 4, "x")), false},
		"a previous value too many":   {replaced(0, put("a", "1", 2, "0")), false},
		"a put instead of a delete":   {replaced(3, put("b", "", 5, "1")), false},
	} {
		v := newVerdict(written)
		h := newHistory()
		for _, e := range c.events {
			v.event(e, h)
		}
		v.missing(h)
		if (v.wrong == 0) != c.right {
			t.Errorf("%s: %d wrong", name, v.wrong)
		}
	}
}

func TestLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger")
	l, err := newLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	l.ok(l.try("put", "a", "1"), 7)
	l.lost(l.try("delete", "b", "-"), os.ErrDeadlineExceeded)
	// A second load goes on where the first one ended.
	if l, err = newLedger(path); err != nil {
		t.Fatal(err)
	}
	l.ok(l.try("put", "c", "1"), 9)
	got, err := readLedger(path)
	want := []entry{{"put", "a", "1", 7}, {"delete", "b", "-", 0}, {"put", "c", "1", 9}}
	if err != nil || len(got) != len(want) {
		t.Fatal(got, err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v instead of %v", got[i], want[i])
		}
	}
}
