package lifetimes_test

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

// describe says of each value what is done with it, and what the index answers.
var describe = &analysis.Analyzer{
	Name:     "describe",
	Doc:      "describe every value",
	Requires: []*analysis.Analyzer{lifetimes.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		x := pass.ResultOf[lifetimes.Analyzer].(*lifetimes.Index)
		for _, v := range x.Values {
			pass.Reportf(v.Site.Pos(), "%s: %s", v.New, strings.Join(describeValue(x, v), " "))
		}
		return nil, nil
	},
}

func describeValue(x *lifetimes.Index, v *lifetimes.Value) []string {
	var words []string
	for _, u := range v.Uses {
		word := map[lifetimes.Op]string{
			lifetimes.Release: "release", lifetimes.Rearm: "rearm", lifetimes.Wait: "wait", lifetimes.Own: "own",
			lifetimes.Return: "return", lifetimes.Store: "store", lifetimes.Overwrite: "overwrite", lifetimes.Hand: "hand",
			lifetimes.Read: "read", lifetimes.Exhaust: "exhaust", lifetimes.Touch: "touch",
		}[u.Op]
		switch {
		case u.Op == lifetimes.Own:
			word += ":" + u.To.Name()
		case u.Op == lifetimes.Return:
			word += fmt.Sprintf(":%d", u.Result)
		case u.Op == lifetimes.Touch:
			word += ":" + u.Name
		case u.View && v.Kind.IsTimer() && u.Op != lifetimes.Wait:
			word += ":channel"
		}
		if u.Op == lifetimes.Wait {
			if endless, dead := x.Endless(v, u); endless {
				word += fmt.Sprintf(":endless:%d", len(dead))
				o := x.Origin(u.Func, false)
				if o.Process {
					word += ":process"
				}
				if o.Loop != nil {
					word += ":loop"
				}
			}
		}
		words = append(words, word)
	}
	for _, p := range x.Lost(v) {
		words = append(words, path("unreleased", p))
		if v.Kind.IsTimer() {
			break
		}
	}
	if p := x.Replaced(v); p != nil {
		words = append(words, path("field", p))
	}
	return words
}

func path(what string, p *lifetimes.Path) string {
	if p.Replaced.IsValid() {
		return what + ":replaced"
	}
	return what + ":return"
}

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData()+"/go1.26", describe, "./...")
}

func TestKinds(t *testing.T) {
	for _, k := range []*lifetimes.Kind{
		lifetimes.Ticker, lifetimes.Timer, lifetimes.Tick, lifetimes.Response, lifetimes.Rows, lifetimes.Stmt,
		lifetimes.Tx, lifetimes.DB, lifetimes.Pooled,
	} {
		if len(k.New)+len(k.Makes) == 0 || len(k.Types) > 0 && len(k.Release) == 0 || (k.Part == "") != (k.Shut == "") {
			t.Errorf("%s: a kind has a creation, a release if it has a handle, and one of its part if it has a part", k.Name)
		}
	}
}

// What follows a mark is told by the names of the functions called, in the order of
// the source.
func TestAfter(t *testing.T) {
	after := &analysis.Analyzer{
		Name:     "after",
		Doc:      "tell what may follow each call of mark",
		Requires: []*analysis.Analyzer{lifetimes.Analyzer, funcs.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			x := pass.ResultOf[lifetimes.Analyzer].(*lifetimes.Index)
			for _, f := range pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs {
				for _, c := range f.Out {
					if c.Func != nil && c.Func.Name() == "mark" {
						pass.Reportf(c.Site.Pos(), "then: %s", strings.Join(called(x, f, c.Site), " "))
					}
				}
			}
			return nil, nil
		},
	}
	analysistest.Run(t, analysistest.TestData()+"/after", after, "./...")
}

func called(x *lifetimes.Index, f *funcs.Func, n ast.Node) []string {
	var names []string
	x.After(f, n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			return id.Name != "x" // set by a range
		}
		s, ok := m.(*ast.ExprStmt)
		if !ok {
			return true
		}
		name := types.ExprString(s.X.(*ast.CallExpr).Fun)
		names = append(names, name)
		return name != "stop"
	})
	slices.Sort(names)
	return names
}
