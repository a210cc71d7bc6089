package benchcompare

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchproc"
	"golang.org/x/perf/benchunit"
)

// A run is what go test -bench printed.
type run struct {
	file       string
	benchmarks []*benchmark // in order of appearance
	config     map[string][]string
	problems   []Problem
	unfit      []string // reasons that benchmarks gave, each once
	described  bool     // a benchmark said what the machine is like
}

// A benchmark is all results of one.
type benchmark struct {
	key
	units  []string // in order of appearance
	values map[string][]float64
}

type key struct{ pkg, name string }

func (k key) String() string {
	if k.pkg == "" {
		return k.name
	}
	return k.pkg + "." + k.name
}

// A Problem is something that keeps a comparison from being whole.
type Problem struct {
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Text string `json:"text"`
	Mend string `json:"mend"`
}

func (p Problem) String() string {
	switch {
	case p.File == "":
		return p.Text
	case p.Line == 0:
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// A loader reads runs that are to be compared with each other.
type loader struct {
	filter   *benchproc.Filter
	rows     *benchproc.Projection
	pkg      *benchproc.Field
	name     *benchproc.Field
	metadata benchfmt.UnitMetadataMap // of all runs
}

func newLoader(filter string) (*loader, error) {
	f, err := benchproc.NewFilter(filter)
	if err != nil {
		return nil, fmt.Errorf("--filter: %w", err)
	}
	var parser benchproc.ProjectionParser
	rows, err := parser.Parse("pkg,.fullname", f)
	if err != nil {
		return nil, fmt.Errorf("grouping benchmarks: %w", err)
	}
	fields := rows.Fields()
	return &loader{filter: f, rows: rows, pkg: fields[0], name: fields[1], metadata: make(benchfmt.UnitMetadataMap)}, nil
}

// load reads a run. An error is one of reading; what is wrong in the text is a problem.
func (l *loader) load(file string, data []byte) (*run, error) {
	r := &run{file: file, config: make(map[string][]string)}
	byKey := make(map[key]*benchmark)
	reader := benchfmt.NewReader(bytes.NewReader(data), file)
	for reader.Scan() {
		switch rec := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			r.broken(rec)
		case *benchfmt.Result:
			if err := l.add(r, byKey, rec); err != nil {
				return nil, err
			}
		}
	}
	if err := reader.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			err = fmt.Errorf("%w: no line of a benchmark is that long", err)
		}
		return nil, fmt.Errorf("reading benchmarks: %w", err)
	}
	for k, v := range reader.Units() {
		l.metadata[k] = v
	}
	r.failures(data)
	if len(r.benchmarks) == 0 {
		r.empty(data)
	}
	return r, nil
}

func (r *run) broken(e *benchfmt.SyntaxError) {
	_, line := e.Pos()
	r.problems = append(r.problems, Problem{r.file, line, "this is no line of a benchmark: " + e.Msg,
		"what the program prints to standard output breaks the lines of package testing: have it print to standard error, and run again"})
}

func (l *loader) add(r *run, byKey map[key]*benchmark, rec *benchfmt.Result) error {
	match, err := l.filter.Match(rec)
	if err != nil {
		return fmt.Errorf("--filter: %w", err)
	}
	if !match.Any() {
		return nil
	}
	r.configure(rec)
	row := l.rows.Project(rec)
	k := key{row.Get(l.pkg), row.Get(l.name)}
	b := byKey[k]
	if b == nil {
		b = &benchmark{key: k, values: make(map[string][]float64)}
		byKey[k] = b
		r.benchmarks = append(r.benchmarks, b)
	}
	for i, v := range rec.Values {
		if !match.Test(i) && judged(tidy(v.Unit)) {
			continue // what explains the others stays
		}
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
			_, line := rec.Pos()
			r.problems = append(r.problems, Problem{r.file, line, fmt.Sprintf("%v %s is no measurement", v.Value, v.Unit), "look where the benchmark reports it: it divides by 0"})
			continue
		}
		// The reader leaves a value of 0 in the unit that it was written in.
		value, unit := benchunit.Tidy(v.Value, v.Unit)
		if _, ok := b.values[unit]; !ok {
			b.units = append(b.units, unit)
		}
		b.values[unit] = append(b.values[unit], value)
	}
	return nil
}

