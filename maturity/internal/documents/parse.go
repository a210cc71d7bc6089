package documents

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A document is a file of Markdown by its headings.
type document struct {
	file     string
	fields   []field // of the front matter
	sections []*section
	anchors  map[string]bool // what #fragments may name
}

// A section is what stands below a heading, up to the next heading of any level. The
// first has level 0 and is what stands above all headings.
type section struct {
	title  string
	level  int
	line   int
	lines  []line
	tables []table
	tasks  []task
	links  []link
}

// A line is text as a reader sees it, without marks and comments.
type line struct {
	n    int
	text string
}

// A field is a line of the form "Name: value", or one of the front matter.
type field struct {
	name  string // in lower case
	value string
	line  int
}

type table struct {
	line    int
	columns []string
	rows    []row
}

type row struct {
	line  int
	cells []string
}

// A task is an item of a list with a box before it.
type task struct {
	line int
	text string
	done bool
}

type link struct {
	line   int
	to     string
	broken string // why it leads nowhere; "" if it does not
}

// maxDocument is the size in bytes above which a document is not parsed. People
// write shorter ones, and the parser's time can grow with the square of it.
const maxDocument = 256 << 10

// maxBrackets is how many links and boxes are parsed, for the same reason: 40,000 open
// brackets take some seconds.
const maxBrackets = 5_000

// maxNesting is how many quotes and lists a line may open: each costs the parser
// time on all lines below.
const maxNesting = 64

func parse(file string, data []byte) (*document, error) {
	return parseWith(newParser(), file, data)
}

func parseWith(p parser.Parser, file string, data []byte) (*document, error) {
	if len(data) > maxDocument {
		return nil, &yamltree.Error{File: file, Why: "larger than 256 KiB"}
	}
	if bytes.Count(data, []byte("[")) > maxBrackets {
		return nil, &yamltree.Error{File: file, Why: fmt.Sprintf("more than %d brackets", maxBrackets)}
	}
	if n := tooDeep(data); n > 0 {
		return nil, &yamltree.Error{File: file, Line: n, Why: "quotes or lists are nested too deep"}
	}
	doc := &document{file: file, anchors: make(map[string]bool)}
	front, body := cutFront(data)
	if err := doc.front(front); err != nil {
		return nil, err
	}
	r := &reader{doc: doc, source: body, first: 1 + bytes.Count(data[:len(data)-len(body)], []byte("\n")), slugs: make(map[string]int)}
	r.read(p.Parse(text.NewReader(body)))
	return doc, nil
}

// tooDeep returns the line that opens too many quotes and lists, or 0.
func tooDeep(data []byte) int {
	n := 0
	for l := range bytes.Lines(data) {
		n++
		rule := len(bytes.Trim(l, "- \t\r\n")) == 0 || len(bytes.Trim(l, "* \t\r\n")) == 0
		if !rule && len(opening.Regexp().FindAll(leading.Regexp().Find(l), maxNesting+1)) > maxNesting {
			return n
		}
	}
	return 0
}

var (
	leading = pattern.New(`^[-+*>0-9.) \t]*`)
	opening = pattern.New(`>|[-+*.)][ \t]`)
)

// cutFront splits off the front matter, which stands between two lines of "---". With
// it comes an empty line in the place of the first, so that its lines count from 1.
func cutFront(data []byte) (front, body []byte) {
	rest, ok := bytes.CutPrefix(data, []byte("---\n"))
	if !ok {
		if rest, ok = bytes.CutPrefix(data, []byte("---\r\n")); !ok {
			return nil, data
		}
	}
	at := 0
	for l := range bytes.Lines(rest) {
		at += len(l)
		if string(bytes.TrimRight(l, "\r\n")) == "---" {
			return append([]byte("\n"), rest[:at-len(l)]...), rest[at:]
		}
	}
	return nil, data
}

func (d *document) front(data []byte) error {
	nodes, err := yamltree.Parse(d.file, data)
	if err != nil {
		return hint(data, err)
	}
	for _, n := range nodes {
		for name, v := range n.Fields() {
			d.fields = append(d.fields, field{strings.ToLower(name), strings.Join(v.Texts(), ", "), v.Line()})
		}
	}
	return nil
}

var bareHandle = pattern.New(`:\s*@`)

