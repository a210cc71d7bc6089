package respbody

import (
	_ "embed"
	"go/ast"
	"go/constant"
	"go/types"
	"go/version"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "respbody",
	Doc:      doc,
	Group:    rule.Connections,
	Class:    rule.Dependency,
	Severity: rule.High,
	Fixes:    true,
	Requires: []*analysis.Analyzer{syntax.Analyzer, values.Analyzer, lifetimes.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		Pass:   pass,
		values: pass.ResultOf[values.Analyzer].(*values.Index),
		lives:  pass.ResultOf[lifetimes.Analyzer].(*lifetimes.Index),
		drains: drains(pass.Pkg.GoVersion()),
	}
	for _, v := range c.lives.Values {
		if v.Kind == lifetimes.Response && v.Func != nil && !c.values.InTest(v.Site.Pos()) && !c.headOnly(v) {
			c.response(v)
		}
	}
	return nil
}

// A checker looks at the responses that one package receives.
type checker struct {
	*rule.Pass
	values *values.Index
	lives  *lifetimes.Index
	drains bool // Close reads what is left of a short body
}

// drains reports whether Close reads, as it does since Go 1.27, what is left of a
// body, up to a limit, so that its connection serves again. It is the library that
// does it: a program with an earlier go line may be built with it too, and is taken
// not to be. Without a go line the newest is assumed.
func drains(goVersion string) bool {
	return goVersion == "" || version.Compare(goVersion, "go1.27") >= 0
}

func (c *checker) response(v *lifetimes.Value) {
	paths := c.lives.Lost(v)
	if len(paths) == 0 {
		c.unread(v)
		return
	}
	message, cause := "response body is not closed on some path", "body not closed on a path"
	switch {
	case paths[0].Replaced.IsValid():
		message, cause = "response body is not closed before another response takes its place", "body not closed before the next"
	case onlyRead(v):
		message, cause = "response body is never closed", "body never closed"
	}
	c.Report(rule.Finding{
		Pos:       v.Site.Pos(),
		End:       v.Site.End(),
		Tier:      c.tier(v, paths),
		Message:   message + c.cost(v),
		Cause:     cause,
		Primitive: v.New,
		Chain:     steps(paths),
		Mend:      mend(v, paths),
		Fixes:     c.fixes(v),
	})
}

// tier says how sure it is that the body is lost on these paths, and its connection with it.
func (c *checker) tier(v *lifetimes.Value, paths []*lifetimes.Path) rule.Tier {
	switch {
	case c.ends(v),
		c.readFirst(v) && !onlyRead(v),
		c.cancelled(v) && !slices.ContainsFunc(paths, replaced),
		!slices.ContainsFunc(paths, func(p *lifetimes.Path) bool { return !c.hangsUp(p) }):
		return rule.Suspected
	}
	return rule.Likely
}

// replaced reports whether p leads to another response that takes the place of this one.
func replaced(p *lifetimes.Path) bool { return p.Replaced.IsValid() }

// hangsUp reports whether a way out closes a connection right before it returns: most
// likely the one that the response has come by.
func (c *checker) hangsUp(p *lifetimes.Path) (found bool) {
	f := c.Funcs.At(p.Return)
	if f == nil || p.Replaced.IsValid() {
		return false
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		block, ok := n.(*ast.BlockStmt)
		if !ok || len(block.List) == 0 || block.List[len(block.List)-1].Pos() != p.Return {
			return !found
		}
		for _, s := range block.List {
			found = found || c.closesConn(s)
		}
		return !found
	})
	return found
}

// closesConn reports whether a statement closes a connection.
func (c *checker) closesConn(s ast.Stmt) bool {
	var e ast.Expr
	switch s := s.(type) {
	case *ast.ExprStmt:
		e = s.X
	case *ast.AssignStmt:
		e = s.Rhs[0]
	}
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !strings.HasPrefix(sel.Sel.Name, "Close") {
		return false
	}
	addr, _, _ := types.LookupFieldOrMethod(c.TypesInfo.TypeOf(sel.X), true, nil, "LocalAddr")
	_, ok = addr.(*types.Func)
	return ok
}

// onlyRead reports whether nothing closes the body, and nobody else is given it.
func onlyRead(v *lifetimes.Value) bool {
	return !slices.ContainsFunc(v.Uses, func(u lifetimes.Use) bool { return u.Op != lifetimes.Read && u.Op != lifetimes.Overwrite })
}

// ends reports whether the process ends soon after, and its connections with it: it
// comes to v once, or for a command.
func (c *checker) ends(v *lifetimes.Value) bool {
	if c.Hotness.RootAt(v.Site.Pos()) != nil {
		return false
	}
	return modules.Commands(c.Pkg) || c.lives.Origin(v.Func, true).Process
}

// readFirst reports whether the body is read on every path that does not close it.
// Reading frees the connection, by its end or by its failure.
func (c *checker) readFirst(v *lifetimes.Value) bool {
	return len(c.lives.LostUnless(v, func(u lifetimes.Use) bool { return c.reading(u) == whole })) == 0
}

// cost says what it costs. A body that is read to its end gives its connection
// back, as long as reading it is what happens.
func (c *checker) cost(v *lifetimes.Value) string {
	if c.readFirst(v) {
		return ": reading it to the end frees its connection, but a reader that stops before keeps that, with its two goroutines, for ever"
	}
	if c.cancelled(v) {
		return ": its connection is closed when the context is cancelled and never used again, and the next request dials anew"
	}
	return ": its connection, with two goroutines and a file descriptor, is never used again, nor closed before a timeout of the client, if it has one, and the next request dials anew"
}

// maxSteps is how many ways out are shown.
const maxSteps = 3

func steps(paths []*lifetimes.Path) []rule.Step {
	var chain []rule.Step
	for _, p := range paths[:min(len(paths), maxSteps)] {
		if p.Replaced.IsValid() {
			chain = append(chain, rule.Step{Pos: p.Replaced, Text: "is where the next one takes its place"})
			continue
		}
		chain = append(chain, rule.Step{Pos: p.Return, Text: "returns without closing it"})
	}
	return chain
}

func mend(v *lifetimes.Value, paths []*lifetimes.Path) string {
	if paths[0].Replaced.IsValid() {
		return "close the body, after reading what is left of it, before the request is sent again"
	}
	if v.View {
		return "defer its Close right after the error check"
	}
	return "defer resp.Body.Close() right after the error check"
}

// headOnly reports whether the function of v makes requests by the method HEAD, whose
// responses have no body.
func (c *checker) headOnly(v *lifetimes.Value) bool {
	for _, call := range v.Func.Outermost().Out {
		if call.Func != nil && strings.HasPrefix(call.FullName(), "net/http.NewRequest") {
			for _, a := range call.Site.Args[:min(2, len(call.Site.Args))] {
				if m := c.TypesInfo.Types[a].Value; m != nil && m.Kind() == constant.String && constant.StringVal(m) == "HEAD" {
					return true
				}
			}
		}
	}
	return false
}

// callee returns the full name of the function that call calls, or "".
func (c *checker) callee(call *ast.CallExpr) string {
	if call == nil {
		return ""
	}
	if known := c.Funcs.Call(call); known != nil && known.Func != nil {
		return known.FullName()
	}
	return ""
}
