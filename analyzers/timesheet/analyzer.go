package timesheet

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/budgets"
	"github.com/lagvet/lagvet/analyzers/internal/downstream"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/retries"
	"github.com/lagvet/lagvet/analyzers/internal/routes"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// Analyzer reports the sheet of a package in one diagnostic at the package clause, to be
// read by [Decode]. Where there is nothing to say it reports nothing.
var Analyzer = &analysis.Analyzer{
	Name: "lagvettimesheet",
	Doc:  "report what a package answers and asks, in the form that the lagvet command reads",
	Requires: []*analysis.Analyzer{
		syntax.Analyzer, funcs.Analyzer, values.Analyzer, budgets.Analyzer, httpconf.Analyzer,
		retries.Analyzer, routes.Analyzer, witness.Analyzer,
	},
	Run: run,
}

func run(pass *analysis.Pass) (any, error) {
	if len(pass.Files) == 0 {
		return nil, nil
	}
	s := safely(pass)
	if s.Failed == "" && len(s.Funcs)+len(s.Routes)+len(s.Servers)+len(s.Types) == 0 && !s.Main && len(s.Imports) == 0 {
		return nil, nil
	}
	text, err := encode(s)
	if err != nil {
		return nil, err
	}
	pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Category: text, URL: rule.URL, Message: "timesheet"})
	return nil, nil
}

// safely makes the sheet of a package. Every run makes it, whoever asks: what goes wrong
// here must not keep the rules from being heard.
func safely(pass *analysis.Pass) (s *Sheet) {
	defer func() {
		if r := recover(); r != nil {
			s = &Sheet{Package: modules.WithoutVariant(pass.Pkg.Path()), Failed: fmt.Sprint(r)}
		}
	}()
	if failed := pass.ResultOf[routes.Analyzer].(*routes.Index).Failed; failed != "" {
		return &Sheet{Package: modules.WithoutVariant(pass.Pkg.Path()), Failed: failed}
	}
	return newBuilder(pass).sheet()
}

// A builder fills in one sheet.
type builder struct {
	pass    *analysis.Pass
	info    *types.Info
	root    inspector.Cursor
	funcs   *funcs.Index
	values  *values.Index
	budgets *budgets.Index
	conf    *httpconf.Index
	retries *retries.Index
	routes  *routes.Index
	witness *witness.Index
	down    *downstream.Index

	names map[*funcs.Func]string
	loops map[*ast.CallExpr]ast.Stmt // around the calls of the function that is looked at
	out   *Sheet
}

func newBuilder(pass *analysis.Pass) *builder {
	w := pass.ResultOf[witness.Analyzer].(*witness.Index)
	return &builder{
		pass:    pass,
		info:    pass.TypesInfo,
		root:    pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		funcs:   pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		values:  pass.ResultOf[values.Analyzer].(*values.Index),
		budgets: pass.ResultOf[budgets.Analyzer].(*budgets.Index),
		conf:    pass.ResultOf[httpconf.Analyzer].(*httpconf.Index),
		retries: pass.ResultOf[retries.Analyzer].(*retries.Index),
		routes:  pass.ResultOf[routes.Analyzer].(*routes.Index),
		witness: w,
		down:    downstream.New(&rule.Pass{Pass: pass}, w),
		names:   make(map[*funcs.Func]string),
		out:     &Sheet{Interfaces: make(map[string][]string), Types: make(map[string]map[string]string)},
	}
}

func (b *builder) sheet() *Sheet {
	s := b.out
	s.Package = modules.WithoutVariant(b.pass.Pkg.Path())
	s.Main = b.pass.Pkg.Name() == "main"
	for _, p := range b.pass.Pkg.Imports() {
		if modules.Ours(b.pass, p) {
			s.Imports = append(s.Imports, p.Path())
		}
	}
	slices.Sort(s.Imports)
	for _, f := range b.funcs.Funcs {
		if !b.values.InTest(f.Node.Pos()) {
			b.function(f)
		}
	}
	for _, r := range b.routes.Routes {
		s.Routes = append(s.Routes, b.route(r))
	}
	for _, v := range b.routes.Servers {
		s.Servers = append(s.Servers, Server{b.posn(v.Pos), b.limit(v.Write), v.Keys})
	}
	s.Mounts = b.routes.Mounts()
	b.types()
	return s
}