// hint adds to an error of the front matter what most often is its cause.
func hint(data []byte, err error) error {
	ye, ok := errors.AsType[*yamltree.Error](err)
	if !ok || !bareHandle.Match(data) {
		return err
	}
	return &yamltree.Error{File: ye.File, Line: ye.Line, Column: ye.Column, Why: ye.Why + " (put quotes around a handle that begins with @)"}
}

// A reader turns the parser's tree into sections.
type reader struct {
	doc    *document
	source []byte
	first  int // the line of the file in which source begins
	slugs  map[string]int
	cur    *section
	offset int // up to which lines are counted
	line   int // that of offset, from 0
}

func (r *reader) read(root ast.Node) {
	r.cur = new(section)
	r.doc.sections = []*section{r.cur}
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			r.heading(h)
			continue
		}
		r.block(n)
	}
}

// lineAt returns the line of the file for an offset in source. It is asked in the
// order of the file, but for little steps back.
func (r *reader) lineAt(offset int) int {
	offset = min(max(offset, 0), len(r.source))
	if offset < r.offset {
		r.line -= bytes.Count(r.source[offset:r.offset], []byte("\n"))
	} else {
		r.line += bytes.Count(r.source[r.offset:offset], []byte("\n"))
	}
	r.offset = offset
	return r.first + r.line
}

// at returns the line in which a block begins.
func (r *reader) at(n ast.Node) int {
	if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
		return r.lineAt(n.Lines().At(0).Start)
	}
	if p := n.Pos(); p >= 0 {
		return r.lineAt(p)
	}
	if c := n.FirstChild(); c != nil {
		return r.at(c)
	}
	return r.first + r.line
}

func (r *reader) heading(h *ast.Heading) {
	s := &section{title: strings.TrimSpace(r.text(h)), level: h.Level, line: r.at(h)}
	r.cur = s
	r.doc.sections = append(r.doc.sections, s)
	r.inlines(h, s.line)
	name := slug(s.title)
	if n := r.slugs[name]; n > 0 {
		r.doc.anchors[name+"-"+strconv.Itoa(n)] = true
	} else {
		r.doc.anchors[name] = true
	}
	r.slugs[name]++
}

// block adds what a block holds to the section.
func (r *reader) block(n ast.Node) {
	switch n := n.(type) {
	case *extast.Table:
		r.table(n)
		return
	case *ast.HTMLBlock:
		for i := range n.Lines().Len() {
			seg := n.Lines().At(i)
			r.named(seg.Value(r.source))
		}
		return
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		for i := range n.Lines().Len() {
			seg := n.Lines().At(i)
			r.cur.lines = append(r.cur.lines, line{r.lineAt(seg.Start), strings.TrimSpace(string(seg.Value(r.source)))})
		}
		return
	case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
		r.paragraph(n)
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		r.block(c)
	}
}

func (r *reader) paragraph(n ast.Node) {
	at := r.at(n)
	if box, ok := n.FirstChild().(*extast.TaskCheckBox); ok {
		r.cur.tasks = append(r.cur.tasks, task{at, strings.TrimSpace(r.text(n)), box.IsChecked})
	}
	for i, l := range strings.Split(r.text(n), "\n") {
		r.cur.lines = append(r.cur.lines, line{at + i, strings.TrimSpace(l)})
	}
	r.inlines(n, at)
}

// unescape is what the text of a cell is read by.
var unescape = strings.NewReplacer("\n", " ", `\|`, "|")

func (r *reader) table(t *extast.Table) {
	out := table{line: r.at(t)}
	for c := t.FirstChild(); c != nil; c = c.NextSibling() {
		at := r.at(c)
		var cells []string
		for cell := c.FirstChild(); cell != nil; cell = cell.NextSibling() {
			cells = append(cells, strings.TrimSpace(unescape.Replace(r.text(cell))))
		}
		r.inlines(c, at)
		if _, ok := c.(*extast.TableHeader); ok {
			out.columns = cells
			out.line = at
			continue
		}
		out.rows = append(out.rows, row{at, cells})
	}
	r.cur.tables = append(r.cur.tables, out)
}

