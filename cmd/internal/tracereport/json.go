package tracereport

import (
	"io"
	"path/filepath"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// jsonVersion is the version of the format. Fields may be added without a new one; a
// field that goes or changes its meaning makes a new one.
const jsonVersion = 1

// A document is a report as docs/trace.schema.json has it. Times are nanoseconds, those
// of moments on the clock of the trace.
type document struct {
	Version  int           `json:"version"`
	Tool     jsonTool      `json:"tool"`
	Source   string        `json:"source"`
	Trace    jsonTrace     `json:"trace"`
	Kernel   *jsonKernel   `json:"kernel,omitempty"`
	Groups   []jsonGroup   `json:"groups"`
	Problems []jsonProblem `json:"problems"`
	Failures []jsonFailure `json:"failures"`
	Notes    []string      `json:"notes"`
	Findings []jsonFinding `json:"findings"`
	Limits   []jsonLimit   `json:"limits"`
	// Stacks are those that causes and intervals name by their numbers, counted from 0,
	// and themselves of numbers of Frames, the innermost first.
	Stacks [][]int     `json:"stacks"`
	Frames []jsonFrame `json:"frames"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
}

type jsonTrace struct {
	Go          string     `json:"go"`
	Start       int64      `json:"start_ns"`
	End         int64      `json:"end_ns"`
	Wall        *time.Time `json:"wall,omitempty"`
	Events      int64      `json:"events"`
	Generations int        `json:"generations"`
	Goroutines  int        `json:"goroutines"`
	Procs       int        `json:"procs"`
	Cut         string     `json:"cut,omitempty"`
}

type jsonKernel struct {
	Samples   int   `json:"samples"`
	Interval  int64 `json:"interval_ns"`
	Throttled int64 `json:"throttled_ns"`
	RunQueue  int64 `json:"run_queue_ns"`
	Covered   int64 `json:"covered_ns"`
}

type jsonGroup struct {
	Kind      trace.Kind  `json:"kind"`
	Name      string      `json:"name"`
	Why       string      `json:"why"`
	Count     int64       `json:"count"`
	Total     int64       `json:"total_ns"`
	OpenStart int64       `json:"open_start"`
	OpenEnd   int64       `json:"open_end"`
	Slack     int64       `json:"slack_ns"`
	Slices    []jsonSlice `json:"slices"`
	Slowest   []jsonSpan  `json:"slowest"`
}

type jsonSlice struct {
	Name       string      `json:"name"`
	Percentile float64     `json:"percentile"`
	Latency    int64       `json:"latency_ns"`
	Count      int64       `json:"count"`
	Time       int64       `json:"time_ns"`
	Parts      []jsonPart  `json:"parts"`
	Kernel     []jsonPart  `json:"kernel"`
	Causes     []jsonCause `json:"causes"`
	Findings   []jsonBlame `json:"findings"`
}

type jsonPart struct {
	Component trace.Component `json:"component"`
	Time      int64           `json:"time_ns"`
}

type jsonCause struct {
	Component trace.Component `json:"component"`
	Time      int64           `json:"time_ns"`
	Count     int64           `json:"count"`
	Stack     *int            `json:"stack,omitempty"`
	Behind    []jsonCause     `json:"behind"`
	External  string          `json:"external,omitempty"`
	Role      string          `json:"role,omitempty"`
	Findings  []int           `json:"findings,omitempty"` // numbers of findings
}

type jsonBlame struct {
	Finding int     `json:"finding"`
	Time    int64   `json:"time_ns"`
	Share   float64 `json:"share"`
}

type jsonSpan struct {
	Start     int64          `json:"start_ns"`
	End       int64          `json:"end_ns"`
	Goroutine int64          `json:"goroutine,omitempty"`
	Parts     []jsonPart     `json:"parts"`
	Kernel    []jsonPart     `json:"kernel"`
	Causes    []jsonCause    `json:"causes"`
	Timeline  []jsonInterval `json:"timeline"`
}

type jsonInterval struct {
	Start     int64           `json:"start_ns"`
	End       int64           `json:"end_ns"`
	Component trace.Component `json:"component"`
	By        int64           `json:"by,omitempty"`
	Stack     *int            `json:"stack,omitempty"`
}

type jsonProblem struct {
	Code  string `json:"code"`
	Text  string `json:"text"`
	Count int64  `json:"count,omitempty"`
}

type jsonFailure struct {
	Message string `json:"message"`
	Remedy  string `json:"remedy,omitempty"`
}

type jsonFinding struct {
	Rule        string `json:"rule"`
	Message     string `json:"message"`
	File        string `json:"file"`
	Line        int    `json:"line"`
	Column      int    `json:"column,omitempty"`
	Func        string `json:"func,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
	Silenced    string `json:"silenced,omitempty"`
}

type jsonLimit struct {
	Kind       trace.Kind `json:"kind,omitempty"`
	Group      string     `json:"group"`
	Percentile string     `json:"percentile"`
	Most       int64      `json:"most_ns"`
	Is         int64      `json:"is_ns"`
	Exceeded   bool       `json:"exceeded"`
}

type jsonFrame struct {
	Function string `json:"function"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
}

// JSON writes the report as one JSON object. The same trace gives the same bytes.
func JSON(w io.Writer, r *Report) error {
	m := &jsonMaker{report: r, ofFrame: make(map[trace.Frame]int), ofStack: make(map[string]int)}
	d := document{
		Version: jsonVersion, Tool: toolOf(r.Tool), Source: r.Source, Trace: traceOf(r.Trace), Kernel: kernelOf(r.Kernel),
		Groups:   output.Mapped(r.Groups, m.group),
		Problems: output.Mapped(r.Problems, func(p trace.Problem) jsonProblem { return jsonProblem{p.Code, p.Text, p.N} }),
		Failures: output.Mapped(r.Failures, func(p finding.Problem) jsonFailure { return jsonFailure{p.Message, p.Remedy} }),
		Notes:    append([]string{}, r.Notes...),
		Findings: output.Mapped(r.Findings, newJSONFinding),
		Limits:   output.Mapped(r.Limits, newJSONLimit),
	}
	d.Stacks, d.Frames = append([][]int{}, m.stacks...), append([]jsonFrame{}, m.frames...)
	return output.JSON(w, d)
}

func toolOf(t report.Tool) jsonTool { return jsonTool{"lagvet", t.Version, t.Commit, t.Go} }

func traceOf(t trace.Info) jsonTrace {
	out := jsonTrace{
		Go: t.Go, Start: int64(t.Start), End: int64(t.End), Events: t.Events, Generations: t.Generations,
		Goroutines: t.Goroutines, Procs: t.Procs, Cut: t.Cut,
	}
	if !t.Wall.IsZero() {
		wall := t.Wall.UTC()
		out.Wall = &wall
	}
	return out
}

func kernelOf(k *trace.Kernel) *jsonKernel {
	if k == nil {
		return nil
	}
	return &jsonKernel{k.Samples, int64(k.Interval), int64(k.Throttled), int64(k.RunQueue), int64(k.Covered)}
}

// A jsonMaker numbers the stacks of a report, and their frames, in the order in which
// they are met.
type jsonMaker struct {
	report  *Report
	ofFrame map[trace.Frame]int
	ofStack map[string]int
	frames  []jsonFrame
	stacks  [][]int
}

// stack returns the number of a stack, nil if it is empty.
func (m *jsonMaker) stack(stack []trace.Frame) *int {
	if len(stack) == 0 {
		return nil
	}
	key := PlaceOf("", stack)
	n, ok := m.ofStack[key]
	if !ok {
		n = len(m.stacks)
		m.ofStack[key] = n
		m.stacks = append(m.stacks, output.Mapped(stack, m.frame))
	}
	return &n
}

func (m *jsonMaker) frame(f trace.Frame) int {
	n, ok := m.ofFrame[f]
	if !ok {
		n = len(m.frames)
		m.ofFrame[f] = n
		m.frames = append(m.frames, jsonFrame{f.Function, filepath.ToSlash(f.File), f.Line})
	}
	return n
}

func (m *jsonMaker) group(g trace.Group) jsonGroup {
	return jsonGroup{
		Kind: g.Kind, Name: g.Name, Why: m.report.Sentence(&g), Count: g.Count, Total: int64(g.Total), OpenStart: g.OpenStart, OpenEnd: g.OpenEnd,
		Slack: int64(g.Slack), Slices: output.Mapped(g.Slices, m.slice), Slowest: output.Mapped(g.Slowest, m.span),
	}
}

func (m *jsonMaker) slice(s trace.Slice) jsonSlice {
	return jsonSlice{
		Name: s.Name, Percentile: s.Percentile, Latency: int64(s.Latency), Count: s.Count, Time: int64(s.Time),
		Parts: output.Mapped(s.Parts, newJSONPart), Kernel: output.Mapped(s.Kernel, newJSONPart), Causes: output.Mapped(s.Causes, m.cause),
		Findings: output.Mapped(m.report.Blames(s.Causes), func(b Blame) jsonBlame {
			return jsonBlame{b.Finding, int64(b.Time), share(b.Time, s.Time)}
		}),
	}
}

func newJSONPart(p trace.Part) jsonPart { return jsonPart{p.Component, int64(p.Time)} }

func (m *jsonMaker) cause(c trace.Cause) jsonCause {
	return jsonCause{
		Component: c.Component, Time: int64(c.Time), Count: c.Count, Stack: m.stack(c.Stack), Behind: output.Mapped(c.Behind, m.cause),
		External: c.External, Role: c.Role, Findings: m.report.findingsOf(c),
	}
}

func (m *jsonMaker) span(s trace.Span) jsonSpan {
	return jsonSpan{
		Start: int64(s.Start), End: int64(s.End), Goroutine: s.Goroutine, Parts: output.Mapped(s.Parts, newJSONPart),
		Kernel: output.Mapped(s.Kernel, newJSONPart), Causes: output.Mapped(s.Causes, m.cause),
		Timeline: output.Mapped(s.Timeline, func(i trace.Interval) jsonInterval {
			return jsonInterval{int64(i.Start), int64(i.End), i.Component, i.By, m.stack(i.Stack)}
		}),
	}
}

func newJSONFinding(f Finding) jsonFinding {
	return jsonFinding{f.Rule, f.Message, filepath.ToSlash(f.Start.File), f.Start.Line, f.Start.Column, f.Func, f.Fingerprint, f.Silenced}
}

func newJSONLimit(l Limit) jsonLimit {
	return jsonLimit{l.Kind, l.Group, l.Percentile, int64(l.Most), int64(l.Is), l.Exceeded()}
}
