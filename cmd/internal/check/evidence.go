package check

import (
	"context"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/evidence"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// openEvidence reads what was measured on the running program.
func (r *run) openEvidence() error {
	if len(r.Evidence) == 0 {
		return nil
	}
	var err error
	r.evidence, err = evidence.Open(r.Dir, r.Evidence, r.Binary)
	return err
}

// measure joins what was found with what was measured, and ranks findings by it.
func (r *run) measure(ctx context.Context, rep *report.Report, res *engine.Result) {
	if r.evidence == nil || len(res.ModulePaths) == 0 {
		return
	}
	p := evidence.Program{
		Commands: res.Commands,
		GOROOT:   res.GOROOT, GOMODCACHE: res.GOMODCACHE,
		Tags: tags(r.BuildFlags), Overlay: r.Overlay,
	}
	for i, path := range res.ModulePaths {
		p.Modules = append(p.Modules, evidence.Module{Path: path, Dir: res.Modules[i]})
	}
	said := r.evidence.Join(ctx, p, rep.Findings, rep.Silenced)
	rep.Problems = slices.Concat(rep.Problems, said.Problems)
	for _, note := range said.Notes {
		rep.Notes = append(rep.Notes, report.Note{Message: note})
	}
	finding.Rank(rep.Findings)
}

// tags returns the build tags among flags of the go command.
func tags(flags []string) []string {
	var tags []string
	for _, f := range flags {
		if list, ok := strings.CutPrefix(f, "-tags="); ok {
			tags = strings.FieldsFunc(list, func(c rune) bool { return c == ',' || c == ' ' })
		}
	}
	return tags
}
