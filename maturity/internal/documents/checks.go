package documents

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// MaxAge is after how long what people wrote down is to be gone through again.
const MaxAge = 180 * 24 * time.Hour

const day = 24 * time.Hour

// document returns the document, or what to say if it is not to be had.
func (r *Result) document(name string) (*document, verdict.Result) {
	if p, ok := r.broken[name]; ok {
		return nil, unreadable(p)
	}
	doc := r.docs[name]
	if doc == nil {
		wanted := strings.Join(r.wanted[name], " or ")
		return nil, verdict.Failed(fmt.Sprintf("there is no %s: write it, or let `lagvet init` begin it", wanted))
	}
	return doc, verdict.Result{}
}

func unreadable(p tree.Problem) verdict.Result {
	return verdict.Unseen(fmt.Sprintf("%s cannot be read: %s", p.File, p.Text), p.Place)
}

// Owned says whether somebody answers for the document of this name, and whether it was
// gone through within maxAge before now. Both are fields of the front matter, "owner"
// and "reviewed", or lines "Owner: …" and "Reviewed: 2006-01-02".
func (r *Result) Owned(name string, now time.Time, maxAge time.Duration) verdict.Result {
	doc, missing := r.document(name)
	if doc == nil {
		return missing
	}
	lines := doc.all().lines
	owner, ok := lookup(doc.fields, lines, "owner", "owners", "owned by", "maintainer", "responsible")
	if !ok {
		return verdict.Failed(fmt.Sprintf("nobody answers for %s: write a line \"Owner: @team\"", doc.file), doc.place(0, ""))
	}
	if placeholder(owner.value) {
		return verdict.Failed("the owner is not filled in: write who answers for this document, such as a handle of CODEOWNERS", doc.place(owner.line, owner.text()))
	}
	reviewed, ok := lookup(doc.fields, lines, "reviewed", "last reviewed", "reviewed on", "review date", "last review")
	if !ok {
		return verdict.Failed(fmt.Sprintf("%s does not say when it was last gone through: write a line \"Reviewed: %s\"", doc.file, now.UTC().Format(time.DateOnly)), doc.place(0, ""))
	}
	at := doc.place(reviewed.line, reviewed.text())
	when, ok := date(reviewed.value)
	if !ok || placeholder(reviewed.value) {
		return verdict.Failed("the day of the last review is not filled in: write it as "+now.UTC().Format(time.DateOnly), at)
	}
	if why := stale(when, now, maxAge); why != "" {
		return verdict.Failed("the last review "+why, at)
	}
	return verdict.Passed(fmt.Sprintf("%s answers for %s, last reviewed on %s", owner.value, doc.file, when.Format(time.DateOnly)),
		doc.place(owner.line, owner.text()), at)
}

func (f field) text() string { return f.name + ": " + f.value }

var isoDate = pattern.New(`\b([0-9]{4}-[0-9]{2}-[0-9]{2})\b`)

// date returns the first day that a text names, as 2006-01-02.
func date(text string) (time.Time, bool) {
	for _, m := range isoDate.Regexp().FindAllString(text, -1) {
		if d, err := time.Parse(time.DateOnly, m); err == nil {
			return d, true
		}
	}
	return time.Time{}, false
}

// stale says what is wrong with a day that is to lie within maxAge before now, or "".
// The day may be tomorrow: it is already, somewhere.
func stale(d, now time.Time, maxAge time.Duration) string {
	switch age := now.Sub(d); {
	case age < -day:
		return fmt.Sprintf("is on %s, which has not come yet", d.Format(time.DateOnly))
	case age > maxAge:
		return fmt.Sprintf("was on %s, %d days before: it is to be less than %d days old", d.Format(time.DateOnly), age/day, maxAge/day)
	}
	return ""
}

// Section says whether the document has a section of one of these headings in which
// somebody wrote something.
func (r *Result) Section(name string, headings ...string) verdict.Result {
	doc, s, missing := r.section(name, headings)
	if s == nil {
		return missing
	}
	for _, l := range s.lines {
		if !placeholder(l.text) {
			return verdict.Passed(fmt.Sprintf("%s says something", quoted(s.title)), doc.place(s.line, s.title), doc.place(l.n, clip(l.text)))
		}
	}
	for _, t := range s.tables {
		for _, row := range t.rows {
			if i := slices.IndexFunc(row.cells, func(c string) bool { return !placeholder(c) }); i >= 0 {
				return verdict.Passed(fmt.Sprintf("%s has a table", quoted(s.title)), doc.place(s.line, s.title), doc.place(row.line, clip(row.cells[i])))
			}
		}
	}
	return verdict.Failed(fmt.Sprintf("%s is empty: write down what holds for this service", quoted(s.title)), doc.place(s.line, s.title))
}

func (r *Result) section(name string, headings []string) (*document, *section, verdict.Result) {
	doc, missing := r.document(name)
	if doc == nil {
		return nil, nil, missing
	}
	if s := doc.find(headings...); s != nil {
		return doc, s, verdict.Result{}
	}
	return nil, nil, verdict.Failed(fmt.Sprintf("%s has no section %s: write one", doc.file, alternatives(headings)), doc.place(0, ""))
}

