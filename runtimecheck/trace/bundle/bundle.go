// Package bundle holds an execution trace and the samples beside it in one stream, for
// answers of HTTP: a zip file with trace.out and, if there are any, trace.out.sched.
// Anything that unpacks zip files opens it; nothing in it is compressed, for a service
// has better things to do than that.
package bundle

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
)

// The names of the files in a bundle, and its media type (registered at
// https://www.iana.org/assignments/media-types/application/zip).
const (
	TraceName   = "trace.out"
	SamplesName = "trace.out.sched"
	MediaType   = "application/zip"
)

// A Writer writes a bundle: [Writer.Trace] first.
type Writer struct{ zip *zip.Writer }

// NewWriter returns what writes a bundle to w as it comes.
func NewWriter(w io.Writer) *Writer { return &Writer{zip.NewWriter(w)} }

// Trace returns what the trace is to be written to.
func (w *Writer) Trace() (io.Writer, error) { return w.create(TraceName) }

// Samples returns what samples are to be written to, once the trace is written.
func (w *Writer) Samples() (io.Writer, error) { return w.create(SamplesName) }

func (w *Writer) create(name string) (io.Writer, error) {
	f, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return nil, fmt.Errorf("writing %s to a bundle: %w", name, err)
	}
	return f, nil
}

// Close ends the bundle. One that was not closed cannot be opened.
func (w *Writer) Close() error {
	if err := w.zip.Close(); err != nil {
		return fmt.Errorf("ending a bundle: %w", err)
	}
	return nil
}

// Is reports whether a file that begins with these bytes, four at least, is a bundle
// rather than a trace.
func Is(begin []byte) bool { return bytes.HasPrefix(begin, []byte("PK\x03\x04")) }

// A Reader reads a bundle.
type Reader struct{ zip *zip.Reader }

// Open reads what is in a bundle of that many bytes.
func Open(r io.ReaderAt, size int64) (*Reader, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("reading a bundle, which may be cut: %w", err)
	}
	return &Reader{z}, nil
}

// Trace opens the trace.
func (r *Reader) Trace() (io.ReadCloser, error) { return r.open(TraceName) }

// Samples opens the samples; the error is [fs.ErrNotExist] if there are none.
func (r *Reader) Samples() (io.ReadCloser, error) { return r.open(SamplesName) }

// open goes by the list of files: names are not paths to be made sense of.
func (r *Reader) open(name string) (io.ReadCloser, error) {
	for _, f := range r.zip.File {
		if f.Name != name {
			continue
		}
		content, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("reading %s of a bundle: %w", name, err)
		}
		return content, nil
	}
	return nil, fmt.Errorf("a bundle: %w", &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist})
}
