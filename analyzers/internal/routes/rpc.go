package routes

import (
	"go/ast"
	"go/constant"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// registering is how functions that protoc-gen-go-grpc makes are called.
var registering = pattern.New(`^Register(\w+)Server$`)

// service notes the methods of a service of gRPC where it is registered: by the function
// that is generated for it, or by its description.
func (x *Index) service(c *funcs.Call) {
	if len(c.Site.Args) != 2 {
		return
	}
	if pkg, name := x.described(c.Site.Args[0]); pkg != nil {
		if t, ok := pkg.Scope().Lookup(name + "Server").(*types.TypeName); ok {
			x.methods(c.Site, pkg, name, t.Type())
		}
		return
	}
	if c.Func == nil {
		return
	}
	m := registering.FindStringSubmatch(c.Func.Name())
	params := c.Func.Signature().Params()
	if m == nil || params.Len() != 2 || !isRegistrar(params.At(0).Type()) {
		return
	}
	x.methods(c.Site, c.Func.Pkg(), m[1], params.At(1).Type())
}

// described returns the package and the name of the service whose description e is, as
// generated code has it: pb.Stock_ServiceDesc.
func (x *Index) described(e ast.Expr) (*types.Package, string) {
	if path, name := named(typeOf(x.info, e)); path != "google.golang.org/grpc" || name != "ServiceDesc" {
		return nil, ""
	}
	u, ok := ast.Unparen(e).(*ast.UnaryExpr)
	if !ok {
		return nil, ""
	}
	v := x.values.Variable(u.X)
	if v == nil || v.Pkg() == nil {
		return nil, ""
	}
	name, ok := strings.CutSuffix(v.Name(), "_ServiceDesc")
	if !ok {
		return nil, ""
	}
	return v.Pkg(), name
}

// methods notes the methods of the interface t of a service of that name, generated in
// pkg, that the second argument of a call implements.
func (x *Index) methods(site *ast.CallExpr, pkg *types.Package, service string, t types.Type) {
	iface, ok := t.Underlying().(*types.Interface)
	impl := x.info.TypeOf(site.Args[1])
	if !ok || impl == nil {
		return
	}
	if types.IsInterface(impl) {
		impl = x.made(site.Args[1])
	}
	for f := range iface.Methods() {
		if !f.Exported() {
			continue
		}
		r := Route{Pos: site.Pos(), RPC: FullMethod(pkg, service, f.Name())}
		if impl != nil {
			obj, _, _ := types.LookupFieldOrMethod(impl, true, f.Pkg(), f.Name())
			if fn, ok := obj.(*types.Func); ok && !strings.HasPrefix(receiverName(fn), "Unimplemented") && !types.IsInterface(fn.Signature().Recv().Type()) {
				r.Handlers = []Handler{{Func: fn.Origin()}}
			}
		}
		if len(r.Handlers) > 0 {
			x.Routes = append(x.Routes, r)
		}
	}
}

// made returns the type of what a function of this package makes that e, of an interface
// type, is; nil if that is not seen.
func (x *Index) made(e ast.Expr) types.Type {
	v := x.values.Value(e)
	if v == nil {
		return nil
	}
	if t := x.info.TypeOf(v); t != nil && !types.IsInterface(t) {
		return t
	}
	call, ok := ast.Unparen(v).(*ast.CallExpr)
	if !ok {
		return nil
	}
	c := x.funcs.Call(call)
	if c == nil || c.Callee == nil {
		return nil
	}
	var found types.Type
	ast.Inspect(c.Callee.Body, func(n ast.Node) bool {
		if ret, ok := n.(*ast.ReturnStmt); ok && len(ret.Results) > 0 {
			if t := x.info.TypeOf(ret.Results[0]); t != nil && !types.IsInterface(t) && !x.info.Types[ret.Results[0]].IsNil() {
				found = t
			}
		}
		return true
	})
	return found
}

func receiverName(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return ""
	}
	_, name := named(recv.Type())
	return name
}

func isRegistrar(t types.Type) bool {
	path, name := named(t)
	return path == "google.golang.org/grpc" && (name == "Server" || name == "ServiceRegistrar")
}

// FullMethod returns the name by which a method of a service goes over the wire,
// "shop.Stock/Get", as the generated code of pkg has it; without the name of the
// protocol's package if that code is from before it told.
func FullMethod(pkg *types.Package, service, method string) string {
	if c, ok := pkg.Scope().Lookup(service + "_" + method + "_FullMethodName").(*types.Const); ok && c.Val().Kind() == constant.String {
		return strings.TrimPrefix(constant.StringVal(c.Val()), "/")
	}
	return service + "/" + method
}
