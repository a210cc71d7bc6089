package report

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// longestLine is how many bytes of a line of source a page shows. What is longer
// was made by a program and is read by none but programs.
const longestLine = 1000

// A pageFile is what a page has of a file: the lines that it shows.
type pageFile struct {
	Path  string         `json:"path"`
	Link  string         `json:"link,omitempty"`
	Error string         `json:"error,omitempty"` // why there are no lines
	Lines map[int]string `json:"lines,omitempty"`
}

// A pagePlace is a part of a line of a file. Columns count UTF-16 code units from
// 0, as scripts do.
type pagePlace struct {
	File int `json:"file"` // index, or -1 if the place is unknown
	Line int `json:"line,omitempty"`
	From int `json:"from,omitempty"`
	To   int `json:"to,omitempty"` // exclusive; 0: not known
}

// excerpts collects the lines of source that a page shows, each once.
type excerpts struct {
	report *Report
	index  map[string]int
	files  []pageFile
	lines  [][]string // of each file; nil if it cannot be read
}

func newExcerpts(r *Report) *excerpts {
	return &excerpts{report: r, index: make(map[string]int), files: []pageFile{}}
}

// place returns the place from start to end, or start alone, and has the page show
// its line and as many as around before and after it.
func (e *excerpts) place(start, end finding.Place, around int) pagePlace {
	if start.File == "" {
		return pagePlace{File: -1}
	}
	i := e.file(start.File)
	at := pagePlace{File: i, Line: start.Line}
	lines := e.lines[i]
	if start.Line < 1 || start.Line > len(lines) {
		return at
	}
	for n := max(1, start.Line-around); n <= min(len(lines), start.Line+around); n++ {
		e.files[i].Lines[n] = shown(lines[n-1])
	}
	text := lines[start.Line-1]
	at.From = unitsBefore(text, start.Column)
	switch {
	case end.Line == start.Line && end.Column > start.Column:
		at.To = unitsBefore(text, end.Column)
	case end.Line > start.Line:
		at.To = unitsBefore(text, len(text)+1)
	}
	return at
}

// file returns the index of a file, which it reads at its first use.
func (e *excerpts) file(name string) int {
	if i, ok := e.index[name]; ok {
		return i
	}
	f := pageFile{Path: filepath.ToSlash(e.report.short(name)), Link: e.report.linkTo(name), Lines: make(map[int]string)}
	data, err := os.ReadFile(name)
	var lines []string
	if err != nil {
		f.Error = reason(err)
	} else {
		lines = strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	}
	i := len(e.files)
	e.index[name] = i
	e.files = append(e.files, f)
	e.lines = append(e.lines, lines)
	return i
}

// reason returns why a file cannot be read, without its path, which the page has.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return err.Error()
}

// shown returns a line as a page shows it.
func shown(line string) string {
	if len(line) <= longestLine {
		return line
	}
	cut := longestLine
	for cut > 0 && !utf8.RuneStart(line[cut]) {
		cut--
	}
	return line[:cut] + " …"
}

// unitsBefore returns how many UTF-16 code units of text stand before the byte
// column, which counts from 1.
func unitsBefore(text string, column int) int {
	return units([]byte(text[:min(max(0, column-1), len(text))]))
}
