package engine

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// result joins what was asked for with what go vet said.
func (c *check) result(asked packageSet, v vetted) *Result {
	res := &Result{
		Problems:      v.problems,
		Notes:         v.notes,
		GOROOT:        c.env.GOROOT,
		GOMODCACHE:    c.env.GOMODCACHE,
		Toolchain:     c.env.GOVERSION,
		ToolchainFile: original(c.env.toolchainFile()),
		GOOS:          c.env.GOOS,
		GOARCH:        c.env.GOARCH,
		Budgets:       make([]bool, len(c.opts.Config.Budgets)),
	}
	for _, m := range c.modules {
		res.Modules = append(res.Modules, original(m.Dir))
		res.ModulePaths = append(res.ModulePaths, m.Path)
	}
	res.Commands = asked.commands()
	t := translator{
		asked:    asked,
		byDir:    asked.byDir(),
		rules:    make(map[string]*analyzers.Rule),
		disabled: c.opts.Disabled,
	}
	for _, r := range analyzers.Catalogue() {
		t.rules[r.Name] = r
	}
	// Maps and parallel units come in any order.
	slices.SortStableFunc(v.findings, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.unit, b.unit), cmp.Compare(a.Posn, b.Posn), cmp.Compare(a.Category, b.Category))
	})
	for _, f := range v.findings {
		t.take(f)
	}
	res.Findings = dedupe(t.findings)
	for _, f := range v.heat {
		t.takeHeat(f)
	}
	res.Heat = settle(t.heat)
	for _, f := range v.effects {
		t.takeEffects(f)
	}
	res.Effects = settleEffects(t.effects)
	for _, f := range v.ledger {
		t.takeLedger(f)
	}
	res.Ledger = settleLedger(t.ledger)
	if c.opts.Timesheets {
		for _, f := range v.sheets {
			t.takeSheet(f)
		}
	}
	res.Timesheets = settleSheets(t.sheets)
	res.Problems = append(res.Problems, t.problems...)
	t.count(res, v)
	if c.opts.Timings {
		res.Timings = timingsOf(v.took, asked)
		res.Timings.Cached, res.Timings.All = res.Cached, c.opts.Anew
	}
	res.Problems = append(inOrder(res.Problems), unseen(asked, v)...)
	return res
}

// inOrder sorts problems by place, those without one first, and drops what is
// said twice, as of the variants of a package. Packages are checked in parallel,
// so they come in any order.
func inOrder(ps []finding.Problem) []finding.Problem {
	slices.SortStableFunc(ps, func(a, b finding.Problem) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Message, b.Message), cmp.Compare(a.Remedy, b.Remedy),
		)
	})
	return slices.Compact(ps)
}

// count fills in the numbers of a result.
func (t *translator) count(res *Result, v vetted) {
	type seen struct {
		fresh, hot bool
		assumed    []vettool.Assumed
		allowed    []vettool.Allowed
	}
	checked := make(map[string]seen)
	for id, u := range v.units {
		p, ok := t.asked.of(id)
		if !ok {
			continue
		}
		s := checked[p.path]
		s.fresh = s.fresh || v.fresh[u.Package]
		s.hot = s.hot || u.Hot
		if len(u.Assumed) > len(s.assumed) { // a variant for tests has what the package has
			s.assumed = u.Assumed
		}
		s.allowed = append(s.allowed, u.Allowed...)
		checked[p.path] = s
		for _, i := range u.Budgets {
			if i < len(res.Budgets) {
				res.Budgets[i] = true
			}
		}
		if u.NoEscape != "" {
			res.Problems = append(res.Problems, finding.Problem{
				Message: fmt.Sprintf("%s: what escapes to the heap could not be checked: %s", p.path, firstLine(u.NoEscape)),
				Remedy:  "see whether go build -gcflags=-m=2 " + p.path + " works",
			})
		}
	}
	res.Packages = len(checked)
	for path, s := range checked {
		if !s.fresh {
			res.Cached++
		}
		if !s.hot {
			res.Cold++
		}
		for _, a := range s.assumed {
			res.Assumed = append(res.Assumed, finding.Assumption{Place: t.place(a.Posn), Func: a.Func, Effects: a.Effects, Reason: a.Reason})
		}
		for _, a := range s.allowed {
			res.Allows = append(res.Allows, finding.Allow{Place: t.place(a.Posn), Package: path, Func: a.Func, Rules: a.Rules, Reason: a.Reason})
		}
	}
	slices.SortFunc(res.Allows, func(a, b finding.Allow) int { return finding.Compare(a.Place, b.Place) })
	res.Allows = slices.CompactFunc(res.Allows, func(a, b finding.Allow) bool { return a.Place == b.Place })
	slices.SortFunc(res.Assumed, func(a, b finding.Assumption) int { return finding.Compare(a.Place, b.Place) })
	with := make(map[string]bool)
	for _, f := range res.Findings {
		with[f.Package] = true
		if f.NeedsHot {
			res.NeedHot++
		}
	}
	res.WithFindings = len(with)
}

