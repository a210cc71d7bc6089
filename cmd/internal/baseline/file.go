package baseline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// Name is what a baseline's file is called unless something else is asked for.
const Name = "lagvet.baseline.json"

// format is the version of the file's format. Whatever an older lagvet would not
// understand makes a new one.
const format = 1

// A File is a baseline: the findings of a program at one moment, with what they
// depend on.
type File struct {
	Lagvet string // the version that wrote it
	Go     string // the toolchain that the findings are by: "go1.26.8"
	GOOS   string
	GOARCH string

	Entries []Entry
	// Costs are what hot functions cost; nil if they were not measured.
	Costs []Cost
}

// A Cost is a finding.Ledger as it is remembered: without places and chains.
type Cost struct {
	Package string   `json:"package"`
	Func    string   `json:"func"`
	Allocs  []Alloc  `json:"allocs,omitempty"`
	Effects []Effect `json:"effects,omitempty"`
	Defers  int      `json:"defers,omitempty"`
}

// An Alloc is what is remembered of a finding.Alloc.
type Alloc struct {
	Cause     string `json:"cause"`
	Text      string `json:"text,omitempty"`
	Certainty string `json:"certainty,omitempty"`
}

// An Effect is what is remembered of a finding.Effect.
type Effect struct {
	Kind      string   `json:"kind"`
	Cold      bool     `json:"cold,omitempty"`
	ByCaller  bool     `json:"by_caller,omitempty"`
	Certainty string   `json:"certainty,omitempty"`
	Stated    string   `json:"stated,omitempty"`
	Chain     []string `json:"chain,omitempty"` // the functions called, down to the primitive
}

// CostsOf returns what is remembered of ledgers.
func CostsOf(ls []finding.Ledger) []Cost {
	costs := make([]Cost, 0, len(ls))
	for _, l := range ls {
		c := Cost{Package: l.Package, Func: l.Func, Defers: l.Defers}
		for _, a := range l.Allocs {
			c.Allocs = append(c.Allocs, Alloc{a.Cause, a.Text, a.Certainty})
		}
		for _, e := range l.Effects {
			effect := Effect{Kind: e.Kind, Cold: e.Cold, ByCaller: e.ByCaller, Certainty: e.Certainty, Stated: e.Stated}
			for _, call := range e.Chain {
				effect.Chain = append(effect.Chain, call.Func)
			}
			c.Effects = append(c.Effects, effect)
		}
		costs = append(costs, c)
	}
	return costs
}

// Ledger returns c in the form in which versions of a program are compared.
func (c Cost) Ledger() finding.Ledger {
	l := finding.Ledger{Package: c.Package, Func: c.Func, Defers: c.Defers}
	for _, a := range c.Allocs {
		l.Allocs = append(l.Allocs, finding.Alloc{Cause: a.Cause, Text: a.Text, Certainty: a.Certainty})
	}
	for _, e := range c.Effects {
		effect := finding.Effect{Kind: e.Kind, Cold: e.Cold, ByCaller: e.ByCaller, Certainty: e.Certainty, Stated: e.Stated}
		for _, fn := range e.Chain {
			effect.Chain = append(effect.Chain, finding.Call{Func: fn})
		}
		l.Effects = append(l.Effects, effect)
	}
	return l
}

// The lines of a file, one an entry.
type (
	jsonHeader struct {
		Format       int    `json:"lagvet_baseline"`
		Lagvet       string `json:"lagvet"`
		Fingerprints string `json:"fingerprints"`
		Go           string `json:"go"`
		GOOS         string `json:"goos"`
		GOARCH       string `json:"goarch"`
	}
	jsonFile struct {
		jsonHeader
		Findings []*jsonEntry `json:"findings"`
		Costs    []*Cost      `json:"costs"`
	}
	jsonEntry struct {
		File        string   `json:"file"`
		In          string   `json:"in,omitempty"`
		Rule        string   `json:"rule"`
		Reason      string   `json:"reason,omitempty"`
		Message     string   `json:"message"`
		Package     string   `json:"package"`
		Func        string   `json:"func,omitempty"`
		Fault       string   `json:"fault,omitempty"`
		Cause       string   `json:"cause,omitempty"`
		Primitive   string   `json:"primitive,omitempty"`
		Code        jsonCode `json:"code"`
		Fingerprint string   `json:"fingerprint"`
	}
	// jsonCode holds the hashes of a Code in the order of its fields.
	jsonCode [6]string
)

