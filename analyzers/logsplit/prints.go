package logsplit

import (
	"fmt"
	"strings"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/telemetry"
)

// prints reports what f, which runs for requests, prints past the program's logger.
func (c *checker) prints(f *funcs.Func, root *hotpath.Root) {
	for _, call := range f.Out {
		what, tier := c.printed(call)
		if what == "" {
			continue
		}
		r := rule.Finding{
			Pos: call.Site.Pos(), End: call.Site.End(),
			Tier:      tier,
			Cause:     "unstructured print",
			Primitive: what,
			Message:   fmt.Sprintf("%s on the way of a request (%s) writes a line that no level turns off and nothing can be searched by: under load every request waits for the same file, and the line says of none which it was of", what, root.Detail),
			Mend:      "log it with keys and a level (slog.DebugContext), or remove it",
		}
		for _, s := range root.Via {
			r.Chain = append(r.Chain, rule.Step{Pos: s.Pos, Text: s.Text})
		}
		c.Report(r)
	}
}

// printed says what the call prints with, if it prints without structure, and how
// sure it is that this is not what the program means to do.
func (c *checker) printed(call *funcs.Call) (what string, tier rule.Tier) {
	if call.Func == nil || call.Func.Pkg() == nil {
		return "", ""
	}
	name := call.FullName()
	switch {
	case name == "fmt.Print" || name == "fmt.Printf" || name == "fmt.Println":
		// Where the package has a logger it is a leftover; else it may be all there is.
		if telemetry.Structured(c.Pkg) {
			return name, rule.Likely
		}
		return name, rule.Suspected
	case strings.HasPrefix(name, "log.Print") && telemetry.Structured(c.Pkg):
		return name, rule.Suspected
	}
	return "", ""
}
