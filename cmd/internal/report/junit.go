package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// The elements and attributes are those that Jenkins' schema of JUnit reports
// (junit-10.xsd of its xUnit plugin) and GitLab's reader both take. There are no
// times: the same code gives the same report.
type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Suites []junitSuite `xml:"testsuite"`
}

type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCounts
	Skipped int         `xml:"skipped,attr"`
	Cases   []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitOutcome `xml:"failure"`
	Error   *junitOutcome `xml:"error"`
	Skipped *junitOutcome `xml:"skipped"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes r as a JUnit report: a suite for each rule that is on, and one for
// what could not be checked. A finding is a failed test. Where a suite has nothing
// to report, one test says so: a suite without tests says nothing.
func JUnit(w io.Writer, r *Report) error {
	all := junitSuites{Name: "lagvet", Suites: []junitSuite{r.junitChecked()}}
	for _, rule := range r.junitRules() {
		all.Suites = append(all.Suites, r.junitRule(rule))
	}
	if r.Gate != nil && r.Gate.Prune {
		all.Suites = append(all.Suites, r.junitStale())
	}
	for i := range all.Suites {
		s := &all.Suites[i]
		s.count()
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

func (s *junitSuite) count() {
	for _, c := range s.Cases {
		s.Tests++
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
}

// junitChecked returns the suite of what could not be checked.
func (r *Report) junitChecked() junitSuite {
	s := junitSuite{Name: "checked"}
	seen := make(map[string]int)
	for _, p := range r.Problems {
		at := ""
		if p.File != "" {
			file, _ := r.rooted(p.File)
			at = posn(file, p.Place) + ": "
		}
		s.Cases = append(s.Cases, junitCase{
			Name: numbered(seen, p.Message), Class: "lagvet",
			Error: &junitOutcome{"could not check: " + p.Message, "not checked", lines(at+"could not check: "+p.Message, "mend", p.Remedy)},
		})
	}
	if len(s.Cases) == 0 {
		s.Cases = []junitCase{{Name: "all of " + count(r.Packages, "package") + " could be checked", Class: "lagvet"}}
	}
	return s
}

// junitRules returns the rules that get a suite: those that are on, and any other
// that has a finding.
func (r *Report) junitRules() []Rule {
	rules := slices.Clone(r.Rules)
	for _, f := range r.Findings {
		if !slices.ContainsFunc(rules, func(rule Rule) bool { return rule.Name == f.Rule }) {
			rules = append(rules, Rule{Name: f.Rule})
		}
	}
	return rules
}

func (r *Report) junitRule(rule Rule) junitSuite {
	s := junitSuite{Name: rule.Name}
	for _, f := range r.Findings {
		if f.Rule == rule.Name {
			s.Cases = append(s.Cases, r.junitFinding(f))
		}
	}
	if len(s.Cases) > 0 {
		return s
	}
	c := junitCase{Name: r.clean(), Class: "lagvet." + rule.Name}
	if rule.NeedsHot && !r.HotKnown {
		c.Skipped = &junitOutcome{Message: "nothing tells what is hot here, so " + rule.Name + " sees less: --profile cpu.pprof, or //lagvet:hot above a function"}
	}
	s.Cases = []junitCase{c}
	return s
}

// junitFinding returns the test that f fails. Its name holds the fingerprint, by
// which servers tell one test from another and know it again in the next run.
func (r *Report) junitFinding(f finding.Finding) junitCase {
	file, _ := r.rooted(f.Start.File)
	return junitCase{
		Name: f.Message + " (" + f.Fingerprint + ")", Class: f.Package,
		Failure: &junitOutcome{f.Message, label(f), posn(file, f.Start) + ": " + f.Message + "\n" + r.details(f)},
	}
}

// junitStale returns the suite of a baseline whose entries must all occur.
func (r *Report) junitStale() junitSuite {
	s := junitSuite{Name: "stale-baseline"}
	for _, e := range r.Gate.Stale {
		s.Cases = append(s.Cases, junitCase{
			Name: e.Message + " (" + e.Fingerprint + ")", Class: "lagvet.baseline",
			Failure: &junitOutcome{"no longer occurs: " + e.Message, "stale-baseline", r.gone(e) + "\nmend: lagvet baseline prune"},
		})
	}
	if len(s.Cases) == 0 {
		s.Cases = []junitCase{{Name: "every entry still occurs", Class: "lagvet.baseline"}}
	}
	return s
}

// numbered returns name, with an ordinal from its second use on.
func numbered(seen map[string]int, name string) string {
	if seen[name]++; seen[name] > 1 {
		return fmt.Sprintf("%s (%d)", name, seen[name])
	}
	return name
}
