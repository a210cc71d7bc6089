package remote

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path"
	"runtime/metrics"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// A pageOfMetrics is what a service exports in the format of Prometheus, which is
// fetched once in each look.
type pageOfMetrics struct {
	client *client

	fetched  bool
	families map[string]*dto.MetricFamily
	err      error
}

// Refresh makes the next Read fetch the page anew.
func (p *pageOfMetrics) Refresh() { p.fetched, p.families, p.err = false, nil, nil }

// Read implements [target.Metrics].
func (p *pageOfMetrics) Read(ctx context.Context, names ...string) (map[string]target.Metric, error) {
	p.fetch(ctx)
	if p.err != nil {
		return nil, p.err
	}
	read := make(map[string]target.Metric)
	for _, name := range names {
		if m, ok := p.find(name); ok {
			read[name] = m
		}
	}
	return read, nil
}

func (p *pageOfMetrics) fetch(ctx context.Context) {
	if p.fetched {
		return
	}
	p.fetched = true
	// Text, since its reader can be bounded; OpenMetrics from who has nothing else.
	b, err := p.client.get(ctx, p.client.metrics, "text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.5")
	if err != nil {
		p.err = err
		return
	}
	if p.families, p.err = parsePage(b); p.err != nil {
		p.err = fmt.Errorf("%s: %w", p.client.metrics.Redacted(), p.err)
	}
}

// Source implements [target.Metrics].
func (p *pageOfMetrics) Source(name string) string {
	exported, _ := exportedName(name)
	return p.client.metrics.Redacted() + " " + exported
}

// exportedName returns the name under which client_golang exports a metric of package
// runtime/metrics, but for the "_total" of counters: see RuntimeMetricsToProm there, and
// the documentation of collectors.WithGoCollectorRuntimeMetrics.
func exportedName(name string) (string, bool) {
	key, unit, ok := strings.Cut(name, ":")
	if !ok || strings.Contains(unit, ":") || !strings.HasPrefix(key, "/") || strings.Count(key, "/") < 2 {
		return "", false
	}
	underscores := strings.NewReplacer("/", "_", "-", "_")
	subsystem := underscores.Replace(path.Dir(key[1:]))
	unit = strings.NewReplacer("-", "_", "*", "_", "/", "_per_").Replace(unit)
	exported := "go_" + subsystem + "_" + strings.ReplaceAll(path.Base(key), "-", "_") + "_" + unit
	return exported, model.LegacyValidation.IsValidMetricName(exported)
}

// others are metrics that every Go collector exports under a name of their own.
var others = map[string]string{"/sched/goroutines:goroutines": "go_goroutines"}

func (p *pageOfMetrics) find(name string) (target.Metric, bool) {
	exported, ok := exportedName(name)
	if !ok {
		return target.Metric{}, false
	}
	for _, n := range []string{exported + "_total", exported, others[name]} {
		if m, ok := metricOf(p.families[n]); ok {
			return m, true
		}
	}
	return target.Metric{}, false
}

// metricOf returns the metric of a family. There is one if the page is of one process;
// of a page that collects those of many, none can be told to be the right one.
func metricOf(f *dto.MetricFamily) (target.Metric, bool) {
	if len(f.GetMetric()) != 1 {
		return target.Metric{}, false
	}
	m := f.GetMetric()[0]
	if h := m.GetHistogram(); h != nil {
		converted, ok := histogramOf(h)
		return target.Metric{Histogram: converted}, ok
	}
	v := math.NaN()
	switch {
	case m.Counter != nil:
		v = m.Counter.GetValue()
	case m.Gauge != nil:
		v = m.Gauge.GetValue()
	case m.Untyped != nil:
		v = m.Untyped.GetValue()
	}
	return target.Metric{Number: v}, !math.IsNaN(v)
}

// histogramOf undoes what client_golang does to a histogram of the runtime: buckets
// count what is in the ones before them too, and end just below the next one's begin.
func histogramOf(h *dto.Histogram) (*metrics.Float64Histogram, bool) {
	out := &metrics.Float64Histogram{Buckets: []float64{math.Inf(-1)}}
	var below uint64
	add := func(end float64, count uint64) bool {
		last := out.Buckets[len(out.Buckets)-1]
		if math.IsNaN(end) || end <= last || count < below {
			return false
		}
		out.Buckets = append(out.Buckets, end)
		out.Counts = append(out.Counts, count-below)
		below = count
		return true
	}
	for _, b := range h.GetBucket() {
		if !add(math.Nextafter(b.GetUpperBound(), math.Inf(1)), b.GetCumulativeCount()) {
			return nil, false
		}
	}
	if !math.IsInf(out.Buckets[len(out.Buckets)-1], 1) && !add(math.Inf(1), h.GetSampleCount()) {
		return nil, false
	}
	return out, true
}

// Bounds of what is kept of a page: the lines of the Go collector have some hundred
// bytes each, and are some hundred.
const (
	longest  = 4096
	mostKept = 4 << 20
)

// startTime is when the process was started, in seconds since 1970.
const startTime = "process_start_time_seconds"

// parsePage reads those metrics of a page that are of the Go runtime. What else is
// there, and how much of it, is of no matter.
func parsePage(b body) (map[string]*dto.MetricFamily, error) {
	if b.media != "text/plain" && b.media != "application/openmetrics-text" {
		return nil, fmt.Errorf("it answers with %.80q, not with metrics in the text format of Prometheus", b.media)
	}
	kept, err := relevant(b.data)
	if err != nil {
		return nil, err
	}
	if len(kept) == 0 {
		return nil, errors.New("there are no metrics of a Go collector on the page: it is of something else, or exports none")
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(kept))
	if err != nil {
		return nil, fmt.Errorf("its metrics cannot be understood: %w", err)
	}
	return families, nil
}

// relevant returns the lines about the Go runtime in the text format. Of OpenMetrics it
// takes off what the reader of that format does not know: time stamps with fractions,
// and examples. Types are needed of histograms alone, and OpenMetrics gives a counter
// and a gauge of one name two of them.
func relevant(data []byte) ([]byte, error) {
	var kept bytes.Buffer
	samples := 0
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for lines.Scan() {
		line := lines.Text()
		rest, isType := strings.CutPrefix(line, "# TYPE ")
		switch {
		case len(line) > longest, !strings.HasPrefix(rest, "go_") && !strings.HasPrefix(rest, startTime):
			continue
		case isType:
			fields := strings.Fields(rest)
			if len(fields) != 2 || fields[1] != "histogram" {
				continue
			}
		default:
			line = sample(line)
			samples++
		}
		if kept.WriteString(line + "\n"); kept.Len() > mostKept {
			return nil, fmt.Errorf("there are more than %d bytes of metrics of Go collectors on the page: name that of one process", mostKept)
		}
	}
	if samples == 0 {
		return nil, lines.Err()
	}
	return kept.Bytes(), lines.Err()
}

// sample returns the name, the labels and the value of a line, without what follows.
func sample(line string) string {
	quoted, braces := false, 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			braces++
		case c == '}':
			braces--
		case c == ' ' && braces <= 0:
			value, _, _ := strings.Cut(strings.TrimLeft(line[i:], " "), " ")
			return line[:i] + " " + value
		}
	}
	return line
}
