package baseline

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The test binary writes a baseline to the file that writerEnv names, in the way
// that writerModeEnv says.
const (
	writerEnv     = "LAGVET_TEST_BASELINE"
	writerModeEnv = "LAGVET_TEST_BASELINE_MODE"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(writerEnv); path != "" {
		os.Exit(writeAs(path, os.Getenv(writerModeEnv)))
	}
	os.Exit(m.Run())
}

func writeAs(path, mode string) int {
	if mode == "hang" {
		err := replace(path, func(w io.Writer) error {
			if _, err := io.WriteString(w, "half of"); err != nil {
				return err
			}
			fmt.Println("half is written")
			select {}
		})
		fmt.Println(err)
		return 1
	}
	f := sample()
	f.Lagvet = mode
	for len(f.Entries) < 2000 { // more than the limit of TestDiskFull
		f.Entries = append(f.Entries, f.Entries...)
	}
	if err := f.Save(path); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

func writer(path, mode string, wrap ...string) *exec.Cmd {
	args := append(slices.Clone(wrap), os.Args[0])
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), writerEnv+"="+path, writerModeEnv+"="+mode)
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
}

func TestWriterFails(t *testing.T) {
	path, old := existing(t)
	full := errors.New("no space left on device")
	err := replace(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half of"); err != nil {
			return err
		}
		return full
	})
	if !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
	only(t, path, old)
}

// A limit to the size of files does what a full disk does.
func TestDiskFull(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no shell has ulimit")
	}
	path, old := existing(t)
	out, err := writer(path, "v9", "sh", "-c", `trap '' XFSZ; ulimit -f 8; exec "$0"`).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "which is as it was") {
		t.Errorf("error %v, output %s", err, out)
	}
	only(t, path, old)
}

// A process that dies leaves the old file. What it leaves beside it is nobody's.
func TestKilled(t *testing.T) {
	path, old := existing(t)
	cmd := writer(path, "hang")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, len("half is written"))
	if _, err := io.ReadFull(stdout, said); err != nil {
		t.Error(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the process was not killed")
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != old {
		t.Errorf("the file holds %q, error %v", got, err)
	}
	if err := sample().Save(path); err != nil {
		t.Errorf("the next one cannot write: %v", err)
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

func TestLinkAndMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links and permissions are others there")
	}
	path, _ := existing(t)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	links := t.TempDir()
	first, second := filepath.Join(links, "first"), filepath.Join(links, "second")
	if err := errors.Join(os.Symlink(path, first), os.Symlink("first", second)); err != nil {
		t.Fatal(err)
	}
	f := sample()
	f.Entries = nil
	if err := f.Save(second); err != nil {
		t.Fatal(err)
	}
	only(t, path, string(encoded(t, f)))
	for _, link := range []string{first, second} {
		if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v, error %v", link, info, err)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is %v, error %v", info.Mode(), err)
	}

	nowhere := filepath.Join(links, "nowhere")
	if err := os.Symlink(filepath.Join(filepath.Dir(path), "new.json"), nowhere); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(nowhere); err != nil {
		t.Errorf("through a link to what is not there yet: %v", err)
	}
	if _, err := Load(filepath.Join(filepath.Dir(path), "new.json")); err != nil {
		t.Error(err)
	}
	circle := filepath.Join(links, "circle")
	if err := os.Symlink("circle", circle); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(circle); err == nil || !strings.Contains(err.Error(), "leads to itself") {
		t.Errorf("through a link to itself: %v", err)
	}
	if err := f.Save(links); err == nil || !strings.Contains(err.Error(), "no ordinary file") {
		t.Errorf("to a folder: %v", err)
	}
	if err := f.Save(filepath.Join(links, "none", Name)); err == nil {
		t.Error("to a folder that is not there")
	}
}
