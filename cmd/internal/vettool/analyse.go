package vettool

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/host"
	"github.com/lagvet/lagvet/analyzers/timesheet"
)

// The environment variables by which the lagvet command talks to its tool. They
// change nothing that a unit reports, for they are not in the cache key.
const (
	driverEnv   = "LAGVET_DRIVER"   // set: the configuration comes by flag
	progressEnv = "LAGVET_PROGRESS" // a file that gets a line for each unit analysed
)

// Env returns what the environment of the go command must hold in a run by the
// lagvet command. The tool appends a line to the file progress for each unit
// that it analyses, rather than the cache replays: the unit's import path.
func Env(progress string) []string {
	return []string{driverEnv + "=1", progressEnv + "=" + progress}
}

// analyse runs the analysis of one unit and exits.
func analyse(flags Flags, args []string, file string) error {
	u, err := readUnit(file)
	if err != nil {
		return err
	}
	if err := begin(u); err != nil {
		return err
	}
	if u.timer, err = newTimer(u); err != nil {
		return err
	}
	spareGC()
	leaveTestsOut()
	scoped := u.inScope(flags.Scope)
	var off []string
	if scoped && !flags.Findings && !flags.Heat {
		c, err := config.In(u.Dir, os.Getenv("GOWORK"), analyzers.Catalogue())
		if err != nil {
			return err
		}
		if err := host.Report(c, false); err != nil {
			return err
		}
		flags.Config, off = c.Analysis, offs(c)
	}
	// What is assumed of a function changes the facts of all that call it; the
	// rest of the configuration changes none.
	if err := host.Assume(flags.Config.Assume); err != nil {
		return err
	}
	if scoped || flags.Heat {
		if err := configure(flags); err != nil {
			return err
		}
	}
	args = append(off, args...) // a rule that go vet is told to run, it runs
	if slices.Contains(args, "-fix") || slices.Contains(args, "-fix=true") {
		// What is analysed only for its facts must not be mended.
		if u.VetxOnly {
			check([]string{file}, WithFacts(rules()))
		}
		check(append(args, file), rules())
		return nil
	}
	if flags.Heat {
		return heat(u, args)
	}
	if !scoped {
		return facts(u, WithFacts(rules()))
	}
	as := rules()
	hot, err := askCompiler(u, flags)
	if flags.Findings {
		as = []*analysis.Analyzer{analyzers.Findings, announce(u, hot, flags.Config.Budgets, err)}
		// Without what the compiler says a ledger would tell of costs that are gone.
		if !flags.NoCompiler && err == nil {
			as = append(as, analyzers.Ledger)
		}
		as = append(as, timesheet.Analyzer)
	} else if err != nil {
		return err
	}
	if file, err = u.with(map[string]any{"VetxOnly": false}); err != nil {
		return err
	}
	u.timer.watch(as)
	check(append(args, file), as)
	return nil
}

// heat says what makes functions of a unit hot, and what they may do. Of every
// unit it is said, whichever the user asks about: what a scope tells would be in
// the cache key, and the next question would have the standard library analysed
// again.
func heat(u *unit, args []string) error {
	file, err := u.with(map[string]any{"VetxOnly": false})
	if err != nil {
		return err
	}
	as := []*analysis.Analyzer{analyzers.Heat, effects.Report, announce(u, false, nil, nil)}
	u.timer.watch(as)
	check(append(args, file), as)
	return nil
}

// facts analyses a unit for what packages that import it need to know. Unlike
// one of which the go command wants only that, it says what went wrong.
func facts(u *unit, as []*analysis.Analyzer) error {
	file, err := u.with(map[string]any{"VetxOnly": false, "Stdout": os.DevNull})
	if err != nil {
		return err
	}
	u.timer.watch(as)
	check([]string{"-json", file}, as) // so that findings are no failure
	return nil
}

// WithFacts returns the analyzers, among as and what they require, that have
// facts.
func WithFacts(as []*analysis.Analyzer) []*analysis.Analyzer {
	return slices.DeleteFunc(closure(as), func(a *analysis.Analyzer) bool { return len(a.FactTypes) == 0 })
}

// offs returns the flags that turn rules off.
func offs(c *config.Config) []string {
	var off []string
	for _, r := range analyzers.All() {
		if !c.On(r.Name) {
			off = append(off, "-"+r.Name+"=false")
		}
	}
	return off
}

// configure tells the analyzers what the flags say.
func configure(flags Flags) error {
	var profiles []string
	for _, p := range flags.Profiles {
		profiles = append(profiles, p.Path)
	}
	return host.Configure(flags.Config, profiles)
}

