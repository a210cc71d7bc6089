package report

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// gate returns a report that compares, with one of everything.
func gate(t *testing.T) *Report {
	r := sample(t)
	at, _ := place(t, "match/engine.go", "e.book.best")
	hot := r.Findings[0].Hot
	minor := r.Findings[2]
	r.Findings = r.Findings[:2]
	r.Findings[0].Evidence = &finding.Evidence{Status: finding.Confirmed, Weight: 0.12, Measures: []finding.Measure{
		{Source: "mutex.pprof", Kind: "mutex", Value: 0.4, Unit: "s/s", Share: 0.12, Line: true, Text: "12 % of the waiting for locks, at this line (mutex.pprof)"},
	}}
	r.Findings[1].Evidence = &finding.Evidence{Status: finding.NotObserved, Measures: []finding.Measure{{Source: "block.pprof", Kind: "block", Text: finding.Unseen("block.pprof")}}}
	known := minor
	known.Fingerprint, known.Message = "v1:0000000000000006", "known"
	r.Problems = nil
	r.Gate = &Gate{
		Against: "origin/main at 1a2b3c4", Commit: "1a2b3c4000000000000000000000000000000000",
		Known: []finding.Finding{known},
		Minor: []finding.Finding{minor},
		Fixed: []Gone{{Rule: "ctxless", Message: "net.Dial cannot be cancelled", Func: "example.com/app/store.open", File: src(t, "store/old name.go"), Fingerprint: "v1:0000000000000007"}},
		Stale: []Gone{{Rule: "hotdefer", Message: "a defer in a loop", Func: "example.com/app/store.close", File: src(t, "store/store.go"), Fingerprint: "v1:0000000000000008"}},
		Prune: true,
		Changes: []finding.Change{
			{Func: r.Findings[0].Func, Package: r.Findings[0].Package, Start: at, Hot: hot, Gained: true, Kind: "lock", Text: "waits for (*sync.Mutex).Lock", Chain: r.Findings[0].Chain[:2], By: finding.ByCode},
			{Func: r.Findings[0].Func, Package: r.Findings[0].Package, Start: at, Hot: hot, Kind: "alloc", Text: "make([]int, n) escapes to heap", By: finding.ByToolchain},
		},
	}
	return r
}

func review(w io.Writer, r *Report) error { return Markdown(w, r, CommentLimit) }

func TestFormats(t *testing.T) {
	formats := []struct {
		ext string
		to  func(io.Writer, *Report) error
	}{
		{"github", GitHub},
		{"codequality.json", CodeQuality},
		{"junit.xml", JUnit},
		{"md", review},
	}
	clean := &Report{Dir: "/src", Root: "/src", Rules: sample(t).Rules, Packages: 3}
	for _, f := range formats {
		t.Run(f.ext, func(t *testing.T) {
			golden(t, "sample."+f.ext, write(t, sample(t), f.to))
			golden(t, "gate."+f.ext, write(t, gate(t), f.to))
			golden(t, "clean."+f.ext, write(t, clean, f.to))
		})
	}
}

// The formats for programs and code hosts hold neither times nor cache hits.
func TestFormatsReproducible(t *testing.T) {
	a, b := sample(t), sample(t)
	b.Elapsed, b.Cached = 1<<40, 0
	b.Dir = src(t, "store")
	for i, to := range []func(io.Writer, *Report) error{GitHub, CodeQuality, JUnit, review, HTML} {
		if write(t, a, to) != write(t, b, to) {
			t.Errorf("%d: the time of a run, its cache hits or its directory are in the report", i)
		}
	}
}

// command is a workflow command as GitHub's runner reads a line.
type command struct {
	kind       string
	properties map[string]string
	data       string
}

// runnerReads does what ActionCommand.TryParseV2 and its table of escapes do: what
// comes first in the table is put back first, the per cent sign last.
func runnerReads(line string) (command, bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "::")
	info, data, ok2 := strings.Cut(rest, "::")
	if !ok || !ok2 {
		return command{}, false
	}
	back := func(s string, escapes ...string) string {
		for i := 0; i < len(escapes); i += 2 {
			s = strings.ReplaceAll(s, escapes[i], escapes[i+1])
		}
		return s
	}
	kind, properties, _ := strings.Cut(info, " ")
	c := command{kind, make(map[string]string), back(data, "%0D", "\r", "%0A", "\n", "%25", "%")}
	for _, p := range strings.Split(properties, ",") {
		if name, value, ok := strings.Cut(p, "="); ok {
			c.properties[name] = back(value, "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
		}
	}
	return c, true
}

