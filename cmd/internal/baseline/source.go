package baseline

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// hashBytes is how much of the hash of code is kept. Hashes are compared only
// where names agree, so that 32 bits do.
const hashBytes = 4

// A reader reads each file of a source once.
type reader struct {
	src   Source
	files map[string]*file
}

func newReader(src Source) *reader { return &reader{src: src, files: make(map[string]*file)} }

// A file is a parsed file. One that cannot be read or parsed has no syntax.
type file struct {
	opaque bool // there is such a file, and it is not Go
	text   []byte
	tok    *token.File
	syntax *ast.File
	// imports are the names that packages have in the file.
	imports map[string]bool
	decls   map[string]ast.Decl
	locals  map[ast.Decl]map[string]bool
}

func (r *reader) file(path string) *file {
	if f, ok := r.files[path]; ok {
		return f
	}
	f := new(file)
	if text, err := r.src.Read(path); err == nil {
		f.parse(text)
	}
	r.files[path] = f
	return f
}

func (f *file) parse(text []byte) {
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, "", text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		f.opaque = true
		return
	}
	f.text, f.syntax, f.tok = text, syntax, fset.File(syntax.FileStart)
	f.imports, f.decls = make(map[string]bool), make(map[string]ast.Decl)
	f.locals = make(map[ast.Decl]map[string]bool)
	for _, spec := range syntax.Imports {
		f.imports[importName(spec)] = true
	}
	for _, d := range syntax.Decls {
		for _, name := range declared(d) {
			f.decls[name] = d
		}
	}
}

// importName guesses, without looking at the package, what an import is called.
func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	parts := strings.Split(strings.Trim(spec.Path.Value, "`\""), "/")
	last := parts[len(parts)-1]
	if len(parts) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = parts[len(parts)-2] // a major version
	}
	last, _, _ = strings.Cut(strings.TrimPrefix(last, "go-"), ".") // gopkg.in/yaml.v3
	return last
}

// declares reports whether the file may hold a declaration.
func (f *file) declares(name string) bool { return f.opaque || f.decls[name] != nil }

// declared returns the names of a declaration as Entry.Decl has them.
func declared(d ast.Decl) []string {
	var names []string
	switch d := d.(type) {
	case *ast.FuncDecl:
		names = append(names, receiver(d)+d.Name.Name)
	case *ast.GenDecl:
		for _, s := range d.Specs {
			names = append(names, specName(s))
		}
	}
	return names
}

// receiver returns "T." for a method of T.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	name := ""
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name + "."
		}
		return name == ""
	})
	return name
}

func specName(s ast.Spec) string {
	switch s := s.(type) {
	case *ast.ValueSpec:
		return s.Names[0].Name
	case *ast.TypeSpec:
		return s.Name.Name
	}
	return ""
}

// describe fills in what the source tells of an entry.
func (r *reader) describe(e *Entry, at finding.Place) {
	f := r.file(at.File)
	pos, ok := f.pos(at)
	if !ok {
		return
	}
	if text, end, ok := f.comment(pos); ok {
		e.Decl = f.documented(end)
		e.Code = Code{Text: hash(text), Shape: hash(text), Frame: hash(text)}
		return
	}
	path, _ := astutil.PathEnclosingInterval(f.syntax, pos, pos)
	w := f.where(path)
	if w.decl == nil {
		return
	}
	e.Decl = w.name
	e.Code = Code{
		Text:  hash(f.render(w, w.node, asText)),
		Shape: hash(f.render(w, w.node, asShape)),
	}
	n := neighboursOf(w, path)
	e.Code.Prev, e.Code.Next = hash(f.render(w, cmp.Or(n.prev, n.head), asShape)), hash(f.render(w, n.next, asShape))
	e.Code.Near = hash(join(f.render(w, n.prev, asText), f.render(w, n.next, asText), f.render(w, n.head, asText)))
	e.Code.Frame = hash(join(
		f.render(w, w.node, asFrame),
		blank(e.Cause, e.Package, f.names(w.node)),
		blank(e.Primitive, e.Package, f.names(w.node)),
	))
}

// pos returns the position of a place, if the file has it.
func (f *file) pos(at finding.Place) (token.Pos, bool) {
	if f.syntax == nil || at.Line < 1 || at.Line > f.tok.LineCount() || at.Column < 1 {
		return token.NoPos, false
	}
	end := token.Pos(f.tok.Base() + f.tok.Size() + 1)
	if at.Line < f.tok.LineCount() {
		end = f.tok.LineStart(at.Line + 1)
	}
	pos := f.tok.LineStart(at.Line) + token.Pos(at.Column-1)
	return pos, pos < end
}

