package trace

import "testing"

// link is a cause in short.
type link struct {
	component Component
	micros    int64
	function  string // the innermost
	role      string
	external  string
}

func linkOf(c Cause) link {
	l := link{c.Component, c.Time.Microseconds(), "", c.Role, c.External}
	if len(c.Stack) > 0 {
		l.function = c.Stack[0].Function
	}
	return l
}

func wantBehind(t *testing.T, c Cause, want ...link) {
	t.Helper()
	if len(c.Behind) != len(want) {
		t.Errorf("behind %v are %d causes, not %d: %v", c.Component, len(c.Behind), len(want), c.Behind)
		return
	}
	for i, b := range c.Behind {
		if got := linkOf(b); got != want[i] {
			t.Errorf("behind is %v, not %v", got, want[i])
		}
	}
}

// TestHolder waits for a mutex whose holder runs, reads, and waits itself.
func TestHolder(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2, 3)
	s.begin(10, 1, "r")
	s.block(20, 1, "sync", "sync.(*Mutex).Lock", "main.f")
	s.seen(30, 2, "main.work")
	s.syscall(40, 90, 2)
	s.block(100, 2, "chan receive", "runtime.chanrecv1", "main.held")
	s.syscall(110, 130, 3)
	s.unblock(200, 3, 2, "runtime.chansend1", "main.third")
	s.unblock(230, 2, 1, "sync.(*Mutex).Unlock", "main.held")
	s.end(240, 1, "r")
	causes := slowest(t, s.report(), "r").Causes
	if got, want := linkOf(causes[0]), (link{Lock, 210, "sync.(*Mutex).Lock", "", ""}); got != want {
		t.Fatalf("%v, not %v", got, want)
	}
	wantBehind(t, causes[0],
		link{Channel, 100, "runtime.chanrecv1", "main.worker", ""},
		link{Syscall, 50, "syscall.read", "main.worker", "kernel"},
		link{Running, 30, "sync.(*Mutex).Unlock", "main.worker", ""},
		link{Running, 20, "syscall.read", "main.worker", ""},
		link{Running, 10, "runtime.chanrecv1", "main.worker", ""},
	)
	wantBehind(t, causes[0].Behind[0],
		link{Running, 70, "runtime.chansend1", "main.worker", ""},
		link{Syscall, 20, "syscall.read", "main.worker", "kernel"},
		link{Running, 10, "syscall.read", "main.worker", ""},
	)
}

// TestQueue waits in a queue for a mutex: what is behind it is what all those did who
// were before it, and not that they waited.
func TestQueue(t *testing.T) {
	s := newScript(t, Options{})
	const n = 10
	for g := range int64(n) {
		s.running(0, g+1)
	}
	s.begin(1, n, "r")
	for g := int64(2); g <= n; g++ {
		s.block(10, g, "sync", "sync.(*Mutex).Lock", "main.f")
	}
	for g := int64(1); g < n; g++ {
		s.unblock(10+100*g, g, g+1, "sync.(*Mutex).Unlock", "main.f")
	}
	s.end(1000, n, "r")
	causes := slowest(t, s.report(), "r").Causes
	if got := linkOf(causes[0]); got.component != Lock || got.micros != 900 {
		t.Fatalf("%v", got)
	}
	wantBehind(t, causes[0], link{Running, 900, "sync.(*Mutex).Unlock", "main.worker", ""})
	if got := causes[0].Behind[0].Count; got != n-1 {
		t.Errorf("%d holders, not %d", got, n-1)
	}
}

// TestLongQueue has more holders than are followed: what they did is undetermined.
func TestLongQueue(t *testing.T) {
	s := newScript(t, Options{})
	const n = maxPieces * 2
	for g := range int64(n) {
		s.running(0, g+1)
	}
	s.begin(1, n, "r")
	for g := int64(2); g <= n; g++ {
		s.block(10, g, "sync", "sync.(*Mutex).Lock", "main.f")
	}
	for g := int64(1); g < n; g++ {
		s.unblock(10+g, g, g+1, "sync.(*Mutex).Unlock", "main.f")
	}
	s.end(1000, n, "r")
	r := s.report()
	behind := slowest(t, r, "r").Causes[1].Behind
	if len(behind) != 2 || behind[0].Component != Undetermined && behind[1].Component != Undetermined {
		t.Errorf("behind is %v", behind)
	}
	if problem(r, "chain-cut") == nil {
		t.Errorf("problems: %v", r.Problems)
	}
}

