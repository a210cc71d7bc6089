package report

import (
	"io"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/output"
)

// jsonVersion is the version of the format. Fields may be added without a new
// one; a field that goes or changes its meaning makes a new one.
const jsonVersion = 1

type jsonReport struct {
	Version  int           `json:"version"`
	Tool     jsonTool      `json:"tool"`
	Root     string        `json:"root"`
	Findings []jsonFinding `json:"findings"`
	Silenced []jsonFinding `json:"silenced"`
	Problems []jsonProblem `json:"problems"`
	Notes    []jsonNote    `json:"notes"`
	Assumed  []jsonAssumed `json:"assumed"`
	HotKnown bool          `json:"hot_known"`
	Counts   jsonCounts    `json:"counts"`
	Gate     *jsonGate     `json:"gate,omitempty"`
	Timings  *jsonTimings  `json:"timings,omitempty"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
}

type jsonAssumed struct {
	jsonPlace
	Func    string   `json:"func"`
	Effects []string `json:"effects"`
	Reason  string   `json:"reason"`
}

type jsonCounts struct {
	Findings         int `json:"findings"`
	Packages         int `json:"packages"`
	PackagesFindings int `json:"packages_with_findings"`
	Allowed          int `json:"allowed"`
	Excluded         int `json:"excluded"`
	Assumed          int `json:"assumed"`
	Waiting          int `json:"waiting"`
	Hidden           int `json:"hidden"`
	Problems         int `json:"problems"`
}

type jsonPlace struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

type jsonStep struct {
	jsonPlace
	Text string `json:"text"`
}

type jsonFinding struct {
	Rule     string `json:"rule"`
	Message  string `json:"message"`
	Severity string `json:"severity"`
	Tier     string `json:"tier"`
	Class    string `json:"class,omitempty"`
	jsonPlace
	EndLine     int           `json:"end_line,omitempty"`
	EndColumn   int           `json:"end_column,omitempty"`
	Package     string        `json:"package"`
	Func        string        `json:"func,omitempty"`
	Fault       string        `json:"fault,omitempty"`
	Cause       string        `json:"cause,omitempty"`
	Primitive   string        `json:"primitive,omitempty"`
	Hot         *jsonHot      `json:"hot,omitempty"`
	Evidence    *jsonEvidence `json:"evidence,omitempty"`
	Chain       []jsonStep    `json:"chain,omitempty"`
	Mend        string        `json:"mend,omitempty"`
	Fixes       []jsonFix     `json:"fixes,omitempty"`
	URL         string        `json:"url,omitempty"`
	Fingerprint string        `json:"fingerprint"`
	Silenced    *jsonSilenced `json:"silenced_by,omitempty"`
}

type jsonHot struct {
	Source string     `json:"source"`
	Detail string     `json:"detail"`
	Share  float64    `json:"share,omitempty"`
	Via    []jsonStep `json:"via,omitempty"`
}

type jsonEvidence struct {
	Status   string        `json:"status"` // confirmed or not observed
	Weight   float64       `json:"weight"`
	Measures []jsonMeasure `json:"measures"`
}

type jsonMeasure struct {
	Source string  `json:"source"`
	Kind   string  `json:"kind"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Share  float64 `json:"share"`
	AtLine bool    `json:"at_line"`
	Text   string  `json:"text"`
}

// evidenceOf returns what was measured, or nil.
func evidenceOf(e *finding.Evidence) *jsonEvidence {
	if e == nil {
		return nil
	}
	return &jsonEvidence{e.Status, e.Weight, output.Mapped(e.Measures, func(m finding.Measure) jsonMeasure {
		return jsonMeasure{m.Source, m.Kind, m.Value, m.Unit, m.Share, m.Line, m.Text}
	})}
}

type jsonFix struct {
	Message string     `json:"message"`
	Edits   []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

type jsonSilenced struct {
	By string `json:"by"` // allow or exclude
	jsonPlace
	Reason string `json:"reason"`
}

type jsonProblem struct {
	jsonPlace
	Message string `json:"message"`
	Remedy  string `json:"remedy,omitempty"`
}

type jsonNote struct {
	jsonPlace
	Message string `json:"message"`
}

type jsonTimings struct {
	Clock    string     `json:"clock"`
	Seconds  float64    `json:"seconds"`
	Analysed int        `json:"analysed"`
	Asked    int        `json:"asked"`
	Cached   int        `json:"cached"`
	Parts    []jsonPart `json:"parts"`
}

type jsonPart struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"` // rule, foundation or other
	Seconds  float64  `json:"seconds"`
	Share    float64  `json:"share"`
	Packages int      `json:"packages"`
	Rules    []string `json:"rules,omitempty"`
}

