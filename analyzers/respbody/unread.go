package respbody

import (
	"go/ast"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

// A reading says how much of a body is read.
type reading int

const (
	unknown reading = iota // by whom it is given to
	whole                  // to its end
	part                   // one value, and not whether it was the last
)

// reading returns how much of a body a use of it reads.
func (c *checker) reading(u lifetimes.Use) reading {
	if u.Op != lifetimes.Read {
		return unknown
	}
	switch c.callee(u.Call) {
	case "io.ReadAll", "io/ioutil.ReadAll", "io.Copy", "io.CopyBuffer", "(*bytes.Buffer).ReadFrom", "(*bufio.Writer).ReadFrom":
		return whole
	case "encoding/json.NewDecoder", "encoding/xml.NewDecoder", "encoding/gob.NewDecoder":
		return part
	}
	return unknown
}

// closes reports whether a release is a call of Close itself: a function that
// closes the body for its caller may well drain it.
func (c *checker) closes(u lifetimes.Use) bool {
	if u.Call == nil {
		return false
	}
	sel, ok := ast.Unparen(u.Call.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Close"
}

// unread reports a body that is closed before it is read to its end, wherever
// the function goes.
func (c *checker) unread(v *lifetimes.Value) {
	if c.drains || c.ends(v) {
		return
	}
	closed, decoded := false, false
	for _, u := range v.Uses {
		switch {
		case u.Op == lifetimes.Release && u.View && c.closes(u):
			closed = true
		case c.reading(u) == part:
			decoded = true
		default:
			return
		}
	}
	if !closed {
		return
	}
	f := rule.Finding{
		Pos:       v.Site.Pos(),
		End:       v.Site.End(),
		Tier:      rule.Suspected,
		Message:   "response body is closed unread: unless it is empty, its connection is closed with it, and the next request dials anew",
		Cause:     "closed unread",
		Primitive: v.New,
		Mend:      "read what is left before closing it: io.Copy(io.Discard, resp.Body), with a limit if it may be long",
	}
	if decoded {
		f.Message = "one value is decoded from the response body and what may follow it is left unread: its connection may be closed with it, and the next request dials anew"
		f.Cause = "closed after one value"
	}
	c.Report(f)
}