// awkward are texts that a format might take for something else.
var awkward = []string{
	"", "plain", "100%", "%25", "%0A", "a\nb", "a\r\nb", "a:b,c=d;e", "::error::x", "größer 𝛼", "]]>", "<b>&amp;", `a\b"c'd`,
	"</script><script>alert(1)</script>", "<!--", "\u2028", "a|b", "`code`", "``", "@someone", "#12", "- item", "1. item", "# head", "$x$", "[a](b)", "\x00\x1b[31m", "\xff",
}

func FuzzGithubEscape(f *testing.F) {
	for _, s := range awkward {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, message, file string) {
		r := &Report{Root: "/src", Findings: []finding.Finding{{
			Rule: "ctxless", Message: message, Severity: "high", Start: finding.Place{File: "/src/x" + file + ".go", Line: 3, Column: 2},
		}}}
		first, rest, _ := strings.Cut(write(t, r, GitHub), "\n")
		if strings.Count(rest, "\n") != 1 || strings.HasPrefix(rest, "::") {
			t.Fatalf("more than one command, then one line: %q", rest)
		}
		c, ok := runnerReads(first)
		if !ok {
			t.Fatalf("no command: %q", first)
		}
		path, _ := r.rooted(r.Findings[0].Start.File)
		if got := c.properties["file"]; got != path {
			t.Errorf("file %q, want %q", got, path)
		}
		// The runner takes white space off the ends of the line.
		if !strings.HasPrefix(c.data, strings.TrimRight(message, " \t\v\f\u0085\u00a0")) {
			t.Errorf("message %q, want %q", c.data, message)
		}
		if c.kind != "error" || c.properties["line"] != "3" || c.properties["title"] != "lagvet: ctxless" {
			t.Errorf("%+v", c)
		}
	})
}

// The runner drops columns of what has more than one line, and complains of it.
func TestGitHubRegion(t *testing.T) {
	at := func(line, column int) finding.Place {
		return finding.Place{File: "/src/a.go", Line: line, Column: column}
	}
	tests := []struct {
		start, end finding.Place
		want       string
	}{
		{finding.Place{}, finding.Place{}, ""},
		{at(0, 0), finding.Place{}, "file=a.go,"},
		{at(3, 0), finding.Place{}, "file=a.go,line=3,"},
		{at(3, 2), finding.Place{}, "file=a.go,line=3,col=2,"},
		{at(3, 2), at(3, 5), "file=a.go,line=3,endLine=3,col=2,endColumn=4,"},
		{at(3, 2), at(3, 2), "file=a.go,line=3,endLine=3,col=2,"},
		{at(3, 2), at(4, 5), "file=a.go,line=3,endLine=4,"},
	}
	for _, tt := range tests {
		r := &Report{Root: "/src", Findings: []finding.Finding{{Rule: "ctxless", Severity: "high", Start: tt.start, End: tt.end}}}
		if got, want := write(t, r, GitHub), "::error "+tt.want+"title="; !strings.HasPrefix(got, want) {
			t.Errorf("%+v to %+v: %s\nwant %s", tt.start, tt.end, got, want)
		}
	}
}

// many returns n findings of a severity.
func many(n int, severity string) []finding.Finding {
	var fs []finding.Finding
	for i := range n {
		fs = append(fs, finding.Finding{
			Rule: "ctxless", Severity: severity, Package: "p", Message: fmt.Sprint(severity, " message ", i),
			Start: finding.Place{File: "/src/a.go", Line: i + 1}, Chain: []finding.Step{{Text: strings.Repeat("calls something ", 20)}},
			Fingerprint: fmt.Sprint("v1:", severity, i),
		})
	}
	return fs
}

// GitHub shows ten of a kind: what it leaves out is counted where it shows it.
func TestGitHubSaysWhatIsNotShown(t *testing.T) {
	tests := []struct {
		high, medium, low int
		want              string // "" for no notice about it
	}{
		{10, 10, 10, ""},
		{11, 0, 0, "1 annotation is not shown"},
		{10, 12, 0, "2 annotations are not shown"},
		{0, 0, 11, "2 annotations are not shown"}, // nine, and the notice itself
		{11, 0, 9, "1 annotation is not shown"},
		{11, 11, 10, "3 annotations are not shown"},
	}
	for _, tt := range tests {
		r := &Report{Root: "/src", Findings: append(append(many(tt.low, "low"), many(tt.medium, "medium")...), many(tt.high, "high")...)}
		shown := make(map[string]int)
		var notices []string
		for line := range strings.Lines(write(t, r, GitHub)) {
			c, ok := runnerReads(line)
			if !ok {
				continue
			}
			if shown[c.kind]++; shown[c.kind] <= githubShown && strings.Contains(c.data, "not shown") {
				notices = append(notices, c.data)
			}
		}
		if tt.want == "" && len(notices) > 0 || tt.want != "" && (len(notices) != 1 || !strings.HasPrefix(notices[0], tt.want)) {
			t.Errorf("%+v: shown of it: %q", tt, notices)
		}
		unshown := 0
		for _, n := range shown {
			unshown += max(0, n-githubShown)
		}
		if tt.want != "" && !strings.HasPrefix(tt.want, fmt.Sprint(unshown, " ")) {
			t.Errorf("%+v: %d are not shown", tt, unshown)
		}
	}
}