func alternatives(names []string) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = quoted(n)
	}
	return strings.Join(all, " or ")
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// longest is how many characters of a text are shown.
const longest = 120

func clip(s string) string {
	if r := []rune(s); len(r) > longest {
		return string(r[:longest-1]) + "…"
	}
	return s
}

// A Column is a column of a table: the title to write, and others that are taken for it.
type Column []string

// Table says whether the section of one of these headings has a table with these
// columns and at least minRows rows in which each of them is filled in. A row that is
// not is a failure, for what is known of the others.
func (r *Result) Table(name string, headings []string, columns []Column, minRows int) verdict.Result {
	doc, s, missing := r.section(name, headings)
	if s == nil {
		return missing
	}
	if len(s.tables) == 0 {
		return verdict.Failed(fmt.Sprintf("%s has no table: write one with the columns %s", quoted(s.title), titles(columns)), doc.place(s.line, s.title))
	}
	t, at, lacking := pick(s.tables, columns)
	if len(lacking) > 0 {
		return verdict.Failed(fmt.Sprintf("the table in %s lacks the columns %s", quoted(s.title), titles(lacking)), doc.place(t.line, strings.Join(t.columns, " | ")))
	}
	var filled, gaps []verdict.Place
	for _, row := range t.rows {
		if c := unfilled(row, at); c >= 0 {
			gaps = append(gaps, doc.place(row.line, fmt.Sprintf("%s is not filled in", quoted(t.columns[at[c]]))))
			continue
		}
		filled = append(filled, doc.place(row.line, clip(strings.Join(row.cells, " | "))))
	}
	switch {
	case len(gaps) > 0:
		return verdict.Failed(fmt.Sprintf("%s not filled in, of %d in %s", verdict.Count(len(gaps), "row is", "rows are"), len(t.rows), quoted(s.title)), gaps...)
	case len(filled) < minRows:
		return verdict.Failed(fmt.Sprintf("%s has %s: write at least %d, of %s", quoted(s.title), verdict.Count(len(filled), "row", "rows"), minRows, titles(columns)), doc.place(t.line, strings.Join(t.columns, " | ")))
	}
	return verdict.Passed(fmt.Sprintf("%s has %s of %s", quoted(s.title), verdict.Count(len(filled), "row", "rows"), titles(columns)), filled...)
}

func titles(columns []Column) string {
	var all []string
	for _, c := range columns {
		all = append(all, quoted(c[0]))
	}
	return strings.Join(all, ", ")
}

// pick returns the table that lacks fewest of the columns, where each of them is in it,
// and those that it lacks. There is at least one table.
func pick(tables []table, columns []Column) (best table, at []int, lacking []Column) {
	for i, t := range tables {
		var found []int
		var none []Column
		for _, c := range columns {
			k := t.column(c)
			if k < 0 {
				none = append(none, c)
				continue
			}
			found = append(found, k)
		}
		if i == 0 || len(none) < len(lacking) {
			best, at, lacking = t, found, none
		}
	}
	return best, at, lacking
}

// column returns the index of a column, or -1: one with this title or, if there is none,
// one whose title begins or ends with it, such as "Ends when" for "Ends".
func (t table) column(c Column) int {
	for _, same := range []func(string, []string) bool{isOneOf, beginsWithOneOf, endsWithOneOf} {
		if k := slices.IndexFunc(t.columns, func(title string) bool { return same(title, c) }); k >= 0 {
			return k
		}
	}
	return -1
}

// unfilled returns the index in at of the first column that row leaves open, or -1.
func unfilled(row row, at []int) int {
	return slices.IndexFunc(at, func(i int) bool { return i >= len(row.cells) || placeholder(row.cells[i]) })
}

// Column returns what the rows of a table of the section have in a column, where it is
// filled in: the texts of places. It is nil if there is no such table.
func (r *Result) Column(name string, headings []string, column Column) []verdict.Place {
	doc, s, _ := r.section(name, headings)
	if s == nil || len(s.tables) == 0 {
		return nil
	}
	t, at, lacking := pick(s.tables, []Column{column})
	if len(lacking) > 0 {
		return nil
	}
	var cells []verdict.Place
	for _, row := range t.rows {
		if unfilled(row, at) < 0 {
			cells = append(cells, doc.place(row.line, row.cells[at[0]]))
		}
	}
	return cells
}

