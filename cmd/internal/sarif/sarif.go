// Package sarif has the part of SARIF 2.1.0 that lagvet writes, as Go types.
//
// They are written out because the binary is started once for each package that it
// analyses: go-sarif, which the tests read the reports with, adds a millisecond to the
// five of each start for a schema validator and an HTTP client that no run needs.
//
// What the fields mean is in https://docs.oasis-open.org/sarif/sarif/v2.1.0/.
package sarif

// What a log says of itself.
const (
	Schema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	Version = "2.1.0"
)

// A Log is a file of SARIF.
type Log struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []Run  `json:"runs"`
}

// A Run is what one run of a tool has to say.
type Run struct {
	Tool        Tool                `json:"tool"`
	Invocations []Invocation        `json:"invocations"`
	BaseIDs     map[string]Artifact `json:"originalUriBaseIds,omitempty"`
	ColumnKind  string              `json:"columnKind,omitempty"`
	Results     []Result            `json:"results"`
}

// A Tool is the tool that ran.
type Tool struct {
	Driver Driver `json:"driver"`
}

// A Driver is the part of a tool that reports.
type Driver struct {
	Name           string            `json:"name"`
	Version        string            `json:"version"`
	InformationURI string            `json:"informationUri"`
	Rules          []Rule            `json:"rules"`
	Properties     map[string]string `json:"properties,omitempty"`
}

// A Rule says what results of its ID are about.
type Rule struct {
	ID               string `json:"id"`
	ShortDescription Text   `json:"shortDescription"`
	Help             Text   `json:"help"`
	HelpURI          string `json:"helpUri,omitempty"`
	Configuration    Level  `json:"defaultConfiguration"`
	Properties       Tags   `json:"properties"`
}

// A Level is that of a rule's results, where they have none.
type Level struct {
	Level string `json:"level"`
}

// Tags group rules.
type Tags struct {
	Tags []string `json:"tags"`
}

// A Text is for a reader; Markdown only where SARIF takes it.
type Text struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

// An Invocation says how a run went.
type Invocation struct {
	Successful    bool           `json:"executionSuccessful"`
	ExitCode      int            `json:"exitCode"`
	Execution     []Notification `json:"toolExecutionNotifications"`
	Configuration []Notification `json:"toolConfigurationNotifications"`
}

// A Notification is about the run, and no result.
type Notification struct {
	Level     string     `json:"level"`
	Message   Text       `json:"message"`
	Locations []Location `json:"locations,omitempty"`
}

// A Result is what was found at one place, or that a rule found nothing.
type Result struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    *int              `json:"ruleIndex,omitempty"`
	Kind         string            `json:"kind,omitempty"` // fail if it is empty: all others have the level none
	Level        string            `json:"level"`
	Message      Text              `json:"message"`
	Locations    []Location        `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	CodeFlows    []CodeFlow        `json:"codeFlows,omitempty"`
	Related      []Location        `json:"relatedLocations,omitempty"`
	Fixes        []Fix             `json:"fixes,omitempty"`
	Suppressions []Suppression     `json:"suppressions,omitempty"`
	Baseline     string            `json:"baselineState,omitempty"` // of a gate: new or unchanged
	Rank         *float64          `json:"rank,omitempty"`          // 0 to 100: what was measured; none if nothing was looked for
	Properties   any               `json:"properties,omitempty"`    // what SARIF has no field for
}

// A Location is a place in a file, or something that has a name.
type Location struct {
	ID       int       `json:"id,omitempty"`
	Physical *Physical `json:"physicalLocation,omitempty"`
	Logical  []Logical `json:"logicalLocations,omitempty"`
	Message  *Text     `json:"message,omitempty"`
}

// A Logical location is known by its name.
type Logical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

// A Physical location is in a file.
type Physical struct {
	Artifact Artifact `json:"artifactLocation"`
	Region   *Region  `json:"region,omitempty"`
}

// An Artifact is a file.
type Artifact struct {
	URI    string `json:"uri"`
	BaseID string `json:"uriBaseId,omitempty"`
}

// A Region is a part of a file: lines from 1, columns in the unit of the run, the end exclusive.
type Region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine,omitempty"`
	EndColumn   int `json:"endColumn,omitempty"`
}

// A CodeFlow is a way through the program.
type CodeFlow struct {
	ThreadFlows []ThreadFlow `json:"threadFlows"`
}

// A ThreadFlow is the part of a CodeFlow in one thread.
type ThreadFlow struct {
	Locations []FlowLocation `json:"locations"`
}

// A FlowLocation is a step of a ThreadFlow.
type FlowLocation struct {
	Location Location `json:"location"`
}

// A Fix is a change that mends a result.
type Fix struct {
	Description Text     `json:"description"`
	Changes     []Change `json:"artifactChanges"`
}

// A Change is the part of a fix in one file.
type Change struct {
	Artifact     Artifact      `json:"artifactLocation"`
	Replacements []Replacement `json:"replacements"`
}

// A Replacement puts a text in the place of another.
type Replacement struct {
	Deleted  Region `json:"deletedRegion"`
	Inserted Text   `json:"insertedContent"`
}

// A Suppression says who silenced a result, and why.
type Suppression struct {
	Kind          string    `json:"kind"`
	Justification string    `json:"justification"`
	Location      *Location `json:"location,omitempty"`
}
