package heapescape

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// A kind is what is allocated.
type kind string

// The kinds. Fingerprints hold them.
const (
	variable    kind = "variable"
	object      kind = "object"       // new(T), &T{}
	array       kind = "array"        // []T{…}, make([]T, 8)
	hashmap     kind = "map"          // map[K]V{…}, make(map[K]V)
	closure     kind = "closure"      // a function literal that captures
	methodValue kind = "method value" // x.M without a call
	boxed       kind = "boxed"        // converted to an interface
	variadic    kind = "variadic"     // the slice of variadic arguments
	copied      kind = "copied"       // string(b), []byte(s)
	joined      kind = "joined"       // a + b
	grown       kind = "grown"        // append
	other       kind = "other"        // what no expression of the source stands for
)

// A value is one thing that the compiler puts on the heap.
type value struct {
	kind      kind
	node      ast.Node      // the expression, or the name of the variable; may be nil
	call      *ast.CallExpr // that it is boxed or gathered for
	typ       types.Type    // of what is allocated; nil if not known
	size      int64         // in bytes; -1 if not known
	text      string        // what to call it in a message
	primitive string        // the function of package runtime that allocates
	tier      rule.Tier     // how sure it is that something is allocated at all; empty if it is
	sized     bool          // how much is allocated, and whether, depends on a size known at run time
	free      bool          // nothing is allocated, whatever the compiler says
}

// value tells what the compiler speaks of.
func (c *checker) value(d *escape.Diagnostic, pos token.Pos) *value {
	if d.Kind == escape.Moved {
		return c.variable(d.Subject, pos)
	}
	switch s := d.Subject; {
	case s == "... argument":
		return c.variadic(pos)
	case s == "append" || strings.HasPrefix(s, "append("):
		return &value{kind: grown, node: c.nodeAt(pos), size: -1, text: "the array that append makes", primitive: "runtime.growslice", sized: true, tier: rule.Likely}
	}
	if d.Count < 2 { // else the result is boxed besides, and that is the surer
		if conv, ok := c.conversionAt(pos); ok {
			if v := c.copied(conv); v != nil {
				return v
			}
		}
	}
	for _, cur := range c.at(pos) {
		if v := c.expression(d, cur); v != nil {
			return v
		}
	}
	if conv, ok := c.conversionAt(pos); ok {
		return c.box(conv)
	}
	return &value{kind: other, size: -1, text: d.Subject, primitive: "runtime.newobject"}
}

// foreign tells what the compiler speaks of by its words alone: the body of a
// function of another package, inlined here.
func foreign(subject string) *value {
	v := &value{kind: other, size: -1, text: subject, primitive: "runtime.newobject"}
	switch {
	case strings.HasPrefix(subject, `"`):
		v.free = !strings.Contains(subject, `" + `)
		v.sized = !v.free
	case subject == "append", strings.HasPrefix(subject, "append("):
		v.kind, v.primitive, v.sized = grown, "runtime.growslice", true
	case strings.HasPrefix(subject, "make([]") && !constantSize.MatchString(subject):
		v.kind, v.primitive, v.sized = array, "runtime.makeslice", true
	case strings.Contains(subject, " + "):
		v.kind, v.primitive, v.sized = joined, "runtime.concatstrings", true
	case strings.HasPrefix(subject, "string("):
		v.kind, v.text, v.primitive = copied, "a string made of bytes", "runtime.slicebytetostring"
	case strings.HasPrefix(subject, "([]byte)("):
		v.kind, v.text, v.primitive = copied, "bytes made of a string", "runtime.stringtoslicebyte"
	case strings.HasPrefix(subject, "func literal"):
		v.kind, v.text = closure, "a closure"
	}
	return v
}

var constantSize = regexp.MustCompile(`, \d+\)$`)

func (c *checker) nodeAt(pos token.Pos) ast.Node {
	for _, cur := range c.at(pos) {
		return cur.Node()
	}
	return nil
}

func (c *checker) variable(name string, pos token.Pos) *value {
	v := &value{kind: variable, size: -1, text: name, primitive: "runtime.newobject"}
	for _, cur := range c.at(pos) {
		id, ok := cur.Node().(*ast.Ident)
		if !ok || id.Name != name {
			continue
		}
		if obj, ok := c.pass.TypesInfo.ObjectOf(id).(*types.Var); ok {
			v.node = id
			return c.sizedAs(v, obj.Type())
		}
	}
	// The variable of a type switch is declared anew in each case.
	if cur, ok := c.cursorAt(pos); ok {
		for cur := range cur.Enclosing((*ast.CaseClause)(nil)) {
			if obj := c.pass.TypesInfo.Implicits[cur.Node()]; obj != nil && obj.Name() == name {
				return c.sizedAs(v, obj.Type())
			}
		}
	}
	v.kind = other
	return v
}

