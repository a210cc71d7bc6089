package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/lagvet/lagvet/analyzers/config"
)

// Names returns the names of the rules.
func Names(rules []Rule) []string {
	var names []string
	for _, r := range rules {
		names = append(names, r.Name)
	}
	return names
}

// Find returns the rule of the given name.
func Find(rules []Rule, name string) (Rule, error) {
	for _, r := range rules {
		if r.Name == name {
			return r, nil
		}
	}
	return Rule{}, fmt.Errorf("unknown rule %q%s", name, config.DidYouMean(name, Names(rules)))
}

// Table prints the rules, one a line. The tier is that of a rule's surest findings; one
// that only suspects says nothing unless it is asked to.
func Table(w io.Writer, rules []Rule) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "RULE\tGROUP\tCLASS\tSEVERITY\tSINCE\tTIER\tFIX\tFROM\tWHAT IT DOES")
	for _, r := range rules {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.Group, r.Class, r.Severity, r.Since, r.Tier, r.fix(), r.Origin, r.Title)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing the rules: %w", err)
	}
	return nil
}

func (r Rule) fix() string {
	if r.Fixes {
		return "yes"
	}
	return "-"
}

// Pages returns the files of docs/rules by their name.
func Pages(rules []Rule) map[string]string {
	pages := map[string]string{"README.md": Index(rules)}
	for _, r := range rules {
		pages[r.Name+".md"] = r.File()
	}
	return pages
}

// WritePages writes the files of docs/rules to dir, and removes from it the
// pages of rules that are no more.
func WritePages(dir string, rules []Rule) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("writing the pages of the rules: %w", err)
	}
	pages := Pages(rules)
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return fmt.Errorf("writing the pages of the rules: %w", err)
		}
	}
	return removeStale(dir, pages)
}

func removeStale(dir string, pages map[string]string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("looking for pages of rules that are no more: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if _, ok := pages[e.Name()]; ok || !strings.HasSuffix(e.Name(), ".md") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("looking for pages of rules that are no more: %w", err)
		}
		if !bytes.HasPrefix(text, []byte(generated)) {
			continue
		}
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("removing the page of a rule that is no more: %w", err)
		}
	}
	return nil
}
