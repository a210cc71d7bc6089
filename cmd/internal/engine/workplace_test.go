package engine

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWorkplace(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	t.Setenv("LocalAppData", cache)
	place := func(root string) (string, func()) {
		t.Helper()
		dir, done, err := Workplace(root)
		if err != nil {
			t.Fatal(err)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
			t.Fatalf("%s holds %v, %v", dir, entries, err)
		}
		return dir, done
	}
	first, leave := place("/r")
	if !strings.HasPrefix(first, cache) {
		t.Errorf("%s is not in the cache", first)
	}
	// Two at the same time are in two places, and so are two repositories.
	second, leaveSecond := place("/r")
	other, leaveOther := place("/s")
	if second == first || other == first {
		t.Errorf("%s, %s and %s are to differ", first, second, other)
	}
	for _, dir := range []string{first, second} {
		if err := os.WriteFile(filepath.Join(dir, "left"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	leave()
	leaveSecond()
	leaveOther()
	for _, dir := range []string{first, second, other} {
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left: %v", dir, err)
		}
	}
	// What one that was killed has left is in nobody's way.
	if err := os.MkdirAll(filepath.Join(first, "left"), 0o700); err != nil {
		t.Fatal(err)
	}
	again, leave := place("/r")
	leave()
	if again != first {
		t.Errorf("%s, and then %s", first, again)
	}
	// Without a cache there is a place all the same.
	if err := os.RemoveAll(filepath.Join(cache)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cache, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, leave = place("/r")
	leave()
}
