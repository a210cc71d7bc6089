package httptimeout

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// connections judges the functions that serve accepted connections, in a package that
// sets no deadline on any connection.
func (c *checker) connections() {
	if !c.imports("net") || c.setsDeadlines() {
		return
	}
	seen := make(map[*funcs.Func]bool)
	for cur := range c.root.Preorder((*ast.CallExpr)(nil)) {
		site := cur.Node().(*ast.CallExpr)
		if c.values.InTest(site.Pos()) || !c.accepts(site) || !inLoop(cur) {
			continue
		}
		c.handshake(cur, site)
		f, v := c.handler(cur)
		if f == nil || seen[f] {
			continue
		}
		seen[f] = true
		c.serving(f, v, site)
	}
}

func (c *checker) imports(path string) bool {
	for _, p := range c.Pkg.Imports() {
		if p.Path() == path {
			return true
		}
	}
	return false
}

// setsDeadlines reports whether the package sets a deadline on anything, or hands it
// to a function whose name says so.
func (c *checker) setsDeadlines() bool {
	for cur := range c.root.Preorder((*ast.SelectorExpr)(nil)) {
		name := cur.Node().(*ast.SelectorExpr).Sel.Name
		if strings.HasPrefix(name, "Set") && strings.HasSuffix(name, "Deadline") {
			return true
		}
	}
	return false
}

// accepts reports whether call accepts a connection of a listener of net itself. A
// listener of another type may set deadlines on what it returns.
func (c *checker) accepts(call *ast.CallExpr) bool {
	switch values.Callee(c.TypesInfo, call) {
	case "(net.Listener).Accept", "(*net.TCPListener).Accept", "(*net.TCPListener).AcceptTCP":
		return true
	}
	return false
}

// inLoop reports whether cur is in a loop of its function.
func inLoop(cur inspector.Cursor) bool {
	for c := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch c.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		}
		return false
	}
	return false
}

// handler returns the function in a goroutine of its own that the accepted connection
// is served by, and the variable that holds the connection there; nil if that is not
// seen.
func (c *checker) handler(accept inspector.Cursor) (*funcs.Func, *types.Var) {
	as, ok := accept.Parent().Node().(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 2 {
		return nil, nil
	}
	conn := c.values.Variable(as.Lhs[0])
	f := c.Funcs.At(as.Pos())
	if conn == nil || conn.IsField() || f == nil {
		return nil, nil
	}
	body, ok := syntax.Find(c.root, f.Body)
	if !ok {
		return nil, nil
	}
	for cur := range body.Preorder((*ast.GoStmt)(nil)) {
		call := c.Funcs.Call(cur.Node().(*ast.GoStmt).Call)
		if call == nil || call.Callee == nil || call.Callee.Sig == nil {
			continue
		}
		for i, a := range call.Site.Args {
			if c.values.Variable(a) == conn && i < call.Callee.Sig.Params().Len() {
				return call.Callee, call.Callee.Sig.Params().At(i)
			}
		}
		if lit, ok := call.Callee.Node.(*ast.FuncLit); ok && dataflow.Mentioned(c.TypesInfo, lit)[conn] {
			return call.Callee, conn
		}
	}
	return nil, nil
}

// handshake judges the handshake of TLS with what is accepted at site: in the loop it
// keeps all others waiting too.
func (c *checker) handshake(accept inspector.Cursor, site *ast.CallExpr) {
	as, ok := accept.Parent().Node().(*ast.AssignStmt)
	f := c.Funcs.At(site.Pos())
	if !ok || f == nil {
		return
	}
	conn := c.values.Variable(as.Lhs[0])
	body, ok := syntax.Find(c.root, f.Body)
	if !ok || conn == nil || conn.IsField() {
		return
	}
	fl := c.flows.Of(f)
	for cur := range body.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if values.Callee(c.TypesInfo, call) != "(*crypto/tls.Conn).Handshake" || !c.depends(fl, call.Fun.(*ast.SelectorExpr).X, conn) {
			continue
		}
		message := "this handshake has no deadline: a client that connects and says nothing keeps the goroutine, its memory and the file descriptor for as long as it likes"
		if c.Funcs.At(call.Pos()) == f {
			message = "this handshake has no deadline: a client that connects and says nothing keeps all others from being accepted for as long as it likes"
		}
		c.Report(rule.Finding{
			Pos:       call.Pos(),
			End:       call.End(),
			Tier:      rule.Likely,
			Message:   message,
			Cause:     "handshake without a deadline",
			Primitive: "(*crypto/tls.Conn).Handshake",
			Chain:     []rule.Step{step(site.Pos(), "accepts it")},
			Mend:      "call SetDeadline before it and clear that after, or use HandshakeContext with a context that has a deadline",
		})
		return
	}
}

