package enforce

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// An archive is what ar(5) describes: a magic line, and for each entry a header and
// the data, padded to an even length.
const (
	magic      = "!<arch>\n"
	headerSize = 60
	// entry is short and has an extension of its own: such entries the linker
	// passes over, as left by build tools (cmd/link, loadlib).
	entry = "lagvet.facts"
)

// errArchive is for files that are no archives of packages.
var errArchive = errors.New("not an archive of a package")

// appendFacts adds an entry with the facts to a package's archive.
func appendFacts(archive string, facts []byte) error {
	f, err := os.OpenFile(archive, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return fmt.Errorf("keeping facts: %w", err)
	}
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil || string(head) != magic {
		f.Close()
		return fmt.Errorf("keeping facts in %s: %w", archive, errArchive)
	}
	var b bytes.Buffer
	// No time and no owner: the same package gives the same archive.
	fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", entry, 0, 0, 0, 0o644, len(facts))
	b.Write(facts)
	if len(facts)%2 != 0 {
		b.WriteByte('\n')
	}
	_, err = f.Write(b.Bytes())
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("keeping facts: %w", err)
	}
	return nil
}

// readFacts returns the facts in a package's archive, nil if it has none.
func readFacts(archive string) ([]byte, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return factsOf(f)
}

func factsOf(r io.ReadSeeker) ([]byte, error) {
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(r, head[:len(magic)]); err != nil || string(head[:len(magic)]) != magic {
		return nil, errArchive
	}
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	at, err := r.Seek(int64(len(magic)), io.SeekStart)
	if err != nil {
		return nil, err
	}
	for at < size {
		if _, err := io.ReadFull(r, head); err != nil {
			return nil, errArchive
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(head[48:58])), 10, 64)
		if err != nil || n < 0 || n > size-at-headerSize || string(head[58:]) != "`\n" {
			return nil, errArchive
		}
		if strings.TrimSpace(string(head[:16])) == entry {
			facts := make([]byte, n)
			_, err := io.ReadFull(r, facts)
			return facts, err
		}
		if at, err = r.Seek(n+n%2, io.SeekCurrent); err != nil {
			return nil, err
		}
	}
	return nil, nil
}
