package adopted

import (
	"cmp"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"honnef.co/go/tools/analysis/lint"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// The programs that the checks are from.
const (
	Vet         = "go vet"
	Staticcheck = "staticcheck"
)

// Rules returns the adopted checks that are run, in the order of the catalogue.
func Rules() []*rule.Rule { return rules }

var rules = made()

func made() []*rule.Rule {
	var rs []*rule.Rule
	for _, c := range checks {
		rs = append(rs, c.rule())
	}
	return rs
}

// A check is a row of the table of adopted checks.
type check struct {
	analyzer *analysis.Analyzer
	origin   string
	yields   []string // see [rule.Rule]
	group    rule.Group
	class    rule.Class
	severity rule.Severity
	tier     rule.Tier
	cause    string // of the finding, for its fingerprint
	mend     string
	inTests  bool // it is about tests
	// doubt is what a message holds that is only suspected.
	doubt string
	// then is how a second diagnostic about the fault of the one before begins.
	then string
	// The page, in our words. Each is a sentence or more; what follows the name.
	title, what, why string
	// relevant, of a check that goes by staticcheck's form of a package, tells what it
	// could speak of.
	relevant relevance
	// besides tells of a node whether the check goes by the function that it stands in,
	// too, where another one is relevant.
	besides func(ast.Node) bool
}

func (c check) rule() *rule.Rule {
	return rule.New(rule.Spec{
		Name:     c.analyzer.Name,
		Doc:      c.doc(),
		Group:    c.group,
		Class:    c.class,
		Severity: c.severity,
		Origin:   c.origin,
		Source:   c.analyzer.URL,
		Yields:   c.yields,
		Requires: c.requires(),
		Run:      c.run,
	})
}

// doc returns the page of the check as the comment of a package.
func (c check) doc() string {
	page := "Package " + c.analyzer.Name + " finds " + c.title + ".\n\n" +
		"# What\n\n" + c.what + "\n\n" +
		"# Why it costs\n\n" + c.why + "\n\n" +
		"# When it is silent\n\n" + c.silence() + "\n\n" +
		"# How to mend\n\n" + strings.ToUpper(c.mend[:1]) + c.mend[1:] + ".\n\n" +
		"# Origin\n\n" + "This is " + c.analyzer.Name + " of " + c.origin + ", run as it is: " + c.analyzer.URL + "\n\n" +
		"It runs in the lagvet command alone. golangci-lint, gopls, go vet and Bazel's nogo have it from its authors, so lagvet's " +
		"linters and analyzers there leave it out: nothing is said twice.\n"
	var doc strings.Builder
	doc.Grow(2 * len(page))
	for line := range strings.Lines(page) {
		doc.WriteString(strings.TrimRight("// "+line, " \n") + "\n")
	}
	return doc.String() + "package " + c.analyzer.Name + "\n"
}

func (c check) silence() string {
	s := "Where " + c.origin + " is, and in generated files"
	if !c.inTests {
		s += " and in tests"
	}
	s += "; at a place where //lagvet:allow " + c.analyzer.Name + " -- why says so"
	if c.origin == Staticcheck {
		s += ", or staticcheck's own //lint:ignore"
	}
	s += ", or in that line golangci-lint's //nolint:" + linters[c.origin] + "."
	if len(c.yields) > 0 {
		s += " Where one of these rules has a finding, that takes its place: " + strings.Join(c.yields, ", ") + "."
	}
	return s
}

func (c check) requires() []*analysis.Analyzer {
	var as []*analysis.Analyzer
	for _, a := range c.analyzer.Requires {
		if a == buildir {
			a = forms
		}
		as = append(as, a)
	}
	return append(as, syntax.Analyzer)
}

// in reports whether the check speaks of what is at pos.
func (c check) in(fset *token.FileSet, pos token.Pos) bool {
	return c.inTests || !syntax.InTest(fset, pos)
}

// run runs the check and makes findings of what it reports.
func (c check) run(p *rule.Pass) error {
	var found []rule.Finding
	pass := *p.Pass
	pass.Analyzer = c.analyzer
	pass.Report = func(d analysis.Diagnostic) { found = c.add(p, found, d) }
	pass.ResultOf = maps.Clone(pass.ResultOf)
	if !c.inTests {
		pass.Files = slices.DeleteFunc(slices.Clone(pass.Files), func(f *ast.File) bool { return !c.in(p.Fset, f.FileStart) })
		pass.ResultOf[inspect.Analyzer] = pass.ResultOf[syntax.Analyzer]
	}
	if c.relevant != nil {
		ir, err := pass.ResultOf[forms].(*form).of(c)
		if err != nil || ir == nil {
			return err
		}
		pass.ResultOf[buildir] = ir
	}
	if _, err := c.analyzer.Run(&pass); err != nil {
		return err
	}
	for _, f := range found {
		p.Report(f)
	}
	return nil
}

// add returns the findings with that of a diagnostic, unless it is about the same
// fault as one that is there: then it is a step of that one's chain, or says nothing new.
func (c check) add(p *rule.Pass, found []rule.Finding, d analysis.Diagnostic) []rule.Finding {
	if p.Fset.File(d.Pos) == nil || !c.in(p.Fset, d.Pos) {
		return found
	}
	if slices.ContainsFunc(found, func(f rule.Finding) bool { return f.Pos == d.Pos }) {
		return found
	}
	if n := len(found); n > 0 && c.then != "" && strings.HasPrefix(d.Message, c.then) {
		found[n-1].Chain = append(found[n-1].Chain, rule.Step{Pos: d.Pos, Text: d.Message})
		return found
	}
	f := rule.Finding{
		Pos:       d.Pos,
		End:       d.End,
		Tier:      c.tier,
		Message:   d.Message,
		Cause:     c.cause,
		Primitive: c.analyzer.Name,
		Mend:      c.mend,
		Fixes:     d.SuggestedFixes,
		Allowed:   cmp.Or(c.ignored(p, d.Pos), c.nolint(p, d.Pos)),
	}
	if c.doubt != "" && strings.Contains(d.Message, c.doubt) {
		f.Tier = rule.Suspected
	}
	for _, r := range d.Related {
		f.Chain = append(f.Chain, rule.Step{Pos: r.Pos, Text: r.Message})
	}
	return append(found, f)
}

// ignored returns staticcheck's own directive that silences the check at pos, or nil:
// one for the file, or one for the line that it stands on or above.
func (c check) ignored(p *rule.Pass, pos token.Pos) *directive.Directive {
	at := p.Fset.Position(pos)
	if !lints(p.File(pos)) {
		return nil
	}
	for _, d := range lint.ParseDirectives([]*ast.File{p.File(pos)}, p.Fset) {
		if d.Directive == nil || len(d.Arguments) < 2 || !slices.Contains(strings.Split(d.Arguments[0], ","), c.analyzer.Name) {
			continue
		}
		said := p.Fset.Position(d.Directive.Pos())
		line := d.Command == "ignore" && (at.Line == said.Line || at.Line == said.Line+1)
		if said.Filename == at.Filename && (line || d.Command == "file-ignore") {
			return &directive.Directive{Kind: directive.Allow, Pos: d.Directive.Pos(), End: d.Directive.End(), Args: []string{c.analyzer.Name}, Reason: strings.Join(d.Arguments[1:], " ")}
		}
	}
	return nil
}

// linters are the names by which golangci-lint runs the programs that the checks are from.
var linters = map[string]string{Vet: "govet", Staticcheck: "staticcheck"}

var nolint = pattern.New(`^// ?nolint\b(?::([\w\-, ]+))?`)

// nolint returns the comment in the line of pos by which golangci-lint leaves the check
// out, or nil: whoever wrote it has seen this very finding.
func (c check) nolint(p *rule.Pass, pos token.Pos) *directive.Directive {
	file := p.File(pos)
	if file == nil {
		return nil
	}
	line := p.Fset.Position(pos).Line
	for _, g := range file.Comments {
		for _, said := range g.List {
			m := nolint.FindStringSubmatch(said.Text)
			if m == nil || p.Fset.Position(said.Pos()).Line != line || !c.means(m[1]) {
				continue
			}
			return &directive.Directive{Kind: directive.Allow, Pos: said.Pos(), End: said.End(), Args: []string{c.analyzer.Name}, Reason: strings.Trim(said.Text[len(m[0]):], "/ ")}
		}
	}
	return nil
}

// means reports whether a list of linters, of which none is all, has that of the check.
func (c check) means(list string) bool {
	return strings.TrimSpace(list) == "" || slices.ContainsFunc(strings.Split(list, ","), func(name string) bool {
		name = strings.TrimSpace(name)
		return name == "all" || name == linters[c.origin]
	})
}

// lints reports whether a file holds any directive of staticcheck: to find what each
// is about takes long.
func lints(f *ast.File) bool {
	return f != nil && slices.ContainsFunc(f.Comments, func(g *ast.CommentGroup) bool {
		return slices.ContainsFunc(g.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//lint:") })
	})
}