// median returns the median of a figure over all results of the run.
func (r *run) median(u string) (v float64, ok bool) {
	var all []float64
	for _, b := range r.benchmarks {
		all = append(all, b.values[u]...)
	}
	if len(all) == 0 {
		return 0, false
	}
	s := benchmath.NewSample(all, &benchmath.DefaultThresholds)
	return benchmath.AssumeNothing.Summary(s, Confidence).Center, true
}

// configure remembers what lines before a result say of it: each value that a key has had.
func (r *run) configure(rec *benchfmt.Result) {
	for _, c := range rec.Config {
		value := string(c.Value)
		if c.File && c.Key != "pkg" && !slices.Contains(r.config[c.Key], value) {
			r.config[c.Key] = append(r.config[c.Key], value)
		}
	}
	_, r.described = r.config["posture"]
}

// failure matches what go test prints when something went wrong, and what it says.
var failure = pattern.New(`^(--- FAIL: .*|FAIL\t.*|panic: .*|fatal error: .*|signal: .*|\*\*\* Test killed.*|SIG[A-Z]+: .*)$`)

// unfit matches what package bench says of a machine below the line of a benchmark.
var unfit = pattern.New(`^\s+\S+\.go:\d+: unfit: (.*)$`)

// failures looks for what benchfmt takes no notice of.
func (r *run) failures(data []byte) {
	n := 0
	for text := range strings.Lines(string(data)) {
		n++
		text = strings.TrimRight(text, "\r\n")
		if m := unfit.FindStringSubmatch(text); m != nil {
			r.unfitFor(m[1])
		}
		if failure.MatchString(text) {
			r.problems = append(r.problems, Problem{r.file, n, fmt.Sprintf("the run failed: %.200s", strings.ReplaceAll(text, "\t", " ")),
				"mend it, and run again: benchmarks behind it may be missing"})
		}
	}
}

// unfitFor remembers reasons without the figures in them, which differ from run to run.
func (r *run) unfitFor(reasons string) {
	for reason := range strings.SplitSeq(reasons, "; ") {
		if i := strings.LastIndex(reason, " for "); i > 0 {
			reason = reason[:i]
		}
		reason = figures.ReplaceAllString(reason, "…")
		if !slices.Contains(r.unfit, reason) {
			r.unfit = append(r.unfit, reason)
		}
	}
}

var figures = pattern.New(`[0-9.]+( %|[a-zµ]+)`)

// empty says why there may be no benchmark in a file.
func (r *run) empty(data []byte) {
	p := Problem{r.file, 0, "there is no benchmark in it", "it must hold what go test -run='^$' -bench=. -count=10 prints; see --filter too, if it was given"}
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte(`{"`)) {
		p.Mend = "it looks like the output of go test -json: run it without -json"
	}
	r.problems = append(r.problems, p)
}

// A Difference is a setting of the machine or the build that is not the same in both runs.
type Difference struct {
	Key string `json:"key"`
	Old string `json:"old"`
	New string `json:"new"`
}

// differences returns what both runs say, and do not say the same of.
func differences(old, new *run) []Difference {
	var all []Difference
	for _, k := range slices.Sorted(maps.Keys(old.config)) {
		if now, ok := new.config[k]; ok && !slices.Equal(slices.Sorted(slices.Values(old.config[k])), slices.Sorted(slices.Values(now))) {
			all = append(all, Difference{k, strings.Join(old.config[k], " | "), strings.Join(now, " | ")})
		}
	}
	return all
}
