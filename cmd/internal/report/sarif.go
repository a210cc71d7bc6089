package report

import (
	"cmp"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/sarif"
)

const (
	homepage = "https://github.com/lagvet/lagvet"

	// srcRoot is the symbol of the directory that relative URIs start from.
	srcRoot = "%SRCROOT%"
	// fingerprintKey names the algorithm of finding.Identify, which puts its
	// version before each value.
	fingerprintKey = "lagvetFingerprint/v1"
)

// sarifAttributes are what SARIF has no field for.
type sarifAttributes struct {
	Tier      string  `json:"tier"`
	Class     string  `json:"class,omitempty"`
	Hot       string  `json:"hot,omitempty"`
	HotSource string  `json:"hotSource,omitempty"`
	HotShare  float64 `json:"hotShare,omitempty"`
	Mend      string  `json:"mend,omitempty"`

	Evidence *jsonEvidence `json:"evidence,omitempty"`
}

// SARIF writes r as a SARIF 2.1.0 log.
func SARIF(w io.Writer, r *Report) error {
	s := &sarifWriter{report: r, sources: newSources(), index: make(map[string]int)}
	return output.JSON(w, s.log())
}

type sarifWriter struct {
	report  *Report
	sources *sources
	index   map[string]int // of rules by name
}

func (s *sarifWriter) log() sarif.Log {
	r := s.report
	run := sarif.Run{
		Tool: sarif.Tool{Driver: sarif.Driver{
			Name:           "lagvet",
			Version:        r.Tool.Version,
			InformationURI: homepage,
			Rules:          []sarif.Rule{},
			Properties:     map[string]string{"go": r.Tool.Go},
		}},
		BaseIDs:    map[string]sarif.Artifact{srcRoot: {URI: strings.TrimSuffix(fileURI(r.Root), "/") + "/"}},
		ColumnKind: "utf16CodeUnits",
		Results:    []sarif.Result{},
	}
	if r.Tool.Commit != "" {
		run.Tool.Driver.Properties["commit"] = r.Tool.Commit
	}
	for i, rule := range r.Rules {
		s.index[rule.Name] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(rule))
	}
	run.Invocations = []sarif.Invocation{s.invocation()}
	add := func(fs []finding.Finding, state string) {
		for _, f := range fs {
			res := s.result(f)
			res.Baseline = state
			run.Results = append(run.Results, res)
		}
	}
	// What a gate knows already is told too: code hosts compare the results of a
	// change with those of its target, and take what is missing for mended.
	if g := r.Gate; g != nil {
		add(r.Findings, "new")
		add(g.Minor, "new")
		add(g.Known, "unchanged")
	} else {
		add(r.Findings, "")
	}
	add(r.Silenced, "")
	return sarif.Log{Schema: sarif.Schema, Version: sarif.Version, Runs: []sarif.Run{run}}
}

func sarifRuleOf(r Rule) sarif.Rule {
	tags := []string{}
	for _, tag := range []string{r.Class, r.Group} {
		if tag != "" {
			tags = append(tags, tag)
		}
	}
	return sarif.Rule{
		ID:               r.Name,
		ShortDescription: sarif.Text{Text: upper(r.Title) + "."},
		Help:             sarif.Text{Text: r.Page, Markdown: r.Markdown(2)},
		HelpURI:          r.URL,
		Configuration:    sarif.Level{Level: level(r.Severity)},
		Properties:       sarif.Tags{Tags: tags},
	}
}

// level returns what SARIF calls a severity.
func level(severity string) string {
	switch severity {
	case "high":
		return "error"
	case "medium":
		return "warning"
	}
	return "note"
}

func (s *sarifWriter) invocation() sarif.Invocation {
	r := s.report
	inv := sarif.Invocation{
		Successful:    len(r.Problems) == 0,
		ExitCode:      r.ExitCode(),
		Execution:     []sarif.Notification{},
		Configuration: []sarif.Notification{},
	}
	for _, p := range r.Problems {
		inv.Execution = append(inv.Execution, s.notification("error", "could not check: "+p.Message, p.Remedy, p.Place))
	}
	for _, n := range r.Notes {
		inv.Configuration = append(inv.Configuration, s.notification("warning", n.Message, "", n.Place))
	}
	for _, a := range r.Assumed {
		inv.Configuration = append(inv.Configuration, s.notification("note", assumption(a), "", a.Place))
	}
	return inv
}

func (s *sarifWriter) notification(level, text, remedy string, at finding.Place) sarif.Notification {
	if remedy != "" {
		text += "\n" + remedy
	}
	n := sarif.Notification{Level: level, Message: sarif.Text{Text: text}}
	if at.File != "" {
		n.Locations = []sarif.Location{s.location(at, finding.Place{}, "")}
	}
	return n
}

