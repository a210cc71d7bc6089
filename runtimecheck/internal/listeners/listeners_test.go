package listeners

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// server has three sockets: one that is full, and two of a group of three on another
// address. A connection ends the list of those that listen; what follows is not read.
var server = `
-- proc/self -> 12 --
-- proc/12/ns/net -> net:[4026531840] --
-- proc/12/fd/0 -> /dev/null --
-- proc/12/fd/3 -> socket:[70] --
-- proc/12/fd/4 -> socket:[71] --
-- proc/12/fd/10 -> socket:[72] --
-- proc/12/fd/5 -> socket:[99] --
-- proc/12/net/tcp --
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: ` + address("7F000001") + `:1F90 00000000:0000 0A 00000000:0000000C 00:00000000 00000000  1000        0 70 1 0000000000000000 100 0 0 10 0
   1: 00000000:01BB 00000000:0000 0A 00000000:00000003 00:00000000 00000000  1000        0 71 1 0000000000000000 100 0 0 10 0
   2: 00000000:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 80 1 0000000000000000 100 0 0 10 0
   3: 00000000:01BB 00000000:0000 0A 00000000:00000001 00:00000000 00000000  1000        0 72 1 0000000000000000 100 0 0 10 0
   4: ` + address("7F000001") + `:1F90 ` + address("7F000001") + `:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 99 1 0000000000000000 20 4 30 10 -1
nonsense
-- proc/12/net/tcp6 --
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 90 1 0000000000000000 100 0 0 10 0
-- proc/sys/net/core/somaxconn --
48
-- proc/12/net/netstat --
TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPBacklogDrop
TcpExt: 0 5 7 0
IpExt: InNoRoutes
IpExt: 0
`

// address is an address as this machine's kernel writes it.
func address(network string) string {
	var n uint32
	fmt.Sscanf(network, "%x", &n)
	var memory [4]byte
	binary.BigEndian.PutUint32(memory[:], n)
	return fmt.Sprintf("%08X", binary.NativeEndian.Uint32(memory[:]))
}

func process(t *testing.T, files string) *target.Target {
	p := &target.Target{System: fixture.Tree(t, files), Kind: target.Process, PID: 12}
	p.Begin(time.Now())
	return p
}

