package gounbounded

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
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
	// Inside is set if the goroutine takes a slot that it gives back.
	Inside bool
	Steps  []Step
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
	return !modules.IsStd(pass.Pkg.Path())
}

// reachable reports whether other packages can name fn, or call it as a
// method of a value that they hold.
func (f *finder) reachable(fn *types.Func) bool {
	return fn.Exported() && f.Pkg.Name() != "main"
}

// An export is a spawn that a function leaves to its callers.
type export struct {
	fn   *types.Func
	site Site
}

// export returns what callers in other packages need to know of the frame, if they can reach it.
func (f *finder) export(fr *frame) *export {
	fn := fr.fn.Obj
	if fn == nil || !f.exports || !f.reachable(fn) || f.isLaunch(fr.s) {
		return nil
	}
	site := Site{Each: -1, Whole: fr.whole, Joined: !fr.calls || f.shared(fr), Maybe: f.maybe(fr), Inside: f.inside(fr.s)}
	if s := fr.s.site; s != nil {
		site.Posn, site.Func, site.What = s.Posn, s.Func, s.What
	} else {
		pos, _ := fr.s.extent()
		site.Posn, site.Func, site.What = f.Fset.Position(pos), f.FuncName(pos), fr.s.what
	}
	from := f.reach(fr)
	want := f.param(fr)
	for i := range fr.fn.Sig.Params().Len() {
		p := fr.fn.Sig.Params().At(i)
		if from[p] {
			site.Params = append(site.Params, i)
		}
		if p == want && !(fr.fn.Sig.Variadic() && i == fr.fn.Sig.Params().Len()-1) {
			site.Each = i
		}
	}
	if site.Each < 0 && (site.Joined || len(site.Params) == 0) {
		return nil
	}
	for _, st := range fr.steps {
		posn := st.Posn
		if st.Pos.IsValid() {
			posn = f.Fset.Position(st.Pos)
		}
		site.Steps = append(site.Steps, Step{posn, st.Text})
	}
	return &export{fn, site}
}
