package engine

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// What a go command that was killed left in its cache is not taken for a package
// without findings, and does not stand in the way for ever.
func TestGapInCache(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("GOCACHE", cache)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := t.TempDir()
	write(t, dir, `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

func F(n int) {
	for range n {
		defer print()
	}
}
-- b/b.go --
package b

func G() {}
`)
	all := Options{Dir: dir, Patterns: []string{"./..."}}
	const want = "a/a.go hotdefer"
	if got := state(checked(t, all), dir); got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
	for range 2 { // the second time under another word already
		if n := forget(t, cache, `"example.com/m/a": {`); n == 0 {
			t.Fatal("the go command keeps what was found in another way than this test knows")
		}
		res := checked(t, all)
		if got := state(res, dir); got != want {
			t.Errorf("after a gap: got\n%s\nwant\n%s", got, want)
		}
		if res.Cached != 0 {
			t.Errorf("%d packages were replayed, and the gap with them", res.Cached)
		}
		res = checked(t, all)
		if got := state(res, dir); got != want || res.Cached != 2 {
			t.Errorf("in the run after that, %d packages replayed: got\n%s\nwant\n%s", res.Cached, got, want)
		}
	}
}

// forget removes what the go command keeps of the standard output of units, where it
// holds a text, and returns how many files that were.
func forget(t *testing.T, cache, text string) (n int) {
	t.Helper()
	err := filepath.WalkDir(cache, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(data, []byte(text)) {
			return err
		}
		n++
		return os.Remove(path)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
