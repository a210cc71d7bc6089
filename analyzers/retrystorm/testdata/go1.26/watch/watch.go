// Package watch follows a store that many share.
package watch

import (
	"context"
	"time"

	"example.org/kv"
)

type Cache struct {
	kv   *kv.Client
	keys map[string]bool
	set  func(kv.Event)
	done chan struct{}
}

// Hazard: the watch is made anew as soon as it ends.
func (c *Cache) follow(ctx context.Context, key string) {
	for {
		for e := range c.kv.Watch(ctx, key) { // want `^likely: \(kv.Watcher\).Watch is made anew as soon as it ends`
			c.set(e)
		}
	}
}

// Hazard: also if another channel would end it.
func (c *Cache) followUntil(ctx context.Context, key string) {
	for {
		events := c.kv.Watch(ctx, key) // want `^likely: \(kv.Watcher\).Watch is made anew as soon as it ends`
		for open := true; open; {
			var e kv.Event
			select {
			case e, open = <-events:
				c.set(e)
			case <-c.done:
				return
			}
		}
	}
}

// Hazard: a watcher for each key, and no context that they share.
func (c *Cache) followAll() {
	for key := range c.keys {
		go func() {
			for e := range c.kv.Watch(context.Background(), key) { // want `^likely: one \(kv.Watcher\).Watch for each key, and none of them ends with a context that the others share`
				c.set(e)
			}
		}()
	}
}

// Hazard: the contexts are derived from nothing.
func (c *Cache) followKeys(keys []string) []context.CancelFunc {
	var stop []context.CancelFunc
	for _, key := range keys {
		ctx, cancel := context.WithCancel(context.Background())
		stop = append(stop, cancel)
		events := c.kv.Watch(ctx, key) // want `^likely: one \(kv.Watcher\).Watch for each key`
		go c.drain(events)
	}
	return stop
}

func (c *Cache) drain(events <-chan kv.Event) {
	for e := range events {
		c.set(e)
	}
}

// Doubt: a watcher for each key, under the context of all.
func (c *Cache) followShared(ctx context.Context, keys []string) {
	for _, key := range keys {
		go c.drain(c.kv.Watch(ctx, key)) // want `^suspected: one \(kv.Watcher\).Watch for each key, all share one context`
	}
}

// Trap: a pause before the next watch.
func (c *Cache) followPatiently(ctx context.Context, key string) {
	for {
		for e := range c.kv.Watch(ctx, key) {
			c.set(e)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

// Trap: one watch.
func (c *Cache) followPrefix(ctx context.Context) {
	for e := range c.kv.Watch(ctx, "prefix/") {
		c.set(e)
	}
}

// Trap: the keys are those of the program.
func (c *Cache) followFew() {
	for _, key := range []string{"config", "flags"} {
		go c.drain(c.kv.Watch(context.Background(), key))
	}
}

// Trap: something sets the pace.
func (c *Cache) followSlowly(keys []string) {
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	for _, key := range keys {
		<-t.C
		go c.drain(c.kv.Watch(context.Background(), key))
	}
}

// Trap: subscriptions within the process.
type bus struct{ subs []chan kv.Event }

func (b *bus) Subscribe(ctx context.Context, topic string) chan kv.Event {
	ch := make(chan kv.Event)
	b.subs = append(b.subs, ch)
	return ch
}

func (b *bus) all(topics []string) {
	for _, t := range topics {
		b.Subscribe(context.Background(), t)
	}
}

// Trap: a pause once the watch has ended, before the way back.
func (c *Cache) followAgain(ctx context.Context, key string) {
	for {
	again:
		events := c.kv.Watch(ctx, key)
		for {
			select {
			case <-ctx.Done():
				return
			case e, ok := <-events:
				if !ok {
					time.Sleep(time.Second)
					goto again
				}
				c.set(e)
			}
		}
	}
}
