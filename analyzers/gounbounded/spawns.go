package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/chanops"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A spawn is a place where a goroutine is started, or a call of a function in
// another package that ends in one.
type spawn struct {
	fn       *funcs.Func // the function it stands in
	node     ast.Node    // the go statement or the call
	call     *ast.CallExpr
	what     string
	group    types.Object  // the WaitGroup or errgroup, if any
	limited  bool          // of a group that is given a limit
	kept     bool          // a timer that is kept, and so may be stopped; or the end of a server
	site     *Site         // where it is, if in another package
	vars     dataflow.Vars // local variables that reach the goroutine
	slots    *chanops.Ops  // what the goroutine does outside loops
	all      *chanops.Ops  // what it does
	launches map[*types.Var]bool
}

// launchers of the standard library and x/sync, by full name: the argument
// that is run. What others do is told by Launches.
var launchers = map[string]int{
	"(*sync.WaitGroup).Go":                      0,
	"(*golang.org/x/sync/errgroup.Group).Go":    0,
	"(*golang.org/x/sync/errgroup.Group).TryGo": 0,
	"time.AfterFunc":                            1,
}

// findSpawns finds what starts goroutines in the package. A function that
// launches its parameter makes spawns of its calls, so it goes on until
// nothing new is found.
func (f *finder) findSpawns() {
	for cur := range f.root.Preorder((*ast.GoStmt)(nil)) {
		n := cur.Node().(*ast.GoStmt)
		if fn := f.Funcs.At(n.Pos()); fn != nil {
			s := &spawn{fn: fn, node: n, call: n.Call, what: "go statement", kept: f.shuts(n, 1)}
			f.look(s, n.Call)
			f.spawns = append(f.spawns, s)
		}
	}
	seen := make(map[*ast.CallExpr]bool)
	for more := true; more; {
		more = f.inferLaunches()
		for _, fn := range f.Funcs.Funcs {
			for _, c := range fn.Out {
				if s := f.launch(c); s != nil && !seen[c.Site] {
					seen[c.Site] = true
					more = true
					f.spawns = append(f.spawns, s)
				}
			}
		}
	}
}

// shuts reports whether n, or what it calls in this package, ends a server: that is done
// once.
func (f *finder) shuts(n ast.Node, depth int) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		switch values.Callee(f.TypesInfo, call) {
		case "(*net/http.Server).Shutdown", "(*net/http.Server).Close", "(*google.golang.org/grpc.Server).GracefulStop", "(*google.golang.org/grpc.Server).Stop":
			found = true
		default:
			if k := f.Funcs.Call(call); k != nil && k.Callee != nil && depth > 0 {
				found = f.shuts(k.Callee.Body, depth-1)
			}
		}
		return !found
	})
	return found
}

// look finds what reaches the goroutine and what it does.
func (f *finder) look(s *spawn, n ast.Node) {
	s.vars = dataflow.Mentioned(f.TypesInfo, n)
	s.slots = f.chans.Collect(n, chanops.Scope{Depth: 2, Once: true})
	s.all = f.chans.Collect(n, chanops.Scope{Depth: 2})
}

// launch returns the spawn that the call is, or nil.
func (f *finder) launch(c *funcs.Call) *spawn {
	if c.Func == nil || c.Mode == funcs.Go {
		return nil
	}
	arg, ok := f.launched(c.Func)
	if !ok || arg >= len(c.Site.Args) {
		return nil
	}
	s := &spawn{fn: c.Caller, node: c.Site, call: c.Site, what: f.display(c.Func)}
	run := c.Site.Args[arg]
	f.look(s, run)
	if k := dataflow.Key(f.TypesInfo, run); k != nil {
		s.all.Called[k] = true
	}
	if sel, ok := ast.Unparen(c.Site.Fun).(*ast.SelectorExpr); ok && c.Func.Signature().Recv() != nil {
		s.group = dataflow.Key(f.TypesInfo, sel.X)
		s.limited = s.group != nil && f.limits.Limited(s.group)
	}
	if c.FullName() == "time.AfterFunc" {
		cur := f.at[c.Site]
		_, stmt := cur.Parent().Node().(*ast.ExprStmt)
		s.kept = !stmt
	}
	return s
}

// launched returns which argument fn runs in a new goroutine.
func (f *finder) launched(fn *types.Func) (int, bool) {
	if i, ok := f.launches[fn]; ok {
		return i, true
	}
	switch fn.Name() {
	case "Go", "TryGo", "AfterFunc":
		if i, ok := launchers[fn.FullName()]; ok {
			return i, true
		}
	}
	var l Launches
	if fn.Pkg() != f.Pkg && f.ImportObjectFact(fn, &l) {
		return l.Param, true
	}
	return 0, false
}

// inferLaunches finds functions that do no more than start their parameter,
// and reports whether it found new ones.
func (f *finder) inferLaunches() (found bool) {
	for _, s := range f.spawns {
		fn := s.fn
		if fn.Obj == nil || s.limited {
			continue
		}
		if _, ok := f.launches[fn.Obj]; ok {
			continue
		}
		for i := range fn.Sig.Params().Len() {
			if s.all.Called[fn.Sig.Params().At(i)] && f.bare(s) {
				f.launches[fn.Obj] = i
				found = true
				if f.reachable(fn.Obj) && !modules.Std(f.Pass.Pass) { // launchers has those of the standard library
					f.ExportObjectFact(fn.Obj, &Launches{i})
				}
				break
			}
		}
	}
	return found
}

// bare reports whether every call of its function starts the goroutine and
// goes on.
func (f *finder) bare(s *spawn) bool {
	fr := f.frame(s)
	return len(f.loops(fr)) == 0 && !f.gated(fr) && !f.joined(fr)
}

// isLaunch reports whether the spawn is the inside of a function whose calls
// are the spawns.
func (f *finder) isLaunch(s *spawn) bool {
	if s.fn.Obj == nil {
		return false
	}
	i, ok := f.launches[s.fn.Obj]
	return ok && s.all.Called[s.fn.Sig.Params().At(i)]
}

// external returns a spawn for each site that the call leads to in another package.
func (f *finder) external(c *funcs.Call) []*spawn {
	var fact Spawns
	if c.Func == nil || c.Mode == funcs.Go || c.Func.Pkg() == f.Pkg || !f.ImportObjectFact(c.Func, &fact) {
		return nil
	}
	var ss []*spawn
	for i := range fact.Sites {
		site := &fact.Sites[i]
		s := &spawn{fn: c.Caller, node: c.Site, call: c.Site, what: site.What, site: site}
		f.look(s, &ast.BadExpr{})
		for _, p := range site.Params {
			for v := range f.argument(c.Site, p) {
				s.vars[v] = true
			}
		}
		ss = append(ss, s)
	}
	return ss
}

// argument returns the local variables of the i-th argument of the call, all
// the rest of them for a variadic parameter's first.
func (f *finder) argument(call *ast.CallExpr, i int) dataflow.Vars {
	if i >= len(call.Args) {
		return nil
	}
	return dataflow.Mentioned(f.TypesInfo, call.Args[i])
}

// extent returns the extent of what is reported for the spawn.
func (s *spawn) extent() (pos, end token.Pos) {
	if g, ok := s.node.(*ast.GoStmt); ok {
		return g.Go, g.Call.End()
	}
	return s.node.Pos(), s.node.End()
}
