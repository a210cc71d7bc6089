package protection

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// Analyzer makes the index of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetprotection",
	Doc:        "find what protects dependencies: breakers, limiters, budgets",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer},
	FactTypes:  []analysis.Fact{new(Protects)},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

// Protects is the fact of a function that asks a breaker or a limiter before it goes on.
type Protects struct{ By string } // what is asked, as the code has it

// AFact marks Protects as a fact.
func (*Protects) AFact() {}

func (p *Protects) String() string { return "protects by " + p.By }

// An Index answers for one package.
type Index struct {
	pass  *analysis.Pass
	info  *types.Info
	root  inspector.Cursor
	funcs *funcs.Index
	// What is asked is asked of the same functions over and over, in each package that a
	// program is made of.
	own    map[search]string        // what functions ask, "" if nothing
	slots  map[*funcs.Func]string   // memo of slot
	guards map[*types.Func]guarding // memo of guards
}

// A search is one for what a function asks, some calls deep.
type search struct {
	f     *funcs.Func
	depth int
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pass:   pass,
		info:   pass.TypesInfo,
		root:   pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		funcs:  pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		own:    make(map[search]string),
		slots:  make(map[*funcs.Func]string),
		guards: make(map[*types.Func]guarding),
	}
	if modules.Std(pass) {
		return x, nil // it has none
	}
	for _, f := range x.funcs.Funcs {
		if f.Obj != nil && f.Obj.Exported() && pass.Pkg.Name() != "main" {
			if by := x.In(f); by != "" {
				pass.ExportObjectFact(f.Obj, &Protects{by})
			}
		}
	}
	return x, nil
}

// maxDepth is how many calls deep functions of the package are looked into.
const maxDepth = 3

// In returns what f asks before it goes on, itself or by a function of the package that
// it calls, or "".
func (x *Index) In(f *funcs.Func) string { return x.in(f, maxDepth) }

func (x *Index) in(f *funcs.Func, depth int) string {
	k := search{f, depth}
	if by, known := x.own[k]; known {
		return by
	}
	by := x.slot(f)
	for _, c := range f.Out {
		if by != "" {
			break
		}
		by = x.Guard(c)
		if by == "" && c.Callee != nil && depth > 0 && c.Mode == funcs.Plain {
			by = x.in(c.Callee, depth-1)
		}
	}
	x.own[k] = by
	return by
}

// Of returns what fn asks before it goes on, in this package or another, or "".
func (x *Index) Of(fn *types.Func) string {
	if f := x.funcs.Declared(fn); f != nil {
		return x.In(f)
	}
	p := new(Protects)
	if fn.Pkg() != x.pass.Pkg && x.pass.ImportObjectFact(fn, p) {
		return p.By
	}
	return ""
}

// Before returns what protects what stands at pos, in f: it is asked before, or is
// given the function in which it stands.
func (x *Index) Before(f *funcs.Func, pos token.Pos) string {
	for ; f != nil; f = f.Parent {
		if by := x.slot(f); by != "" {
			return by
		}
		for _, c := range f.Out {
			if c.Site.Pos() < pos || c.Site.Pos() <= pos && pos < c.Site.End() {
				if by := x.Guard(c); by != "" {
					return by
				}
				if c.Callee != nil && c.Callee != f && c.Site.End() <= pos {
					if by := x.brief(c.Callee); by != "" {
						return by
					}
				}
			}
		}
		if f.UseCall != nil && f.Use == funcs.Passed {
			if c := x.funcs.Call(f.UseCall); c != nil {
				if by := x.Guard(c); by != "" {
					return by
				}
				if c.Func != nil {
					if by := x.Of(c.Func); by != "" {
						return by
					}
				}
			}
		}
		pos = f.Node.Pos()
	}
	return ""
}

// brief returns what a short function asks: a helper that throttles, say, and not one
// that has a protected call of its own.
func (x *Index) brief(f *funcs.Func) string {
	if !dataflow.Brief(f) {
		return ""
	}
	for _, c := range f.Out {
		if by := x.Guard(c); by != "" && !hasFunc(x.info, c.Site) {
			return by
		}
	}
	return ""
}

var (
	libraries = pattern.New(`(?i)breaker|hystrix|resilien|failsafe|rate_?limit|limiter|throttl|bulkhead|circuit|golang\.org/x/time/rate|golang\.org/x/sync/semaphore`)
	protector = pattern.New(`(?i)breaker|limit|throttl|sema|bulkhead|budget|bucket|circuit|quota|admission`)
	asking    = pattern.New(`^(Allow|TryAcquire|Acquire|Reserve|Admit|allow|tryAcquire|acquire|reserve|admit)`)
	entering  = pattern.New(`(?i)^(allow|try|acquire|reserve|admit|take|wait|get|enter|begin|start|ready|do|run|call|execute|go|guard|protect|check|spend|withdraw|permit|limit|throttle)`)
	running   = pattern.New(`^(Execute|execute|Protect|protect|Guard|guard)`)
)