func (b *builder) posn(pos token.Pos) string {
	if !pos.IsValid() {
		return ""
	}
	return b.pass.Fset.Position(pos).String()
}

// limit translates what a server or a middleware gives.
func (b *builder) limit(l routes.Limit) Amount {
	switch {
	case l.Time > 0:
		return Amount{State: Known, Time: l.Time, What: l.What, Posn: b.posn(l.Pos)}
	case l.What != "":
		return Amount{State: Unknown, What: l.What, Posn: b.posn(l.Pos)}
	}
	return Amount{State: None}
}

func (b *builder) route(r routes.Route) Route {
	t := Route{Posn: b.posn(r.Pos), Method: r.Method, Pattern: r.Pattern, Partial: r.Partial, Root: r.Root, RPC: r.RPC, Keys: r.Keys, Handlers: []string{}}
	for _, h := range r.Handlers {
		switch {
		case h.Returned:
			t.Returned = append(t.Returned, full(h.Func))
		case h.Lit != nil:
			t.Handlers = append(t.Handlers, b.name(h.Lit))
		default:
			t.Handlers = append(t.Handlers, full(h.Func))
		}
	}
	for _, l := range r.Limits {
		t.Limits = append(t.Limits, b.limit(l))
	}
	return t
}

// full is the name of a declared function.
func full(fn *types.Func) string { return modules.WithoutVariant(fn.Origin().FullName()) }

// name is that of a function of the package.
func (b *builder) name(f *funcs.Func) string {
	if n := b.names[f]; n != "" {
		return n
	}
	n := modules.WithoutVariant(f.Name(b.pass.Pkg))
	if f.Obj == nil {
		p := b.pass.Fset.Position(f.Node.Pos())
		n += "$" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
		if f.Parent == nil { // of one package variable or another, in one file or another
			n += "$" + p.Filename[strings.LastIndexAny(p.Filename, `/\`)+1:]
		}
	}
	b.names[f] = n
	return n
}

// types notes the methods of the types of the package.
func (b *builder) types() {
	scope := b.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || b.values.InTest(tn.Pos()) {
			continue
		}
		n, ok := tn.Type().(*types.Named)
		if !ok || types.IsInterface(n) || n.TypeParams().Len() > 0 {
			continue
		}
		ms := make(map[string]string)
		set := types.NewMethodSet(types.NewPointer(n))
		for sel := range set.Methods() {
			if fn, ok := sel.Obj().(*types.Func); ok && !types.IsInterface(fn.Signature().Recv().Type()) {
				ms[method(fn)] = full(fn)
			}
		}
		if len(ms) > 0 {
			b.out.Types[modules.WithoutVariant(b.pass.Pkg.Path())+"."+name] = ms
		}
	}
}

// method is the name of a method and the hash of its signature.
func method(fn *types.Func) string {
	sig := fn.Signature()
	bare := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	h := fnv.New32a()
	h.Write([]byte(modules.WithoutVariant(types.TypeString(bare, func(p *types.Package) string { return p.Path() }))))
	name := fn.Name()
	if !fn.Exported() {
		name = fn.Pkg().Path() + "." + name
	}
	return name + "/" + strconv.FormatUint(uint64(h.Sum32()), 36)
}

// iface notes an interface of the module that a call is made by.
func (b *builder) iface(fn *types.Func) (name string, ok bool) {
	n, ok := types.Unalias(fn.Signature().Recv().Type()).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || !modules.Ours(b.pass, n.Obj().Pkg()) || n.TypeParams().Len() > 0 {
		return "", false
	}
	it, ok := n.Underlying().(*types.Interface)
	if !ok {
		return "", false
	}
	name = modules.WithoutVariant(n.Obj().Pkg().Path()) + "." + n.Obj().Name()
	if b.out.Interfaces[name] == nil {
		for m := range it.Methods() {
			b.out.Interfaces[name] = append(b.out.Interfaces[name], method(m))
		}
	}
	return name, true
}
