package latency

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/lagvet/lagvet/runtimecheck/remote"
	"github.com/lagvet/lagvet/runtimecheck/trace/bundle"
)

// An input is a trace that is to be read.
type input struct {
	io.Reader
	name    string   // as the user named it
	samples *samples // nil if there are none
	closers []func() error
}

// samples is a file of samples of the kernel's accounts.
type samples struct {
	name string
	open func() (io.ReadCloser, error)
}

// file returns the samples in a file.
func file(name string) *samples {
	return &samples{name, func() (io.ReadCloser, error) { return os.Open(name) }}
}

// usage is the error of what the user named and does not exist.
type usage struct{ error }

// open opens a trace that the user named.
func (o Options) open(name string) (*input, error) {
	if name == stdin {
		return o.unpack(&input{Reader: o.Stdin, name: "standard input"})
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, &usage{fmt.Errorf("reading the trace: %w", err)}
	}
	in := &input{Reader: f, name: name, closers: []func() error{f.Close}}
	if beside := name + ".sched"; !missing(beside) {
		in.samples = file(beside)
	}
	return o.unpack(in)
}

func missing(name string) bool {
	_, err := os.Stat(name)
	return errors.Is(err, fs.ErrNotExist)
}

// record has a service take a trace. It is kept in a file until it is closed: a service
// must not wait for who reads it.
func (o Options) record(ctx context.Context, r *remote.Recording) (*input, error) {
	in := &input{name: r.String()}
	if err := in.keep(func(w io.Writer) error { return r.To(ctx, w) }); err != nil {
		return nil, err
	}
	return o.unpack(in)
}

// keep has the input read what to writes from a file, which goes when it is closed.
func (in *input) keep(to func(w io.Writer) error) error {
	f, err := os.CreateTemp("", "lagvet-*.trace")
	if err != nil {
		return fmt.Errorf("making room for the trace: %w", err)
	}
	in.Reader = f
	in.closers = append(in.closers, f.Close, func() error { return os.Remove(f.Name()) })
	err = to(f)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return errors.Join(err, in.close())
	}
	return nil
}

// close gives back all that the input holds.
func (in *input) close() error {
	var errs []error
	for _, c := range in.closers {
		errs = append(errs, c())
	}
	in.closers = nil
	return errors.Join(errs...)
}

// unpack has the input read the trace itself, of what may be compressed or a bundle.
func (o Options) unpack(in *input) (*input, error) {
	from := in.Reader
	b := bufio.NewReaderSize(from, 1<<16)
	in.Reader = b
	head, _ := b.Peek(4) // what is shorter, or cannot be read, is no trace either
	var err error
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		if in.Reader, err = gzip.NewReader(b); err != nil {
			err = fmt.Errorf("uncompressing %s: %w", in.name, err)
		}
	case bundle.Is(head):
		err = in.unbundle(from, b)
	}
	if err != nil {
		return nil, errors.Join(err, in.close())
	}
	if o.Kernel != "" {
		in.samples = file(o.Kernel)
	}
	return in, nil
}

// unbundle has the input read what is in a bundle: from is the file that b reads.
func (in *input) unbundle(from, b io.Reader) error {
	f, size := seekable(from)
	if f == nil {
		if err := in.keep(func(w io.Writer) error { _, err := io.Copy(w, b); return err }); err != nil {
			return fmt.Errorf("reading %s: %w", in.name, err)
		}
		if f, size = seekable(in.Reader); f == nil {
			return fmt.Errorf("reading %s: there is no room for it in a file", in.name)
		}
	}
	r, err := bundle.Open(f, size)
	if err != nil {
		return fmt.Errorf("%s: %w", in.name, err)
	}
	trace, err := r.Trace()
	if err != nil {
		return fmt.Errorf("%s: %w", in.name, err)
	}
	in.Reader = trace
	in.samples = nil
	switch s, err := r.Samples(); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("%s: %w", in.name, err)
	default:
		in.samples = &samples{in.name, func() (io.ReadCloser, error) { return s, nil }}
	}
	return nil
}

// seekable returns the file that r is, with its size, or nil if it can be read only once.
func seekable(r io.Reader) (*os.File, int64) {
	f, ok := r.(*os.File)
	if !ok {
		return nil, 0
	}
	if fi, err := f.Stat(); err == nil && fi.Mode().IsRegular() {
		return f, fi.Size()
	}
	return nil, 0
}
