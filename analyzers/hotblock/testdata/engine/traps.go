package engine

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

type quick struct {
	n     atomic.Int64
	m     sync.Map
	out   chan int
	done  chan struct{}
	mu    sync.Mutex
	start time.Time
}

// None of this waits.
//
//lagvet:nonblocking
func (q *quick) all(b []byte) []byte {
	q.n.Add(1)
	q.m.Load(1)
	select {
	case q.out <- 1:
	default:
	}
	if q.mu.TryLock() {
		q.mu.Unlock()
	}
	if time.Since(q.start) > time.Second {
		close(q.done)
	}
	return strconv.AppendInt(b, q.n.Load(), 10)
}

// What a goroutine waits for does not delay who started it.
//
//lagvet:nonblocking
func (q *quick) spawns() {
	go func() { time.Sleep(1) }()
}

// Somebody says that it cannot wait.
//
//lagvet:nonblocking
func (q *quick) assumed() {
	//lagvet:assume none -- the only other user is gone by now
	q.mu.Lock()
	q.unlock()
}

//lagvet:assume none -- an unlock wakes others and goes on
func (q *quick) unlock() { q.mu.Unlock() }

// What cannot be told is no violation unless the check is strict.
//
//lagvet:nonblocking
func (q *quick) calls(f func()) { f() }

// It is cold: what is hot only does this on its way out.
//
//lagvet:hot
func (q *quick) cold(fail bool) {
	if fail {
		time.Sleep(1)
		panic("failed")
	}
}
