package report

import (
	"encoding/json"
	"html/template"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// body returns a page without its style and script, which are files of their own.
func body(t *testing.T, r *Report) string {
	t.Helper()
	out := write(t, r, HTML)
	for _, part := range htmlParts.Verbatim() {
		short := strings.Replace(out, part, "…", 1)
		if short == out { // the policy, in an attribute
			short = strings.Replace(out, strings.ReplaceAll(template.HTMLEscapeString(part), "+", "&#43;"), "…", 1)
		}
		if short == out {
			t.Fatalf("the page does not hold, as it is: %.80q", part)
		}
		out = short
	}
	return out
}

func TestHTML(t *testing.T) {
	golden(t, "sample.html", body(t, sample(t)))
	golden(t, "gate.html", body(t, gate(t)))
}

// dataOf returns what a browser hands to the script of a page.
func dataOf(t *testing.T, out string) pageData {
	t.Helper()
	_, rest, ok := strings.Cut(out, `<script type="application/json" id="data">`)
	text, _, ok2 := strings.Cut(rest, "</script>")
	if !ok || !ok2 {
		t.Fatal("the page has no data")
	}
	var d pageData
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	return d
}

// scripts are the script elements that a browser finds in a page.
var scripts = regexp.MustCompile(`(?i)<script[ \t\n\f\r/>]`)

func FuzzHTML(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := &Report{
			Root: "/", Dir: "/", Tool: Tool{Version: s},
			Findings: []finding.Finding{{Rule: s, Message: s, Severity: s, Package: s, Mend: s, URL: s, Chain: []finding.Step{{Text: s}}, Hot: &finding.Hot{Detail: s}}},
			Problems: []finding.Problem{{Message: s, Remedy: s}},
			Notes:    []Note{{Message: s}},
			Gate:     &Gate{Against: s, Fixed: []Gone{{Message: s}}, Changes: []finding.Change{{Func: s, Kind: s, Text: s, By: s, Chain: []finding.Step{{Text: s}}}}},
		}
		out := write(t, r, HTML)
		if n := len(scripts.FindAllString(out, -1)); n != 2 {
			t.Errorf("%d scripts in the page, want two", n)
		}
		want := string([]rune(s)) // what is no text reads as U+FFFD
		if got := dataOf(t, out).Findings[0]; got.Message != want || got.Steps[0].Text != want || got.Hot.Detail != want {
			t.Errorf("%q is %q in the page", s, got.Message)
		}
	})
}

