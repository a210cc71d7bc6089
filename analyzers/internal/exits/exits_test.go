package exits

import (
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/passtest"
)

const src = `package p

import (
	"encoding/json"
	"log"
	"os"
)

func onError(name string) {
	if _, err := os.ReadFile(name); err != nil {
		log.Fatal("reading ", name)
	}
}

func inLiteral(name string) func() {
	return func() {
		_, err := os.ReadFile(name)
		if err != nil {
			os.Exit(1)
		}
	}
}

func always() { os.Exit(1) }

func told(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func inACase(name string) {
	_, err := os.ReadFile(name)
	switch {
	case err != nil:
		os.Exit(1)
	}
}

func asserts(n int) {
	if n < 0 {
		log.Fatalf("%d elements", n)
	}
}

func encodes(v any) {
	if _, err := json.Marshal(v); err != nil {
		log.Fatal(err)
	}
}

func after(name string, n int) {
	if _, err := os.ReadFile(name); err != nil {
		return
	}
	if n > 1 {
		os.Exit(1)
	}
}

func none() { log.Print("none") }
`

func TestOnError(t *testing.T) {
	p := passtest.Load(t, src)
	p.AllObjectFacts = func() []analysis.ObjectFact {
		return []analysis.ObjectFact{{Object: p.Pkg.Scope().Lookup("none"), Fact: new(OnError)}}
	}
	res, err := run(p.Pass)
	if err != nil {
		t.Fatal(err)
	}
	x := res.(*Index)
	for name, want := range map[string]bool{
		"onError": true, "inLiteral": true, "inLiteral.func1": true, "always": true, "told": true, "inACase": true,
		"asserts": false, "encodes": false, "after": false,
		"none": true, // by its fact
	} {
		if got := x.OnError("example.com/p." + name); got != want {
			t.Errorf("%s ends the process on an error: %t, want %t", name, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]bool{
		"Fatal": true, "Fatalf": true, "fatalw": true, "FatalContext": true, "Exit": true, "exitOn": true, "die": true,
		"Fatality": false, "exits": false, "existing": false, "diet": false, "Print": false,
	} {
		if got := Named(name); got != want {
			t.Errorf("%s says that it ends the process: %t, want %t", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"os.Exit":                   "os",
		"(*net/http.Server).Serve":  "net/http",
		"example.com/a.b/c.F.func1": "example.com/a.b/c",
		"channel receive":           "",
	} {
		if got := Package(name); got != want {
			t.Errorf("%s is in %q, want %q", name, got, want)
		}
	}
}