// inlines collects the links within n, and the anchors that HTML sets.
func (r *reader) inlines(n ast.Node, at int) {
	// The walk cannot fail: the function never does.
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			r.link(n, at, string(n.Destination))
		case *ast.AutoLink:
			if n.AutoLinkType == ast.AutoLinkURL {
				r.link(n, at, string(n.URL(r.source)))
			}
		case *ast.RawHTML:
			for i := range n.Segments.Len() {
				seg := n.Segments.At(i)
				r.named(seg.Value(r.source))
			}
		}
		return ast.WalkContinue, nil
	})
}

func (r *reader) link(n ast.Node, at int, to string) {
	if c := n.FirstChild(); c != nil {
		if t, ok := c.(*ast.Text); ok {
			at = r.lineAt(t.Segment.Start)
		}
	}
	r.cur.links = append(r.cur.links, link{line: at, to: to})
}

var idAttribute = pattern.New(`(?i)\b(?:id|name)\s*=\s*["']?([^"'\s>]+)`)

// named notes the anchors of a piece of HTML.
func (r *reader) named(html []byte) {
	for _, m := range idAttribute.Regexp().FindAllSubmatch(html, -1) {
		r.doc.anchors[strings.ToLower(string(m[1]))] = true
	}
}

// text is what a reader sees of the inline content of n. Lines stay apart, and HTML
// that is no comment is kept: "<owner>" is a placeholder.
func (r *reader) text(n ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Segment.Value(r.source))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.Label(r.source))
		case *ast.RawHTML:
			var raw []byte
			for i := range n.Segments.Len() {
				seg := n.Segments.At(i)
				raw = append(raw, seg.Value(r.source)...)
			}
			if !bytes.HasPrefix(raw, []byte("<!--")) {
				b.Write(raw)
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// find returns the section with one of these headings, all below it included; nil for
// none. Headings are compared without case, and without a number before them. One that
// begins with a heading, such as "Cancellation rule" for "Cancellation", is taken if
// there is none that is it.
func (d *document) find(headings ...string) *section {
	for _, same := range []func(string, []string) bool{isOneOf, beginsWithOneOf} {
		for i, s := range d.sections {
			if s.level > 0 && same(s.title, headings) {
				return d.whole(i)
			}
		}
	}
	return nil
}

// whole returns section i with those below it.
func (d *document) whole(i int) *section {
	all := *d.sections[i]
	for _, below := range d.sections[i+1:] {
		if below.level <= all.level {
			break
		}
		all.add(below)
	}
	return &all
}

// all returns the document as one section.
func (d *document) all() *section {
	all := &section{line: 1}
	for _, s := range d.sections {
		all.add(s)
	}
	return all
}

func (s *section) add(below *section) {
	s.lines = append(s.lines[:len(s.lines):len(s.lines)], below.lines...)
	s.tables = append(s.tables[:len(s.tables):len(s.tables)], below.tables...)
	s.tasks = append(s.tasks[:len(s.tasks):len(s.tasks)], below.tasks...)
	s.links = append(s.links[:len(s.links):len(s.links)], below.links...)
}

// fieldLine is "Name: value", as the whole of a line.
var fieldLine = pattern.New(`^([\pL][\pL _-]{0,40}):\s*(.*)$`)

// lookup returns the first field of one of these names: one of fields, or a line that
// reads "Name: value".
func lookup(fields []field, lines []line, names ...string) (field, bool) {
	for _, f := range fields {
		if isOneOf(f.name, names) {
			return f, true
		}
	}
	for _, l := range lines {
		if m := fieldLine.FindStringSubmatch(l.text); m != nil && isOneOf(m[1], names) {
			return field{strings.ToLower(m[1]), strings.TrimSpace(m[2]), l.n}, true
		}
	}
	return field{}, false
}

func (d *document) place(n int, text string) verdict.Place {
	return verdict.Place{File: d.file, Line: n, Text: text}
}

var number = pattern.New(`^[0-9]+(\.[0-9]+)*[.)]?\s+`)

// isOneOf compares titles as people write them.
func isOneOf(title string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return plain(n) == plain(title) })
}

// beginsWithOneOf compares the first words of a title.
func beginsWithOneOf(title string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(plain(title), plain(n)+" ") })
}

// endsWithOneOf compares the last words of a title.
func endsWithOneOf(title string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasSuffix(plain(title), " "+plain(n)) })
}

func plain(title string) string {
	title = number.ReplaceAllString(strings.TrimSpace(title), "")
	return strings.ToLower(strings.Join(strings.Fields(strings.TrimRight(title, ":.")), " "))
}
