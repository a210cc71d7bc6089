package values

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A Finder finds the values of one package.
type Finder struct {
	pass   *analysis.Pass
	report *escape.Report
	root   inspector.Cursor
	// sites are the expressions and identifiers of each file by the
	// position at which the compiler speaks of them.
	sites map[*ast.File]map[token.Pos][]inspector.Cursor
}

// New returns the finder of a package, whose syntax root is the root of.
func New(pass *analysis.Pass, report *escape.Report, root inspector.Cursor) *Finder {
	return &Finder{pass: pass, report: report, root: root, sites: make(map[*ast.File]map[token.Pos][]inspector.Cursor)}
}

func (f *Finder) file(pos token.Pos) *ast.File {
	for _, file := range f.pass.Files {
		if file.FileStart <= pos && pos <= file.FileEnd {
			return file
		}
	}
	return nil
}

// A Kind is what is allocated.
type Kind string

// The kinds. Fingerprints hold them.
const (
	Variable    Kind = "variable"
	Object      Kind = "object"       // new(T), &T{}
	Array       Kind = "array"        // []T{…}, make([]T, 8)
	Map         Kind = "map"          // map[K]V{…}, make(map[K]V)
	Closure     Kind = "closure"      // a function literal that captures
	MethodValue Kind = "method value" // x.M without a call
	Boxed       Kind = "boxed"        // converted to an interface
	Variadic    Kind = "variadic"     // the slice of variadic arguments
	Copied      Kind = "copied"       // string(b), []byte(s)
	Joined      Kind = "joined"       // a + b
	Grown       Kind = "grown"        // append
	Other       Kind = "other"        // what no expression of the source stands for
)

// A Value is one thing that the compiler puts on the heap.
type Value struct {
	Kind      Kind
	Node      ast.Node      // the expression, or the name of the variable; may be nil
	Call      *ast.CallExpr // that it is boxed or gathered for
	Type      types.Type    // of what is allocated; nil if not known
	Size      int64         // in bytes; -1 if not known
	Text      string        // what to call it in a message
	Primitive string        // the function of package runtime that allocates
	Tier      rule.Tier     // how sure it is that something is allocated at all; empty if it is
	Sized     bool          // how much is allocated, and whether, depends on a size known at run time
	Free      bool          // nothing is allocated, whatever the compiler says
}

// Value tells what the compiler speaks of.
func (f *Finder) Value(d *escape.Diagnostic, pos token.Pos) *Value {
	if d.Kind == escape.Moved {
		return f.Variable(d.Subject, pos)
	}
	switch s := d.Subject; {
	case s == "... argument":
		return f.variadic(pos)
	case s == "append" || strings.HasPrefix(s, "append("):
		return &Value{Kind: Grown, Node: f.nodeAt(pos), Size: -1, Text: "the array that append makes", Primitive: "runtime.growslice", Sized: true, Tier: rule.Likely}
	}
	if d.Count < 2 { // else the result is boxed besides, and that is the surer
		if conv, ok := f.conversionAt(pos); ok {
			if v := f.copied(conv); v != nil {
				return v
			}
		}
	}
	for _, cur := range f.At(pos) {
		if v := f.expression(d, cur); v != nil {
			return v
		}
	}
	if conv, ok := f.conversionAt(pos); ok {
		return f.box(conv)
	}
	return &Value{Kind: Other, Size: -1, Text: d.Subject, Primitive: "runtime.newobject"}
}

// Foreign tells what the compiler speaks of by its words alone: the body of a
// function of another package, inlined here.
func Foreign(subject string) *Value {
	v := &Value{Kind: Other, Size: -1, Text: subject, Primitive: "runtime.newobject"}
	switch {
	case strings.HasPrefix(subject, `"`):
		v.Free = !strings.Contains(subject, `" + `)
		v.Sized = !v.Free
	case subject == "append", strings.HasPrefix(subject, "append("):
		v.Kind, v.Primitive, v.Sized = Grown, "runtime.growslice", true
	case strings.HasPrefix(subject, "make([]") && !constantSize.MatchString(subject):
		v.Kind, v.Primitive, v.Sized = Array, "runtime.makeslice", true
	case strings.Contains(subject, " + "):
		v.Kind, v.Primitive, v.Sized = Joined, "runtime.concatstrings", true
	case strings.HasPrefix(subject, "string("):
		v.Kind, v.Text, v.Primitive = Copied, "a string made of bytes", "runtime.slicebytetostring"
	case strings.HasPrefix(subject, "([]byte)("):
		v.Kind, v.Text, v.Primitive = Copied, "bytes made of a string", "runtime.stringtoslicebyte"
	case strings.HasPrefix(subject, "func literal"):
		v.Kind, v.Text = Closure, "a closure"
	}
	return v
}

