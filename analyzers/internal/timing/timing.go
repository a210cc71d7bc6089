package timing

import (
	"go/ast"
	"go/constant"
	"go/types"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/godebug"
)

// Collected reports whether the program runs with the timers of Go 1.23, which
// the runtime forgets once nothing refers to their channel. The main module's
// go line decides (GODEBUG asynctimerchan), and a //go:debug line in the main
// package; of a package that is not part of it only its own go line is known.
func Collected(pass *analysis.Pass) bool {
	if v, ok := godebug.Setting(pass, "asynctimerchan"); ok {
		return v != "1"
	}
	return godebug.AtLeast(pass, "go1.23")
}

// Constant returns the duration that e is, if the compiler knows it.
func Constant(info *types.Info, e ast.Expr) (time.Duration, bool) {
	v := info.Types[e].Value
	if v == nil {
		return 0, false
	}
	n, exact := constant.Int64Val(constant.ToInt(v))
	return time.Duration(n), exact
}
