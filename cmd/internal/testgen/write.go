package testgen

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
	"golang.org/x/tools/imports"

	"github.com/lagvet/lagvet/analyzers/directive"
)

const checks = "github.com/lagvet/lagvet/runtimecheck"

// tests returns the names of the test functions in the test files of dir.
func tests(dir string) (map[string]bool, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return nil, err
	}
	have := make(map[string]bool)
	for _, name := range names {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				have[fn.Name.Name] = true
			}
		}
	}
	return have, nil
}

// write adds a test for each contract to the file old, or to a new one.
func write(pkg *types.Package, old []byte, cs []contract) ([]byte, error) {
	if old == nil {
		old = fmt.Appendf(nil, "package %s\n", pkg.Name())
	}
	w := &writer{pkg: pkg, imports: map[string]string{"testing": "testing", checks: "runtimecheck"}}
	for _, c := range cs {
		w.test(c)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, FileName, append(old, w.b.String()...), parser.ParseComments)
	if err != nil {
		return nil, fmt.Errorf("reading what was generated: %w", err)
	}
	for p, name := range w.imports {
		if name == path.Base(p) {
			name = ""
		}
		astutil.AddNamedImport(fset, file, name, p)
	}
	var b bytes.Buffer
	if err := format.Node(&b, fset, file); err != nil {
		return nil, fmt.Errorf("printing what was generated: %w", err)
	}
	return imports.Process(FileName, b.Bytes(), &imports.Options{FormatOnly: true, Comments: true, TabIndent: true, TabWidth: 8})
}

type writer struct {
	pkg     *types.Package
	imports map[string]string // the name of each imported package by its path
	b       strings.Builder
	local   map[string]bool // the names declared in the test being written
}

func (w *writer) printf(format string, args ...any) { fmt.Fprintf(&w.b, format, args...) }

// test writes the test of c.
func (w *writer) test(c contract) {
	w.local = map[string]bool{"t": true, "f": true}
	types.TypeString(c.sig, w.qualify) // no variable may take the name of a package
	var kinds []string
	for _, k := range c.kinds {
		kinds = append(kinds, string(k))
	}
	w.printf("\n// %s promises: %s.\nfunc %s(t *testing.T) {\n", display(c.fn), strings.Join(kinds, ", "), c.test())
	if c.sig.Recv() != nil || c.sig.Params().Len() > 0 {
		w.printf("\t// Put in what it is called with where it matters.\n")
	}
	call := c.fn.Name()
	if recv := c.sig.Recv(); recv != nil {
		call = w.value(recv, "r") + "." + call
	}
	if len(c.targs) > 0 && c.sig.Recv() == nil {
		var list []string
		for _, t := range c.targs {
			list = append(list, types.TypeString(t, w.qualify))
		}
		call += "[" + strings.Join(list, ", ") + "]"
	}
	var args []string
	for i := range c.sig.Params().Len() {
		args = append(args, w.value(c.sig.Params().At(i), "p"+strconv.Itoa(i)))
	}
	dots := ""
	if c.sig.Variadic() {
		dots = "..."
	}
	w.printf("\tf := func() { %s(%s%s) }\n", call, strings.Join(args, ", "), dots)
	for _, k := range c.kinds {
		switch k {
		case directive.NoAlloc:
			w.printf("\truntimecheck.NoAlloc(t, f)\n")
		case directive.NonBlocking:
			w.printf("\truntimecheck.NoBlock(t, f)\n")
		}
	}
	w.printf("}\n")
}

func display(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.Name()
	}
	name := named(recv.Type()).Obj().Name()
	if _, ok := types.Unalias(recv.Type()).(*types.Pointer); ok {
		name = "(*" + name + ")"
	}
	return name + "." + fn.Name()
}

// value declares a variable of v's type and returns its name.
func (w *writer) value(v *types.Var, fallback string) string {
	name := v.Name()
	for name == "" || name == "_" || w.local[name] || w.imported(name) || w.pkg.Scope().Lookup(name) != nil {
		name, fallback = fallback, fallback+"_"
	}
	w.local[name] = true
	if p, ok := types.Unalias(v.Type()).(*types.Pointer); ok {
		if _, isStruct := p.Elem().Underlying().(*types.Struct); isStruct {
			w.printf("\t%s := new(%s)\n", name, types.TypeString(p.Elem(), w.qualify))
			return name
		}
	}
	w.printf("\tvar %s %s\n", name, types.TypeString(v.Type(), w.qualify))
	return name
}

func (w *writer) imported(name string) bool {
	for _, n := range w.imports {
		if n == name {
			return true
		}
	}
	return false
}

// qualify prints a package's name and sees to it that it is imported.
func (w *writer) qualify(p *types.Package) string {
	if p == w.pkg {
		return ""
	}
	w.imports[p.Path()] = p.Name()
	return p.Name()
}
