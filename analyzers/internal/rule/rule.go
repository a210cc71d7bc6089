package rule

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"honnef.co/go/tools/analysis/facts/generated"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/policy"
)

// A Class is the class of incidents that a hazard belongs to. The classes are
// those of the maturity model.
type Class string

// The incident classes.
const (
	Concurrency   Class = "concurrency control failure"
	Context       Class = "context lifecycle abuse"
	Observability Class = "logs and metrics split"
	Dependency    Class = "dependency protection missing"
	Modules       Class = "module drift"
	Performance   Class = "performance" // no incident class: what the hot path pays
)

// A Group is a section of the catalogue.
type Group string

// The sections of the catalogue.
const (
	Deadlines   Group = "deadlines and context"
	Goroutines  Group = "goroutines and locks"
	Timers      Group = "timers and clocks"
	Allocation  Group = "allocation and GC"
	HotPath     Group = "hot-path contracts"
	Threads     Group = "threads and the scheduler"
	Connections Group = "connections, pools, downstreams"
	Shutdown    Group = "shutdown and signals"
	Logging     Group = "observability"
	Directives  Group = "directives"
)

// A Severity is how bad the hazard is where the finding is true.
type Severity string

// The severities, which SARIF calls error, warning and note.
const (
	High   Severity = "high"
	Medium Severity = "medium"
	Low    Severity = "low"
)

// A Tier is how sure a finding is.
type Tier string

// The tiers. Suspected findings are for the audit and not reported by default.
const (
	Proven    Tier = "proven"    // the compiler, the type checker or a complete path shows it
	Likely    Tier = "likely"    // what the rule cannot see would have to be unusual
	Suspected Tier = "suspected" // worth a look
)

// A Rule is an analyzer and what the catalogue says of it.
type Rule struct {
	*analysis.Analyzer
	// Name is the rule's, which stays when a host has the analyzer renamed.
	Name string
	// Relay reports what Analyzer finds, under the rule's name. Hosts that key
	// facts by the names of analyzers alone run it, and have Analyzer renamed,
	// which reports nothing then: it is run because others require it, and gopls
	// takes what such a one reports for a bug.
	Relay    *analysis.Analyzer
	Title    string // the first sentence of the documentation, without the rule's name
	Page     string // the whole package comment
	Group    Group
	Class    Class
	Severity Severity
	Since    string   // the first Go version on which it speaks: "go1.0"
	Tier     Tier     // that of its surest findings
	Judged   Tier     // that which they would have if the rule were not on trial
	Trial    bool     // too few of its findings have been read in real code, so all are suspected
	Settled  []string // but those of these causes
	Fixes    bool     // some of its findings come with a suggested fix
	NeedsHot bool     // says nothing, or less, where nothing tells what is hot
	// Origin is the program that the check is from, and Source its documentation
	// there. They are empty for a rule of lagvet's own.
	Origin, Source string
	// Yields are rules that find some of the same faults and know more of them: where
	// one of them has a finding, this one has none.
	Yields []string
}

// Spec is what a rule's package says of its rule.
type Spec struct {
	Name     string
	Doc      string // the source of doc.go: its package comment is the documentation
	Group    Group
	Class    Class
	Severity Severity
	Since    string // the first Go version on which it speaks; empty: all
	Tier     Tier   // that of its surest findings; empty: Likely
	// Trial has every finding be suspected, whatever the rule thinks: it is shown to
	// those who ask for it until enough of its findings have been read in real code.
	Trial     bool
	Settled   []string // causes, see [Finding], up to a colon, of which enough have been read: they are not on trial
	Fixes     bool
	NeedsHot  bool
	Origin    string // see [Rule]
	Source    string
	Yields    []string
	Requires  []*analysis.Analyzer
	FactTypes []analysis.Fact
	Run       func(*Pass) error
}

// issues is where a fault of lagvet is reported.
const issues = "https://github.com/lagvet/lagvet/issues"

// URL is where the page of a rule is found; the name is appended.
const URL = "https://github.com/lagvet/lagvet/blob/main/docs/rules/"

