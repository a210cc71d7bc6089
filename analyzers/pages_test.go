package analyzers_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"

	"github.com/lagvet/lagvet/analyzers"
)

// A rule's page is read from its source without parsing it. It is what a parser says.
func TestPages(t *testing.T) {
	for _, r := range analyzers.All() {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(r.Name, "doc.go"), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if want := f.Doc.Text(); r.Page != want {
			t.Errorf("the page of %s is\n%s\nand not\n%s", r.Name, r.Page, want)
		}
	}
}
