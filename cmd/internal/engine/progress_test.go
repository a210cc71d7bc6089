package engine

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestStatus(t *testing.T) {
	asked := packageSet{
		"m/a": {path: "m/a", files: true},
		"m/b": {path: "m/b", files: true},
		"m/t": {path: "m/t"},
	}
	fresh := map[string]bool{"fmt": true, "m/b": true}
	for _, tt := range []struct {
		name      string
		asked     packageSet
		announced []string
		want      string
	}{
		{"before the packages are known", nil, nil, "2 packages analysed"},
		{"what they import", asked, nil, "0 of 2 packages done, 2 that they import analysed"},
		{"one replayed", asked, []string{"m/a"}, "1 of 2 packages done (1 cached), 1 left"},
		{"variants, and what was not asked for", asked, []string{"m/b [m/b.test]", "m/b", "m/b_test [m/b.test]", "m/c"}, "1 of 2 packages done (1 cached), 1 left"},
		{"all", asked, []string{"m/a", "m/b"}, "2 of 2 packages done (1 cached), 0 left"},
	} {
		tr := newTracker()
		tr.ask(tt.asked)
		for _, a := range tt.announced {
			tr.announce(a)
		}
		if got := tr.status(fresh); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// A syncedBuilder is a terminal that two goroutines use.
type syncedBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *syncedBuilder) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncedBuilder) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// The line appears in a long run, is written over and in the end removed; a
// short run has none.
func TestShow(t *testing.T) {
	file := filepath.Join(t.TempDir(), "progress")
	if err := os.WriteFile(file, []byte("fmt\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var term syncedBuilder
	newTracker().show(&term, file)()
	if got := term.String(); got != "" {
		t.Errorf("a short run prints %q", got)
	}
	stop := newTracker().show(&term, file)
	for start := time.Now(); term.String() == "" && time.Since(start) < 10*progressDelay; {
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	got := term.String()
	if !strings.HasPrefix(got, "\r\x1b[Klagvet: 1 packages analysed") || !strings.HasSuffix(got, "\r\x1b[K") || strings.Contains(got, "\n") {
		t.Errorf("a long run prints %q", got)
	}
}
