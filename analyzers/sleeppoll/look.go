package sleeppoll

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A verdict on a function that is asked for over and over.
type verdict int

const (
	unknown verdict = iota
	looking         // it reads the memory of this process and changes nothing
	working         // it may do more
)

// looksAt reports whether evaluating e does no more than to read memory, or the
// clock, and to take locks for that.
func (c *checker) looksAt(e ast.Node) bool {
	if e == nil {
		return true
	}
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // called in place it is a call
		case *ast.UnaryExpr:
			ok = ok && n.Op != token.ARROW
		case *ast.CallExpr:
			ok = ok && c.lookCall(n)
		}
		return ok
	})
	return ok
}

func (c *checker) lookCall(call *ast.CallExpr) bool {
	k := c.Funcs.Call(call)
	switch {
	case k == nil: // a conversion or a builtin
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		return !ok || id.Name != "panic" && id.Name != "close" && id.Name != "delete" && id.Name != "recover"
	case k.Callee != nil:
		return c.only(k.Callee)
	case k.Func == nil || k.Func.Pkg() == nil || k.Dynamic:
		return k.Dynamic && k.FullName() == "(context.Context).Err"
	}
	return glances(k.Func) || locks(k.Func)
}

// glances reports whether a function of the standard library is known to read only.
func glances(fn *types.Func) bool {
	switch fn.Pkg().Path() {
	case "sync/atomic":
		return strings.HasPrefix(fn.Name(), "Load")
	case "sync":
		return fn.FullName() == "(*sync.Map).Load"
	case "time":
		switch fn.Name() {
		case "Now", "Since", "Until", "Sub", "Add", "Before", "After", "Equal", "Compare", "IsZero",
			"Unix", "UnixNano", "UnixMilli", "UnixMicro", "Seconds", "Milliseconds", "Microseconds", "Nanoseconds":
			return fn.FullName() != "time.After"
		}
	case "errors":
		return fn.Name() == "Is" || fn.Name() == "As"
	case "strings", "bytes", "slices", "maps", "math", "cmp":
		return fn.Signature().Recv() == nil
	case "context":
		return fn.Name() == "Cause"
	}
	return false
}

// locks reports whether fn takes or releases a mutex.
func locks(fn *types.Func) bool {
	if fn.Pkg() == nil || fn.Pkg().Path() != "sync" {
		return false
	}
	switch fn.Name() {
	case "Lock", "Unlock", "RLock", "RUnlock":
		return true
	}
	return false
}

// only reports whether calling f does no more than to look.
func (c *checker) only(f *funcs.Func) bool {
	switch c.looks[f] {
	case looking:
		return true
	case working:
		return false
	}
	c.looks[f] = working // a function that calls itself
	if c.pure(f.Body.List, scope{f.Node.Pos(), f.Node.End()}) {
		c.looks[f] = looking
		return true
	}
	return false
}

// A scope is what local variables may be changed in without anybody noticing.
type scope struct{ from, to token.Pos }

func (s scope) has(v *types.Var) bool { return v != nil && s.from <= v.Pos() && v.Pos() < s.to }

// pure reports whether the statements do nothing but look, lock and keep what they
// saw in variables of the scope.
func (c *checker) pure(list []ast.Stmt, in scope) bool {
	for _, s := range list {
		if !c.pureStmt(s, in) {
			return false
		}
	}
	return true
}

func (c *checker) pureStmt(s ast.Stmt, in scope) bool {
	switch s := s.(type) {
	case nil:
		return true
	case *ast.EmptyStmt, *ast.BranchStmt:
		return true
	case *ast.ReturnStmt:
		for _, e := range s.Results {
			if !c.looksAt(e) {
				return false
			}
		}
		return true
	case *ast.DeclStmt:
		return c.looksAt(s)
	case *ast.ExprStmt:
		return c.looksAt(s.X)
	case *ast.DeferStmt:
		k := c.Funcs.Call(s.Call)
		return k != nil && k.Func != nil && locks(k.Func)
	case *ast.AssignStmt:
		for _, l := range s.Lhs {
			if !c.keeps(l, in) {
				return false
			}
		}
		for _, r := range s.Rhs {
			if !c.looksAt(r) {
				return false
			}
		}
		return true
	case *ast.IncDecStmt:
		return c.keeps(s.X, in)
	case *ast.BlockStmt:
		return c.pure(s.List, in)
	case *ast.LabeledStmt:
		return c.pureStmt(s.Stmt, in)
	case *ast.IfStmt:
		return c.pureStmt(s.Init, in) && c.looksAt(s.Cond) && c.pureStmt(s.Body, in) && (s.Else == nil || c.pureStmt(s.Else, in))
	case *ast.ForStmt:
		return c.pureStmt(s.Init, in) && (s.Cond == nil || c.looksAt(s.Cond)) && c.pureStmt(s.Post, in) && c.pureStmt(s.Body, in)
	case *ast.RangeStmt:
		return c.plainRange(s) && c.looksAt(s.X) && c.pureStmt(s.Body, in)
	case *ast.SwitchStmt:
		if s.Tag != nil && !c.looksAt(s.Tag) || !c.pureStmt(s.Init, in) {
			return false
		}
		return c.pureStmt(s.Body, in)
	case *ast.TypeSwitchStmt:
		return c.pureStmt(s.Init, in) && c.pureStmt(s.Body, in)
	case *ast.CaseClause:
		for _, e := range s.List {
			if !c.looksAt(e) {
				return false
			}
		}
		return c.pure(s.Body, in)
	}
	return false
}

// plainRange reports whether ranging over it runs no code and waits for nobody.
func (c *checker) plainRange(s *ast.RangeStmt) bool {
	switch c.TypesInfo.TypeOf(s.X).Underlying().(type) {
	case *types.Chan, *types.Signature:
		return false
	}
	return true
}

// keeps reports whether e is a variable of the scope.
func (c *checker) keeps(e ast.Expr, in scope) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	v := dataflow.LocalVar(c.TypesInfo.ObjectOf(id))
	return id.Name == "_" || v != nil && in.has(v)
}

// logs reports whether the call tells somebody of the wait.
func logs(k *funcs.Call) bool {
	if k == nil || k.Func == nil || k.Func.Pkg() == nil {
		return false
	}
	return costly.Logger(k.Func) || k.Func.Pkg().Path() == "fmt"
}
