package wholefile

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// endlessEnv makes the test binary a process that writes the file of that name over
// and over.
const endlessEnv = "WHOLEFILE_TEST_ENDLESS"

// fullEnv makes the test binary a process that writes the file of that name and
// has no room for it.
const fullEnv = "WHOLEFILE_TEST_FULL"

func TestMain(m *testing.M) {
	if path := os.Getenv(fullEnv); path != "" {
		os.Exit(fill(path))
	}
	if path := os.Getenv(endlessEnv); path != "" {
		for i := 0; ; i++ {
			if err := Write(path, text(i)); err != nil {
				os.Exit(1)
			}
		}
	}
	os.Exit(m.Run())
}

// fill writes 1 MB where no file may be larger than 4096 bytes, which fails as a
// full disk does: half-way. It returns 0 if every writer says so.
func fill(path string) int {
	limit := syscall.Rlimit{Cur: 4096, Max: 4096}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return 3
	}
	data := []byte(strings.Repeat("x", 1<<20))
	if Write(path, data) == nil || Append(path, func(int64) ([]byte, error) { return data, nil }) == nil {
		return 4
	}
	return 0
}

func TestNoRoom(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report")
	if err := os.WriteFile(path, []byte("old\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), fullEnv+"="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := read(t, path); got != "old\n" {
		t.Errorf("the file holds %d bytes of something else", len(got))
	}
	alone(t, dir, path)
}

// A pipe is written to: a file in its place would reach nobody.
func TestWriteToPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(path, os.O_RDWR, 0) // opens without a writer
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := Write(path, []byte("whole")); err != nil {
		t.Fatal(err)
	}
	fi, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if fi.Mode()&os.ModeNamedPipe == 0 {
		t.Fatalf("there is a %v in the place of the pipe", fi.Mode())
	}
	got := make([]byte, 5)
	if _, err := reader.Read(got); err != nil || string(got) != "whole" {
		t.Errorf("%q, %v", got, err)
	}
}

// text returns one of two texts, a megabyte each.
func text(i int) []byte { return bytes.Repeat([]byte{"ab"[i%2]}, 1<<20) }

// Whenever the writer is killed, the file is one of its texts.
func TestKilled(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		path := filepath.Join(t.TempDir(), "report")
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), endlessEnv+"="+path)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for range 10_000 { // until it has begun
			if _, err := os.Stat(path); err == nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
		for range 20 {
			if got := read(t, path); got != string(text(0)) && got != string(text(1)) {
				t.Errorf("a reader sees %d bytes that are neither text", len(got))
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait() // it was killed, and says so
		if got := read(t, path); got != string(text(0)) && got != string(text(1)) {
			t.Errorf("%d bytes that are neither text are left", len(got))
		}
	}
}
