package protocol

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"
)

// byteOrderMark may begin a file. The go command counts its bytes in columns;
// editors do not show it, and most leave it out of the text that they send.
const byteOrderMark = "\ufeff"

// A Text is the text of a file, cut into lines without their ends.
type Text struct {
	lines  []string
	marked bool // it begins with a byte order mark, which is not in the first line
}

// NewText cuts text.
func NewText(text string) Text {
	text, marked := strings.CutPrefix(text, byteOrderMark)
	return Text{lines: cut(text), marked: marked}
}

// cut returns the lines of text. The last one has no end, and may be empty.
func cut(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSuffix(line, "\r")
	}
	return lines
}

// Line returns the line with the number n, from 0, or "" if there is none.
func (t Text) Line(n int) string {
	if n < 0 || n >= len(t.lines) {
		return ""
	}
	return t.lines[n]
}

// Position returns where an editor has the place that Go tools call line and
// column, both from 1, the column in bytes. One that is not known, 0, is the first.
func (t Text) Position(line, column int, encoding string) Position {
	n := max(line-1, 0)
	at := max(column-1, 0)
	if t.marked && n == 0 {
		at = max(at-len(byteOrderMark), 0)
	}
	return Position{n, units(t.Line(n), at, encoding)}
}

// WordEnd returns the column behind the name at a place, such as that of a call,
// its selector included, or behind the character that is there. Places are as in
// [Text.Position].
func (t Text) WordEnd(line, column int) int {
	at := max(column-1, 0)
	if t.marked && line <= 1 {
		at = max(at-len(byteOrderMark), 0)
	}
	text := t.Line(max(line-1, 0))
	if at >= len(text) {
		return column
	}
	n := strings.IndexFunc(text[at:], func(r rune) bool {
		return r != '.' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	switch {
	case n < 0:
		n = len(text) - at
	case n == 0:
		_, n = utf8.DecodeRuneInString(text[at:])
	}
	return max(column, 1) + n
}

// units returns how many units of the encoding the first n bytes of a line are.
func units(line string, n int, encoding string) int {
	n = min(n, len(line))
	if encoding == UTF8 {
		return n
	}
	count := 0
	for _, r := range line[:n] {
		count += max(utf16.RuneLen(r), 1)
	}
	return count
}

// bytesIn returns how many bytes of a line the first n units are. A position
// within a character is taken for its beginning, one behind the line for its end.
func bytesIn(line string, n int, encoding string) int {
	if encoding == UTF8 {
		n = min(n, len(line))
		for n > 0 && n < len(line) && !utf8.RuneStart(line[n]) {
			n--
		}
		return n
	}
	for i, r := range line {
		if n -= max(utf16.RuneLen(r), 1); n < 0 {
			return i
		}
	}
	return len(line)
}

// Offset returns the byte of text that a position is at.
func Offset(text string, p Position, encoding string) (int, error) {
	start := 0
	for n := range p.Line {
		i := strings.IndexByte(text[start:], '\n')
		switch {
		case i >= 0:
			start += i + 1
		case n == p.Line-1 && p.Character == 0:
			return len(text), nil // the line behind the last one, where editors end a range
		default:
			return 0, fmt.Errorf("line %d is behind the end of the text", p.Line)
		}
	}
	line, _, _ := strings.Cut(text[start:], "\n")
	if p.Line < 0 || p.Character < 0 {
		return 0, fmt.Errorf("the position %d:%d is before the beginning", p.Line, p.Character)
	}
	return start + bytesIn(strings.TrimSuffix(line, "\r"), p.Character, encoding), nil
}

// PositionAt returns the position of a byte of text.
func PositionAt(text string, offset int, encoding string) Position {
	before := text[:min(offset, len(text))]
	start := strings.LastIndexByte(before, '\n') + 1
	return Position{strings.Count(before, "\n"), units(before[start:], len(before)-start, encoding)}
}

// Change returns text after a change that a client tells of.
func Change(text string, c TextDocumentContentChangeEvent, encoding string) (string, error) {
	if c.Range == nil {
		return c.Text, nil
	}
	return Apply(text, []TextEdit{{*c.Range, c.Text}}, encoding)
}

// Apply returns text after edits, whose ranges are all in the text as it was.
func Apply(text string, edits []TextEdit, encoding string) (string, error) {
	var es []udiff.Edit
	for _, e := range edits {
		start, err := Offset(text, e.Range.Start, encoding)
		if err != nil {
			return "", err
		}
		end, err := Offset(text, e.Range.End, encoding)
		if err != nil {
			return "", err
		}
		es = append(es, udiff.Edit{Start: start, End: end, New: e.NewText})
	}
	edited, err := udiff.Apply(text, es)
	if err != nil {
		return "", fmt.Errorf("making edits: %w", err)
	}
	return edited, nil
}

// A Drift tells where the lines of a text are in a later version of it.
type Drift struct {
	same    bool
	changes []change // in their order
}

// A change replaces lines from start to end, the latter not included.
type change struct {
	start, end int
	added      int // how many lines stand there instead
}

// NewDrift compares two versions. How lines end makes no difference.
func NewDrift(before, after Text) Drift {
	old, now := strings.Join(before.lines, "\n"), strings.Join(after.lines, "\n")
	if old == now {
		return Drift{same: true}
	}
	// Each line is given an end, so that adding one behind the last leaves that as it was.
	old, now = old+"\n", now+"\n"
	var d Drift
	line, at := 0, 0
	for _, e := range udiff.Lines(old, now) {
		line += strings.Count(old[at:e.Start], "\n")
		lines := strings.Count(old[e.Start:e.End], "\n")
		d.changes = append(d.changes, change{line, line + lines, strings.Count(e.New, "\n")})
		line, at = line+lines, e.End
	}
	return d
}

// Line returns the number of the line, from 0, in the later version, or false if
// the line is not there as it was.
func (d Drift) Line(n int) (int, bool) {
	by := 0
	for _, c := range d.changes {
		if n < c.start {
			break
		}
		if n < c.end {
			return 0, false
		}
		by += c.added - (c.end - c.start)
	}
	return n + by, true
}

// Range returns where a range is in the later version, or false if any line of
// it is not there as it was. Nothing that was put between its lines is in it.
func (d Drift) Range(r Range) (Range, bool) {
	if d.same {
		return r, true
	}
	first, ok := d.Line(r.Start.Line)
	if !ok {
		return r, false
	}
	for n := r.Start.Line; n <= r.End.Line; n++ {
		if now, ok := d.Line(n); !ok || now != first+n-r.Start.Line {
			return r, false
		}
	}
	r.End.Line += first - r.Start.Line
	r.Start.Line = first
	return r, true
}
