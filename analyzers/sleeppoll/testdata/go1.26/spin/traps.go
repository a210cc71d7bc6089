package spin

import (
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type lexer struct {
	text string
	pos  int
}

func (l *lexer) next() byte {
	if l.pos == len(l.text) {
		return 0
	}
	l.pos++
	return l.text[l.pos-1]
}

// What comes round has moved on.
func (l *lexer) skip() {
	for {
		switch l.next() {
		case ' ', '\t':
			continue
		}
		break
	}
	for l.pos < len(l.text) {
		if l.text[l.pos] == ' ' {
			l.pos++
			continue
		}
		return
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func search(n int, less func(int) bool) int {
	lo, hi := 0, n
	for lo < hi {
		if mid := (lo + hi) / 2; less(mid) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// A state that the loop changes itself.
func states(s string) int {
	state, n := 0, 0
	for {
		switch state {
		case 0:
			state = 1
			continue
		case 1:
			state = 2
			continue
		}
		break
	}
	for len(s) > 0 {
		if s[0] == ' ' {
			s = s[1:]
			continue
		}
		n++
		s = s[1:]
	}
	return n
}

type node struct {
	next *node
	key  int
}

func (n *node) find(key int) *node {
	for n != nil {
		if n.key == key {
			return n
		}
		n = n.next
	}
	return nil
}

// A read waits.
func copyAll(conn net.Conn, buf []byte) error {
	for {
		n, err := conn.Read(buf)
		if err == io.EOF {
			return nil
		}
		if n == 0 {
			continue
		}
		if err != nil {
			return err
		}
	}
}

// So does a channel, and a condition.
type pool struct {
	mu    sync.Mutex
	cond  *sync.Cond
	jobs  []func()
	in    chan func()
	stop  chan struct{}
	state atomic.Uint64
	ready atomic.Bool
	size  int
}

func (p *pool) work() {
	for {
		job := <-p.in
		if job == nil {
			continue
		}
		job()
	}
}

func (p *pool) take() func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.jobs) == 0 {
		p.cond.Wait()
	}
	job := p.jobs[0]
	p.jobs = p.jobs[1:]
	return job
}

// It drains what is there, and leaves.
func (p *pool) drain() {
	for {
		select {
		case job := <-p.in:
			job()
		default:
			return
		}
	}
}

func (p *pool) drainOnce() {
loop:
	for {
		select {
		case job := <-p.in:
			job()
			continue
		default:
			break loop
		}
	}
}

// It asks whether to go on, and works.
func (p *pool) loop() {
	for {
		select {
		case <-p.stop:
			return
		default:
		}
		p.take()()
	}
}

// A lock-free update.
func (p *pool) bump() uint64 {
	for {
		old := p.state.Load()
		if p.state.CompareAndSwap(old, old+1) {
			return old
		}
	}
}

// So many turns, and then it blocks.
func (p *pool) acquire() {
	for i := 0; i < 30; i++ {
		if p.ready.Load() {
			return
		}
		runtime.Gosched()
	}
	p.mu.Lock()
	p.mu.Unlock()
}

func (p *pool) backoff() {
	spins := 0
	for !p.ready.Load() {
		if spins++; spins > 100 {
			time.Sleep(time.Millisecond)
		}
	}
}

// A thread of its own is meant to spin.
func (p *pool) pinned() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for !p.ready.Load() {
	}
}

// For a moment.
func pause(d time.Duration) {
	for start := time.Now(); time.Since(start) < d; {
	}
}

// Each turn does something for those there are.
func (p *pool) each(conns []func()) {
	for {
		for _, poll := range conns {
			poll()
		}
	}
}

// The wait comes first.
func (p *pool) waitsFirst(names map[string]bool) {
	for {
		time.Sleep(time.Second) // want `suspected: this loop comes round after`
		if len(names) == 0 {
			continue
		}
		p.take()()
	}
}

// For the compiler.
func end() {
	os.Exit(1)
	for {
	}
}

// Blocked for ever.
func block() { select {} }

// The flag is the loop's own.
func fields(s string) (out []string) {
	more := true
	for more {
		var f string
		f, s, more = strings.Cut(s, ",")
		out = append(out, f)
	}
	return out
}

// Each turn asks anew.
func (p *pool) again(try func() error) {
	var err error
	for {
		if err != nil {
			err = nil
			continue
		}
		if err = try(); err == nil {
			return
		}
	}
}

// There is a case for each state.
func (p *pool) machine() {
	for {
		select {
		case <-p.stop:
			return
		default:
		}
		switch p.size {
		case 0:
			p.work()
		case 1:
			p.loop()
		}
	}
}

// The latest value replaces the one that nobody has taken yet.
func replace(ch chan int, n int) {
	for {
		select {
		case ch <- n:
			return
		default:
			select {
			case <-ch:
			default: // taken meanwhile
			}
		}
	}
}

// A parser whose branches take turns.
type frames struct {
	start bool
	left  int
}

func (f *frames) parse(buf []byte, take func([]byte) int) {
	pos := 0
	for pos != len(buf) {
		if f.start {
			f.left = int(buf[pos])
			f.start = false
			pos++
		}
		if f.left > 0 {
			n := take(buf[pos:])
			pos += n
			f.left -= n
		}
		if f.left == 0 {
			f.start = true
		}
	}
}

// Two that are merged: what one branch says the other one acts on.
func merge(a, b []int, take func(int)) {
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		var missing bool
		v := 0
		if i < len(a) {
			v = a[i]
		} else {
			missing = true
		}
		if i < len(a) && v > 0 {
			i++
		}
		if j < len(b) && !missing {
			j++
		} else {
			v = 1
		}
		if v == 0 {
			continue
		}
		take(v)
	}
}

// What is kept in a variable of the package is done.
var seen int

func count(next func() bool) {
	for {
		if seen > 10 {
			seen = 0
			continue
		}
		if next() {
			return
		}
	}
}

// It goes on while there is something to take.
func empty(conns chan net.Conn) {
	for len(conns) > 0 {
		select {
		case c := <-conns:
			c.Close()
		default:
		}
	}
}
