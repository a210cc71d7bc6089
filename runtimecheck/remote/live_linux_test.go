package remote

import (
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/procfs"

	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func TestMain(m *testing.M) { live.Main(m, map[string]func(){"service": service}) }

// address names the file that a service writes its address to.
const address = "LAGVET_TEST_ADDRESS"

// leaks is how many goroutines a service starts for each snapshot that is taken of it.
const leaks = 40

//go:noinline
func leak() { select {} }

// service serves its profiles and metrics, with the collector set in code.
func service() {
	debug.SetGCPercent(30)
	debug.SetMemoryLimit(64 << 20)
	self, err := procfs.Self()
	if err != nil {
		panic(err)
	}
	stat, err := self.Stat()
	if err != nil {
		panic(err)
	}
	start, err := stat.StartTime()
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", func(w http.ResponseWriter, r *http.Request) {
		pprof.Index(w, r)
		if strings.HasSuffix(r.URL.Path, "/goroutine") {
			for range leaks {
				go leak()
			}
		}
	})
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		fmt.Fprintf(w, "go_gc_gogc_percent 30\ngo_gc_gomemlimit_bytes %d\nprocess_start_time_seconds %f\n", 64<<20, start)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() { panic(http.Serve(l, mux)) }()
	if err := os.WriteFile(os.Getenv(address), []byte(l.Addr().String()), 0o600); err != nil {
		panic(err)
	}
	live.Ready()
	os.Exit(0)
}

// start starts a service, and returns its process and the URL of its profiles.
func start(t *testing.T) (pid int, url string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "address")
	pid = live.Start(t, "service", address+"="+file, "GOGC=200", "GOMEMLIMIT=off")
	addr, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return pid, "http://" + string(addr) + "/debug/pprof"
}

// The service says how it is set, which its environment does not, and the kernel what
// it has counted: both in one report.
func TestLive(t *testing.T) {
	pid, url := start(t)
	checks := look(t, Options{URL: url, PID: pid, Snapshots: time.Millisecond})
	if c := checks["gc.gogc"]; c.Current != "30 %" || c.Grade != posture.Runtime {
		t.Errorf("%+v", c)
	}
	if c := checks["gc.memory_limit"]; !strings.HasPrefix(c.Current, "64 MiB of ") {
		t.Errorf("%+v", c)
	}
	if c := checks["limits.nofile"]; c.Current == "" || c.Grade != posture.Kernel {
		t.Errorf("%+v", c)
	}
	c := checks["goroutines.sites"]
	if !strings.HasPrefix(c.Current, fmt.Sprintf("+%d in ", leaks)) || !strings.Contains(c.Current, "remote.leak (live_linux_test.go:") {
		t.Errorf("%+v", c)
	}
	// Without the experiment there is no such profile, and with it nothing is lost
	// forever but what leak does.
	if c := checks["goroutines.leaked"]; c.Verdict != posture.NotApplicable && !strings.Contains(fmt.Sprint(c.Details), "remote.leak") {
		t.Errorf("%+v", c)
	}
}

// Each look takes one snapshot, and compares it with the one before.
func TestLiveWatch(t *testing.T) {
	_, url := start(t)
	i, err := Open(Options{URL: url, Snapshots: time.Millisecond}, latency(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Only("goroutines"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		r, err := i.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Checks {
			if c.ID == "goroutines.sites" && !strings.HasPrefix(c.Current, fmt.Sprintf("+%d in ", leaks)) {
				t.Errorf("%+v", c)
			}
		}
	}
}

func TestLiveOtherProcess(t *testing.T) {
	_, url := start(t)
	if _, err := Open(Options{URL: url, PID: os.Getpid()}, latency(t)); err == nil || !strings.Contains(err.Error(), "of another process") || !strings.Contains(err.Error(), "it was started as") {
		t.Errorf("the service is taken for this process: %v", err)
	} else if strings.Contains(err.Error(), "-test.") {
		t.Errorf("arguments are shown, which may be secret: %v", err)
	}
	// Another replica: its command line is the same, or not known.
	replica := serve(t, answers("text/plain", "process_start_time_seconds 1000000000\n"))
	if _, err := Open(Options{URL: serve(t, http.NotFoundHandler()), MetricsURL: replica, PID: os.Getpid()}, latency(t)); err == nil || !strings.Contains(err.Error(), "at 2001-09-09 01:46:40") {
		t.Errorf("a service that was started in 2001 is taken for this process: %v", err)
	}
	// What says nothing is held against nobody.
	if _, err := Open(Options{URL: serve(t, http.NotFoundHandler()), PID: os.Getpid()}, latency(t)); err != nil {
		t.Error(err)
	}
	if _, err := Open(Options{URL: url, PID: 1 << 30}, latency(t)); err == nil || !strings.Contains(err.Error(), "there is no process") {
		t.Errorf("%v", err)
	}
}
