package adopted

import (
	"fmt"
	"reflect"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"
	"honnef.co/go/tools/staticcheck/sa6002"
)

// buildir is staticcheck's analyzer that brings a package into the form which its
// checks go by. It is internal there, and known by who requires it.
var buildir = required(sa6002.Analyzer, "buildir")

func required(by *analysis.Analyzer, name string) *analysis.Analyzer {
	i := slices.IndexFunc(by.Requires, func(a *analysis.Analyzer) bool { return a.Name == name })
	if i < 0 {
		panic(fmt.Sprintf("%s does not require %s", by.Name, name))
	}
	return by.Requires[i]
}

// forms stands in for buildir and runs it only if somebody asks: it costs as much as the
// other rules' SSA, and few packages hold anything that a check could speak of.
var forms = &analysis.Analyzer{
	Name:       "lagvetforms",
	Doc:        "bring a package into staticcheck's form, if that is asked for",
	Requires:   buildir.Requires,
	ResultType: reflect.TypeFor[*form](),
	Run: func(pass *analysis.Pass) (any, error) {
		return &form{pass: pass}, nil
	},
}

// A form is that of one package.
type form struct {
	pass *analysis.Pass
	once sync.Once // rules run in parallel
	ir   any
	err  error
}

func (f *form) build() (any, error) {
	f.once.Do(func() {
		pass := *f.pass
		pass.Analyzer = buildir
		if f.ir, f.err = buildir.Run(&pass); f.err != nil {
			f.err = fmt.Errorf("bringing %s into staticcheck's form: %w", f.pass.Pkg.Path(), f.err)
		}
	})
	return f.ir, f.err
}
