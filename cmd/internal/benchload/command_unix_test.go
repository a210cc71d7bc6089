//go:build unix

package benchload

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// roleEnv makes the test binary a service, listening at addressEnv.
const (
	roleEnv    = "LAGVET_TEST_SERVICE"
	addressEnv = "LAGVET_TEST_ADDRESS"
)

func TestMain(m *testing.M) {
	if role := os.Getenv(roleEnv); role != "" {
		serve(role)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// serve is a service with a fault.
func serve(role string) {
	fmt.Println("the service begins")
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	switch role {
	case "broken":
		fmt.Println("no database")
		os.Exit(7)
	case "never":
		<-ctx.Done()
		return
	}
	var n atomic.Int64
	s := &http.Server{Addr: os.Getenv(addressEnv), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if role == "dies" && n.Add(1) == 20 {
			fmt.Println("out of luck")
			os.Exit(2)
		}
		if role == "unready" && r.URL.Path == "/healthz" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})}
	go func() {
		if err := s.ListenAndServe(); err != http.ErrServerClosed {
			panic(err)
		}
	}()
	<-ctx.Done()
	if role == "stays" {
		time.Sleep(time.Minute)
	}
	if err := s.Shutdown(context.Background()); err != nil {
		panic(err)
	}
}

// free returns an address that nobody listens at.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func TestCommand(t *testing.T) {
	t.Parallel()
	const slow = "duration: 60s\nrate: 100/s\ntimeout: 5s\n"
	cpu := `^UNKNOWN +steady cpu`
	if runtime.GOOS == "linux" {
		cpu = `^(PASS|UNKNOWN) +steady cpu .* % of .* CPUs`
	}
	tests := []struct {
		name, role, policy string
		code               int
		texts              []string
	}{
		{"well", "well", short + "pass: {errors: 0, stop: 20s}\n", 0, []string{`^PASS +stop +`, `^service.*stopped in`}},
		{"its CPU and memory", "well", short + "pass: {cpu: 1000%, rss: 8GiB}\n", anyCode, []string{cpu, `rss`}},
		{"ready by another URL", "well", short + "command: {ready: 'http://ADDRESS/healthz', within: 60s}\npass: {errors: 0}\n", 0, nil},
		{"ends before it is ready", "broken", short + "pass: {errors: 0}\n", 3, []string{`\Acould not measure: the command was not ready yet when it ended of itself: exit status 7`, `^    \| no database`}},
		{"is never ready", "never", short + "command: {within: 500ms}\npass: {errors: 0}\n", 3, []string{`\Acould not measure: the command was not ready within 500ms: .*refused`}},
		{"is never ready by its own word", "unready", short + "command: {within: 1s, ready: 'http://ADDRESS/healthz'}\npass: {errors: 0}\n", 3, []string{`was not ready within 1s: `}},
		{"dies under load", "dies", slow + "pass: {p50: 5s, stop: 1s}\n", 1, []string{`\AFAIL`, `^FAIL +command +it ended of itself: exit status 2, required: runs to the end`, `^NOT_APPLICABLE +steady p50`, `^    \| out of luck`}},
		{"ignores that it is to end", "stays", short + "pass: {errors: 0, stop: 300ms}\n", 1, []string{`^FAIL +stop +still running after \S+, and killed`, `mend: end on SIGTERM`, `^PASS +steady errors`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			address := free(t)
			text := strings.ReplaceAll(tt.policy, "ADDRESS", address)
			o := Options{
				URL: "http://" + address + "/", Policy: file(t, text),
				Command: []string{"env", roleEnv + "=" + tt.role, addressEnv + "=" + address, os.Args[0]},
			}
			attempt(t, t.Context(), o).expect(t, tt.name, tt.code, tt.texts...)
			if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
				_ = c.Close()
				t.Errorf("the service still listens")
			}
		})
	}
}

func TestCommandFaults(t *testing.T) {
	t.Parallel()
	s := serving(t)
	o := Options{URL: s.URL + "/ok", Policy: file(t, short+"pass: {errors: 0}\n"), Command: []string{"sleep", "100"}}
	attempt(t, t.Context(), o).expect(t, "another service listens there", 3, `something listens at .* already, and would be loaded in place of the command`)
	o.URL, o.Command = "http://"+free(t), []string{"no/such/command"}
	attempt(t, t.Context(), o).expect(t, "no such command", 3, `could not measure: starting the command: .*no such file`)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	interrupted, interrupt := context.WithCancel(t.Context())
	context.AfterFunc(ctx, interrupt)
	o.Command = []string{"sleep", "100"}
	attempt(t, interrupted, o).expect(t, "interrupted while it is not ready", 3, `interrupted before the load began`)
}

func TestTail(t *testing.T) {
	out := new(tail)
	for i := range 10_000 {
		fmt.Fprintf(out, "line %d\n", i)
	}
	if text := out.String(); len(text) != kept || text[len(text)-10:] != "line 9999\n" {
		t.Errorf("%d bytes, the last %q", len(text), text[len(text)-10:])
	}
	if n, err := out.Write(make([]byte, 3*kept)); n != 3*kept || err != nil || len(out.String()) != kept {
		t.Errorf("%d, %v", n, err)
	}
}