var constantSize = pattern.New(`, \d+\)$`)

func (f *Finder) nodeAt(pos token.Pos) ast.Node {
	for _, cur := range f.At(pos) {
		return cur.Node()
	}
	return nil
}

func (f *Finder) Variable(name string, pos token.Pos) *Value {
	v := &Value{Kind: Variable, Size: -1, Text: name, Primitive: "runtime.newobject"}
	for _, cur := range f.At(pos) {
		id, ok := cur.Node().(*ast.Ident)
		if !ok || id.Name != name {
			continue
		}
		if obj, ok := f.pass.TypesInfo.ObjectOf(id).(*types.Var); ok {
			v.Node = id
			return f.sizedAs(v, obj.Type())
		}
	}
	// The variable of a type switch is declared anew in each case.
	if cur, ok := f.root.FindByPos(pos, pos+1); ok {
		for cur := range cur.Enclosing((*ast.CaseClause)(nil)) {
			if obj := f.pass.TypesInfo.Implicits[cur.Node()]; obj != nil && obj.Name() == name {
				return f.sizedAs(v, obj.Type())
			}
		}
	}
	v.Kind = Other
	return v
}

// variadic is the slice for the variadic arguments of the call at pos.
func (f *Finder) variadic(pos token.Pos) *Value {
	v := &Value{Kind: Variadic, Size: -1, Text: "the slice of its variadic arguments", Primitive: "runtime.newobject"}
	for _, cur := range f.At(pos) {
		call, ok := cur.Node().(*ast.CallExpr)
		if !ok {
			continue
		}
		sig, ok := types.Unalias(f.pass.TypesInfo.TypeOf(call.Fun)).Underlying().(*types.Signature)
		if !ok || !sig.Variadic() || call.Ellipsis.IsValid() {
			continue
		}
		n := len(call.Args) - sig.Params().Len() + 1
		if n <= 0 {
			continue
		}
		v.Node, v.Call = call, call
		elem := sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice).Elem()
		return f.sizedAs(v, types.NewArray(elem, int64(n)))
	}
	return v
}

// copied is a conversion between strings and slices, which copies.
func (f *Finder) copied(conv inspector.Cursor) *Value {
	call := conv.Node().(*ast.CallExpr)
	to, from := f.pass.TypesInfo.TypeOf(call), f.pass.TypesInfo.TypeOf(call.Args[0])
	v := &Value{Kind: Copied, Node: call, Size: -1, Type: to, Text: types.ExprString(call), Tier: rule.Likely}
	_, slice := types.Unalias(to).Underlying().(*types.Slice)
	switch {
	case isString(to) && isInteger(from):
		v.Primitive = "runtime.intstring"
	case isString(to) && !isString(from):
		v.Primitive = "runtime.slicebytetostring"
	case slice && isString(from):
		v.Primitive = "runtime.stringtoslicebyte"
	default:
		return nil
	}
	if s := f.pass.TypesInfo.Types[call.Args[0]].Value; s != nil && s.Kind() == constant.String {
		n := int64(len(constant.StringVal(s)))
		v.Size, v.Free, v.Tier = n, n == 0, "" // the copy of a constant has a known size
	}
	return v
}

