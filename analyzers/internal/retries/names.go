package retries

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// Functions are known by their names where nothing else tells what they do: those of
// interfaces, of fields, of packages without facts.
var (
	waiting = pattern.New(`(?i)sleep|wait|back_?off|delay|pause|throttle|ratelimit|^limit|^acquire|^take$|cool_?down|jitter|^block|^park|^yield`)
	taking  = pattern.New(`(?i)^(pop|next|take|deq|dequeue|recv|receive|read|fetch|poll|shift|scan|pick|choose|select|pull|drain|claim|lease|rotate|remove|random|get_?next)`)
	leaving = pattern.New(`(?i)^(fatal(f|ln)?|exit|goexit|log_?fatal|panic(f|ln)?)$`)
)

// waitsByName reports whether the call waits by what it is called.
func (x *Index) waitsByName(call *ast.CallExpr) bool {
	if x.info.Types[call.Fun].IsType() {
		return false
	}
	if fn, ok := typeutil.Callee(x.info, call).(*types.Func); ok && fn.Pkg() != nil {
		switch fn.FullName() {
		case "time.Sleep", "(*sync.Cond).Wait", "(*sync.WaitGroup).Wait":
			return true
		}
		if fn.Pkg().Path() == "time" || fn.Pkg().Path() == "context" {
			return false // what a timer is made for shows where it is received from
		}
	}
	return waiting.MatchString(calleeName(call))
}

func calleeName(call *ast.CallExpr) string {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.SelectorExpr:
		return fun.Sel.Name
	case *ast.Ident:
		return fun.Name
	case *ast.IndexExpr:
		if id, ok := fun.X.(*ast.Ident); ok {
			return id.Name
		}
	}
	return ""
}
