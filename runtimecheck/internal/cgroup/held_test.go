package cgroup

import (
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
)

func TestHeldFor(t *testing.T) {
	for _, tt := range []struct {
		fixture, more string
		want          time.Duration
	}{
		{"v2host.txtar", "", 2500 * time.Millisecond}, // the slice, above the service
		{"v1.txtar", "", 123456789},                   // nanoseconds
		{"pod.txtar", "", 0},
		{"container.txtar", "-- sys/fs/cgroup/cpu.stat.local --\nthrottled_usec 500000\n", 500 * time.Millisecond}, // by a group that is hidden
	} {
		held, err := HeldFor(process(t, fixture.Files(t, tt.fixture)[0]+tt.more))
		if err != nil || held != tt.want {
			t.Errorf("%s: held for %v, %v; want %v", tt.fixture, held, err, tt.want)
		}
	}
}

func TestHeldForUnseen(t *testing.T) {
	for name, files := range map[string]string{
		"no groups": "",
		"garbled":   fixture.Files(t, "v1.txtar")[0] + "-- sys/fs/cgroup/cpu,cpuacct/svc/cpu.stat --\nnr_throttled 3\nthrottled_time much\n",
	} {
		if held, err := HeldFor(process(t, files)); err == nil {
			t.Errorf("%s: held for %v", name, held)
		}
	}
}
