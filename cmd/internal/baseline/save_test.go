package baseline

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The test binary writes a baseline to the file that writerEnv names, in the name of
// writerNameEnv; again and again if that says so.
const (
	writerEnv     = "LAGVET_TEST_BASELINE"
	writerNameEnv = "LAGVET_TEST_BASELINE_NAME"
	endless       = "endless"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(writerEnv); path != "" {
		os.Exit(writeAs(path, os.Getenv(writerNameEnv)))
	}
	os.Exit(m.Run())
}

func writeAs(path, name string) int {
	f := sample()
	f.Lagvet = name
	for len(f.Entries) < 2000 { // far more than the limit of TestDiskFull
		f.Entries = append(f.Entries, f.Entries...)
	}
	for {
		if err := f.Save(path); err != nil {
			fmt.Println(err)
			return 1
		}
		if name != endless {
			return 0
		}
	}
}

func writer(path, name string, wrap ...string) *exec.Cmd {
	args := append(slices.Clone(wrap), os.Args[0])
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), writerEnv+"="+path, writerNameEnv+"="+name)
	return cmd
}

// only checks that a directory holds one file, with this text.
func only(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("the file holds %.80q, error %v; want %.80q", got, err, want)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 {
		t.Errorf("beside it there is more: %v", entries)
	}
}

func existing(t *testing.T) (path, text string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), Name)
	if err := sample().Save(path); err != nil {
		t.Fatal(err)
	}
	only(t, path, string(encoded(t, sample())))
	return path, string(encoded(t, sample()))
}

func TestSave(t *testing.T) {
	path, _ := existing(t)
	f := sample()
	f.Entries = f.Entries[:3]
	if err := f.Save(path); err != nil {
		t.Fatal(err)
	}
	only(t, path, string(encoded(t, f)))
	if err := f.Save(filepath.Join(filepath.Dir(path), "none", Name)); err == nil || !strings.Contains(err.Error(), "which is as it was") {
		t.Errorf("into a folder that is not there: %v", err)
	}
}

// Whenever a process dies that writes, the file is whole. What it leaves beside it is
// in nobody's way.
func TestKilled(t *testing.T) {
	path, _ := existing(t)
	for range 10 {
		cmd := writer(path, endless)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		begun := false
		for range 1000 {
			if f, err := Load(path); err != nil {
				t.Fatal(err)
			} else if begun = f.Lagvet == endless; begun {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		if err := cmd.Process.Kill(); err != nil || !begun {
			t.Fatalf("it has begun to write: %t, error %v", begun, err)
		}
		if err := cmd.Wait(); err == nil {
			t.Error("the process was not killed")
		}
		if _, err := Load(path); err != nil {
			t.Fatal(err)
		}
		if err := sample().Save(path); err != nil {
			t.Fatalf("the next one cannot write: %v", err)
		}
	}
}

// Of writers at once, one wins, and the file is whole at any moment.
func TestWritersAtOnce(t *testing.T) {
	path, _ := existing(t)
	done := make(chan struct{})
	var readers, writers sync.WaitGroup
	readers.Go(func() {
		for {
			if _, err := Load(path); err != nil {
				t.Error(err)
				return
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	var names []string
	for i := range 4 {
		name := fmt.Sprint("writer", i)
		names = append(names, name)
		writers.Go(func() {
			if out, err := writer(path, name).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	f, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(names, f.Lagvet) || len(f.Entries) < 2000 {
		t.Errorf("written by %s with %d entries", f.Lagvet, len(f.Entries))
	}
	only(t, path, string(encoded(t, f)))
}

// A link leads to the file after it as before, and who may read it, may.
func TestLinkAndMode(t *testing.T) {
	path, _ := existing(t)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	f := sample()
	f.Entries = nil
	if err := f.Save(link); err != nil {
		t.Fatal(err)
	}
	only(t, path, string(encoded(t, f)))
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("it is no link any more: %v, error %v", info, err)
	}
	if after, err := os.Stat(path); err != nil || after.Mode() != before.Mode() {
		t.Errorf("the mode was %v and is %v, error %v", before.Mode(), after.Mode(), err)
	}
}
