package lsp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/check"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/lspclient"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// A checker takes the place of package check: it finds a hazard wherever "BAD"
// stands in a Go file, and mends it by writing "good".
type checker struct {
	mu    sync.Mutex
	calls []check.Options
	// before, if not nil, is called before it answers and may answer itself.
	before func(ctx context.Context, o check.Options) (*report.Report, error)
}

func (c *checker) check(ctx context.Context, o check.Options, _ io.Writer) (*report.Report, error) {
	c.mu.Lock()
	c.calls = append(c.calls, o)
	before := c.before
	c.mu.Unlock()
	if before != nil {
		if rep, err := before(ctx, o); rep != nil || err != nil {
			return rep, err
		}
	}
	rep := &report.Report{Packages: len(o.Patterns)}
	for _, pattern := range o.Patterns {
		dir := filepath.Join(o.Dir, pattern)
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			text, ok := o.Overlay[file]
			if !ok {
				if text, err = os.ReadFile(file); err != nil {
					return nil, err
				}
			}
			rep.Findings = append(rep.Findings, hazards(file, string(text))...)
		}
	}
	return rep, nil
}

// asked returns the patterns of each call.
func (c *checker) asked() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for _, o := range c.calls {
		all = append(all, strings.Join(o.Patterns, " "))
	}
	return all
}

func (c *checker) last() check.Options {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[len(c.calls)-1]
}