func (s *sarifWriter) result(f finding.Finding) sarif.Result {
	at := s.location(f.Start, f.End, "")
	if f.Func != "" {
		at.Logical = []sarif.Logical{{Name: f.Func, Kind: "function"}}
	}
	res := sarif.Result{
		RuleID:       f.Rule,
		Level:        level(f.Severity),
		Message:      sarif.Text{Text: f.Message},
		Locations:    []sarif.Location{at},
		Fingerprints: map[string]string{fingerprintKey: f.Fingerprint},
	}
	properties := &sarifAttributes{Tier: f.Tier, Class: f.Class, Mend: f.Mend}
	res.Properties = properties
	if i, ok := s.index[f.Rule]; ok {
		res.RuleIndex = &i
	}
	if h := f.Hot; h != nil {
		properties.Hot, properties.HotSource, properties.HotShare = h.Detail, h.Source, h.Share
	}
	if e := f.Evidence; e != nil {
		rank := 100 * e.Weight
		res.Rank, properties.Evidence = &rank, evidenceOf(e)
	}
	if len(f.Chain) > 0 {
		res.CodeFlows = []sarif.CodeFlow{s.codeFlow(f)}
		res.Related = s.related(f)
	}
	for _, fix := range f.Fixes {
		if sf, ok := s.fix(fix); ok {
			res.Fixes = append(res.Fixes, sf)
		}
	}
	if by, why := silencer(f); why != nil {
		res.Suppressions = []sarif.Suppression{s.suppression(by, why)}
	}
	return res
}

// codeFlow returns the chain of f, from f itself to the primitive.
func (s *sarifWriter) codeFlow(f finding.Finding) sarif.CodeFlow {
	locations := []sarif.FlowLocation{{Location: s.location(f.Start, f.End, f.Message)}}
	for _, step := range f.Chain {
		locations = append(locations, sarif.FlowLocation{Location: s.location(step.Place, finding.Place{}, step.Text)})
	}
	return sarif.CodeFlow{ThreadFlows: []sarif.ThreadFlow{{Locations: locations}}}
}

// related returns the chain of f once more, for viewers that know no code flows.
func (s *sarifWriter) related(f finding.Finding) []sarif.Location {
	var related []sarif.Location
	for _, step := range f.Chain {
		if step.File != "" {
			at := s.location(step.Place, finding.Place{}, step.Text)
			at.ID = len(related) + 1
			related = append(related, at)
		}
	}
	return related
}

func (s *sarifWriter) suppression(by string, why *finding.Allowed) sarif.Suppression {
	kind := "external"
	if by == "allow" {
		kind = "inSource"
	}
	sup := sarif.Suppression{Kind: kind, Justification: why.Reason}
	if why.File != "" {
		at := s.location(why.Place, finding.Place{}, "")
		sup.Location = &at
	}
	return sup
}

// location returns the region from start to end, or from start if end is no
// place, with a message if there is one.
func (s *sarifWriter) location(start, end finding.Place, message string) sarif.Location {
	var at sarif.Location
	if message != "" {
		at.Message = &sarif.Text{Text: message}
	}
	if start.File == "" {
		return at
	}
	at.Physical = &sarif.Physical{Artifact: s.artifact(start.File)}
	if start.Line > 0 {
		at.Physical.Region = s.region(start, end)
	}
	return at
}

func (s *sarifWriter) region(start, end finding.Place) *sarif.Region {
	region := &sarif.Region{StartLine: start.Line}
	if start.Column > 0 {
		region.StartColumn = s.sources.column(start.File, start.Line, start.Column)
	}
	if end.Line > start.Line || end.Line == start.Line && end.Column > start.Column {
		region.EndLine = end.Line
		region.EndColumn = s.sources.column(start.File, end.Line, end.Column)
	}
	return region
}

func (s *sarifWriter) artifact(file string) sarif.Artifact {
	if path, ok := s.report.rooted(file); ok {
		return sarif.Artifact{URI: (&url.URL{Path: path}).String(), BaseID: srcRoot}
	}
	return sarif.Artifact{URI: fileURI(file)}
}

func fileURI(file string) string {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/x becomes file:///C:/x
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// fix returns f with one change a file, and whether its files could be read.
func (s *sarifWriter) fix(f finding.Fix) (sarif.Fix, bool) {
	out := sarif.Fix{Description: sarif.Text{Text: cmp.Or(f.Message, "Mend it")}}
	changes := make(map[string]int)
	for _, e := range f.Edits {
		i, ok := changes[e.File]
		if !ok {
			i = len(out.Changes)
			changes[e.File] = i
			out.Changes = append(out.Changes, sarif.Change{Artifact: s.artifact(e.File)})
		}
		startLine, startColumn, ok1 := s.sources.position(e.File, e.Start)
		endLine, endColumn, ok2 := s.sources.position(e.File, e.End)
		if !ok1 || !ok2 {
			return sarif.Fix{}, false
		}
		out.Changes[i].Replacements = append(out.Changes[i].Replacements, sarif.Replacement{
			Deleted:  sarif.Region{StartLine: startLine, StartColumn: startColumn, EndLine: endLine, EndColumn: endColumn},
			Inserted: sarif.Text{Text: e.New},
		})
	}
	return out, len(out.Changes) > 0
}
