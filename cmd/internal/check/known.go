package check

import (
	"fmt"
	"os"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/baseline"
	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/ledger"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// A known is a file of findings that are put up with.
type known struct {
	*baseline.File
	path string // absolute
	name string // for a reader
}

// known reads the baseline, if there is to be one.
func (r *run) known(path string) (*known, error) {
	if path == "" {
		return nil, nil
	}
	path = r.inDir(path)
	name := report.Short(r.here, path)
	f, err := baseline.Load(name)
	if err != nil {
		return nil, err
	}
	return &known{f, path, name}, nil
}

// beside compares with a baseline. Of what is found, rep holds what is new against
// the base.
func (r *run) beside(k *known, found []finding.Finding, rep *report.Report, res *engine.Result) {
	g := rep.Gate
	if g.Against != "" {
		g.Against += " and "
	}
	g.Against += k.name
	m := baseline.Match(k.Entries, found, baseline.Disk(rep.Root))
	unknown := make(map[string]bool)
	for _, f := range m.Fresh {
		unknown[f.Fingerprint] = true
	}
	fresh := rep.Findings
	rep.Findings = nil
	for _, f := range fresh {
		if unknown[f.Fingerprint] {
			rep.Findings = append(rep.Findings, f)
		} else {
			g.Known = append(g.Known, f)
		}
	}
	if r.everything() && len(rep.Problems) == 0 {
		// Without the profile that a baseline was written with, some wait.
		unshown := r.policy.Apply(res.Findings).Unshown
		for _, e := range baseline.Match(m.Gone, unshown, baseline.Disk(rep.Root)).Gone {
			g.Stale = append(g.Stale, e.Gone(rep.Root))
		}
	}
	if g.Commit == "" {
		r.costs(k, rep, res)
	}
}

// everything reports whether the run looks at all that a baseline is of: the module
// or the workspace.
func (r *run) everything() bool {
	return r.allOfIt() && SameDir(r.Dir, config.Root(r.Dir, os.Getenv("GOWORK")))
}

// SameDir reports whether two paths lead to one directory.
func SameDir(a, b string) bool {
	x, errx := os.Stat(a)
	y, erry := os.Stat(b)
	return errx == nil && erry == nil && os.SameFile(x, y)
}

// costs compares what hot functions cost with what the baseline remembers.
func (r *run) costs(k *known, rep *report.Report, res *engine.Result) {
	if k.Costs == nil || !r.everything() {
		return
	}
	then, now := k.Go+" "+k.GOOS+"/"+k.GOARCH, res.Toolchain+" "+res.GOOS+"/"+res.GOARCH
	if then != now {
		rep.Notes = append(rep.Notes, report.Note{Place: finding.Place{File: k.path}, Message: fmt.Sprintf(
			"is of %s, and this is %s: what hot functions cost is not compared, for the compiler changes it too. Write it again with lagvet baseline write", then, now)})
		return
	}
	var books []finding.Ledger
	for _, c := range k.Costs {
		books = append(books, c.Ledger())
	}
	rep.Gate.Changes = ledger.Diff(books, res.Ledger, ledger.Options{})
}
