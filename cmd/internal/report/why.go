package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// Why prints what makes functions hot and reachable from request roots, paths
// relative to those of r.
func Why(w io.Writer, r *Report, hs []finding.Heat, color bool) error {
	p := &printer{bufio.NewWriter(w), r, color}
	for _, h := range hs {
		p.heat(h)
	}
	for _, problem := range r.Problems {
		p.problem(problem)
	}
	if err := p.Flush(); err != nil {
		return fmt.Errorf("printing what makes functions hot: %w", err)
	}
	return nil
}

func (p *printer) heat(h finding.Heat) {
	fmt.Fprintf(p, "%s%s\n", p.head(h.Start), p.paint(bold, h.Func))
	if h.Hot == nil {
		fmt.Fprintln(p, "    nothing says that it is hot")
	} else {
		p.reason("hot", h.Hot.Detail, h.Start.File, h.Hot.Via)
	}
	if h.Root == nil {
		fmt.Fprintln(p, "    no request root is known to reach it")
	} else {
		p.reason("runs for a request", h.Root.Detail, h.Start.File, h.Root.Via)
	}
}

func (p *printer) reason(what, detail, file string, via []finding.Step) {
	fmt.Fprintf(p, "    %s %s\n", p.paint(yellow, what+":"), detail)
	p.steps(file, "        ", via)
}
