package telemetry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A reference is a metric that a dashboard or rule names.
type reference struct {
	metric string
	verdict.Place
}

// dashboards reads Grafana's dashboards: JSON with queries of Prometheus's.
func (r *Result) dashboards(t *tree.Tree) {
	for _, name := range t.Files() {
		if !strings.HasSuffix(name, ".json") || !ofDashboards(name) || notDeployed(name) {
			continue
		}
		data, err := t.Read(name)
		if err != nil {
			r.problem(name, 0, 0, err.Error())
			continue
		}
		if !bytes.Contains(data, []byte(`"expr"`)) {
			continue
		}
		d := &dashboard{Result: r, name: name, data: data, dec: json.NewDecoder(bytes.NewReader(data))}
		d.dec.UseNumber()
		if err := d.value("", nil); err != nil {
			r.problem(name, d.line(), 0, "it is no JSON: "+err.Error())
			continue
		}
		r.boards = append(r.boards, verdict.Place{File: name, Line: 1, Text: "dashboard"})
	}
}

// ofDashboards reports whether a file may be a dashboard by its path.
func ofDashboards(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "dashboard") || strings.Contains(name, "grafana") || strings.Contains(name, "mixin")
}

// notDeployed is as leftOut, but for directories that keep what is deployed.
func notDeployed(name string) bool {
	return leftOut(name) && !strings.Contains(name, "contrib/") && !strings.Contains(name, "docs/")
}

func (r *Result) problem(name string, line, column int, why string) {
	r.Problems = append(r.Problems, tree.Problem{Place: verdict.Place{File: name, Line: line, Text: why}, Column: column})
}

// A dashboard is being read, token by token, for the places of its queries.
type dashboard struct {
	*Result
	name string
	data []byte
	dec  *json.Decoder

	counted, lines int // how many lines the first bytes have
	depth          int
}

// line is the line of the token that was read last.
func (d *dashboard) line() int {
	at := min(int(d.dec.InputOffset()), len(d.data))
	d.lines += bytes.Count(d.data[d.counted:at], []byte("\n"))
	d.counted = at
	return d.lines + 1
}

// A target is an object that holds a query.
type target struct {
	expr   string
	line   int
	source string // the kind of its data source
	outer  *target
}

// prometheus reports whether a query is one of Prometheus's: that is what has a data
// source of this kind, or of none that is said.
func (t *target) prometheus() bool {
	for at := t; at != nil; at = at.outer {
		if at.source != "" {
			return at.source == "prometheus" || at.source == "victoriametrics-metrics-datasource"
		}
	}
	return true
}

// value reads the value of a key of an object.
func (d *dashboard) value(key string, in *target) error {
	tok, err := d.dec.Token()
	if err != nil {
		return err
	}
	if d.depth++; d.depth > yamltree.MaxDepth {
		return fmt.Errorf("values are nested more than %d deep", yamltree.MaxDepth)
	}
	defer func() { d.depth-- }()
	switch v := tok.(type) {
	case string:
		if in == nil {
			return nil
		}
		switch key {
		case "expr":
			in.expr, in.line = v, d.line()
		case "type":
			if in.outer != nil && in.outer.source == pending {
				in.outer.source = v
			}
		}
	case json.Delim:
		if v == '[' {
			for d.dec.More() {
				if err := d.value(key, in); err != nil {
					return err
				}
			}
			_, err = d.dec.Token()
			return err
		}
		return d.object(key, in)
	}
	return nil
}

// pending is the kind of a data source while it is read.
const pending = "\x00"

func (d *dashboard) object(key string, in *target) error {
	if key == "datasource" && in != nil {
		in.source = pending
	}
	own := &target{outer: in}
	for d.dec.More() {
		tok, err := d.dec.Token()
		if err != nil {
			return err
		}
		name, _ := tok.(string)
		if err := d.value(name, own); err != nil {
			return err
		}
	}
	if in != nil && in.source == pending {
		in.source = ""
	}
	if own.expr != "" && own.prometheus() {
		d.refer(own.expr, verdict.Place{File: d.name, Line: own.line})
	}
	_, err := d.dec.Token()
	return err
}

