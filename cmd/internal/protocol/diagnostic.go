package protocol

import (
	"encoding/json"
	"fmt"
)

// A Severity says how much a diagnostic matters.
type Severity int

// The severities, the gravest first.
const (
	SeverityError Severity = iota + 1
	SeverityWarning
	SeverityInformation
	SeverityHint
)

// A Tag says how a diagnostic is to be shown.
type Tag int

// TagUnnecessary is the tag of what can be removed: editors fade it out.
const TagUnnecessary Tag = 1

// A Diagnostic is something to be said of a range.
type Diagnostic struct {
	Range              Range                          `json:"range"`
	Severity           Severity                       `json:"severity,omitempty"`
	Code               Code                           `json:"code,omitempty"`
	CodeDescription    *CodeDescription               `json:"codeDescription,omitempty"`
	Source             string                         `json:"source,omitempty"`
	Message            string                         `json:"message"`
	Tags               []Tag                          `json:"tags,omitempty"`
	RelatedInformation []DiagnosticRelatedInformation `json:"relatedInformation,omitempty"`
	Data               json.RawMessage                `json:"data,omitempty"`
}

// A Code names the kind of a diagnostic.
type Code string

// UnmarshalJSON reads a text or, as the protocol allows, a number.
func (c *Code) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil {
		*c = Code(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return fmt.Errorf("reading the code of a diagnostic: %w", err)
	}
	*c = Code(n)
	return nil
}

// A CodeDescription tells where to read about a code.
type CodeDescription struct {
	Href string `json:"href"`
}

// DiagnosticRelatedInformation is a place that has to do with a diagnostic.
type DiagnosticRelatedInformation struct {
	Location Location `json:"location"`
	Message  string   `json:"message"`
}

// PublishDiagnosticsParams are all that a server has to say of a document.
type PublishDiagnosticsParams struct {
	URI         string       `json:"uri"`
	Version     *int         `json:"version,omitempty"`
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// DocumentDiagnosticParams ask for the diagnostics of a document.
type DocumentDiagnosticParams struct {
	TextDocument TextDocumentIdentifier `json:"textDocument"`
}

// FullReport is the kind of a [DocumentDiagnosticReport] that holds diagnostics.
const FullReport = "full"

// A DocumentDiagnosticReport answers [DocumentDiagnosticParams].
type DocumentDiagnosticReport struct {
	Kind  string       `json:"kind"`
	Items []Diagnostic `json:"items"`
}
