package requests

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// words are those by which paths, and names of functions, tell that they serve
// whoever watches the process.
const words = `admin|debug|pprof|expvar|varz?|metrics?|mem(ory)?(stats?)?|heap(dump)?|goroutines?|stacks?(trace)?|threads?|profil(e|es|er|ing)|trac(e|es|ing)|runtime|gc|stat(s|sz|z|us|usz|istics)?|health(z|check)?|diag(nose|nosis|nostics?)?|dump|monitor(ing)?|sys(info|tem)`

var (
	watched = pattern.New(`(?i)(^|[^a-z])(` + words + `)([^a-z]|$)`)
	word    = pattern.New(`(?i)^(` + words + `)$`)
)

// ForDiagnosis reports whether the request that leads to pos, in f, asks for the
// state of the process: its handler is mounted at a path that says so, or a
// condition on the way asks for one.
func (x *Index) ForDiagnosis(f *funcs.Func, pos token.Pos, root *hotpath.Root) bool {
	if x.askedAt(pos) || x.mounted(x.Handler(f, root)) {
		return true
	}
	return slices.ContainsFunc(root.Via, func(s hotpath.Step) bool { return x.askedAt(s.Pos) })
}

// Handler returns the function that is the root by which f runs for a request.
func (x *Index) Handler(f *funcs.Func, root *hotpath.Root) *funcs.Func {
	if len(root.Via) > 0 {
		return x.funcs.At(root.Via[0].Pos)
	}
	return f
}

// mounted reports whether the package mounts the handler at a path that is for
// diagnosis: mux.HandleFunc("/debug/stacks", s.stacks), or a table of routes.
func (x *Index) mounted(h *funcs.Func) bool {
	if h == nil {
		return false
	}
	m, known := x.mounts[h]
	if !known {
		// Of a literal also what the function that returns it is mounted as.
		m = x.mountedItself(h) || x.mounted(h.Parent)
		x.mounts[h] = m
	}
	return m
}

func (x *Index) mountedItself(h *funcs.Func) bool {
	if h.Obj == nil {
		cur, ok := syntax.Find(x.root, h.Node)
		return ok && x.pathAt(cur)
	}
	return slices.ContainsFunc(x.values.Mentions(h.Obj), x.pathAt)
}

// pathAt reports whether a path for diagnosis stands beside what cur is, in a call or a
// composite literal around it.
func (x *Index) pathAt(cur inspector.Cursor) bool {
	for cur := range cur.Parent().Enclosing() {
		switch n := cur.Node().(type) {
		case *ast.CallExpr:
			if x.tellsPath(n.Fun) || x.anyPath(n.Args) {
				return true
			}
		case *ast.CompositeLit:
			if x.anyPath(n.Elts) {
				return true
			}
		case *ast.KeyValueExpr:
			if x.tellsPath(n.Key) {
				return true
			}
		case *ast.FuncLit, *ast.FuncDecl, ast.Stmt, *ast.GenDecl:
			return false
		}
	}
	return false
}

func (x *Index) anyPath(es []ast.Expr) bool {
	for _, e := range es {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if _, nested := ast.Unparen(kv.Value).(*ast.CompositeLit); nested {
				continue // another row of the table
			}
			if _, key := x.info.Types[kv.Key]; key { // of a map: it is that of its row
				continue
			}
			e = kv.Value
		}
		if _, nested := ast.Unparen(e).(*ast.CompositeLit); !nested && x.tellsPath(e) {
			return true
		}
	}
	return false
}

// tellsPath reports whether a string constant in e is a path for diagnosis. It
// follows a group of routes to where it is made.
func (x *Index) tellsPath(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			if made, ok := x.values.Value(n).(*ast.CallExpr); ok {
				found = found || x.holdsPath(made)
			}
		}
		return !found
	})
	return found || x.holdsPath(e)
}

func (x *Index) holdsPath(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		if e, ok := n.(ast.Expr); ok {
			found = found || x.isPath(e)
		}
		return !found
	})
	return found
}

func (x *Index) isPath(e ast.Expr) bool {
	v := x.info.Types[e].Value
	return v != nil && v.Kind() == constant.String && watched.MatchString(constant.StringVal(v))
}

// askedAt reports whether what stands at pos is done only if the request asks for
// diagnosis: case "/debug/stacks":, if r.URL.Query().Get("debug") != "".
func (x *Index) askedAt(pos token.Pos) bool {
	asks, known := x.asked[pos]
	if !known {
		asks = x.Behind(pos, x.tellsPath)
		x.asked[pos] = asks
	}
	return asks
}

// Behind reports whether what stands at pos is reached only under a condition
// that is accepted.
func (x *Index) Behind(pos token.Pos, accept func(cond ast.Expr) bool) bool {
	f := x.funcs.At(pos)
	cur, ok := x.seldom.Cursor(pos)
	if f == nil || !ok {
		return false
	}
	return slices.ContainsFunc(x.guards.Conditions(f, cur), func(c guards.Condition) bool { return accept(c.Expr) })
}

// NamedForDiagnosis returns the name of the function, of the handler, or of the
// package if it says that it serves diagnosis.
func (x *Index) NamedForDiagnosis(f *funcs.Func, root *hotpath.Root) string {
	for _, f := range []*funcs.Func{f, x.Handler(f, root)} {
		if f == nil || f.Outermost().Obj == nil {
			continue
		}
		obj := f.Outermost().Obj
		if named(obj.Name()) {
			return obj.Name()
		}
		if recv := obj.Signature().Recv(); recv != nil {
			t := recv.Type()
			if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
				t = ptr.Elem()
			}
			if n, ok := types.Unalias(t).(*types.Named); ok && named(n.Obj().Name()) {
				return n.Obj().Name()
			}
		}
	}
	for elem := range strings.SplitSeq(x.pkg.Path(), "/") {
		if named(elem) {
			return "package " + elem
		}
	}
	return ""
}

func named(name string) bool {
	for piece := range strings.SplitSeq(name, "_") {
		if slices.ContainsFunc(parts(piece), word.MatchString) {
			return true
		}
	}
	return false
}

// parts returns the words of a name in camel case: HTTP, Status of HTTPStatus.
func parts(name string) []string {
	var words []string
	from := 0
	for i := 1; i < len(name); i++ {
		upper, before := isUpper(name[i]), isUpper(name[i-1])
		switch {
		case upper && !before:
			words = append(words, name[from:i])
			from = i
		case before && !upper && i-1 > from:
			words = append(words, name[from:i-1])
			from = i - 1
		}
	}
	return append(words, name[from:])
}

func isUpper(b byte) bool { return 'A' <= b && b <= 'Z' }
