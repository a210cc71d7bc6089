package report

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"go/doc/comment"
	"strings"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// Rule is what a report and the documentation say of a rule.
type Rule struct {
	Name     string
	Title    string // one sentence, without the rule's name and without a full stop
	Page     string // the package comment, without the word Package
	Group    string
	Class    string // of incidents
	Severity string
	Since    string   // the first Go version on which it speaks
	Tier     string   // that of its surest findings
	Trial    bool     // all its findings are suspected until enough of them have been read
	Settled  []string // but those of these causes
	Fixes    bool     // some of its findings come with a suggested fix
	NeedsHot bool     // says nothing, or less, where nothing tells what is hot
	Origin   string   // the program that the check is from: lagvet, unless it is adopted
	URL      string
	Options  []Option
}

// An Option is a setting of a rule, made under its name in .lagvet.yml.
type Option struct {
	Name, Usage, Default string
}

// Rules returns what there is to say of the rules rs.
func Rules(rs []*analyzers.Rule) []Rule {
	var out []Rule
	for _, r := range rs {
		out = append(out, Rule{
			Name:     r.Name,
			Title:    r.Title,
			Page:     strings.TrimPrefix(r.Page, "Package "),
			Group:    string(r.Group),
			Class:    string(r.Class),
			Severity: string(r.Severity),
			Since:    r.Since,
			Tier:     string(r.Tier),
			Trial:    r.Trial,
			Settled:  r.Settled,
			Fixes:    r.Fixes,
			NeedsHot: r.NeedsHot,
			Origin:   cmp.Or(r.Origin, own),
			URL:      r.URL,
			Options:  options(r),
		})
	}
	return out
}

// own is the origin of the rules that are nobody else's.
const own = "lagvet"

func options(r *analyzers.Rule) []Option {
	var out []Option
	r.Flags.VisitAll(func(f *flag.Flag) {
		out = append(out, Option{f.Name, f.Usage, f.DefValue})
	})
	return out
}

// DirectiveRule is the rule of findings about directives, which has no analyzer
// and cannot be turned off: a directive without effect must not pass for one.
func DirectiveRule() Rule {
	return Rule{
		Name:     finding.DirectiveRule,
		Title:    "reports directives that cannot be obeyed, and allows that silence nothing",
		Page:     directivePage,
		Group:    "directives",
		Severity: "low",
		Since:    "go1.0",
		Tier:     "proven",
		Origin:   own,
		URL:      homepage + "/blob/main/docs/directives.md",
	}
}

const directivePage = `directive reports //lagvet: comments that cannot be obeyed, and allows that silence nothing.

# What

A directive that is unknown, misspelt, without the reason that it must give, or
in a place where it has no effect; and an allow at a place where the rule that it
names has nothing to say.

# Why it costs

Whoever wrote the directive relies on it. One without effect leaves code unchecked
that is believed to be under contract; an allow that outlived its finding will
silence the next one, which is true.

# How to mend

Write the directive as docs/directives.md has it, put it where it belongs, or
remove it.
`

// facts returns in one line what the catalogue says of the rule.
func (r Rule) facts() string {
	facts := []string{r.Group, "severity " + r.Severity, "since " + r.Since, "at best " + r.Tier}
	if r.Class != "" && r.Class != "performance" {
		facts = append(facts, "incident class: "+r.Class)
	}
	if r.Trial {
		facts = append(facts, r.trial())
	}
	if r.Fixes {
		facts = append(facts, "has fixes")
	}
	if r.NeedsHot {
		facts = append(facts, "needs to know what is hot")
	}
	if r.Origin != "" && r.Origin != own {
		facts = append(facts, "from "+r.Origin)
	}
	return strings.Join(facts, " · ")
}

// trial says what of a rule on trial is shown.
func (r Rule) trial() string {
	const until = "shown with --tier suspected, until enough of its findings have been read in real code"
	if len(r.Settled) == 0 {
		return "on trial: " + until
	}
	return "on trial, but for what it calls " + strings.Join(r.Settled, ", ") + ": all else is " + until
}

// parse returns the page of the rule, its options at the end.
func (r Rule) parse() *comment.Doc {
	text := r.Page
	if len(r.Options) > 0 {
		text += "\n# Options\n\nUnder rules, " + r.Name + " in .lagvet.yml:\n\n"
	}
	for _, o := range r.Options {
		text += fmt.Sprintf("  - %s: %s (default %s)\n", o.Name, o.Usage, o.Default)
	}
	var p comment.Parser
	return p.Parse(text)
}

// Terminal returns the page of the rule for a terminal that is width columns wide.
func (r Rule) Terminal(width int) string {
	p := comment.Printer{TextWidth: width}
	return fmt.Sprintf("%s: %s\n\n%s\n\n%s\n", r.Name, r.facts(), bytes.TrimRight(p.Text(r.parse()), "\n"), r.URL)
}

// Markdown returns the page of the rule without its title, its headings at the
// given level.
func (r Rule) Markdown(level int) string {
	p := comment.Printer{
		HeadingLevel:   level,
		HeadingID:      func(*comment.Heading) string { return "" },
		DocLinkBaseURL: "https://pkg.go.dev",
	}
	return string(p.Markdown(r.parse()))
}

// File returns the text of docs/rules/NAME.md.
func (r Rule) File() string {
	return fmt.Sprintf("%s\n\n# %s\n\n%s\n\n%s", generated, r.Name, r.facts(), r.Markdown(2))
}

// generated is the first line of the files that lagvet docs writes.
const generated = "<!-- Made by lagvet docs from the package comment of the rule; edits here are lost. -->"

// Index returns the text of docs/rules/README.md.
func Index(rules []Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n# Rules\n", generated)
	group := ""
	for _, r := range rules {
		if r.Group != group {
			group = r.Group
			fmt.Fprintf(&b, "\n## %s\n\n| rule | what it does | class | severity | since | at best | fix | from |\n|---|---|---|---|---|---|---|---|\n", upper(group))
		}
		fmt.Fprintf(&b, "| [`%s`](%s.md) | %s | %s | %s | %s | %s | %s | %s |\n", r.Name, r.Name, cell(r.Title), r.Class, r.Severity, r.Since, r.Tier, r.fix(), r.Origin)
	}
	return b.String()
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// cell returns s fit for a cell of a Markdown table.
func cell(s string) string { return strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;").Replace(s) }
