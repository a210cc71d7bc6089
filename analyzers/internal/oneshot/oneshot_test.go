package oneshot_test

import (
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/oneshot"
	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

func TestRuns(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		want bool
	}{
		"a tool":       {`package main; func main() { work() }; func work() {}`, true},
		"a server":     {`package main; func main() { go work() }; func work() {}`, false},
		"it serves":    {`package main; import "net/http"; func main() { http.ListenAndServe("", nil); work() }; func work() {}`, false},
		"no program":   {`package p; func work() {}`, false},
		"main itself":  {`package main; func main() { go func() {}() }`, true},
		"called main":  {`package p; func main() { go func() {}() }`, false},
		"a type's own": {`package main; type t struct{}; func (t) main() { go func() {}() }; func main() {}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := passtest.Load(t, c.src)
			x := oneshot.New(p.Pkg, p.Funcs, p.Root)
			for _, f := range p.Funcs.Funcs {
				if f.Obj == nil || strings.Contains(c.src, "work()") == (f.Obj.Name() == "main") || f.Sig.Recv() == nil && strings.Contains(c.src, "(t)") {
					continue
				}
				if got := x.Runs(f); got != c.want {
					t.Errorf("%s\n%s runs for a command: %v, want %v", c.src, f.Obj.Name(), got, c.want)
				}
			}
		})
	}
}
