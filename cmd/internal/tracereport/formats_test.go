package tracereport

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "..", "docs", "trace.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestJSON(t *testing.T) {
	s := schema(t)
	empty := &Report{Report: &trace.Report{Trace: trace.Info{Go: "go1.26"}}}
	for i, r := range []*Report{sample(), evil(), empty} {
		if err := validate(t, s, written(t, r, JSON)); err != nil {
			t.Errorf("report %d: %v", i, err)
		}
	}
	if err := validate(t, s, written(t, compared(), CompareJSON)); err != nil {
		t.Errorf("the comparison: %v", err)
	}
	golden(t, "report.json", written(t, sample(), JSON))
}

// The schema refuses what it does not name, and what is missing.
func TestSchemaIsStrict(t *testing.T) {
	s := schema(t)
	text := string(written(t, sample(), JSON))
	for _, broken := range [][2]string{{`"version": 1`, `"version": 2`}, {`"latency_ns": 48000000`, `"latency_ns": 4.5`}, {`"open_start"`, `"open"`}, {`"component": "lock"`, `"component": "locks"`}, {`"stacks"`, `"piles"`}} {
		if !strings.Contains(text, broken[0]) {
			t.Fatalf("the report has no %s", broken[0])
		}
		if validate(t, s, []byte(strings.Replace(text, broken[0], broken[1], 1))) == nil {
			t.Errorf("the schema takes %s", broken[1])
		}
	}
}

// What a stack names by number is what the trace has.
func TestJSONStacks(t *testing.T) {
	r := sample()
	var d document
	if err := json.Unmarshal(written(t, r, JSON), &d); err != nil {
		t.Fatal(err)
	}
	c := d.Groups[0].Slices[1].Causes[0]
	for i, n := range d.Stacks[*c.Stack] {
		if got, want := d.Frames[n], waiting()[i]; got.Function != want.Function || got.File != want.File || got.Line != want.Line {
			t.Errorf("frame %d is %v, want %v", i, got, want)
		}
	}
	if n := len(d.Frames); n != len(slices.Compact(slices.SortedFunc(slices.Values(d.Frames), func(a, b jsonFrame) int {
		return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
	}))) {
		t.Errorf("of %d frames some are there twice", n)
	}
	if got := c.Behind[0].Findings; len(got) != 1 || d.Findings[got[0]].Rule != "lockblock" {
		t.Errorf("behind the lock stand findings %v", got)
	}
}

// The profile is valid, sums to the slices, and go tool pprof shows it.
func TestProfile(t *testing.T) {
	for _, r := range []*Report{sample(), evil()} {
		p, err := profile.ParseData(written(t, r, WriteProfile))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.CheckValid(); err != nil {
			t.Error(err)
		}
		sums, counts := make(map[string]int64), make(map[string]int64)
		for _, s := range p.Sample {
			key := s.Label["group"][0] + s.Label["slice"][0]
			sums[key] += s.Value[1]
			counts[key] += s.Value[0]
		}
		for _, g := range r.Groups {
			for _, s := range g.Slices {
				n := int64(0)
				for _, c := range s.Causes {
					n += c.Count
				}
				if key := g.Name + s.Name; sums[key] != int64(s.Time) || counts[key] != n {
					t.Errorf("%s: %d ns in %d, want %d in %d", key, sums[key], counts[key], int64(s.Time), n)
				}
			}
		}
	}
	p := Profile(sample())
	i := slices.IndexFunc(p.Sample, func(s *profile.Sample) bool {
		return s.Label["slice"][0] == "P99" && slices.Equal(s.Label["component"], []string{"syscall"})
	})
	var names []string
	for _, l := range p.Sample[i].Location {
		names = append(names, l.Line[0].Function.Name)
	}
	const want = "syscall.fdatasync os.(*File).Sync example.com/app/store.(*Flusher).flush example.com/app/store.(*Flusher).run [behind: lock] internal/sync.(*Mutex).lockSlow sync.(*Mutex).Lock example.com/app/store.(*Store).Put example.com/app.serve region request P99"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("a stack is\n%s\nwant\n%s", got, want)
	}
}

