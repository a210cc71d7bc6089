package report

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// ranked returns fs, the most urgent first, for formats that are cut or skimmed:
// by severity, by what was measured, by how hot the code is, and by how sure the
// finding is. What is equal in these keeps its order.
func ranked(fs []finding.Finding) []finding.Finding {
	fs = slices.Clone(fs)
	slices.SortStableFunc(fs, func(a, b finding.Finding) int {
		return cmp.Or(
			cmp.Compare(urgency(b.Severity), urgency(a.Severity)),
			cmp.Compare(measured(b), measured(a)),
			cmp.Compare(heat(b), heat(a)),
			cmp.Compare(sureness(b.Tier), sureness(a.Tier)),
		)
	})
	return fs
}

func urgency(severity string) int { return slices.Index([]string{"low", "medium", "high"}, severity) }

func sureness(tier string) int {
	return slices.Index([]string{finding.Suspected, finding.Likely, finding.Proven}, tier)
}

// measured returns the share, 0 to 1, that was measured for f.
func measured(f finding.Finding) float64 {
	if f.Evidence == nil {
		return 0
	}
	return f.Evidence.Weight
}

// heat returns the share of CPU time, 0 to 1, of the code of f, as far as known.
func heat(f finding.Finding) float64 {
	if f.Hot == nil {
		return 0
	}
	return f.Hot.Share
}

// verdict returns in one sentence how the run went, what was not checked first: the
// rest cannot be read without it. It holds no times, so that the same code gives the
// same report.
func (r *Report) verdict() string {
	var parts []string
	unchecked := len(r.Problems)
	switch {
	case unchecked > 0 && r.Packages == 0 && len(r.Findings) == 0:
		return "nothing was checked."
	case unchecked > 0:
		parts = append(parts, plural(unchecked, "thing was not checked", "things were not checked"))
	}
	if len(r.Findings) > 0 {
		parts = append(parts, r.found())
	}
	if n := len(r.prunable()); n > 0 {
		parts = append(parts, plural(n, "entry of the baseline no longer occurs", "entries of the baseline no longer occur"))
	}
	if len(r.Findings)+len(r.prunable()) == 0 {
		parts = append(parts, r.clean())
	}
	return strings.Join(parts, "; ") + "."
}

func (r *Report) found() string {
	where := fmt.Sprintf(" in %d of %s", r.failing(), count(r.Packages, "package"))
	if r.Gate == nil {
		return count(len(r.Findings), "finding") + where
	}
	return count(len(r.Findings), "new finding") + " against " + r.Gate.Against + where
}

// clean says that nothing was found.
func (r *Report) clean() string {
	if r.Gate == nil {
		return "no findings in " + count(r.Packages, "package")
	}
	return "no new findings against " + r.Gate.Against + " in " + count(r.Packages, "package")
}

// prunable returns the entries of a baseline that no longer occur, if that fails
// the run.
func (r *Report) prunable() []Gone {
	if r.Gate == nil || !r.Gate.Prune {
		return nil
	}
	return r.Gate.Stale
}

// aside returns what is not in the verdict and yet belongs to the picture: how
// much is silenced, let pass, or waits to know what is hot.
func (r *Report) aside() string {
	allowed, excluded := r.silenced()
	var parts []string
	add := func(n int, text string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, text))
		}
	}
	if g := r.Gate; g != nil {
		add(len(g.Minor), "new and let pass")
		add(len(g.Known), "known")
		add(len(g.Fixed), "fixed")
	}
	add(allowed, "allowed")
	add(excluded, "excluded")
	add(len(r.Assumed), "assumed")
	add(r.Hidden, "of a tier that is not shown")
	if r.HotKnown {
		add(r.Waiting, "waiting to know what is hot")
	}
	return strings.Join(parts, ", ")
}

// atRoot returns r for a reader in the root of the repository, wherever lagvet
// was started: code hosts know no other directory.
func (r *Report) atRoot() *Report {
	rooted := *r
	rooted.Dir = r.Root
	return &rooted
}

// details returns the lines that text has below a finding: why its code is hot,
// what was measured, the chain, and what to do. They are not indented.
func (r *Report) details(f finding.Finding) string {
	var b bytes.Buffer
	if err := Text(&b, &Report{Dir: r.Root, Root: r.Root, Folders: r.Folders, Findings: []finding.Finding{f}}, false); err != nil {
		return "" // a buffer takes everything
	}
	_, rest, _ := strings.Cut(b.String(), "\n    ")
	rest, _, _ = strings.Cut(rest, "\n\n")
	return strings.ReplaceAll(rest, "\n    ", "\n")
}