// serving judges f, which serves the connection in v that is accepted at site.
func (c *checker) serving(f *funcs.Func, v *types.Var, site *ast.CallExpr) {
	read, relays := c.readsInLoop(f, v)
	if read == nil {
		return
	}
	finding := rule.Finding{
		Pos:       read.Pos(),
		End:       read.End(),
		Tier:      rule.Likely,
		Message:   "this connection is read in a loop and is never given a deadline: a client that goes silent keeps the goroutine, its memory and the file descriptor for as long as it likes",
		Cause:     "connection without a deadline",
		Primitive: "net.Conn",
		Chain:     []rule.Step{step(site.Pos(), "accepts it")},
		Mend:      "call SetReadDeadline before each read, or SetDeadline where the whole exchange has a budget",
	}
	switch {
	case relays:
		doubtful(&finding, "it is relayed, and may be idle by right")
	case c.listensHere(c.Funcs.At(site.Pos())):
		doubtful(&finding, "its clients are on this machine")
	case c.keeps(f, v):
		doubtful(&finding, "something else has the connection too, and may close it")
	case !c.answers(f, v):
		doubtful(&finding, "it is not answered, and may be a stream that is idle by right")
	}
	c.Report(finding)
}

// readsInLoop returns the call in a loop of f that reads from v, or from what is made
// around it, and whether what is read goes on to another connection.
func (c *checker) readsInLoop(f *funcs.Func, v *types.Var) (read *ast.CallExpr, relays bool) {
	body, ok := syntax.Find(c.root, f.Body)
	if !ok {
		return nil, false
	}
	fl := c.flows.Of(f)
	for cur := range body.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		switch values.Callee(c.TypesInfo, call) {
		case "io.Copy", "io.CopyBuffer", "io.CopyN":
			if c.depends(fl, call, v) {
				return call, true
			}
		}
		if read == nil && inLoop(cur) && c.reads(fl, call, v) {
			read = call
		}
	}
	return read, false
}

// readers are the methods and functions that wait for what the other side sends.
var readers = map[string]bool{
	"Read": true, "ReadByte": true, "ReadBytes": true, "ReadString": true, "ReadLine": true, "ReadRune": true,
	"ReadFull": true, "ReadAtLeast": true, "ReadAll": true, "Scan": true, "Decode": true, "Peek": true, "ReadSlice": true,
}

// reads reports whether call reads from v or what is made around it.
func (c *checker) reads(fl *dataflow.Flow, call *ast.CallExpr, v *types.Var) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || !readers[sel.Sel.Name] {
		return false
	}
	fn, _ := c.TypesInfo.Uses[sel.Sel].(*types.Func)
	if fn == nil || fn.Pkg() == nil || !modules.IsStd(fn.Pkg().Path()) {
		return false
	}
	if fn.Signature().Recv() != nil {
		return c.depends(fl, sel.X, v)
	}
	return len(call.Args) > 0 && c.depends(fl, call.Args[0], v)
}

// depends reports whether n names v, or what is made of it.
func (c *checker) depends(fl *dataflow.Flow, n ast.Node, v *types.Var) bool {
	return fl.Directly(dataflow.Mentioned(c.TypesInfo, n))[v]
}

// answers reports whether f writes to v in a call of the standard library.
func (c *checker) answers(f *funcs.Func, v *types.Var) bool {
	fl := c.flows.Of(f)
	for _, k := range f.Out {
		if k.Func == nil || k.Func.Pkg() == nil || !modules.IsStd(k.Func.Pkg().Path()) {
			continue
		}
		name := k.Func.Name()
		if !strings.HasPrefix(name, "Write") && !strings.HasPrefix(name, "Fprint") && name != "Encode" && name != "Flush" {
			continue
		}
		of := ast.Node(k.Site)
		if sel, ok := ast.Unparen(k.Site.Fun).(*ast.SelectorExpr); ok && k.Func.Signature().Recv() != nil {
			of = sel.X
		}
		if c.depends(fl, of, v) {
			return true
		}
	}
	return false
}

// keeps reports whether f hands v on to code that is not the standard library's, or
// stores it.
func (c *checker) keeps(f *funcs.Func, v *types.Var) bool {
	body, ok := syntax.Find(c.root, f.Body)
	if !ok {
		return true
	}
	for cur := range body.Preorder((*ast.Ident)(nil)) {
		if c.TypesInfo.Uses[cur.Node().(*ast.Ident)] != v {
			continue
		}
		_, parent := values.Outer(cur)
		switch n := parent.Node().(type) {
		case *ast.SelectorExpr:
		case *ast.CallExpr:
			k := c.Funcs.Call(n)
			if k == nil || k.Func == nil || k.Func.Pkg() == nil || !modules.IsStd(k.Func.Pkg().Path()) {
				return true
			}
		case *ast.ExprStmt, *ast.BinaryExpr:
		default:
			return true
		}
	}
	return false
}
