package poolmisuse

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A pool is what the package does with pooled objects of one type. Two pools of
// a type count as one: what is done for one may be meant for both.
type pool struct {
	typ     types.Type
	gets    []*lifetimes.Value
	puts    []*funcs.Call
	exposed bool // functions of other packages take from it, or give back to it
}

// buffers looks at the pools of the package that hold something with a Reset method,
// and at those of growing buffers.
func (c *checker) buffers() {
	for _, p := range c.pools() {
		if len(p.puts) == 0 || len(p.gets) == 0 || p.exposed {
			continue
		}
		if !c.unreset(p) {
			c.unbounded(p)
		}
	}
}

// pools returns the pools of the package, by the types of what they hold.
func (c *checker) pools() []*pool {
	var ps []*pool
	of := func(t types.Type) *pool {
		for _, p := range ps {
			if types.Identical(p.typ, t) {
				return p
			}
		}
		ps = append(ps, &pool{typ: t})
		return ps[len(ps)-1]
	}
	for _, v := range c.lives.Values {
		if v.Kind != lifetimes.Pooled {
			continue
		}
		if t := c.typeOf(v); t != nil {
			p := of(t)
			p.gets = append(p.gets, v)
			p.exposed = p.exposed || v.Func != nil && v.Any(lifetimes.Return) != nil && exported(v.Func)
		}
	}
	for _, f := range c.Funcs.Funcs {
		for _, call := range f.Out {
			if call.FullName() != "(*sync.Pool).Put" || c.values.InTest(call.Site.Pos()) {
				continue
			}
			p := of(c.TypesInfo.TypeOf(call.Site.Args[0]))
			p.puts = append(p.puts, call)
			p.exposed = p.exposed || exported(f) && slices.ContainsFunc(slices.Collect(f.Sig.Params().Variables()), func(v *types.Var) bool { return types.Identical(v.Type(), p.typ) })
		}
	}
	return ps
}

func exported(f *funcs.Func) bool { return f.Obj != nil && f.Obj.Exported() }

// typeOf returns the type that what v takes from its pool is asserted to have, or nil.
func (c *checker) typeOf(v *lifetimes.Value) types.Type {
	if t := c.TypesInfo.TypeOf(v.Site); t != nil && !types.IsInterface(t) {
		return t
	}
	var found types.Type
	if v.Func == nil {
		return nil
	}
	ast.Inspect(v.Func.Body, func(n ast.Node) bool {
		if a, ok := n.(*ast.TypeAssertExpr); ok && a.Type != nil && ast.Unparen(a.X) == v.Site {
			found = c.TypesInfo.TypeOf(a.Type)
		}
		return found == nil
	})
	return found
}

// resetting is what methods are called that make an object as good as new, or
// give away what is in it.
var resetting = pattern.New(`(?i)reset|clear|truncate|init|recycle|free|clean|zero|setup|writeto|reuse`)

// unreset reports a pool of buffers, or of anything that has a Reset method, if
// nobody ever makes what is in it as good as new.
func (c *checker) unreset(p *pool) bool {
	reset := resetOf(p.typ)
	if reset == nil {
		return false
	}
	for _, v := range p.gets {
		if slices.ContainsFunc(v.Uses, func(u lifetimes.Use) bool { return c.mayReset(v, u) }) {
			return false
		}
	}
	for _, call := range p.puts {
		if c.resetsBefore(call) {
			return false
		}
	}
	tier := rule.Suspected
	if isBuffer(p.typ) {
		tier = rule.Likely
	}
	call := p.puts[0]
	c.Report(rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      tier,
		Message:   "what is given back to this pool is reset neither here nor when it is taken: who gets it next finds what the last one left in it",
		Cause:     "never reset",
		Primitive: "(*sync.Pool).Put",
		Chain:     []rule.Step{step(p.gets[0].Site, "is taken here")},
		Mend:      "call " + reset.Name() + " before it is given back, or first thing after it was taken",
	})
	return true
}

// resetOf returns the method of t that makes it as good as new, or nil.
func resetOf(t types.Type) *types.Func {
	for _, name := range []string{"Reset", "reset"} {
		p, ok := types.Unalias(t).(*types.Pointer)
		if !ok {
			return nil
		}
		n, ok := types.Unalias(p.Elem()).(*types.Named)
		if !ok {
			return nil
		}
		obj, _, _ := types.LookupFieldOrMethod(t, true, n.Obj().Pkg(), name)
		if fn, ok := obj.(*types.Func); ok {
			return fn
		}
	}
	return nil
}

func isBuffer(t types.Type) bool {
	switch types.TypeString(t, nil) {
	case "*bytes.Buffer", "*strings.Builder":
		return true
	}
	return false
}