// LinksResolve says whether the sections of these headings, or without any the document,
// have links, and all lead somewhere: to a file and heading of the repository, or to a
// URL that is well formed.
func (r *Result) LinksResolve(name string, headings ...string) verdict.Result {
	doc, missing := r.document(name)
	if doc == nil {
		return missing
	}
	s := doc.all()
	what := doc.file
	if len(headings) > 0 {
		if _, s, missing = r.section(name, headings); s == nil {
			return missing
		}
		what = quoted(s.title)
	}
	var good, bad []verdict.Place
	for _, l := range s.links {
		if l.broken != "" {
			bad = append(bad, doc.place(l.line, l.broken))
			continue
		}
		good = append(good, doc.place(l.line, clip(l.to)))
	}
	switch {
	case len(bad) > 0:
		return verdict.Failed(fmt.Sprintf("%s nowhere, of %d in %s", verdict.Count(len(bad), "link leads", "links lead"), len(bad)+len(good), what), bad...)
	case len(good) == 0:
		return verdict.Failed(fmt.Sprintf("%s has no links: write where what it speaks of is found", what), doc.place(s.line, s.title))
	}
	return verdict.Passed(fmt.Sprintf("every link in %s leads somewhere: %d", what, len(good)), good...)
}

// Drill says whether a failure was practised within maxAge before now: a line or a row
// of a table with the day, as 2006-01-02, and what came of it, in audit/drills.md or in
// the section "Drills" of the dependency checklist.
func (r *Result) Drill(now time.Time, maxAge time.Duration) verdict.Result {
	doc, s, missing := r.drills()
	if s == nil {
		return missing
	}
	var last time.Time
	var at verdict.Place
	for _, l := range s.entries() {
		d, ok := date(l.text)
		if !ok || now.Sub(d) < -day || !d.After(last) || placeholder(strings.Trim(isoDate.ReplaceAllString(l.text, ""), " |:-–—")) {
			continue
		}
		last, at = d, doc.place(l.n, clip(l.text))
	}
	if last.IsZero() {
		return verdict.Failed("no drill is recorded: write the day, which failure was practised, and what came of it", doc.place(s.line, s.title))
	}
	if why := stale(last, now, maxAge); why != "" {
		return verdict.Failed("the last drill "+why, at)
	}
	return verdict.Passed("a failure was practised on "+last.Format(time.DateOnly), at)
}

func (r *Result) drills() (*document, *section, verdict.Result) {
	if p, ok := r.broken[DrillsFile]; ok {
		return nil, nil, unreadable(p)
	}
	if doc := r.docs[DrillsFile]; doc != nil {
		return doc, doc.all(), verdict.Result{}
	}
	return r.section(Dependency, []string{"Drills", "Drill", "Drill record", "Game days", "Failure drills", "Fault drills"})
}

// entries are the lines of a section and the rows of its tables as lines.
func (s *section) entries() []line {
	all := slices.Clone(s.lines)
	for _, t := range s.tables {
		for _, row := range t.rows {
			all = append(all, line{row.line, strings.Join(row.cells, " | ")})
		}
	}
	return all
}

// CompletedFor says whether the checklists of the last n of these releases, the newest
// first, are there with a section for the track in which all boxes are ticked. The
// checklist of the tag v1.2.3 is audit/releases/v1.2.3.md. It is not applicable where
// nothing has been released.
func (r *Result) CompletedFor(track string, tags []string, n int) verdict.Result {
	if len(tags) == 0 {
		return verdict.Needless("nothing has been released yet: there is no tag of a version")
	}
	tags = tags[:min(n, len(tags))]
	var done, open []verdict.Place
	for _, tag := range tags {
		doc, problem, wanted := r.release(tag)
		if problem != nil {
			return unreadable(*problem)
		}
		if doc == nil {
			return verdict.Failed(fmt.Sprintf("the checklist of the release %s is missing: copy audit/releases/TEMPLATE.md to %s and go through it", tag, strings.Join(wanted, " or ")), done...)
		}
		s := doc.find(headingsOf(track)...)
		if s == nil {
			return verdict.Failed(fmt.Sprintf("the checklist of the release %s has no section %s", tag, quoted(headingsOf(track)[0])), doc.place(0, ""))
		}
		if len(s.tasks) == 0 {
			return verdict.Failed(fmt.Sprintf("the checklist of the release %s has no boxes in %s: write them as \"- [ ] …\"", tag, quoted(s.title)), doc.place(s.line, s.title))
		}
		for _, b := range s.tasks {
			if !b.done {
				open = append(open, doc.place(b.line, clip(b.text)))
			}
		}
		done = append(done, doc.place(s.line, verdict.Count(len(s.tasks), "box", "boxes")))
	}
	if len(open) > 0 {
		return verdict.Failed(verdict.Count(len(open), "box of "+track+" is", "boxes of "+track+" are")+" not ticked in the checklists of the last releases", open...)
	}
	return verdict.Passed(fmt.Sprintf("the checklist is complete for %s", strings.Join(tags, ", ")), done...)
}

// headingsOf are the headings of a track in the checklist of a release.
func headingsOf(track string) []string {
	switch track {
	case Concurrency:
		return []string{"Concurrency"}
	case Context:
		return []string{"Context", "Contexts", "Timeouts", "Deadlines"}
	case Observability:
		return []string{"Observability", "Logs and metrics", "Telemetry"}
	case Dependency:
		return []string{"Dependency", "Dependencies"}
	case Modules:
		return []string{"Modules", "Module versions"}
	}
	return []string{track}
}
