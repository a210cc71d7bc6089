package timesheet

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// retry says how often the loops around a call make it again when it has failed, or nil.
func (b *builder) retry(f *funcs.Func, c *funcs.Call) *Retry {
	if !b.inLoop(c.Site) {
		return nil
	}
	r := b.retries.After(f, c, nil)
	if r == nil || r.Anyway || r.Periodic {
		return nil
	}
	return &Retry{Attempts: b.retries.Attempts(r, b.constantInt), Posn: b.posn(r.Loop.Pos())}
}

// retriesArg says how often a call makes the function that is its argument i again when
// that has failed, or nil.
func (b *builder) retriesArg(c *funcs.Call, i int) *Retry {
	if c.Func == nil || c.Func.Pkg() == nil {
		return nil
	}
	if r := b.library(c); r != nil {
		return r
	}
	if r := b.retries.RetrierOf(c.Func); r != nil && r.Param == i && modules.Ours(b.pass, c.Func.Pkg()) {
		out := &Retry{Attempts: r.Attempts, Posn: b.posn(c.Site.Pos()), By: full(c.Func)}
		if n := r.Count - 1; r.Count > 0 && n < len(c.Site.Args) {
			out.Attempts, _ = b.constantInt(c.Site.Args[n])
		}
		return out
	}
	return nil
}

// defaultAttempts is how often github.com/avast/retry-go tries unless it is told: its
// documentation of Attempts.
const defaultAttempts = 10

// library says how often a library of retries tries what it is given.
func (b *builder) library(c *funcs.Call) *Retry {
	path, name := c.Func.Pkg().Path(), c.Func.Name()
	r := &Retry{Posn: b.posn(c.Site.Pos()), By: path}
	switch {
	case strings.HasPrefix(path, "github.com/cenkalti/backoff") && strings.HasPrefix(name, "Retry"):
		r.Attempts = b.option(c.Site, "WithMaxRetries", 1)
		if r.Attempts == 0 {
			r.Attempts = b.option(c.Site, "WithMaxTries", 0)
		}
	case strings.HasPrefix(path, "github.com/avast/retry-go") && strings.HasPrefix(name, "Do"):
		r.Attempts = b.option(c.Site, "Attempts", 0)
		if r.Attempts == 0 && !b.mentions(c.Site, "Attempts") && !c.Site.Ellipsis.IsValid() {
			r.Attempts = defaultAttempts
		}
	case strings.HasPrefix(path, "github.com/sethvargo/go-retry") && (name == "Do" || name == "DoValue"):
		r.Attempts = b.option(c.Site, "WithMaxRetries", 1)
	default:
		return nil
	}
	return r
}

// option returns the number that a call of that name, among what a call is given, is
// given itself, and more; 0 if that is not known.
func (b *builder) option(call *ast.CallExpr, name string, more int) int {
	found := 0
	b.options(call, func(opt *ast.CallExpr, fn *types.Func) {
		if fn.Name() != name {
			return
		}
		for _, a := range opt.Args {
			if n, ok := b.constantInt(a); ok {
				found = n + more
			}
		}
	})
	return found
}

func (b *builder) mentions(call *ast.CallExpr, name string) (found bool) {
	b.options(call, func(_ *ast.CallExpr, fn *types.Func) { found = found || fn.Name() == name })
	return found
}

// options visits the calls that make what a call is given, here or in the one value of a
// variable; not those within the functions that it is given.
func (b *builder) options(call *ast.CallExpr, visit func(*ast.CallExpr, *types.Func)) {
	for _, a := range call.Args {
		if v := b.values.Value(ast.Unparen(a)); v != nil {
			a = v
		}
		ast.Inspect(a, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				if fn, ok := typeutil.Callee(b.info, n).(*types.Func); ok {
					visit(n, fn)
				}
			}
			return true
		})
	}
}