// missing returns the packages that no unit announced, in order.
func missing(asked packageSet, v vetted) []string {
	seen := make(map[string]bool)
	for id := range v.units {
		if p, ok := asked.of(id); ok {
			seen[p.path] = true
		}
	}
	var missing []string
	for path, p := range asked {
		if p.files && !seen[path] && !slices.Contains(v.broken, path) {
			missing = append(missing, path)
		}
	}
	slices.Sort(missing)
	return missing
}

// unseen tells of the packages that no unit announced.
func unseen(asked packageSet, v vetted) []finding.Problem {
	missing := missing(asked, v)
	switch {
	case len(missing) == 0:
		return nil
	case len(v.broken) > 0:
		return []finding.Problem{{
			Message: fmt.Sprintf("not checked, because %s, which they import, cannot be compiled: %s", enumerate(v.broken), enumerate(missing)),
			Remedy:  "mend " + enumerate(v.broken) + " first",
		}}
	case len(v.problems) > 0:
		return nil // they say why nothing was checked
	}
	return []finding.Problem{{
		Message: "not checked, and the go command does not say why: " + enumerate(missing),
		Remedy:  reportBug,
	}}
}

// enumerate names the first few of many.
func enumerate(names []string) string {
	const most = 5
	if len(names) > most+1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// A translator makes findings of diagnostics.
type translator struct {
	asked    packageSet
	byDir    map[string]pkg
	rules    map[string]*analyzers.Rule
	disabled []string

	findings []finding.Finding
	heat     []finding.Heat
	effects  []finding.Effects
	ledger   []entry
	sheets   []sheet
	problems []finding.Problem
}

// take translates one diagnostic. It is dropped if it stands in a package that
// was not asked for.
func (t *translator) take(d found) {
	a, err := analyzers.Decode(d.Category)
	if err != nil {
		t.problems = append(t.problems, finding.Problem{Message: fmt.Sprintf("%s: %v", d.unit, err), Remedy: reportBug})
		return
	}
	start := t.place(cmp.Or(a.Posn, d.Posn))
	p, ok := t.asked.of(d.unit)
	if a.Posn != "" {
		p, ok = t.byDir[filepath.Dir(start.File)]
	}
	if !ok || slices.Contains(t.disabled, a.Rule) || a.Yields != "" && !slices.Contains(t.disabled, a.Yields) {
		return
	}
	switch {
	case a.Rule == analyzers.UncheckedRule:
		t.problems = append(t.problems, finding.Problem{
			Message: fmt.Sprintf("%s: %s", p.path, d.Message),
			Remedy:  "lagvet does not take what it could not read for clean: see whether a newer lagvet knows it",
		})
		return
	case a.Rule == analyzers.DirectiveRule && a.Tier == finding.Proven:
		t.problems = append(t.problems, finding.Problem{Place: start, Message: d.Message, Remedy: "correct the directive"})
		return
	}
	t.findings = append(t.findings, t.finding(d, a, p, start))
}

func (t *translator) finding(d found, a analyzers.Attributes, p pkg, start finding.Place) finding.Finding {
	f := finding.Finding{
		Rule:      a.Rule,
		Message:   d.Message,
		Tier:      a.Tier,
		Package:   p.path,
		Func:      a.Func,
		Fault:     a.Fault,
		Start:     start,
		End:       start,
		Cause:     a.Cause,
		Primitive: a.Primitive,
		Chain:     t.steps(a.Chain),
		Mend:      a.Mend,
		NeedsHot:  a.NeedsHot,
	}
	if a.Posn == "" && d.End != "" {
		f.End = t.place(d.End)
		f.Fixes = t.fixes(d)
	}
	if r := t.rules[a.Rule]; r != nil {
		f.Severity, f.Class, f.URL = string(r.Severity), string(r.Class), r.URL
	} else { // about a directive
		f.Severity = "low"
	}
	if h := a.Hot; h != nil {
		f.Hot = &finding.Hot{Source: h.Source, Detail: h.Detail, Share: h.Share, Via: t.steps(h.Via)}
	}
	if a.Allowed != nil {
		f.Allowed = &finding.Allowed{Place: t.place(a.Allowed.Posn), Reason: a.Allowed.Reason}
	}
	return f
}

func (t *translator) steps(steps []analyzers.Step) []finding.Step {
	var fs []finding.Step
	for _, s := range steps {
		fs = append(fs, finding.Step{Place: t.place(s.Posn), Text: s.Text})
	}
	return fs
}

// fixes translates those fixes whose files are the user's: in a package that
// uses cgo the offsets are those of a file that the go command made.
func (t *translator) fixes(d found) []finding.Fix {
	var fixes []finding.Fix
	for _, fix := range d.Fixes {
		f := finding.Fix{Message: fix.Message}
		for _, e := range fix.Edits {
			if strings.HasSuffix(e.Filename, ".cgo1.go") {
				f.Edits = nil
				break
			}
			f.Edits = append(f.Edits, finding.Edit{File: original(e.Filename), Start: e.Start, End: e.End, New: e.New})
		}
		if len(f.Edits) > 0 {
			fixes = append(fixes, f)
		}
	}
	return fixes
}

// place reads "file:line:column", the column or both left out where they are
// not known.
func (t *translator) place(posn string) finding.Place { return Place(posn) }

// Place reads a place as the tool writes it, file:line:column.
func Place(posn string) finding.Place {
	file, column, ok := cutNumber(posn)
	if !ok {
		return finding.Place{File: original(posn)}
	}
	file, line, ok := cutNumber(file)
	if !ok {
		line, column = column, 0
	}
	return finding.Place{File: original(file), Line: line, Column: column}
}

// cutNumber cuts ":number" off the end of s.
func cutNumber(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	if err != nil {
		return s, 0, false
	}
	return s[:i], n, true
}

// dedupe drops what two variants of a package both say, and of findings that
// differ only in what is known about hotness those that know less.
func dedupe(fs []finding.Finding) []finding.Finding {
	type identity struct {
		rule, message, fn, cause, primitive string
		start                               finding.Place
	}
	type coarse struct {
		rule, fn, cause, primitive string
		start                      finding.Place
	}
	hot := make(map[coarse]bool)
	for _, f := range fs {
		if !f.NeedsHot {
			hot[coarse{f.Rule, f.Func, f.Cause, f.Primitive, f.Start}] = true
		}
	}
	seen := make(map[identity]bool)
	var kept []finding.Finding
	for _, f := range fs {
		id := identity{f.Rule, f.Message, f.Func, f.Cause, f.Primitive, f.Start}
		if seen[id] || f.NeedsHot && hot[coarse{f.Rule, f.Func, f.Cause, f.Primitive, f.Start}] {
			continue
		}
		seen[id] = true
		kept = append(kept, f)
	}
	return kept
}