// mayReset reports whether a use makes the object as good as new, or may do so
// where it is not seen.
func (c *checker) mayReset(v *lifetimes.Value, u lifetimes.Use) bool {
	switch u.Op {
	case lifetimes.Touch:
		return resetting.MatchString(u.Name)
	case lifetimes.Read:
		// io.Copy(w, buf) empties a buffer.
		known := c.Funcs.Call(u.Call)
		return known == nil || known.Callee != nil || known.Func == nil || known.Func.Pkg().Path() == "io"
	case lifetimes.Overwrite:
		return false
	case lifetimes.Release:
		known := c.Funcs.Call(u.Call)
		return known == nil || known.FullName() != "(*sync.Pool).Put"
	}
	return true
}

// resetsBefore reports whether the function of call may make what it gives back as
// good as new: by a method, by setting it or a field of it, by handing it to another.
func (c *checker) resetsBefore(call *funcs.Call) (found bool) {
	v := c.local(call.Site.Args[0])
	if v == nil {
		return true
	}
	ast.Inspect(call.Caller.Outermost().Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if n == call.Site {
				return false
			}
			sel, ok := n.Fun.(*ast.SelectorExpr)
			found = found || ok && c.is(sel.X, v) && resetting.MatchString(sel.Sel.Name)
			for _, a := range n.Args {
				known := c.Funcs.Call(n)
				found = found || c.is(a, v) && (known == nil || known.Func == nil || known.Callee != nil || known.Func.Pkg().Path() == "io")
			}
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				switch l := ast.Unparen(l).(type) {
				case *ast.StarExpr:
					found = found || c.is(l.X, v)
				case *ast.SelectorExpr:
					found = found || c.is(l.X, v)
				}
			}
		}
		return !found
	})
	return found
}

// unbounded reports a pool whose buffers grow with what a peer or a caller sends,
// and keep what they have grown to.
func (c *checker) unbounded(p *pool) {
	if !isBuffer(p.typ) || slices.ContainsFunc(p.puts, c.measured) {
		return
	}
	for _, v := range p.gets {
		for _, u := range v.Uses {
			if !c.fills(u) {
				continue
			}
			call := p.puts[0]
			c.Report(rule.Finding{
				Pos:       call.Site.Pos(),
				End:       call.Site.End(),
				Tier:      rule.Suspected,
				Message:   "buffers are given back to this pool however large they have grown, and what is read into them is as long as its sender makes it: one long message stays in memory for as long as the pool is used",
				Cause:     "unbounded buffer put",
				Primitive: "(*sync.Pool).Put",
				Chain:     []rule.Step{step(u.Node, "grows with what is read")},
				Mend:      "drop what is larger than what is common: if buf.Cap() <= 64<<10 { pool.Put(buf) }",
			})
			return
		}
	}
}

// fills reports whether a use reads something to its end into a buffer.
func (c *checker) fills(u lifetimes.Use) bool {
	if u.Op == lifetimes.Touch {
		return u.Name == "ReadFrom" && u.Call != nil && len(u.Call.Args) == 1 && !c.limited(u.Call.Args[0])
	}
	if u.Op != lifetimes.Read || u.Call == nil || len(u.Call.Args) < 2 {
		return false
	}
	known := c.Funcs.Call(u.Call)
	if known == nil || known.FullName() != "io.Copy" {
		return false
	}
	dst, ok := ast.Unparen(u.Call.Args[0]).(*ast.Ident)
	return ok && u.Via != nil && c.TypesInfo.Uses[dst] == u.Via && !c.limited(u.Call.Args[1])
}

// limited reports whether a reader ends after so many bytes.
func (c *checker) limited(e ast.Expr) bool {
	switch types.TypeString(c.TypesInfo.TypeOf(e), nil) {
	case "*io.LimitedReader", "*io.SectionReader", "*strings.Reader", "*bytes.Reader", "*bytes.Buffer":
		return true
	}
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	known := c.Funcs.Call(call)
	return known != nil && (known.FullName() == "io.LimitReader" || known.FullName() == "net/http.MaxBytesReader")
}

// measured reports whether the function of call looks at how large something is.
func (c *checker) measured(call *funcs.Call) (found bool) {
	ast.Inspect(call.Caller.Outermost().Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			switch fun := ast.Unparen(call.Fun).(type) {
			case *ast.Ident:
				found = found || fun.Name == "cap"
			case *ast.SelectorExpr:
				found = found || fun.Sel.Name == "Cap" || fun.Sel.Name == "Len" || fun.Sel.Name == "Available"
			}
		}
		return !found
	})
	return found
}
