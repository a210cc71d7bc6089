// Package loops works outside of requests.
package loops

import (
	"regexp"
	"strings"
	"text/template"

	"example.com/initperreq/valid"
)

func count(lines []string) (n int) {
	for _, line := range lines {
		if regexp.MustCompile(`^\d+$`).MatchString(line) { // want `^likely: regexp.MustCompile compiles a regular expression, in each turn of the loop$`
			n++
		}
	}
	return n
}

// What the caller gives does not change in the loop.
func countAll(lines []string, pattern string) (n int) {
	for i := 0; i < len(lines); i++ {
		re, err := regexp.Compile(pattern) // want `^likely: regexp.Compile`
		if err == nil && re.MatchString(lines[i]) {
			n++
		}
	}
	return n
}

func render(names []string, b *strings.Builder) error {
	for _, name := range names {
		text := "hello {{.}}"
		t, err := template.New("greeting").Parse(text) // want `^likely: \(\*template.Template\).Parse parses a template, in each turn of the loop$`
		if err != nil {
			return err
		}
		if err := t.Execute(b, name); err != nil {
			return err
		}
	}
	return nil
}

// How often another function's loop turns is not known.
func names(list []string) (n int) {
	for _, s := range list {
		if valid.IsName(s) { // want `^suspected: valid.IsName ends in regexp.MustCompile, .*\(but how often the loop turns is not known\)`
			n++
		}
	}
	return n
}

// Loops over a configuration.
func loadRules(lines []string) (rules []string) {
	for _, line := range lines {
		rules = append(rules, regexp.MustCompile(`\s+`).ReplaceAllString(line, " ")) // want `^suspected: regexp.MustCompile .*\(but the loop turns at start-up\)$`
	}
	return rules
}

type matcher struct{ pattern string }

func (m *matcher) count(lines []string) (n int) {
	for _, line := range lines {
		if regexp.MustCompile(m.pattern).MatchString(line) { // want `^suspected: regexp.MustCompile .*\(but what it is made of may change\)$`
			n++
		}
	}
	return n
}

func skip(lines []string, try func(string) error) (n int) {
	for _, line := range lines {
		if err := try(line); err != nil {
			n += len(regexp.MustCompile(`x`).FindString(err.Error())) // want `^suspected: regexp.MustCompile .*\(but only on the way to an error\)$`
		}
	}
	return n
}

func isServed(s string) bool { return regexp.MustCompile(`^/served`).MatchString(s) } // want `^likely: regexp.MustCompile .* for each request`

// A break of the switch goes on with the loop.
func switched(lines []string) (n int) {
	for _, line := range lines {
		switch line {
		case "c":
			n += len(regexp.MustCompile(`c`).FindString(line)) // want `^likely: regexp.MustCompile .* in each turn of the loop$`
			break
		}
		if line == "" {
			return n
		}
	}
	return n
}
