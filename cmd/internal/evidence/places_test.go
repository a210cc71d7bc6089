package evidence

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

const storeGo = `package store

import (
	"os"
	"sync"
)

type Store struct{ mu sync.Mutex }

func (s *Store) Flush(f *os.File) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Sync() // 13
}

func (s *Store) Put() []int {
	s.mu.Lock() // 17
	defer s.mu.Unlock()
	return make([]int, 1<<10) // 19
}
`

// shop is a module with a store, and findings in it.
func shop(t *testing.T) (dir string, fs []finding.Finding) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/shop\n", "store/store.go": storeGo} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	at := func(line, column int) finding.Place {
		return finding.Place{File: filepath.Join(dir, "store", "store.go"), Line: line, Column: column}
	}
	return dir, []finding.Finding{
		{Rule: "lockblock", Func: "(*example.com/shop/store.Store).Flush", Start: at(13, 2), Chain: []finding.Step{{Place: at(11, 2), Text: "takes mu"}, {Place: at(17, 2), Text: "waits for mu"}}},
		{Rule: "hotalloc", Func: "(*example.com/shop/store.Store).Put", Start: at(19, 9)},
		{Rule: "walltime", Func: "(*example.com/shop/store.Store).Put", Start: at(19, 9)},
		{Rule: "directive", Start: at(19, 9)},
		{Rule: "ctxless", Start: finding.Place{File: filepath.Join(dir, "gone.go"), Line: 1}},
	}
}

func stackOf(lines ...string) []trace.Frame {
	var fs []trace.Frame
	for _, l := range lines {
		var f trace.Frame
		if _, err := fmt.Sscanf(l, "%s %s %d", &f.Function, &f.File, &f.Line); err != nil {
			panic(err)
		}
		fs = append(fs, f)
	}
	return fs
}

// A finding is told of where goroutines were in what it is about, and nowhere else.
func TestShown(t *testing.T) {
	_, fs := shop(t)
	// The program was built elsewhere: files are told by the names of functions.
	flush := stackOf("os.(*File).Sync /go/os/file.go 9", "example.com/shop/store.(*Store).Flush /ci/store/store.go 13", "main.main /ci/main.go 3")
	lock := stackOf("sync.(*Mutex).Lock /go/sync/mutex.go 9", "example.com/shop/store.(*Store).Put /ci/store/store.go 17")
	alloc := stackOf("runtime.mallocgc /go/runtime/malloc.go 9", "example.com/shop/store.(*Store).Put /ci/store/store.go 19")
	tests := []struct {
		name  string
		place Place
		want  string
	}{
		{"the holder", Place{Component: trace.Syscall, Stack: flush}, "[0]"},
		{"the holder, running", Place{Component: trace.Running, Stack: flush}, "[]"},
		{"who waits", Place{Component: trace.Lock, Stack: lock}, "[0]"},
		{"who waits, in an allocation", Place{Component: trace.Assist, Stack: lock}, "[]"},
		{"an assist", Place{Component: trace.Assist, Stack: alloc}, "[1]"},
		{"a sweep", Place{Component: trace.Sweep, Stack: alloc}, "[1]"},
		{"running", Place{Component: trace.Running, Stack: alloc}, "[2]"},
		{"another line", Place{Component: trace.Syscall, Stack: stackOf("example.com/shop/store.(*Store).Flush /ci/store/store.go 12")}, "[]"},
		{"another function", Place{Component: trace.Syscall, Stack: stackOf("example.com/shop/other.(*Store).Flush /ci/store/store.go 13")}, "[]"},
		{"no stack", Place{Component: trace.Scheduler}, "[]"},
	}
	var places []Place
	for _, tt := range tests {
		tt.place.Time = time.Second
		places = append(places, tt.place)
	}
	shown, said := Shown("trace.out", places, fs)
	if len(said.Problems) > 0 {
		t.Errorf("%v", said.Problems)
	}
	for i, tt := range tests {
		if got := fmt.Sprint(append([]int{}, shown[i]...)); got != tt.want {
			t.Errorf("%s: findings %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A trace of another program shows nothing, and that is said.
func TestShownOfAnother(t *testing.T) {
	_, fs := shop(t)
	places := []Place{{Component: trace.Lock, Stack: stackOf("example.com/other/store.(*Store).Put /ci/store.go 17"), Time: time.Second}}
	shown, said := Shown("trace.out", places, fs)
	if len(said.Problems) != 1 || !strings.Contains(said.Problems[0].Message, "another program") || shown[0] != nil {
		t.Errorf("%v, %v", shown, said)
	}
}

// Each component but those that say nothing of code is measured as a kind.
func TestOfComponent(t *testing.T) {
	for c, want := range map[trace.Component]kind{
		trace.Running: cpu, trace.Syscall: kernel, trace.Assist: assist, trace.Sweep: assist, trace.GCWait: assist, trace.StopTheWorld: stopped,
		trace.Network: blocked, trace.Channel: blocked, trace.Select: blocked, trace.Lock: blocked, trace.Sync: blocked, trace.Sleep: blocked, trace.Blocked: blocked,
		trace.Scheduler: "", trace.Undetermined: "", "new-one": "",
	} {
		if got := ofComponent(c); got != want {
			t.Errorf("%s is measured as %q, want %q", c, got, want)
		}
	}
}
