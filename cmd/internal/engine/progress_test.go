package engine

import (
	"os"
	"path/filepath"
	"testing"
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

// A long run tells how far it has come, and in the end that it is over; a short
// one is silent.
func TestShow(t *testing.T) {
	file := filepath.Join(t.TempDir(), "progress")
	if err := os.WriteFile(file, []byte("fmt\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	told := make(chan string, 100)
	tell := func(status string) { told <- status }
	newTracker().show(tell, file)()
	if len(told) > 0 {
		t.Errorf("a short run tells %q", <-told)
	}
	stop := newTracker().show(tell, file)
	if got := <-told; got != "1 packages analysed" {
		t.Errorf("a long run tells %q", got)
	}
	stop()
	close(told)
	last := "nothing"
	for last = range told {
	}
	if last != "" {
		t.Errorf("at last a long run tells %q", last)
	}
}
