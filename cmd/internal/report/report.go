package report

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/timesheet"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// Tool says which lagvet made a report.
type Tool struct {
	Version string // "v1.2.3", "devel"
	Commit  string // empty if the build does not know it
	Go      string // the toolchain that built it, "go1.26.8"
}

// A Note is something that the reader should know and that changes no verdict:
// an exclude that covers nothing.
type Note struct {
	finding.Place
	Message string
}

// A Folder is a directory with a name by which readers know it.
type Folder struct {
	Name string // "$GOROOT"
	Dir  string // absolute
}

// A Report is what one run has to say.
type Report struct {
	Tool Tool
	// Dir is the directory that paths in text are relative to, Root the one
	// that paths in JSON and SARIF are relative to: that of the repository,
	// whatever directory lagvet was started in. Both are absolute.
	Dir, Root string
	// Links is the URL at which the code host shows the files below Root as they
	// are, to which "/path#L7" is added; empty if it is not known.
	Links string
	// Folders name directories outside of both, to shorten paths in text.
	Folders []Folder

	Rules    []Rule // those that were on
	Findings []finding.Finding
	Silenced []finding.Finding // by an allow or an exclude
	Problems []finding.Problem
	Notes    []Note
	Assumed  []finding.Assumption // what is taken on somebody's word

	Packages int  // in which findings were looked for
	Cached   int  // of them, those whose results were in the build cache
	Waiting  int  // performance findings in code that nothing says is hot
	Hidden   int  // findings of a tier that is not shown
	HotKnown bool // something tells what is hot: a profile, a directive, the configuration
	Elapsed  time.Duration
	// Timings say what the analysis took, if that was asked for.
	Timings *finding.Timings

	// Timesheets say what the packages answer and ask, if that was asked for.
	Timesheets []*timesheet.Sheet

	// Gate is set if the run compares: Findings are then only those that are
	// new and that the policy does not let pass.
	Gate *Gate
}

// A Gate says what a comparison with an older version, or with a baseline, has
// shown besides new findings.
type Gate struct {
	Against string            // "origin/main at 1a2b3c4", "lagvet.baseline.json"
	Commit  string            // full hash of the older version; empty for a baseline
	Known   []finding.Finding // that the older version has too
	Minor   []finding.Finding // new, and let pass: of a low severity or tier
	Fixed   []Gone            // that the older version had
	Stale   []Gone            // entries of the baseline that no longer occur
	Prune   bool              // stale entries are a failure
	Changes []finding.Change  // in what hot functions cost
}

// Gone is a finding that no longer occurs.
type Gone = finding.Gone

// The exit codes, and what they say.
const (
	Clean     = 0
	Found     = 1 // findings
	Usage     = 2 // the command line or the configuration is wrong
	Unchecked = 3 // something could not be checked, findings or not
)

// ExitCode returns the code that the run ends with.
func (r *Report) ExitCode() int {
	switch {
	case len(r.Problems) > 0:
		return Unchecked
	case len(r.Findings) > 0, r.Gate != nil && r.Gate.Prune && len(r.Gate.Stale) > 0:
		return Found
	}
	return Clean
}

// silenced returns how many findings allows and excludes silence.
func (r *Report) silenced() (allowed, excluded int) {
	for _, f := range r.Silenced {
		if f.Allowed != nil {
			allowed++
		} else {
			excluded++
		}
	}
	return allowed, excluded
}

// failing returns the number of packages with findings.
func (r *Report) failing() int {
	packages := make(map[string]bool)
	for _, f := range r.Findings {
		packages[f.Package] = true
	}
	return len(packages)
}

// below returns the path of file relative to dir, and whether it lies below it.
func below(dir, file string) (rel string, ok bool) {
	rel, err := filepath.Rel(dir, file)
	return rel, err == nil && filepath.IsLocal(rel)
}

// rooted returns file relative to the root, with slashes, and whether it lies
// below it; else it returns file with slashes.
func (r *Report) rooted(file string) (path string, ok bool) {
	if rel, ok := below(r.Root, file); ok {
		return filepath.ToSlash(rel), true
	}
	return filepath.ToSlash(file), false
}

// short returns the shortest path of file that a reader in r.Dir understands.
func (r *Report) short(file string) string {
	best := Short(r.Dir, file)
	if _, ok := below(r.Dir, file); ok {
		return best
	}
	for _, f := range r.Folders {
		if rel, ok := below(f.Dir, file); ok {
			if named := filepath.Join(f.Name, rel); strings.HasPrefix(best, "..") || len(named) < len(best) {
				best = named
			}
		}
	}
	return best
}

// Short returns file relative to dir, if that is shorter.
func Short(dir, file string) string {
	if rel, err := filepath.Rel(dir, file); err == nil && len(rel) < len(file) {
		return rel
	}
	return file
}