// The page can load nothing: its policy forbids it, and nothing in it asks for it.
func TestHTMLLoadsNothing(t *testing.T) {
	out := write(t, gate(t), HTML)
	for _, want := range []string{"default-src &#39;none&#39;", "base-uri &#39;none&#39;", "form-action &#39;none&#39;"} {
		if !strings.Contains(out, want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if strings.Contains(out, "unsafe-") {
		t.Error("the policy lets something unsafe run")
	}
	if got := regexp.MustCompile(`(?i)(src\s*=|url\(|@import|fetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\()`).FindAllString(out, -1); got != nil {
		t.Errorf("the page asks for something: %q", got)
	}
}

func TestHTMLStatus(t *testing.T) {
	got := make(map[string]int)
	for _, f := range dataOf(t, write(t, gate(t), HTML)).Findings {
		got[f.Status]++
	}
	if want := map[string]int{"new": 2, "let pass": 1, "known": 1, "silenced": 2}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestHTMLWeight(t *testing.T) {
	tests := []struct {
		hot      *finding.Hot
		evidence *finding.Evidence
		want     float64
	}{
		{nil, nil, 0.01},
		{&finding.Hot{}, nil, 0.01},
		{&finding.Hot{Share: 0.3}, nil, 0.3},
		{&finding.Hot{Share: 0.3}, &finding.Evidence{Weight: 0.5}, 0.5},
		{&finding.Hot{Share: 0.3}, &finding.Evidence{Status: finding.NotObserved}, 0.3},
	}
	for _, tt := range tests {
		d := newPageData(&Report{Findings: []finding.Finding{{Hot: tt.hot, Evidence: tt.evidence}}})
		if got := d.Findings[0].Weight; got != tt.want {
			t.Errorf("%+v, %+v: %v, want %v", tt.hot, tt.evidence, got, tt.want)
		}
	}
}

func TestHTMLLinks(t *testing.T) {
	r := gate(t)
	r.Links = "https://example.com/o/r/blob/1a2b3c4"
	out := write(t, r, HTML)
	if want := `<a class="at" href="https://example.com/o/r/blob/1a2b3c4/match/engine.go#L12">match/engine.go:12</a>`; !strings.Contains(out, want) {
		t.Errorf("no %s", want)
	}
	for _, f := range dataOf(t, out).Files {
		want := ""
		if !strings.HasPrefix(f.Path, "$GOROOT") {
			want = r.Links + "/" + f.Path
		}
		if f.Link != want {
			t.Errorf("%s is at %q, want %q", f.Path, f.Link, want)
		}
	}
}

func TestExcerpts(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("ü", longestLine)
	text := "one\r\n\ttwo größer 𝛼 x()\r\nthree\r\nfour\n" + long + "\nsix"
	file := filepath.Join(dir, "größer.go")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	at := func(line, column int) finding.Place { return finding.Place{File: file, Line: line, Column: column} }
	before := len("\ttwo größer 𝛼 ")
	tests := []struct {
		name       string
		start, end finding.Place
		want       pagePlace
		lines      []int
	}{
		{"no place", finding.Place{}, finding.Place{}, pagePlace{File: -1}, nil},
		{"no line", finding.Place{File: file}, finding.Place{}, pagePlace{}, nil},
		{"no end", at(1, 2), finding.Place{}, pagePlace{Line: 1, From: 1}, []int{1, 2}},
		{"after wide characters", at(2, before+1), at(2, before+4), pagePlace{Line: 2, From: 15, To: 18}, []int{1, 2, 3}},
		{"over lines", at(3, 2), at(4, 3), pagePlace{Line: 3, From: 1, To: 5}, []int{2, 3, 4}},
		{"column behind the line", at(4, 99), at(4, 200), pagePlace{Line: 4, From: 4, To: 4}, []int{3, 4, 5}},
		{"last line", at(6, 1), finding.Place{}, pagePlace{Line: 6}, []int{5, 6}},
		{"behind the file", at(7, 1), finding.Place{}, pagePlace{Line: 7}, nil},
	}
	for _, tt := range tests {
		e := newExcerpts(&Report{Dir: dir, Root: dir})
		if got := e.place(tt.start, tt.end, 1); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
		var lines []int
		for _, f := range e.files {
			lines = slices.Sorted(maps.Keys(f.Lines))
		}
		if !slices.Equal(lines, tt.lines) {
			t.Errorf("%s: lines %v, want %v", tt.name, lines, tt.lines)
		}
	}
	e := newExcerpts(&Report{Dir: dir, Root: dir})
	e.place(at(3, 1), finding.Place{}, 9)
	want := map[int]string{1: "one", 2: "\ttwo größer 𝛼 x()", 3: "three", 4: "four", 5: long[:longestLine] + " …", 6: "six"}
	if got := e.files[0]; got.Path != "größer.go" || !reflect.DeepEqual(got.Lines, want) {
		t.Errorf("%+v", got)
	}
}

// A file is read once, and one that cannot be read says why, without its path.
func TestExcerptsOfLostFile(t *testing.T) {
	dir := t.TempDir()
	e := newExcerpts(&Report{Dir: dir, Root: dir})
	gone := finding.Place{File: filepath.Join(dir, "gone.go"), Line: 1}
	first, second, folder := e.place(gone, finding.Place{}, 1), e.place(gone, finding.Place{}, 1), e.place(finding.Place{File: dir, Line: 1}, finding.Place{}, 1)
	if first != second || folder.File == first.File || len(e.files) != 2 {
		t.Errorf("%+v, %+v, %+v", first, second, folder)
	}
	for _, f := range e.files {
		if f.Error == "" || strings.Contains(f.Error, dir) || len(f.Lines) > 0 {
			t.Errorf("%+v", f)
		}
	}
}

// Unescaped, these would do something in Markdown.
var active = regexp.MustCompile("(^|[^\\\\])[`*_\\[\\]|~$]|<[^!]|>|&[^lga]|[@#!%][\\pL\\pN]|[\r\n]")

func FuzzMarkdown(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := strings.ReplaceAll(MarkdownText(s), "<!-- -->", "\u200c")
		if found := active.FindString(strings.NewReplacer(`\\`, "\u200c", "&gt;", "&g").Replace(got)); found != "" {
			t.Errorf("%q becomes %q, in which %q does something", s, got, found)
		}
		if code := MarkdownCode(s); strings.ContainsAny(code, "\r\n") {
			t.Errorf("%q becomes %q", s, code)
		}
	})
}
