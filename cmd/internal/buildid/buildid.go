// Package buildid reads the build ID of an executable, by which contents are told apart
// without being hashed: its last part is a hash of them. It imports next to nothing, for
// package quick's sake.
package buildid

import (
	"io"
	"os"
)

// idWindow is how much of an executable may precede its build ID: in ELF it is
// in a note behind the headers, elsewhere at the beginning of the text segment.
const idWindow = 64 << 10

// Linked returns the build ID that the go command gave an executable, or "" if it has
// none, as where another build system linked it.
func Linked(exe string) (string, error) {
	f, err := os.Open(exe)
	if err != nil {
		return "", err
	}
	defer f.Close()
	head := make([]byte, idWindow)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.ErrUnexpectedEOF {
		return "", err
	}
	return first(head[:n]), nil
}

// A build ID is four hashes of hashSize characters with slashes between them.
const hashes, hashSize = 4, 20

// first returns the first build ID in data.
func first(data []byte) string {
	const size = hashes*(hashSize+1) - 1
	for i := hashSize; i+size-hashSize <= len(data); i++ {
		if data[i] == '/' && isID(data[i-hashSize:i-hashSize+size]) {
			return string(data[i-hashSize : i-hashSize+size])
		}
	}
	return ""
}

func isID(text []byte) bool {
	for i, c := range text {
		switch {
		case i%(hashSize+1) == hashSize:
			if c != '/' {
				return false
			}
		case c != '-' && c != '_' && !('0' <= c && c <= '9') && !('A' <= c && c <= 'Z') && !('a' <= c && c <= 'z'):
			return false
		}
	}
	return true
}
