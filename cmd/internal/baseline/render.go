package baseline

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// A detail is how much of a statement is rendered.
type detail int

const (
	asText  detail = iota // all tokens
	asShape               // local names are numbered, names of packages left out
	asFrame               // all names that the program declares are numbered
)

// A role is what an identifier is.
type role int

const (
	plainName role = iota
	local
	qualifier // of a package
	foreign   // what stands behind a qualifier
	selected
	fieldKey
	itself // the name of the function declared
)

// An outline tells how the tokens of a node are rendered.
type outline struct {
	roles map[token.Pos]role
	cuts  map[token.Pos]token.Pos // from the beginning to the end of what is left out
}

// outline walks n, which lies in w.
func (f *file) outline(w spot, n ast.Node) outline {
	o := outline{roles: make(map[token.Pos]role), cuts: make(map[token.Pos]token.Pos)}
	locals := f.localsOf(w.decl)
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			if _, longer := o.cuts[n.Pos()]; !longer {
				o.cuts[n.Pos()] = n.End()
			}
			return false
		case *ast.CaseClause:
			o.cuts[n.Colon] = n.End()
		case *ast.CommClause:
			o.cuts[n.Colon] = n.End()
		case *ast.IfStmt:
			if n.Else != nil {
				o.cuts[n.Body.Pos()] = n.End()
			}
		case *ast.FuncDecl:
			o.roles[n.Name.Pos()] = itself
			if n.Doc != nil {
				o.cuts[n.Doc.Pos()] = n.Doc.End()
			}
		case *ast.SelectorExpr:
			o.selector(n, f.imports, locals)
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok {
				o.roles[id.Pos()] = fieldKey
			}
		case *ast.Ident:
			if _, known := o.roles[n.Pos()]; !known && locals[n.Name] {
				o.roles[n.Pos()] = local
			}
		}
		return true
	})
	return o
}

func (o outline) selector(s *ast.SelectorExpr, imports, locals map[string]bool) {
	o.roles[s.Sel.Pos()] = selected
	if id, ok := s.X.(*ast.Ident); ok && imports[id.Name] && !locals[id.Name] {
		o.roles[id.Pos()], o.roles[s.Sel.Pos()] = qualifier, foreign
	}
}

// localsOf returns the names that are declared within d. Scopes are not kept
// apart: where a name means two things, both are rendered in the same way.
func (f *file) localsOf(d ast.Decl) map[string]bool {
	if names, ok := f.locals[d]; ok {
		return names
	}
	names := make(map[string]bool)
	add := func(es ...ast.Expr) {
		for _, e := range es {
			if id, ok := e.(*ast.Ident); ok {
				names[id.Name] = true
			}
		}
	}
	fn, ok := d.(*ast.FuncDecl)
	if ok {
		ast.Inspect(fn, func(n ast.Node) bool { return declares(n, add) })
	} else {
		ast.Inspect(d, func(n ast.Node) bool {
			if lit, ok := n.(*ast.FuncLit); ok {
				ast.Inspect(lit, func(n ast.Node) bool { return declares(n, add) })
				return false
			}
			return true
		})
	}
	delete(names, "_")
	f.locals[d] = names
	return names
}

// declares adds the names that n declares in a function.
func declares(n ast.Node, add func(...ast.Expr)) bool {
	switch n := n.(type) {
	case *ast.StructType, *ast.InterfaceType:
		return false // fields and methods are no variables
	case *ast.Field:
		for _, id := range n.Names {
			add(id)
		}
	case *ast.ValueSpec:
		for _, id := range n.Names {
			add(id)
		}
	case *ast.TypeSpec:
		add(n.Name)
	case *ast.LabeledStmt:
		add(n.Label)
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE {
			add(n.Lhs...)
		}
	case *ast.RangeStmt:
		if n.Tok == token.DEFINE {
			add(n.Key, n.Value)
		}
	}
	return true
}

// render returns the tokens of n, which lies in w. Nothing has none.
func (f *file) render(w spot, n ast.Node, d detail) string {
	if n == nil {
		return ""
	}
	o := f.outline(w, n)
	r := renderer{detail: d, numbers: make(map[string]string)}
	for _, t := range f.tokens(n, o.cuts) {
		r.add(t, o.roles[t.pos])
	}
	return strings.Join(r.out, " ")
}

// A lexeme is a token of a file.
type lexeme struct {
	pos token.Pos
	tok token.Token
	lit string
}

// tokens returns those of n, with {} in the place of what is cut.
func (f *file) tokens(n ast.Node, cuts map[token.Pos]token.Pos) []lexeme {
	var (
		s    scanner.Scanner
		out  []lexeme
		skip token.Pos
	)
	// The scanner wants a file of exactly the size of what it reads.
	lo, hi := f.tok.Offset(n.Pos()), f.tok.Offset(n.End())
	part := token.NewFileSet().AddFile("", int(n.Pos()), hi-lo)
	s.Init(part, f.text[lo:hi], func(token.Position, string) {}, 0)
	for {
		pos, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return out
		case pos < skip:
			continue
		case cuts[pos] > pos:
			skip = cuts[pos]
			out = append(out, lexeme{pos, token.LBRACE, ""}, lexeme{pos, token.RBRACE, ""})
			continue
		case tok == token.SEMICOLON && lit == "\n":
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].tok == token.COMMA && closes(tok) {
			out = out[:last] // gofmt wants the comma on one line, and not on several
		}
		out = append(out, lexeme{pos, tok, lit})
	}
}

func closes(tok token.Token) bool {
	return tok == token.RPAREN || tok == token.RBRACE || tok == token.RBRACK
}

// A renderer puts tokens together.
type renderer struct {
	detail  detail
	numbers map[string]string
	out     []string
	drop    bool // the next token: the dot behind a qualifier
}

func (r *renderer) add(t lexeme, as role) {
	if r.drop {
		r.drop = false
		return
	}
	switch {
	case t.tok != token.IDENT && t.lit != "":
		r.out = append(r.out, t.lit)
	case t.tok != token.IDENT:
		r.out = append(r.out, t.tok.String())
	case as == qualifier && r.detail == asShape:
		r.drop = true
	case r.detail == asFrame && !fixed(t.lit, as), r.detail == asShape && (as == local || as == itself):
		r.out = append(r.out, r.number(t.lit))
	default:
		r.out = append(r.out, t.lit)
	}
}

// fixed reports whether a name is not the program's to choose.
func fixed(name string, as role) bool {
	if as == qualifier || as == foreign {
		return true
	}
	return as == plainName && types.Universe.Lookup(name) != nil
}

func (r *renderer) number(name string) string {
	if _, ok := r.numbers[name]; !ok {
		r.numbers[name] = "$" + strconv.Itoa(len(r.numbers)+1)
	}
	return r.numbers[name]
}

// names returns what the program has named among the identifiers of n.
func (f *file) names(n ast.Node) []string {
	var names []string
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			return false
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok && f.imports[id.Name] {
				return false
			}
		case *ast.Ident:
			if types.Universe.Lookup(n.Name) == nil {
				names = append(names, n.Name)
			}
		}
		return true
	})
	return names
}
