package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

const indented = `{
	"example.com/m/a": {
		"lagvetfindings": [
			{
				"category": "{}",
				"posn": "/m/a/a.go:7:3",
				"end": "/m/a/a.go:7:9",
				"message": "a brace in a text:\n}\n{"
			}
		]
	}
}
`

// read collects what readStream makes of a text, a line for each part.
func read(t *testing.T, text string) []string {
	t.Helper()
	var out []string
	err := readStream(strings.NewReader(text),
		func(r record) {
			line := r.Unit + " " + r.Analyzer
			for _, d := range r.Diags {
				line += fmt.Sprintf(" %s %q", d.Posn, d.Message)
				for _, fix := range d.Fixes {
					line += fmt.Sprintf(" fix %q %d", fix.Message, len(fix.Edits))
				}
			}
			if r.Err != "" {
				line += " error " + r.Err
			}
			out = append(out, line)
		},
		func(text string) { out = append(out, "? "+text) })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestReadStream(t *testing.T) {
	found := `example.com/m/a lagvetfindings /m/a/a.go:7:3 "a brace in a text:\n}\n{"`
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"a unit without findings", "{}\n", nil},
		{"an object", indented, []string{found}},
		{"several", "{}\n" + indented + "{}\n" + indented, []string{found, found}},
		{"carriage returns", strings.ReplaceAll(indented, "\n", "\r\n"), []string{found}},
		{"no line break at the end", strings.TrimSuffix(indented, "\n"), []string{found}},
		{"on one line", `{"a":{"x":[{"posn":"a.go:1:2","message":"m"}]}}`, []string{`a x a.go:1:2 "m"`}},
		{"two units", `{"a":{"x":[]},"b":{"x":[]}}`, []string{"a x", "b x"}},
		{"a fix", `{"a":{"x":[{"posn":"a.go:1:2","message":"m","suggested_fixes":[{"message":"f","edits":[{"filename":"a.go","start":1,"end":2,"new":"n"}]}]}]}}`, []string{`a x a.go:1:2 "m" fix "f" 1`}},
		{"a field that is new", `{"a":{"x":[{"posn":"a.go:1:2","message":"m","severity":3}]}}`, []string{`a x a.go:1:2 "m"`}},
		{"an analyzer failed", `{"a":{"x":{"error":"no facts"}}}`, []string{"a x error no facts"}},
		{"an error without a text", `{"a":{"x":{"error":""}}}`, []string{`? a: x: {"error":""}`}},
		{"something else", `{"a":{"x":"text"}}`, []string{`? a: x: "text"`}},
		{"null", `{"a":{"x":null}}`, []string{`? a: x: null`}},
		{"no object of units", `{"a":1}`, []string{`? {"a":1}`}},
		{"a text between", "{}\nhello\n" + indented, []string{"? hello", found}},
		{"torn", indented[:60], []string{"? " + indented[:60]}},
		{"torn, and another one", "{\n\t\"a\": {\n}\n" + indented, []string{"? {\n\t\"a\": {\n}", found}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := read(t, tt.text)
			slices.Sort(got) // units of one object come in any order
			want := slices.Sorted(slices.Values(tt.want))
			if !slices.Equal(got, want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
			}
		})
	}
}

func TestReadStreamFailure(t *testing.T) {
	broken := errors.New("broken pipe")
	err := readStream(iotest.ErrReader(broken), func(record) {}, func(string) {})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// Whatever comes, nothing is lost.
func FuzzReadStream(f *testing.F) {
	f.Add(indented)
	f.Add("{}\n{}\n")
	f.Add(indented[:60])
	f.Add("{\n}\n{\n\t\"a\": {}\n}\n")
	f.Add(`{"a":{"x":{"error":"e"}}}` + "\n# a\nexit status 1\n")
	f.Add("{\r\n\t\"a\": {\"x\": []}\r\n}\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		parts := func(text string) (n int) {
			err := readStream(iotest.HalfReader(strings.NewReader(text)),
				func(r record) {
					n++
					if r.Err != "" && r.Diags != nil {
						t.Errorf("%s of %s both failed and found something", r.Analyzer, r.Unit)
					}
				},
				func(said string) {
					n++
					if strings.TrimSpace(said) == "" {
						t.Errorf("a complaint about nothing in %q", text)
					}
				})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		n := parts(text)
		if n == 0 && !silent(text) {
			t.Errorf("%q was dropped", text)
		}
		if after := parts(indented + text); after != n+1 {
			t.Errorf("%q has %d parts, and %d behind an object", text, n, after)
		}
	})
}

// silent reports whether text consists of objects in which no analyzer says
// anything.
func silent(text string) bool {
	dec := json.NewDecoder(strings.NewReader(strings.Join(strings.Fields(text), " ")))
	for {
		var units map[string]map[string]json.RawMessage
		err := dec.Decode(&units)
		if errors.Is(err, io.EOF) {
			return true
		}
		for _, said := range units {
			if len(said) > 0 {
				return false
			}
		}
		if err != nil || units == nil {
			return false
		}
	}
}
