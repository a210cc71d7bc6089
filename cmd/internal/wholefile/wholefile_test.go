package wholefile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// alone fails if anything but the named files is in dir.
func alone(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(names) {
		t.Errorf("%d files, want %q: %v", len(entries), names, entries)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "größer file")
	if err := Write(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("newer")); err != nil {
		t.Fatal(err)
	}
	fi, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); got != "newer" || fi.Mode().Perm() != 0o640 {
		t.Errorf("%q, %v", got, fi.Mode())
	}
	alone(t, dir, path)
}

// A new file has the permissions that any has, not those of a temporary one.
func TestWriteModeOfNew(t *testing.T) {
	dir := t.TempDir()
	plain, whole := filepath.Join(dir, "plain"), filepath.Join(dir, "whole")
	if err := errors.Join(os.WriteFile(plain, nil, 0o666), Write(whole, nil)); err != nil {
		t.Fatal(err)
	}
	a, err1 := os.Stat(plain)
	b, err2 := os.Stat(whole)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if a.Mode() != b.Mode() {
		t.Errorf("%v, want %v", b.Mode(), a.Mode())
	}
}

func TestWriteFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(path, []byte("old"), 0o666), os.Symlink("file", link)); err != nil {
		t.Fatal(err)
	}
	if err := Write(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if target, err := os.Readlink(link); err != nil || target != "file" || read(t, path) != "new" {
		t.Errorf("link to %q, %v; the file holds %q", target, err, read(t, path))
	}
	alone(t, dir, path, link)
}

func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "no", "such", "folder")} {
		if err := Write(path, nil); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	alone(t, dir)
}

func TestAppend(t *testing.T) {
	for old, want := range map[string]string{"": "new\n", "old\n": "old\nnew\n", "old": "old\nnew\n"} {
		path := filepath.Join(t.TempDir(), "summary")
		if old != "" {
			if err := os.WriteFile(path, []byte(old), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		err := Append(path, func(size int64) ([]byte, error) {
			if int(size) != len(want)-len("new\n") {
				t.Errorf("%q: size %d", old, size)
			}
			return []byte("new\n"), nil
		})
		if err != nil || read(t, path) != want {
			t.Errorf("%q becomes %q, %v", old, read(t, path), err)
		}
	}
}

func TestAppendFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "summary")
	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	if err := Append(path, func(int64) ([]byte, error) { return nil, no }); !errors.Is(err, no) || read(t, path) != "old" {
		t.Errorf("%v; the file holds %q", err, read(t, path))
	}
}
