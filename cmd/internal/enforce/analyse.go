package enforce

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/analyzers/host"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// analyse analyses the unit that a file describes, and ends the process: with 1 if
// anything is found that the policy refuses.
func analyse(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading the description of a package: %w", err)
	}
	var u unitchecker.Config
	if err := json.Unmarshal(data, &u); err != nil {
		return fmt.Errorf("reading the description of a package: %w", err)
	}
	if u.Stdout != "" {
		// In JSON findings are no failure.
		check([]string{"-json", file}, vettool.WithFacts(all()))
	}
	c, err := read(u.Dir)
	if err != nil {
		return err
	}
	if err := host.Report(c, true); err != nil {
		return err
	}
	if err := host.Assume(c.Assume); err != nil {
		return err
	}
	if err := host.Configure(c.Analysis, nil); err != nil {
		return err
	}
	if err := vettool.AskCompiler(file, vettool.Flags{Config: c.Analysis}); err != nil {
		return err
	}
	check([]string{file}, held(c))
	return nil
}

// check hands over to unitchecker, which reads os.Args and exits.
func check(args []string, as []*analysis.Analyzer) {
	os.Args = append(os.Args[:1:1], args...)
	unitchecker.Main(as...)
}

// all returns the analyzers whose facts a package may be asked for: by which rules its
// importers are held is their policy.
func all() []*analysis.Analyzer {
	var as []*analysis.Analyzer
	for _, r := range analyzers.All() {
		as = append(as, r.Analyzer)
	}
	return as
}

// held returns what a package of the user's is held to, and what makes the facts that
// its importers may ask for.
func held(c *config.Config) []*analysis.Analyzer {
	// What is only required reports nothing.
	as := []*analysis.Analyzer{{
		Name:     "lagvetfacts",
		Doc:      "make facts for importers",
		Requires: vettool.WithFacts(all()),
		Run:      func(*analysis.Pass) (any, error) { return nil, nil },
	}}
	names := Rules(c)
	for _, r := range analyzers.Catalogue() {
		if slices.Contains(names, r.Name) {
			as = append(as, r.Analyzer)
		}
	}
	if len(c.Enforce.Forbid) > 0 {
		as = append(as, forbidding(c.Enforce.Forbid))
	}
	return append(as, analyzers.Notices)
}
