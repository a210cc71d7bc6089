package bundle

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
)

func write(t *testing.T, samples bool) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out)
	file, err := w.Trace()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(file, "go 1.26 trace"); err != nil {
		t.Fatal(err)
	}
	if samples {
		if file, err = w.Samples(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(file, "samples"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(t *testing.T, open func() (io.ReadCloser, error)) string {
	t.Helper()
	f, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestBundle(t *testing.T) {
	for _, samples := range []bool{true, false} {
		data := write(t, samples)
		if !Is(data) {
			t.Error("it is not known for a bundle")
		}
		r, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, r.Trace); got != "go 1.26 trace" {
			t.Errorf("trace %q", got)
		}
		if samples {
			if got := read(t, r.Samples); got != "samples" {
				t.Errorf("samples %q", got)
			}
		} else if _, err := r.Samples(); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("samples that are not there: %v", err)
		}
	}
}

// What comes as it is written cannot say before how long it is: what is cut is told
// when it is opened.
func TestCut(t *testing.T) {
	data := write(t, true)
	for n := range data {
		if _, err := Open(bytes.NewReader(data[:n]), int64(n)); err == nil {
			t.Fatalf("%d of %d bytes are opened", n, len(data))
		}
	}
}

func TestWriteFails(t *testing.T) {
	w := NewWriter(failing{})
	f, err := w.Trace()
	if err == nil {
		_, err = io.Copy(f, strings.NewReader(strings.Repeat("x", 1<<16)))
	}
	if err == nil {
		t.Error("nobody notices that nothing is written")
	}
	if w.Close() == nil {
		t.Error("it is closed all the same")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

func FuzzOpen(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Open(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		if c, err := r.Trace(); err == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(c, 1<<20))
			_ = c.Close()
		}
	})
}
