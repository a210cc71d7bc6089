package unboundedqueue

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A whole is a call that reads something to its end into memory.
type whole struct {
	f    *funcs.Func
	call *funcs.Call
	of   ast.Expr // a reader, or a request whose body it is
	via  *types.Func
}

// bodies reports bodies of requests that are read to their end, however long they are.
func (c *checker) bodies() {
	for more := true; more; {
		more = false
		for _, w := range c.wholes() {
			if fn := w.f.Obj; fn != nil && !answers(w.f.Sig) && !c.unlimited(w) {
				if i, ok := c.param(w); ok {
					if _, known := c.reads[fn]; !known {
						c.reads[fn], more = i, true
					}
				}
			}
		}
	}
	if c.limitsAll() {
		return
	}
	told := make(map[*ast.CallExpr]bool)
	for _, w := range c.wholes() {
		c.body(w, told)
	}
}

// wholes returns the calls that read something to its end.
func (c *checker) wholes() []whole {
	var all []whole
	for _, f := range c.Funcs.Funcs {
		if c.values.InTest(f.Node.Pos()) {
			continue
		}
		for _, call := range f.Out {
			if of, via := c.source(call); of != nil {
				all = append(all, whole{f, call, of, via})
			}
		}
	}
	return all
}

// source returns what the call reads to its end, and which function of ours does so.
func (c *checker) source(call *funcs.Call) (ast.Expr, *types.Func) {
	if call.Func == nil || call.Dynamic {
		return nil, nil
	}
	args := call.Site.Args
	switch call.FullName() {
	case "io.ReadAll", "io/ioutil.ReadAll", "(*bytes.Buffer).ReadFrom":
		return args[0], nil
	case "io.Copy":
		t := c.TypesInfo.TypeOf(args[0])
		if isNamed(t, "bytes", "Buffer") || isNamed(t, "strings", "Builder") {
			return args[1], nil
		}
		return nil, nil
	}
	if i, ok := c.readsParam(call.Func); ok && i < len(args) {
		return args[i], call.Func
	}
	return nil, nil
}

// request returns the expression of the request whose body e is, seen through what
// reads on behalf of others; nil if it is limited or something else.
func (c *checker) request(f *funcs.Func, e ast.Expr, depth int) ast.Expr {
	e = ast.Unparen(e)
	if depth > 4 {
		return nil
	}
	if isNamed(c.TypesInfo.TypeOf(e), "net/http", "Request") {
		return e // a function of ours takes its body
	}
	switch n := e.(type) {
	case *ast.SelectorExpr:
		if n.Sel.Name == "Body" && isNamed(c.TypesInfo.TypeOf(n.X), "net/http", "Request") {
			return ast.Unparen(n.X)
		}
	case *ast.CallExpr:
		switch c.full(n) {
		case "bufio.NewReader", "bufio.NewReaderSize", "io.TeeReader", "io.NopCloser":
			return c.request(f, n.Args[0], depth+1)
		}
	case *ast.Ident:
		v := c.flows.Of(f).Local(n)
		if v == nil {
			return nil
		}
		var found ast.Expr
		for _, d := range c.flows.Of(f).Defs[v] {
			if d.Kind != dataflow.Whole {
				continue
			}
			if found = c.request(f, d.RHS, depth+1); found == nil {
				return nil // on some way it is something else, limited perhaps
			}
		}
		return found
	}
	return nil
}

// param returns the parameter of its function that w reads, a reader as it comes or a
// request with its body.
func (c *checker) param(w whole) (int, bool) {
	e := ast.Unparen(w.of)
	if r := c.request(w.f, e, 0); r != nil {
		if c.limited(w, r) {
			return 0, false
		}
		e = r
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return 0, false
	}
	v := dataflow.LocalVar(c.TypesInfo.ObjectOf(id))
	if v == nil || len(c.flows.Of(w.f).Defs[v]) > 0 {
		return 0, false
	}
	for i := range w.f.Sig.Params().Len() {
		if w.f.Sig.Params().At(i) == v {
			return i, true
		}
	}
	return 0, false
}

