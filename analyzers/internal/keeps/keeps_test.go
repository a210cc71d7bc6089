package keeps

import (
	"go/types"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// probe says of each function what becomes of its parameters.
var probe = &analysis.Analyzer{
	Name:     "probe",
	Doc:      "say what is kept",
	Requires: []*analysis.Analyzer{Analyzer, funcs.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		x := pass.ResultOf[Analyzer].(*Index)
		for _, f := range pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs {
			if f.Obj == nil {
				continue
			}
			for i := range f.Sig.Params().Len() {
				if p := x.Of(f.Obj, i); p.Way != No {
					pass.Reportf(f.Obj.Pos(), "%s: %s%s", f.Sig.Params().At(i).Name(), names[p.Way], holder(f.Sig, p.Into))
				}
			}
		}
		return nil, nil
	},
}

var names = map[Way]string{Goroutine: "goroutine", Channel: "channel", Element: "element", Field: "field"}

// holder names the operand that holds what is kept.
func holder(sig *types.Signature, into int) string {
	switch into {
	case Elsewhere:
		return ""
	case Receiver:
		return " of the receiver"
	}
	return " of " + sig.Params().At(into).Name()
}

func TestOf(t *testing.T) {
	analysistest.Run(t, filepath.Join(analysistest.TestData(), "p"), probe, "./...")
}

// What another package's functions keep is known through facts, and of the standard
// library what Spawns says.
func TestSpawns(t *testing.T) {
	pkg := types.NewPackage("time", "time")
	fn := types.NewFunc(0, pkg, "AfterFunc", types.NewSignatureType(nil, nil, nil, nil, nil, false))
	if !Spawns(fn, 1) || Spawns(fn, 0) {
		t.Error("time.AfterFunc runs its second argument as a goroutine, and nothing else")
	}
}
