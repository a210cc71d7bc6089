package gounbounded

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Spawns is the fact of an exported function that starts goroutines and does
// not wait for them: how many depends on its callers in other packages.
type Spawns struct{ Sites []Site }

// A Site is a go statement that calls of a function reach.
type Site struct {
	Posn token.Position
	Func string // the full name of the function it stands in
	What string // what stands there: "go statement"
	// Params are the parameters whose values reach the goroutine.
	Params []int
	// Each is the parameter whose elements each start a goroutine, or -1.
	Each int
	// Whole is set if Each is ranged over itself, not something inside it.
	Whole bool
	// Joined is set if calls wait for what they start, so that only Each counts.
	Joined bool
	// Maybe is set if calls start a goroutine under a condition only.
	Maybe bool
	Steps []Step
}

// A Step is a link of the chain of calls from the function to the site.
type Step struct {
	Posn token.Position
	Text string
}

// Launches is the fact of a function that calls its parameter Param in a new
// goroutine and does nothing else that bounds it: a call of it is a go
// statement in other words.
type Launches struct{ Param int }

func (*Spawns) AFact()   {}
func (*Launches) AFact() {}

func (s *Spawns) String() string {
	var b strings.Builder
	for _, t := range s.Sites {
		fmt.Fprintf(&b, " %s%v each=%d", t.Func, t.Params, t.Each)
	}
	return "spawns:" + b.String()
}
func (l *Launches) String() string { return fmt.Sprintf("launches %d", l.Param) }

var factTypes = []analysis.Fact{new(Spawns), new(Launches)}

// mendable reports whether what stands in the package can be mended by the
// one who reads the findings: a package of the module under analysis or of its
// workspace, not of the standard library or of a dependency.
func mendable(pass *analysis.Pass) bool {
	if m := pass.Module; m != nil && m.Path != "" {
		return m.Version == ""
	}
	first, _, _ := strings.Cut(pass.Pkg.Path(), "/")
	return strings.Contains(first, ".")
}

// reachable reports whether other packages can name fn, or call it as a
// method of a value that they hold.
func (f *finder) reachable(fn *types.Func) bool {
	return fn.Exported() && f.Pkg.Name() != "main"
}
