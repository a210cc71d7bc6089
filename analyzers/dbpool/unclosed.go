package dbpool

import (
	"go/ast"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/edit"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

// A leak is what is said of a resource of some kind that is lost.
type leak struct {
	message, cause, leaves, mend string
	release                      string // what the fix defers, of one of package database/sql
}

var leaks = map[*lifetimes.Kind]leak{
	lifetimes.Rows: {
		message: "rows are not closed on some path: the connection they are read from stays taken until the context ends, or for ever, and once all are taken every query waits",
		cause:   "rows not closed on a path",
		leaves:  "returns without closing the rows",
		mend:    "defer rows.Close() after the error check; a statement that returns no rows is for Exec",
		release: "Close",
	},
	lifetimes.Stmt: {
		message: "prepared statement is not closed on some path: each call leaves one behind, in the pool and in the database",
		cause:   "statement not closed on a path",
		leaves:  "returns without closing the statement",
		mend:    "defer stmt.Close() after the error check, or prepare it once and keep it",
		release: "Close",
	},
	lifetimes.Tx: {
		message: "transaction is neither committed nor rolled back on some path: its connection and its locks stay taken until the context ends, or for ever",
		cause:   "transaction left open on a path",
		leaves:  "returns without Commit or Rollback",
		mend:    "defer tx.Rollback() after the error check: after Commit it does nothing",
		release: "Rollback",
	},
}

// maxSteps is how many ways out are shown.
const maxSteps = 3

// unclosed reports rows, a statement or a transaction that is lost on some path.
func (c *checker) unclosed(v *lifetimes.Value) {
	if v.Kind == lifetimes.Stmt && c.inTransaction(v) {
		return // it is closed with the transaction
	}
	paths := c.lives.Lost(v)
	if len(paths) == 0 {
		return
	}
	l := leaks[v.Kind]
	f := rule.Finding{
		Pos:       v.Site.Pos(),
		End:       v.Site.End(),
		Tier:      rule.Likely,
		Message:   l.message,
		Cause:     l.cause,
		Primitive: v.New,
		Mend:      l.mend,
		Fixes:     c.fixes(v, l),
	}
	if modules.Commands(c.Pkg) || c.lives.Origin(v.Func, true).Process {
		f.Tier = rule.Suspected // once for the process, which may well end then
	}
	for _, p := range paths[:min(len(paths), maxSteps)] {
		step := rule.Step{Pos: p.Return, Text: l.leaves}
		if p.Replaced.IsValid() {
			step = rule.Step{Pos: p.Replaced, Text: "is where the next one takes its place"}
		}
		f.Chain = append(f.Chain, step)
	}
	c.Report(f)
}

// inTransaction reports whether v was prepared by a transaction.
func (c *checker) inTransaction(v *lifetimes.Value) bool {
	sel, ok := ast.Unparen(v.Site.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	return strings.HasSuffix(typeName(c.TypesInfo.TypeOf(sel.X)), ".Tx")
}

func (c *checker) fixes(v *lifetimes.Value, l leak) []analysis.SuggestedFix {
	name, check := c.lives.Checked(v)
	if check == nil || !strings.HasPrefix(v.New, "(*database/sql.") {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message:   "Defer " + name + "." + l.release,
		TextEdits: []analysis.TextEdit{edit.After(c.Fset, c.File(check.Pos()), check, "defer "+name+"."+l.release+"()")},
	}}
}
