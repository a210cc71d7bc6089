package protocol

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPosition(t *testing.T) {
	const text = "package p\n\nvar é, 𝄞, x = 1\t, 2\r\nlast"
	tests := []struct {
		name         string
		text         string
		line, column int // as Go counts
		utf16, utf8  Position
	}{
		{"first", text, 1, 1, Position{0, 0}, Position{0, 0}},
		{"empty line", text, 2, 1, Position{1, 0}, Position{1, 0}},
		{"behind é", text, 3, 7, Position{2, 5}, Position{2, 6}},
		{"at the clef", text, 3, 9, Position{2, 7}, Position{2, 8}},
		{"behind the clef", text, 3, 13, Position{2, 9}, Position{2, 12}},
		{"x", text, 3, 15, Position{2, 11}, Position{2, 14}},
		{"end of a line with CR", text, 3, 24, Position{2, 20}, Position{2, 23}},
		{"at the CR is the end too", text, 3, 25, Position{2, 20}, Position{2, 23}},
		{"last line", text, 4, 5, Position{3, 4}, Position{3, 4}},
		{"behind the last line", text, 9, 5, Position{8, 0}, Position{8, 0}},
		{"column not known", text, 3, 0, Position{2, 0}, Position{2, 0}},
		{"place not known", text, 0, 0, Position{0, 0}, Position{0, 0}},
		{"byte order mark, first line", byteOrderMark + text, 1, 4, Position{0, 0}, Position{0, 0}},
		{"byte order mark, package name", byteOrderMark + text, 1, 12, Position{0, 8}, Position{0, 8}},
		{"byte order mark, other line", byteOrderMark + text, 3, 15, Position{2, 11}, Position{2, 14}},
		{"no UTF-8", "a\xffb", 1, 3, Position{0, 2}, Position{0, 2}},
	}
	for _, tt := range tests {
		cut := NewText(tt.text)
		if got := cut.Position(tt.line, tt.column, UTF16); got != tt.utf16 {
			t.Errorf("%s: %v in UTF-16, want %v", tt.name, got, tt.utf16)
		}
		if got := cut.Position(tt.line, tt.column, UTF8); got != tt.utf8 {
			t.Errorf("%s: %v in UTF-8, want %v", tt.name, got, tt.utf8)
		}
	}
}

func TestWordEnd(t *testing.T) {
	const line = "\treturn http.Get(é_1 + f()[0])"
	tests := []struct {
		column, want int
		word         string
	}{
		{2, 8, "return"}, {9, 17, "http.Get"}, {17, 18, "("}, {18, 22, "é_1"}, {27, 28, ")"}, {len(line) + 1, len(line) + 1, ""}, {99, 99, ""}, {0, 2, "\t"},
	}
	for _, tt := range tests {
		if got := NewText(line).WordEnd(1, tt.column); got != tt.want {
			t.Errorf("behind column %d (%q) is column %d, want %d", tt.column, tt.word, got, tt.want)
		}
	}
	if got := NewText(byteOrderMark+"package p").WordEnd(1, 4); got != 11 {
		t.Errorf("behind a byte order mark and a word is column %d", got)
	}
	if got := NewText("a").WordEnd(9, 3); got != 3 {
		t.Errorf("behind the end is column %d", got)
	}
}

func TestOffset(t *testing.T) {
	const text = "é𝄞x\r\n\nend"
	tests := []struct {
		p           Position
		utf16, utf8 int // -1: an error
	}{
		{Position{0, 0}, 0, 0},
		{Position{0, 1}, 2, 0}, // UTF-8: within é
		{Position{0, 2}, 2, 2}, // UTF-16: within the clef
		{Position{0, 3}, 6, 2},
		{Position{0, 4}, 7, 2},
		{Position{0, 99}, 7, 7}, // before the CR
		{Position{1, 0}, 9, 9},
		{Position{2, 3}, 13, 13},
		{Position{3, 0}, 13, 13},
		{Position{3, 1}, -1, -1},
		{Position{4, 0}, -1, -1},
		{Position{-1, 0}, -1, -1},
		{Position{0, -1}, -1, -1},
	}
	for _, tt := range tests {
		for encoding, want := range map[string]int{UTF16: tt.utf16, UTF8: tt.utf8} {
			got, err := Offset(text, tt.p, encoding)
			if err != nil {
				got = -1
			}
			if got != want {
				t.Errorf("%v in %s is byte %d (%v), want %d", tt.p, encoding, got, err, want)
			}
		}
	}
}

