package listeners

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func TestMain(m *testing.M) {
	live.Main(m, map[string]func(){"shared": shared, "stuck": stuck})
}

// ports is the variable that names the file in which a process writes its port.
const ports = "LAGVET_TEST_PORT"

func ready(port int) {
	if err := os.WriteFile(os.Getenv(ports), []byte(strconv.Itoa(port)), 0o600); err != nil {
		panic(err)
	}
	live.Ready()
}

// start starts a process that listens, and returns it and its port.
func start(t *testing.T, name string) (*target.Target, int) {
	file := filepath.Join(t.TempDir(), "port")
	p := &target.Target{System: system.Here(), Kind: target.Process, PID: live.Start(t, name, ports+"="+file)}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(string(text))
	if err != nil {
		t.Fatal(err)
	}
	p.Begin(time.Now())
	return p, port
}

// shared listens on one address with three sockets, and on another with one.
func shared() {
	reuse := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var failed error
		err := c.Control(func(fd uintptr) {
			failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		})
		if err != nil {
			return err
		}
		return failed
	}}
	address := "127.0.0.1:0"
	var open []net.Listener
	for range 3 {
		l, err := reuse.Listen(context.Background(), "tcp", address)
		if err != nil {
			panic(err)
		}
		open = append(open, l)
		address = l.Addr().String()
	}
	alone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	ready(open[0].Addr().(*net.TCPAddr).Port)
	for _, l := range append(open, alone) {
		l.Close()
	}
}

// backlog is what stuck asks for; the kernel lets one more wait.
const backlog = 4

// stuck listens, and accepts nothing.
func stuck() {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		panic(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		panic(err)
	}
	if err := unix.Listen(fd, backlog); err != nil {
		panic(err)
	}
	a, err := unix.Getsockname(fd)
	if err != nil {
		panic(err)
	}
	ready(a.(*unix.SockaddrInet4).Port)
	unix.Close(fd)
}

func observe(t *testing.T, p *target.Target, id string) posture.Observation {
	t.Helper()
	return fixture.Observation(t, Probe.Look(t.Context(), p), id)
}

func TestLiveShared(t *testing.T) {
	p, port := start(t, "shared")
	o := observe(t, p, reuseport)
	if want := fmt.Sprintf("3 sockets on 127.0.0.1:%d, 3 of this process", port); o.Value != 3 || o.Current != want || len(o.Details) != 3 {
		t.Errorf("%+v, want %s", o, want)
	}
	if o := observe(t, p, queue); o.Value != 0 || o.Current != "none waits" || len(o.Details) != 4 {
		t.Errorf("%+v, want four sockets on which none waits", o)
	}
	// A process that does not listen has none of them.
	self := &target.Target{System: system.Here(), Kind: target.Process, PID: os.Getpid()}
	self.Begin(time.Now())
	if o := observe(t, self, queue); o.Absent != posture.NotApplicable {
		t.Errorf("%+v, of a process that does not listen", o)
	}
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		l, err = net.Listen("tcp", "127.0.0.1:0") // without IPv6
	}
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if o := observe(t, self, queue); len(o.Details) != 1 || !strings.HasPrefix(o.Details[0], l.Addr().String()+":") {
		t.Errorf("%+v, want %s", o, l.Addr())
	}
}

// A queue that is full, and the connections that the kernel turned away then, against
// another reader of the same files.
func TestLiveFull(t *testing.T) {
	p, port := start(t, "stuck")
	before := observe(t, p, overflows)
	for range backlog + 1 {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	// Dialling is done before the server's side of the handshake is; and what is full
	// does not answer.
	for deadline := time.Now().Add(time.Minute); waiting(t, p, port) < backlog+1; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d wait", waiting(t, p, port))
		}
	}
	if c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), 300*time.Millisecond); err == nil {
		defer c.Close()
	}
	p.Begin(time.Now())
	all := Probe.Look(t.Context(), p)
	o := fixture.Observation(t, all, queue)
	if !strings.HasPrefix(o.Current, fmt.Sprintf("127.0.0.1:%d: %d waiting of ", port, backlog+1)) || o.Value <= 0 || o.Grade != posture.Heuristic {
		t.Errorf("%+v, want %d that wait", o, backlog+1)
	}
	if grown := fixture.Observation(t, all, overflows); grown.Value < 1 || !strings.Contains(grown.Current, " in ") {
		t.Errorf("%+v, and before a connection was turned away %+v", grown, before)
	}
	if _, counts := counter(t, "TCPBacklogDrop"); counts != (fixture.Observation(t, all, backlogDrops).Absent == "") {
		t.Errorf("%+v; counted: %t", fixture.Observation(t, all, backlogDrops), counts)
	}
	first := &target.Target{System: system.Here(), Kind: target.Process, PID: p.PID}
	first.Begin(time.Now())
	from, _ := counter(t, "ListenOverflows")
	total := observe(t, first, overflows)
	if to, _ := counter(t, "ListenOverflows"); total.Value < from || total.Value > to {
		t.Errorf("%+v, want %v to %v", total, from, to)
	}
}

// counter returns the number below a name in the file of counters.
func counter(t *testing.T, name string) (n float64, counted bool) {
	t.Helper()
	data, err := os.ReadFile("/proc/self/net/netstat")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	for column, field := range strings.Fields(lines[0]) {
		if field != name {
			continue
		}
		n, err := strconv.ParseFloat(strings.Fields(lines[1])[column], 64)
		if err != nil {
			t.Fatal(err)
		}
		return n, true
	}
	return 0, false
}

// The sockets of this process, asked themselves, and another way to read them.
func TestLiveSelf(t *testing.T) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := unix.Listen(fd, backlog); err != nil {
		t.Fatal(err)
	}
	a, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", a.(*unix.SockaddrInet4).Port)
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	local, err := net.Listen("unix", filepath.Join(t.TempDir(), "socket")) // does not count
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	self := &target.Target{System: system.Here(), Kind: target.Self, PID: os.Getpid()}
	self.Begin(time.Now())
	for deadline := time.Now().Add(time.Minute); waiting(t, self, a.(*unix.SockaddrInet4).Port) < 1; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the connection does not come")
		}
	}
	o := observe(t, self, queue)
	if want := fmt.Sprintf("%s: 1 waiting of %d", address, backlog); o.Current != want || o.Value != 100./backlog || o.Grade != posture.Kernel || len(o.Details) != 1 {
		t.Errorf("%+v, want %s", o, want)
	}
}

// waiting is the queue of a port of 127.0.0.1, read in another way.
func waiting(t *testing.T, p *target.Target, port int) uint64 {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp", p.PID))
	if err != nil {
		t.Fatal(err)
	}
	// Address and port, nobody on the other side, the state of one that listens, and what
	// is to be sent.
	line := regexp.MustCompile(fmt.Sprintf(`: [0-9A-F]{8}:%04X 0{8}:0{4} 0A [0-9A-F]{8}:([0-9A-F]{8}) `, port))
	found := line.FindSubmatch(data)
	if found == nil {
		t.Fatalf("nobody listens on %d", port)
	}
	n, err := strconv.ParseUint(string(found[1]), 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