func (e *Entry) json() *jsonEntry {
	c := e.Code
	return &jsonEntry{
		File: e.File, In: e.Decl, Rule: e.Rule, Reason: e.Reason, Message: e.Message,
		Package: e.Package, Func: e.Func, Fault: e.Fault, Cause: e.Cause, Primitive: e.Primitive,
		Code:        jsonCode{c.Text, c.Shape, c.Frame, c.Near, c.Prev, c.Next},
		Fingerprint: e.Fingerprint,
	}
}

func (e *jsonEntry) entry() Entry {
	c := e.Code
	return Entry{
		File: e.File, Decl: e.In, Rule: e.Rule, Reason: e.Reason, Message: e.Message,
		Package: e.Package, Func: e.Func, Fault: e.Fault, Cause: e.Cause, Primitive: e.Primitive,
		Code:        Code{Text: c[0], Shape: c[1], Frame: c[2], Near: c[3], Prev: c[4], Next: c[5]},
		Fingerprint: e.Fingerprint,
	}
}

// Encode writes f: an entry a line, in the order of files and functions, so that
// two branches that add to different ones can be merged. Both lists end with a
// null, so that no line but the last is without a comma, whichever entry is last.
func (f *File) Encode(w io.Writer) error {
	var b bytes.Buffer
	head, err := json.MarshalIndent(jsonHeader{format, f.Lagvet, fingerprints(), f.Go, f.GOOS, f.GOARCH}, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding a baseline: %w", err)
	}
	b.Write(bytes.TrimSuffix(head, []byte("\n}")))
	entries := slices.Clone(f.Entries)
	slices.SortStableFunc(entries, compare)
	var lines []any
	for i := range entries {
		lines = append(lines, entries[i].json())
	}
	if err := list(&b, "findings", lines); err != nil {
		return err
	}
	if f.Costs != nil {
		costs := slices.Clone(f.Costs)
		slices.SortStableFunc(costs, func(a, b Cost) int {
			return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Func, b.Func))
		})
		lines = nil
		for _, c := range costs {
			lines = append(lines, c)
		}
		if err := list(&b, "costs", lines); err != nil {
			return err
		}
	}
	b.WriteString("\n}\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("writing a baseline: %w", err)
	}
	return nil
}

// list adds a list of a line each.
func list(b *bytes.Buffer, name string, lines []any) error {
	fmt.Fprintf(b, ",\n  %q: [\n", name)
	for _, line := range lines {
		var one bytes.Buffer
		enc := json.NewEncoder(&one)
		enc.SetEscapeHTML(false) // -> and & are for people to read
		if err := enc.Encode(line); err != nil {
			return fmt.Errorf("encoding a baseline: %w", err)
		}
		fmt.Fprintf(b, "    %s,\n", bytes.TrimSpace(one.Bytes()))
	}
	b.WriteString("    null\n  ]")
	return nil
}

// compare orders entries by what changes least.
func compare(a, b Entry) int {
	return cmp.Or(
		cmp.Compare(a.File, b.File), cmp.Compare(a.Decl, b.Decl), cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Cause, b.Cause), cmp.Compare(a.Primitive, b.Primitive), cmp.Compare(a.Code.Text, b.Code.Text),
		cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.Message, b.Message),
	)
}

// fingerprints returns the version of the fingerprints that this lagvet makes.
func fingerprints() string {
	fs := make([]finding.Finding, 1)
	finding.Identify(fs)
	version, _, _ := strings.Cut(fs[0].Fingerprint, ":")
	return version
}

// ErrUnreadable is what every refusal of a file's content is.
var ErrUnreadable = errors.New("not a baseline that can be read")

// A refusal says why the content of a file is not used, and what to do.
type refusal struct{ message string }

func (r *refusal) Error() string   { return r.message }
func (r *refusal) Is(e error) bool { return e == ErrUnreadable }

func refuse(format string, args ...any) error { return &refusal{fmt.Sprintf(format, args...)} }

