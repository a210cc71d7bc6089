package modules

import (
	"testing"

	"github.com/lagvet/lagvet/maturity/internal/treetest"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// Whatever a version says, it is understood as one number or not at all.
func FuzzParseGo(f *testing.F) {
	for _, s := range []string{"1.26", "go1.26.3", "1.27rc1", "^1.25", ">=1.22.0", "stable", "1.x", "1.26.x", "1.26-alpine"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := parseGo(s)
		if ok && v.exact() && !v.agrees(v) {
			t.Errorf("%q, read as %s, does not agree with itself", s, v)
		}
		supportAt(v.minor, next().AddDate(1, 0, 0))
	})
}

// Lines of build files, sums, lists of vendored modules and of submodules are read
// without a fault, whatever stands there.
func FuzzText(f *testing.F) {
	f.Add("V := latest\nt:\n\tgo install example.com/x@$(V) \\\n -mod=mod go build")
	f.Add("# example.com/a v1.2.3 => ../a\n## explicit; go 1.20\n#\n# \n## \n")
	f.Add("[submodule \"x\"]\n\tpath = x\n=\n")
	f.Fuzz(func(t *testing.T, text string) {
		tr := treetest.Files(t, map[string]string{
			"go.mod": "module m\n\ngo 1.26\n", "go.sum": text, "vendor/modules.txt": text, ".gitmodules": text, "Makefile": text,
		})
		r := Collect(tr)
		for _, v := range []verdict.Result{r.Drift(), r.ToolsPinned(), r.BuildFlags(), r.SubmodulesFixed(), r.Replaces()} {
			if v.Reason == "" {
				t.Errorf("a result without a reason: %+v", v)
			}
		}
	})
}
