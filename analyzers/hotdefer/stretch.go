package hotdefer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
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
	known := pass.ResultOf[witness.Analyzer].(*witness.Index).Of(f.Node)
	if known == nil {
		return
	}
	for _, s := range pass.ResultOf[sections.Analyzer].(*sections.Index).Of(known.SSA) {
		if s.Release == nil {
			continue
		}
		i := slices.IndexFunc(once, func(d *ast.DeferStmt) bool { return d.Call.Lparen == s.Release.Call.Pos() })
		if i < 0 {
			continue
		}
		hot := pass.Hotness.HotAt(once[i].Pos())
		if hot == nil {
			continue
		}
		if work := heavyTail(pass, f, once[i], s); work != nil {
			report(pass, once[i], work, hot)
		}
	}
}

func report(pass *rule.Pass, d *ast.DeferStmt, work *ssa.Call, hot *hotpath.Hotness) {
	name := work.Call.StaticCallee().Object().(*types.Func).FullName()
	pass.Report(rule.Finding{
		Pos:       d.Pos(),
		End:       d.End(),
		Tier:      rule.Likely,
		Hot:       hot,
		Message:   fmt.Sprintf("the deferred %s holds the lock over %s, after the last use of what it guards: every waiter pays for that work", callText(d.Call), name),
		Cause:     "stretched section",
		Primitive: name,
		Chain:     []rule.Step{{Pos: work.Call.Pos(), Text: "calls " + name + " under the lock"}},
		Mend:      "unlock before this work, or move the guarded part into a function of its own",
	})
}

// heavyTail returns the first heavy call of a section behind the last statement of
// the body that mentions what d unlocks, or nil. A local variable that aliases
// the guarded state (any pointer, map, slice or interface read from it) counts as a mention.
func heavyTail(pass *rule.Pass, f *funcs.Func, d *ast.DeferStmt, s *sections.Section) *ssa.Call {
	at := slices.Index(f.Body.List, ast.Stmt(d))
	sel, ok := ast.Unparen(d.Call.Fun).(*ast.SelectorExpr)
	if at < 0 || !ok {
		return nil
	}
	guard := dataflow.Root(pass.TypesInfo, sel.X)
	if guard == nil {
		return nil
	}
	guarded := map[types.Object]bool{guard: true}
	last := d.End()
	for _, stmt := range f.Body.List[at+1:] {
		if alias(pass.TypesInfo, stmt, guarded) {
			last = stmt.End()
		}
	}
	for _, call := range s.Calls() {
		if call.Call.Pos() > last && isHeavy(call) && !pass.Hotness.Cold(call.Call.Pos()) && !waits(pass, f, call) {
			return call
		}
	}
	return nil
}

// isHeavy reports whether a call is one of the heavy packages.
func isHeavy(call *ssa.Call) bool {
	fn := call.Call.StaticCallee()
	return fn != nil && fn.Object() != nil && fn.Object().Pkg() != nil && heavy[fn.Object().Pkg().Path()]
}

// waits reports whether a call may block: holding a lock over that is the business
// of rule lockblock.
func waits(pass *rule.Pass, f *funcs.Func, call *ssa.Call) bool {
	places := pass.ResultOf[witness.Analyzer].(*witness.Index).Places(f.Node, blocking, nil)
	return slices.ContainsFunc(places, func(p witness.Place) bool { return p.Instr == call })
}

var blocking = effects.SetOf(effects.Net, effects.Disk, effects.Sleep, effects.Chan, effects.Cgo)

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
			if o := dataflow.Root(info, l); o != nil && shares(o.Type()) {
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