// expression is what the expression at cur allocates, or nil if it is not the
// one that d speaks of.
func (f *Finder) expression(d *escape.Diagnostic, cur inspector.Cursor) *Value {
	info := f.pass.TypesInfo
	switch n := cur.Node().(type) {
	case *ast.FuncLit:
		return f.closure(n)
	case *ast.UnaryExpr:
		if lit, ok := ast.Unparen(n.X).(*ast.CompositeLit); ok && n.Op == token.AND {
			return f.sizedAs(&Value{Kind: Object, Node: n, Text: "&" + f.literalText(lit), Primitive: "runtime.newobject"}, info.TypeOf(lit))
		}
	case *ast.CompositeLit:
		return f.literal(n, cur)
	case *ast.CallExpr:
		if v, done := f.builtin(n); done {
			return v
		}
	case *ast.SelectorExpr:
		if s := info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
			// The closure holds its code and the receiver.
			v := f.sizedAs(&Value{Kind: MethodValue, Node: n, Text: types.ExprString(n), Primitive: "runtime.newobject"}, s.Recv())
			if v.Size >= 0 {
				v.Size += f.pass.TypesSizes.Sizeof(types.Typ[types.Uintptr])
			}
			v.Free = false
			return v
		}
	case *ast.BinaryExpr:
		if n.Op == token.ADD && isString(info.TypeOf(n)) && d.Count < 2 {
			return &Value{Kind: Joined, Node: n, Size: -1, Text: "a string joined of others", Primitive: "runtime.concatstrings", Sized: true, Tier: rule.Likely}
		}
	case *ast.Ident:
		if _, ok := info.ObjectOf(n).(*types.Var); !ok && info.Types[n].Value == nil && n.Name != "nil" {
			return nil // a package, a type, a label
		}
	}
	if e, ok := cur.Node().(ast.Expr); ok {
		if tv := info.Types[e]; tv.Type != nil && tv.IsValue() && !isInterface(tv.Type) {
			return f.box(cur)
		}
	}
	return nil
}

// builtin is what new and make allocate.
func (f *Finder) builtin(call *ast.CallExpr) (*Value, bool) {
	info := f.pass.TypesInfo
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
		return f.sizedAs(&Value{Kind: Object, Node: call, Text: types.ExprString(call), Primitive: "runtime.newobject"}, ptr.Elem()), true
	case "make":
		return f.made(call), true
	}
	return nil, false
}

func (f *Finder) made(call *ast.CallExpr) *Value {
	v := &Value{Kind: Map, Node: call, Size: -1, Text: types.ExprString(call), Primitive: "runtime.makemap"}
	slice, ok := types.Unalias(f.pass.TypesInfo.TypeOf(call)).Underlying().(*types.Slice)
	if !ok {
		return v
	}
	v.Kind, v.Primitive = Array, "runtime.makeslice"
	n := f.pass.TypesInfo.Types[call.Args[len(call.Args)-1]].Value
	if n == nil {
		v.Sized, v.Tier = true, rule.Likely
		return f.elements(v, slice.Elem(), -1)
	}
	size, _ := constant.Int64Val(constant.ToInt(n))
	return f.elements(v, slice.Elem(), size)
}

// elements sets the size of n elements; n is -1 if it is not known.
func (f *Finder) elements(v *Value, elem types.Type, n int64) *Value {
	v.Type = types.NewSlice(elem)
	size := f.Sizeof(elem)
	switch {
	case size == 0 || n == 0:
		v.Size, v.Free = 0, true
	case size > 0 && n > 0:
		v.Size = size * n
	}
	return v
}