func TestLook(t *testing.T) {
	const apart = "-- proc/self/ns/net -> net:[1] --\n-- proc/12/ns/net -> net:[2] --\n"
	hosts := strings.Replace(strings.Replace(server, "-- proc/self -> 12 --\n", "", 1), "-- proc/12/ns/net -> net:[4026531840] --\n", apart, 1)
	quiet := strings.NewReplacer("0000000C", "00000000", "00000003", "00000000", "00000001 ", "00000000 ")
	strangers := strings.NewReplacer("socket:[70]", "socket:[1]", "socket:[71]", "socket:[2]", "socket:[72]", "socket:[3]").Replace(server)
	tests := []struct {
		name, files string
		id          string
		value       float64
		current     string
		absent      posture.Verdict
		reason      string
		grade       posture.Grade
		details     int
	}{
		{"the fullest", server, queue, 25, "127.0.0.1:8080: 12 waiting of 48 (socket 70 of this process), if", "", "", posture.Heuristic, 3},
		{"none waits", quiet.Replace(server), queue, 0, "none waits", "", "", posture.Kernel, 3},
		{"without IPv6", strings.Replace(server, "net/tcp6 --", "net/unused --", 1), queue, 25, "12 waiting", "", "", posture.Heuristic, 3},
		{"a group", server, reuseport, 3, "3 sockets on 0.0.0.0:443, 2 of this process", "", "", posture.Kernel, 3},
		{"another network", hosts, queue, 0, "", posture.Unknown, "some wait", posture.Kernel, 3},
		{"none waits in another network", quiet.Replace(hosts), queue, 0, "none waits", "", "", posture.Kernel, 3},
		{"groups of another network", hosts, reuseport, 3, "2 of this process", "", "", posture.Kernel, 3},
		{"no group", strings.ReplaceAll(server, "   3: 00000000:01BB", "   3: 00000000:01BC") + "-- proc/12/fd/4 -> socket:[4] --\n", reuseport, 0, "", "", "", "", -1},
		{"none of its own", strangers, queue, 0, "", posture.NotApplicable, "listens on no TCP port", posture.Kernel, 0},
		{"none of its own to share", strangers, reuseport, 0, "", posture.NotApplicable, "listens on no TCP port", posture.Kernel, 0},
		{"overflows", server, overflows, 5, "5 since the network namespace was made", "", "", posture.Kernel, 0},
		{"drops", server, drops, 7, "7 since", "", "", posture.Kernel, 0},
		{"no drops", server, backlogDrops, 0, "0 since", "", "", posture.Kernel, 0},
		{"not counted", server + "-- proc/12/net/netstat --\nTcpExt: ListenDrops\nTcpExt: 1\n", overflows, 0, "", posture.NotApplicable, "does not count", posture.Kernel, 0},
		{"truncated counters", server + "-- proc/12/net/netstat --\nTcpExt: ListenOverflows ListenDrops\nTcpExt: 1\n", overflows, 0, "", posture.Unknown, "", posture.Kernel, 0},
		{"no counters", server + "-- proc/12/net/netstat --\nIpExt: A\nIpExt: 1\n", overflows, 0, "", posture.Unknown, "no counters", posture.Kernel, 0},
		{"truncated sockets", server + "-- proc/12/net/tcp --\nsl\n 0: 00000000:1F90 00000000:0000 0A 0000\n", queue, 0, "", posture.Unknown, "no socket", posture.Kernel, 0},
		{"garbled address", server + "-- proc/12/net/tcp --\nsl\n 0: 0000:1F90 0:0 0A 0:0 0:0 0 0 0 1\n", queue, 0, "", posture.Unknown, "no address", posture.Kernel, 0},
		{"garbled somaxconn", server + "-- proc/sys/net/core/somaxconn --\n0\n", queue, 0, "", posture.Unknown, "no length", posture.Kernel, 3},
		{"no sockets", "-- proc/12/fd/ --\n-- proc/12/net/netstat --\n", queue, 0, "", posture.NotApplicable, "net/tcp does not exist", posture.Kernel, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.details < 0 {
				// One of the group is gone, one has moved: what is left is alone with a stranger.
				tt.files = strings.Replace(tt.files, "-- proc/12/fd/4 -> socket:[71] --\n", "", 1)
				tt.value, tt.current, tt.grade, tt.details = 1, "each address has one socket", posture.Kernel, 0
			}
			all := Probe.Look(t.Context(), process(t, tt.files))
			if len(all) != len(Probe.Specs) {
				t.Errorf("%d observations", len(all))
			}
			o := fixture.Observation(t, all, tt.id)
			if o.Value != tt.value || !strings.Contains(o.Current, tt.current) || o.Absent != tt.absent || o.Grade != tt.grade || len(o.Details) != tt.details {
				t.Errorf("observed %+v", o)
			}
			if !strings.Contains(o.Reason, tt.reason) || (o.Absent != "") != (o.Reason != "") {
				t.Errorf("it is not said why: %+v", o)
			}
		})
	}
}

func TestGrowth(t *testing.T) {
	p := process(t, server)
	start := time.Now()
	p.Begin(start)
	Probe.Look(t.Context(), p)
	fixture.Add(t, p.System, "-- proc/12/net/netstat --\nTcpExt: ListenOverflows ListenDrops\nTcpExt: 8 7\n")
	p.Begin(start.Add(5 * time.Second))
	all := Probe.Look(t.Context(), p)
	if o := fixture.Observation(t, all, overflows); o.Value != 3 || o.Current != "3 in 5s" {
		t.Errorf("observed %+v", o)
	}
	if o := fixture.Observation(t, all, drops); o.Value != 0 || o.Current != "0 in 5s" {
		t.Errorf("observed %+v", o)
	}
}

func TestHost(t *testing.T) {
	h := &target.Target{System: fixture.Tree(t, server), Kind: target.Host}
	h.Begin(time.Now())
	all := Probe.Look(t.Context(), h)
	if len(all) != 3 {
		t.Errorf("%d observations of a host", len(all))
	}
	if o := fixture.Observation(t, all, overflows); o.Value != 5 {
		t.Errorf("observed %+v", o)
	}
}