// guarding says whether calls of a function ask a breaker, a limiter or the like.
type guarding int

const (
	never guarding = iota
	always
	ifGiven // they are given a function
)

// Guard returns what the call asks, as the code has it, if it is a breaker, a limiter or
// the like; else "".
func (x *Index) Guard(c *funcs.Call) string {
	if c.Func == nil || c.Func.Pkg() == nil {
		return ""
	}
	g, known := x.guards[c.Func]
	if !known {
		g = guards(c.Func)
		x.guards[c.Func] = g
	}
	switch {
	case g == never, g == ifGiven && !hasFunc(x.info, c.Site):
		return ""
	}
	if recv := receiver(c.Func); recv != "" {
		return recv + "." + c.Func.Name()
	}
	return c.Func.Pkg().Name() + "." + c.Func.Name()
}

func guards(fn *types.Func) guarding {
	name, recv, path := fn.Name(), receiver(fn), fn.Pkg().Path()
	switch {
	case libraries.MatchString(path) && entering.MatchString(name):
		return always
	case recv == "" || modules.IsStd(path):
		return never
	case protector.MatchString(recv) && entering.MatchString(name), asking.MatchString(name) && tells(fn.Signature()):
		return always
	case running.MatchString(name):
		return ifGiven
	}
	return never
}

// receiver returns the name of the type that fn is a method of, or "".
func receiver(fn *types.Func) string {
	r := fn.Signature().Recv()
	if r == nil {
		return ""
	}
	t := r.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}

// tells reports whether a function of that signature may refuse, or returns what gives
// back.
func tells(sig *types.Signature) bool { return sig.Results().Len() > 0 }

// hasFunc reports whether the call is given a function.
func hasFunc(info *types.Info, call *ast.CallExpr) bool {
	for _, a := range call.Args {
		if _, ok := info.TypeOf(a).Underlying().(*types.Signature); ok {
			return true
		}
	}
	return false
}

// slot returns the channel of which f takes a slot and gives it back, or "".
func (x *Index) slot(f *funcs.Func) string {
	name, known := x.slots[f]
	if !known {
		name = x.findSlot(f)
		x.slots[f] = name
	}
	return name
}

func (x *Index) findSlot(f *funcs.Func) string {
	sent, received := make(map[types.Object]bool), make(map[types.Object]bool)
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt:
			if t, ok := x.info.TypeOf(n.Value).Underlying().(*types.Struct); ok && t.NumFields() == 0 {
				if k := dataflow.Key(x.info, n.Chan); k != nil {
					sent[k] = true
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				if k := dataflow.Key(x.info, n.X); k != nil {
					received[k] = true
				}
			}
		}
		return true
	})
	for k := range sent {
		if received[k] {
			return k.Name()
		}
	}
	return ""
}

// A Side is what a wrapper of the package stands around.
type Side int

// The sides of a process that may be protected as a whole.
const (
	Incoming Side = iota // handlers
	HTTP                 // requests of clients
	RPC                  // remote calls
)

// Wraps returns what a function of the package asks that wraps everything on one side:
// a middleware, a transport, an interceptor; or "".
func (x *Index) Wraps(side Side) string {
	for _, f := range x.funcs.Funcs {
		if side == RPC {
			if intercepts(f) {
				if by := x.In(f); by != "" {
					return by
				}
			}
			continue
		}
		for _, c := range f.Out {
			if c.Dynamic && c.Func.Name() == wrapped[side] {
				if by := x.Before(f, c.Site.Pos()); by != "" {
					return by
				}
			}
		}
	}
	return ""
}

// wrapped are the methods by which a wrapper hands on to what it wraps.
var wrapped = map[Side]string{Incoming: "ServeHTTP", HTTP: "RoundTrip"}

// intercepts reports whether f is an interceptor of a gRPC client.
func intercepts(f *funcs.Func) bool {
	if f.Sig == nil {
		return false
	}
	for p := range f.Sig.Params().Variables() {
		if n, ok := types.Unalias(p.Type()).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "google.golang.org/grpc" {
			switch n.Obj().Name() {
			case "UnaryInvoker", "Streamer":
				return true
			}
		}
	}
	return false
}
