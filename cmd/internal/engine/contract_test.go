package engine

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/config"
)

// The contract stands three packages away from what may break it.
const far = `
-- go.mod --
module example.com/m

go 1.26
-- engine/engine.go --
package engine

import "example.com/m/book"

//lagvet:nonblocking
func Match(key string) int { return book.Best(key) }
-- book/book.go --
package book

import "example.com/m/cache"

func Best(key string) int { return cache.Get(key) }
-- cache/cache.go --
package cache

import "example.com/m/store"

func Get(key string) int { return store.Load(key) }
-- store/store.go --
package store

var rows = map[string]int{}

func Load(key string) int { return rows[key] }
`

const locking = `
-- store/store.go --
package store

import "sync"

var (
	mu   sync.Mutex
	rows = map[string]int{}
)

func Load(key string) int {
	mu.Lock()
	defer mu.Unlock()
	return rows[key]
}
`

// An edit of the far package alone breaks the contract and mends it: what was
// remembered of the packages between does not hide it.
func TestContractFarAway(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, far)
	opts := Options{Dir: dir, Patterns: []string{"./..."}}
	if got := state(checked(t, opts), dir); got != "" {
		t.Fatalf("at first: got\n%s", got)
	}

	write(t, dir, locking)
	res := checked(t, opts)
	if got, want := state(res, dir), "engine/engine.go hotblock hot by directive"; got != want {
		t.Fatalf("with a lock: got\n%s\nwant\n%s", got, want)
	}
	f := res.Findings[0]
	var chain []string
	for _, s := range f.Chain {
		rel, _ := within(s.File, dir)
		chain = append(chain, filepath.ToSlash(rel)+" "+s.Text)
	}
	want := []string{
		"engine/engine.go calls book.Best",
		"book/book.go calls cache.Get",
		"cache/cache.go calls store.Load",
		"store/store.go (*sync.Mutex).Lock waits for a lock",
	}
	if f.Start.Line != 6 || strings.Join(chain, "\n") != strings.Join(want, "\n") {
		t.Errorf("in line %d, by\n%s\nwant line 6, by\n%s", f.Start.Line, strings.Join(chain, "\n"), strings.Join(want, "\n"))
	}

	write(t, dir, far)
	if got := state(checked(t, opts), dir); got != "" {
		t.Errorf("without it again: got\n%s", got)
	}
}

const lenient = `
-- go.mod --
module example.com/m

go 1.26
-- m.go --
package m

//lagvet:nonblocking
func Each(f func()) { f() }
`

func TestStrict(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, lenient)
	opts := Options{Dir: dir}
	if got := state(checked(t, opts), dir); got != "" {
		t.Errorf("not strict: got\n%s", got)
	}
	opts.Config = config.Analysis{Strict: true}
	if got, want := state(checked(t, opts), dir), "m.go hotblock hot by directive"; got != want {
		t.Errorf("strict: got\n%s\nwant\n%s", got, want)
	}
	opts.Config.Assume = []config.Assume{{Func: "example.com/m.Each", Reason: "r"}}
	if got := state(checked(t, opts), dir); got != "" {
		t.Errorf("assumed: got\n%s", got)
	}
	write(t, dir, "-- m.go --\npackage m\n\nimport \"time\"\n\nfunc Each(f func()) { time.Sleep(1) }\n")
	if got, want := state(checked(t, opts), dir), "m.go directive"; got != want {
		t.Errorf("assumed, and not so: got\n%s\nwant\n%s", got, want)
	}
}