// A process with more descriptors than can be looked at, or too little time: what was
// not found is not taken for nothing.
func TestMany(t *testing.T) {
	// The lowest are looked at first, and 9 is lower than 10.
	p := process(t, strings.Replace(server, "fd/3 ->", "fd/9 ->", 1))
	for i := range most {
		if err := os.Symlink("/dev/null", p.Path(fmt.Sprintf("/proc/12/fd/%d", 1000+i))); err != nil {
			t.Fatal(err)
		}
	}
	o := fixture.Observation(t, Probe.Look(t.Context(), p), queue)
	if o.AtBest == "" || o.Value != 25 {
		t.Errorf("those of others cannot be told from those that were not looked at: %+v", o)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if o := fixture.Observation(t, Probe.Look(ended, p), queue); o.Absent != posture.Unknown {
		t.Errorf("observed without looking: %+v", o)
	}
	// Once all are found the others are of no interest.
	head, _, _ := strings.Cut(server[strings.Index(server, "  sl  local"):], "   1:")
	fixture.Add(t, p.System, "-- proc/12/net/tcp --\n"+head+"-- proc/12/net/tcp6 --\n")
	p.Begin(time.Now())
	if o := fixture.Observation(t, Probe.Look(t.Context(), p), queue); o.AtBest != "" || o.Value != 25 {
		t.Errorf("looked on: %+v", o)
	}
}

// A process that asks its own sockets needs no table of the kernel's.
func TestSelf(t *testing.T) {
	at := netip.MustParseAddrPort
	tests := []struct {
		name    string
		kernel  fixture.Kernel
		queue   float64
		current string
		shared  float64
		absent  posture.Verdict
		details int
	}{
		{"the fullest by its own measure", fixture.Kernel{Listeners: map[int]system.Listener{
			3:  {Address: at("127.0.0.1:80"), Queue: 12, Backlog: 48},
			10: {Address: at("[::1]:80"), Queue: 9, Backlog: 10},
		}}, 90, "[::1]:80: 9 waiting of 10", 1, "", 2},
		{"a group", fixture.Kernel{Listeners: map[int]system.Listener{
			3: {Address: at("0.0.0.0:80"), Backlog: 48},
			4: {Address: at("0.0.0.0:80"), Backlog: 48},
		}}, 0, "none waits", 2, "", 2},
		{"none", fixture.Kernel{Listeners: map[int]system.Listener{}}, 0, "", 0, posture.NotApplicable, 0},
		{"another system", fixture.Kernel{}, 0, "", 0, posture.NotApplicable, 0},
		{"no right", fixture.Kernel{Err: syscall.EPERM}, 0, "", 0, posture.Unknown, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := process(t, strings.Replace(server, "-- proc/12/net/tcp --", "-- proc/12/net/unused --", 1))
			p.Kind, p.Kernel = target.Self, tt.kernel
			all := Probe.Look(t.Context(), p)
			o := fixture.Observation(t, all, queue)
			if o.Value != tt.queue || o.Current != tt.current || o.Absent != tt.absent || o.Grade != posture.Kernel || len(o.Details) != tt.details {
				t.Errorf("observed %+v", o)
			}
			if o := fixture.Observation(t, all, reuseport); o.Value != tt.shared || o.Absent != tt.absent {
				t.Errorf("observed %+v", o)
			}
		})
	}
}

func TestNothing(t *testing.T) {
	closed := process(t, server)
	if err := os.RemoveAll(closed.Path("/proc/12/fd")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(closed.Path("/proc/12/fd"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		target *target.Target
		want   posture.Verdict
	}{
		"another system": {&target.Target{System: &system.System{}, Kind: target.Self, PID: 12}, posture.NotApplicable},
		"elsewhere":      {&target.Target{System: system.Elsewhere(), Kind: target.Endpoint}, posture.Unknown},
		"ended":          {process(t, "-- proc/stat --\n"), posture.NotApplicable},
		"no right":       {closed, posture.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			tt.target.Begin(time.Now())
			all := Probe.Look(t.Context(), tt.target)
			for _, s := range Probe.Specs {
				if o := fixture.Observation(t, all, s.ID); (o.Absent != tt.want || o.Reason == "") && (s.Go || name != "no right") {
					t.Errorf("%+v, want %s", o, tt.want)
				}
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for line := range strings.Lines(server) {
		f.Add(line)
	}
	f.Add("TcpExt: ListenOverflows ListenDrops\nTcpExt: 8 -7\n")
	f.Fuzz(func(t *testing.T, line string) {
		s, listens, err := parse(line)
		if listens && err != nil || s.queue < 0 || listens != (s.address != "") {
			t.Errorf("%q: %+v, %t, %v", line, s, listens, err)
		}
		if counts, err := parseCounters(line); (counts == nil) != (err != nil) {
			t.Errorf("%q: %v, %v", line, counts, err)
		}
	})
}