// New returns the rule that spec describes. It panics if the documentation is
// not a Go file whose package comment begins with the rule's name.
func New(spec Spec) *Rule {
	page := comment(spec)
	title, _, _ := strings.Cut(page, "\n\n")
	title = strings.Join(strings.Fields(strings.TrimPrefix(title, "Package "+spec.Name)), " ")
	r := &Rule{
		Name:     spec.Name,
		Title:    strings.TrimSuffix(title, "."),
		Page:     page,
		Group:    spec.Group,
		Class:    spec.Class,
		Severity: spec.Severity,
		Since:    cmp.Or(spec.Since, "go1.0"),
		Tier:     cmp.Or(spec.Tier, Likely),
		Judged:   cmp.Or(spec.Tier, Likely),
		Trial:    spec.Trial,
		Settled:  spec.Settled,
		Fixes:    spec.Fixes,
		NeedsHot: spec.NeedsHot,
		Origin:   spec.Origin,
		Source:   spec.Source,
		Yields:   spec.Yields,
	}
	if r.Trial && len(r.Settled) == 0 {
		r.Tier = Suspected
	}
	r.Analyzer = &analysis.Analyzer{
		Name: spec.Name,
		Doc:  spec.Name + ": " + r.Title + "\n\n" + page,
		URL:  URL + spec.Name + ".md",
		Requires: append([]*analysis.Analyzer{
			directive.Analyzer, funcs.Analyzer, hotpath.Analyzer, generated.Analyzer, policy.Analyzer,
		}, spec.Requires...),
		FactTypes:  spec.FactTypes,
		ResultType: reflect.TypeFor[*Result](),
		Run: func(p *analysis.Pass) (any, error) {
			pass := newPass(p, spec)
			if err := pass.run(spec.Run); err != nil {
				return nil, err
			}
			return pass.result, nil
		},
	}
	r.Relay = relay(r)
	return r
}

// run runs a rule. One that panics has not looked at the package, which is said; the
// others go on, and so do the packages that import this one.
func (p *Pass) run(rule func(*Pass) error) error {
	defer func() {
		if r := recover(); r != nil {
			p.Unchecked("the rule crashed on %s: %v%s: this is a fault of lagvet: report it at %s", p.Pkg.Path(), r, origin(), issues)
		}
	}()
	return rule(p)
}

// origin returns where the panic being recovered from began.
func origin() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	for panicked := false; ; {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicked = true
		case panicked && !strings.HasPrefix(f.Function, "runtime."):
			return fmt.Sprintf(" in %s (%s:%d)", f.Function, filepath.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}

func relay(r *Rule) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     r.Name,
		Doc:      r.Doc,
		URL:      r.URL,
		Requires: []*analysis.Analyzer{r.Analyzer},
		Run: func(p *analysis.Pass) (any, error) {
			for _, d := range p.ResultOf[r.Analyzer].(*Result).reported {
				p.Report(d)
			}
			return nil, nil
		},
	}
}

func comment(spec Spec) string {
	text, ok := packageComment(spec.Doc)
	if !ok {
		panic(fmt.Sprintf("documentation of %s: no line comment stands before the package clause", spec.Name))
	}
	if !strings.HasPrefix(text, "Package "+spec.Name+" ") {
		panic(fmt.Sprintf("documentation of %s: the package comment must begin with %q", spec.Name, "Package "+spec.Name))
	}
	return text
}

// packageComment returns the text of the line comment right before the package clause
// of a file, as [ast.CommentGroup.Text] does. It does not parse: that would take a third
// of the time in which the process of a small unit starts.
func packageComment(src string) (text string, ok bool) {
	var b strings.Builder
	b.Grow(len(src))
	blank := false // lines were, and a line that is not follows or none does
	for line := range strings.Lines(src) {
		line = strings.TrimRight(line, " \t\r\n")
		if strings.HasPrefix(line, "package ") {
			return b.String(), b.Len() > 0
		}
		said, isComment := strings.CutPrefix(line, "//")
		switch {
		case !isComment: // what stood before is no package comment
			b.Reset()
			blank = false
		case said == "":
			blank = b.Len() > 0
		case said[0] != ' ' && said[0] != '\t': // a directive
		default:
			if blank {
				b.WriteByte('\n')
				blank = false
			}
			b.WriteString(strings.TrimPrefix(said, " ") + "\n")
		}
	}
	return "", false
}

// A Step is one link of the chain that leads to the hazard.
type Step struct {
	Pos  token.Pos      // where, if in code whose position this pass knows
	Posn token.Position // where, if Pos is not valid: a place in another package, from a fact
	Text string         // "calls (*cache).get", "(*sync.Mutex).Lock waits"
}

// A Finding is one hazard at one place.
type Finding struct {
	Pos, End token.Pos
	// Posn, if valid, is the place to report in a package analysed earlier;
	// Pos is then the place in this package that made the hazard known.
	Posn token.Position
	Tier Tier
	// Judged is the tier that the rule gave it, which is not Tier if the rule is on
	// trial. Report fills it in.
	Judged Tier
	// Message says what, why it costs, and what to do, in one or two sentences.
	Message string
	// Func is the full name of the function that the finding stands in. It
	// is filled in from Pos if empty.
	Func string
	// Fault is the full name of the function that has to be mended, if that
	// is not Func but something that it calls: whoever calls it, the fault is
	// the same one.
	Fault string
	// Cause and Primitive identify the hazard within Fault, or else Func, for
	// the fingerprint. They hold no positions and no names of variables.
	Cause     string
	Primitive string
	Chain     []Step
	Mend      string // what to do, in one line
	Fixes     []analysis.SuggestedFix
	// Hot says why the code is hot, for a finding about the hot path.
	Hot *hotpath.Hotness
	// NeedsHot marks a performance finding that counts only in hot code, in
	// code that nothing says is hot. It is counted and not shown.
	NeedsHot bool
	// Allowed is the directive that silences the finding, if any. Report looks
	// for one at Pos if the rule found none elsewhere along the chain.
	Allowed *directive.Directive
}

