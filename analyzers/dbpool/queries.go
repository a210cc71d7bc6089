package dbpool

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// queries is the fact that a function asks a database something whenever it is
// called.
type queries struct {
	Name  string // the primitive
	Write bool
	Maybe bool
	Chain []link
}

// AFact marks queries as a fact.
func (*queries) AFact() {}

func (q *queries) String() string { return "queries by " + q.Name }

// A link is a step of a chain.
type link struct {
	Posn token.Position
	Text string
}

// A query is a round trip to a database.
type query struct {
	name  string // of the method that makes it
	write bool   // it does not ask for rows
	maybe bool   // a condition lets only some calls come to it
	chain []rule.Step
}

// better reports whether q says more than r: it is made each time, asks for
// something, is nearer.
func (q *query) better(r *query) bool {
	switch {
	case r == nil:
		return true
	case q.maybe != r.maybe:
		return !q.maybe
	case q.write != r.write:
		return !q.write
	}
	return len(q.chain) < len(r.chain)
}

// maxChain is how many calls may lie between a loop and a query.
const maxChain = 6

// asks reports whether the package may make queries: it or one that it imports
// knows of a database, and its authors can mend it.
func (c *checker) asks() bool {
	if modules.Std(c.Pass.Pass) || !mendable(c.Pass.Pass) {
		return false
	}
	return slices.ContainsFunc(c.Pkg.Imports(), func(p *types.Package) bool {
		return modules.Ours(c.Pass.Pass, p) || isDriver(p.Path())
	})
}

func isDriver(path string) bool {
	switch path {
	case "database/sql", "github.com/jmoiron/sqlx", "gorm.io/gorm":
		return true
	}
	return strings.HasPrefix(path, "github.com/jackc/pgx/")
}

// mendable reports whether those who read the findings can mend the package.
func mendable(pass *analysis.Pass) bool { return pass.Module == nil || pass.Module.Version == "" }

// inferQueries finds the functions of the package that make queries whenever they
// are called, and tells the packages that import this one.
func (c *checker) inferQueries() {
	for changed := true; changed; {
		changed = false
		for _, f := range c.Funcs.Funcs {
			if f.Obj != nil && !c.values.InTest(f.Node.Pos()) && c.infer(f) {
				changed = true
			}
		}
	}
	if c.Pkg.Name() == "main" {
		return
	}
	for f, q := range c.made {
		fact := &queries{Name: q.name, Write: q.write, Maybe: q.maybe}
		for _, s := range q.chain {
			p := s.Posn
			if s.Pos.IsValid() {
				p = c.Fset.Position(s.Pos)
			}
			fact.Chain = append(fact.Chain, link{p, s.Text})
		}
		c.ExportObjectFact(f.Obj, fact)
	}
}

// infer looks for the query that f makes, and reports whether it found a better
// one than is known.
func (c *checker) infer(f *funcs.Func) (found bool) {
	for _, call := range f.Out {
		if call.Mode != funcs.Plain || call.Callee == f || c.Hotness.Cold(call.Site.Pos()) {
			continue
		}
		q := c.query(call)
		if q == nil || len(q.chain) >= maxChain {
			continue
		}
		up := &query{name: q.name, write: q.write, maybe: q.maybe || c.requests.Seldom(f, call.Site.Pos(), nil) != ""}
		up.chain = append([]rule.Step{c.step(call, q)}, q.chain...)
		if up.better(c.made[f]) {
			c.made[f], found = up, true
		}
	}
	return found
}

// step says what a call is that leads to a query.
func (c *checker) step(call *funcs.Call, q *query) rule.Step {
	text := "calls " + c.short(call.Func)
	if len(q.chain) == 0 {
		text = c.short(call.Func) + " asks the database"
	}
	return rule.Step{Pos: call.Site.Pos(), Text: text}
}

