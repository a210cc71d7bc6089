package report

import (
	"cmp"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// The types below are the part of SARIF 2.1.0 that lagvet writes. They are
// written out because the binary is started once for each package that it
// analyses: go-sarif, which the tests read the report with, adds a millisecond to
// the five of each start for a schema validator and an HTTP client that no run
// needs.

const (
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifVersion = "2.1.0"
	homepage     = "https://github.com/lagvet/lagvet"

	// srcRoot is the symbol of the directory that relative URIs start from.
	srcRoot = "%SRCROOT%"
	// fingerprintKey names the algorithm of finding.Identify, which puts its
	// version before each value.
	fingerprintKey = "lagvetFingerprint/v1"
)

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool                `json:"tool"`
	Invocations []sarifInvocation        `json:"invocations"`
	BaseIDs     map[string]sarifArtifact `json:"originalUriBaseIds"`
	ColumnKind  string                   `json:"columnKind"`
	Results     []sarifResult            `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string            `json:"name"`
	Version        string            `json:"version"`
	InformationURI string            `json:"informationUri"`
	Rules          []sarifRule       `json:"rules"`
	Properties     map[string]string `json:"properties,omitempty"`
}

type sarifRule struct {
	ID               string          `json:"id"`
	ShortDescription sarifText       `json:"shortDescription"`
	Help             sarifText       `json:"help"`
	HelpURI          string          `json:"helpUri,omitempty"`
	Configuration    sarifLevel      `json:"defaultConfiguration"`
	Properties       sarifProperties `json:"properties"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifProperties struct {
	Tags []string `json:"tags"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	ExitCode      int                 `json:"exitCode"`
	Execution     []sarifNotification `json:"toolExecutionNotifications"`
	Configuration []sarifNotification `json:"toolConfigurationNotifications"`
}

type sarifNotification struct {
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifResult struct {
	RuleID       string             `json:"ruleId"`
	RuleIndex    *int               `json:"ruleIndex,omitempty"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	CodeFlows    []sarifCodeFlow    `json:"codeFlows,omitempty"`
	Related      []sarifLocation    `json:"relatedLocations,omitempty"`
	Fixes        []sarifFix         `json:"fixes,omitempty"`
	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	Baseline     string             `json:"baselineState,omitempty"` // of a gate: new or unchanged
	Rank         *float64           `json:"rank,omitempty"`          // 0 to 100: what was measured; none if nothing was looked for
	Properties   sarifAttributes    `json:"properties"`
}

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

type sarifLocation struct {
	ID       int            `json:"id,omitempty"`
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	Message  *sarifText     `json:"message,omitempty"`
}

type sarifLogical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI    string `json:"uri"`
	BaseID string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine,omitempty"`
	EndColumn   int `json:"endColumn,omitempty"`
}

type sarifCodeFlow struct {
	ThreadFlows []sarifThreadFlow `json:"threadFlows"`
}

type sarifThreadFlow struct {
	Locations []sarifFlowLocation `json:"locations"`
}

type sarifFlowLocation struct {
	Location sarifLocation `json:"location"`
}

type sarifFix struct {
	Description sarifText     `json:"description"`
	Changes     []sarifChange `json:"artifactChanges"`
}

type sarifChange struct {
	Artifact     sarifArtifact      `json:"artifactLocation"`
	Replacements []sarifReplacement `json:"replacements"`
}

type sarifReplacement struct {
	Deleted  sarifRegion `json:"deletedRegion"`
	Inserted sarifText   `json:"insertedContent"`
}

type sarifSuppression struct {
	Kind          string         `json:"kind"`
	Justification string         `json:"justification"`
	Location      *sarifLocation `json:"location,omitempty"`
}

// SARIF writes r as a SARIF 2.1.0 log.
func SARIF(w io.Writer, r *Report) error {
	s := &sarifWriter{report: r, sources: newSources(), index: make(map[string]int)}
	return encode(w, s.log())
}

type sarifWriter struct {
	report  *Report
	sources *sources
	index   map[string]int // of rules by name
}

func (s *sarifWriter) log() sarifLog {
	r := s.report
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name:           "lagvet",
			Version:        r.Tool.Version,
			InformationURI: homepage,
			Rules:          []sarifRule{},
			Properties:     map[string]string{"go": r.Tool.Go},
		}},
		BaseIDs:    map[string]sarifArtifact{srcRoot: {URI: strings.TrimSuffix(fileURI(r.Root), "/") + "/"}},
		ColumnKind: "utf16CodeUnits",
		Results:    []sarifResult{},
	}
	if r.Tool.Commit != "" {
		run.Tool.Driver.Properties["commit"] = r.Tool.Commit
	}
	for i, rule := range r.Rules {
		s.index[rule.Name] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(rule))
	}
	run.Invocations = []sarifInvocation{s.invocation()}
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
	return sarifLog{sarifSchema, sarifVersion, []sarifRun{run}}
}

