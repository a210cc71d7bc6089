package report

import (
	"bytes"
	"os"
	"unicode/utf16"
	"unicode/utf8"
)

// sources reads files once, to turn byte positions into those of SARIF, which
// counts columns in UTF-16 code units.
type sources struct {
	files map[string][]byte // nil for a file that cannot be read
}

func newSources() *sources { return &sources{make(map[string][]byte)} }

// content returns the content of the file, or nil.
func (s *sources) content(file string) []byte {
	data, ok := s.files[file]
	if !ok {
		// A file that is gone leaves byte columns: right for all ASCII lines.
		data, _ = os.ReadFile(file)
		s.files[file] = data
	}
	return data
}

// column returns the UTF-16 column of a place given by its byte column.
func (s *sources) column(file string, line, column int) int {
	text := s.content(file)
	for range line - 1 {
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			return column
		}
		text = text[i+1:]
	}
	if column < 1 || column-1 > len(text) {
		return column
	}
	return units(text[:column-1]) + 1
}

// position returns the line and the UTF-16 column of a byte offset, and whether
// the file has it.
func (s *sources) position(file string, offset int) (line, column int, ok bool) {
	text := s.content(file)
	if text == nil || offset < 0 || offset > len(text) {
		return 0, 0, false
	}
	start := bytes.LastIndexByte(text[:offset], '\n') + 1
	return bytes.Count(text[:offset], []byte{'\n'}) + 1, units(text[start:offset]) + 1, true
}

// units returns the length of text in UTF-16 code units.
func units(text []byte) int {
	n := 0
	for len(text) > 0 {
		c, size := utf8.DecodeRune(text)
		n += max(utf16.RuneLen(c), 1)
		text = text[size:]
	}
	return n
}
