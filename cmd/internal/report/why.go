package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// An Answer is what is known of one function that the user asked about.
type Answer struct {
	Func    string
	Start   finding.Place
	Heat    *finding.Heat // nil if it has no body that could be hot
	Known   bool          // whether its effects are known
	Effects []finding.Effect
	Kind    string // the one kind of effect that was asked about, or empty
}

// Why prints what makes functions hot and reachable from request roots, and what
// they may do to latency, paths relative to those of r.
func Why(w io.Writer, r *Report, answers []Answer, color bool) error {
	p := &printer{bufio.NewWriter(w), r, color}
	for _, a := range answers {
		p.answer(a)
	}
	for _, problem := range r.Problems {
		p.problem(problem)
	}
	if err := p.Flush(); err != nil {
		return fmt.Errorf("printing what is known of functions: %w", err)
	}
	return nil
}

func (p *printer) answer(a Answer) {
	fmt.Fprintf(p, "%s%s\n", p.head(a.Start), p.paint(bold, a.Func))
	if h := a.Heat; h != nil {
		p.heat(*h)
	}
	if !a.Known {
		return
	}
	switch {
	case len(a.Effects) == 0 && a.Kind == "":
		fmt.Fprintln(p, "    does nothing that costs latency: no effects")
	case len(a.Effects) == 0:
		fmt.Fprintf(p, "    no effect: %s\n", a.Kind)
	}
	for _, e := range a.Effects {
		fmt.Fprintf(p, "    %s\n", p.paint(yellow, e.Kind)+qualities(e))
		p.steps(a.Start.File, "        ", calls(e.Chain))
	}
}

// qualities says what is to be known of an effect beside its kind.
func qualities(e finding.Effect) string {
	text := ""
	if e.Certainty != "" {
		text += ", " + e.Certainty
	}
	if e.Cold {
		text += ", on a cold branch only"
	}
	if e.ByCaller {
		text += ", in calling what its caller gave it"
	}
	if len(e.Chain) == 0 && e.Stated != "" {
		text += ": " + e.Stated
	}
	return text
}

func calls(chain []finding.Call) []finding.Step {
	var steps []finding.Step
	for _, c := range chain {
		steps = append(steps, finding.Step{Place: c.Place, Text: c.Func})
		if c.Omitted > 0 {
			steps = append(steps, finding.Step{Text: fmt.Sprintf("… %s left out", count(c.Omitted, "step"))})
		}
	}
	return steps
}

func (p *printer) heat(h finding.Heat) {
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

// WhyJSON prints what functions may do to latency: an array with an object for
// each function.
func WhyJSON(w io.Writer, answers []Answer) error {
	type call struct {
		Func string `json:"func"`
		Pos  string `json:"pos"` // file:line:column
	}
	type effect struct {
		Kind  string `json:"kind"`
		Cold  bool   `json:"cold"`
		Chain []call `json:"chain"`
	}
	type function struct {
		Func    string   `json:"func"`
		Effects []effect `json:"effects"`
	}
	fs := []function{}
	for _, a := range answers {
		f := function{Func: a.Func, Effects: []effect{}}
		for _, e := range a.Effects {
			out := effect{Kind: e.Kind, Cold: e.Cold, Chain: []call{}}
			for _, c := range e.Chain {
				out.Chain = append(out.Chain, call{c.Func, position(c.Place)})
			}
			f.Effects = append(f.Effects, out)
		}
		fs = append(fs, f)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(fs); err != nil {
		return fmt.Errorf("printing what is known of functions: %w", err)
	}
	return nil
}

func position(p finding.Place) string {
	if p.Line == 0 {
		return p.File
	}
	return posn(p.File, p)
}
