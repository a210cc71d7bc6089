package engine

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// A Declared is a declaration of a function.
type Declared struct {
	Func    string // full name, type parameters left out: "(*p.T).M"
	Package string // import path
	Start   finding.Place
	Rank    Rank
}

// A Rank says how near to the user a package is.
type Rank int

// The ranks, the nearest first.
const (
	Asked    Rank = iota // the patterns mean it
	Imported             // one of those imports it, directly or not
	Standard             // it is of the standard library
)

// Declarations finds the functions and methods with one of the names, plain
// identifiers, or all if there are none, in the packages that the patterns mean and, if all is set, in
// what these import and in the standard library. What the go command cannot list
// is left out: a run says why.
func Declarations(ctx context.Context, opts Options, names []string, all bool) ([]Declared, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	pkgs := listed(ctx, opts, append([]string{"-deps"}, opts.Patterns...))
	if all {
		pkgs = append(pkgs, listed(ctx, opts, []string{"std"})...)
	}
	var (
		found []Declared
		mu    sync.Mutex
		wg    sync.WaitGroup
		slots = make(chan struct{}, runtime.GOMAXPROCS(0))
		seen  = make(map[string]bool)
	)
	for _, p := range pkgs {
		if seen[p.ImportPath] || !all && p.DepOnly {
			continue
		}
		seen[p.ImportPath] = true
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			ds := p.declarations(names, opts.Tests)
			mu.Lock()
			defer mu.Unlock()
			found = append(found, ds...)
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	slices.SortFunc(found, func(a, b Declared) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Func, b.Func), cmp.Compare(a.Start.File, b.Start.File), cmp.Compare(a.Start.Line, b.Start.Line))
	})
	return slices.CompactFunc(found, func(a, b Declared) bool { return a.Func == b.Func }), nil
}

// A listing is what go list says of a package.
type listing struct {
	ImportPath, Dir         string
	GoFiles, CgoFiles       []string
	TestGoFiles             []string
	XTestGoFiles            []string
	DepOnly, Standard       bool
	fromStandardLibraryList bool
}

// listed asks the go command for packages.
func listed(ctx context.Context, opts Options, args []string) []listing {
	flags := append([]string{"list", "-e", "-json=ImportPath,Dir,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,DepOnly,Standard"}, opts.BuildFlags...)
	var stdout bytes.Buffer
	cmd := goCommand(ctx, opts, append(flags, args...)...)
	cmd.Stdout = &stdout
	if cmd.Run() != nil {
		return nil
	}
	var ps []listing
	for dec := json.NewDecoder(&stdout); ; {
		p := listing{fromStandardLibraryList: args[0] == "std"}
		if err := dec.Decode(&p); err != nil {
			if !errors.Is(err, io.EOF) {
				return nil
			}
			return ps
		}
		ps = append(ps, p)
	}
}

func (p listing) rank() Rank {
	switch {
	case p.Standard && (p.DepOnly || p.fromStandardLibraryList):
		return Standard
	case p.DepOnly:
		return Imported
	}
	return Asked
}

// declarations returns the functions of the package with one of the names.
func (p listing) declarations(names []string, tests bool) []Declared {
	var ds []Declared
	read := func(files []string, path string) {
		for _, name := range files {
			file := name
			if !filepath.IsAbs(file) {
				file = filepath.Join(p.Dir, name)
			}
			for _, d := range declaredIn(file, path, names) {
				d.Package, d.Rank = p.ImportPath, p.rank()
				ds = append(ds, d)
			}
		}
	}
	read(p.GoFiles, p.ImportPath)
	read(p.CgoFiles, p.ImportPath)
	if tests {
		read(p.TestGoFiles, p.ImportPath)
		read(p.XTestGoFiles, p.ImportPath+"_test")
	}
	return ds
}

// declaredIn returns the functions in a file. One that cannot be read is the
// compiler's to complain about.
func declaredIn(file, path string, names []string) []Declared {
	src, err := os.ReadFile(file)
	if err != nil || names != nil && !slices.ContainsFunc(names, func(n string) bool { return bytes.Contains(src, []byte(n)) }) {
		return nil
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, src, parser.SkipObjectResolution)
	if f == nil || err != nil && f.Name == nil {
		return nil
	}
	var ds []Declared
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || names != nil && !slices.Contains(names, fn.Name.Name) {
			continue
		}
		pos := fset.Position(fn.Name.Pos())
		ds = append(ds, Declared{
			Func:  fullName(path, fn),
			Start: finding.Place{File: pos.Filename, Line: pos.Line, Column: pos.Column},
		})
	}
	return ds
}

// fullName returns the name that types.Func.FullName prints, type parameters
// left out.
func fullName(path string, fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return path + "." + fn.Name.Name
	}
	star, t := "", ast.Unparen(fn.Recv.List[0].Type)
	if p, ok := t.(*ast.StarExpr); ok {
		star, t = "*", ast.Unparen(p.X)
	}
	switch x := t.(type) {
	case *ast.IndexExpr:
		t = x.X
	case *ast.IndexListExpr:
		t = x.X
	}
	id, ok := t.(*ast.Ident)
	if !ok {
		return path + "." + fn.Name.Name
	}
	return fmt.Sprintf("(%s%s.%s).%s", star, path, id.Name, fn.Name.Name)
}