// answering has the checker call before from now on.
func (c *checker) answering(before func(context.Context, check.Options) (*report.Report, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.before = before
}

func hazards(file, text string) []finding.Finding {
	var fs []finding.Finding
	for offset := 0; ; offset++ {
		i := strings.Index(text[offset:], "BAD")
		if i < 0 {
			return fs
		}
		offset += i
		at := func(offset int) finding.Place {
			before := text[:offset]
			return finding.Place{File: file, Line: strings.Count(before, "\n") + 1, Column: offset - strings.LastIndexByte(before, '\n')}
		}
		edit := func(with string) finding.Fix {
			return finding.Fix{Message: "write " + with, Edits: []finding.Edit{{File: file, Start: offset, End: offset + 3, New: with}}}
		}
		fs = append(fs, finding.Finding{
			Rule: "ctxless", Message: "this is bad", Severity: "high", Tier: finding.Likely, Mend: "write good", URL: "https://example.com/ctxless",
			Start: at(offset), End: at(offset + 3),
			Fixes: []finding.Fix{edit("good"), edit("better")},
		})
	}
}

// A session is one of a client with a server over a pipe.
type session struct {
	*lspclient.Client
	t    *testing.T
	dir  string
	code chan int // of the server
}

// begin writes files, in the form of txtar's but by name, and begins a session in
// their directory.
func begin(t *testing.T, c *checker, files map[string]string, o lspclient.Options) *session {
	t.Helper()
	dir := t.TempDir()
	if _, ok := files["go.mod"]; !ok {
		files["go.mod"] = "module example.com/m\n"
	}
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	if o.Folders == nil {
		o.Folders = []string{dir}
	}
	near, far := lspclient.Pipe()
	s := &session{t: t, dir: dir, code: make(chan int, 1)}
	go func() {
		s.code <- Serve(t.Context(), far, Options{Check: c.check, Settle: time.Millisecond}, io.Discard)
	}()
	var err error
	if s.Client, err = lspclient.Connect(t.Context(), near, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func (s *session) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// do fails the test if a step of the editor does.
func (s *session) do(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// fresh waits for what is published after the last change of a file.
func (s *session) fresh(name string) []protocol.Diagnostic {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	ds, err := s.Diagnostics(ctx, s.path(name))
	s.do(err)
	return ds
}

// until waits until a file has as many diagnostics.
func (s *session) until(name string, n int) []protocol.Diagnostic {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	ds, err := s.Await(ctx, s.path(name), func(ds []protocol.Diagnostic) bool { return len(ds) == n })
	s.do(err)
	return ds
}

// shown waits for a message that contains a text.
func (s *session) shown(text string) {
	s.t.Helper()
	for range 1000 {
		if s.count(text) > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Errorf("no message says %q: %v", text, s.Messages())
}

// count returns how often a message was shown that contains a text.
func (s *session) count(text string) int {
	n := 0
	for _, m := range s.Messages() {
		if strings.HasPrefix(m.Message, "lagvet: ") && strings.Contains(m.Message, text) {
			n++
		}
	}
	return n
}

func position(line, from, to int) protocol.Range {
	return protocol.Range{Start: protocol.Position{Line: line, Character: from}, End: protocol.Position{Line: line, Character: to}}
}

func TestDiagnostic(t *testing.T) {
	c := new(checker)
	files := map[string]string{"a/a.go": "package a\n\nvar é𝄞, BAD = 1, 2\n", "b/b.go": "package b\n\n// é chain\n"}
	var dir string
	c.before = func(_ context.Context, o check.Options) (*report.Report, error) {
		fs := hazards(filepath.Join(o.Dir, "a", "a.go"), files["a/a.go"])
		fs[0].Hot = &finding.Hot{Detail: "//lagvet:hot at a.go:1", Via: []finding.Step{{Place: finding.Place{File: filepath.Join(o.Dir, "a", "a.go"), Line: 1, Column: 1}, Text: "calls a"}}}
		fs[0].Chain = []finding.Step{{Place: finding.Place{File: filepath.Join(o.Dir, "b", "b.go"), Line: 3, Column: 7}, Text: "waits"}}
		return &report.Report{Packages: 1, Findings: fs}, nil
	}
	tests := []struct {
		name  string
		o     lspclient.Options
		at    protocol.Range
		chain protocol.Range
	}{
		{"UTF-16", lspclient.Options{}, position(2, 9, 12), position(2, 5, 10)},
		{"UTF-8", lspclient.Options{Encodings: []string{"utf-16", "utf-8"}}, position(2, 12, 15), position(2, 6, 11)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := begin(t, c, files, tt.o)
			dir = s.dir
			s.do(s.Open(s.path("a/a.go")))
			ds := s.fresh("a/a.go")
			if len(ds) != 1 {
				t.Fatalf("diagnostics are %+v", ds)
			}
			d := ds[0]
			if d.Range != tt.at || d.Severity != protocol.SeverityWarning || d.Code != "ctxless" || d.Source != "lagvet" ||
				d.Message != "this is bad\nmend: write good" || d.CodeDescription.Href != "https://example.com/ctxless" || len(d.Tags) > 0 {
				t.Errorf("the diagnostic is %+v", d)
			}
			uri := func(name string) string { return protocol.URIOf(filepath.Join(dir, name)) }
			want := []protocol.DiagnosticRelatedInformation{
				{Location: protocol.Location{URI: uri("a/a.go"), Range: tt.at}, Message: "//lagvet:hot at a.go:1"},
				{Location: protocol.Location{URI: uri("a/a.go"), Range: position(0, 0, 7)}, Message: "calls a"},
				{Location: protocol.Location{URI: uri("b/b.go"), Range: tt.chain}, Message: "waits"},
			}
			// What has no place stands where the finding begins.
			want[0].Location.Range = d.RelatedInformation[0].Location.Range
			if !slices.Equal(d.RelatedInformation, want) || want[0].Location.Range.Start != tt.at.Start {
				t.Errorf("related are %+v, want %+v", d.RelatedInformation, want)
			}
		})
	}
}

// An editor that shows messages only is told all in them.
func TestDiagnosticForPlainEditors(t *testing.T) {
	c := &checker{before: func(_ context.Context, o check.Options) (*report.Report, error) {
		file := filepath.Join(o.Dir, "a.go")
		return &report.Report{Packages: 1, Findings: []finding.Finding{{
			Rule: finding.DirectiveRule, Message: "allow hotdefer silences nothing here; remove it", Severity: "low", Tier: finding.Suspected,
			Cause: "stale allow", URL: "https://example.com",
			Start: finding.Place{File: file, Line: 1, Column: 1}, Chain: []finding.Step{{Place: finding.Place{File: file, Line: 3, Column: 1}, Text: "because"}},
		}}}, nil
	}}
	for _, plain := range []bool{true, false} {
		s := begin(t, c, map[string]string{"a.go": "package a\n\nvar a int\n"}, lspclient.Options{Adjust: func(caps *protocol.ClientCapabilities) {
			if plain {
				caps.TextDocument.PublishDiagnostics = protocol.PublishDiagnosticsCapabilities{}
			}
		}})
		s.do(s.Open(s.path("a.go")))
		d := s.until("a.go", 1)[0]
		want := "allow hotdefer silences nothing here; remove it (suspected)"
		if plain {
			want += "\na.go:3: because"
		}
		if d.Message != want || d.Severity != protocol.SeverityHint || (len(d.RelatedInformation) > 0) == plain || (len(d.Tags) > 0) == plain || (d.CodeDescription != nil) == plain {
			t.Errorf("plain %v: the diagnostic is %+v", plain, d)
		}
	}
}

func TestSave(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{
		"a/a.go": "package a\n\nvar BAD int\n", "b/b.go": "package b\n\nvar BAD int\n", "b/c.go": "package b\n\nvar BAD2 int\n", "d/d.go": "package d\n",
	}, lspclient.Options{})
	s.do(s.Open(s.path("a/a.go")))
	s.until("a/a.go", 1)
	s.do(s.Open(s.path("b/b.go")))
	s.until("b/b.go", 1)
	s.until("b/c.go", 1) // the whole package, open or not

	// What is not saved is not checked; what is said of lines moves and goes with them.
	s.do(s.Change(s.path("b/b.go"), "package b\n\nvar mended int\n"))
	if ds := s.fresh("b/b.go"); len(ds) != 0 {
		t.Errorf("the line is gone: %+v", ds)
	}
	s.do(s.Change(s.path("b/b.go"), "package b\n\nvar BAD1 int\n\nvar BAD int\n"))
	if ds := s.fresh("b/b.go"); len(ds) != 1 || ds[0].Range != position(4, 4, 7) {
		t.Errorf("the line has moved: %+v", ds)
	}
	if got := c.asked(); !slices.Equal(got, []string{"./a", "./b"}) {
		t.Errorf("before saving, checked %q", got)
	}
	s.do(s.Save(s.path("b/b.go")))
	s.until("b/b.go", 2)
	s.do(s.Change(s.path("b/b.go"), "package b\n"))
	s.do(s.Save(s.path("b/b.go")))
	s.until("b/b.go", 0)
	s.waitFor(func() bool { return len(c.asked()) == 6 })
	// First the package of the saved file, then the others.
	if got := c.asked(); !slices.Equal(got, []string{"./a", "./b", "./b", "./a", "./b", "./a"}) {
		t.Errorf("checked %q", got)
	}
	if ds := s.until("a/a.go", 1); len(ds) != 1 {
		t.Errorf("another file: %+v", ds)
	}

	// Nothing is said of packages in which no file is open.
	s.do(s.CloseFile(s.path("b/b.go")))
	s.until("b/c.go", 0)
	s.do(s.CloseFile(s.path("a/a.go")))
	s.until("a/a.go", 0)
}

// waitFor waits until something is so.
func (s *session) waitFor(done func() bool) {
	s.t.Helper()
	for range 1000 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.t.Error("waited in vain")
}

func TestDebounce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := new(checker)
		s := begin(t, c, map[string]string{"a/a.go": "package a\n", "b/b.go": "package b\n"}, lspclient.Options{Settings: map[string]any{"lagvet": map[string]any{"onChange": true}}})
		s.do(s.Open(s.path("a/a.go")))
		s.do(s.Open(s.path("b/b.go")))
		time.Sleep(time.Second)
		if got := c.asked(); !slices.Equal(got, []string{"./a ./b"}) {
			t.Errorf("two files opened at once: checked %q", got)
		}
		for i := range 5 {
			s.do(s.Change(s.path("a/a.go"), strings.Repeat("// typing\n", i)+"package a\n\nvar BAD int\n"))
			time.Sleep(typing / 2)
		}
		if n := len(c.asked()); n != 1 {
			t.Errorf("checked %q while typing", c.asked())
		}
		time.Sleep(time.Second)
		if got := c.asked(); !slices.Equal(got, []string{"./a ./b", "./a", "./b"}) {
			t.Errorf("checked %q", got)
		}
		if text := string(c.last().Overlay[s.path("a/a.go")]); !strings.HasSuffix(text, "BAD int\n") || len(c.last().Overlay) != 1 {
			t.Errorf("the overlay is %q", c.last().Overlay)
		}
		if ds := s.until("a/a.go", 1); ds[0].Range.Start.Line != 6 {
			t.Errorf("diagnostics are %+v", ds)
		}
		// What was not saved is given up with the file.
		s.do(s.OpenText(s.path("a/b.go"), "package a\n"))
		s.do(s.CloseFile(s.path("a/a.go")))
		time.Sleep(time.Second)
		if n := len(c.last().Overlay); n != 1 { // b.go, which is on no disk
			t.Errorf("%d files in the overlay", n)
		}
		s.Close()
		<-s.code
	})
}

