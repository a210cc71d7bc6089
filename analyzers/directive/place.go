package directive

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// file reads the directives of one file.
func (r *reader) file(tf *token.File, f *ast.File) {
	var l *layout
	for _, group := range f.Comments {
		for _, c := range group.List {
			text, ok := strings.CutPrefix(c.Text, prefix)
			if !ok {
				if nearMiss(c.Text) {
					r.problem(c, "this looks like a directive and is an ordinary comment: write it in small letters after //lagvet: with no space before or within")
				}
				continue
			}
			d, err := parse(strings.TrimRight(text, "\r"))
			if err != nil {
				r.problem(c, "%v", err)
				continue
			}
			if l == nil { // most files have none
				l = newLayout(tf, f)
			}
			d.Pos, d.End = c.Pos(), c.End()
			if where := r.place(l, group, d); where != "" {
				r.problem(c, "//lagvet:%s %s", d.Kind, where)
				continue
			}
			r.x.All = append(r.x.All, d)
		}
	}
}

// place finds what d covers. It returns what is wrong if d has no effect there.
func (r *reader) place(l *layout, group *ast.CommentGroup, d *Directive) string {
	s, ok := l.docs[group]
	if !ok {
		s, ok = l.beside(group, d.Pos)
	} else if r.carries(l, s.node) {
		d.Decl = s.node
	}
	if !ok {
		return "stands where no code follows on the next line, and has no effect: move it to the line above the code it is about"
	}
	d.From, d.To = s.from, s.to
	switch d.Kind {
	case Hot, NonBlocking, NoAlloc, Root:
		if d.Decl == nil {
			return "has no effect here: it belongs in the doc comment of a function, an interface method or a func type"
		}
	case Assume:
		if d.Decl == nil && !s.code {
			return "has no effect here: it belongs to a function, a func type or a statement"
		}
	case Bounded:
		if !s.code {
			return "has no effect here: it belongs to a function or a statement"
		}
	}
	return ""
}

// carries reports whether decl is something that a contract can bind.
func (r *reader) carries(l *layout, decl ast.Node) bool {
	switch n := decl.(type) {
	case *ast.FuncDecl:
		return true
	case *ast.Field:
		return l.methods[n]
	case *ast.TypeSpec:
		// An alias names no type of its own: nothing is converted to it.
		tn, ok := r.info.Defs[n.Name].(*types.TypeName)
		if !ok || tn.IsAlias() {
			return false
		}
		_, ok = tn.Type().Underlying().(*types.Signature)
		return ok
	}
	return false
}

// A span is a piece of code that a directive can cover.
type span struct {
	node     ast.Node
	from, to token.Pos
	code     bool // it holds code that runs, not only types or names
	fence    bool // a pair of brackets: a line within that begins nothing belongs to nothing outside
}

// A layout tells which pieces of a file's code begin and end on which line.
// Lines are those of the file itself, not those that //line comments speak of.
type layout struct {
	file     *token.File
	docs     map[*ast.CommentGroup]span
	methods  map[*ast.Field]bool // of interfaces
	spans    []span
	comments map[int]token.Pos // the last comment of each line
	behind   map[int]bool      // whether that comment has code before it
}

func newLayout(file *token.File, f *ast.File) *layout {
	l := &layout{
		file:     file,
		docs:     make(map[*ast.CommentGroup]span),
		methods:  make(map[*ast.Field]bool),
		comments: make(map[int]token.Pos),
		behind:   make(map[int]bool),
	}
	for _, g := range f.Comments {
		for _, c := range g.List {
			l.comments[l.line(c.Pos())] = c.Pos()
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.CommentGroup, *ast.Comment:
			return false
		}
		l.visit(n)
		return true
	})
	return l
}

func (l *layout) line(pos token.Pos) int { return l.file.PositionFor(pos, false).Line }

func (l *layout) visit(n ast.Node) {
	if _, ok := n.(*ast.File); !ok {
		l.token(n.Pos())
		l.token(n.End() - 1)
	}
	switch n := n.(type) {
	case *ast.File:
		l.token(n.Package)
	case *ast.FuncDecl:
		l.docs[n.Doc] = l.add(n, true)
	case *ast.GenDecl:
		l.gen(n)
	case *ast.InterfaceType:
		for _, m := range n.Methods.List {
			l.methods[m] = len(m.Names) == 1
		}
	case *ast.FieldList:
		l.fence(n.Opening, n.Closing)
		for _, field := range n.List {
			l.docs[field.Doc] = l.add(field, false)
		}
	case *ast.BlockStmt:
		l.fence(n.Lbrace, n.Rbrace)
		l.statements(n.List)
	case *ast.CaseClause:
		l.statements(n.Body)
	case *ast.CommClause:
		l.statements(n.Body)
	case *ast.LabeledStmt:
		l.add(n.Stmt, true)
	case *ast.IfStmt:
		if n.Else != nil {
			l.add(n.Else, true)
		}
	case *ast.CompositeLit:
		l.fence(n.Lbrace, n.Rbrace)
		l.expressions(n.Elts)
	case *ast.CallExpr:
		l.fence(n.Lparen, n.Rparen)
		l.expressions(n.Args)
	}
}

