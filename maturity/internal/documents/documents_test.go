package documents_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/internal/documents"
	"github.com/lagvet/lagvet/maturity/internal/treetest"
	"github.com/lagvet/lagvet/maturity/verdict"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// collect reads a repository that is written as a txtar archive.
func collect(t *testing.T, archive string, places map[string]string) *documents.Result {
	t.Helper()
	return documents.Collect(treetest.Open(t, archive), places)
}

func TestOwned(t *testing.T) {
	for name, c := range map[string]struct{ doc, want string }{
		"front matter":        {"---\nowner: \"@acme/payments\"\nreviewed: 2026-09-01\n---\n# Context\n", "PASS audit/context.md:2 @acme/payments answers"},
		"list of owners":      {"---\nowners: [ann, ben]\nlast reviewed: 2026-09-01\n---\n", "PASS audit/context.md:3 ann, ben answers"},
		"lines":               {"# Context\n\n**Owner:** Ann Lee\n\nReviewed: 2026-09-01 by Ben\n", "PASS audit/context.md:5 Ann Lee"},
		"one paragraph":       {"# Context\nOwner: Ann Lee\nReviewed: 2026-09-01\n", "PASS audit/context.md:3 Ann Lee"},
		"windows":             {"---\r\nowner: ann\r\nreviewed: 2026-09-01\r\n---\r\n# Context\r\n", "PASS audit/context.md:2 ann"},
		"tomorrow somewhere":  {"Owner: ann\nReviewed: 2026-11-23\n", "PASS audit/context.md:2 ann"},
		"last day":            {"Owner: ann\nReviewed: 2026-05-27\n", "PASS audit/context.md:2 ann"},
		"no owner":            {"# Context\n\nReviewed: 2026-09-01\n", "FAIL audit/context.md write a line \"Owner: @team\""},
		"template":            {"---\nowner: <handle of CODEOWNERS>\nreviewed: 2026-09-01\n---\n", "FAIL audit/context.md:2 owner is not filled in"},
		"placeholder":         {"Owner: todo\nReviewed: 2026-09-01\n", "FAIL audit/context.md:1 owner is not filled in"},
		"dots":                {"Owner: …\nReviewed: 2026-09-01\n", "FAIL audit/context.md:1 owner is not filled in"},
		"no owner in yaml":    {"---\nowner:\nreviewed: 2026-09-01\n---\n", "FAIL audit/context.md:2 owner is not filled in"},
		"no day":              {"Owner: ann\n", "FAIL audit/context.md \"Reviewed: 2026-11-22\""},
		"day in other words":  {"Owner: ann\nReviewed: last week\n", "FAIL audit/context.md:2 as 2026-11-22"},
		"no such day":         {"Owner: ann\nReviewed: 2026-02-30\n", "FAIL audit/context.md:2 not filled in"},
		"stale":               {"Owner: ann\nReviewed: 2026-05-25\n", "FAIL audit/context.md:2 181 days before: it is to be less than 180"},
		"future":              {"Owner: ann\nReviewed: 2027-05-25\n", "FAIL audit/context.md:2 has not come yet"},
		"in a comment":        {"<!-- Owner: ann\nReviewed: 2026-09-01 -->\n", "FAIL audit/context.md nobody answers"},
		"broken front matter": {"---\nowner: @acme/payments\nreviewed: 2026-09-01\n---\n", "UNKNOWN audit/context.md:2 put quotes around"},
		"too deep":            {strings.Repeat("> ", 100) + "x\n", "UNKNOWN audit/context.md:1 nested too deep"},
		"a rule of dashes":    {strings.Repeat("- ", 100) + "\nOwner: ann\nReviewed: 2026-09-01\n", "PASS audit/context.md:2 ann"},
		"too many brackets":   {strings.Repeat("![a](", 6000), "UNKNOWN audit/context.md brackets"},
		"too large":           {strings.Repeat("x\n", 200_000), "UNKNOWN audit/context.md larger than 256 KiB"},
	} {
		t.Run(name, func(t *testing.T) {
			r := collect(t, "-- audit/context.md --\n"+c.doc, nil)
			treetest.Expect(t, r.Owned(documents.Context, now, documents.MaxAge), c.want)
			if unknown := strings.HasPrefix(c.want, "UNKNOWN"); unknown != (len(r.Problems) == 1) {
				t.Errorf("problems are %v", r.Problems)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	text := "Owner: ann\nReviewed: 2026-09-01\n"
	for name, c := range map[string]struct {
		archive string
		places  map[string]string
		want    string
	}{
		"none":          {"-- README.md --\n", nil, "FAIL - no audit/modules.md or docs/audit/modules.md: write it, or let `lagvet init`"},
		"below docs":    {"-- docs/audit/modules.md --\n" + text, nil, "PASS docs/audit/modules.md:1 ann"},
		"first":         {"-- docs/audit/modules.md --\n-- audit/modules.md --\n" + text, nil, "PASS audit/modules.md:1 ann"},
		"given":         {"-- ops/go.md --\n" + text, map[string]string{documents.Modules: "./ops/go.md"}, "PASS ops/go.md:1 ann"},
		"given, absent": {"-- audit/modules.md --\n" + text, map[string]string{documents.Modules: "ops/go.md"}, "FAIL - no ops/go.md"},
		"leads out":     {"-- audit/modules.md --\n" + text, map[string]string{documents.Modules: "../go.md"}, "FAIL - no ../go.md"},
	} {
		t.Run(name, func(t *testing.T) {
			treetest.Expect(t, collect(t, c.archive, c.places).Owned(documents.Modules, now, documents.MaxAge), c.want)
		})
	}
}

func TestSection(t *testing.T) {
	r := collect(t, `-- audit/context.md --
# Context

## 2. Cancellation rule:

Work ends with its request.

## Empty

<!-- what to write -->

## Open

- <the rule>
- ...

## Deep

### Deeper

|A|
|-|
|x|

## Code

`+"```go\nctx := r.Context()\n```\n", nil)
	for heading, want := range map[string]string{
		"cancellation RULE": "PASS audit/context.md:5 Work ends",
		"Empty":             "FAIL audit/context.md:7 is empty",
		"Open":              "FAIL audit/context.md:11 is empty",
		"Deep":              "PASS audit/context.md:22 has a table",
		"Code":              "PASS audit/context.md:27 ctx := r.Context()",
		"Drills":            "FAIL audit/context.md no section \"Drills\"",
	} {
		treetest.Expect(t, r.Section(documents.Context, heading), want)
	}
	treetest.Expect(t, r.Section(documents.Context, "Cancellation"), "PASS audit/context.md:5 Work ends")
	treetest.Expect(t, r.Section(documents.Context, "Rule", "Cancellation rule"), "PASS audit/context.md:5 Work ends")
	treetest.Expect(t, r.Section(documents.Modules, "Rule"), "FAIL - no audit/modules.md")
}

func TestTable(t *testing.T) {
	columns := []documents.Column{{"Endpoint", "Route"}, {"Budget", "Timeout"}}
	for name, c := range map[string]struct{ table, want string }{
		"filled in":       {"| Endpoint | Owner | Budget |\n|---|---|---|\n| `GET /a` | | 2 s |\n| GET /b | | [1 s](b.md) |", "PASS audit/context.md:6 2 rows"},
		"synonyms":        {"| timeout | ROUTE |\n|---|---|\n| 2 s | GET /a |\n| 1 s | GET /b |", "PASS audit/context.md:5 2 rows"},
		"longer titles":   {"| HTTP endpoint | Budget of it |\n|---|---|\n| GET /a | 2 s |\n| GET /b | 1 s |", "PASS audit/context.md:5 2 rows"},
		"the exact title": {"| Endpoint owner | Endpoint | Budget |\n|---|---|---|\n| | GET /a | 2 s |\n| | GET /b | 1 s |", "PASS audit/context.md:5 2 rows"},
		"too few":         {"| Endpoint | Budget |\n|---|---|\n| GET /a | 2 s |", "FAIL audit/context.md:3 at least 2"},
		"no rows":         {"| Endpoint | Budget |\n|---|---|", "FAIL audit/context.md:3 has 0 rows"},
		"open row":        {"| Endpoint | Budget |\n|---|---|\n| GET /a | 2 s |\n| GET /b | TBD |\n| GET /c | 1s |", "FAIL audit/context.md:6 \"Budget\" is not filled in"},
		"short row":       {"| Endpoint | Budget |\n|---|---|\n| GET /a |\n", "FAIL audit/context.md:5 \"Budget\" is not filled in"},
		"no column":       {"| Endpoint | Owner |\n|---|---|\n| GET /a | ann |", "FAIL audit/context.md:3 lacks the columns \"Budget\""},
		"no table":        {"GET /a: 2 s", "FAIL audit/context.md:1 has no table"},
		"the other table": {"| A |\n|---|\n| x |\n\n| Endpoint | Budget |\n|---|---|\n| GET /a | 2 s |\n| GET /b | 2 s |", "PASS audit/context.md:9 2 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			r := collect(t, "-- audit/context.md --\n# Timeout budgets\n\n"+c.table+"\n", nil)
			treetest.Expect(t, r.Table(documents.Context, []string{"Timeout budgets"}, columns, 2), c.want)
		})
	}
	r := collect(t, "-- audit/dependency.md --\n# Inventory\n\n| Host | A |\n|-|-|\n| risk.internal | x |\n| <host> | x |\n| db | x |\n", nil)
	cells := fmt.Sprint(r.Column(documents.Dependency, []string{"Inventory"}, documents.Column{"Host"}))
	if cells != "[audit/dependency.md:5 audit/dependency.md:7]" {
		t.Errorf("hosts are %s", cells)
	}
	if got := r.Column(documents.Dependency, []string{"Inventory"}, documents.Column{"Port"}); got != nil {
		t.Errorf("ports are %v", got)
	}
}

func TestLinks(t *testing.T) {
	for link, want := range map[string]string{
		"https://wiki.acme.io/runbook":   "",
		"http://localhost:3000/d/x":      "",
		"mailto:oncall@acme.io":          "",
		"../README.md":                   "",
		"/README.md":                     "",
		"../README.md#set-up--run":       "",
		"../README.md#a-note-1":          "",
		"../README.md#by-hand":           "",
		"../README.md#:~:text=run":       "",
		"../main.go#L10-L12":             "",
		"../deploy":                      "",
		"..":                             "",
		"with%20space.md":                "",
		"#runbooks":                      "",
		"../README.md#gone":              "README.md has no heading #gone",
		"#gone":                          "observability.md has no heading #gone",
		"gone.md":                        "there is no audit/gone.md",
		"../../etc/passwd":               "leads out of the repository",
		"https://":                       "names no host",
		"https://runbooks.example.com/a": "is an example",
		"//wiki.acme.io/x":               "",
		"javascript:alert(1)":            "no link that a browser follows",
		"https://wiki.acme.io/%zz":       "is no URL",
		"<>":                             "it is empty",
	} {
		r := collect(t, "-- README.md --\n# Set-up & run\n## A note\n## A note\n<a name=\"by-hand\"></a>\n-- main.go --\n-- deploy/a.yml --\n-- audit/with space.md --\n-- audit/observability.md --\n# Runbooks\n\n- [runbook]("+link+")\n", nil)
		if want == "" {
			treetest.Expect(t, r.LinksResolve(documents.Observability, "Runbooks"), "PASS audit/observability.md:3 every link")
			continue
		}
		treetest.Expect(t, r.LinksResolve(documents.Observability, "Runbooks"), "FAIL audit/observability.md:3 "+want)
	}
	r := collect(t, "-- audit/observability.md --\nSee https://wiki.acme.io/a and [b][1].\n\n[1]: gone.md\n\n# Runbooks\n\nnone\n", nil)
	treetest.Expect(t, r.LinksResolve(documents.Observability), "FAIL audit/observability.md:1 1 link leads nowhere, of 2")
	treetest.Expect(t, r.LinksResolve(documents.Observability, "Runbooks"), "FAIL audit/observability.md:5 has no links")
	treetest.Expect(t, r.LinksResolve(documents.Observability, "Playbooks"), "FAIL audit/observability.md no section")
}

func TestCompletedFor(t *testing.T) {
	const archive = `-- audit/releases/TEMPLATE.md --
-- audit/releases/v1.2.0.md --
# Release
## Concurrency
- [x] race detector
- [X] goroutines
## Context
- [x] budgets
- [ ] DefaultClient
## Modules
nothing
-- docs/audit/releases/v1.1.0.md --
## Concurrency
* [x] race detector
-- audit/releases/api/v1.0.0.md --
## Concurrency
1. [x] race detector
-- audit/releases/v0.9.0.md --
---
a: [
---
`
	r := collect(t, archive, nil)
	for _, c := range []struct {
		track string
		tags  []string
		want  string
	}{
		{documents.Concurrency, []string{"v1.2.0", "v1.1.0", "api/v1.0.0", "v0.1.0"}, "PASS audit/releases/v1.2.0.md:2 complete for v1.2.0, v1.1.0, api/v1.0.0"},
		{documents.Concurrency, []string{"v1.2.0", "v1.1.0"}, "PASS docs/audit/releases/v1.1.0.md:1 complete"},
		{documents.Concurrency, []string{"v1.2.0", "v0.1.0"}, "FAIL - copy audit/releases/TEMPLATE.md to audit/releases/v0.1.0.md or"},
		{documents.Context, []string{"v1.2.0"}, "FAIL audit/releases/v1.2.0.md:7 DefaultClient"},
		{documents.Modules, []string{"v1.2.0"}, "FAIL audit/releases/v1.2.0.md:8 no boxes in"},
		{documents.Dependency, []string{"v1.2.0"}, "FAIL audit/releases/v1.2.0.md no section \"Dependency\""},
		{documents.Concurrency, []string{"v0.9.0"}, "UNKNOWN audit/releases/v0.9.0.md:2 cannot be read"},
		{documents.Concurrency, nil, "NOT_APPLICABLE - nothing has been released"},
		{documents.Concurrency, []string{"../../x"}, "FAIL - is missing"},
	} {
		t.Run(c.track+strings.Join(c.tags, ","), func(t *testing.T) { treetest.Expect(t, r.CompletedFor(c.track, c.tags, 3), c.want) })
	}
}

func TestDrill(t *testing.T) {
	for name, c := range map[string]struct{ archive, want string }{
		"table":       {"-- audit/dependency.md --\n## Drills\n| Date | Failure |\n|-|-|\n| 2026-01-01 | old |\n| 2026-10-01 | risk service slow |\n", "PASS audit/dependency.md:5 2026-10-01"},
		"list":        {"-- audit/dependency.md --\n## Game days\n- 2026-10-01: database gone for a minute\n", "PASS audit/dependency.md:2 2026-10-01"},
		"own file":    {"-- audit/drills.md --\n# Drills\n\n2026-10-01 database gone\n", "PASS audit/drills.md:3 2026-10-01"},
		"stale":       {"-- audit/drills.md --\n- 2026-01-01: database gone\n", "FAIL audit/drills.md:1 325 days before"},
		"only a day":  {"-- audit/drills.md --\n- 2026-10-01: ...\n", "FAIL audit/drills.md:1 no drill is recorded"},
		"planned":     {"-- audit/drills.md --\n- 2026-12-24: database gone\n", "FAIL audit/drills.md:1 no drill is recorded"},
		"none":        {"-- audit/dependency.md --\n## Drills\n", "FAIL audit/dependency.md:1 no drill is recorded"},
		"no section":  {"-- audit/dependency.md --\n", "FAIL audit/dependency.md no section \"Drills\""},
		"no document": {"-- a --\n", "FAIL - there is no audit/dependency.md"},
		"unreadable":  {"-- audit/drills.md --\n---\na: [\n---\n", "UNKNOWN audit/drills.md:2 cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			treetest.Expect(t, collect(t, c.archive, nil).Drill(now, documents.MaxAge), c.want)
		})
	}
}

const lesson = `## Payments waited for the risk service

- Date: 2026-03-01
- Class: context
- Change: [#812](https://git.acme.io/pay/pull/812)

| Level | Gap |
|---|---|
| L1 checklist | no table of budgets |
| 2 | lostcancel was no gate |
| Level 3 | none |
| L4 | no timeout in the route |
| L5 | http.DefaultClient could be built |
`

func TestLessons(t *testing.T) {
	swap := func(old, new string) string {
		if !strings.Contains(lesson, old) {
			t.Fatalf("the lesson has no %q", old)
		}
		return strings.Replace(lesson, old, new, 1)
	}
	for name, c := range map[string]struct{ doc, want string }{
		"complete":           {lesson, "PASS audit/lessons.md:1 1 lesson,"},
		"with a preface":     {"# Lessons\n\n## How to read this\n\nFrom above.\n\n" + lesson, "PASS audit/lessons.md:7 1 lesson,"},
		"gaps as a list":     {"## 2026-03-01 Payments\n\nClass: Modules\n\nClosed by: https://git.acme.io/pull/1\n\n### Gaps\n\n- L1: a\n- L2: b\n- L3: none\n- **L4**: d\n- L5: e\n", "PASS audit/lessons.md:1 1 lesson,"},
		"no incidents":       {"# Lessons\n\nNo incidents so far.\n", "NOT_APPLICABLE audit/lessons.md:3 no incident"},
		"nothing":            {"# Lessons\n", "FAIL audit/lessons.md holds no lesson"},
		"no day":             {swap("- Date: 2026-03-01\n", ""), "FAIL audit/lessons.md:1 write the day"},
		"no class":           {swap("context", "network"), "FAIL audit/lessons.md:1 one of concurrency, context, observability, dependency, modules"},
		"no gap for a level": {swap("| Level 3 | none |\n", ""), "FAIL audit/lessons.md:1 for L3"},
		"open gap":           {swap("no timeout in the route", "..."), "FAIL audit/lessons.md:1 for L4"},
		"no change":          {swap("- Change", "- Chance"), "FAIL audit/lessons.md:1 write the link"},
		"no link":            {swap("[#812](https://git.acme.io/pay/pull/812)", "soon"), "FAIL audit/lessons.md:1 is no link"},
		"link to nothing":    {swap("https://git.acme.io/pay/pull/812", "gone.md"), "FAIL audit/lessons.md:1 there is no audit/gone.md"},
		"one of two":         {lesson + "\n## 2026-04-01 Again\n", "FAIL audit/lessons.md:15 1 lesson is not complete, of 2"},
	} {
		t.Run(name, func(t *testing.T) {
			treetest.Expect(t, collect(t, "-- audit/lessons.md --\n"+c.doc, nil).Lessons(), c.want)
		})
	}
	treetest.Expect(t, collect(t, "-- a --\n", nil).Lessons(), "FAIL - there is no audit/lessons.md")
}

// What lagvet init writes passes nothing, and says what to write.
func TestTemplates(t *testing.T) {
	var archive txtar.Archive
	for name, data := range documents.Templates() {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: data})
	}
	if len(archive.Files) != 7 {
		t.Errorf("there are %d templates", len(archive.Files))
	}
	r := collect(t, string(txtar.Format(&archive)), nil)
	if len(r.Problems) > 0 {
		t.Errorf("templates cannot be read: %v", r.Problems)
	}
	for _, track := range documents.Tracks() {
		treetest.Expect(t, r.Owned(track, now, documents.MaxAge), "FAIL audit/"+track+".md:2 not filled in")
		treetest.Expect(t, r.CompletedFor(track, []string{"TEMPLATE"}, 3), "FAIL - boxes of "+track+" are not ticked")
	}
	for _, c := range []struct {
		got  verdict.Result
		want string
	}{
		{r.Section(documents.Context, "Cancellation"), "FAIL - is empty"},
		{r.Section(documents.Observability, "Correlation"), "FAIL - is empty"},
		{r.Section(documents.Modules, "Upgrade policy"), "FAIL - is empty"},
		{r.Section(documents.Modules, "Supported Go versions"), "FAIL - is empty"},
		{r.Table(documents.Concurrency, []string{"Goroutines"}, []documents.Column{{"goroutine"}, {"started by"}, {"ends"}, {"owner"}}, 1), "FAIL - not filled in"},
		{r.Table(documents.Context, []string{"Timeout budgets"}, []documents.Column{{"Endpoint"}, {"Budget"}}, 1), "FAIL - not filled in"},
		{r.Table(documents.Observability, []string{"Signals"}, []documents.Column{{"Signal"}, {"Says"}, {"Owner"}}, 1), "FAIL - not filled in"},
		{r.Table(documents.Dependency, []string{"Inventory"}, []documents.Column{{"Dependency"}, {"Host"}, {"Failure mode"}, {"Fallback"}, {"Owner"}}, 1), "FAIL - not filled in"},
		{r.LinksResolve(documents.Observability, "Runbooks"), "FAIL - has no links"},
		{r.Drill(now, documents.MaxAge), "FAIL - no drill is recorded"},
		{r.Lessons(), "FAIL - write the day"},
	} {
		treetest.Expect(t, c.got, c.want)
	}
}

// What the model asks of documents is what the templates have places for.
func TestTemplatesFitModel(t *testing.T) {
	files := make(map[string]string)
	for name, data := range documents.Templates() {
		files[name] = string(data)
	}
	r := documents.Collect(treetest.Files(t, files), nil)
	for _, track := range maturity.Default().Tracks {
		for _, c := range track.Controls {
			switch c.Check {
			case "documents.table":
				var columns []documents.Column
				for _, title := range c.With.Columns {
					columns = append(columns, documents.Column{title})
				}
				treetest.Expect(t, r.Table(track.ID, []string{c.With.Heading}, columns, 1), "FAIL - row is not filled in")
			case "documents.section":
				treetest.Expect(t, r.Section(track.ID, c.With.Heading), "FAIL - is empty")
			case "documents.links":
				treetest.Expect(t, r.LinksResolve(track.ID, c.With.Heading), "FAIL - has no links")
			}
		}
	}
}