func TestApply(t *testing.T) {
	at := func(line, from, to int) Range { return Range{Position{line, from}, Position{line, to}} }
	tests := []struct {
		name, text string
		edits      []TextEdit
		want       string // empty: an error
	}{
		{"replace behind characters of two units", "𝄞 old\n", []TextEdit{{at(0, 3, 6), "new"}}, "𝄞 new\n"},
		{"ranges are those of the text before", "a b\n", []TextEdit{{at(0, 0, 1), "long"}, {at(0, 2, 3), "c"}}, "long c\n"},
		{"in any order", "a b\n", []TextEdit{{at(0, 2, 3), "c"}, {at(0, 0, 1), "long"}}, "long c\n"},
		{"a line", "a\r\nb\r\n", []TextEdit{{Range{Position{0, 0}, Position{1, 0}}, ""}}, "b\r\n"},
		{"the last line", "a\nb", []TextEdit{{Range{Position{1, 0}, Position{2, 0}}, ""}}, "a\n"},
		{"overlap", "abc", []TextEdit{{at(0, 0, 2), "x"}, {at(0, 1, 3), "y"}}, ""},
		{"behind the end", "abc", []TextEdit{{at(4, 0, 2), "x"}}, ""},
		{"end behind the end", "abc", []TextEdit{{Range{Position{0, 0}, Position{7, 0}}, "x"}}, ""},
	}
	for _, tt := range tests {
		got, err := Apply(tt.text, tt.edits, UTF16)
		if got != tt.want || (err != nil) != (tt.want == "") {
			t.Errorf("%s: %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
	if got, err := Change("abc", TextDocumentContentChangeEvent{Text: "whole"}, UTF16); got != "whole" || err != nil {
		t.Errorf("a change of all: %q, %v", got, err)
	}
	r := at(0, 1, 2)
	if got, err := Change("abc", TextDocumentContentChangeEvent{Range: &r, Text: "x"}, UTF16); got != "axc" || err != nil {
		t.Errorf("a change of a range: %q, %v", got, err)
	}
}

func TestDrift(t *testing.T) {
	const before = "a\nb\nc\nd\n"
	tests := []struct {
		name, before, after string
		lines               []int // where each line is, -1 for gone
	}{
		{"same", before, before, []int{0, 1, 2, 3, 4}},
		{"other line ends", before, "a\r\nb\r\nc\r\nd\r\n", []int{0, 1, 2, 3, 4}},
		{"byte order mark", byteOrderMark + before, before, []int{0, 1, 2, 3, 4}},
		{"inserted", before, "new\na\nb\nnew\nc\nd\n", []int{1, 2, 4, 5, 6}},
		{"deleted", before, "a\nd\n", []int{0, -1, -1, 1, 2}},
		{"changed", before, "a\nB\nc\nd\n", []int{0, -1, 2, 3, 4}},
		{"split", before, "a\nb\nc1\nc2\nd\n", []int{0, 1, -1, 4, 5}},
		{"appended without a line end", "a\nb", "a\nb\nc", []int{0, 1}},
		{"emptied", "a\nb", "", []int{-1, -1}},
	}
	for _, tt := range tests {
		d := NewDrift(NewText(tt.before), NewText(tt.after))
		for line, want := range tt.lines {
			got, ok := d.Line(line)
			if !ok {
				got = -1
			}
			if got != want {
				t.Errorf("%s: line %d is now %d, want %d", tt.name, line, got, want)
			}
		}
	}
}

func TestDriftOfRanges(t *testing.T) {
	lines := func(from, to int) Range { return Range{Position{from, 1}, Position{to, 2}} }
	d := NewDrift(NewText("a\nb\nc\nd\ne\n"), NewText("0\na\nb\nnew\nc\nD\ne\n"))
	tests := []struct {
		from, to int
		want     int // where the range begins; -1: gone
	}{
		{0, 0, 1}, {0, 1, 1}, {1, 2, -1}, {2, 2, 4}, {2, 3, -1}, {3, 4, -1}, {4, 4, 6}, {9, 9, 11},
	}
	for _, tt := range tests {
		got, ok := d.Range(lines(tt.from, tt.to))
		if !ok {
			got.Start.Line = -1
		}
		if got.Start.Line != tt.want || ok && got != lines(tt.want, tt.want+tt.to-tt.from) {
			t.Errorf("lines %d to %d: %v, %v", tt.from, tt.to, got, ok)
		}
	}
}

// FuzzDrift holds what is said to be unchanged against the texts.
func FuzzDrift(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nx\nc\n")
	f.Add("a\r\nb", "b\n")
	f.Add(byteOrderMark+"a", "")
	f.Fuzz(func(t *testing.T, a, b string) {
		before, after := NewText(a), NewText(b)
		d := NewDrift(before, after)
		for n, line := range before.lines {
			if to, ok := d.Line(n); ok && after.Line(to) != line {
				t.Errorf("line %d, %q, is said to be line %d, %q", n, line, to, after.Line(to))
			}
		}
	})
}

// FuzzPosition turns positions into bytes and back.
func FuzzPosition(f *testing.F) {
	f.Add("é𝄞x\r\n\nend", 4)
	f.Add("\xff\n", 1)
	f.Fuzz(func(t *testing.T, text string, offset int) {
		text = strings.ToValidUTF8(text, "?")
		if offset < 0 || offset > len(text) || offset < len(text) && !utf8.RuneStart(text[offset]) {
			return
		}
		for _, encoding := range []string{UTF8, UTF16} {
			p := PositionAt(text, offset, encoding)
			back, err := Offset(text, p, encoding)
			if want := strings.TrimSuffix(text[:offset], "\r"); err != nil || back != offset && back != len(want) {
				t.Errorf("byte %d of %q is %v, which is byte %d (%v)", offset, text, p, back, err)
			}
		}
	})
}