func (f *Finder) literal(lit *ast.CompositeLit, cur inspector.Cursor) *Value {
	t := f.pass.TypesInfo.TypeOf(lit)
	switch u := types.Unalias(t).Underlying().(type) {
	case *types.Pointer: // &T{} without the &T, inside another literal
		return f.sizedAs(&Value{Kind: Object, Node: lit, Text: "&" + f.literalText(lit), Primitive: "runtime.newobject"}, u.Elem())
	case *types.Slice:
		return f.elements(&Value{Kind: Array, Node: lit, Size: -1, Text: f.literalText(lit), Primitive: "runtime.newobject"}, u.Elem(), length(f.pass.TypesInfo, lit))
	case *types.Map:
		return &Value{Kind: Map, Node: lit, Size: -1, Type: t, Text: f.literalText(lit), Primitive: "runtime.makemap"}
	}
	return f.box(cur)
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

func (f *Finder) literalText(lit *ast.CompositeLit) string {
	t := f.pass.TypesInfo.TypeOf(lit)
	if p, ok := types.Unalias(t).(*types.Pointer); ok && lit.Type == nil {
		t = p.Elem()
	}
	if len(lit.Elts) == 0 {
		return f.TypeText(t) + "{}"
	}
	return f.TypeText(t) + "{…}"
}

// closure is a function literal: its code pointer and what it captures.
func (f *Finder) closure(lit *ast.FuncLit) *Value {
	v := &Value{Kind: Closure, Node: lit, Text: "a closure", Primitive: "runtime.newobject"}
	vars := f.captures(lit)
	if len(vars) == 0 {
		v.Free = true
		return v
	}
	code := types.NewVar(token.NoPos, nil, "", types.Typ[types.Uintptr])
	fields := []*types.Var{code}
	for _, obj := range vars {
		t := obj.Type()
		if !f.byValue(obj) {
			t = types.NewPointer(t)
		}
		fields = append(fields, types.NewVar(token.NoPos, nil, obj.Name(), t))
	}
	v.Size = f.Sizeof(types.NewStruct(fields, nil))
	return v
}

// captures returns the variables that lit uses of the functions around it.
func (f *Finder) captures(lit *ast.FuncLit) []*types.Var {
	var vars []*types.Var
	seen := make(map[*types.Var]bool)
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj, ok := f.pass.TypesInfo.Uses[id].(*types.Var)
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
func (f *Finder) byValue(obj *types.Var) bool {
	for _, d := range f.report.At(obj.Pos()) {
		if d.Kind == escape.Capture && d.Subject == obj.Name() {
			return d.Detail == "value"
		}
	}
	return false
}

// box is a value converted to an interface.
func (f *Finder) box(cur inspector.Cursor) *Value {
	e := cur.Node().(ast.Expr)
	tv := f.pass.TypesInfo.Types[e]
	t := tv.Type
	if call, ok := e.(*ast.CallExpr); ok && isInterface(t) && f.pass.TypesInfo.Types[call.Fun].IsType() {
		tv = f.pass.TypesInfo.Types[call.Args[0]]
		t = tv.Type
	}
	v := f.sizedAs(&Value{Kind: Boxed, Node: e, Call: f.argumentOf(cur), Text: types.ExprString(e)}, t)
	v.Primitive, v.Tier = f.convert(t, v.Size)
	if tv.Value != nil || v.Size == 1 && is(t, types.IsInteger|types.IsBoolean) {
		v.Free = true // constants lie in read-only data, single bytes in a table
	}
	return v
}

// convert returns the function of package runtime that boxes a value, and how
// sure it is that it allocates: those for words without pointers keep small
// numbers in a table, those for strings and slices make nothing of empty ones
// (see dataWordFuncName in cmd/compile/internal/walk/convert.go
// and convT64 in runtime/iface.go).
func (f *Finder) convert(t types.Type, size int64) (primitive string, tier rule.Tier) {
	if open(t) {
		return "runtime.convT", rule.Likely
	}
	if isString(t) {
		return "runtime.convTstring", rule.Likely
	}
	if _, ok := types.Unalias(t).Underlying().(*types.Slice); ok {
		return "runtime.convTslice", rule.Likely
	}
	if size != 2 && size != 4 && size != 8 || f.pass.TypesSizes.Alignof(t) != size || pointers(t) {
		return "runtime.convT", ""
	}
	if f.smallEnum(t) {
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
func (f *Finder) smallEnum(t types.Type) bool {
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
func (f *Finder) sizedAs(v *Value, t types.Type) *Value {
	v.Type, v.Size = t, f.Sizeof(t)
	v.Free = v.Size == 0
	return v
}

// Sizeof returns the size of t, or -1 if it depends on a type parameter or t is nil.
func (f *Finder) Sizeof(t types.Type) int64 {
	if t == nil || open(t) {
		return -1
	}
	return f.pass.TypesSizes.Sizeof(t)
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

func (f *Finder) TypeText(t types.Type) string {
	return types.TypeString(t, types.RelativeTo(f.pass.Pkg))
}
