package benchcompare

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// hostile is a name that every format must take for text.
const hostile = "Benchmark\x1b[31m|<b>`*_A_*`</b>\\-2"

// varied has rows of every verdict, and of everything else something.
func varied() (old, new string) {
	figures := func(factor float64) []figure {
		return []figure{{"ns/op", 100 * factor, 0.01}, {"MB/s", 100 * factor, 0.01}, {"allocs/op", factor - 1, 0}, {"widgets", 1, 0}, {"B/op", 1, 0}, {"sched-p99-ns", 100 * factor, 0.01}}
	}
	old = here + "kernel: a|b\n" + planted(1, hostile, 10, figures(1)...) + planted(1, "BenchmarkFew", 2, figure{"ns/op", 1, 0}) +
		planted(1, "BenchmarkUnfit", 10, figure{"ns/op", 1, 0}, figure{"unfit", 0, 0}) + planted(1, "BenchmarkOld", 1, figure{"ns/op", 1, 0})
	new = here + "kernel: c\n" + planted(2, hostile, 10, figures(2)...) + planted(2, "BenchmarkFew", 2, figure{"ns/op", 1, 0}) +
		planted(2, "BenchmarkUnfit", 10, figure{"ns/op", 2, 0}, figure{"unfit", 1, 0}) + planted(2, "BenchmarkNew", 1, figure{"ns/op", 1, 0}) + "panic: boom\n"
	return old, new
}

func TestJSON(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "..", "docs", "bench-compare.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	o, n := varied()
	for name, texts := range map[string][2]string{"varied": {o, n}, "nothing": {"", ""}} {
		oldFile, newFile := files(t, texts[0], texts[1])
		var out, errs bytes.Buffer
		code, err := Run(Options{Files: []string{oldFile, newFile}, Format: "json", Filter: "*"}, nil, &out, &errs)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(errs.String(), "could not check: ") {
			t.Errorf("%s: what could not be checked is in JSON alone: %q", name, &errs)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var d document
		if err := json.Unmarshal(out.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		if d.ExitCode != code {
			t.Errorf("%s: exit code %d, and %d in JSON", name, code, d.ExitCode)
		}
		if name == "nothing" {
			continue
		}
		seen := make(map[Verdict]bool)
		for _, r := range d.Results {
			seen[r.Verdict] = true
			if r.Unit == "allocs/op" && r.Change != nil {
				t.Errorf("a change from 0 is %v", *r.Change)
			}
		}
		for _, v := range []Verdict{Same, Regression, Gain, Unclear, TooFew, Shown} {
			if !seen[v] {
				t.Errorf("there is no result that is %q", v)
			}
		}
	}
}

func TestMarkdown(t *testing.T) {
	old, new := varied()
	_, text := compare(t, Options{Format: "markdown", All: true}, old, new)
	var html bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	if err := md.Convert([]byte(text), &html); err != nil {
		t.Fatal(err)
	}
	got := html.String()
	for _, want := range []string{"<td>example.org/match.\ufffd[31m|&lt;b&gt;`*_A_*`&lt;/b&gt;\\-2</td>", "<strong>regression</strong>", "<li>unclear: ", "could not check: ", "not alike: kernel"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not hold %q:\n%s\n%s", want, got, text)
		}
	}
	// A head, and a row for each figure: six of the first, one of the second, two of the third.
	if n := strings.Count(got, "<tr>"); n != 10 {
		t.Errorf("%d rows in the table:\n%s", n, got)
	}
}

func TestTextIsPlain(t *testing.T) {
	old, new := varied()
	if _, text := compare(t, Options{All: true}, old, new); strings.ContainsRune(text, '\x1b') {
		t.Errorf("a name can steer the terminal: %q", text)
	}
}

func TestReports(t *testing.T) {
	old, new := varied()
	dir := t.TempDir()
	page, doc := filepath.Join(dir, "page.md"), filepath.Join(dir, "doc.json")
	code, text := compare(t, Options{Output: doc, Format: "json", Reports: []string{"markdown=" + page, "text=-"}}, old, new)
	if code != 3 || !strings.Contains(text, "regression: ") {
		t.Errorf("%d:\n%s", code, text)
	}
	for file, want := range map[string]string{page: "### Benchmarks: ", doc: `"exit_code": 3`} {
		if got := read(t, file); !strings.Contains(got, want) {
			t.Errorf("%s holds %s", file, got)
		}
	}
}

func TestValue(t *testing.T) {
	for want, v := range map[string]struct {
		value float64
		unit  string
	}{
		"12.00 ns":    {12e-9, "sec/op"},
		"4.100 µs":    {4.1e-6, "p99-sec/op"},
		"34.00 ms":    {0.034, "throttled-sec"},
		"0 s":         {0, "throttled-sec"},
		"12.3 %":      {12.34, "assist-%"},
		"3.000":       {3, "allocs/op"},
		"2.000k":      {2000, "nvcsw/s"},
		"1.000 KiB":   {1024, "B/op"},
		"95.37 MiB/s": {1e8, "B/s"},
	} {
		if got := value(v.value, v.unit); got != want {
			t.Errorf("%v %s is written %q, want %q", v.value, v.unit, got, want)
		}
	}
}
