package httptimeout

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A body is how a function reads the answer to a request. A Timeout bounds that too.
type body int

const (
	whole  body = iota // at once, or not at all
	handed             // out of sight
	stream             // bit by bit, as it comes
)

// reading says how f reads the answers to its requests.
func (c *checker) reading(f *funcs.Func) body {
	cur, ok := syntax.Find(c.root, f.Outermost().Body)
	if !ok || f.Outermost().Sig == nil {
		return handed
	}
	worst := whole
	for r := range f.Outermost().Sig.Results().Variables() {
		if isResponse(r.Type()) {
			worst = handed
		}
	}
	for n := range cur.Preorder((*ast.SelectorExpr)(nil), (*ast.Ident)(nil), (*ast.BasicLit)(nil)) {
		switch e := n.Node().(type) {
		case *ast.BasicLit:
			if v := c.TypesInfo.Types[e].Value; v != nil && v.Kind() == constant.String && strings.Contains(constant.StringVal(v), "event-stream") {
				return stream
			}
		case *ast.SelectorExpr:
			if e.Sel.Name == "Body" && isResponse(c.TypesInfo.TypeOf(e.X)) {
				worst = max(worst, c.bodyAt(n))
			}
		case *ast.Ident:
			if isResponse(c.TypesInfo.TypeOf(e)) {
				worst = max(worst, responseAt(n), c.givenTo(n))
			}
		}
	}
	return worst
}

func isResponse(t types.Type) bool {
	return t != nil && types.TypeString(t, nil) == "*net/http.Response"
}

// bodyAt says how the body of an answer is read at cur.
func (c *checker) bodyAt(cur inspector.Cursor) body {
	_, parent := values.Outer(cur)
	switch n := parent.Node().(type) {
	case *ast.SelectorExpr:
		if n.Sel.Name == "Close" {
			return whole
		}
	case *ast.CallExpr:
		switch values.Callee(c.TypesInfo, n) {
		case "io.ReadAll", "io/ioutil.ReadAll", "encoding/json.NewDecoder", "encoding/xml.NewDecoder", "io.LimitReader":
			return whole
		case "bufio.NewReader", "bufio.NewScanner", "bufio.NewReaderSize":
			return stream
		case "io.Copy":
			if to, ok := ast.Unparen(n.Args[0]).(*ast.SelectorExpr); ok && to.Sel.Name == "Discard" {
				return whole
			}
		}
	}
	return handed
}

// givenTo says how a function of the package that is given an answer at cur reads it, if
// that makes something of its own of the body.
func (c *checker) givenTo(cur inspector.Cursor) body {
	_, parent := values.Outer(cur)
	call, ok := parent.Node().(*ast.CallExpr)
	if !ok {
		return whole
	}
	k := c.Funcs.Call(call)
	if k == nil || k.Callee == nil {
		return whole
	}
	at, ok := syntax.Find(c.root, k.Callee.Body)
	if !ok {
		return whole
	}
	for n := range at.Preorder((*ast.SelectorExpr)(nil)) {
		e := n.Node().(*ast.SelectorExpr)
		if e.Sel.Name == "Body" && isResponse(c.TypesInfo.TypeOf(e.X)) && c.bodyAt(n) == stream {
			return stream
		}
	}
	return whole
}

// responseAt says what becomes of an answer as a whole at cur.
func responseAt(cur inspector.Cursor) body {
	_, parent := values.Outer(cur)
	switch n := parent.Node().(type) {
	case *ast.ReturnStmt, *ast.CallExpr, *ast.KeyValueExpr, *ast.CompositeLit:
		return handed
	case *ast.AssignStmt:
		for _, r := range n.Rhs {
			if r == cur.Node() {
				return handed
			}
		}
	}
	return whole
}