// body reports w if it reads the body of a request that comes in. What a function of
// the package reads on behalf of several handlers is reported there, once.
func (c *checker) body(w whole, told map[*ast.CallExpr]bool) {
	req := c.request(w.f, w.of, 0)
	if req == nil || c.limited(w, req) || !c.comesIn(w.f, req, 0) {
		return
	}
	if w.via != nil && w.via.Pkg() == c.Pkg && req == ast.Unparen(w.of) {
		return // that function has the finding
	}
	if c.unlimited(w) {
		return
	}
	root := c.Hotness.RootAt(w.call.Site.Pos())
	if root == nil {
		return
	}
	at, by := c.reader(w)
	if told[at.Site] {
		return
	}
	told[at.Site] = true
	f := rule.Finding{
		Pos:       at.Site.Pos(),
		End:       at.Site.End(),
		Tier:      rule.Likely,
		Message:   "the body of the request is read to its end, however long the client makes it: a few large requests at once take the memory of all others",
		Cause:     "body without a limit",
		Primitive: at.FullName(),
		Chain:     append(steps(root), by...),
		Mend:      "limit it first: r.Body = http.MaxBytesReader(w, r.Body, limit)",
	}
	why := c.doubt(w.f, w.call.Site, root)
	if why == "" && c.administers(w.f, root) {
		why = "it is named as what serves the operator is"
	}
	if why != "" {
		f.Tier = rule.Suspected
		f.Message += " (but " + why + ")"
	}
	c.Report(f)
}

// reader returns the call that reads on behalf of w, as far as this package has it,
// and how it is come to.
func (c *checker) reader(w whole) (at *funcs.Call, by []rule.Step) {
	at = w.call
	for via := w.via; via != nil; {
		by = append(by, rule.Step{Pos: at.Site.Pos(), Text: c.short(via) + " reads it to its end"})
		g := c.Funcs.Declared(via)
		if g == nil || len(by) > 3 {
			return at, by
		}
		via = nil
		for _, k := range g.Out {
			if of, next := c.source(k); of != nil {
				at, via = k, next
			}
		}
	}
	return at, by
}

// administers reports whether f or its handler is named as what sets the process up is:
// who may ask for that could do worse.
func (c *checker) administers(f *funcs.Func, root *hotpath.Root) bool {
	if c.requests.NamedForDiagnosis(f, root) != "" {
		return true
	}
	for _, g := range []*funcs.Func{f, c.requests.Handler(f, root)} {
		if g != nil && operating.MatchString(receiver(g)+" "+g.Name(c.Pkg)[strings.LastIndexByte(g.Name(c.Pkg), '.')+1:]) {
			return true
		}
	}
	return false
}

var operating = pattern.New(`(?i)config|admin|setup|reload|settings`)

// comesIn reports whether the request is one that this process is asked by: it comes
// with a ResponseWriter, here or where f is called, or out of the context of a framework.
func (c *checker) comesIn(f *funcs.Func, req ast.Expr, depth int) bool {
	switch n := ast.Unparen(req).(type) {
	case *ast.Ident:
		v := dataflow.LocalVar(c.TypesInfo.ObjectOf(n))
		for g := f; g != nil && v != nil; g = g.Parent {
			if dataflow.IsParam(g, v) {
				return answers(g.Sig) || c.isGiven(g, v, depth)
			}
		}
	case *ast.SelectorExpr: // c.Request
		return n.Sel.Name == "Request" && !isNamed(c.TypesInfo.TypeOf(n.X), "net/http", "Response")
	case *ast.CallExpr: // c.Request()
		sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "Request" && len(n.Args) == 0
	}
	return false
}

// isGiven reports whether a function of the package calls f with a request that
// comes in for its parameter v.
func (c *checker) isGiven(f *funcs.Func, v *types.Var, depth int) bool {
	if depth > 3 {
		return false
	}
	for i := range f.Sig.Params().Len() {
		if f.Sig.Params().At(i) != v {
			continue
		}
		return slices.ContainsFunc(f.In, func(in *funcs.Call) bool {
			return in.Caller != nil && i < len(in.Site.Args) && c.comesIn(in.Caller, in.Site.Args[i], depth+1)
		})
	}
	return false
}