func TestVerdict(t *testing.T) {
	found := []finding.Finding{{Package: "a"}, {Package: "a"}}
	failed := []finding.Problem{{}, {}}
	against := func(prune bool, stale ...Gone) *Gate {
		return &Gate{Against: "origin/main at 1a2b3c4", Prune: prune, Stale: stale}
	}
	tests := []struct {
		report Report
		want   string
	}{
		{Report{Packages: 1}, "no findings in 1 package."},
		{Report{Packages: 3, Findings: found}, "2 findings in 1 of 3 packages."},
		{Report{Packages: 3, Findings: found[:1]}, "1 finding in 1 of 3 packages."},
		{Report{Packages: 3, Problems: failed}, "2 things were not checked; no findings in 3 packages."},
		{Report{Packages: 3, Problems: failed[:1], Findings: found}, "1 thing was not checked; 2 findings in 1 of 3 packages."},
		{Report{Problems: failed}, "nothing was checked."},
		{Report{Packages: 3, Gate: against(false)}, "no new findings against origin/main at 1a2b3c4 in 3 packages."},
		{Report{Packages: 3, Gate: against(false), Findings: found}, "2 new findings against origin/main at 1a2b3c4 in 1 of 3 packages."},
		{Report{Packages: 3, Gate: against(false, Gone{})}, "no new findings against origin/main at 1a2b3c4 in 3 packages."},
		{Report{Packages: 3, Gate: against(true, Gone{})}, "1 entry of the baseline no longer occurs."},
		{Report{Packages: 3, Gate: against(true, Gone{}, Gone{}), Findings: found}, "2 new findings against origin/main at 1a2b3c4 in 1 of 3 packages; 2 entries of the baseline no longer occur."},
	}
	for _, tt := range tests {
		if got := tt.report.verdict(); got != tt.want {
			t.Errorf("%s\nwant %s", got, tt.want)
		}
	}
}

func TestRanked(t *testing.T) {
	fs := []finding.Finding{
		{Message: "low", Severity: "low", Evidence: &finding.Evidence{Weight: 1}},
		{Message: "cold", Severity: "high", Tier: finding.Proven},
		{Message: "first of equals", Severity: "medium", Tier: finding.Likely},
		{Message: "second of equals", Severity: "medium", Tier: finding.Likely},
		{Message: "sure", Severity: "medium", Tier: finding.Proven},
		{Message: "hot", Severity: "high", Hot: &finding.Hot{Share: 0.5}},
		{Message: "measured", Severity: "high", Evidence: &finding.Evidence{Weight: 0.1}},
	}
	var got []string
	for _, f := range ranked(fs) {
		got = append(got, f.Message)
	}
	const want = "measured, hot, cold, sure, first of equals, second of equals, low"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
	if fs[0].Message != "low" {
		t.Error("the report itself was sorted")
	}
}

// What we write must mean to another reader what we meant.
func TestJUnitRead(t *testing.T) {
	for name, r := range map[string]*Report{"sample": sample(t), "gate": gate(t), "clean": {Root: "/", Rules: sample(t).Rules, Packages: 3}} {
		suites, err := junit.Ingest([]byte(write(t, r, JUnit)))
		if err != nil {
			t.Fatal(err)
		}
		total := junit.Totals{}
		names := make(map[string]bool)
		for _, s := range suites {
			if len(s.Tests) == 0 {
				t.Errorf("%s: suite %s has no tests", name, s.Name)
			}
			total.Tests += s.Totals.Tests
			total.Failed += s.Totals.Failed
			total.Error += s.Totals.Error
			for _, test := range s.Tests {
				key := s.Name + "\x00" + test.Classname + "\x00" + test.Name
				if names[key] {
					t.Errorf("%s: two tests are %q", name, key)
				}
				names[key] = true
			}
		}
		failed := len(r.Findings) + len(r.prunable())
		if total.Failed != failed || total.Error != len(r.Problems) {
			t.Errorf("%s: %d failed, %d errors, want %d, %d", name, total.Failed, total.Error, failed, len(r.Problems))
		}
		if len(suites) < 1+len(r.Rules) {
			t.Errorf("%s: %d suites for %d rules", name, len(suites), len(r.Rules))
		}
	}
}

