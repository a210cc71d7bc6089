package unboundedqueue

import (
	"fmt"
	"go/token"
	"go/types"
)

// Reads is the fact of a function that reads a parameter to its end, however much
// that is: an io.Reader, or the body of an *http.Request.
type Reads struct{ Param int }

// Grows is the fact of a method that adds to a collection in its receiver from which
// nothing in its package removes.
type Grows struct {
	Posn  token.Position // of what adds
	Func  string         // the full name of the function that it stands in
	Name  string         // of the field
	What  string         // how a message calls the collection
	Keys  []int          // the parameters that the key comes from
	Fresh bool           // each call adds: an element, or under a key of its own
}

// Limits is the fact of a function that limits the bodies of requests for handlers
// that it wraps.
type Limits struct{}

// AFact marks Reads as a fact.
func (*Reads) AFact() {}

// AFact marks Grows as a fact.
func (*Grows) AFact() {}

// AFact marks Limits as a fact.
func (*Limits) AFact() {}

func (r *Reads) String() string  { return fmt.Sprintf("reads parameter %d", r.Param) }
func (g *Grows) String() string  { return fmt.Sprintf("grows %s by %v", g.Name, g.Keys) }
func (l *Limits) String() string { return "limits bodies" }

// export tells the packages that import this one what they cannot see.
func (c *checker) export() {
	if c.Pkg.Name() == "main" {
		return
	}
	for fn, i := range c.reads {
		if fn.Exported() {
			c.ExportObjectFact(fn, &Reads{i})
		}
	}
	for fn, g := range c.grows {
		if fn.Exported() {
			c.ExportObjectFact(fn, g)
		}
	}
	for _, f := range c.Funcs.Funcs {
		if f.Obj != nil && f.Obj.Exported() && c.wraps(f) {
			c.ExportObjectFact(f.Obj, new(Limits))
		}
	}
}

// readsParam returns which parameter fn reads to its end.
func (c *checker) readsParam(fn *types.Func) (int, bool) {
	if i, ok := c.reads[fn]; ok {
		return i, true
	}
	r := new(Reads)
	if fn.Pkg() != c.Pkg && c.ImportObjectFact(fn, r) {
		return r.Param, true
	}
	return 0, false
}
