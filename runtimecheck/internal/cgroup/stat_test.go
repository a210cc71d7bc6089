package cgroup

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
)

func TestStats(t *testing.T) {
	const service, fs = `lag\x2dapp.service/`, "/sys/fs/cgroup/"
	tests := []struct {
		fixture, more string
		want          []string
		unseen        string // the one reason; empty if there is none
	}{
		{"v2host.txtar", "", []string{fs + "batch.slice/" + service + "cpu.stat", fs + "batch.slice/cpu.stat"}, ""},
		{"v1.txtar", "", []string{fs + "cpu,cpuacct/svc/app/cpu.stat", fs + "cpu,cpuacct/svc/cpu.stat", fs + "cpu,cpuacct/cpu.stat"}, ""},
		{"container.txtar", "", []string{fs + "cpu.stat", fs + "cpu.stat.local"}, ""},
		{"container.txtar", "a kernel before 6.6\n-- sys/fs/cgroup/cpu.stat.local --\nnothing\n", []string{fs + "cpu.stat"}, "above /sys/fs/cgroup that cannot be seen"},
		{"v2host.txtar", "-- sys/fs/cgroup/batch.slice/cpu.stat --\nusage_usec 1\n-- sys/fs/cgroup/batch.slice/lag\\x2dapp.service/cpu.stat --\nusage_usec 1\n", nil, "counts how often"},
		{"v2host.txtar", "no tree\n-- proc/12/mountinfo --\n", nil, "lies outside"},
		{"v2host.txtar", "no groups\n-- proc/12/cgroup --\n", nil, "names no group"},
	}
	for _, tt := range tests {
		name, _, _ := strings.Cut(tt.more, "\n")
		t.Run(strings.Trim(tt.fixture+" "+name, " -"), func(t *testing.T) {
			stats, unseen := Stats(process(t, fixture.Files(t, tt.fixture)[0]+tt.more))
			var got []string
			for _, s := range stats {
				got = append(got, s.Path)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if all := strings.Join(unseen, "\n"); !strings.Contains(all, tt.unseen) || (tt.unseen == "") != (all == "") {
				t.Errorf("unseen %q, want %q", all, tt.unseen)
			}
		})
	}
}

// A file that is there and cannot be read is told of, and the others are read.
func TestStatsUnreadable(t *testing.T) {
	p := process(t, fixture.Files(t, "v2host.txtar")...)
	file := filepath.Join(p.Path("/sys/fs/cgroup/batch.slice"), "cpu.stat")
	// Even root cannot read a directory as a file.
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o755); err != nil {
		t.Fatal(err)
	}
	stats, unseen := Stats(p)
	if len(stats) != 1 || len(unseen) != 1 || !strings.Contains(unseen[0], "batch.slice/cpu.stat") {
		t.Errorf("%v, %q", stats, unseen)
	}
}

func TestStatParse(t *testing.T) {
	tests := []struct {
		name string
		stat Stat
		text string
		want Held
		err  string
	}{
		{"v2", Stat{"g/cpu.stat", 2}, "usage_usec 1\nnr_periods 4\nnr_throttled 3\nthrottled_usec 2000\n", Held{2 * time.Millisecond, 4, 3}, ""},
		{"v1", Stat{"g/cpu.stat", 1}, "nr_periods 4\nnr_throttled 3\nthrottled_time 2000\n", Held{2 * time.Microsecond, 4, 3}, ""},
		{"local", Stat{"g/cpu.stat.local", 2}, "throttled_usec 5\n", Held{Time: 5 * time.Microsecond}, ""},
		{"no time", Stat{"g/cpu.stat", 2}, "nr_periods 4\nnr_throttled 3\n", Held{}, "throttled_usec"},
		{"no periods", Stat{"g/cpu.stat", 2}, "throttled_usec 1\nnr_throttled 3\n", Held{}, "nr_periods"},
		{"no count", Stat{"g/cpu.stat", 2}, "throttled_usec 1\nnr_periods 3\nnr_throttled x\n", Held{}, "is no number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.stat.Parse(tt.text)
			if got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
		})
	}
}