// shape says what may be in an element, and what must be on it.
type shape struct{ children, required, optional string }

// junitShapes is as much of Jenkins' junit-10.xsd (src/main/resources in
// github.com/jenkinsci/xunit-plugin) as this report is about. What is not named
// here is not allowed, though the schema may allow it.
var junitShapes = map[string]shape{
	"":           {children: "testsuites"},
	"testsuites": {"testsuite", "", "name tests failures errors time"},
	"testsuite":  {"testcase properties system-out system-err", "name tests failures errors", "skipped time timestamp hostname id package file log url group"},
	"testcase":   {"skipped error failure system-out system-err", "name", "classname time group"},
	"failure":    {"", "", "message type"},
	"error":      {"", "", "message type"},
	"skipped":    {"", "", "message type"},
}

func TestJUnitShape(t *testing.T) {
	has := func(list, word string) bool { return slices.Contains(strings.Fields(list), word) }
	for name, r := range map[string]*Report{"sample": sample(t), "gate": gate(t), "clean": {Root: "/", Rules: sample(t).Rules}} {
		d := xml.NewDecoder(strings.NewReader(write(t, r, JUnit)))
		path := []string{""}
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch e := token.(type) {
			case xml.StartElement:
				parent, s := path[len(path)-1], junitShapes[e.Name.Local]
				if !has(junitShapes[parent].children, e.Name.Local) {
					t.Errorf("%s: %s in %q", name, e.Name.Local, parent)
				}
				on := make(map[string]bool)
				for _, a := range e.Attr {
					if on[a.Name.Local] = true; !has(s.required+" "+s.optional, a.Name.Local) {
						t.Errorf("%s: %s has %s", name, e.Name.Local, a.Name.Local)
					}
				}
				for _, want := range strings.Fields(s.required) {
					if !on[want] {
						t.Errorf("%s: %s has no %s", name, e.Name.Local, want)
					}
				}
				path = append(path, e.Name.Local)
			case xml.EndElement:
				path = path[:len(path)-1]
			}
		}
	}
}

// A rule that sees less because nothing is known to be hot has not passed.
func TestJUnitSkipsWithoutHeat(t *testing.T) {
	r := &Report{Root: "/", Rules: []Rule{{Name: "heapescape", NeedsHot: true}, {Name: "ctxless"}}, Packages: 1}
	suites, err := junit.Ingest([]byte(write(t, r, JUnit)))
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]junit.Status)
	for _, s := range suites {
		got[s.Name] = s.Tests[0].Status
	}
	if got["heapescape"] != junit.StatusSkipped || got["ctxless"] != junit.StatusPassed || got["checked"] != junit.StatusPassed {
		t.Errorf("%v", got)
	}
}

func TestJUnitAwkward(t *testing.T) {
	for _, s := range awkward {
		r := &Report{Root: "/", Findings: []finding.Finding{{Rule: "ctxless", Message: s, Package: s, Fingerprint: "v1:1"}}}
		suites, err := junit.Ingest([]byte(write(t, r, JUnit)))
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		want := strings.Map(func(c rune) rune { // what XML cannot hold
			if c < ' ' && !strings.ContainsRune("\t\n\r", c) {
				return '\uFFFD'
			}
			return c
		}, strings.ToValidUTF8(s, "\uFFFD"))
		if got := suites[len(suites)-1].Tests[0].Classname; got != want {
			t.Errorf("%q reads as %q", s, got)
		}
	}
}

