package lifetimes

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// passed notes that the value at cur is an argument of call.
func (w *walk) passed(call *ast.CallExpr, site, cur inspector.Cursor, via *types.Var, view bool) {
	w.argument(call, slices.Index(call.Args, cur.Node().(ast.Expr)), site, cur, via, view)
}

func (w *walk) argument(call *ast.CallExpr, arg int, site, cur inspector.Cursor, via *types.Var, view bool) {
	c := w.x.funcs.Call(call)
	switch {
	case arg < 0:
	case c == nil:
		w.builtin(call, arg, site, cur, via, view)
	case c.Callee != nil:
		w.callee(c, arg, site, cur, via, view)
	case c.Func == nil || c.Dynamic:
		w.unknown(c, arg, site, cur, via, view)
	default:
		w.foreign(c, arg, site, cur, via, view)
	}
}

// builtin notes an argument of a conversion or of a builtin function.
func (w *walk) builtin(call *ast.CallExpr, arg int, site, cur inspector.Cursor, via *types.Var, view bool) {
	if !w.kind.anyType() {
		w.use(Store, cur, via, view)
		return
	}
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if b, ok := w.x.pass.TypesInfo.Uses[id].(*types.Builtin); ok {
			switch {
			case b.Name() != "append": // len, cap, clear, copy
				u := w.use(Touch, site, via, view)
				u.Call, u.Name = call, b.Name()
			case arg == 0:
				w.value(unparen(site), via, view) // it may have moved, and is the same to its user
			case !call.Ellipsis.IsValid():
				w.use(Store, cur, via, view)
			}
			return
		}
	}
	if t, ok := w.x.pass.TypesInfo.TypeOf(call).Underlying().(*types.Basic); ok && t.Info()&types.IsString != 0 {
		return // a copy
	}
	w.value(unparen(site), via, view)
}

// unknown notes an argument of a function that is not known: who can close it may
// do so. A method of a reader or writer of any kind reads what it is given.
func (w *walk) unknown(c *funcs.Call, arg int, site, cur inspector.Cursor, via *types.Var, view bool) {
	if c.Func != nil && w.cannotTouch(paramType(c.Func.Signature(), arg)) {
		w.use(Store, cur, via, view).Call = c.Site
		return
	}
	if w.kind.Part != "" && view && c.Func != nil && readsOnly(c.Func, arg) {
		u := w.use(Read, site, via, view)
		u.Call, u.Mode = c.Site, c.Mode
		return
	}
	w.use(Store, cur, via, view)
}

// readsOnly reports whether the type of the i'th parameter of fn offers to read
// from an argument and not to close it.
func readsOnly(fn *types.Func, i int) bool {
	t := paramType(fn.Signature(), i)
	if t == nil {
		return false
	}
	iface, ok := t.Underlying().(*types.Interface)
	if !ok || iface.NumMethods() == 0 {
		return false
	}
	for m := range iface.Methods() {
		if m.Name() == "Close" {
			return false
		}
	}
	return true
}

// paramType returns the type of what is passed for the i'th argument.
func paramType(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	switch {
	case sig.Variadic() && i >= n-1:
		if s, ok := sig.Params().At(n - 1).Type().(*types.Slice); ok {
			return s.Elem()
		}
	case i < n:
		return sig.Params().At(i).Type()
	}
	return nil
}

// foreign notes an argument of a function of another package.
func (w *walk) foreign(c *funcs.Call, arg int, site, cur inspector.Cursor, via *types.Var, view bool) {
	if w.kind.anyType() && c.Func.Name() == "ValueOf" && c.Func.Pkg().Path() == "reflect" {
		w.value(unparen(site), via, view)
		return
	}
	if w.kind.Take != "" && c.Func.Name() == "Put" && c.FullName() == w.kind.Take {
		u := w.use(Release, site, via, view)
		u.Call, u.Mode = c.Site, c.Mode
		return
	}
	var s Summary
	known := w.x.pass.ImportObjectFact(c.Func, &s)
	ended := slices.Contains(s.Releases, arg)
	if ended {
		u := w.use(Release, site, via, view)
		u.Call, u.Mode = c.Site, c.Mode
	}
	if slices.Contains(s.Touches, arg) && len(w.kind.Touch) > 0 {
		u := w.use(Touch, site, via, view)
		u.Call, u.Mode, u.Name = c.Site, c.Mode, w.kind.Touch[0]
	}
	switch {
	case slices.Contains(s.Keeps, arg), !known && w.cannotTouch(paramType(c.Func.Signature(), arg)):
		u := w.use(Store, cur, via, view)
		if !w.wraps(c.Func) {
			u.Call = c.Site
		}
	case !known && w.mayKeep(c.Func, arg, view):
		w.use(Store, cur, via, view)
	case !ended && (view && !w.kind.byChannel() || w.kind.anyType()):
		u := w.use(Read, site, via, view)
		u.Call, u.Mode = c.Site, c.Mode
	}
}