// A newer save ends the check that runs, and what that was to do is done.
func TestNewerSaveCancels(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{"a/a.go": "package a\n", "b/b.go": "package b\n"}, lspclient.Options{})
	for _, name := range []string{"a/a.go", "b/b.go"} {
		s.do(s.Open(s.path(name)))
		s.fresh(name)
	}
	started, ended := make(chan string, 9), make(chan error, 9)
	c.answering(func(ctx context.Context, o check.Options) (*report.Report, error) {
		started <- strings.Join(o.Patterns, " ")
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	})
	s.do(s.Save(s.path("a/a.go")))
	if got := <-started; got != "./a" {
		t.Errorf("first checks %s", got)
	}
	c.answering(nil)
	s.do(s.Save(s.path("b/b.go")))
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the check ended with %v", err)
	}
	s.fresh("a/a.go")
	if got := c.asked(); got[len(got)-1] != "./a ./b" {
		t.Errorf("checked %q", got)
	}
}

// Opening a file ends no check: it would need the result as well.
func TestOpeningDoesNotCancel(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{"a/a.go": "package a\n", "b/b.go": "package b\n\nvar BAD int\n"}, lspclient.Options{})
	started, proceed := make(chan bool, 1), make(chan bool)
	c.answering(func(ctx context.Context, _ check.Options) (*report.Report, error) {
		started <- true
		select {
		case <-proceed:
			return nil, nil
		case <-ctx.Done():
			t.Error("the check was ended")
			return nil, ctx.Err()
		}
	})
	s.do(s.Open(s.path("a/a.go")))
	<-started
	c.answering(nil)
	s.do(s.Open(s.path("b/b.go")))
	time.Sleep(20 * time.Millisecond)
	close(proceed)
	s.until("b/b.go", 1)
	s.fresh("a/a.go")
}

