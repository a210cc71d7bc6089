package effects

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// external returns the summary of a declared function without a body in this
// package: one of another package, or one that is written in assembly, provided
// by the runtime or by C.
func (x *inference) external(fn *types.Func) *Summary {
	if s, ok := x.seen[fn]; ok {
		return s
	}
	s := x.lookUp(fn)
	if fn.Pkg() == x.pass.Pkg && !isRuntime(fn.Pkg().Path()) {
		// The compiler sees no more of it than its declaration.
		declared := *s
		declared.Retained = allRetained
		if x.noescape[fn] {
			declared.Retained = 0
		}
		s = &declared
	}
	x.seen[fn] = s
	return s
}

func (x *inference) lookUp(fn *types.Func) *Summary {
	pkg := fn.Pkg()
	if pkg != nil && pkg != x.pass.Pkg {
		// What tables and directives state is in the fact too.
		if _, ok := x.assumed[tableName(fn.FullName())]; !ok {
			if s := x.imported(fn); s != nil {
				return s
			}
		}
	}
	if s := x.statedFor(fn); s != nil {
		return s
	}
	switch {
	case pkg == nil: // error.Error
		return missing
	case pkg.Path() == "unsafe":
		return stated(nothing, "no code at all")
	case isCgo(fn.Name()):
		return callsC
	case pkg == x.pass.Pkg:
		return x.bodiless(fn)
	}
	return inRegisters(pkg.Path(), missing)
}

// inRegisters returns the summary of a function without a Go body, otherwise if
// nothing is known of its package.
func inRegisters(path string, otherwise *Summary) *Summary {
	why := inAssembly(path)
	if why == "" {
		return otherwise
	}
	s := stated(nothing, why)
	s.Retained = allRetained
	return s
}

// isCgo reports whether a function is one by which cgo's generated code leaves
// Go: C.f is _Cfunc_f there, or _C2func_f if errno is asked for.
func isCgo(name string) bool {
	return name == "_cgo_runtime_cgocall" || strings.HasPrefix(name, "_Cfunc_") || strings.HasPrefix(name, "_C2func_")
}

// bodiless returns the summary of a function that this package declares
// without a body.
func (x *inference) bodiless(fn *types.Func) *Summary {
	if strings.HasPrefix(fn.Name(), "_cgo") || strings.HasPrefix(fn.Name(), "_Cgo") {
		return stated(nothing, "bookkeeping of cgo")
	}
	if target, ok := x.linknames[fn.Name()]; ok && fn.Signature().Recv() == nil {
		if s := x.linked(target); s != nil {
			return s
		}
	}
	if isRuntime(x.pass.Pkg.Path()) {
		return inRegisters(x.pass.Pkg.Path(), ofRuntime)
	}
	return inRegisters(x.pass.Pkg.Path(), noBody)
}

// noescapes finds the functions without a body that promise the compiler not to
// keep what they are given.
func noescapes(pass *analysis.Pass) map[*types.Func]bool {
	found := make(map[*types.Func]bool)
	for _, f := range pass.Files {
		for _, d := range f.Decls {
			decl, ok := d.(*ast.FuncDecl)
			if !ok || decl.Body != nil || decl.Doc == nil {
				continue
			}
			fn, ok := pass.TypesInfo.Defs[decl.Name].(*types.Func)
			if ok && slices.ContainsFunc(decl.Doc.List, func(c *ast.Comment) bool { return c.Text == "//go:noescape" }) {
				found[fn] = true
			}
		}
	}
	return found
}

// declaredOnly lists the functions that the package declares without a body, and
// those whose body is not analysed.
func (x *inference) declaredOnly() []*types.Func {
	var fns []*types.Func
	for _, f := range x.pass.Files {
		for _, d := range f.Decls {
			if decl, ok := d.(*ast.FuncDecl); ok && (decl.Body == nil || isRuntime(x.pass.Pkg.Path())) {
				if fn, ok := x.pass.TypesInfo.Defs[decl.Name].(*types.Func); ok {
					fns = append(fns, fn)
				}
			}
		}
	}
	return fns
}

// linked returns what is known of the function that a linkname pulls in.
func (x *inference) linked(target string) *Summary {
	if s := x.tables.primitives[target]; s != nil {
		return s
	}
	dot := strings.LastIndexByte(target, '.')
	if dot < 0 {
		return nil
	}
	path, name := target[:dot], target[dot+1:]
	i := slices.IndexFunc(x.pass.Pkg.Imports(), func(p *types.Package) bool { return p.Path() == path })
	if i < 0 {
		return nil
	}
	return x.importedKey(x.pass.Pkg.Imports()[i], key{path, name})
}

// linknames reads the //go:linkname directives by which functions without a
// body are bound to those of other packages.
func linknames(files []*ast.File) map[string]string {
	var names map[string]string
	for _, f := range files {
		if !slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"unsafe"` }) {
			continue
		}
		for _, g := range f.Comments {
			for _, c := range g.List {
				words := strings.Fields(c.Text)
				// linknamestd is what the standard library says since Go 1.27.
				if len(words) < 2 || words[0] != "//go:linkname" && words[0] != "//go:linknamestd" {
					continue
				}
				if names == nil {
					names = make(map[string]string)
				}
				names[words[1]] = strings.Join(words[2:], "")
			}
		}
	}
	return names
}

// simple lists what of package reflect is a read of one word.
var simple = []string{
	"reflect.TypeOf", "reflect.TypeFor", "internal/reflectlite.TypeOf",
	"(reflect.Kind).String", "(reflect.ChanDir).String", "(reflect.StructTag).Get", "(reflect.StructTag).Lookup",
	"(reflect.StructField).IsExported", "(reflect.Method).IsExported", "(*reflect.ValueError).Error",
}

// reflection returns what a function of package reflect is a primitive of: to
// call it is to work by reflection, whatever it does besides.
func (x *inference) reflection(fn *types.Func) Set {
	switch x.pass.Pkg.Path() {
	case "reflect", "internal/reflectlite":
		if fn.Exported() && !slices.Contains(simple, fn.FullName()) {
			return reflects
		}
	}
	return nothing
}