// mayKeep reports whether a function of another package, of which there is no
// fact, may keep or end what it is given: facts tell of handles and closers only,
// and not of the standard library.
func (w *walk) mayKeep(fn *types.Func, arg int, view bool) bool {
	t := paramType(fn.Signature(), arg)
	std := modules.IsStd(fn.Pkg().Path())
	switch {
	case t == nil:
		return true
	case w.kind.byChannel():
		return view // a channel
	case w.kind.anyType():
		return !std || keepsAny(fn, t)
	case view && readsOnly(fn, arg):
		return std && fn.Pkg().Path() == "net/http" // the body of another request
	case kindOf(t) != nil:
		return std && kindOf(t) == closer
	}
	return !prints(fn)
}

// keepsAny reports whether a function of the standard library may keep what it
// is given for a parameter of type t, which tells nothing of it: a list, a map.
func keepsAny(fn *types.Func, t types.Type) bool {
	if _, ok := t.(*types.TypeParam); ok {
		return true
	}
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0 && !prints(fn)
}

// prints reports whether fn writes out whatever it is given, and no more.
func prints(fn *types.Func) bool {
	switch fn.Pkg().Path() {
	case "fmt", "log", "log/slog", "encoding/json", "encoding/xml", "encoding/gob", "encoding/binary", "reflect":
		return true
	}
	return false
}

// cannotTouch reports whether what is noted of the kind cannot be done by who has
// the handle as a t: an interface that offers less.
func (w *walk) cannotTouch(t types.Type) bool {
	if len(w.kind.Touch) == 0 || t == nil {
		return false
	}
	i, ok := t.Underlying().(*types.Interface)
	if !ok || i.NumMethods() == 0 {
		return false
	}
	for m := range i.Methods() {
		if slices.Contains(w.kind.Touch, m.Name()) {
			return false
		}
	}
	return true
}

// wraps reports whether what fn returns offers what is noted of the kind, as what is
// wrapped around a handle does.
func (w *walk) wraps(fn *types.Func) bool {
	for r := range fn.Signature().Results().Variables() {
		for _, name := range w.kind.Touch {
			if obj, _, _ := types.LookupFieldOrMethod(r.Type(), true, fn.Pkg(), name); obj != nil {
				return true
			}
		}
	}
	return false
}

// callee follows the value into the parameter of a function of the package.
func (w *walk) callee(c *funcs.Call, arg int, site, cur inspector.Cursor, via *types.Var, view bool) {
	sig := c.Callee.Sig
	if sig.Variadic() && arg >= sig.Params().Len()-1 || arg >= sig.Params().Len() {
		w.use(Store, cur, via, view)
		return
	}
	p := sig.Params().At(arg)
	inner, ok := w.inner(p, view)
	if !ok {
		u := w.use(Store, cur, via, view)
		if w.cannotTouch(p.Type()) {
			u.Call = c.Site
		}
		return
	}
	ends, keeps := effect(w.kind, inner)
	if w.kind.anyType() { // what is pooled goes far, and how far is not asked
		u := w.use(far(ends, keeps), site, via, view)
		u.Call, u.Mode = c.Site, c.Mode
		return
	}
	switch {
	case ends || keeps:
		u := w.use(Hand, site, via, view)
		u.Call, u.Mode = c.Site, c.Mode
	case view && !w.kind.byChannel():
		u := w.use(Read, site, via, view)
		u.Call, u.Mode = c.Site, c.Mode
	}
	for _, u := range inner {
		if u.Op == Return {
			u.Op = Store
		}
		if u.Op != Hand && u.Op != Overwrite {
			w.uses = append(w.uses, u)
		}
	}
}

// far returns what is done with what is handed to a function that ends it, keeps it,
// or neither.
func far(ends, keeps bool) Op {
	switch {
	case ends:
		return Release
	case keeps:
		return Store
	}
	return Read
}

// inner returns what a function does with what is passed for its parameter p. It
// is false if it cannot be followed there.
func (w *walk) inner(p *types.Var, view bool) ([]Use, bool) {
	if w.holds(p.Type(), view) {
		return w.x.param(holder{p, view}, w.kind), true
	}
	if !view && w.kind.hasHandle() && isReader(p.Type()) && slices.Contains(w.kind.Release, "Close") {
		return w.x.param(holder{p, true}, closer), true // func closeAll(c io.Closer)
	}
	return nil, false
}
