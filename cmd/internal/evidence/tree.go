package evidence

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/lagvet/lagvet/analyzers/symbol"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// A Module is a main module of the run.
type Module struct {
	Path string
	Dir  string // absolute
}

// A Program says what was checked, and where its sources are.
type Program struct {
	Modules            []Module
	Commands           []string // the names that its packages main go by; none if it is unknown which there are
	GOROOT, GOMODCACHE string
	Tags               []string          // build tags
	Overlay            map[string][]byte // texts that stand in for files, by absolute path
}

// A tree reads the sources of packages, and knows the functions in them.
type tree struct {
	Program
	dirs map[string]*pack // by directory; nil if there is no package
	fset *token.FileSet
}

func newTree(p Program) *tree {
	return &tree{Program: p, dirs: make(map[string]*pack), fset: token.NewFileSet()}
}

// A pack is a package with its functions.
type pack struct {
	path, dir string
	name      string // that of the package clause
	source    symbol.Package
	funcs     map[*symbol.Func]*function
	files     map[string][]*function // by file, in the order of the source
}

// A function is one that has a body.
type function struct {
	*symbol.Func
	pack     *pack
	file     string
	from, to finding.Place // of all of it; from is where symbols say that it begins
	head     finding.Place // the name of a declared function, the head of a literal
	node     ast.Node
	imports  []*ast.ImportSpec // of its file
	files    *token.FileSet
}

// A site is a line of a function; 0 stands for one that is unknown.
type site struct {
	*function
	line int
}

// at returns the package that a file is of, and the innermost function around a
// place in it; nil if there is none, or if it cannot be read.
func (t *tree) at(p finding.Place) (*pack, *function) {
	pk := t.pack(filepath.Dir(p.File))
	if pk == nil {
		return nil, nil
	}
	var found *function
	for _, f := range pk.files[p.File] { // functions nest: the last that holds p is the innermost
		if !before(p, f.from) && before(p, f.to) {
			found = f
		}
	}
	return pk, found
}

// before compares places in one file. A place without a column is on all of its line.
func before(a, b finding.Place) bool {
	if a.Line != b.Line || a.Column == 0 || b.Column == 0 {
		return a.Line < b.Line
	}
	return a.Column < b.Column
}

// outermost returns the function that f is or stands in, which stands in no other.
func (f *function) outermost() *function { return f.pack.funcs[f.Func.Outermost()] }

// named returns the function of a full name, as types.Func.FullName prints it.
func (pk *pack) named(full string) *function {
	name := strings.ReplaceAll(symbol.WithoutTypeArgs(full), pk.path+".", "")
	if receiver, ok := strings.CutPrefix(name, "("); ok && !strings.HasPrefix(receiver, "*") {
		name = strings.Replace(receiver, ")", "", 1) // (T).M, which symbols call T.M
	}
	return pk.funcs[pk.source.Find(symbol.Symbol{Pkg: pk.path, Name: name}, 0, nil)]
}

// importable returns the package of an import path, if it is of a main module.
func (t *tree) importable(pkg string) *pack {
	best := Module{}
	for _, m := range t.Modules {
		if within(pkg, m.Path) && len(m.Path) > len(best.Path) {
			best = m
		}
	}
	if best.Path == "" {
		return nil
	}
	return t.pack(filepath.Join(best.Dir, filepath.FromSlash(strings.TrimPrefix(pkg, best.Path))))
}

// within reports whether a package is that of the path, or below it.
func within(pkg, path string) bool { return pkg == path || strings.HasPrefix(pkg, path+"/") }

// pack returns the package in a directory, or nil.
func (t *tree) pack(dir string) *pack {
	pk, known := t.dirs[dir]
	if !known {
		pk = t.read(dir)
		t.dirs[dir] = pk
	}
	return pk
}

func (t *tree) read(dir string) *pack {
	pk := &pack{path: t.importPath(dir), dir: dir, funcs: make(map[*symbol.Func]*function), files: make(map[string][]*function)}
	built, others := t.split(dir)
	for _, name := range built {
		t.readFile(pk, name, false)
	}
	// What is for other platforms is no function that is missing.
	for _, name := range others {
		t.readFile(pk, name, true)
	}
	if pk.path == "" || len(pk.files) == 0 {
		return nil
	}
	for _, fs := range pk.files {
		slices.SortStableFunc(fs, func(a, b *function) int {
			return cmp.Or(finding.Compare(a.from, b.from), finding.Compare(b.to, a.to))
		})
	}
	return pk
}

// split returns the Go files of a directory: those that are built, and others.
func (t *tree) split(dir string) (built, others []string) {
	context := build.Default
	context.BuildTags = t.Tags
	context.OpenFile = func(name string) (io.ReadCloser, error) {
		text, err := t.text(name)
		return io.NopCloser(bytes.NewReader(text)), err
	}
	entries, _ := os.ReadDir(dir) // what cannot be read holds no function that is known
	for _, e := range entries {
		name := e.Name()
		switch ok, err := context.MatchFile(dir, name); {
		case filepath.Ext(name) != ".go":
		case ok && err == nil && !strings.HasSuffix(name, "_test.go"):
			built = append(built, filepath.Join(dir, name))
		default:
			others = append(others, filepath.Join(dir, name))
		}
	}
	return built, others
}

