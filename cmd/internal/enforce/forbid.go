package enforce

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/config"
)

// forbidding returns an analyzer that reports each use of what is forbidden. Tests may
// use anything.
func forbidding(list []config.Forbidden) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "forbid",
		Doc:  "report uses of what the configuration forbids",
		Run: func(pass *analysis.Pass) (any, error) {
			apis := make(map[string]config.Forbidden)
			for _, f := range list {
				if !f.Permits(pass.Pkg.Path()) {
					apis[f.API] = f
				}
			}
			for _, file := range pass.Files {
				if !strings.HasSuffix(pass.Fset.File(file.Pos()).Name(), "_test.go") {
					forbid(pass, file, apis)
				}
			}
			return nil, nil
		},
	}
}

func forbid(pass *analysis.Pass, file *ast.File, apis map[string]config.Forbidden) {
	report := func(pos token.Pos, f config.Forbidden) {
		why := f.Reason
		if why == "" {
			why = "the configuration forbids it"
		}
		pass.Report(analysis.Diagnostic{Pos: pos, Message: fmt.Sprintf("%s must not be used in %s: %s", f.API, pass.Pkg.Path(), why)})
	}
	for _, imp := range file.Imports {
		if f, ok := apis[strings.Trim(imp.Path.Value, "`\"")]; ok {
			report(imp.Pos(), f)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := pass.TypesInfo.Uses[id]
		if obj == nil || obj.Pkg() == nil || !speaksOf(apis, obj.Pkg().Path()) {
			return true
		}
		if f, ok := apis[name(obj)]; ok {
			report(id.Pos(), f)
		}
		return true
	})
}

// speaksOf reports whether an API can be of a package.
func speaksOf(apis map[string]config.Forbidden, pkg string) bool {
	for api := range apis {
		if strings.HasPrefix(api, pkg+".") {
			return true
		}
	}
	return false
}

// name is how the configuration names an object: "net/http.Get", and
// "net.Dialer.Dial" for a method or field of a type.
func name(obj types.Object) string {
	pkg := obj.Pkg().Path()
	switch obj := obj.(type) {
	case *types.Func:
		if recv := obj.Signature().Recv(); recv != nil {
			return pkg + "." + receiver(recv.Type()) + "." + obj.Name()
		}
	case *types.Var:
		if obj.IsField() {
			return pkg + "." + owner(obj) + "." + obj.Name()
		}
	case *types.PkgName:
		return ""
	}
	if obj.Parent() != obj.Pkg().Scope() {
		return ""
	}
	return pkg + "." + obj.Name()
}

func receiver(t types.Type) string {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}

// owner is the name of the exported struct that declares a field.
func owner(field *types.Var) string {
	scope := field.Pkg().Scope()
	for _, name := range scope.Names() {
		s, ok := scope.Lookup(name).Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for f := range s.Fields() {
			if f == field.Origin() {
				return name
			}
		}
	}
	return ""
}
