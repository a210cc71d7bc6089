package engine

import (
	"io"
	"os"
	"time"
)

// A tail reads a file to which a process still writes. It comes to the end when
// the process is over and all is read.
type tail struct {
	file *os.File
	over <-chan struct{} // closed when nothing more is written
}

// tailPause is how long a reader waits for more: short beside what analysing a
// package takes, long beside looking whether there is something.
const tailPause = 20 * time.Millisecond

func (t tail) Read(p []byte) (int, error) {
	for {
		ended := t.ended() // before reading: what is written until then is read
		n, err := t.file.Read(p)
		if n > 0 || err != io.EOF || ended {
			return n, err
		}
		select {
		case <-t.over:
		case <-time.After(tailPause):
		}
	}
}

func (t tail) ended() bool {
	select {
	case <-t.over:
		return true
	default:
		return false
	}
}
