package costly

import (
	"go/types"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

var (
	logging = pattern.New(`^(Debug|Trace|Info|Notice|Warn|Warning|Error|Print|Log)(f|w|ln|s|Context|Ctx|Attrs|Depth)*$`)
	quiet   = pattern.New(`^(Debug|Trace)`)
	loggers = pattern.New(`(?i)log`)
)

// Logger reports whether fn writes a record of a log, going by its name and
// that of its type or package. Whether it waits for others is up to its effects.
func Logger(fn *types.Func) bool {
	if !logging.MatchString(fn.Name()) || fn.Pkg() == nil {
		return false
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		return loggers.MatchString(fn.Pkg().Name())
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && loggers.MatchString(n.Obj().Name())
}

// Quiet reports whether what the logger writes is off as a rule, going by its name.
func Quiet(fn *types.Func) bool { return quiet.MatchString(fn.Name()) }
