// Package syntax offers the syntax trees of a package without its test files.
//
// No rule speaks of tests, and what tests do says nothing of the program: a
// caller in a test is no caller in production. In a unit with tests they are
// often the larger part, so walking them costs more than all the rest.
package syntax

import (
	"go/ast"
	"go/token"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"
)

// Analyzer is like passes/inspect, test files excepted. Its result is an
// *inspector.Inspector.
var Analyzer = &analysis.Analyzer{
	Name:             "lagvetsyntax",
	Doc:              "index the syntax trees of a package, test files excepted",
	Requires:         []*analysis.Analyzer{inspect.Analyzer},
	Run:              run,
	RunDespiteErrors: true,
	ResultType:       reflect.TypeFor[*inspector.Inspector](),
}

func run(pass *analysis.Pass) (any, error) {
	var files []*ast.File
	for _, f := range pass.Files {
		if !InTest(pass.Fset, f.FileStart) {
			files = append(files, f)
		}
	}
	if in, ok := pass.ResultOf[inspect.Analyzer].(*inspector.Inspector); ok && len(files) == len(pass.Files) {
		return in, nil // the index that passes of others go by
	}
	return inspector.New(files), nil
}

// InTest reports whether pos is in a test file.
func InTest(fset *token.FileSet, pos token.Pos) bool {
	f := fset.File(pos)
	return f != nil && strings.HasSuffix(f.Name(), "_test.go")
}

// Find returns the node n below root. Unlike [inspector.Cursor.FindNode], which
// looks at every node before it, it goes by position.
func Find(root inspector.Cursor, n ast.Node) (inspector.Cursor, bool) {
	if innermost, ok := root.FindByPos(n.Pos(), n.End()); ok {
		for cur := range innermost.Enclosing() {
			if cur.Node() == n {
				return cur, true
			}
		}
	}
	return root.FindNode(n)
}
