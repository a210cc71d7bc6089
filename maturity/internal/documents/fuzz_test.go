package documents

import (
	"maps"
	"slices"
	"testing"
)

// Whatever a document holds, its parts stand in its lines, and in their order.
func FuzzParse(f *testing.F) {
	for _, name := range slices.Sorted(maps.Keys(Templates())) {
		f.Add(Templates()[name])
	}
	f.Add([]byte("> - [x] a\n> | a |\n|-|\n<a id=x>\n\n[l]: <a b>\n"))
	f.Add([]byte("a\n> | a \\| b |\n> :-:|\n\n- [ ] (https://a.b/c_d).\n"))
	f.Add([]byte("---\nowner: a\n---\n# a\n\n| a | b |\n|---|---|\n| `\\|` | [x](y#z) |\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := parse("f.md", data)
		if err != nil {
			return
		}
		last := 1
		for _, l := range data {
			if l == '\n' {
				last++
			}
		}
		before := 0
		for _, s := range doc.sections {
			if s.level > 0 && s.line <= before {
				t.Errorf("section %q in line %d stands after line %d", s.title, s.line, before)
			}
			before = s.line
			for _, l := range s.lines {
				if l.n < 1 || l.n > last {
					t.Errorf("%q stands in line %d of %d", l.text, l.n, last)
				}
			}
			for _, l := range s.links {
				if l.line < 1 || l.line > last {
					t.Errorf("a link stands in line %d of %d", l.line, last)
				}
			}
			for _, b := range s.tables {
				if len(b.columns) == 0 || b.line < 1 || b.line > last {
					t.Errorf("a table of %d columns stands in line %d of %d", len(b.columns), b.line, last)
				}
			}
		}
	})
}