func TestFolders(t *testing.T) {
	c := new(checker)
	elsewhere := t.TempDir()
	write(t, filepath.Join(elsewhere, "go.mod"), "module example.com/elsewhere\n")
	write(t, filepath.Join(elsewhere, "e.go"), "package e\n\nvar BAD int\n")
	root := t.TempDir()
	for name, text := range map[string]string{
		"one/go.mod": "module example.com/one\n\nreplace example.com/two => ../two\n", "one/a.go": "package one\n\nvar BAD int\n",
		"two/go.mod": "module example.com/two\n", "two/b/b.go": "package b\n\nvar BAD int\n", "two/vendor/v/v.go": "package v\n\nvar BAD int\n",
		"three/go.mod": "module example.com/three\n", "three/c.go": "package three\n", "three/t/t_test.go": "package t\n\nvar BAD int\n",
	} {
		write(t, filepath.Join(root, name), text)
	}
	in := func(name string) string { return filepath.Join(root, filepath.FromSlash(name)) }
	s := begin(t, c, map[string]string{}, lspclient.Options{Folders: []string{in("one"), in("two"), in("three")}})
	s.dir = root
	for _, name := range []string{"one/a.go", "two/b/b.go", "three/c.go"} {
		s.do(s.Open(in(name)))
		s.fresh(name)
	}
	s.until("one/a.go", 1)
	s.until("two/b/b.go", 1)
	where := func() []string {
		c.mu.Lock()
		defer c.mu.Unlock()
		var all []string
		for _, o := range c.calls {
			rel, _ := filepath.Rel(root, o.Dir)
			all = append(all, rel+" "+strings.Join(o.Patterns, " "))
		}
		return all
	}
	if got := where(); !slices.Equal(got, []string{"one ./.", "two ./b", "three ./."}) {
		t.Errorf("checked %q", got)
	}
	// What replaces a dependency by the saved module depends on it; others do not.
	s.do(s.Save(in("two/b/b.go")))
	s.fresh("two/b/b.go")
	s.waitFor(func() bool { return len(where()) == 5 })
	if got := where()[3:]; !slices.Contains(got, "two ./b") || !slices.Contains(got, "one ./.") {
		t.Errorf("after saving in two, checked %q", got)
	}

	// Of these nothing is said, and the log says so.
	for _, name := range []string{filepath.Join(elsewhere, "e.go"), in("two/vendor/v/v.go")} {
		s.do(s.Open(name))
		s.waitFor(func() bool {
			return slices.ContainsFunc(s.Messages(), func(m protocol.MessageParams) bool {
				return strings.Contains(m.Message, name+" is not checked: it is ")
			})
		})
	}
	s.do(s.Open(in("three/t/t_test.go")))
	if ds := s.fresh("three/t/t_test.go"); len(ds) > 0 || len(where()) != 5 {
		t.Errorf("a package of tests: %v, checked %q", ds, where())
	}

	// Folders come and go.
	var p protocol.DidChangeWorkspaceFoldersParams
	p.Event.Added = []protocol.WorkspaceFolder{{URI: protocol.URIOf(elsewhere)}}
	p.Event.Removed = []protocol.WorkspaceFolder{{URI: protocol.URIOf(in("one"))}}
	s.do(s.Notify(t.Context(), protocol.MethodDidChangeFolders, p))
	s.until("one/a.go", 0)
	s.dir = elsewhere
	s.until("e.go", 1)
}