// maxReferences is how many references to metrics are looked at.
const maxReferences = 20_000

func (r *Result) refer(expr string, place verdict.Place) {
	for _, m := range metricsOf(expr) {
		if len(r.refs) == maxReferences {
			r.over = true
			return
		}
		p := place
		p.Text = m
		r.refs = append(r.refs, reference{m, p})
	}
}

// rules reads Prometheus's rules, in files of its own or in manifests.
func (r *Result) rules(t *tree.Tree) {
	for _, name := range t.Files() {
		if ext := path.Ext(name); ext != ".yml" && ext != ".yaml" && ext != ".rules" {
			continue
		}
		if notDeployed(name) || path.Base(path.Dir(name)) == "templates" {
			continue
		}
		data, err := t.Read(name)
		if err != nil || !bytes.Contains(data, []byte("expr:")) || !bytes.Contains(data, []byte("alert:")) && !bytes.Contains(data, []byte("record:")) {
			continue // what cannot be read may be any of many kinds of files
		}
		docs, err := yamltree.Parse(name, data)
		if e, ok := errors.AsType[*yamltree.Error](err); ok {
			r.problem(name, e.Line, e.Column, e.Why)
		}
		for _, d := range docs {
			groups := d.Get("groups")
			if !groups.Exists() {
				groups = d.Get("spec", "groups")
			}
			if groups.Exists() && len(r.ofGroups(name, groups)) > 0 {
				r.boards = append(r.boards, verdict.Place{File: name, Line: d.Line(), Text: "rules"})
			}
		}
	}
}

// ofGroups reads groups of rules, and returns the queries.
func (r *Result) ofGroups(name string, groups yamltree.Node) []string {
	var all []string
	for _, g := range groups.List() {
		for _, rule := range g.Get("rules").List() {
			expr := rule.Get("expr")
			if expr.Text() == "" {
				continue
			}
			all = append(all, expr.Text())
			r.refer(expr.Text(), verdict.Place{File: name, Line: expr.Line()})
			if rec := rule.Get("record").Text(); rec != "" {
				r.recorded = append(r.recorded, rec)
			}
		}
	}
	return all
}

// names are strings of the code that may be metrics' names, or parts of them.
type names struct {
	whole    map[string]bool
	spaces   map[string]bool  // what names begin with
	short    map[string]bool  // names of one word, which any string could be
	patterns []*regexp.Regexp // of names that are put together by fmt
	wrapped  []string         // prefixes that metrics of libraries are given
	asked    bool             // the code asks Prometheus: a name may be of a metric that another program makes
}

var (
	literal = pattern.New("[\"`]([a-zA-Z0-9_:%][a-zA-Z0-9_:.%-]*)(?:[\"`]|\\{|\\\\)")
	verb    = pattern.New(`%[a-z]`)
	query   = pattern.New(`\b(?:histogram_quantile|rate|irate|increase)\(`)
)

// maxPatterns bounds how many names with verbs are held against references.
const maxPatterns = 200

// literals collects the strings of Go files that may be of metrics.
func literals(t *tree.Tree, files []string) *names {
	n := &names{whole: make(map[string]bool), spaces: make(map[string]bool), short: make(map[string]bool)}
	for _, f := range files {
		data, err := t.Read(f)
		if err != nil {
			continue // it is a problem already
		}
		n.asked = n.asked || query.Match(data)
		for _, m := range literal.Regexp().FindAllSubmatchIndex(data, -1) {
			n.literal(string(data[m[2]:m[3]]), before(data, m[0]))
		}
	}
	return n
}

// before is what stands before an offset in the same line, as far as it matters.
func before(data []byte, at int) string {
	const enough = 80
	from := max(0, at-enough)
	if i := bytes.LastIndexByte(data[from:at], '\n'); i >= 0 {
		from += i + 1
	}
	return strings.TrimRight(string(data[from:at]), " \t")
}

