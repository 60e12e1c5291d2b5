package main

import (
	"errors"
	"testing"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

func version(key string, version int64) *clientv3.Event {
	return &clientv3.Event{Type: clientv3.EventTypePut, Kv: &mvccpb.KeyValue{Key: []byte(key), Version: version}}
}

func TestAWatchSeesEveryVersionOnce(t *testing.T) {
	for name, c := range map[string]struct {
		versions []int64
		right    bool
	}{
		"all":             {[]int64{1, 2, 3}, true},
		"a lost first":    {[]int64{2, 3}, false},
		"a lost one":      {[]int64{1, 3}, false},
		"a doubled one":   {[]int64{1, 1, 2}, false},
		"one out of turn": {[]int64{1, 3, 2}, false},
	} {
		var w watched
		var err error
		for _, v := range c.versions {
			err = errors.Join(err, w.event("a", version("a", v)))
		}
		if (err == nil) != c.right {
			t.Errorf("%s: %v", name, err)
		}
	}
	var w watched
	if w.event("a", version("b", 1)) == nil {
		t.Error("the event of another key was not found")
	}
}

func TestAMissingEventIsWaitedForInVain(t *testing.T) {
	seen := make([]watched, 2)
	seen[0].version.Store(2)
	seen[1].version.Store(2)
	stored := []kv{{key: "a", version: 2}, {key: "b", version: 2}}
	if err := await(seen, stored, 0); err != nil {
		t.Error(err)
	}
	stored[1].version = 3
	if await(seen, stored, 0) == nil {
		t.Error("not found")
	}
	stored[1].version = 2
	seen[1].fail(errors.New("ended"))
	if await(seen, stored, 0) == nil {
		t.Error("a watch that ended was not found")
	}
}

func TestKeysHaveTheirLeases(t *testing.T) {
	owners := []clientv3.LeaseID{7, 8}
	right := []kv{{key: "a", lease: 7}, {key: "b", lease: 8}}
	if err := attached(right, owners); err != nil {
		t.Error(err)
	}
	if attached(right[:1], owners) == nil {
		t.Error("a lost key was not found")
	}
	if attached([]kv{{key: "a", lease: 7}, {key: "b", lease: 0}}, owners) == nil {
		t.Error("a key without its lease was not found")
	}
}

func TestAKeyExpiresOnce(t *testing.T) {
	gone := map[string]bool{}
	e := version("a", 0)
	e.Type = clientv3.EventTypeDelete
	if err := expired(e, gone); err != nil {
		t.Error(err)
	}
	if expired(e, gone) == nil {
		t.Error("the second time was not found")
	}
	if expired(version("b", 1), gone) == nil {
		t.Error("a put was not found")
	}
}
