package escape

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
)

// spoken reports whether the compiler has anything to say of the functions of a file
// with -m=2, whatever they do: of each that it compiles it says whether it can be inlined,
// or why not. It compiles no blank function, and a generic one only where it is used.
func spoken(f *ast.File) bool {
	return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && fn.Body != nil && fn.Name.Name != "_" && fn.Type.TypeParams == nil && !genericReceiver(fn)
	})
}

func genericReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return false
	}
	t := ast.Unparen(fn.Recv.List[0].Type)
	if p, ok := t.(*ast.StarExpr); ok {
		t = ast.Unparen(p.X)
	}
	switch t.(type) {
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// mute reports whether text, which the compiler wrote of the files, lacks what it says
// of functions: then it is not the text of these files, or not all of it. The files are
// read only where it lacks that.
func mute(text []byte, files []string) bool {
	if bytes.Contains(text, []byte(": can inline ")) || bytes.Contains(text, []byte(": cannot inline ")) {
		return false
	}
	return slices.ContainsFunc(files, func(name string) bool {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		return err == nil && spoken(f)
	})
}