// variadic is the slice for the variadic arguments of the call at pos.
func (c *checker) variadic(pos token.Pos) *value {
	v := &value{kind: variadic, size: -1, text: "the slice of its variadic arguments", primitive: "runtime.newobject"}
	for _, cur := range c.at(pos) {
		call, ok := cur.Node().(*ast.CallExpr)
		if !ok {
			continue
		}
		sig, ok := types.Unalias(c.pass.TypesInfo.TypeOf(call.Fun)).Underlying().(*types.Signature)
		if !ok || !sig.Variadic() || call.Ellipsis.IsValid() {
			continue
		}
		n := len(call.Args) - sig.Params().Len() + 1
		if n <= 0 {
			continue
		}
		v.node, v.call = call, call
		elem := sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice).Elem()
		return c.sizedAs(v, types.NewArray(elem, int64(n)))
	}
	return v
}

// copied is a conversion between strings and slices, which copies.
func (c *checker) copied(conv inspector.Cursor) *value {
	call := conv.Node().(*ast.CallExpr)
	to, from := c.pass.TypesInfo.TypeOf(call), c.pass.TypesInfo.TypeOf(call.Args[0])
	v := &value{kind: copied, node: call, size: -1, typ: to, text: types.ExprString(call), tier: rule.Likely}
	_, slice := types.Unalias(to).Underlying().(*types.Slice)
	switch {
	case isString(to) && isInteger(from):
		v.primitive = "runtime.intstring"
	case isString(to) && !isString(from):
		v.primitive = "runtime.slicebytetostring"
	case slice && isString(from):
		v.primitive = "runtime.stringtoslicebyte"
	default:
		return nil
	}
	if s := c.pass.TypesInfo.Types[call.Args[0]].Value; s != nil && s.Kind() == constant.String {
		n := int64(len(constant.StringVal(s)))
		v.size, v.free, v.tier = n, n == 0, "" // the copy of a constant has a known size
	}
	return v
}

// expression is what the expression at cur allocates, or nil if it is not the
// one that d speaks of.
func (c *checker) expression(d *escape.Diagnostic, cur inspector.Cursor) *value {
	info := c.pass.TypesInfo
	switch n := cur.Node().(type) {
	case *ast.FuncLit:
		return c.closure(n)
	case *ast.UnaryExpr:
		if lit, ok := ast.Unparen(n.X).(*ast.CompositeLit); ok && n.Op == token.AND {
			return c.sizedAs(&value{kind: object, node: n, text: "&" + c.literalText(lit), primitive: "runtime.newobject"}, info.TypeOf(lit))
		}
	case *ast.CompositeLit:
		return c.literal(n, cur)
	case *ast.CallExpr:
		if v, done := c.builtin(n); done {
			return v
		}
	case *ast.SelectorExpr:
		if s := info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
			// The closure holds its code and the receiver.
			v := c.sizedAs(&value{kind: methodValue, node: n, text: types.ExprString(n), primitive: "runtime.newobject"}, s.Recv())
			if v.size >= 0 {
				v.size += c.pass.TypesSizes.Sizeof(types.Typ[types.Uintptr])
			}
			v.free = false
			return v
		}
	case *ast.BinaryExpr:
		if n.Op == token.ADD && isString(info.TypeOf(n)) && d.Count < 2 {
			return &value{kind: joined, node: n, size: -1, text: "a string joined of others", primitive: "runtime.concatstrings", sized: true, tier: rule.Likely}
		}
	case *ast.Ident:
		if _, ok := info.ObjectOf(n).(*types.Var); !ok && info.Types[n].Value == nil && n.Name != "nil" {
			return nil // a package, a type, a label
		}
	}
	if e, ok := cur.Node().(ast.Expr); ok {
		if tv := info.Types[e]; tv.Type != nil && tv.IsValue() && !isInterface(tv.Type) {
			return c.box(cur)
		}
	}
	return nil
}

