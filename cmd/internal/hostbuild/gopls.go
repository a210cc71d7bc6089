package hostbuild

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"github.com/lagvet/lagvet/analyzers/gopls"
)

// Gopls returns gopls.
func Gopls() *Host {
	return &Host{
		Name:   "gopls",
		Module: "golang.org/x/tools/gopls",
		Main:   ".",
		// Below gopls' own path, where its internal packages may be imported.
		Path:  "golang.org/x/tools/gopls/lagvet",
		Known: []Known{{"v0.24.0", "go1.27"}, {"v0.23.0", "go1.26"}},
		Registration: `package main

import (
	"log"
	"os"

	"github.com/lagvet/lagvet/analyzers/gopls"
	"golang.org/x/tools/gopls/internal/settings"
)

func init() {
	if err := gopls.Register(&settings.AllAnalyzers, os.Stderr); err != nil {
		log.Fatalf("lagvet: %v", err)
	}
}
`,
		// gopls uses internal packages of x/tools, of which each version has its own.
		Pins:    []string{"golang.org/x/tools"},
		Fits:    goplsFits,
		Instead: "run the stand-alone server beside the gopls that you have: lagvet lsp",
	}
}

// goplsList is the list that lagvet's analyzers are added to.
const goplsList = "AllAnalyzers"

// goplsFits says what is missing in gopls' registry of analyzers.
func goplsFits(dir string) error {
	decls, err := declared(filepath.Join(dir, "internal", "settings"))
	if err != nil {
		return err
	}
	if _, ok := decls[goplsList].(*ast.ValueSpec); !ok {
		return fmt.Errorf("its package internal/settings has no variable %s, the list to which lagvet's rules are added", goplsList)
	}
	if !hasField(decls["Analyzer"], gopls.Field) {
		return fmt.Errorf("its type settings.Analyzer has no field %s, by which a rule is put into the list", gopls.Field)
	}
	return nil
}

// declared returns what the Go files in a directory declare at package level, but
// for functions, by name.
func declared(dir string) (map[string]ast.Spec, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	decls := make(map[string]ast.Spec)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.GenDecl); ok {
				enter(decls, d)
			}
		}
	}
	return decls, nil
}

func enter(decls map[string]ast.Spec, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.ValueSpec:
			for _, name := range s.Names {
				decls[name.Name] = s
			}
		case *ast.TypeSpec:
			decls[s.Name.Name] = s
		}
	}
}

// hasField reports whether spec declares a struct with a field of that name.
func hasField(spec ast.Spec, name string) bool {
	t, ok := spec.(*ast.TypeSpec)
	if !ok {
		return false
	}
	s, ok := t.Type.(*ast.StructType)
	if !ok {
		return false
	}
	for _, f := range s.Fields.List {
		for _, id := range f.Names {
			if id.Name == name {
				return true
			}
		}
	}
	return false
}
