package lifetimes_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

// describe says of each value what is done with it, and what the index answers.
var describe = &analysis.Analyzer{
	Name:     "describe",
	Doc:      "describe every value",
	Requires: []*analysis.Analyzer{lifetimes.Analyzer},
	Run: func(pass *analysis.Pass) (any, error) {
		x := pass.ResultOf[lifetimes.Analyzer].(*lifetimes.Index)
		for _, v := range x.Values {
			pass.Reportf(v.Site.Pos(), "%s: %s", v.New, strings.Join(describeValue(x, v), " "))
		}
		return nil, nil
	},
}

func describeValue(x *lifetimes.Index, v *lifetimes.Value) []string {
	var words []string
	for _, u := range v.Uses {
		word := map[lifetimes.Op]string{
			lifetimes.Release: "release", lifetimes.Rearm: "rearm", lifetimes.Wait: "wait", lifetimes.Own: "own",
			lifetimes.Return: "return", lifetimes.Store: "store", lifetimes.Overwrite: "overwrite", lifetimes.Hand: "hand",
		}[u.Op]
		switch {
		case u.Op == lifetimes.Own:
			word += ":" + u.To.Name()
		case u.Op == lifetimes.Return:
			word += fmt.Sprintf(":%d", u.Result)
		case u.View && u.Op != lifetimes.Wait:
			word += ":channel"
		}
		if u.Op == lifetimes.Wait {
			if endless, dead := x.Endless(v, u); endless {
				word += fmt.Sprintf(":endless:%d", len(dead))
				o := x.Origin(u.Func, false)
				if o.Process {
					word += ":process"
				}
				if o.Loop != nil {
					word += ":loop"
				}
			}
		}
		words = append(words, word)
	}
	if p := x.Unreleased(v); p != nil {
		words = append(words, path("unreleased", p))
	}
	if p := x.Replaced(v); p != nil {
		words = append(words, path("field", p))
	}
	return words
}

func path(what string, p *lifetimes.Path) string {
	if p.Replaced.IsValid() {
		return what + ":replaced"
	}
	return what + ":return"
}

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData()+"/go1.26", describe, "./...")
}

func TestKinds(t *testing.T) {
	for _, k := range []*lifetimes.Kind{lifetimes.Ticker, lifetimes.Timer, lifetimes.Tick} {
		if len(k.New) == 0 || (k.Type == "") != (k.Release == "") {
			t.Errorf("%s: a kind has a creation, and a release if it has a handle", k.Name)
		}
	}
}