// token notes that there is code at pos.
func (l *layout) token(pos token.Pos) {
	if pos <= 0 { // an empty list of results has no place
		return
	}
	line := l.line(pos)
	if c, ok := l.comments[line]; ok && pos < c {
		l.behind[line] = true
	}
}

func (l *layout) add(n ast.Node, code bool) span {
	s := span{node: n, from: n.Pos(), to: n.End(), code: code}
	l.spans = append(l.spans, s)
	return s
}

func (l *layout) fence(open, end token.Pos) {
	if open.IsValid() {
		l.spans = append(l.spans, span{from: open, to: end + 1, fence: true})
	}
}

func (l *layout) gen(decl *ast.GenDecl) {
	code := decl.Tok == token.VAR
	whole := l.add(decl, code)
	l.fence(decl.Lparen, decl.Rparen)
	for _, spec := range decl.Specs {
		s := l.add(spec, code)
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			l.docs[spec.Doc] = s
		case *ast.ValueSpec:
			l.docs[spec.Doc] = s
		case *ast.ImportSpec:
			l.docs[spec.Doc] = s
		}
		if len(decl.Specs) == 1 {
			whole.node = spec // the comment above "type F func()" is the declaration's
		}
	}
	l.docs[decl.Doc] = whole
}

func (l *layout) statements(list []ast.Stmt) {
	for _, s := range list {
		// "case x: f()" on one line: a directive there is about f().
		if first := firstOfClause(s); first != nil && l.line(first.Pos()) == l.line(s.Pos()) {
			continue
		}
		l.add(s, true)
	}
}

func firstOfClause(s ast.Stmt) ast.Stmt {
	var body []ast.Stmt
	switch s := s.(type) {
	case *ast.CaseClause:
		body = s.Body
	case *ast.CommClause:
		body = s.Body
	}
	if len(body) == 0 {
		return nil
	}
	return body[0]
}

func (l *layout) expressions(list []ast.Expr) {
	for _, e := range list {
		l.add(e, true)
	}
}

// beside finds the code that a comment outside every doc comment is about:
// what begins on its line, or on the next if it has a line of its own.
func (l *layout) beside(group *ast.CommentGroup, pos token.Pos) (span, bool) {
	line := l.line(pos)
	own := !l.behind[line]
	if own {
		line = l.line(group.End()) + 1
	}
	if line > l.file.LineCount() {
		return span{}, false
	}
	s, ok := l.hull(func(s span) bool { return l.line(s.from) == line })
	if own {
		if ok && l.closedBefore(line, s.from) {
			return span{}, false
		}
		if !ok {
			return l.within(l.file.LineStart(line))
		}
		return s, ok
	}
	if !ok {
		s, ok = l.hull(func(s span) bool { return l.line(s.to-1) == line && s.to <= pos })
	}
	if !ok {
		s, ok = l.within(pos)
	}
	return s, ok
}

// hull returns what the spans that match cover together.
func (l *layout) hull(match func(span) bool) (hull span, ok bool) {
	for _, s := range l.spans {
		if s.fence || !match(s) {
			continue
		}
		if !ok {
			hull, ok = span{from: s.from, to: s.to}, true
		}
		hull.from, hull.to = min(hull.from, s.from), max(hull.to, s.to)
		hull.code = hull.code || s.code
	}
	return hull, ok
}

// closedBefore reports whether the line begins with the end of a block: what
// follows it there is not what the comment above is about.
func (l *layout) closedBefore(line int, pos token.Pos) bool {
	for _, s := range l.spans {
		if s.fence && s.to <= pos && l.line(s.to-1) == line && l.line(s.from) < line {
			return true
		}
	}
	return false
}

// within returns the innermost piece of code that goes on at pos.
func (l *layout) within(pos token.Pos) (inner span, ok bool) {
	for _, s := range l.spans {
		if s.from <= pos && pos < s.to && (!ok || s.to-s.from <= inner.to-inner.from) {
			inner, ok = s, true
		}
	}
	return inner, ok && !inner.fence
}
