package hotdefer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// heavy are packages whose calls do work worth leaving a critical section for:
// they format, encode, compress, hash or sort.
var heavy = map[string]bool{
	"fmt": true, "encoding/json": true, "encoding/xml": true, "encoding/gob": true, "encoding/base64": true, "encoding/hex": true,
	"compress/gzip": true, "compress/flate": true, "compress/zlib": true,
	"crypto/sha256": true, "crypto/sha512": true, "crypto/sha1": true, "crypto/md5": true, "hash/crc32": true,
	"sort": true, "regexp": true, "text/template": true, "html/template": true,
}

// stretched reports a deferred unlock in a hot function whose section goes on
// over heavy work after the last use of what the lock guards.
func stretched(pass *rule.Pass, f *funcs.Func, once []*ast.DeferStmt) {
	for _, d := range once {
		hot := pass.Hotness.HotAt(d.Pos())
		if hot == nil {
			continue
		}
		guard := guardOf(pass.TypesInfo, d.Call)
		if guard == nil {
			continue
		}
		work := heavyTail(pass, f.Body, d, guard)
		if work == nil {
			continue
		}
		name := calleeName(pass.TypesInfo, work)
		pass.Report(rule.Finding{
			Pos:       d.Pos(),
			End:       d.End(),
			Tier:      rule.Likely,
			Hot:       hot,
			Message:   fmt.Sprintf("the deferred %s holds the lock over %s, after the last use of what it guards: every waiter pays for that work", callText(d.Call), name),
			Cause:     "stretched section",
			Primitive: name,
			Chain:     []rule.Step{{Pos: work.Pos(), Text: "calls " + name + " under the lock"}},
			Mend:      "unlock before this work, or move the guarded part into a function of its own",
		})
	}
}

// guardOf returns the variable that holds the mutex that call unlocks, or nil.
func guardOf(info *types.Info, call *ast.CallExpr) types.Object {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	fn, ok := info.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "sync" || fn.Name() != "Unlock" && fn.Name() != "RUnlock" {
		return nil
	}
	return root(info, sel.X)
}

func root(info *types.Info, e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return info.Uses[e]
	case *ast.SelectorExpr:
		return root(info, e.X)
	case *ast.StarExpr:
		return root(info, e.X)
	case *ast.UnaryExpr:
		return root(info, e.X)
	}
	return nil
}

// heavyTail returns the first heavy call among the statements of the body that
// follow the last one to mention guard, or nil. A local variable that aliases
// the guarded state (any pointer, map, slice or interface read from it) counts as a mention.
func heavyTail(pass *rule.Pass, body *ast.BlockStmt, d *ast.DeferStmt, guard types.Object) *ast.CallExpr {
	at := -1
	for i, s := range body.List {
		if s == ast.Stmt(d) {
			at = i
		}
	}
	if at < 0 {
		return nil
	}
	guarded := map[types.Object]bool{guard: true}
	tail := at + 1
	for i, s := range body.List[at+1:] {
		if alias(pass.TypesInfo, s, guarded) {
			tail = at + 1 + i + 1
		}
	}
	for _, s := range body.List[tail:] {
		if call := heavyCall(pass, s); call != nil {
			return call
		}
	}
	return nil
}

// alias reports whether s mentions a guarded variable, and marks what s sets
// from it if the value can share memory.
func alias(info *types.Info, s ast.Stmt, guarded map[types.Object]bool) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && guarded[info.Uses[id]] {
			found = true
		}
		return true
	})
	if !found {
		return false
	}
	ast.Inspect(s, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || a.Tok != token.ASSIGN && a.Tok != token.DEFINE {
			return true
		}
		for _, l := range a.Lhs {
			if o := root(info, l); o != nil && shares(o.Type()) {
				guarded[o] = true
			} else if id, ok := l.(*ast.Ident); ok {
				if o := info.Defs[id]; o != nil && shares(o.Type()) {
					guarded[o] = true
				}
			}
		}
		return true
	})
	return true
}

// shares reports whether a copy of a value of type t can share memory with it.
func shares(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Array:
		return shares(u.Elem())
	case *types.Struct:
		for v := range u.Fields() {
			if shares(v.Type()) {
				return true
			}
		}
		return false
	}
	return true
}

func heavyCall(pass *rule.Pass, s ast.Stmt) (work *ast.CallExpr) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
			return false
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && work == nil {
				fn, ok := pass.TypesInfo.Uses[sel.Sel].(*types.Func)
				if ok && fn.Pkg() != nil && heavy[fn.Pkg().Path()] && !pass.Hotness.Cold(n.Pos()) {
					work = n
				}
			}
		}
		return work == nil
	})
	return work
}