// Load reads the baseline at path. Content that is not understood as a whole is
// refused with an error that is [ErrUnreadable]: what a half of it does not name
// would pass for new, and the other half for gone.
func Load(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	f, err := Decode(text)
	if err != nil {
		return nil, fmt.Errorf("the baseline %s %w", path, err)
	}
	return f, nil
}

// Decode reads what Encode wrote. Its errors go on a sentence that begins with
// the name of the file.
func Decode(text []byte) (*File, error) {
	if line := conflict(text); line > 0 {
		return nil, refuse("has the marks of a merge conflict in line %d: keep the lines of both sides, which is right for added findings, and remove the marks", line)
	}
	var head jsonHeader
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, broken(text, err)
	}
	switch {
	case head.Format == 0:
		return nil, refuse("is JSON, and no baseline of lagvet's: it has no lagvet_baseline")
	case head.Format > format:
		return nil, refuse("was written by a newer lagvet (%s, format %d; this one reads %d): use that one", head.Lagvet, head.Format, format)
	case head.Format < 0:
		return nil, refuse("says that its format is %d, which never was", head.Format)
	case head.Fingerprints != fingerprints():
		return nil, refuse("tells findings apart as lagvet %s did (%q; this one says %q), so that all would be new: write it again with lagvet baseline write --force, from a version of the code that is known to be good", head.Lagvet, head.Fingerprints, fingerprints())
	}
	var f jsonFile
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields() // a misspelt reason would be lost without a word
	if err := dec.Decode(&f); err != nil {
		return nil, broken(text, err)
	}
	return f.file()
}

func (f *jsonFile) file() (*File, error) {
	file := &File{Lagvet: f.Lagvet, Go: f.Go, GOOS: f.GOOS, GOARCH: f.GOARCH}
	if f.Findings == nil {
		return nil, refuse("has no list of findings: restore it from version control")
	}
	for i, e := range f.Findings {
		switch {
		case e == nil && i == len(f.Findings)-1:
			continue // the end of the list
		case e == nil || e.Rule == "" || e.Package == "":
			return nil, refuse("has a finding, the %d. of its list, without a rule or a package: restore it from version control", i+1)
		case strings.HasPrefix(e.File, "/") || filepath.IsAbs(filepath.FromSlash(e.File)):
			return nil, refuse("names the file %s, and paths in it are relative: restore it from version control", e.File)
		}
		file.Entries = append(file.Entries, e.entry())
	}
	if f.Costs == nil {
		return file, nil
	}
	file.Costs = []Cost{}
	for i, c := range f.Costs {
		switch {
		case c == nil && i == len(f.Costs)-1:
			continue
		case c == nil || c.Func == "":
			return nil, refuse("has a cost, the %d. of its list, without a function: restore it from version control", i+1)
		}
		file.Costs = append(file.Costs, *c)
	}
	return file, nil
}

// conflict returns the number of the first line that git writes where it cannot
// merge, or 0. No line of JSON begins so.
func conflict(text []byte) int {
	number := 0
	for line := range bytes.Lines(text) {
		number++
		for _, mark := range []string{"<<<<<<< ", "||||||| ", ">>>>>>> ", "======="} {
			if bytes.HasPrefix(line, []byte(mark)) {
				return number
			}
		}
	}
	return 0
}

// broken says what is wrong with text that is no JSON, or not that of a baseline.
func broken(text []byte, err error) error {
	const restore = ": restore it from version control, or write it again with lagvet baseline write --force"
	if len(bytes.TrimSpace(text)) == 0 {
		return refuse("is empty" + restore)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		if int(syntax.Offset) >= len(bytes.TrimRight(text, " \t\r\n")) {
			return refuse("ends in the middle: something wrote half of it" + restore)
		}
		return refuse("is damaged in line %d (%v)"+restore, lineAt(text, syntax.Offset), err)
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return refuse("has a value of the wrong kind in line %d (%s for %q)"+restore, lineAt(text, wrong.Offset), wrong.Value, wrong.Field)
	}
	return refuse("is not understood (%v)"+restore, err)
}

func lineAt(text []byte, offset int64) int {
	return bytes.Count(text[:min(int(offset), len(text))], []byte("\n")) + 1
}
