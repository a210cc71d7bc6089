package requests

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// An Index answers for one package.
type Index struct {
	pkg    *types.Package
	info   *types.Info
	root   inspector.Cursor
	funcs  *funcs.Index
	values *values.Index
	guards *guards.Index
	seldom *seldom.Index
	hot    *hotpath.Info
	mounts map[*funcs.Func]bool // memo of mounted
	asked  map[token.Pos]bool   // memo of askedAt
}

// New returns the index of the package of pass, whose syntax root is the root of.
func New(pass *rule.Pass, root inspector.Cursor, vs *values.Index, flows *dataflow.Index) *Index {
	return &Index{
		pkg:    pass.Pkg,
		info:   pass.TypesInfo,
		root:   root,
		funcs:  pass.Funcs,
		values: vs,
		guards: guards.New(pass.TypesInfo, pass.Funcs, flows),
		seldom: seldom.New(pass.Pass, pass.Funcs, root),
		hot:    pass.Hotness,
		mounts: make(map[*funcs.Func]bool),
		asked:  make(map[token.Pos]bool),
	}
}
