package hotpath_test

import (
	"go/ast"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// dump reports what is hot, a root and under contract, literals that are made
// but not run in hot code, and where a call of cold is not cold or a call of
// warm is, and what comes under contract here.
var dump = &analysis.Analyzer{
	Name:     "dump",
	Doc:      "report what hotpath finds",
	Requires: []*analysis.Analyzer{hotpath.Analyzer, funcs.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		x := pass.ResultOf[hotpath.Analyzer].(*hotpath.Info)
		for _, f := range pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs {
			if h := x.Hot(f.Node); h != nil {
				pass.Reportf(f.Node.Pos(), "hot: %s%s", h.Detail, chain(h.Via))
			}
			if r := x.Root(f.Node); r != nil {
				pass.Reportf(f.Node.Pos(), "root: %s%s", r.Detail, chain(r.Via))
			}
			if f.Obj == nil && x.Hot(f.Node) == nil && x.HotAt(f.Node.Pos()) != nil {
				pass.Reportf(f.Node.Pos(), "hot to make")
			}
			for _, k := range []directive.Kind{directive.NonBlocking, directive.NoAlloc} {
				if x.Contract(f.Node, k) != nil {
					pass.Reportf(f.Node.Pos(), "contract: %s", k)
				}
			}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.ForStmt:
					loop(pass, x, n, n.Body)
				case *ast.RangeStmt:
					loop(pass, x, n, n.Body)
				case *ast.CallExpr:
					if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "cold" || id.Name == "warm") && x.Cold(n.Pos()) != (id.Name == "cold") {
						pass.Reportf(n.Pos(), "this is not %s", id.Name)
					}
				}
				return true
			})
		}
		for _, c := range x.Conversions() {
			pass.Reportf(c.Pos, "%s comes under %s", c.Func.FullName(), c.Contract.Kind)
		}
		return nil, nil
	},
}

// loop reports a loop whose body is a root where what is before it is not.
func loop(pass *analysis.Pass, x *hotpath.Info, n ast.Node, body *ast.BlockStmt) {
	if r := x.RootAt(body.Pos()); r != nil && x.RootAt(n.Pos()) == nil {
		pass.Reportf(n.Pos(), "root from here: %s", r.Detail)
	}
}

func chain(steps []hotpath.Step) (s string) {
	for _, step := range steps {
		s += " ← " + step.Text
	}
	return s
}

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, filepath.Join(analysistest.TestData(), "hot"), dump, "./...")
}