// builtin is what new and make allocate.
func (c *checker) builtin(call *ast.CallExpr) (*value, bool) {
	info := c.pass.TypesInfo
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || !info.Types[call.Fun].IsBuiltin() {
		return nil, false
	}
	switch id.Name {
	case "new":
		ptr, ok := types.Unalias(info.TypeOf(call)).Underlying().(*types.Pointer)
		if !ok {
			return nil, false
		}
		return c.sizedAs(&value{kind: object, node: call, text: types.ExprString(call), primitive: "runtime.newobject"}, ptr.Elem()), true
	case "make":
		return c.made(call), true
	}
	return nil, false
}

func (c *checker) made(call *ast.CallExpr) *value {
	v := &value{kind: hashmap, node: call, size: -1, text: types.ExprString(call), primitive: "runtime.makemap"}
	slice, ok := types.Unalias(c.pass.TypesInfo.TypeOf(call)).Underlying().(*types.Slice)
	if !ok {
		return v
	}
	v.kind, v.primitive = array, "runtime.makeslice"
	n := c.pass.TypesInfo.Types[call.Args[len(call.Args)-1]].Value
	if n == nil {
		v.sized, v.tier = true, rule.Likely
		return c.elements(v, slice.Elem(), -1)
	}
	size, _ := constant.Int64Val(constant.ToInt(n))
	return c.elements(v, slice.Elem(), size)
}

// elements sets the size of n elements; n is -1 if it is not known.
func (c *checker) elements(v *value, elem types.Type, n int64) *value {
	v.typ = types.NewSlice(elem)
	size := c.sizeof(elem)
	switch {
	case size == 0 || n == 0:
		v.size, v.free = 0, true
	case size > 0 && n > 0:
		v.size = size * n
	}
	return v
}

func (c *checker) literal(lit *ast.CompositeLit, cur inspector.Cursor) *value {
	t := c.pass.TypesInfo.TypeOf(lit)
	switch u := types.Unalias(t).Underlying().(type) {
	case *types.Pointer: // &T{} without the &T, inside another literal
		return c.sizedAs(&value{kind: object, node: lit, text: "&" + c.literalText(lit), primitive: "runtime.newobject"}, u.Elem())
	case *types.Slice:
		return c.elements(&value{kind: array, node: lit, size: -1, text: c.literalText(lit), primitive: "runtime.newobject"}, u.Elem(), length(c.pass.TypesInfo, lit))
	case *types.Map:
		return &value{kind: hashmap, node: lit, size: -1, typ: t, text: c.literalText(lit), primitive: "runtime.makemap"}
	}
	return c.box(cur)
}

// length returns the number of elements of a slice literal.
func length(info *types.Info, lit *ast.CompositeLit) int64 {
	var n, next int64
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if k := info.Types[kv.Key].Value; k != nil {
				next, _ = constant.Int64Val(constant.ToInt(k))
			}
		}
		next++
		n = max(n, next)
	}
	return n
}

func (c *checker) literalText(lit *ast.CompositeLit) string {
	t := c.pass.TypesInfo.TypeOf(lit)
	if p, ok := types.Unalias(t).(*types.Pointer); ok && lit.Type == nil {
		t = p.Elem()
	}
	if len(lit.Elts) == 0 {
		return c.typeText(t) + "{}"
	}
	return c.typeText(t) + "{…}"
}

// closure is a function literal: its code pointer and what it captures.
func (c *checker) closure(lit *ast.FuncLit) *value {
	v := &value{kind: closure, node: lit, text: "a closure", primitive: "runtime.newobject"}
	vars := c.captures(lit)
	if len(vars) == 0 {
		v.free = true
		return v
	}
	code := types.NewVar(token.NoPos, nil, "", types.Typ[types.Uintptr])
	fields := []*types.Var{code}
	for _, obj := range vars {
		t := obj.Type()
		if !c.byValue(obj) {
			t = types.NewPointer(t)
		}
		fields = append(fields, types.NewVar(token.NoPos, nil, obj.Name(), t))
	}
	v.size = c.sizeof(types.NewStruct(fields, nil))
	return v
}

// captures returns the variables that lit uses of the functions around it.
func (c *checker) captures(lit *ast.FuncLit) []*types.Var {
	var vars []*types.Var
	seen := make(map[*types.Var]bool)
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
		if !ok || obj.IsField() || obj.Pkg() == nil || obj.Parent() == obj.Pkg().Scope() || within(lit, obj.Pos()) || seen[obj] {
			return true
		}
		seen[obj] = true
		vars = append(vars, obj)
		return true
	})
	return vars
}

