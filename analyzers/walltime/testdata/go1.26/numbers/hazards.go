// Package numbers keeps moments as numbers.
package numbers

import (
	"sync"
	"sync/atomic"
	"time"

	"example.com/app/clock"
)

type metric interface{ Observe(float64) }

type conn struct {
	mu         sync.Mutex
	lastActive int64
	lastRead   atomic.Int64
	opened     int64
	deadline   int64
	idle       time.Duration
	latency    metric
	begin      int64
	beat       int64
	second     int64
	expires    int64
	Last       int64
}

// How long a request took.
func (c *conn) timed(f func()) {
	start := time.Now().UnixNano()
	f()
	c.latency.Observe(float64(time.Now().UnixNano()-start) / 1e9) // want `likely: this duration goes by the wall clock, since UnixNano gives a number without the monotonic reading: when the clock is set, it is wrong by the step, and may be negative or never come ← start is read here`
}

func (c *conn) timedIn(f func()) time.Duration {
	begin, end := time.Now().UnixMilli(), int64(0)
	f()
	end = time.Now().UnixMilli()
	return time.Duration(end-begin) * time.Millisecond // want `likely: this duration goes by the wall clock, since UnixMilli`
}

// An atomic field.
func (c *conn) read() { c.lastRead.Store(time.Now().UnixNano()) }

func (c *conn) dead() bool {
	return time.Duration(time.Now().UnixNano()-c.lastRead.Load()) > c.idle // want `likely: this duration goes by the wall clock, since UnixNano`
}

// By the functions of package atomic.
func (c *conn) touch() { atomic.StoreInt64(&c.lastActive, time.Now().UnixNano()) }

func (c *conn) quiet() time.Duration {
	return c.idle - time.Duration(time.Now().UnixNano()-atomic.LoadInt64(&c.lastActive)) // want `likely: this duration .* ← lastActive is read here ← goes by it as well`
}

// A deadline as a number.
func (c *conn) setDeadline(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deadline = time.Now().Add(d).UnixNano()
}

func (c *conn) overdue() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.deadline != 0 && time.Now().UnixNano() > c.deadline // want `likely: this deadline goes by the wall clock, since UnixNano`
}

// Set in the literal of a constructor, and told of twice: one finding.
func dial() *conn { return &conn{opened: time.Now().UnixNano()} }

func (c *conn) age() int64 { return time.Now().UnixNano() - c.opened } // want `likely: this duration .* ← opened is read here ← goes by it as well`

func (c *conn) old() bool { return time.Now().UnixNano()-c.opened > int64(time.Hour) }

// A copy, and another function that goes by the same field: one finding.
func (c *conn) alive(d time.Duration) {
	for {
		last := atomic.LoadInt64(&c.lastActive)
		left := time.Duration(last) + d - time.Duration(time.Now().UnixNano())
		if left <= 0 {
			return
		}
		time.Sleep(left)
	}
}

// With the sum on the other side.
func (c *conn) start() { c.begin = clock.Nanos() }
func (c *conn) stalled() bool {
	now := time.Now().UnixNano()
	return now > c.begin+int64(c.idle) // want `likely: this deadline`
}

// By a parameter that is given the time.
func (c *conn) sweep() {
	now := time.Now().UnixNano()
	c.beat = now
	if c.late(now) {
		c.touch()
	}
}

func (c *conn) late(now int64) bool { return now-c.beat > int64(c.idle) } // want `likely: this duration`

// A loop that keeps the last one.
func (c *conn) run(tick <-chan struct{}) {
	last := time.Now().UnixNano()
	for range tick {
		now := time.Now().UnixNano()
		if now-last > int64(c.idle) { // want `likely: this duration`
			c.touch()
		}
		last = now
	}
}

// In a cache.
type item[V any] struct {
	val     V
	expires int64
}

type cache[V any] struct {
	items map[string]item[V]
	ttl   time.Duration
}

func (c *cache[V]) put(key string, v V) {
	c.items[key] = item[V]{val: v, expires: time.Now().Add(c.ttl).UnixNano()}
}

func (c *cache[V]) get(key string) (v V, ok bool) {
	it, ok := c.items[key]
	if !ok || time.Now().UnixNano() > it.expires { // want `likely: this deadline`
		return v, false
	}
	return it.val, true
}

// Seconds: suspected.
func (c *conn) sec() { c.second = time.Now().Unix() }

func (c *conn) idleSeconds() int64 { return time.Now().Unix() - c.second } // want `suspected: .*in whole seconds`

// A field that others may set: suspected.
func (c *conn) mark() { c.Last = time.Now().UnixNano() }

func (c *conn) since() int64 { return time.Now().UnixNano() - c.Last } // want `suspected: .*other packages may set it`

// The clock is a variable.
var now = time.Now

func (c *conn) renew() { c.expires = now().Add(time.Minute).UnixNano() }

func (c *conn) expired() bool { return now().UnixNano() >= c.expires } // want `likely: this deadline`