func TestProblems(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{"a/a.go": "package a\n\nvar é, x = undefined\n", "b/b.go": "package b\n"}, lspclient.Options{})
	c.answering(func(_ context.Context, o check.Options) (*report.Report, error) {
		rep := &report.Report{Packages: 1}
		if slices.Contains(o.Patterns, "./a") {
			rep.Problems = []finding.Problem{
				{Message: "b imports a"},
				{Place: finding.Place{File: filepath.Join(o.Dir, "a", "a.go"), Line: 3, Column: 13}, Message: "it does not compile", Remedy: "mend it"},
			}
		}
		return rep, nil
	})
	s.do(s.Open(s.path("a/a.go")))
	ds := s.fresh("a/a.go")
	if len(ds) != 1 || ds[0].Range != position(2, 11, 20) || ds[0].Code != "unchecked" || ds[0].Severity != protocol.SeverityWarning ||
		ds[0].Message != "could not check: it does not compile\nmend: mend it" {
		t.Errorf("diagnostics are %+v", ds)
	}
	s.waitFor(func() bool { return s.logged("b imports a") })
	if s.count("b imports a") > 0 {
		t.Error("what follows from a problem in a file is shown as well")
	}
	// A problem stays until its package is checked again.
	s.do(s.Open(s.path("b/b.go")))
	s.fresh("b/b.go")
	s.until("a/a.go", 1)
	c.answering(nil)
	s.do(s.Save(s.path("a/a.go")))
	s.until("a/a.go", 0)
}

// logged reports whether a message was logged.
func (s *session) logged(text string) bool {
	return slices.ContainsFunc(s.Messages(), func(m protocol.MessageParams) bool {
		return !strings.HasPrefix(m.Message, "lagvet: ") && strings.Contains(m.Message, text)
	})
}

