package analyzers

import (
	"encoding/json"
	"fmt"
	"go/ast"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// A FuncHeat says what makes one function hot, or reachable from a request root.
type FuncHeat struct {
	Func string `json:"func"` // full name, as types.Func.FullName prints it
	Posn string `json:"posn"`
	Hot  *Hot   `json:"hot,omitempty"`
	Root *Root  `json:"root,omitempty"`
}

// Root says that a function runs on behalf of a request.
type Root struct {
	Detail string `json:"detail"`
	Via    []Step `json:"via,omitempty"`
}

// Heat reports every declared function of a package and what makes it hot, in
// one diagnostic at the package clause, to be read by [DecodeHeat].
var Heat = &analysis.Analyzer{
	Name:     "lagvetheat",
	Doc:      "report what makes functions hot, in the form that lagvet why reads",
	Requires: []*analysis.Analyzer{funcs.Analyzer, hotpath.Analyzer},
	Run:      heat,
}

// DecodeHeat reads the category of a diagnostic that [Heat] reported.
func DecodeHeat(category string) ([]FuncHeat, error) {
	var fs []FuncHeat
	if err := json.Unmarshal([]byte(category), &fs); err != nil {
		return nil, fmt.Errorf("decoding what makes functions hot: %w", err)
	}
	return fs, nil
}

func heat(pass *analysis.Pass) (any, error) {
	info := pass.ResultOf[hotpath.Analyzer].(*hotpath.Info)
	fs := []FuncHeat{}
	for _, f := range pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs {
		if decl, ok := f.Node.(*ast.FuncDecl); ok {
			fs = append(fs, heatOf(pass, info, decl, f.Name(pass.Pkg)))
		}
	}
	js, err := json.Marshal(fs)
	if err != nil {
		return nil, fmt.Errorf("encoding what makes functions hot: %w", err)
	}
	pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Category: string(js), URL: rule.URL, Message: "heat"})
	return nil, nil
}

func heatOf(pass *analysis.Pass, info *hotpath.Info, decl *ast.FuncDecl, name string) FuncHeat {
	f := FuncHeat{
		Func: modules.WithoutVariant(name),
		Posn: place(pass.Fset.Position(decl.Name.Pos())),
	}
	if h := info.Hot(decl); h != nil {
		f.Hot = hotOf(pass, h)
	}
	if r := info.Root(decl); r != nil {
		f.Root = &Root{Detail: r.Detail, Via: steps(pass, r.Via)}
	}
	return f
}

func hotOf(pass *analysis.Pass, h *hotpath.Hotness) *Hot {
	return &Hot{Source: string(h.Source), Detail: h.Detail, Share: h.Share, Via: steps(pass, h.Via)}
}

func steps(pass *analysis.Pass, via []hotpath.Step) []Step {
	var out []Step
	for _, s := range via {
		out = append(out, Step{Posn: place(pass.Fset.Position(s.Pos)), Text: s.Text})
	}
	return out
}