// What GitLab requires of each issue: https://docs.gitlab.com/ci/testing/code_quality/.
func TestCodeQualityIsComplete(t *testing.T) {
	r := gate(t)
	r.Problems = append(sample(t).Problems, finding.Problem{Message: "twice"}, finding.Problem{Message: "twice"})
	for _, s := range awkward {
		r.Findings = append(r.Findings, finding.Finding{Rule: "ctxless", Message: "x" + s, Severity: "high", Start: finding.Place{File: src(t, "a.go")}, Fingerprint: "v1:" + s})
	}
	out := write(t, r, CodeQuality)
	var issues []struct {
		Description string
		CheckName   string `json:"check_name"`
		Fingerprint string
		Severity    string
		Location    struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	if err := json.Unmarshal([]byte(out), &issues); err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	blockers := 0
	for _, i := range issues {
		if i.Description == "" || i.CheckName == "" || i.Fingerprint == "" || i.Location.Path == "" || i.Location.Lines.Begin < 1 || !strings.Contains(" info minor major critical blocker ", " "+i.Severity+" ") {
			t.Errorf("%+v lacks something", i)
		}
		if seen[i.Fingerprint] {
			t.Errorf("two issues have the fingerprint %s", i.Fingerprint)
		}
		seen[i.Fingerprint] = true
		if i.Severity == "blocker" {
			blockers++
		}
	}
	if blockers != len(r.Problems) {
		t.Errorf("%d blockers for %d problems", blockers, len(r.Problems))
	}
	if want := len(r.Problems) + len(r.Findings) + len(r.Gate.Stale) + len(r.Notes); len(issues) != want {
		t.Errorf("%d issues, want %d", len(issues), want)
	}
}

func TestMarkdownEscapes(t *testing.T) {
	tests := []struct{ text, want string }{
		{"(*Engine).Match can wait", `(\*Engine).Match can wait`},
		{"a\r\n  b", "a b"},
		{"<script> & x", "&lt;script&gt; &amp; x"},
		{"a|b _c_ `d` [e] ~f~", "a\\|b \\_c\\_ \\`d\\` \\[e\\] \\~f\\~"},
		{"$GOROOT and $GOMODCACHE", `\$GOROOT and \$GOMODCACHE`},
		{"@someone of #12 and !13, 31 % of it", "@<!-- -->someone of #<!-- -->12 and !<!-- -->13, 31 % of it"},
		{`C:\go`, `C:\\go`},
		{"- no item", `\- no item`},
		{"1. no item", `1\. no item`},
		{"# no head", `\# no head`},
	}
	for _, tt := range tests {
		if got := MarkdownText(tt.text); got != tt.want {
			t.Errorf("%q: %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestMarkdownCode(t *testing.T) {
	for text, want := range map[string]string{"a.go:3": "`a.go:3`", "a`b": "``a`b``", "`": "`` ` ``", "a\nb": "`a b`"} {
		if got := MarkdownCode(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestMarkdownLinks(t *testing.T) {
	r := sample(t)
	r.Findings[0].Start.File = src(t, "größer (1).go")
	r.Links = "https://example.com/o/r/blob/1a2b3c4"
	out := write(t, r, review)
	const want = "[`größer (1).go:7`](https://example.com/o/r/blob/1a2b3c4/gr%C3%B6%C3%9Fer%20%281%29.go#L7)"
	if !strings.Contains(out, want) {
		t.Errorf("no %s in\n%s", want, out)
	}
}

// A page that is too long loses details first, then findings, and says so.
func TestMarkdownFits(t *testing.T) {
	tests := []struct {
		n, limit int
		left     string // what is said to be left out; "" for nothing
		details  bool   // whether any are there
	}{
		{3, CommentLimit, "", true},
		{150, CommentLimit, "the details of ", true},
		{2000, CommentLimit, " findings, the details of ", false},
		{2000, SummaryLimit, "", true},
		{10000, SummaryLimit, "the details of ", true},
		{20000, SummaryLimit, " findings, the details of ", false},
	}
	for _, tt := range tests {
		r := &Report{Root: "/src", Findings: many(tt.n, "high"), HotKnown: true, Problems: []finding.Problem{{Message: "not looked at"}}}
		out := write(t, r, func(w io.Writer, r *Report) error { return Markdown(w, r, tt.limit) })
		if len(out) > tt.limit {
			t.Errorf("%d findings: %d bytes for %d", tt.n, len(out), tt.limit)
		}
		if !strings.Contains(out, "not looked at") || !strings.Contains(out, "high message 0") {
			t.Errorf("%d findings: the most urgent is not there", tt.n)
		}
		said := strings.Contains(out, "Left out")
		if said != (tt.left != "") || !strings.Contains(out, tt.left) {
			t.Errorf("%d findings in %d bytes: not said: %q\n%s", tt.n, tt.limit, tt.left, out[max(0, len(out)-300):])
		}
		if details := strings.Contains(out, "<details>"); details != tt.details {
			t.Errorf("%d findings in %d bytes: details are there: %v", tt.n, tt.limit, details)
		}
		left := 0
		if _, rest, ok := strings.Cut(out, "no room here: "); ok {
			fmt.Sscanf(rest, "%d finding", &left)
		}
		if shown := strings.Count(out, "- **high**"); strings.Contains(tt.left, "findings") && shown+left != tt.n {
			t.Errorf("%d shown and %d said to be left out, of %d", shown, left, tt.n)
		}
	}
}