// What stands nowhere is shown once, until it is mended and comes again.
func TestProblemsWithoutPlace(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{"a/a.go": "package a\n", "b/b.go": "package b\n"}, lspclient.Options{})
	unwell := func(context.Context, check.Options) (*report.Report, error) {
		return &report.Report{Packages: 1, Problems: []finding.Problem{{Message: "the go command is unwell", Remedy: "see a doctor"}}}, nil
	}
	c.answering(unwell)
	s.do(s.Open(s.path("a/a.go")))
	s.shown("could not check: the go command is unwell\nmend: see a doctor")
	s.do(s.Open(s.path("b/b.go")))
	s.fresh("b/b.go")
	save := func() {
		t.Helper()
		before := len(c.asked())
		s.do(s.Save(s.path("a/a.go")))
		s.waitFor(func() bool { return len(c.asked()) == before+2 }) // both packages
		s.fresh("a/a.go")
		s.fresh("b/b.go")
	}
	save()
	if n := s.count("unwell"); n != 1 {
		t.Errorf("the message is shown %d times", n)
	}
	c.answering(nil)
	save()
	c.answering(unwell)
	save()
	s.waitFor(func() bool { return s.count("unwell") == 2 })
}

// What was published is cleared under the URI under which it was published.
func TestSpellingOfURIs(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{"a(1).go": "package a\n\nvar BAD int\n", "b.go": "package a\n"}, lspclient.Options{})
	s.do(s.Open(s.path("b.go")))
	own := protocol.URIOf(s.path("a(1).go"))
	s.until("a(1).go", 1)
	other := strings.NewReplacer("%28", "(", "%29", ")").Replace(own)
	if other == own {
		t.Fatalf("%s has no other spelling", own)
	}
	item := protocol.TextDocumentItem{URI: other, Version: 1, Text: "package a\n\nvar BAD int\n"}
	count := func(uri string, n int) func() bool {
		return func() bool { got, ok := s.PublishedAs(uri); return ok && got == n }
	}
	s.do(s.Notify(t.Context(), protocol.MethodDidOpen, protocol.DidOpenTextDocumentParams{TextDocument: item}))
	s.waitFor(count(other, 1))
	s.waitFor(count(own, 0))
	for _, uri := range []string{protocol.URIOf(s.path("b.go")), other} {
		s.do(s.Notify(t.Context(), protocol.MethodDidClose, protocol.DidCloseTextDocumentParams{TextDocument: protocol.TextDocumentIdentifier{URI: uri}}))
	}
	s.waitFor(count(other, 0))
}

// One package that the go command refuses keeps it from looking at the others.
func TestRefusedPackage(t *testing.T) {
	c := new(checker)
	c.before = func(_ context.Context, o check.Options) (*report.Report, error) {
		if slices.Contains(o.Patterns, "./b") {
			return &report.Report{Problems: []finding.Problem{{Message: "no file of b is for this platform"}}}, nil
		}
		return nil, nil
	}
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, c, map[string]string{"a/a.go": "package a\n\nvar BAD int\n", "b/b.go": "package b\n"}, lspclient.Options{})
		s.do(s.Open(s.path("a/a.go")))
		s.do(s.Open(s.path("b/b.go")))
		s.until("a/a.go", 1)
		s.shown("no file of b")
		if got := c.asked(); !slices.Equal(got, []string{"./a ./b", "./a", "./b"}) {
			t.Errorf("checked %q", got)
		}
		s.Close()
		<-s.code
	})
}

