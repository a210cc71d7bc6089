package claims

import (
	"context"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"sync"
	"time"
)

func mapClaims() []Claim {
	rewritten := "sync.Map was rewritten in Go 1.24 as a concurrent trie, of which writes lock a part only: what was measured before says nothing of it"
	sharded, syncMap := mapArm("64 shards", 50), mapArm("sync.Map", 50)
	return []Claim{{
		ID:        "map.sharded",
		Technique: "a map in 64 shards, each under its lock, instead of sync.Map where much is written",
		Says:      "from 120,000 to 410,000 operations a second, and P99 from 42 to 9 ms",
		Holds: []Condition{
			more(sharded, syncMap, "op/s", 410.0/120),
			faster(sharded, syncMap, "p99-ns/op", 9.0/42),
		},
		Disputed: rewritten,
		Why:      "one lock for all keys has every writer wait for every other; with shards only those of one shard do",
		Do:       "measure with the share of writes and the number of CPUs that you have; a plain map under a mutex is the one to beat",
		Effect:   apart,
		bench:    benchMaps,
	}, {
		ID:        "map.sync",
		Technique: "no sync.Map where much is written",
		Says:      "it degrades under writes; no figure is claimed for this alone. What would show it: with half of the operations writes it does less than a map under a mutex",
		Holds:     []Condition{{Arm: syncMap, Against: mapArm("mutex", 50), Unit: "op/s", Max: 1}},
		Disputed:  rewritten,
		Why:       "until Go 1.23 a new key took the lock and had the read-only copy made anew now and then",
		Do:        "with Go 1.24 or later do not avoid it for its writes; it still boxes keys and values, and allocates for each write",
		Effect:    apart,
		bench:     benchMaps,
	}}
}

// The maps hold as many keys as a session table or a book of orders.
const keys = 1 << 16

// A table is a map that many goroutines use.
type table interface {
	load(k uint64) uint64
	store(k, v uint64)
}

// shares are how many operations of a hundred write.
func shares() []int { return []int{1, 10, 50} }

func mapArm(kind string, share int) string { return fmt.Sprintf("%s, %d %% writes", kind, share) }

func benchMaps(ctx context.Context, r *run) error {
	var arms []arm
	for _, kind := range []struct {
		name string
		table
	}{
		{"mutex", &mutexMap{m: make(map[uint64]uint64)}},
		{"RWMutex", &rwMap{m: make(map[uint64]uint64)}},
		{"sync.Map", new(syncMap)},
		{"64 shards", newShards()},
	} {
		for k := range uint64(keys) {
			kind.store(k, k)
		}
		for _, share := range shares() {
			arms = append(arms, arm{mapArm(kind.name, share), func(ctx context.Context, d time.Duration) (sample, error) {
				return workers(ctx, cores(16), d, func(i int) worker { return mapWorker(kind.table, i, share) }), nil
			}})
		}
	}
	r.note("%d goroutines use %d keys evenly", cores(16), keys)
	return r.interleave(ctx, arms...)
}

// mapWorker reads and writes keys by chance.
func mapWorker(t table, i, share int) worker {
	random := rand.New(rand.NewPCG(uint64(i), 1))
	return func() {
		x := random.Uint64()
		k := x % keys
		if int(x>>32%100) < share {
			t.store(k, x)
			return
		}
		t.load(k)
	}
}

type mutexMap struct {
	mu sync.Mutex
	m  map[uint64]uint64
}

func (t *mutexMap) load(k uint64) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.m[k]
}

func (t *mutexMap) store(k, v uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.m[k] = v
}

type rwMap struct {
	mu sync.RWMutex
	m  map[uint64]uint64
}

func (t *rwMap) load(k uint64) uint64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.m[k]
}

func (t *rwMap) store(k, v uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.m[k] = v
}

type syncMap struct{ m sync.Map }

func (t *syncMap) load(k uint64) uint64 {
	v, ok := t.m.Load(k)
	if !ok {
		return 0
	}
	return v.(uint64) // nothing else is stored
}

func (t *syncMap) store(k, v uint64) { t.m.Store(k, v) }

// shards are maps under a lock each, on cache lines of their own.
type shards struct {
	seed  maphash.Seed
	parts [64]struct {
		mutexMap
		_ [pad]byte
	}
}

func newShards() *shards {
	t := &shards{seed: maphash.MakeSeed()}
	for i := range t.parts {
		t.parts[i].m = make(map[uint64]uint64)
	}
	return t
}

// of returns the shard of a key, by its hash: keys in a row may come together.
func (t *shards) of(k uint64) *mutexMap {
	return &t.parts[maphash.Comparable(t.seed, k)%uint64(len(t.parts))].mutexMap
}

func (t *shards) load(k uint64) uint64 { return t.of(k).load(k) }
func (t *shards) store(k, v uint64)    { t.of(k).store(k, v) }
