package contexts

import (
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// Analyzer makes what answers questions about contexts. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetcontexts",
	Doc:        "tell which contexts are in scope",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer, values.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	return &Index{
		pkg:     pass.Pkg,
		info:    pass.TypesInfo,
		inspect: pass.ResultOf[syntax.Analyzer].(*inspector.Inspector),
		funcs:   pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		values:  pass.ResultOf[values.Analyzer].(*values.Index),
	}, nil
}

// Index is the result of Analyzer.
type Index struct {
	pkg     *types.Package
	info    *types.Info
	inspect *inspector.Inspector
	funcs   *funcs.Index
	values  *values.Index
}

const request = "net/http.Request"

// Is reports whether t is or implements [context.Context]. Of the methods only
// Value, which other types have too, is looked at closely.
func Is(t types.Type) bool {
	if t == nil {
		return false
	}
	if typeutil.IsTypeWithName(t, "context.Context") {
		return true
	}
	var value *types.Func
	for _, name := range []string{"Done", "Deadline", "Err", "Value"} {
		obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
		fn, ok := obj.(*types.Func)
		if !ok {
			return false
		}
		value = fn
	}
	in := value.Signature().Params()
	return in.Len() == 1 && types.Identical(in.At(0).Type().Underlying(), types.NewInterfaceType(nil, nil))
}

// Passed reports whether a parameter of sig carries a context.
func Passed(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		if Is(p.Type()) || typeutil.IsPointerToTypeWithName(p.Type(), request) {
			return true
		}
	}
	return false
}

// Background reports whether a function, by its full name, returns a context that nothing
// ends.
func Background(name string) bool { return name == "context.Background" || name == "context.TODO" }

// MayFail reports whether the last result of sig is an error.
func MayFail(sig *types.Signature) bool {
	n := sig.Results().Len()
	return n > 0 && types.Identical(sig.Results().At(n-1).Type(), types.Universe.Lookup("error").Type())
}