// answers reports whether a function of that signature answers requests.
func answers(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		if isNamed(p.Type(), "net/http", "ResponseWriter") {
			return true
		}
	}
	return false
}

// limited reports whether the function, or one around it, limits the body before, or
// asks how long it is.
func (c *checker) limited(w whole, req ast.Expr) (found bool) {
	ast.Inspect(w.f.Outermost().Body, func(n ast.Node) bool {
		if n == nil || n.Pos() > w.call.Site.End() || found {
			return false
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			found = c.limits(n)
		case *ast.SelectorExpr:
			found = n.Sel.Name == "ContentLength"
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
				if ok && sel.Sel.Name == "Body" && n.Tok == token.ASSIGN && i < len(n.Rhs) && isNamed(c.TypesInfo.TypeOf(sel.X), "net/http", "Request") {
					found = c.request(w.f, n.Rhs[i], 0) == nil // something else by now
				}
			}
		}
		return !found
	})
	return found
}

// unlimited reports whether the body is read whole only if a number says that there
// shall be no limit: if max < 0 { … }.
func (c *checker) unlimited(w whole) bool {
	cur, ok := c.cursor(w.call.Site)
	return ok && slices.ContainsFunc(c.guards.Conditions(w.f, cur), func(cond guards.Condition) (found bool) {
		ast.Inspect(cond.Expr, func(n ast.Node) bool {
			cmp, ok := n.(*ast.BinaryExpr)
			if !ok {
				return true
			}
			_, call := ast.Unparen(cmp.X).(*ast.CallExpr) // len(x) > 0
			v := c.TypesInfo.Types[cmp.Y].Value
			found = found || !call && v != nil && v.Kind() == constant.Int && constant.Sign(v) <= 0
			return !found
		})
		return found
	})
}

// limits reports whether the call limits a reader or the bodies of a handler.
func (c *checker) limits(call *ast.CallExpr) bool {
	switch c.full(call) {
	case "net/http.MaxBytesReader", "net/http.MaxBytesHandler", "io.LimitReader":
		return true
	}
	k := c.Funcs.Call(call)
	if k == nil || k.Func == nil || k.Callee == nil {
		return false
	}
	return c.handsLimit(k.Callee)
}

// handsLimit reports whether f, a short function, limits what it is given.
func (c *checker) handsLimit(f *funcs.Func) bool {
	return dataflow.Brief(f) && slices.ContainsFunc(f.Out, func(k *funcs.Call) bool {
		name := c.full(k.Site)
		return name == "net/http.MaxBytesReader" || name == "io.LimitReader"
	})
}

// limitsAll reports whether the package limits bodies for handlers that it wraps, or
// wraps them in what does.
func (c *checker) limitsAll() bool {
	for _, f := range c.Funcs.Funcs {
		if c.wraps(f) {
			return true
		}
		for _, k := range f.Out {
			if c.full(k.Site) == "net/http.MaxBytesHandler" || k.Func != nil && k.Func.Pkg() != c.Pkg && c.ImportObjectFact(k.Func, new(Limits)) {
				return true
			}
		}
	}
	return false
}

// wraps reports whether f limits the body and hands the request on to a handler.
func (c *checker) wraps(f *funcs.Func) bool {
	if c.values.InTest(f.Node.Pos()) {
		return false
	}
	limits, hands := false, false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch c.full(call) {
		case "net/http.MaxBytesHandler":
			limits, hands = true, true
		case "net/http.MaxBytesReader":
			limits = true
		case "(net/http.Handler).ServeHTTP", "(net/http.HandlerFunc).ServeHTTP":
			hands = true
		default:
			hands = hands || c.isHandler(call)
		}
		return true
	})
	return limits && hands
}

// isHandler reports whether the call is that of a handler that f was given: next(w, r).
func (c *checker) isHandler(call *ast.CallExpr) bool {
	k := c.Funcs.Call(call)
	if k == nil || k.Func != nil || k.Callee != nil {
		return false
	}
	sig, ok := c.TypesInfo.TypeOf(call.Fun).Underlying().(*types.Signature)
	return ok && answers(sig)
}
