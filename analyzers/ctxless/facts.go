package ctxless

import (
	"go/token"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/outgoing"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// A summary is what a function does that its callers in other packages have
// to know. Only functions with something to tell have one.
type summary struct {
	Wait   *waitFact // ends in I/O that no context of its caller can stop
	Makes  *waitFact // returns a request or command without a context
	Bounds bool      // a RoundTrip method that gives each request a deadline
	Use    use       // what it has a context for that it takes first
	Loses  bool      // has a form that takes a context, and loses it: is but that form with context.Background, or waits
}

// AFact marks a summary as a fact.
func (*summary) AFact() {}

func (s *summary) String() string {
	switch {
	case s.Wait != nil:
		return "waits in " + s.Wait.Key
	case s.Makes != nil:
		return "makes by " + s.Makes.Key
	case s.Bounds:
		return "bounds requests"
	case s.Use == forValues:
		return "asks its context for values only"
	case s.Use == forItself:
		return "passes its context's end on to nobody"
	case s.Loses:
		return "loses the context of its form"
	}
	return ""
}

// A waitFact is a wait as a fact holds it.
type waitFact struct {
	Key, Name, Work, Form string
	Limit                 int
	Effect                bool
	Chain                 []link
}

// A link is a step of a chain.
type link struct {
	Posn token.Position
	Text string
}

func (f *waitFact) wait() *wait {
	a := apis[f.Key]
	if a == nil {
		a = &api{name: f.Name, work: work(f.Work), form: f.Form}
	}
	w := &wait{key: f.Key, api: a, limit: limit(f.Limit), effect: f.Effect}
	for _, l := range f.Chain {
		w.chain = append(w.chain, rule.Step{Posn: l.Posn, Text: l.Text})
	}
	return w
}

// fact returns w as a fact.
func (c *checker) fact(w *wait) *waitFact {
	f := &waitFact{Key: w.key, Name: w.api.name, Work: string(w.api.work), Form: w.api.form, Limit: int(w.limit), Effect: w.effect}
	for _, s := range w.chain {
		p := s.Posn
		if s.Pos.IsValid() {
			p = c.pass.Fset.Position(s.Pos)
		}
		f.Chain = append(f.Chain, link{p, s.Text})
	}
	return f
}

// export tells the packages that import this one what its functions do. The
// standard library is the primitives' home: nothing there is a wrapper of ours.
func (c *checker) export() {
	if modules.Std(c.pass.Pass) {
		return
	}
	for _, f := range c.pass.Funcs.Funcs {
		if f.Obj == nil || c.values.InTest(f.Node.Pos()) {
			continue
		}
		var s summary
		if w := c.ends[f]; w != nil && !w.from.reported && w.doubt == "" {
			s.Wait = c.fact(w)
		}
		if w := c.makes[f]; w != nil {
			s.Makes = c.fact(w)
		}
		s.Bounds = f.Sig.Recv() != nil && f.Obj.Name() == "RoundTrip" && outgoing.Sends(f.Sig) && c.deadlined(f.Obj)
		s.Use, s.Loses = c.useOf(f), c.loses(f)
		if s.Wait != nil || s.Makes != nil || s.Bounds || s.Use != forIO || s.Loses {
			c.pass.ExportObjectFact(f.Obj, &s)
		}
	}
}
