package escape

import (
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Report is what the compiler said about one package.
type Report struct {
	// Ran is false where no compiler output was given: nothing in the
	// package is hot, or the host does not run the compiler.
	Ran bool
	// Missing is set, and Ran is not, where output was given that holds nothing of the
	// package, though it has functions: it was lost, as with files of the build cache
	// from which the go command replays it.
	Missing   bool
	Toolchain string // "go1.26.8"
	GOARCH    string
	// Diagnostics are those that stand in the files of the package, in
	// the order of the compiler's output.
	Diagnostics []*Diagnostic
	// Unknown holds the lines that the parser does not know.
	Unknown []string

	fset   *token.FileSet
	at     map[line][]*Diagnostic
	starts map[line]token.Pos // where each line of the package begins
	names  *names
}

// A line is a line of a file by the name that the analysis knows it by.
type line struct {
	file string
	line int
}

// Where returns the position of d, the beginning of its line if the compiler
// does not know the column.
func (r *Report) Where(d *Diagnostic) token.Pos { return r.Pos(d.Pos) }

// Pos returns the position that p names, or NoPos if it is in another package.
func (r *Report) Pos(p Pos) token.Pos {
	if r.names == nil {
		return token.NoPos
	}
	file, ok := r.names.of(p.File)
	if !ok {
		return token.NoPos
	}
	start := r.starts[line{file, p.Line}]
	if start.IsValid() && p.Col > 0 {
		start += token.Pos(p.Col - 1)
	}
	return start
}

// At returns what was said at pos. What has no column stands at every
// position of its line.
func (r *Report) At(pos token.Pos) []*Diagnostic {
	if r.at == nil || !pos.IsValid() {
		return nil
	}
	p := r.fset.Position(pos)
	var found []*Diagnostic
	for _, d := range r.at[line{p.Filename, p.Line}] {
		if d.Pos.Col == p.Column || d.Pos.Col == 0 {
			found = append(found, d)
		}
	}
	return found
}

// OnLine returns what was said on the line of pos, whatever the column.
func (r *Report) OnLine(pos token.Pos) []*Diagnostic {
	if r.at == nil || !pos.IsValid() {
		return nil
	}
	p := r.fset.Position(pos)
	return r.at[line{p.Filename, p.Line}]
}

// Defer returns how the defer statement at pos is compiled; pos is that of the
// keyword. It is UnknownDefer if the compiler was not run, or compiled no
// instance of the function.
func (r *Report) Defer(pos token.Pos) DeferKind {
	for _, d := range r.At(pos) {
		if d.Kind == Defer {
			return deferKinds[d.Detail]
		}
	}
	return UnknownDefer
}

// Inlined reports whether the call whose opening parenthesis is at lparen was
// inlined, in every copy of the function that holds it.
func (r *Report) Inlined(lparen token.Pos) bool {
	return slices.ContainsFunc(r.At(lparen), func(d *Diagnostic) bool { return d.Kind == Inlined })
}

// CanInline reports whether the compiler may inline fn, an *ast.FuncDecl or
// *ast.FuncLit.
func (r *Report) CanInline(fn ast.Node) bool {
	pos := fn.Pos()
	if decl, ok := fn.(*ast.FuncDecl); ok {
		pos = decl.Name.Pos()
		if decl.Recv != nil {
			pos = decl.Recv.Pos() // what follows the keyword
		}
	}
	return slices.ContainsFunc(r.At(pos), func(d *Diagnostic) bool { return d.Kind == CanInline })
}

// Analyzer gives rules what the compiler said about the package. Its result
// is a *Report. The text comes from the file that its flag "output" names,
// which the host has the compiler write; the analyzer itself runs nothing.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetescape",
	Doc:        "read the compiler's escape diagnostics",
	Run:        run,
	ResultType: reflect.TypeFor[*Report](),
}

// OutputFlag is the flag of [Analyzer] that names the file of the compiler's
// text. One file may hold the text of several packages.
const OutputFlag = "output"

func init() {
	Analyzer.Flags.String(OutputFlag, "", "read the compiler's diagnostics from this `file`")
}

func run(pass *analysis.Pass) (any, error) {
	name := pass.Analyzer.Flags.Lookup(OutputFlag).Value.String()
	if name == "" {
		return new(Report), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening compiler output: %w", err)
	}
	defer f.Close()
	out, err := Parse(f)
	if err != nil {
		return nil, err
	}
	return report(pass, out), nil
}

// report picks from out what stands in the files of the package. The rest is
// code of other packages that was instantiated here.
func report(pass *analysis.Pass, out *Output) *Report {
	r := &Report{
		Ran:       true,
		Toolchain: out.Toolchain,
		GOARCH:    out.GOARCH,
		Unknown:   out.Unknown,
		fset:      pass.Fset,
		at:        make(map[line][]*Diagnostic),
		starts:    make(map[line]token.Pos),
		names:     &names{known: make(map[string]string)},
	}
	for _, f := range pass.Files {
		r.addFile(pass.Fset.File(f.FileStart))
	}
	for _, d := range out.Diagnostics {
		if file, ok := r.names.of(d.Pos.File); ok {
			l := line{file, d.Pos.Line}
			r.at[l] = append(r.at[l], d)
			r.Diagnostics = append(r.Diagnostics, d)
		}
	}
	if len(r.Diagnostics) == 0 && slices.ContainsFunc(pass.Files, spoken) {
		r.Ran, r.Missing = false, true
	}
	return r
}

// addFile records the lines of f by the names and numbers that //line
// directives give them, for so the compiler calls them.
func (r *Report) addFile(f *token.File) {
	for i := range f.LineCount() {
		start := f.LineStart(i + 1)
		p := f.Position(start)
		r.names.add(p.Filename)
		if l := (line{p.Filename, p.Line}); !r.starts[l].IsValid() {
			r.starts[l] = start
		}
	}
}

// names tells by which name the analysis knows a file that the compiler names.
// They are the same where Compile ran it; the go command shortens paths.
type names struct {
	known map[string]string
	files []string
}

func (n *names) add(file string) {
	if n.known[file] == "" {
		n.known[file] = file
		n.files = append(n.files, file)
	}
}

func (n *names) of(file string) (string, bool) {
	known, ok := n.known[file]
	if !ok {
		known = n.find(file)
		n.known[file] = known
	}
	return known, known != ""
}

// find looks for the file that a relative name stands for.
func (n *names) find(file string) string {
	if filepath.IsAbs(file) {
		return ""
	}
	up := ".." + string(filepath.Separator)
	tail := filepath.Clean(file)
	for strings.HasPrefix(tail, up) {
		tail = tail[len(up):]
	}
	tail = string(filepath.Separator) + tail
	for _, f := range n.files {
		if strings.HasSuffix(f, tail) {
			return f
		}
	}
	return ""
}