// text returns the content of a file as it was checked.
func (t *tree) text(name string) ([]byte, error) {
	if text, ok := t.Overlay[name]; ok {
		return text, nil
	}
	return os.ReadFile(name)
}

// readFile adds the functions of a file; those of one that is not built only if
// there is none of their name.
func (t *tree) readFile(pk *pack, name string, other bool) {
	text, err := t.text(name)
	if err != nil {
		return
	}
	file, _ := parser.ParseFile(t.fset, name, text, parser.SkipObjectResolution)
	if file == nil || file.Name == nil || other && strings.HasSuffix(file.Name.Name, "_test") {
		return
	}
	if !other {
		pk.name = file.Name.Name
	}
	r := reader{tree: t, pack: pk, file: file, other: other}
	ast.Inspect(file, r.visit)
}

// A reader adds the functions of a file to a package.
type reader struct {
	*tree
	pack  *pack
	file  *ast.File
	other bool
	path  []*function // those around the node
	ends  []ast.Node  // the nodes around the node, nil for all that are no functions
}

func (r *reader) visit(n ast.Node) bool {
	if n == nil {
		if last := r.ends[len(r.ends)-1]; last != nil {
			r.path = r.path[:len(r.path)-1]
		}
		r.ends = r.ends[:len(r.ends)-1]
		return true
	}
	f := r.function(n)
	if f == nil {
		r.ends = append(r.ends, nil)
		return true
	}
	if r.other && r.pack.funcs[f.Func] != nil { // declared in a file that is built
		return false
	}
	r.pack.funcs[f.Func] = f
	r.pack.files[f.file] = append(r.pack.files[f.file], f)
	r.path, r.ends = append(r.path, f), append(r.ends, n)
	return true
}

// function returns the function that n is, if it is one.
func (r *reader) function(n ast.Node) *function {
	line := r.place(n.Pos()).Line
	f := &function{pack: r.pack, node: n, imports: r.file.Imports, files: r.fset}
	switch n := n.(type) {
	case *ast.FuncDecl:
		name := r.pack.symbolOf(n)
		if n.Body == nil {
			return nil
		}
		if f.Func = r.pack.source.Find(symbol.Symbol{Name: name}, 0, nil); f.Func == nil || !r.other {
			f.Func = r.pack.source.Declare(name, line)
		}
		f.head = r.place(n.Name.Pos())
	case *ast.FuncLit:
		var parent *symbol.Func
		if len(r.path) > 0 {
			parent = r.path[len(r.path)-1].Func
		}
		f.Func = r.pack.source.Literal(parent, line)
		f.head = r.place(n.Pos())
	default:
		return nil
	}
	f.from, f.to = r.place(n.Pos()), r.place(n.End())
	f.file = f.from.File
	return f
}

// place returns the place that findings and symbols give for pos.
func (t *tree) place(pos token.Pos) finding.Place {
	p := t.fset.Position(pos)
	return finding.Place{File: p.Filename, Line: p.Line, Column: p.Column}
}

// symbolOf returns the name that symbols have for a declared function.
func (pk *pack) symbolOf(n *ast.FuncDecl) string {
	name := n.Name.Name
	if n.Recv == nil || len(n.Recv.List) == 0 {
		if name == "init" {
			return name + "." + strconv.Itoa(pk.inits())
		}
		return name
	}
	receiver, format := ast.Unparen(n.Recv.List[0].Type), "%."
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver, format = ast.Unparen(star.X), "(*%)."
	}
	switch generic := receiver.(type) {
	case *ast.IndexExpr:
		receiver = generic.X
	case *ast.IndexListExpr:
		receiver = generic.X
	}
	if id, ok := receiver.(*ast.Ident); ok {
		return strings.Replace(format, "%", id.Name, 1) + name
	}
	return name
}

// inits counts the functions called init.
func (pk *pack) inits() int {
	n := 0
	for f := range pk.funcs {
		if f.Parent == nil && strings.HasPrefix(f.Name, "init.") {
			n++
		}
	}
	return n
}

// importPath returns the import path of a directory: below GOROOT, in the module
// cache, or in the module whose go.mod is nearest. It is "" where there is none.
func (t *tree) importPath(dir string) string {
	if rel, ok := below(filepath.Join(t.GOROOT, "src"), dir); ok && t.GOROOT != "" {
		return symbol.WithoutVendor(rel)
	}
	if rel, ok := below(t.GOMODCACHE, dir); ok && t.GOMODCACHE != "" {
		return ofCache(rel)
	}
	for d := dir; ; d = filepath.Dir(d) {
		if text, err := t.text(filepath.Join(d, "go.mod")); err == nil {
			rel, _ := below(d, dir)
			return symbol.WithoutVendor(path.Join(modfile.ModulePath(text), rel))
		}
		if d == filepath.Dir(d) {
			return ""
		}
	}
}

// ofCache returns the import path of a directory of the module cache:
// "github.com/!burnt!sushi/toml@v1.0.0/internal".
func ofCache(rel string) string {
	escaped, rest, _ := strings.Cut(rel, "@")
	_, sub, _ := strings.Cut(rest, "/")
	mod, err := module.UnescapePath(escaped)
	if err != nil {
		return ""
	}
	return path.Join(mod, sub)
}

// below returns the path of file from dir, with slashes, and whether it lies there.
func below(dir, file string) (rel string, ok bool) {
	rel, err := filepath.Rel(dir, file)
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}
