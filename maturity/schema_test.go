package maturity

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// Tables of budgets are as docs/budgets.schema.json says.
func TestBudgetsSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "docs", "budgets.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	at := verdict.Place{File: "main.go", Line: 3, Text: "WriteTimeout"}
	table := budgets.Hold([]budgets.Endpoint{
		{Name: "GET /", Service: "orders", Limit: time.Second, At: at, Unfollowed: 2, Calls: []budgets.Call{
			{Kind: "http", Host: "stock", Limit: 2 * time.Second, Attempts: 3, At: at, Chain: []verdict.Place{at}},
			{Kind: "sql", Unknown: true, Aside: true, Each: true},
		}},
	}, []budgets.Route{{Layer: budgets.Mesh, Service: "stock", Attempts: 2, Timeout: budgets.Timeout{Limit: time.Second, Default: true, Between: true}, At: at}})
	table.Problems = []string{"not compiled"}
	var b bytes.Buffer
	if err := table.JSON(&b); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new string }{{"", ""}, {`"state": "cut"`, `"state": "torn"`}, {`"version": 1`, `"version": 2`}} {
		text := strings.Replace(b.String(), c.old, c.new, 1)
		if c.old != "" && text == b.String() {
			t.Fatalf("it does not hold %s:\n%s", c.old, text)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); (err == nil) != (c.old == "") {
			t.Errorf("with %s in the place of %s: %v\n%s", c.new, c.old, err, text)
		}
	}
}

// Reports of all kinds are as docs/audit.schema.json says.
func TestSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "docs", "audit.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	valid := func(text string) error {
		t.Helper()
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(doc)
	}
	for name, c := range map[string]struct {
		change func(*testing.T, *plant)
		holds  string // by which the case is what it is meant to be
	}{
		"level 5": {changes(func(*plant) {}), `"level": 5`},
		"waived": {changes(func(p *plant) {
			p.in.Trials["concurrency-planted"] = verdict.Failed("the build succeeds with a planted leak")
			p.in.Waivers = []Waiver{{Control: "concurrency-planted", Owner: "o", Reason: "r", Path: "", Expires: p.in.Repository.Time.AddDate(0, 1, 0), Place: verdict.Place{File: ".lagvet.yml", Line: 3}}}
		}), `"used": true`},
		"waiver of a path": {changes(func(p *plant) {
			p.in.Waivers = []Waiver{{Control: "concurrency-race", Owner: "o", Reason: "r", Path: "cmd", Expires: p.in.Repository.Time}}
		}), `"path": "cmd"`},
		"broken file":    {changes(func(p *plant) { p.files[workflow] = "on: [push\njobs: {" }), `"problems"`},
		"does not apply": {changes(func(p *plant) { p.in.NotApplicable = map[string]string{"context": "it serves nothing"} }), `"applies": false`},
		"not checked":    {unchecked, `"UNKNOWN"`},
		"outside of git": {changes(func(p *plant) { p.in.Repository, p.in.Tags = Repository{}, nil }), `"repository"`},
		"with changes":   {changes(func(p *plant) { p.in.Repository.Dirty, p.in.Repository.Shallow = true, true }), `"shallow": true`},
		"nothing in it": {changes(func(p *plant) {
			*p = plant{files: map[string]string{"README.md": "x"}, info: p.info, in: Input{NoCode: "the repository has no Go module", Repository: Repository{Time: time.Unix(0, 0).UTC()}}}
		}), `"level": 0`},
	} {
		t.Run(name, func(t *testing.T) {
			p := atLevel5(t)
			c.change(t, p)
			r := p.audit(t)
			r.Required = 3
			var b bytes.Buffer
			if err := r.WriteJSON(&b); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), c.holds) {
				t.Errorf("the report does not hold %s", c.holds)
			}
			if err := valid(b.String()); err != nil {
				t.Errorf("%v", err)
			}
		})
	}
	var b bytes.Buffer
	if err := atLevel5(t).audit(t).WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{`"status": "PASS"`, `"status": "pass"`},
		{`"status": "PASS"`, `"status": "FAIL"`}, // which has no grade
		{`"applies": true`, `"applies": false`},  // without a reason
		{`"level": 5`, `"level": 6`},
		{`"incidents": 37`, `"incidents": "37"`},
		{`"tool"`, `"tools"`},
	} {
		if broken := strings.Replace(b.String(), c[0], c[1], 1); valid(broken) == nil {
			t.Errorf("%s for %s is taken", c[1], c[0])
		}
	}
}
