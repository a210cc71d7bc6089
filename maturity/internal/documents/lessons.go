package documents

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// levels is how many levels the model has.
const levels = 5

// Lessons says whether the record of incidents is complete: for each, below a heading
// of its own, the day, the class, which is one of [Tracks], the gap that each level
// left, and a link to the change that closes it.
//
//	## Payments waited for the risk service
//	- Date: 2026-03-01
//	- Class: context
//	- Change: https://…
//
//	| Level | Gap |
//	|---|---|
//	| L1 | … |
//
// The gaps may be lines "L1: …" instead. A record that says "No incidents" and has none
// is not applicable.
func (r *Result) Lessons() verdict.Result {
	doc, missing := r.document(LessonsFile)
	if doc == nil {
		return missing
	}
	var good, bad []verdict.Place
	for _, s := range doc.lessons() {
		if why := s.lesson(); why != "" {
			bad = append(bad, doc.place(s.line, fmt.Sprintf("%s: %s", quoted(s.title), why)))
			continue
		}
		good = append(good, doc.place(s.line, clip(s.title)))
	}
	if len(bad) > 0 {
		return verdict.Failed(fmt.Sprintf("%s not complete, of %d", verdict.Count(len(bad), "lesson is", "lessons are"), len(bad)+len(good)), bad...)
	}
	if len(good) > 0 {
		return verdict.Passed(verdict.Count(len(good), "lesson", "lessons")+", each with its gaps and the change that closes them", good...)
	}
	for _, l := range doc.all().lines {
		if noIncident.MatchString(l.text) {
			return verdict.Needless("the record says that there has been no incident", doc.place(l.n, clip(l.text)))
		}
	}
	return verdict.Failed(fmt.Sprintf("%s holds no lesson: write what was learnt of each incident, or a line \"No incidents so far.\"", doc.file), doc.place(0, ""))
}

var noIncident = pattern.New(`(?i)^no (?:incident|outage)s?\b`)

// lessons are the sections of the second level. Those that are only about the record
// itself have neither a field nor a table; if they have, they are lessons that lack the
// rest.
func (d *document) lessons() []*section {
	var all []*section
	for i, s := range d.sections {
		if s.level != 2 {
			continue
		}
		w := d.whole(i)
		_, class := lookup(nil, w.lines, classNames()...)
		_, day := lookup(nil, w.lines, dateNames()...)
		_, dated := date(w.title)
		if class || day || dated || len(w.gaps()) > 0 {
			all = append(all, w)
		}
	}
	return all
}

func dateNames() []string  { return []string{"Date", "Day", "Incident", "Incident date"} }
func classNames() []string { return []string{"Class", "Incident class", "Track"} }
func changeNames() []string {
	return []string{"Change", "Changes", "Closed by", "Closing change", "Fix", "Mended by"}
}

// lesson says what a lesson lacks, or "".
func (s *section) lesson() string {
	day, _ := lookup(nil, s.lines, dateNames()...)
	if _, ok := date(day.value + " " + s.title); !ok || placeholder(day.value) && day.name != "" {
		return "write the day of the incident, \"Date: 2006-01-02\""
	}
	class, _ := lookup(nil, s.lines, classNames()...)
	if !slices.Contains(Tracks(), strings.ToLower(class.value)) {
		return "write its class, \"Class: …\", one of " + strings.Join(Tracks(), ", ")
	}
	var lacking []string
	for level := 1; level <= levels; level++ {
		if placeholder(s.gaps()[level]) {
			lacking = append(lacking, fmt.Sprintf("L%d", level))
		}
	}
	if len(lacking) > 0 {
		return "write the gap, or \"none\", for " + strings.Join(lacking, ", ")
	}
	return s.closed()
}

// closed says what the link of the change lacks, or "".
func (s *section) closed() string {
	change, ok := lookup(nil, s.lines, changeNames()...)
	if !ok {
		return "write the link of the change that closes it, \"Change: https://…\""
	}
	i := slices.IndexFunc(s.links, func(l link) bool { return l.line == change.line })
	if i < 0 {
		return "the change that closes it is no link"
	}
	if s.links[i].broken != "" {
		return "the link of the change leads nowhere: " + s.links[i].broken
	}
	return ""
}

var (
	levelName = pattern.New(`(?i)^(?:l|level )?([1-5])\b`)
	levelLine = pattern.New(`(?i)^(?:l|level )([1-5])\b[^:]*:\s*(.*)$`)
)

// gaps returns what each level left open, by its number.
func (s *section) gaps() map[int]string {
	gaps := make(map[int]string)
	for _, l := range s.lines {
		if m := levelLine.FindStringSubmatch(l.text); m != nil {
			gaps[int(m[1][0]-'0')] = m[2]
		}
	}
	for _, t := range s.tables {
		_, at, lacking := pick([]table{t}, []Column{{"Level"}, {"Gap", "Gaps", "What was missing", "Missing"}})
		if len(lacking) > 0 {
			continue
		}
		for _, row := range t.rows {
			if m := levelName.FindStringSubmatch(row.cells[at[0]]); m != nil && at[1] < len(row.cells) {
				gaps[int(m[1][0]-'0')] = row.cells[at[1]]
			}
		}
	}
	return gaps
}