func sarifRuleOf(r Rule) sarifRule {
	tags := []string{}
	for _, tag := range []string{r.Class, r.Group} {
		if tag != "" {
			tags = append(tags, tag)
		}
	}
	return sarifRule{
		ID:               r.Name,
		ShortDescription: sarifText{Text: upper(r.Title) + "."},
		Help:             sarifText{Text: r.Page, Markdown: r.Markdown(2)},
		HelpURI:          r.URL,
		Configuration:    sarifLevel{level(r.Severity)},
		Properties:       sarifProperties{tags},
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

func (s *sarifWriter) invocation() sarifInvocation {
	r := s.report
	inv := sarifInvocation{
		Successful:    len(r.Problems) == 0,
		ExitCode:      r.ExitCode(),
		Execution:     []sarifNotification{},
		Configuration: []sarifNotification{},
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

func (s *sarifWriter) notification(level, text, remedy string, at finding.Place) sarifNotification {
	if remedy != "" {
		text += "\n" + remedy
	}
	n := sarifNotification{Level: level, Message: sarifText{Text: text}}
	if at.File != "" {
		n.Locations = []sarifLocation{s.location(at, finding.Place{}, "")}
	}
	return n
}

func (s *sarifWriter) result(f finding.Finding) sarifResult {
	at := s.location(f.Start, f.End, "")
	if f.Func != "" {
		at.Logical = []sarifLogical{{f.Func, "function"}}
	}
	res := sarifResult{
		RuleID:       f.Rule,
		Level:        level(f.Severity),
		Message:      sarifText{Text: f.Message},
		Locations:    []sarifLocation{at},
		Fingerprints: map[string]string{fingerprintKey: f.Fingerprint},
		Properties:   sarifAttributes{Tier: f.Tier, Class: f.Class, Mend: f.Mend},
	}
	if i, ok := s.index[f.Rule]; ok {
		res.RuleIndex = &i
	}
	if h := f.Hot; h != nil {
		res.Properties.Hot, res.Properties.HotSource, res.Properties.HotShare = h.Detail, h.Source, h.Share
	}
	if e := f.Evidence; e != nil {
		rank := 100 * e.Weight
		res.Rank, res.Properties.Evidence = &rank, evidenceOf(e)
	}
	if len(f.Chain) > 0 {
		res.CodeFlows = []sarifCodeFlow{s.codeFlow(f)}
		res.Related = s.related(f)
	}
	for _, fix := range f.Fixes {
		if sf, ok := s.fix(fix); ok {
			res.Fixes = append(res.Fixes, sf)
		}
	}
	if by, why := silencer(f); why != nil {
		res.Suppressions = []sarifSuppression{s.suppression(by, why)}
	}
	return res
}

// codeFlow returns the chain of f, from f itself to the primitive.
func (s *sarifWriter) codeFlow(f finding.Finding) sarifCodeFlow {
	locations := []sarifFlowLocation{{s.location(f.Start, f.End, f.Message)}}
	for _, step := range f.Chain {
		locations = append(locations, sarifFlowLocation{s.location(step.Place, finding.Place{}, step.Text)})
	}
	return sarifCodeFlow{[]sarifThreadFlow{{locations}}}
}

// related returns the chain of f once more, for viewers that know no code flows.
func (s *sarifWriter) related(f finding.Finding) []sarifLocation {
	var related []sarifLocation
	for _, step := range f.Chain {
		if step.File != "" {
			at := s.location(step.Place, finding.Place{}, step.Text)
			at.ID = len(related) + 1
			related = append(related, at)
		}
	}
	return related
}

func (s *sarifWriter) suppression(by string, why *finding.Allowed) sarifSuppression {
	kind := "external"
	if by == "allow" {
		kind = "inSource"
	}
	sup := sarifSuppression{Kind: kind, Justification: why.Reason}
	if why.File != "" {
		at := s.location(why.Place, finding.Place{}, "")
		sup.Location = &at
	}
	return sup
}

// location returns the region from start to end, or from start if end is no
// place, with a message if there is one.
func (s *sarifWriter) location(start, end finding.Place, message string) sarifLocation {
	var at sarifLocation
	if message != "" {
		at.Message = &sarifText{Text: message}
	}
	if start.File == "" {
		return at
	}
	at.Physical = &sarifPhysical{Artifact: s.artifact(start.File)}
	if start.Line > 0 {
		at.Physical.Region = s.region(start, end)
	}
	return at
}

func (s *sarifWriter) region(start, end finding.Place) *sarifRegion {
	region := &sarifRegion{StartLine: start.Line}
	if start.Column > 0 {
		region.StartColumn = s.sources.column(start.File, start.Line, start.Column)
	}
	if end.Line > start.Line || end.Line == start.Line && end.Column > start.Column {
		region.EndLine = end.Line
		region.EndColumn = s.sources.column(start.File, end.Line, end.Column)
	}
	return region
}

func (s *sarifWriter) artifact(file string) sarifArtifact {
	if path, ok := s.report.rooted(file); ok {
		return sarifArtifact{URI: (&url.URL{Path: path}).String(), BaseID: srcRoot}
	}
	return sarifArtifact{URI: fileURI(file)}
}

func fileURI(file string) string {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/x becomes file:///C:/x
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// fix returns f with one change a file, and whether its files could be read.
func (s *sarifWriter) fix(f finding.Fix) (sarifFix, bool) {
	out := sarifFix{Description: sarifText{Text: cmp.Or(f.Message, "Mend it")}}
	changes := make(map[string]int)
	for _, e := range f.Edits {
		i, ok := changes[e.File]
		if !ok {
			i = len(out.Changes)
			changes[e.File] = i
			out.Changes = append(out.Changes, sarifChange{Artifact: s.artifact(e.File)})
		}
		startLine, startColumn, ok1 := s.sources.position(e.File, e.Start)
		endLine, endColumn, ok2 := s.sources.position(e.File, e.End)
		if !ok1 || !ok2 {
			return sarifFix{}, false
		}
		out.Changes[i].Replacements = append(out.Changes[i].Replacements, sarifReplacement{
			Deleted:  sarifRegion{startLine, startColumn, endLine, endColumn},
			Inserted: sarifText{Text: e.New},
		})
	}
	return out, len(out.Changes) > 0
}