// literal keeps a string for what it is, by what stands before it.
func (n *names) literal(s, before string) {
	n.add(s)
	assigned := strings.HasSuffix(before, "=")
	named := strings.TrimRight(before, ":= \t")
	switch last := strings.ToLower(lastWords(named)); {
	case named == before && !strings.HasSuffix(before, "(") && !strings.HasSuffix(before, ","):
	case strings.Contains(last, "namespace") || strings.Contains(last, "subsystem") || strings.Contains(last, "prefix") && !strings.HasSuffix(s, "_"):
		n.spaces[first(normal(s))] = true
	case strings.HasSuffix(named, "Name") && !assigned, strings.Contains(before, "BuildFQName("), assigned && strings.Contains(last, strings.ToLower(s)):
		n.short[s] = true // const kmsUptime = "uptime"
	}
	if strings.HasSuffix(s, "_") && (assigned || strings.HasSuffix(before, "WrapRegistererWithPrefix(")) {
		n.wrapped = append(n.wrapped, s)
	}
	if rest, ok := strings.CutPrefix(s, "%s_"); ok && !strings.Contains(rest, "%") {
		n.whole[rest], n.short[rest] = true, true
	}
}

// lastWords are the last two words of a line: a name and its type.
func lastWords(s string) string {
	f := strings.Fields(s)
	return strings.Join(f[max(0, len(f)-2):], " ")
}

func (n *names) add(s string) {
	if !strings.Contains(s, "%") {
		n.whole[normal(s)] = true
		return
	}
	if s[0] == '%' || len(n.patterns) == maxPatterns || len(strings.Trim(verb.ReplaceAllString(s, ""), "_.")) < 5 || !strings.Contains(s, "_") {
		return // it would match almost anything
	}
	if re, err := regexp.Compile("^" + strings.ReplaceAll(regexp.QuoteMeta(normal(verb.ReplaceAllString(s, "\x00"))), "\x00", "[a-zA-Z0-9_]+") + "$"); err == nil {
		n.patterns = append(n.patterns, re)
	}
}

// normal is a name as Prometheus has it: OpenTelemetry's have dots.
func normal(s string) string {
	return strings.Trim(strings.Map(func(c rune) rune {
		if c == '.' || c == '-' {
			return '_'
		}
		return c
	}, s), "_")
}

// first is what a name begins with, up to its first "_".
func first(s string) string {
	s, _, _ = strings.Cut(s, "_")
	return s
}

// suffixes are what Prometheus and its exporters put behind names.
func suffixes() []string {
	return []string{"", "_bucket", "_count", "_sum", "_total", "_created", "_info", "_seconds", "_milliseconds", "_bytes", "_ratio",
		"_seconds_total", "_bytes_total", "_seconds_bucket", "_seconds_count", "_seconds_sum", "_milliseconds_bucket", "_milliseconds_count", "_milliseconds_sum",
		"_bytes_bucket", "_bytes_count", "_bytes_sum"}
}

// has reports whether the code holds a name: as one string, put together of a few, or
// by a pattern.
func (n *names) has(metric string) bool {
	for _, suffix := range suffixes() {
		base, ok := strings.CutSuffix(metric, suffix)
		if !ok || base == "" {
			continue
		}
		if n.whole[base] || n.joined(base, 3) || slices.ContainsFunc(n.patterns, func(re *regexp.Regexp) bool { return re.MatchString(base) }) {
			return true
		}
	}
	return false
}

// foreign reports whether a name may be of a library that the code gives a prefix to.
func (n *names) foreign(metric string) bool {
	return slices.ContainsFunc(n.wrapped, func(p string) bool { return strings.HasPrefix(metric, p) })
}

// joined reports whether a name is of a namespace and strings of the code, at most so
// many in all. The last is of more than one word, or is given as a name.
func (n *names) joined(name string, parts int) bool {
	for i := 1; i < len(name)-1; i++ {
		if name[i] != '_' || !n.whole[name[:i]] && !n.spaces[name[:i]] {
			continue
		}
		rest := name[i+1:]
		if n.whole[rest] && strings.Contains(rest, "_") || n.short[rest] || parts > 2 && n.joined(rest, parts-1) {
			return true
		}
	}
	return false
}

// mixin matches the fields by which a mixin of monitoring gives out what it has.
var mixin = pattern.New(`\b(?:prometheusAlerts|prometheusRules|grafanaDashboards)\+*::?`)

