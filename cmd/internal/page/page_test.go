package page

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"
)

var parts = Parts{
	Template: `{{define "skip"}}S{{end}}{{define "header"}}H{{end}}{{define "main"}}{{.}}{{end}}{{define "data"}}D{{end}}`,
	Style:    ".mine{color:red}", Script: "let mine = 1 < 2 && 3;",
}

// The policy names the style and the script that are in the page, byte for byte, and
// lets nothing else run.
func TestPolicy(t *testing.T) {
	var b bytes.Buffer
	if err := parts.Write(&b, Page{Tool: "t", Verdict: "all <is> well", State: "clean", Body: "<b>"}); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	policy := html.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(out)[1])
	for _, tag := range []string{"style", "script"} {
		_, rest, _ := strings.Cut(out, "<"+tag+">")
		text, _, ok := strings.Cut(rest, "</"+tag+">")
		if !ok || !strings.Contains(policy, tag+"-src "+hashOf(text)) {
			t.Errorf("the policy %s does not let the %s of the page run", policy, tag)
		}
		if !strings.Contains(text, "mine") {
			t.Errorf("the %s of the report is not in the page", tag)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %s", policy)
	}
	for _, want := range []string{"all &lt;is&gt; well", "&lt;b&gt;", `class="verdict clean"`} {
		if !strings.Contains(out, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

// A template that fails half-way leaves no half of a page.
func TestBroken(t *testing.T) {
	broken := parts
	broken.Template = strings.Replace(parts.Template, "{{.}}", "{{.Nothing}}", 1)
	var b bytes.Buffer
	if err := broken.Write(&b, Page{Body: "x"}); err == nil || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
	broken.Template = "{{"
	if err := broken.Write(&b, Page{}); err == nil {
		t.Error("a template that is none is taken")
	}
}