// TestDeepChain has each wait be for one that waits at another place: the chain is
// followed to a depth.
func TestDeepChain(t *testing.T) {
	s := newScript(t, Options{})
	const n = maxDepth + 3
	for g := range int64(n) {
		s.running(0, g+1)
	}
	s.begin(1, 1, "r")
	for g := int64(1); g < n; g++ {
		s.block(10, g, "chan receive", "runtime.chanrecv1", string(rune('a'+g)))
	}
	for g := int64(n); g > 1; g-- {
		s.unblock(200-g, g, g-1, "runtime.chansend1")
	}
	s.end(300, 1, "r")
	r := s.report()
	depth := 0
	for at := slowest(t, r, "r").Causes; len(at) > 0; depth++ {
		for _, c := range at {
			if c.Component == Channel {
				at = c.Behind
				if len(at) == 0 && c.External != "unknown" {
					t.Errorf("the last one is %v", linkOf(c))
				}
				break
			}
		}
	}
	if depth != maxDepth+1 {
		t.Errorf("%d deep, not %d", depth, maxDepth+1)
	}
	if problem(r, "chain-cut") == nil {
		t.Errorf("problems: %v", r.Problems)
	}
}

// TestStartedLate waits for a goroutine that is started meanwhile: what was before it
// is what the one did that started it.
func TestStartedLate(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2)
	s.begin(10, 1, "r")
	s.block(20, 1, "sync", "sync.(*WaitGroup).Wait", "main.f")
	s.syscall(30, 60, 2)
	s.create(70, 2, 3, "main.late")
	s.start(80, 3)
	s.unblock(100, 3, 1, "sync.(*WaitGroup).Done", "main.late")
	s.end(110, 1, "r")
	causes := slowest(t, s.report(), "r").Causes
	wantBehind(t, causes[0],
		link{Syscall, 30, "syscall.read", "main.worker", "kernel"},
		link{Running, 20, "sync.(*WaitGroup).Done", "main.late", ""},
		link{Running, 10, "creator", "main.worker", ""},
		link{Running, 10, "syscall.read", "main.worker", ""},
		link{Scheduler, 10, "", "main.late", ""},
	)
}

// TestForgotten waits for a goroutine that did more meanwhile than is remembered.
func TestForgotten(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2)
	s.begin(10, 1, "r")
	s.block(20, 1, "sync", "sync.(*Mutex).Lock", "main.f")
	for i := range int64(2 * maxHistory) {
		s.syscall(100+10*i, 105+10*i, 2)
	}
	s.unblock(3000, 2, 1, "sync.(*Mutex).Unlock", "main.f")
	s.end(3010, 1, "r")
	r := s.report()
	found := false
	for _, b := range slowest(t, r, "r").Causes[0].Behind {
		found = found || b.Component == Undetermined && b.Time > 0
	}
	if !found || problem(r, "history") == nil {
		t.Errorf("behind is %v; problems: %v", slowest(t, r, "r").Causes, r.Problems)
	}
}

// TestEnded waits for one that waited for one that ended since.
func TestEnded(t *testing.T) {
	tests := []struct {
		dead int64 // that end after it
		want Component
	}{{0, Syscall}, {maxDead, Undetermined}}
	for _, test := range tests {
		s := newScript(t, Options{})
		s.running(0, 1, 2, 3)
		s.begin(10, 1, "r")
		s.block(20, 1, "sync", "sync.(*Mutex).Lock", "main.f")
		s.block(20, 2, "chan receive", "runtime.chanrecv1", "main.g")
		s.syscall(20, 500, 3)
		s.unblock(500, 3, 2, "runtime.chansend1", "main.h")
		s.exit(501, 3)
		for g := range test.dead {
			s.running(502, 10+g)
			s.exit(502, 10+g)
		}
		s.unblock(600, 2, 1, "sync.(*Mutex).Unlock", "main.f")
		s.end(610, 1, "r")
		behind := slowest(t, s.report(), "r").Causes[0].Behind
		if got := behind[0].Behind[0].Component; got != test.want {
			t.Errorf("after %d others ended: %v, not %v", test.dead, got, test.want)
		}
	}
}

// TestCycle has two goroutines seem to wake each other while they wait.
func TestCycle(t *testing.T) {
	s := newScript(t, Options{})
	s.running(0, 1, 2)
	s.begin(10, 1, "r")
	for i := range int64(50) {
		s.block(20+10*i, 1, "chan receive", "runtime.chanrecv1", "main.f")
		s.block(21+10*i, 2, "chan receive", "runtime.chanrecv1", "main.f")
		s.unblock(25+10*i, 1, 2, "main.f")
		s.unblock(26+10*i, 2, 1, "main.f")
	}
	s.end(1000, 1, "r")
	s.report()
}