// A Result is what a rule found in a package.
type Result struct {
	Findings []Finding // in the order of their reports
	// Unchecked says what the rule was not able to look at, and why: each
	// makes the run end with the exit code for "could not check".
	Unchecked []string

	reported []analysis.Diagnostic // those of Findings that a host was told of
}

// A Pass is one run of a rule over one package.
type Pass struct {
	*analysis.Pass
	Directives *directive.Index
	Funcs      *funcs.Index
	Hotness    *hotpath.Info

	rule      string // its name
	trial     bool
	settled   []string
	policy    *policy.Policy
	generated map[string]generated.Generator
	result    *Result
}

func newPass(p *analysis.Pass, spec Spec) *Pass {
	return &Pass{
		Pass:       p,
		Directives: p.ResultOf[directive.Analyzer].(*directive.Index),
		Funcs:      p.ResultOf[funcs.Analyzer].(*funcs.Index),
		Hotness:    p.ResultOf[hotpath.Analyzer].(*hotpath.Info),
		rule:       spec.Name,
		trial:      spec.Trial,
		settled:    spec.Settled,
		policy:     p.ResultOf[policy.Analyzer].(*policy.Policy),
		generated:  p.ResultOf[generated.Analyzer].(map[string]generated.Generator),
		result:     new(Result),
	}
}

// kind returns what a cause is whatever it is about, which may follow a colon.
func kind(cause string) string {
	before, _, _ := strings.Cut(cause, ": ")
	return before
}

// Report records a finding. It is passed on to the host unless the policy does
// not want it (it wants no suspected ones if the user said nothing), it waits for
// hotness, an allow silences it, or its file is generated (nobody can mend it
// there).
func (p *Pass) Report(f Finding) {
	if p.Generated(f.Pos) {
		return
	}
	if f.Func == "" {
		f.Func = p.FuncName(f.Pos)
	}
	if f.Judged = f.Tier; p.trial && !slices.Contains(p.settled, kind(f.Cause)) {
		f.Tier = Suspected
	}
	if p.displaced(f.Pos) {
		f.Fixes = nil
	}
	if f.Allowed == nil {
		f.Allowed = p.Allow(f.Pos)
	}
	p.result.Findings = append(p.result.Findings, f)
	if f.NeedsHot || f.Allowed != nil || !p.policy.Reports(p.rule, string(f.Tier), p.Fset.Position(f.Pos).Filename) {
		return
	}
	d := p.diagnostic(f)
	p.result.reported = append(p.result.reported, d)
	if p.Analyzer.Name == p.rule {
		p.Pass.Report(d)
	}
}

// Allow returns the directive that silences the rule at pos, or nil.
func (p *Pass) Allow(pos token.Pos) *directive.Directive { return p.Directives.Allow(p.rule, pos) }

// Unchecked records that the rule was not able to look at something.
func (p *Pass) Unchecked(format string, args ...any) {
	p.result.Unchecked = append(p.result.Unchecked, fmt.Sprintf(format, args...))
}

// FuncName returns the full name of the declared function that pos stands in.
func (p *Pass) FuncName(pos token.Pos) string {
	if f := p.Funcs.At(pos); f != nil {
		return f.Name(p.Pkg)
	}
	return p.Pkg.Path() + ".init"
}

// Generated reports whether pos is in a generated file. What cgo makes of a file
// of the user's is none: its positions are those of that file.
func (p *Pass) Generated(pos token.Pos) bool {
	f := p.Fset.File(pos)
	if f == nil {
		return false
	}
	by, ok := p.generated[f.Name()]
	return ok && !(by == generated.Cgo && p.displaced(pos))
}

// displaced reports whether a //line directive, such as cgo writes, says that the
// code at pos stands in another file: byte offsets, which fixes are made of,
// then mean nothing there.
func (p *Pass) displaced(pos token.Pos) bool {
	return p.Fset.PositionFor(pos, true).Filename != p.Fset.PositionFor(pos, false).Filename
}

// File returns the file that pos is in.
func (p *Pass) File(pos token.Pos) *ast.File {
	for _, f := range p.Files {
		if f.FileStart <= pos && pos <= f.FileEnd {
			return f
		}
	}
	return nil
}