// timingsOf returns what the analysis took, or nil.
func timingsOf(t *finding.Timings) *jsonTimings {
	if t == nil {
		return nil
	}
	return &jsonTimings{t.Clock, t.Total.Seconds(), t.Analysed, t.Asked, t.Cached, output.Mapped(t.Parts, func(p finding.Part) jsonPart {
		return jsonPart{p.Name, p.Kind, p.Own.Seconds(), share(p.Own, t.Total), p.Packages, p.Rules}
	})}
}

// JSON writes r as one JSON object. The format is described in docs/json.md.
func JSON(w io.Writer, r *Report) error {
	allowed, excluded := r.silenced()
	out := jsonReport{
		Version:  jsonVersion,
		Tool:     jsonTool{Name: "lagvet", Version: r.Tool.Version, Commit: r.Tool.Commit, Go: r.Tool.Go},
		Root:     r.Root,
		Findings: output.Mapped(r.Findings, r.jsonFinding),
		Silenced: output.Mapped(r.Silenced, r.jsonFinding),
		Problems: output.Mapped(r.Problems, func(p finding.Problem) jsonProblem {
			return jsonProblem{r.jsonPlace(p.Place), p.Message, p.Remedy}
		}),
		Notes: output.Mapped(r.Notes, func(n Note) jsonNote {
			return jsonNote{r.jsonPlace(n.Place), n.Message}
		}),
		Assumed: output.Mapped(r.Assumed, func(a finding.Assumption) jsonAssumed {
			return jsonAssumed{r.jsonPlace(a.Place), a.Func, append([]string{}, a.Effects...), a.Reason}
		}),
		HotKnown: r.HotKnown,
		Counts: jsonCounts{
			Findings:         len(r.Findings),
			Packages:         r.Packages,
			PackagesFindings: r.failing(),
			Allowed:          allowed,
			Excluded:         excluded,
			Assumed:          len(r.Assumed),
			Waiting:          r.Waiting,
			Hidden:           r.Hidden,
			Problems:         len(r.Problems),
		},
		Gate:    r.jsonGate(),
		Timings: timingsOf(r.Timings),
	}
	return output.JSON(w, out)
}

func (r *Report) jsonPlace(p finding.Place) jsonPlace {
	if p.File == "" {
		return jsonPlace{}
	}
	file, _ := r.rooted(p.File)
	return jsonPlace{file, p.Line, p.Column}
}

func (r *Report) jsonSteps(steps []finding.Step) []jsonStep {
	return output.Mapped(steps, func(s finding.Step) jsonStep { return jsonStep{r.jsonPlace(s.Place), s.Text} })
}

func (r *Report) jsonFinding(f finding.Finding) jsonFinding {
	out := jsonFinding{
		Rule:        f.Rule,
		Message:     f.Message,
		Severity:    f.Severity,
		Tier:        f.Tier,
		Class:       f.Class,
		jsonPlace:   r.jsonPlace(f.Start),
		EndLine:     f.End.Line,
		EndColumn:   f.End.Column,
		Package:     f.Package,
		Func:        f.Func,
		Fault:       f.Fault,
		Cause:       f.Cause,
		Primitive:   f.Primitive,
		Chain:       r.jsonSteps(f.Chain),
		Mend:        f.Mend,
		Fixes:       output.Mapped(f.Fixes, r.jsonFix),
		Evidence:    evidenceOf(f.Evidence),
		URL:         f.URL,
		Fingerprint: f.Fingerprint,
	}
	out.Hot = r.jsonHot(f.Hot)
	if by, why := silencer(f); why != nil {
		out.Silenced = &jsonSilenced{by, r.jsonPlace(why.Place), why.Reason}
	}
	return out
}

func (r *Report) jsonHot(h *finding.Hot) *jsonHot {
	if h == nil {
		return nil
	}
	return &jsonHot{h.Source, h.Detail, h.Share, r.jsonSteps(h.Via)}
}

// silencer returns what silences f, an allow or an exclude, and its reason.
func silencer(f finding.Finding) (by string, why *finding.Allowed) {
	switch {
	case f.Allowed != nil:
		return "allow", f.Allowed
	case f.Excluded != nil:
		return "exclude", f.Excluded
	}
	return "", nil
}

func (r *Report) jsonFix(f finding.Fix) jsonFix {
	return jsonFix{f.Message, output.Mapped(f.Edits, func(e finding.Edit) jsonEdit {
		file, _ := r.rooted(e.File)
		return jsonEdit{file, e.Start, e.End, e.New}
	})}
}