// begin tells the lagvet command that a unit is being analysed.
func begin(u *unit) error {
	name := os.Getenv(progressEnv)
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("telling that %s is being analysed: %w", u.ImportPath, err)
	}
	defer f.Close()
	// In one write, so that units analysed at the same time do not mix.
	if _, err := f.WriteString(u.ImportPath + "\n"); err != nil {
		return fmt.Errorf("telling that %s is being analysed: %w", u.ImportPath, err)
	}
	return nil
}

// UnitAnalyzer is the name under which each unit that was analysed for its
// findings announces itself, in a diagnostic whose category is a [Unit] in JSON.
const UnitAnalyzer = "lagvetunit"

// A Unit is what the lagvet command is told of each unit in which findings were
// looked for.
type Unit struct {
	Package string `json:"package"` // import path
	// Hot is whether the package may hold hot code, so that the compiler was
	// asked for its escape diagnostics unless that was not wanted.
	Hot bool `json:"hot,omitempty"`
	// Assumed are the directives that state the effects of a function or of a
	// statement.
	Assumed []Assumed `json:"assumed,omitempty"`
	// Allowed are the directives that silence rules.
	Allowed []Allowed `json:"allowed,omitempty"`
	// Budgets are the budgets, by their number in the configuration, that name a
	// function of the package.
	Budgets []int `json:"budgets,omitempty"`
	// NoEscape says why the compiler, though asked, had no answer.
	NoEscape string `json:"no_escape,omitempty"`
}

// Assumed is one //lagvet:assume.
type Assumed struct {
	Posn    string   `json:"posn"`
	Func    string   `json:"func"`
	Effects []string `json:"effects"`
	Reason  string   `json:"reason"`
}

// Allowed is one //lagvet:allow.
type Allowed struct {
	Posn   string   `json:"posn"`
	Func   string   `json:"func"`
	Rules  []string `json:"rules"`
	Reason string   `json:"reason"`
}

func announce(u *unit, hot bool, budgets []config.Budget, noEscape error) *analysis.Analyzer {
	said := Unit{Package: u.ImportPath, Hot: hot}
	if noEscape != nil {
		said.NoEscape = noEscape.Error()
	}
	return &analysis.Analyzer{
		Name:     UnitAnalyzer,
		Doc:      "announce the unit",
		Requires: []*analysis.Analyzer{directive.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			said := said
			said.Budgets = named(pass, budgets)
			for _, d := range pass.ResultOf[directive.Analyzer].(*directive.Index).All {
				if d.Kind == directive.Allow {
					said.Allowed = append(said.Allowed, Allowed{
						Posn:   pass.Fset.Position(d.Pos).String(),
						Func:   around(pass, d),
						Rules:  d.Args,
						Reason: d.Reason,
					})
				}
				if d.Kind == directive.Assume {
					said.Assumed = append(said.Assumed, Assumed{
						Posn:    pass.Fset.Position(d.Pos).String(),
						Func:    around(pass, d),
						Effects: slices.DeleteFunc(slices.Clone(d.Args), func(s string) bool { return s == "none" }),
						Reason:  d.Reason,
					})
				}
			}
			js, err := json.Marshal(said)
			if err != nil {
				return nil, fmt.Errorf("announcing %s: %w", u.ImportPath, err)
			}
			// The URL is set so that unitchecker does not make one of the category.
			pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Category: string(js), URL: UnitAnalyzer})
			return nil, nil
		},
	}
}

// named returns the numbers of the budgets that name a function of the package.
func named(pass *analysis.Pass, budgets []config.Budget) []int {
	var found []int
	for i, b := range budgets {
		if slices.ContainsFunc(pass.Files, func(f *ast.File) bool { return namedIn(pass, f, b) }) {
			found = append(found, i)
		}
	}
	return found
}

func namedIn(pass *analysis.Pass, f *ast.File, b config.Budget) bool {
	return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		decl, ok := d.(*ast.FuncDecl)
		if !ok {
			return false
		}
		fn, ok := pass.TypesInfo.Defs[decl.Name].(*types.Func)
		return ok && b.Names(fn)
	})
}

// around returns the full name of the function that a directive is about, or
// stands in; of an interface method or func type its own.
func around(pass *analysis.Pass, d *directive.Directive) string {
	var name *ast.Ident
	switch decl := d.Decl.(type) {
	case *ast.Field:
		name = decl.Names[0]
	case *ast.TypeSpec:
		name = decl.Name
	case *ast.FuncDecl:
		name = decl.Name
	default:
		for _, f := range pass.Files {
			for _, decl := range f.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Pos() <= d.Pos && d.Pos < fn.End() {
					name = fn.Name
				}
			}
		}
	}
	switch obj := pass.TypesInfo.Defs[name].(type) {
	case *types.Func:
		return obj.FullName()
	case *types.TypeName:
		return obj.Pkg().Path() + "." + obj.Name()
	}
	return pass.Pkg.Path() + ".init"
}
