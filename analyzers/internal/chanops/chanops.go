package chanops

import (
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// Analyzer tells what methods do to channels of their receivers. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetchanops",
	Doc:        "tell what functions do to the channels that they share with others",
	Requires:   []*analysis.Analyzer{funcs.Analyzer},
	FactTypes:  []analysis.Fact{new(Slots)},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

// An Index answers for one package.
type Index struct {
	pass  *analysis.Pass
	info  *types.Info
	funcs *funcs.Index
	slots map[*types.Func]*Slots
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{pass, pass.TypesInfo, pass.ResultOf[funcs.Analyzer].(*funcs.Index), make(map[*types.Func]*Slots)}
	x.exportSlots()
	return x, nil
}