func TestGoToolPprof(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tail.pprof")
	if err := os.WriteFile(file, written(t, sample(), WriteProfile), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "tool", "pprof", "-top", "-cum", "-tagfocus=slice=P99", file)
	cmd.Env = append(os.Environ(), "PPROF_TMPDIR="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"Type: time", "region request", "store.(*Store).Put", "[behind: lock]", "(*Flusher).flush"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it does not show %s:\n%s", want, out)
		}
	}
}

func TestMarkdown(t *testing.T) {
	golden(t, "report.md", written(t, sample(), Markdown))
	var page bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert(written(t, evil(), Markdown), &page); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "</script", "<em>"} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("a name makes %s:\n%s", bad, &page)
		}
	}
	if got := strings.Count(page.String(), "<table>"); got != 3 {
		t.Errorf("%d tables, want one for each group", got)
	}
}

// A comment has room for so much.
func TestMarkdownFits(t *testing.T) {
	r := sample()
	for i := range 500 {
		r.Groups = append(r.Groups, handler(i))
	}
	out := string(written(t, r, Markdown))
	if len(out) > report.CommentLimit || !strings.Contains(out, "more groups not shown") || !strings.Contains(out, "over the limit") {
		t.Errorf("%d bytes, which end with %s", len(out), out[len(out)-300:])
	}
	left, shown := 0, strings.Count(out, "<details>")
	if i := strings.Index(out, " more groups not shown"); i < 0 {
		t.Error("it does not say how many are left out")
	} else if fmt.Sscan(out[strings.LastIndexByte(out[:i], '\n')+1:i], &left); left+shown != len(r.Groups) {
		t.Errorf("%d are shown and %d left out, of %d", shown, left, len(r.Groups))
	}
}

