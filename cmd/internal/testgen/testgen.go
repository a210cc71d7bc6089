package testgen

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/lagvet/lagvet/analyzers/directive"
)

// FileName is the file of a package that generated tests are added to.
const FileName = "lagvet_contracts_test.go"

// Options say for which packages tests are written.
type Options struct {
	Dir        string // where the go command runs
	Patterns   []string
	BuildFlags []string
}

// A File is a test file as it should be.
type File struct {
	Path    string
	Content []byte
	Tests   []string // the names of the tests that are new in it
	Old     bool     // there was one before
}

// Generate returns the test files that lack tests of functions under contract.
func Generate(ctx context.Context, opts Options) ([]File, error) {
	ps, err := packages.Load(&packages.Config{
		Context:    ctx,
		Mode:       packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports,
		Dir:        opts.Dir,
		BuildFlags: opts.BuildFlags,
	}, opts.Patterns...)
	if err != nil {
		return nil, fmt.Errorf("loading packages: %w", err)
	}
	var files []File
	for _, p := range ps {
		if len(p.Errors) > 0 {
			return nil, fmt.Errorf("loading %s: %w", p.PkgPath, cause(p.Errors))
		}
		f, err := generate(p)
		if err != nil {
			return nil, fmt.Errorf("writing tests for %s: %w", p.PkgPath, err)
		}
		if f != nil {
			files = append(files, *f)
		}
	}
	return files, nil
}

// cause returns the first error that says where it is, which the go command's
// own, about the whole package, does not.
func cause(errs []packages.Error) packages.Error {
	i := slices.IndexFunc(errs, func(e packages.Error) bool { return e.Kind == packages.ParseError || e.Kind == packages.TypeError })
	return errs[max(i, 0)]
}

func generate(p *packages.Package) (*File, error) {
	found, err := contracts(p)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	dir := filepath.Dir(p.GoFiles[0])
	have, err := tests(dir)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(c contract) bool { return have[c.test()] })
	if len(found) == 0 {
		return nil, nil
	}
	path := filepath.Join(dir, FileName)
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	content, err := write(p.Types, old, found)
	if err != nil {
		return nil, err
	}
	f := &File{Path: path, Content: content, Old: old != nil}
	for _, c := range found {
		f.Tests = append(f.Tests, c.test())
	}
	return f, nil
}

// A contract is a declared function that promises something.
type contract struct {
	fn    *types.Func
	kinds []directive.Kind
	targs []types.Type     // what stands in for type parameters
	sig   *types.Signature // with them
}

// contracts returns the functions of p under contract, in source order.
func contracts(p *packages.Package) ([]contract, error) {
	pass := &analysis.Pass{Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, TypesInfo: p.TypesInfo}
	res, err := directive.Analyzer.Run(pass)
	if err != nil {
		return nil, err
	}
	index := res.(*directive.Index)
	if len(index.Problems) > 0 {
		first := index.Problems[0]
		return nil, fmt.Errorf("%s: %s", p.Fset.Position(first.Pos), first.Message)
	}
	var found []contract
	for _, f := range p.Syntax {
		for _, d := range f.Decls {
			decl, ok := d.(*ast.FuncDecl)
			if !ok || decl.Name.Name == "_" {
				continue
			}
			c := contract{fn: p.TypesInfo.Defs[decl.Name].(*types.Func)}
			for _, d := range index.On(decl) {
				if d.Kind == directive.NoAlloc || d.Kind == directive.NonBlocking {
					c.kinds = append(c.kinds, d.Kind)
				}
			}
			if len(c.kinds) == 0 {
				continue
			}
			slices.Sort(c.kinds)
			if err := c.instantiate(); err != nil {
				return nil, err
			}
			found = append(found, c)
		}
	}
	return found, nil
}

// test is the name of the test of c.
func (c contract) test() string {
	name := upper(c.fn.Name())
	if recv := c.fn.Signature().Recv(); recv != nil {
		name = upper(named(recv.Type()).Obj().Name()) + "_" + name
	}
	return "TestContract_" + name
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func named(t types.Type) *types.Named {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	return types.Unalias(t).(*types.Named)
}
