package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers"
)

// A finding is one of a rule, and the goroutines that it speaks of.
type finding struct {
	rule, tier, message string
	posn                token.Position
	started             string   // what the go statement starts that it stands at
	in                  string   // the function that it stands in
	waits               []string // what it says that the goroutine waits for
	prog                *program
}

// analyse runs the rules over the programs, which are one package, and returns
// what those called names find.
func analyse(dir string, names []string) ([]finding, error) {
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.LoadAllSyntax | packages.NeedModule,
		Dir:  dir,
		Env:  append(os.Environ(), "GOWORK=off"),
	}, ".")
	if err != nil {
		return nil, err
	}
	if packages.PrintErrors(pkgs) > 0 || len(pkgs) != 1 {
		return nil, errors.New("the programs cannot be loaded")
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{analyzers.Findings}, pkgs, nil)
	if err != nil {
		return nil, err
	}
	root := graph.Roots[0]
	if root.Err != nil {
		return nil, root.Err
	}
	prog := read(pkgs[0])
	var found []finding
	for _, d := range root.Diagnostics {
		a, err := analyzers.Decode(d.Category)
		if err != nil {
			return nil, err
		}
		if slices.Contains(names, a.Rule) {
			found = append(found, prog.finding(d, a))
		}
	}
	return found, nil
}

// A program is the package of the programs: its functions by the names that the
// runtime gives them, and what each runs.
type program struct {
	pkg   *packages.Package
	names map[ast.Node]string
	runs  map[string][]string
	gos   map[string]string // by where the go statement stands
}

func read(pkg *packages.Package) *program {
	p := &program{pkg, make(map[ast.Node]string), make(map[string][]string), make(map[string]string)}
	for _, f := range pkg.Syntax {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				p.function(fn, p.declared(pkg.TypesInfo.Defs[fn.Name].(*types.Func)), fn.Body)
			}
		}
	}
	return p
}

// declared returns the name of a function as the runtime prints it: "(*T).m".
func (p *program) declared(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.Name()
	}
	t := types.TypeString(recv.Type(), func(*types.Package) string { return "" })
	if strings.HasPrefix(t, "*") {
		t = "(" + t + ")"
	}
	return t + "." + fn.Name()
}

// function names the literals of a function in the order of the source, and notes
// what it runs: what it calls or mentions, go statements excepted.
func (p *program) function(node ast.Node, name string, body *ast.BlockStmt) {
	p.names[node] = name
	n := 0
	ast.Inspect(body, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			n++
			lit := fmt.Sprintf("%s.func%d", name, n)
			if strings.Contains(name, ".func") {
				lit = fmt.Sprintf("%s.%d", name, n)
			}
			p.function(m, lit, m.Body)
			p.runs[name] = append(p.runs[name], lit)
			return false
		case *ast.Ident:
			p.mention(name, p.pkg.TypesInfo.Uses[m])
		}
		return true
	})
	ast.Inspect(body, func(m ast.Node) bool {
		if g, ok := m.(*ast.GoStmt); ok {
			at := p.pkg.Fset.Position(g.Pos()).String()
			if p.gos[at] == "" {
				p.gos[at] = p.started(g.Call)
			}
		}
		return true
	})
}

func (p *program) mention(name string, obj types.Object) {
	fn, ok := obj.(*types.Func)
	if !ok || fn.Pkg() != p.pkg.Types {
		return
	}
	if recv := fn.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
		for _, obj := range p.implementations(fn) {
			p.runs[name] = append(p.runs[name], p.declared(obj))
		}
		return
	}
	p.runs[name] = append(p.runs[name], p.declared(fn))
}

// implementations returns the methods that a call of an interface's method may run.
func (p *program) implementations(m *types.Func) []*types.Func {
	iface, ok := m.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	var fns []*types.Func
	scope := p.pkg.Types.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || !types.Implements(types.NewPointer(tn.Type()), iface) {
			continue
		}
		obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(tn.Type()), true, p.pkg.Types, m.Name())
		if fn, ok := obj.(*types.Func); ok {
			fns = append(fns, fn)
		}
	}
	return fns
}

// started returns the name of what a go statement starts.
func (p *program) started(call *ast.CallExpr) string {
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
		return p.names[lit]
	}
	if fn, ok := typeutil.Callee(p.pkg.TypesInfo, call).(*types.Func); ok {
		return p.declared(fn)
	}
	return ""
}

func (p *program) finding(d analysis.Diagnostic, a analyzers.Attributes) finding {
	posn := p.pkg.Fset.Position(d.Pos)
	started := p.gos[posn.String()]
	if started == "" && len(a.Chain) > 0 {
		started = p.gos[a.Chain[0].Posn] // a helper starts what it is passed there
	}
	return finding{
		rule: a.Rule, tier: a.Tier, message: d.Message,
		posn:    posn,
		started: started,
		in:      p.around(d.Pos),
		waits:   waits(a),
		prog:    p,
	}
}

// around returns the innermost function that pos stands in.
func (p *program) around(pos token.Pos) string {
	var best ast.Node
	for n := range p.names {
		if n.Pos() <= pos && pos < n.End() && (best == nil || n.Pos() > best.Pos()) {
			best = n
		}
	}
	return p.names[best]
}

// waits returns what a finding says that the goroutine waits for.
func waits(a analyzers.Attributes) []string {
	if a.Rule != "goroutineleak" {
		return []string{"sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock", "sync.(RW)?Mutex.Lock"}
	}
	switch a.Primitive {
	case "chan send", "chan receive":
		return []string{a.Primitive, "select"}
	case "loop":
		return []string{"select", "chan receive", "chan send"}
	}
	return []string{a.Primitive}
}

// match looks for the finding that speaks most surely of what leaks.
func (k *kernel) match(found []finding) {
	for _, f := range found {
		if strings.TrimSuffix(filepath.Base(f.posn.Filename), ".go") != k.name {
			continue
		}
		if !k.speaksOf(f) {
			k.others = append(k.others, f)
			continue
		}
		if k.tier == "" || k.tier == "suspected" {
			k.tier, k.by = f.tier, f.rule
		}
	}
}

// speaksOf reports whether f is about one of the goroutines that leak.
func (k *kernel) speaksOf(f finding) bool {
	for _, l := range k.leaks {
		if !slices.Contains(f.waits, l.wait) {
			continue
		}
		if in, _, wrapped := strings.Cut(l.entry, ".gowrap"); wrapped && f.started != "" && f.in == in {
			return true // the compiler's wrapper of what the go statement calls
		}
		if f.started == l.entry || f.started == "" && f.prog.reaches(l.entry, f.in, make(map[string]bool)) {
			return true
		}
	}
	return false
}

// reaches reports whether the function called from runs the one called to.
func (p *program) reaches(from, to string, seen map[string]bool) bool {
	if from == to {
		return true
	}
	if seen[from] {
		return false
	}
	seen[from] = true
	for _, next := range p.runs[from] {
		if p.reaches(next, to, seen) {
			return true
		}
	}
	return false
}