func TestHTML(t *testing.T) {
	for name, r := range map[string]*Report{"sample": sample(), "hostile": evil(), "nothing": {Report: new(trace.Report)}} {
		out := string(written(t, r, HTML))
		if n := len(regexp.MustCompile(`(?i)<script[ \t\n\f\r/>]`).FindAllString(out, -1)); n != 1 {
			t.Errorf("%s: %d scripts in the page, want one", name, n)
		}
		if got := regexp.MustCompile(`(?i)(src\s*=|url\(|@import|fetch\(|XMLHttpRequest|WebSocket|sendBeacon|import\(|unsafe-| style=)`).FindAllString(out, -1); got != nil {
			t.Errorf("%s: the page asks for something, or has what its policy forbids: %q", name, got)
		}
	}
	out := string(written(t, sample(), HTML))
	for _, want := range []string{
		`<h1 class="verdict found">P99 of request is 48 ms, and may be 5 ms.</h1>`, `data-kind="handler"`, `data-mostly="lock"`, "<strong>lockblock</strong> reports at", "(silenced: allow: once only)",
		`>ended by goroutine 9<`, `>kernel<`, `class="c-throttled"`, "could not check:", "spans began before the trace", "By 1 020 samples",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

func TestVerdict(t *testing.T) {
	within := sample()
	within.Limits, within.Failures = within.Limits[1:], nil
	free := sample()
	free.Limits, free.Failures = nil, nil
	cut := sample()
	cut.Limits, cut.Failures, cut.Trace.Cut = nil, nil, "half an event"
	long := sample()
	long.Limits, long.Groups = nil, []trace.Group{{Kind: trace.Function, Name: "example.com/app/store.(*Store).Put"}}
	tests := []struct {
		name           string
		report         *Report
		verdict, state string
	}{
		{"over", sample(), "P99 of request is 48 ms, and may be 5 ms.", "found"},
		{"within", within, "P99 of request is 48 ms; 61 % of it waiting for a lock.", "clean"},
		{"no limit", free, "P99 of request is 48 ms; 61 % of it waiting for a lock.", ""},
		{"cut", cut, "P99 of request is 48 ms; 61 % of it waiting for a lock.", "unchecked"},
		{"no span", &Report{Report: new(trace.Report)}, "There is no span in the trace to tell of.", "unchecked"},
		{"none whole", long, "No span of store.(*Store).Put is whole.", "unchecked"},
	}
	for _, tt := range tests {
		if got, state := tt.report.verdict(), tt.report.state(); got != tt.verdict || state != tt.state {
			t.Errorf("%s: %q, %q", tt.name, got, state)
		}
	}
}

// Pages stay small however much happens in a span: narrow intervals are drawn
// together, and at some size no more timelines.
func TestTimeline(t *testing.T) {
	s := trace.Span{Start: time.Second, End: 2 * time.Second, Goroutine: 1}
	for i := range 100_000 {
		c := trace.Running
		if i%4 == 0 {
			c = trace.Lock
		}
		from := s.Start + time.Duration(i)*10*time.Microsecond
		s.Timeline = append(s.Timeline, trace.Interval{Start: from, End: from + 10*time.Microsecond, Component: c})
	}
	m := &pageMaker{report: sample(), rects: 2100}
	p := m.span(s)
	if n := len(p.Lanes[0].Rects); n > 1100 || n < 500 {
		t.Errorf("%d intervals are drawn as %d", len(s.Timeline), n)
	}
	if r := p.Lanes[0].Rects[0]; r.Class != trace.Running || r.Title != "100 short intervals, mostly running" {
		t.Errorf("the first rectangle is %+v", r)
	}
	if q := m.span(s); len(q.Lanes) == 0 {
		t.Error("there is room for two")
	}
	if q := m.span(s); q.Undrawn == "" || len(q.Lanes) > 0 || len(q.Longest) != maxLongest {
		t.Errorf("there is no room for a third: %+v", q)
	}
}

// Those who ended the longest waits are drawn, and the others counted.
func TestLanes(t *testing.T) {
	s := trace.Span{Start: 0, End: 100, Goroutine: 1}
	for i := range 10 {
		from := time.Duration(i * 10)
		s.Timeline = append(s.Timeline, trace.Interval{Start: from, End: from + time.Duration(i), Component: trace.Lock, By: int64(50 + i)})
	}
	s.Timeline = append(s.Timeline, trace.Interval{Start: 99, End: 100, Component: trace.Sleep, By: 1})
	m := &pageMaker{report: new(Report)}
	lanes, more := m.lanes(s)
	var names []string
	for _, l := range lanes {
		names = append(names, l.Name)
	}
	const want = "goroutine 1, ended by goroutine 59, ended by goroutine 58, ended by goroutine 57, ended by goroutine 56, ended by goroutine 55"
	if got := strings.Join(names, ", "); got != want || more != 5 {
		t.Errorf("%s, and %d more", got, more)
	}
}

func FuzzPrinters(f *testing.F) {
	for _, s := range []string{"", "plain", hostile, "<!--", "\u2028", "\xff", "' onclick=x '", "</style>", "```", "main.(*T[go.shape.int]).f-fm", "a/b/", "-range1"} {
		f.Add(s, int64(len(s)))
	}
	of := func(s string, n int64) *Report {
		r := sample()
		g := &r.Groups[0]
		g.Name, r.Source, r.Notes[0], r.Findings[0].Message = s, s, s, s
		c := &g.Slices[1].Causes[0]
		c.Stack = []trace.Frame{frame(s, s, int(n))}
		d := time.Duration(n)
		c.Time, c.Behind[0].Time, g.Slices[1].Latency, g.Slices[1].Kernel[0].Time, g.Slowest[0].Timeline[0].End = d, d, d, d, d
		return r
	}
	tags := []string{"<script", "<style", "<h1", "<section", "<svg"}
	page := func(r *Report) string {
		var b bytes.Buffer
		if err := HTML(&b, r); err != nil {
			f.Fatal(err)
		}
		return b.String()
	}
	plain := page(of("plain", 1))
	f.Fuzz(func(t *testing.T, s string, n int64) {
		for _, print := range []func(io.Writer, *Report) error{plainText, Markdown, JSON, WriteProfile} {
			if err := print(io.Discard, of(s, n)); err != nil {
				t.Fatal(err)
			}
		}
		out := string(written(t, of(s, 1), HTML))
		for _, tag := range tags {
			if got, want := strings.Count(out, tag), strings.Count(plain, tag); got != want {
				t.Errorf("%q makes %d of %s, want %d", s, got, tag, want)
			}
		}
	})
}
