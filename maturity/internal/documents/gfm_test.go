package documents

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// theirs reads a document with goldmark's own extensions but that for what is struck
// through, which documents keep as it is written.
func theirs(t *testing.T, data string) *document {
	p := goldmark.New(goldmark.WithExtensions(extension.Linkify, extension.Table, extension.TaskList)).Parser()
	doc, err := parseWith(p, "f.md", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestAsGoldmark(t *testing.T) {
	tests := map[string]string{
		"table":                 "# a\n\n| a | b |\n|---|:-:|\n| 1 | [x](y) |\n| 2 | 3\n4 | 5 |\n",
		"no outer pipes":        "a | b\n--|--\n1 | 2\n",
		"one column":            "| a |\n|:-|\n| 1 |\n",
		"short and long rows":   "| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |\n| |\n|\n",
		"empty cells":           "| a | |\n|---|---|\n| | 2 |\n",
		"escaped pipes":         "| a | b |\n|---|---|\n| `x\\|y` | z\\|w |\n",
		"below a paragraph":     "some\ntext  \n| a |\n|---|\n| 1 |\n",
		"in a quote":            "> | a | b |\n> |---|---|\n> | 1 | 2 |\n",
		"in an item":            "- text\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n",
		"heading too wide":      "| a | b | c |\n|---|---|\n| 1 | 2 |\n",
		"dashes far right":      "text\n    | a |\n    |---|\n    | 1 |\n",
		"no dashes":             "| a |\n|-x|\n",
		"heading, no table":     "a\n---\nb | c\n",
		"list, no table":        "- a\n- -\n",
		"end of file":           "| a |\n|---|",
		"tasks":                 "- [ ] a\n- [x] b [c](d)\n* [X]   e\n1. [ ] f\n- [ ]\n- [y] g\n- [] h\n- a [ ] b\n",
		"task, second block":    "- a\n\n  [ ] b\n",
		"box outside of a list": "[ ] a\n\n[x] b\n",
		"addresses":             "https://a.b/c?d=e_f&g#h, (see http://a.b/(c)) *https://a.b* www.a.b. ftp://a.b/c\n",
		"no addresses":          "https:// https://a xhttps://a.b http:a.b www. `https://a.b` [https://a.b](c)\n",
		"address with a port":   "at https://a.b:9090/c; \"https://a.b\"\n",
		"address in a table":    "| a |\n|---|\n| https://a.b/c |\n",
		"address in a heading":  "# See https://a.b/c\n",
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			own, err := parse("f.md", []byte(data))
			if err != nil {
				t.Fatal(err)
			}
			want := theirs(t, data)
			if !reflect.DeepEqual(own.anchors, want.anchors) {
				t.Errorf("anchors %v, want %v", own.anchors, want.anchors)
			}
			if len(own.sections) != len(want.sections) {
				t.Fatalf("%d sections, want %d", len(own.sections), len(want.sections))
			}
			for i, s := range own.sections {
				if !reflect.DeepEqual(s, want.sections[i]) {
					t.Errorf("%+v, want %+v", *s, *want.sections[i])
				}
			}
		})
	}
}

// What a document makes of its bytes has a bound.
func TestHostile(t *testing.T) {
	wide := strings.Repeat("|a", 20_000) + "|\n" + strings.Repeat("|-", 20_000) + "|\n" + strings.Repeat("|\n", 80_000)
	square := strings.Repeat("|a", 300) + "|\n" + strings.Repeat("|-", 300) + "|\n" + strings.Repeat("|\n", 300) + "\n"
	tests := map[string]struct {
		data   string
		tables int
	}{
		"wide and long":   {wide, 0},
		"many":            {strings.Repeat(square, 100), 2},
		"closed brackets": {"https://a.b/" + strings.Repeat(")", 250_000), 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc, err := parse("f.md", []byte(test.data))
			if err != nil {
				t.Fatal(err)
			}
			if got := len(doc.all().tables); got != test.tables {
				t.Errorf("%d tables, want %d", got, test.tables)
			}
		})
	}
}

// Where goldmark's extensions differ from hosts of repositories, documents are read as
// those show them.
func TestAsHosts(t *testing.T) {
	const data = "| a |\n|---|---|\n\nSee http://127.0.0.1:3000/x.\n\n~~Owner: a~~\n"
	doc, err := parse("f.md", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	all := doc.all()
	if len(all.tables) > 0 {
		t.Errorf("a table whose dashes have more columns than its heading: %v", all.tables)
	}
	if want := []link{{line: 4, to: "http://127.0.0.1:3000/x"}}; !slices.Equal(all.links, want) {
		t.Errorf("links %v, want %v", all.links, want)
	}
	if f, ok := lookup(nil, all.lines, "owner"); ok {
		t.Errorf("what is struck through is a field: %v", f)
	}
	if len(theirs(t, data).all().tables) != 1 {
		t.Error("goldmark reads such a table as hosts do: it need not differ")
	}
}
