package documents

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// newParser returns a parser of CommonMark with what hosts of repositories add to it and
// checks look at: tables, boxes before tasks, and addresses without marks. Goldmark has
// these in its package extension, whose initialisation takes as long as that of all else
// of the audit, in each process of the vet tool. A test holds the two together.
func newParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithInlineParsers(parser.DefaultInlineParsers()...),
		parser.WithInlineParsers(util.Prioritized(boxes{}, 0), util.Prioritized(addresses{}, 999)), // before links; after all
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithParagraphTransformers(util.Prioritized(&tables{left: maxCells}, 200)), // after definitions of links
	)
}

// maxCells is how many cells the tables of a document may have. Short rows are filled:
// without a bound, 256 KiB make a thousand million.
const maxCells = 200_000

// tables makes tables of paragraphs with a line of dashes below their heading.
type tables struct {
	left int // of maxCells
}

// Transform turns the end of a paragraph into a table if it is one.
func (ts *tables) Transform(p *ast.Paragraph, r text.Reader, _ parser.Context) {
	lines, source := p.Lines(), r.Source()
	for i := 1; i < lines.Len(); i++ {
		columns := dashes(lines.At(i), source)
		if columns == 0 {
			continue
		}
		head := cells(lines.At(i-1), source)
		n := columns * (lines.Len() - i)
		if len(head) != columns || n > ts.left {
			return
		}
		ts.left -= n
		t := extast.NewTable()
		t.SetPos(lines.At(i - 1).Start)
		t.AppendChild(t, extast.NewTableHeader(newRow(lines.At(i-1), head)))
		for j := i + 1; j < lines.Len(); j++ {
			body := cells(lines.At(j), source)
			t.AppendChild(t, newRow(lines.At(j), append(body, make([]text.Segment, columns)...)[:columns]))
		}
		parent := p.Parent()
		parent.InsertAfter(parent, p, t)
		if i == 1 {
			parent.RemoveChild(parent, p)
			return
		}
		lines.SetSliced(0, i-1)
		last := lines.At(i - 2)
		lines.Set(i-2, last.TrimRightSpace(source))
		return
	}
}

// newRow returns a row of the cells that stand in a line. Those that have no place are
// empty.
func newRow(line text.Segment, cells []text.Segment) *extast.TableRow {
	row := extast.NewTableRow(nil)
	row.SetPos(line.Start)
	for _, s := range cells {
		cell := extast.NewTableCell()
		if !s.IsEmpty() {
			cell.Lines().Append(s)
		}
		row.AppendChild(row, cell)
	}
	return row
}

// dashes returns the number of columns of the line below the heading of a table, and 0
// if it is not one.
func dashes(line text.Segment, source []byte) int {
	rules := line.Value(source)
	if indent, _ := util.IndentWidth(rules, 0); indent > 3 || !bytes.ContainsAny(rules, "|:") {
		return 0
	}
	columns := cells(line, source)
	for _, c := range columns {
		rule := bytes.TrimSuffix(bytes.TrimPrefix(c.Value(source), []byte(":")), []byte(":"))
		if len(rule) == 0 || len(bytes.Trim(rule, "-")) > 0 {
			return 0
		}
	}
	return len(columns)
}

// cells splits a line of a table at its pipes, but for those behind a backslash.
func cells(line text.Segment, source []byte) []text.Segment {
	line = line.TrimLeftSpace(source)
	line = line.TrimRightSpace(source)
	start, stop := line.Start, line.Stop
	if start < stop && source[start] == '|' {
		start++
	}
	var out []text.Segment
	for at := start; at <= stop && start < stop; at++ {
		if at < stop && (source[at] != '|' || at > start && source[at-1] == '\\') {
			continue
		}
		cell := text.NewSegment(start, at)
		cell = cell.TrimLeftSpace(source)
		out = append(out, cell.TrimRightSpace(source))
		start = at + 1
	}
	return out
}

// boxes parses "[ ]" and "[x]" where an item of a list begins.
type boxes struct{}

// Trigger returns the byte that a box begins with.
func (boxes) Trigger() []byte { return []byte("[") }

// Parse returns a box, or nil.
func (boxes) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	item, ok := parent.Parent().(*ast.ListItem)
	if !ok || item.FirstChild() != parent || parent.HasChildren() {
		return nil
	}
	line, _ := block.PeekLine()
	if len(line) < 3 || line[2] != ']' || !bytes.ContainsRune([]byte(" \txX"), rune(line[1])) {
		return nil
	}
	block.Advance(len(line) - len(bytes.TrimLeft(line[3:], " \t")))
	return extast.NewTaskCheckBox(line[1] == 'x' || line[1] == 'X')
}

// addresses parses the addresses of web pages that stand in text.
type addresses struct{}

// Trigger returns the bytes an address may stand behind; the space is for all white
// space and the begin of a line.
func (addresses) Trigger() []byte { return []byte(" *_~(") }

var address = pattern.New(`^(?:(?:https?|ftp)://|www\.)[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#][^\s<]*)?`)

// Parse returns a link, or nil.
func (a addresses) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	if pc.IsInLinkLabel() {
		return nil
	}
	line, at := block.PeekLine()
	before := 0
	if bytes.IndexByte(a.Trigger(), line[0]) >= 0 {
		before = 1
	}
	found := withoutEnd(address.Regexp().Find(line[before:]))
	if len(found) == 0 {
		return nil
	}
	if before > 0 {
		ast.MergeOrAppendTextSegment(parent, at.WithStop(at.Start+before))
	}
	block.Advance(before + len(found))
	link := ast.NewAutoLink(ast.AutoLinkURL, ast.NewTextSegment(text.NewSegment(at.Start+before, at.Start+before+len(found))))
	if found[0] == 'w' {
		link.Protocol = []byte("http")
	}
	return link
}

// withoutEnd cuts off what belongs to the sentence that an address stands in.
func withoutEnd(address []byte) []byte {
	unopened := bytes.Count(address, []byte(")")) - bytes.Count(address, []byte("("))
	for len(address) > 0 {
		switch last := address[len(address)-1]; {
		case bytes.IndexByte([]byte(`?!.,:*_~'"`), last) >= 0:
		case last == ')' && unopened > 0:
			unopened--
		default:
			return address
		}
		address = address[:len(address)-1]
	}
	return address
}