// byValue reports whether closures hold the variable itself, not its address.
func (c *checker) byValue(obj *types.Var) bool {
	for _, d := range c.report.At(obj.Pos()) {
		if d.Kind == escape.Capture && d.Subject == obj.Name() {
			return d.Detail == "value"
		}
	}
	return false
}

// box is a value converted to an interface.
func (c *checker) box(cur inspector.Cursor) *value {
	e := cur.Node().(ast.Expr)
	tv := c.pass.TypesInfo.Types[e]
	t := tv.Type
	if call, ok := e.(*ast.CallExpr); ok && isInterface(t) && c.pass.TypesInfo.Types[call.Fun].IsType() {
		tv = c.pass.TypesInfo.Types[call.Args[0]]
		t = tv.Type
	}
	v := c.sizedAs(&value{kind: boxed, node: e, call: c.argumentOf(cur), text: types.ExprString(e)}, t)
	v.primitive, v.tier = c.convert(t, v.size)
	if tv.Value != nil || v.size == 1 && is(t, types.IsInteger|types.IsBoolean) {
		v.free = true // constants lie in read-only data, single bytes in a table
	}
	return v
}

// convert returns the function of package runtime that boxes a value, and how
// sure it is that it allocates: those for words without pointers keep small
// numbers in a table (see dataWordFuncName in cmd/compile/internal/walk/convert.go
// and convT64 in runtime/iface.go).
func (c *checker) convert(t types.Type, size int64) (primitive string, tier rule.Tier) {
	if open(t) {
		return "runtime.convT", rule.Likely
	}
	if isString(t) {
		return "runtime.convTstring", ""
	}
	if _, ok := types.Unalias(t).Underlying().(*types.Slice); ok {
		return "runtime.convTslice", ""
	}
	if size != 2 && size != 4 && size != 8 || c.pass.TypesSizes.Alignof(t) != size || pointers(t) {
		return "runtime.convT", ""
	}
	if c.smallEnum(t) {
		return fmt.Sprintf("runtime.convT%d", size*8), rule.Suspected
	}
	return fmt.Sprintf("runtime.convT%d", size*8), rule.Likely
}

// pointers reports whether values of t hold pointers.
func pointers(t types.Type) bool {
	switch u := types.Unalias(t).Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString != 0 || u.Kind() == types.UnsafePointer
	case *types.Array:
		return pointers(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if pointers(f.Type()) {
				return true
			}
		}
		return false
	}
	return true
}

// smallEnum reports whether t is a type of its own all of whose constants are
// small enough to be boxed without an allocation.
func (c *checker) smallEnum(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	const small = 256 // the length of runtime.staticuint64s
	n := 0
	scope := named.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		k, ok := scope.Lookup(name).(*types.Const)
		if !ok || !types.Identical(k.Type(), t) {
			continue
		}
		if x, exact := constant.Int64Val(constant.ToInt(k.Val())); !exact || x < 0 || x >= small {
			return false
		}
		n++
	}
	return n > 0
}

// sizedAs sets the type and size of v. What has no size is not allocated.
func (c *checker) sizedAs(v *value, t types.Type) *value {
	v.typ, v.size = t, c.sizeof(t)
	v.free = v.size == 0
	return v
}

// sizeof returns the size of t, or -1 if it depends on a type parameter or t is nil.
func (c *checker) sizeof(t types.Type) int64 {
	if t == nil || open(t) {
		return -1
	}
	return c.pass.TypesSizes.Sizeof(t)
}

// open reports whether the size of t depends on a type parameter.
func open(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Named:
		return open(t.Underlying())
	case *types.Array:
		return open(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if open(f.Type()) {
				return true
			}
		}
	}
	return false
}

func isString(t types.Type) bool { return is(t, types.IsString) }

func isInteger(t types.Type) bool { return is(t, types.IsInteger) }

// isInterface reports whether t is an interface, and not a type parameter.
func isInterface(t types.Type) bool {
	_, param := types.Unalias(t).(*types.TypeParam)
	return !param && types.IsInterface(t)
}

func is(t types.Type, info types.BasicInfo) bool {
	b, ok := types.Unalias(t).Underlying().(*types.Basic)
	return ok && b.Info()&info != 0
}

func (c *checker) typeText(t types.Type) string {
	return types.TypeString(t, types.RelativeTo(c.pass.Pkg))
}