// comment returns the words of the comment at pos, and its end.
func (f *file) comment(pos token.Pos) (text string, end token.Pos, ok bool) {
	for _, g := range f.syntax.Comments {
		for _, c := range g.List {
			if c.Pos() <= pos && pos < c.End() {
				return strings.Join(strings.Fields(c.Text), " "), g.End(), true
			}
		}
	}
	return "", token.NoPos, false
}

// documented returns the name of the declaration that goes on at, or else that
// comes after, the end of a comment.
func (f *file) documented(end token.Pos) string {
	for _, d := range f.syntax.Decls {
		if end >= d.End() {
			continue
		}
		if g, ok := d.(*ast.GenDecl); ok {
			for _, s := range g.Specs {
				if end < s.End() {
					return specName(s)
				}
			}
		}
		if names := declared(d); len(names) > 0 {
			return names[0]
		}
	}
	return ""
}

// A spot is the statement, or the declaration, that a position lies in.
type spot struct {
	node ast.Node
	at   int // of node in the path
	decl ast.Decl
	name string // as in Entry.Decl
}

// where finds the innermost statement on the path from a position to its file,
// or else the declaration.
func (f *file) where(path []ast.Node) spot {
	var w spot
	for i, n := range path {
		if w.node == nil && isUnit(n) {
			w.node, w.at = n, i
		}
		if s, ok := n.(ast.Spec); ok {
			w.name = specName(s)
		}
		d, ok := n.(ast.Decl)
		if !ok || i+2 != len(path) {
			continue
		}
		w.decl = d
		if names := declared(d); w.name == "" && len(names) > 0 {
			w.name = names[0]
		}
		if fn, ok := d.(*ast.FuncDecl); ok {
			w.name = receiver(fn) + fn.Name.Name
		}
		if w.node == nil {
			w.node, w.at = n, i
		}
	}
	return w
}

func isUnit(n ast.Node) bool {
	switch n.(type) {
	case *ast.BlockStmt, *ast.DeclStmt:
		return false // a declaration's specs say more
	case ast.Stmt, ast.Spec:
		return true
	}
	return false
}

// neighbours are the statements around one that say something, or nil.
type neighbours struct {
	prev, next ast.Stmt
	head       ast.Stmt // that the block belongs to
}

// neighboursOf returns what stands around w, to which path leads.
func neighboursOf(w spot, path []ast.Node) neighbours {
	if fn, ok := w.node.(*ast.FuncDecl); ok && fn.Body != nil {
		return neighbours{next: telling(fn.Body.List)}
	}
	for i := w.at; i+1 < len(path); i++ {
		list, ok := statements(path[i+1])
		if !ok {
			continue
		}
		at := slices.IndexFunc(list, func(s ast.Stmt) bool { return s == path[i] })
		before := slices.Clone(list[:at])
		slices.Reverse(before)
		n := neighbours{prev: telling(before), next: telling(list[at+1:])}
		for _, outer := range path[i+1:] {
			if s, ok := outer.(ast.Stmt); ok && isUnit(outer) {
				n.head = telling([]ast.Stmt{s})
				break
			}
		}
		return n
	}
	return neighbours{}
}

// telling returns the first statement of list that says something.
func telling(list []ast.Stmt) ast.Stmt {
	for _, s := range list {
		if says(s) {
			return s
		}
	}
	return nil
}

// shapes returns the hashes of the shapes of all statements of a declaration that
// say something.
func (f *file) shapes(decl string) map[string]bool {
	shapes := make(map[string]bool)
	d := f.decls[decl]
	if d == nil {
		return shapes
	}
	ast.Inspect(d, func(n ast.Node) bool {
		if s, ok := n.(ast.Stmt); ok && isUnit(n) && says(s) {
			shapes[hash(f.render(spot{decl: d}, s, asShape))] = true
		}
		return true
	})
	return shapes
}

// statements returns those of a block or a clause.
func statements(n ast.Node) ([]ast.Stmt, bool) {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List, true
	case *ast.CaseClause:
		return n.Body, true
	case *ast.CommClause:
		return n.Body, true
	}
	return nil, false
}

// says reports whether s tells one place from another. A check for nil, a return
// and a jump stand everywhere.
func says(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt, *ast.BranchStmt, *ast.EmptyStmt, *ast.IncDecStmt:
		return false
	case *ast.IfStmt:
		cond, ok := s.Cond.(*ast.BinaryExpr)
		return s.Init != nil || !ok || !isNil(cond.Y)
	case *ast.AssignStmt:
		return !plain(s.Lhs) || !plain(s.Rhs)
	}
	return true
}

// plain reports whether all of es are names or literals.
func plain(es []ast.Expr) bool {
	return !slices.ContainsFunc(es, func(e ast.Expr) bool {
		switch e.(type) {
		case *ast.Ident, *ast.BasicLit:
			return false
		}
		return true
	})
}

func isNil(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "nil"
}

func hash(text string) string {
	if text == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:hashBytes])
}