// jsonnet finds alerts and dashboards that are written in Jsonnet.
func (r *Result) jsonnet(t *tree.Tree) {
	for _, name := range t.Match("**/*.libsonnet", "**/*.jsonnet") {
		if strings.Contains("/"+name, "/vendor/") || strings.Contains("/"+name, "/testdata/") {
			continue
		}
		data, err := t.Read(name)
		if err != nil {
			continue
		}
		if at := mixin.Regexp().FindIndex(data); at != nil {
			line := bytes.Count(data[:at[0]], []byte("\n")) + 1
			r.mixins = append(r.mixins, verdict.Place{File: name, Line: line, Text: string(data[at[0]:at[1]])})
		}
	}
}

// DashboardMetrics checks that the metrics which the repository's dashboards and rules
// refer to are made by its code, or recorded by its rules. Only names of the code's own
// namespaces count: those of other programs (node_, kube_, go_) may come from there.
func (r *Result) DashboardMetrics() verdict.Result {
	if len(r.refs) == 0 {
		if v, ok := r.unseen(); ok {
			return v
		}
		if len(r.mixins) > 0 {
			return verdict.Unseen("alerts and dashboards are written in Jsonnet, which is not rendered here", r.mixins...)
		}
		return verdict.Needless("the repository has no dashboards or rules that query Prometheus")
	}
	own := r.ownSpaces()
	var bad, unsure, good []verdict.Place
	var missing []string
	for _, ref := range r.refs {
		switch {
		case slices.Contains(r.recorded, ref.metric) || r.names.has(ref.metric):
			good = append(good, ref.Place)
		case !own[first(ref.metric)]:
		case r.names.foreign(ref.metric), r.names.asked && !r.names.spaces[first(ref.metric)]:
			unsure = append(unsure, ref.Place)
		default:
			if !slices.Contains(missing, ref.metric) {
				missing = append(missing, ref.metric)
				bad = append(bad, ref.Place)
			}
		}
	}
	switch v, unseen := r.unseen(); {
	case len(bad) > 0:
		return verdict.Failed(fmt.Sprintf("dashboards or rules refer to %s that the code does not name: %s", verdict.Count(len(missing), "metric", "metrics"), shorten(missing)), bad...)
	case unseen:
		return v
	case len(unsure) > 0:
		return verdict.Unseen(fmt.Sprintf("%s, as %s, may be of a library that the code gives a prefix to, or of a program that it asks Prometheus about", verdict.Count(len(unsure), "reference of dashboards and rules", "references of dashboards and rules"), unsure[0].Text), unsure...)
	case len(good) == 0:
		return verdict.Unseen("dashboards and rules refer to no metric that the code names, so that it is not known whose they are", r.boards...)
	}
	return verdict.Passed(fmt.Sprintf("the metrics that %s to are made by the code, as far as they are its own", verdict.Count(len(r.boards), "dashboard or file of rules refers", "dashboards and files of rules refer")), good...)
}

// shorten names the first few.
func shorten(all []string) string {
	const few = 5
	if len(all) <= few {
		return strings.Join(all, ", ")
	}
	return strings.Join(all[:few], ", ") + ", …"
}

// ownSpaces are what the code's metrics begin with: namespaces that it names, and those
// of referred metrics that stand in it as a whole.
func (r *Result) ownSpaces() map[string]bool {
	own := make(map[string]bool)
	used := make(map[string]int)
	for _, ref := range r.refs {
		if r.names.has(ref.metric) && strings.Contains(ref.metric, "_") {
			used[first(ref.metric)]++
		}
	}
	for s, n := range used {
		own[s] = (n > 1 || r.names.spaces[s]) && !foreignSpace(s)
	}
	return own
}

// foreignSpace reports whether metrics that begin so are other programs', or come with
// a library.
func foreignSpace(s string) bool {
	switch s {
	case "go", "process", "promhttp", "up", "scrape", "node", "kube", "kubelet", "container", "machine", "apiserver", "cadvisor",
		"grpc", "http", "rpc", "probe", "ALERTS", "cluster", "namespace", "job", "instance", "workqueue", "rest", "net", "jvm":
		return true
	}
	return false
}