func TestConfigurationFaults(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{"a/a.go": "package a\n\nvar BAD int\n", ".lagvet.yml": "a: é\nrulez: {}\n"}, lspclient.Options{})
	faulty := func(_ context.Context, o check.Options) (*report.Report, error) {
		return nil, config.Errors{{Path: filepath.Join(o.Dir, ".lagvet.yml"), Line: 2, Column: 1, Message: `unknown key "rulez"`}}
	}
	c.answering(faulty)
	s.do(s.Open(s.path("a/a.go")))
	ds := s.until(".lagvet.yml", 1)
	if ds[0].Range != position(1, 0, 5) || ds[0].Severity != protocol.SeverityError || ds[0].Code != "configuration" || !strings.Contains(ds[0].Message, `unknown key "rulez"`) {
		t.Errorf("diagnostics are %+v", ds)
	}
	s.shown("nothing is checked in " + s.dir)
	c.answering(func(_ context.Context, o check.Options) (*report.Report, error) {
		return &report.Report{Packages: 1, Notes: []report.Note{{Place: finding.Place{File: filepath.Join(o.Dir, ".lagvet.yml"), Line: 1, Column: 1}, Message: "the exclude covers no Go file"}}}, nil
	})
	// It is told as an editor does that has the file open, and as one that watches it.
	s.do(s.Open(s.path(".lagvet.yml")))
	s.do(s.Change(s.path(".lagvet.yml"), "a: b\n"))
	s.do(s.Save(s.path(".lagvet.yml")))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	ds, err := s.Await(ctx, s.path(".lagvet.yml"), func(ds []protocol.Diagnostic) bool {
		return len(ds) == 1 && ds[0].Severity == protocol.SeverityInformation
	})
	if err != nil || !strings.Contains(ds[0].Message, "covers no Go file") {
		t.Errorf("notes are %+v, %v", ds, err)
	}
	c.answering(nil)
	s.do(s.CloseFile(s.path(".lagvet.yml")))
	s.do(s.Notify(t.Context(), protocol.MethodDidChangeWatchedFiles, protocol.DidChangeWatchedFilesParams{Changes: []protocol.FileEvent{{URI: protocol.URIOf(s.path(".lagvet.yml")), Type: protocol.FileChanged}}}))
	s.until(".lagvet.yml", 0)
	s.until("a/a.go", 1)
	c.answering(func(context.Context, check.Options) (*report.Report, error) {
		return nil, errors.New("no such profile")
	})
	s.do(s.Save(s.path("a/a.go")))
	s.shown("no such profile")
}

func TestWatchedFiles(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{"m/go.mod": "module example.com/m\n", "m/a/a.go": "package a\n", "other/o.go": "package o\n"}, lspclient.Options{})
	s.do(s.Open(s.path("m/a/a.go")))
	s.fresh("m/a/a.go")
	if rs := s.Registrations(); len(rs) != 2 || !strings.Contains(string(rs[1].RegisterOptions), ".lagvet.yml") {
		t.Errorf("registered are %+v", rs)
	}
	tests := []struct {
		file string
		want bool
	}{
		{"m/a/new.go", true}, {"m/b/b.go", true}, {"m/go.mod", true}, {".lagvet.yml", true}, {"go.work", true},
		{"m/a/a.go", false}, // open, and as it was
		{"other/o.go", false}, {"other/default.pgo", false},
	}
	for _, tt := range tests {
		before := len(c.asked())
		s.do(s.Notify(t.Context(), protocol.MethodDidChangeWatchedFiles, protocol.DidChangeWatchedFilesParams{Changes: []protocol.FileEvent{{URI: protocol.URIOf(s.path(tt.file))}}}))
		if tt.want {
			s.waitFor(func() bool { return len(c.asked()) == before+1 })
			continue
		}
		time.Sleep(30 * time.Millisecond)
		if n := len(c.asked()); n != before {
			t.Errorf("%s has %d checks made", tt.file, n-before)
		}
	}
	s.replacedByOthers(c, "m/a/a.go")
}

// replacedByOthers replaces an open file, as a version control system does, and
// has the editor read it again.
func (s *session) replacedByOthers(c *checker, name string) {
	before := len(c.asked())
	write(s.t, s.path(name), "package a\n\nvar BAD int\n")
	s.do(s.Change(s.path(name), "package a\n\nvar BAD int\n"))
	for range 2 { // the second is an echo
		s.do(s.Notify(s.t.Context(), protocol.MethodDidChangeWatchedFiles, protocol.DidChangeWatchedFilesParams{Changes: []protocol.FileEvent{{URI: protocol.URIOf(s.path(name))}}}))
		s.until(name, 1)
	}
	if n := len(c.asked()) - before; n != 1 {
		s.t.Errorf("%d checks of a file that others replaced", n)
	}
}

