package retries

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// Repeats is the fact of a function that makes a call several times, with pauses, as
// long as it fails, and then returns the error: its caller has had its retries.
type Repeats struct {
	Posn token.Position // of the loop
	Func string         // the full name of the function that the loop stands in
}

// Retrier is the fact of a function that does so with a function that it is given.
type Retrier struct {
	Param int
	// Attempts is how often it calls it at most, if a constant says so, and Count the
	// parameter that says so otherwise, counted from 1. Both are 0 if neither does.
	Attempts, Count int
}

// AFact marks Repeats as a fact.
func (*Repeats) AFact() {}

// AFact marks Retrier as a fact.
func (*Retrier) AFact() {}

func (r *Repeats) String() string { return "repeats in " + r.Func }
func (r *Retrier) String() string { return fmt.Sprintf("retries parameter %d", r.Param) }

// Repeats returns where fn repeats what failed before it returns, or nil.
func (x *Index) Repeats(fn *types.Func) *Repeats {
	if r := x.repeats[fn]; r != nil || fn.Pkg() == x.pass.Pkg {
		return r
	}
	r := new(Repeats)
	if x.pass.ImportObjectFact(fn, r) {
		return r
	}
	return nil
}

// Retrier returns which parameter fn calls again when it has failed.
func (x *Index) Retrier(fn *types.Func) (param int, ok bool) {
	if r := x.RetrierOf(fn); r != nil {
		return r.Param, true
	}
	return 0, false
}

// RetrierOf returns what fn does with a function that it is given, or nil if it does not
// call it again.
func (x *Index) RetrierOf(fn *types.Func) *Retrier {
	if r := x.retriers[fn]; r != nil {
		return r
	}
	r := new(Retrier)
	if fn.Pkg() != x.pass.Pkg && x.pass.ImportObjectFact(fn, r) {
		return r
	}
	return nil
}

// learn finds the functions that repeat something or retry what they are given. The
// standard library has no facts, and needs none: nobody mends it.
func (x *Index) learn() {
	if modules.Std(x.pass) {
		return
	}
	for _, f := range x.funcs.Funcs {
		x.loopsOf(f)
	}
	for more := true; more; {
		more = false
		for _, f := range x.funcs.Funcs {
			more = x.hands(f) || more
		}
	}
	if x.pass.Pkg.Name() == "main" {
		return
	}
	for fn, r := range x.repeats {
		if fn.Exported() {
			x.pass.ExportObjectFact(fn, r)
		}
	}
	for fn, r := range x.retriers {
		if fn.Exported() {
			x.pass.ExportObjectFact(fn, r)
		}
	}
}

// loopsOf looks for a retry loop in f.
func (x *Index) loopsOf(f *funcs.Func) {
	fn := f.Outermost().Obj
	if fn == nil || f.Sig == nil {
		return
	}
	for _, c := range f.Out {
		if len(x.loops(c)) == 0 {
			continue
		}
		r := x.After(f, c, nil)
		if r == nil || !r.Paused || r.Anyway {
			continue
		}
		if i, ok := x.param(fn, c.Site.Fun); ok {
			x.retriers[fn] = x.retrier(fn, i, r)
		} else if f.Obj != nil && len(r.Exits) > 0 && returnsError(f.Sig) && x.repeats[fn] == nil && x.returnsIt(f, r) {
			x.repeats[fn] = &Repeats{x.pass.Fset.Position(r.Loop.Pos()), fn.FullName()}
		}
	}
}

// returnsIt reports whether f returns the error of what it has repeated, or an
// error that it makes of it.
func (x *Index) returnsIt(f *funcs.Func, r *Retry) (found bool) {
	if r.Error == nil {
		return false
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) == 0 {
				found = found || n.Pos() > r.Loop.Pos()
				return false
			}
			last := n.Results[len(n.Results)-1]
			if n.Pos() > r.Call.Site.Pos() && !x.info.Types[last].IsNil() {
				found = true
			}
		}
		return !found
	})
	return found
}

// param returns which parameter of fn the expression is.
func (x *Index) param(fn *types.Func, e ast.Expr) (int, bool) {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return 0, false
	}
	for i := range fn.Signature().Params().Len() {
		if fn.Signature().Params().At(i) == x.info.Uses[id] {
			return i, true
		}
	}
	return 0, false
}

// hands notes that f returns what a function returned that repeats, or hands a
// parameter to one that retries it, and reports whether that was new.
func (x *Index) hands(f *funcs.Func) (found bool) {
	if f.Obj == nil {
		return false
	}
	for _, c := range f.Out {
		if c.Func == nil || c.Mode != funcs.Plain {
			continue
		}
		if i, ok := x.Retrier(c.Func); ok && i < len(c.Site.Args) && x.retriers[f.Obj] == nil {
			if p, ok := x.called(f, c.Site.Args[i]); ok {
				x.retriers[f.Obj], found = &Retrier{Param: p}, true
			}
		}
		if r := x.Repeats(c.Func); r != nil && x.repeats[f.Obj] == nil && len(x.loops(c)) == 0 && returnsError(f.Sig) {
			x.repeats[f.Obj], found = r, true
		}
	}
	return found
}

// called returns which parameter of f the argument is, or is a literal that calls it.
func (x *Index) called(f *funcs.Func, arg ast.Expr) (int, bool) {
	if i, ok := x.param(f.Obj, arg); ok {
		return i, true
	}
	lit, ok := ast.Unparen(arg).(*ast.FuncLit)
	if !ok {
		return 0, false
	}
	for _, c := range x.funcs.Of(lit).Out {
		if i, ok := x.param(f.Obj, c.Site.Fun); ok {
			return i, true
		}
	}
	return 0, false
}
