package quotes

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Unlocked before the slow work, locked again to publish its result.
func (b *book) refetch() {
	b.mu.Lock()
	url := b.url
	b.mu.Unlock()
	resp, err := http.Get(url)
	if err != nil {
		return
	}
	resp.Body.Close()
	b.set("all", resp.Status)
}

// Unlocked on the way to the slow work.
func (b *book) fetchUnless(symbol string) {
	b.mu.Lock()
	if b.prices[symbol] == "" {
		b.mu.Unlock()
		b.refetch()
		return
	}
	b.mu.Unlock()
}

// Perhaps locked: nothing can be said.
func (b *book) fetchIf(lock bool) {
	if lock {
		b.mu.Lock()
		defer b.mu.Unlock()
	}
	b.refetch()
}

// The helper unlocks for the slow work.
func (b *book) update() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fetchLocked()
	b.prices["n"] = "1"
}

func (b *book) fetchLocked() {
	b.mu.Unlock()
	defer b.mu.Lock()
	http.Get(b.url)
}

// The goroutine does not hold the lock.
func (b *book) async() {
	b.mu.Lock()
	defer b.mu.Unlock()
	go b.refetch()
}

// The caller asks for no fetching.
func (b *book) quiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tell("", false)
}

func (b *book) tell(symbol string, fetch bool) {
	b.prices["told"] = symbol
	if fetch && symbol != "" {
		http.Get(b.url)
	}
}

// Deferred before the unlock: it runs after it.
func (b *book) after() {
	defer http.Get(b.url)
	b.mu.Lock()
	defer b.mu.Unlock()
}

// Everything here goes on at once.
func (b *book) quick(done, full chan int, c net.Conn, u *net.UDPConn, out *bytes.Buffer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case full <- 1:
	default:
	}
	room := make(chan int, 1)
	room <- 1
	close(done)
	c.Close()
	fmt.Fprintln(out, len(b.prices))
	io.Copy(out, bytes.NewReader(nil))
	rand.Read(make([]byte, 8))
	net.Listen("tcp", "localhost:0")
	net.InterfaceAddrs()
	u.SetReadBuffer(1 << 20)
}

// Which addresses this machine has the kernel knows.
func (b *book) here() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.prices["here"] = ours() // want `suspected: book.mu is held while ours waits for the network.*; only suspected: what it asks may be the kernel alone`
}

func ours() string {
	addrs, err := net.InterfaceAddrs()
	if err != nil || len(addrs) == 0 {
		return ""
	}
	return addrs[0].String()
}

// A condition variable gives the lock back while it waits.
func (b *book) wait(c *sync.Cond) {
	c.L.Lock()
	for len(b.prices) == 0 {
		c.Wait()
	}
	c.L.Unlock()
}

// Nobody else has the lock yet.
func (b *book) child() *book {
	c := &book{prices: map[string]string{}}
	c.mu.Lock()
	defer c.mu.Unlock()
	time.Sleep(time.Millisecond) // want `^suspected: .*no request is known to wait for the lock`
	return c
}
