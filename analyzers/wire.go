package analyzers

import (
	"encoding/json"
	"fmt"
	"go/token"
	"go/version"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"honnef.co/go/tools/analysis/facts/generated"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/heapescape"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/policy"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// Attributes are the parts of a finding that a diagnostic has no field for.
type Attributes struct {
	Rule      string   `json:"rule"`
	Tier      string   `json:"tier,omitempty"`
	Posn      string   `json:"posn,omitempty"` // where the finding stands, if not in the package that reports it
	Func      string   `json:"func,omitempty"`
	Fault     string   `json:"fault,omitempty"` // the function to be mended, if not Func
	Cause     string   `json:"cause,omitempty"`
	Primitive string   `json:"primitive,omitempty"`
	Chain     []Step   `json:"chain,omitempty"`
	Mend      string   `json:"mend,omitempty"`
	Hot       *Hot     `json:"hot,omitempty"`
	NeedsHot  bool     `json:"needs_hot,omitempty"`
	Allowed   *Allowed `json:"allowed,omitempty"`
	// Yields is the rule whose finding at the same place takes this one's place.
	Yields string `json:"yields,omitempty"`
}

// The rule names of what [Findings] reports beside findings.
const (
	// DirectiveRule is a directive that cannot be obeyed, or an allow that silences nothing.
	DirectiveRule = "directive"
	// UncheckedRule is something that could not be checked; the message says what and why.
	UncheckedRule = "unchecked"
)

// StaleAllow is the cause of a finding of [DirectiveRule]: an allow that silences
// nothing.
const StaleAllow = "stale allow"

// A Step is one link of the chain that leads to a hazard.
type Step struct {
	Posn string `json:"posn,omitempty"` // file:line:column
	Text string `json:"text"`
}

// Hot says why the code of a finding is hot.
type Hot struct {
	Source string  `json:"source"`
	Detail string  `json:"detail"`
	Share  float64 `json:"share,omitempty"` // of CPU time, 0 to 1
	Via    []Step  `json:"via,omitempty"`
}

// Allowed says which directive silences a finding.
type Allowed struct {
	Posn   string `json:"posn"`
	Reason string `json:"reason"`
}

// Decode reads the category of a diagnostic that [Findings] reported.
func Decode(category string) (Attributes, error) {
	var a Attributes
	if err := json.Unmarshal([]byte(category), &a); err != nil {
		return a, fmt.Errorf("decoding the attributes of a finding: %w", err)
	}
	return a, nil
}

// Findings runs every rule and reports each finding, whatever its tier, as a
// diagnostic whose category holds its [Attributes] in JSON.
var Findings = &analysis.Analyzer{
	Name:     "lagvetfindings",
	Doc:      "report the findings of every rule in the form that the lagvet command reads",
	Requires: requires(Catalogue()),
	Run:      findings,
}

func requires(rules []*Rule) []*analysis.Analyzer {
	as := []*analysis.Analyzer{directive.Analyzer, escape.Analyzer, funcs.Analyzer, generated.Analyzer, hotpath.Analyzer, policy.Analyzer, witness.Analyzer}
	for _, r := range rules {
		as = append(as, r.Analyzer)
	}
	return as
}

// Notices reports what no rule does, for hosts that run the rules' own analyzers:
// directives that cannot be obeyed or silence nothing, assumptions that the code
// contradicts, and what could not be checked. A host that gives an analyzer no
// facts of an imported package has chains end there, so that is said too.
var Notices = &analysis.Analyzer{
	Name:     "lagvet",
	Doc:      "lagvet: what is wrong with directives, and what could not be checked",
	URL:      "https://github.com/lagvet/lagvet/blob/main/docs/directives.md",
	Requires: requires(All()),
	Run:      notices,
}

func notices(pass *analysis.Pass) (any, error) {
	notice := func(category string, d analysis.Diagnostic) {
		d.Category, d.URL = category, pass.Analyzer.URL
		pass.Report(d)
	}
	for _, f := range faults(pass, All()) {
		if f.Tier != string(rule.Suspected) {
			notice(DirectiveRule, f.Diagnostic)
		}
	}
	if len(pass.Files) == 0 {
		return nil, nil
	}
	unchecked := func(format string, args ...any) {
		notice(UncheckedRule, analysis.Diagnostic{Pos: pass.Files[0].Package, Message: "not checked: " + fmt.Sprintf(format, args...)})
	}
	off := pass.ResultOf[policy.Analyzer].(*policy.Policy).Off
	for _, r := range All() {
		if slices.Contains(off, r.Name) {
			continue
		}
		for _, u := range pass.ResultOf[r.Analyzer].(*rule.Result).Unchecked {
			unchecked("%s: %s", r.Name, u)
		}
	}
	if missing := pass.ResultOf[witness.Analyzer].(*witness.Index).Info.Missing(); len(missing) > 0 {
		unchecked("what calls into %s may do to latency: the host that runs lagvet computed no facts of it; lagvet check does", strings.Join(missing, ", "))
	}
	return nil, nil
}

func findings(pass *analysis.Pass) (any, error) {
	taken := places(pass)
	for _, r := range Catalogue() {
		res := pass.ResultOf[r.Analyzer].(*rule.Result)
		for _, f := range res.Findings {
			if err := report(pass, r.Name, f, taken.by(pass, r, f)); err != nil {
				return nil, err
			}
		}
		for _, u := range res.Unchecked {
			if err := send(pass, Attributes{Rule: UncheckedRule}, analysis.Diagnostic{Pos: pass.Files[0].Package, Message: r.Name + ": " + u}); err != nil {
				return nil, err
			}
		}
	}
	for _, f := range faults(pass, Catalogue()) {
		if err := send(pass, f.Attributes, f.Diagnostic); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// A fault is one of a directive, or of what the configuration assumes.
type fault struct {
	Attributes
	analysis.Diagnostic
}

// faults returns the directives that cannot be obeyed, the allows of those rules that
// looked that silence nothing, and the assumptions that the code contradicts.
func faults(pass *analysis.Pass, ran []*Rule) []fault {
	x := pass.ResultOf[directive.Analyzer].(*directive.Index)
	var known []string
	for _, r := range Catalogue() { // whoever runs them
		known = append(known, r.Name)
	}
	var fs []fault
	for _, p := range append(x.UnknownRules(known), x.Problems...) {
		fs = append(fs, fault{
			Attributes{Rule: DirectiveRule, Tier: string(rule.Proven), Cause: p.Message},
			analysis.Diagnostic{Pos: p.Pos, End: p.End, Message: p.Message},
		})
	}
	for _, r := range ran {
		fs = append(fs, stale(pass, r)...)
	}
	return append(fs, belied(pass)...)
}

// belied returns the assumptions that the code contradicts: whoever calls such a
// function is told what is not so.
func belied(pass *analysis.Pass) []fault {
	var fs []fault
	index := pass.ResultOf[witness.Analyzer].(*witness.Index)
	for _, c := range index.Info.Contradictions() {
		a := Attributes{Rule: DirectiveRule, Tier: string(rule.Suspected), Cause: "contradicted assumption", Primitive: index.Primitive(c.Effect)}
		if c.Certain {
			a.Tier = string(rule.Likely)
		}
		d := analysis.Diagnostic{Pos: c.Pos}
		for _, s := range index.Chain(c.Effect) {
			a.Chain = append(a.Chain, Step{Posn: place(s.Posn), Text: s.Text})
			if s.Pos.IsValid() {
				d.Related = append(d.Related, analysis.RelatedInformation{Pos: s.Pos, Message: s.Text})
			}
		}
		said := "what the configuration assumes here"
		if c.Directive != nil {
			d.Pos, d.End = c.Directive.Pos, c.Directive.End
			said = "//lagvet:assume " + strings.Join(c.Directive.Args, ",")
		}
		a.Mend = "name " + c.Effect.Kind.String() + " among the effects, or remove the assumption"
		d.Message = fmt.Sprintf("%s is contradicted by the code, which %s (%s): whatever calls it is judged by what is not so", said, witness.Does(c.Effect.Kind), index.Short(a.Primitive))
		if c.Func != nil {
			a.Func = c.Func.FullName()
		}
		fs = append(fs, fault{a, d})
	}
	return fs
}

// stale returns the allows of r that silence nothing. They are likely, not
// proven: another build tag or platform may still need them.
func stale(pass *analysis.Pass, r *Rule) []fault {
	var fs []fault
	if res := pass.ResultOf[r.Analyzer].(*rule.Result); len(res.Unchecked) > 0 {
		return nil
	}
	for _, d := range pass.ResultOf[directive.Analyzer].(*directive.Index).Unused(r.Name) {
		if !looked(pass, r, d) {
			continue
		}
		d := analysis.Diagnostic{Pos: d.Pos, End: d.End, Message: fmt.Sprintf("allow %s silences nothing here; remove it", r.Name)}
		a := Attributes{Rule: DirectiveRule, Tier: string(rule.Likely), Cause: StaleAllow, Primitive: r.Name, Mend: "remove the directive, or the rule's name from it"}
		fs = append(fs, fault{a, d})
	}
	return fs
}

// looked reports whether r, had it anything to say where d stands, would have
// said it: a rule about hot code says less of code that nothing calls hot, the
// compiler may not have run, the language version may be too old for it, and
// generated code is never reported on.
func looked(pass *analysis.Pass, r *Rule, d *directive.Directive) bool {
	files := pass.ResultOf[generated.Analyzer].(map[string]generated.Generator)
	if _, ok := files[pass.Fset.File(d.Pos).Name()]; ok {
		return false
	}
	if v := pass.Pkg.GoVersion(); v != "" && version.Compare(v, r.Since) < 0 {
		return false
	}
	if r == heapescape.Rule && !pass.ResultOf[escape.Analyzer].(*escape.Report).Ran {
		return false
	}
	return !r.NeedsHot || isHot(pass, d)
}

// isHot reports whether some function that d covers, or stands in, is hot.
func isHot(pass *analysis.Pass, d *directive.Directive) bool {
	hot := pass.ResultOf[hotpath.Analyzer].(*hotpath.Info)
	for _, f := range pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs {
		if f.Node.Pos() <= d.To && d.From <= f.Node.End() && hot.Hot(f.Node) != nil {
			return true
		}
	}
	return false
}

// A line is one of a file of the package.
type line struct {
	file string
	line int
}

// taken are the rules that have findings in a line: what two of them say of the same
// thing need not stand at the same column.
type taken map[line][]string

func lineOf(pass *analysis.Pass, pos token.Pos) line {
	p := pass.Fset.Position(pos)
	return line{p.Filename, p.Line}
}

// places returns where there are findings, those that a directive silences included.
// One that is suspected takes no place of others: who did not ask is not shown it.
func places(pass *analysis.Pass) taken {
	t := make(taken)
	for _, r := range Catalogue() {
		for _, f := range pass.ResultOf[r.Analyzer].(*rule.Result).Findings {
			if f.Tier == rule.Suspected {
				continue
			}
			at := lineOf(pass, f.Pos)
			t[at] = append(t[at], r.Name)
		}
	}
	return t
}

// by returns the rule whose finding takes the place of f, which r has, or "".
func (t taken) by(pass *analysis.Pass, r *Rule, f rule.Finding) string {
	if len(r.Yields) == 0 {
		return ""
	}
	there := t[lineOf(pass, f.Pos)]
	if i := slices.IndexFunc(r.Yields, func(name string) bool { return slices.Contains(there, name) }); i >= 0 {
		return r.Yields[i]
	}
	return ""
}

func report(pass *analysis.Pass, name string, f rule.Finding, yields string) error {
	a := Attributes{
		Yields:    yields,
		Rule:      name,
		Tier:      string(f.Tier),
		Func:      f.Func,
		Fault:     f.Fault,
		Cause:     f.Cause,
		Primitive: f.Primitive,
		Mend:      f.Mend,
		NeedsHot:  f.NeedsHot,
	}
	if f.Posn.IsValid() {
		a.Posn = f.Posn.String()
	}
	for _, s := range f.Chain {
		posn := s.Posn
		if s.Pos.IsValid() {
			posn = pass.Fset.Position(s.Pos)
		}
		a.Chain = append(a.Chain, Step{Posn: place(posn), Text: s.Text})
	}
	if h := f.Hot; h != nil {
		a.Hot = hotOf(pass, h)
	}
	if d := f.Allowed; d != nil {
		a.Allowed = &Allowed{Posn: pass.Fset.Position(d.Pos).String(), Reason: d.Reason}
	}
	return send(pass, a, analysis.Diagnostic{Pos: f.Pos, End: f.End, Message: f.Message, SuggestedFixes: f.Fixes})
}

func place(p token.Position) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}

func send(pass *analysis.Pass, a Attributes, d analysis.Diagnostic) error {
	js, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encoding a finding of %s: %w", a.Rule, err)
	}
	d.Category = string(js)
	// Without a URL, hosts make one of the category, and fail if they cannot.
	d.URL = rule.URL + a.Rule + ".md"
	pass.Report(d)
	return nil
}