// short returns the name of fn as the code of this package writes it.
func (c *checker) short(fn *types.Func) string {
	qualify := func(p *types.Package) string {
		if p == c.Pkg {
			return ""
		}
		return p.Name()
	}
	if recv := fn.Signature().Recv(); recv != nil {
		return "(" + types.TypeString(recv.Type(), qualify) + ")." + fn.Name()
	}
	if name := qualify(fn.Pkg()); name != "" {
		return name + "." + fn.Name()
	}
	return fn.Name()
}

// query returns the query that a call makes, or nil.
func (c *checker) query(call *funcs.Call) *query {
	switch {
	case call.Func == nil:
		return nil
	case call.Callee != nil:
		return c.made[call.Callee]
	}
	if write, ok := primitive(call.Func); ok {
		return &query{name: call.FullName(), write: write}
	}
	if call.Dynamic {
		return c.implemented(call.Func)
	}
	var fact queries
	if !modules.Ours(c.Pass.Pass, call.Func.Pkg()) || !c.ImportObjectFact(call.Func, &fact) {
		return nil
	}
	q := &query{name: fact.Name, write: fact.Write, maybe: fact.Maybe}
	for _, l := range fact.Chain {
		q.chain = append(q.chain, rule.Step{Posn: l.Posn, Text: l.Text})
	}
	return q
}

// implemented returns the query of an interface method if all of the package's
// types that have the interface make one.
func (c *checker) implemented(method *types.Func) *query {
	iface, ok := method.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok || method.Pkg() != c.Pkg {
		return nil
	}
	var best *query
	for _, f := range c.Funcs.Funcs {
		if f.Obj == nil || f.Obj.Name() != method.Name() || f.Sig.Recv() == nil || !types.Implements(f.Sig.Recv().Type(), iface) {
			continue
		}
		q := c.made[f]
		if q == nil {
			return nil
		}
		if best == nil || q.better(best) {
			best = q
		}
	}
	return best
}

// results are what the queries of drivers return first.
var results = map[string]bool{ // whether it is for what changes something
	"database/sql.Rows": false, "database/sql.Row": false, "database/sql.Result": true,
	"github.com/jmoiron/sqlx.Rows": false, "github.com/jmoiron/sqlx.Row": false,
	"github.com/jackc/pgx/v4.Rows": false, "github.com/jackc/pgx/v4.Row": false, "github.com/jackc/pgconn.CommandTag": true,
	"github.com/jackc/pgx/v5.Rows": false, "github.com/jackc/pgx/v5.Row": false, "github.com/jackc/pgx/v5/pgconn.CommandTag": true,
}

// finishers are methods that make a query and return something else, by the path
// of their package, and whether they change something.
var finishers = map[string]map[string]bool{
	"github.com/jmoiron/sqlx": {"Get": false, "GetContext": false, "Select": false, "SelectContext": false},
	"gorm.io/gorm": {
		"Find": false, "First": false, "Last": false, "Take": false, "Count": false, "Pluck": false, "Scan": false,
		"Create": true, "Save": true, "Updates": true, "Update": true, "Delete": true,
	},
}

// primitive reports whether fn, which has no body here, makes a query, and whether
// that changes something.
func primitive(fn *types.Func) (write, ok bool) {
	if fn.Signature().Recv() == nil || fn.Pkg() == nil {
		return false, false
	}
	if write, ok := finishers[fn.Pkg().Path()][fn.Name()]; ok {
		return write, true
	}
	if !strings.HasPrefix(fn.Name(), "Query") && !strings.HasPrefix(fn.Name(), "Exec") || fn.Signature().Results().Len() == 0 {
		return false, false
	}
	write, ok = results[typeName(fn.Signature().Results().At(0).Type())]
	return write, ok
}

// typeName returns the name of a type, or of what it points to, with its package.
func typeName(t types.Type) string {
	if t == nil {
		return ""
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return n.Obj().Pkg().Path() + "." + n.Obj().Name()
}

// receiver returns what the method that call calls is called on, or nil.
func receiver(call *ast.CallExpr) ast.Expr {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return sel.X
	}
	return nil
}