func TestPull(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{"a/a.go": "package a\n", "a/b.go": "package a\n\nvar BAD2 int\n"}, lspclient.Options{InitializationOptions: map[string]any{"pull": true}})
	if s.Server().Capabilities.DiagnosticProvider == nil {
		t.Fatal("diagnostics are not offered")
	}
	pull := func(name string, n int) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		ds, err := s.Pull(ctx, s.path(name))
		if err != nil || len(ds) != n {
			t.Errorf("%s: %+v, %v, want %d", name, ds, err, n)
		}
	}
	s.do(s.Open(s.path("a/a.go")))
	pull("a/a.go", 0)
	s.do(s.Change(s.path("a/a.go"), "package a\n\nvar BAD int\n\nvar BAD3 int\n"))
	pull("a/a.go", 2)
	before := len(c.asked())
	pull("a/a.go", 2)
	if n := len(c.asked()); n != before {
		t.Errorf("nothing changed, and %d checks were made", n-before)
	}
	s.until("a/b.go", 1) // not open: nobody asks
	if at, _ := s.Published(s.path("a/a.go")); !at.IsZero() {
		t.Error("what is asked for is published as well")
	}
	pull("a/none.go", 0)

	// A request that is no longer wanted ends.
	started := make(chan bool, 1)
	c.answering(func(ctx context.Context, _ check.Options) (*report.Report, error) {
		started <- true
		<-ctx.Done()
		return nil, ctx.Err()
	})
	s.do(s.Change(s.path("a/a.go"), "package a\n"))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	if _, err := s.Pull(ctx, s.path("a/a.go")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	c.answering(func(context.Context, check.Options) (*report.Report, error) { return nil, errors.New("refused") })
	s.do(s.Change(s.path("a/a.go"), "package a // again\n"))
	if _, err := s.Pull(t.Context(), s.path("a/a.go")); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("refused: %v", err)
	}
}

// A server that pushes answers who asks all the same, with what is not saved.
func TestPullOnDemand(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{"a.go": "package a\n"}, lspclient.Options{})
	if s.Server().Capabilities.DiagnosticProvider != nil {
		t.Error("diagnostics are offered: editors would ask at each keystroke")
	}
	s.do(s.Open(s.path("a.go")))
	s.fresh("a.go")
	s.do(s.Change(s.path("a.go"), "package a\n\nvar BAD int\n"))
	if ds, err := s.Pull(t.Context(), s.path("a.go")); err != nil || len(ds) != 1 {
		t.Errorf("%+v, %v", ds, err)
	}
	s.until("a.go", 1)
}

func TestProgress(t *testing.T) {
	c := &checker{before: func(_ context.Context, o check.Options) (*report.Report, error) {
		for i := range 50 {
			o.Progress(fmt.Sprintf("%d packages", i))
			time.Sleep(time.Millisecond)
		}
		o.Progress("")
		return nil, nil
	}}
	s := begin(t, c, map[string]string{"a.go": "package a\n"}, lspclient.Options{})
	s.do(s.Open(s.path("a.go")))
	s.fresh("a.go")
	ps := s.Progress()
	if len(ps) < 3 || ps[0].Kind != protocol.ProgressBegin || !strings.HasPrefix(ps[0].Title, "lagvet") || ps[len(ps)-1].Kind != protocol.ProgressEnd {
		t.Errorf("progress is %+v", ps)
	}
	if !c.last().NoCanary {
		s.do(s.Save(s.path("a.go")))
		s.fresh("a.go")
	}
	if !c.last().NoCanary {
		t.Error("the canary is asked again")
	}
}

func TestOnlyCompiler(t *testing.T) {
	c := new(checker)
	s := begin(t, c, map[string]string{"a.go": "package a\n"}, lspclient.Options{Settings: map[string]any{"lagvet": map[string]any{"onlyCompiler": true}}})
	s.do(s.Open(s.path("a.go")))
	s.fresh("a.go")
	if !c.last().OnlyCompiler {
		t.Errorf("checked with %+v", c.last())
	}
}
