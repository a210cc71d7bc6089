package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the skeleton
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
)

//go:embed skeleton.html
var skeleton string

//go:embed page.css
var baseStyle string

//go:embed page.js
var baseScript string

// ListStyle and ListScript are for reports that are lists of details elements with
// filters: they come before the style and the script of their own.
//
// The list is made of .checks > li, each of which may have data-NAME for the filter of
// that name, a select in the form #filters. A .group, and one around it, is hidden when
// all its items are. #count says how many are shown; its data-noun is what they are.
var (
	//go:embed list.css
	ListStyle string
	//go:embed list.js
	ListScript string
)

// Parts are the files of a report.
type Parts struct {
	Template, Style, Script string
}

// A Page is one report.
type Page struct {
	Tool    string // that made it
	Verdict string // one sentence
	State   string // clean, found or unchecked; empty if nothing was asked
	Aside   string // below the verdict; may be empty
	Body    any    // what the template of the parts is executed with
}

// filled is what the skeleton is executed with.
type filled struct {
	Page
	Policy string
	Style  template.CSS
	Script template.JS
}

// Write writes a page made of parts.
func (p Parts) Write(w io.Writer, page Page) error {
	t, err := template.New("page").Parse(skeleton)
	if err == nil {
		_, err = t.New("parts").Parse(p.Template)
	}
	if err != nil {
		return fmt.Errorf("reading the template of the page: %w", err)
	}
	// A template that fails half-way must not leave half a page.
	var b bytes.Buffer
	if err := t.Execute(&b, filled{page, p.Policy(), template.CSS(p.style()), template.JS(p.script())}); err != nil {
		return fmt.Errorf("making the page: %w", err)
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

func (p Parts) style() string  { return baseStyle + p.Style }
func (p Parts) script() string { return baseScript + p.Script }

// Verbatim returns what is in each page as it is: its style, its script, its policy.
func (p Parts) Verbatim() []string { return []string{p.style(), p.script(), p.Policy()} }

// Policy lets the page run its own script and style, by their hashes, and load
// nothing at all. The only picture is the empty one that stands for an icon.
func (p Parts) Policy() string {
	return fmt.Sprintf("default-src 'none'; script-src %s; style-src %s; img-src data:; base-uri 'none'; form-action 'none'", hashOf(p.script()), hashOf(p.style()))
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
