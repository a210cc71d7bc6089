package timesheet

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// maxSteps bounds how many variables and functions a string is followed through.
const maxSteps = 8

// text says what is known of the start of a string, an address or a URL.
func (b *builder) text(e ast.Expr, depth int) Text {
	e = ast.Unparen(e)
	if v := b.info.Types[e].Value; v != nil && v.Kind() == constant.String {
		return Text{Const: constant.StringVal(v), Whole: true}
	}
	if depth > maxSteps {
		return Text{}
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return b.sum([]ast.Expr{e.X, e.Y}, depth)
		}
	case *ast.StarExpr:
		return b.text(e.X, depth+1)
	case *ast.UnaryExpr:
		return b.text(e.X, depth+1)
	case *ast.CompositeLit:
		return b.urlLiteral(e, depth)
	case *ast.CallExpr:
		return b.result(e, depth)
	case *ast.Ident, *ast.SelectorExpr:
		return b.variable(e, depth)
	}
	return Text{}
}

// sum joins parts of a string as far as they are known.
func (b *builder) sum(parts []ast.Expr, depth int) Text {
	first := b.text(parts[0], depth+1)
	if !first.Whole || len(parts) == 1 {
		first.Whole = false
		return first
	}
	rest := b.sum(parts[1:], depth+1)
	switch {
	case rest.Const != "":
		return Text{Const: first.Const + rest.Const}
	case !named(first.Const): // only "http://": what follows says where it leads
		return rest
	}
	return Text{Const: first.Const}
}

// named reports whether the start of a URL or an address names a host.
func named(s string) bool {
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	return s != "" && s[0] != '/' && s[0] != ':'
}

// urlLiteral says what a literal of url.URL names.
func (b *builder) urlLiteral(lit *ast.CompositeLit, depth int) Text {
	if typeName(b.info.TypeOf(lit)) != "net/url.URL" {
		return Text{}
	}
	if h := values.Element(lit, "Host"); h != nil {
		t := b.text(h, depth+1)
		t.Whole = false
		return t
	}
	return Text{}
}

// result says what a call returns.
func (b *builder) result(call *ast.CallExpr, depth int) Text {
	if b.info.Types[call.Fun].IsType() {
		return b.text(call.Args[0], depth+1) // string(s)
	}
	name := values.Callee(b.info, call)
	switch name {
	case "os.Getenv", "os.LookupEnv", "syscall.Getenv":
		return b.setting("$", call.Args[0])
	case "flag.String", "github.com/spf13/pflag.String", "(*flag.FlagSet).String":
		return b.setting("-", call.Args[0])
	case "fmt.Sprintf":
		return b.format(call, depth)
	case "net.JoinHostPort":
		return b.text(call.Args[0], depth+1)
	case "net/url.JoinPath", "net/url.Parse", "strings.TrimSuffix", "strings.TrimRight", "strings.TrimSpace", "strings.TrimPrefix", "path.Join":
		t := b.text(call.Args[0], depth+1)
		t.Whole = t.Whole && name == "net/url.Parse"
		return t
	case "(*net/url.URL).String", "(*net/url.URL).JoinPath", "(*net/url.URL).ResolveReference", "(*net/url.URL).Parse":
		t := b.text(call.Fun.(*ast.SelectorExpr).X, depth+1)
		t.Whole = t.Whole && name == "(*net/url.URL).String"
		return t
	}
	if strings.Contains(name, "spf13/viper") && strings.Contains(name, "GetString") && len(call.Args) == 1 {
		return b.setting("", call.Args[0])
	}
	return Text{}
}

// setting names where a string comes from that is not known before the program runs.
func (b *builder) setting(prefix string, name ast.Expr) Text {
	if v := b.info.Types[name].Value; v != nil && v.Kind() == constant.String {
		return Text{From: prefix + constant.StringVal(v)}
	}
	return Text{}
}

// format says what a call of fmt.Sprintf begins with.
func (b *builder) format(call *ast.CallExpr, depth int) Text {
	f := b.text(call.Args[0], depth+1)
	head, tail, verbs := strings.Cut(f.Const, "%")
	if !verbs || !f.Whole {
		return f
	}
	if named(head) || len(call.Args) < 2 {
		return Text{Const: head}
	}
	rest := b.text(call.Args[1], depth+1)
	if rest.Whole && strings.HasPrefix(tail, "s") {
		more, _, _ := strings.Cut(tail[1:], "%")
		return Text{Const: head + rest.Const + more}
	}
	rest.Whole = false
	return rest
}

// variable says what a variable or field holds.
func (b *builder) variable(e ast.Expr, depth int) Text {
	v := b.values.Variable(e)
	if v == nil {
		return Text{}
	}
	if g := b.given(e); g != nil {
		return Text{Given: g}
	}
	if given, _ := b.values.Given(v); len(given) == 1 && v.Pkg() == b.pass.Pkg && (!v.Exported() || !v.IsField()) {
		t := b.text(given[0], depth+1)
		if t != (Text{}) {
			return t
		}
	}
	if v.IsField() {
		return Text{From: b.field(e, v)}
	}
	return Text{}
}

// given returns the parameter of a declared function that e is and nothing else sets, or
// that alone a field of the package is given.
func (b *builder) given(e ast.Expr) *Given {
	v := b.values.Variable(e)
	if v == nil {
		return nil
	}
	if v.IsField() {
		given, _ := b.values.Given(v)
		if len(given) != 1 || v.Pkg() != b.pass.Pkg || v.Exported() {
			return nil
		}
		if w := b.values.Variable(given[0]); w == nil || w.IsField() {
			return nil
		}
		return b.given(given[0])
	}
	f := b.funcs.At(v.Pos())
	if f == nil || f.Obj == nil || f.Sig.Recv() == v || !values.IsParam(f, v) {
		return nil
	}
	if given, _ := b.values.Given(v); len(given) > 0 {
		return nil
	}
	for i := range f.Sig.Params().Len() {
		if f.Sig.Params().At(i) == v {
			return &Given{full(f.Obj), i}
		}
	}
	return nil
}

// field names a field of a configuration: by its key in files, if it has one.
func (b *builder) field(e ast.Expr, v *types.Var) string {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return v.Name()
	}
	if s, ok := b.info.Selections[sel]; ok {
		if tag := tagOf(s); tag != "" {
			return brief(sel) + " (" + tag + ")"
		}
	}
	return brief(sel)
}

// tagOf returns the key that a field has in a file or in the environment.
func tagOf(s *types.Selection) string {
	t := s.Recv()
	var tag reflect.StructTag
	for _, i := range s.Index() {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return ""
		}
		tag, t = reflect.StructTag(st.Tag(i)), st.Field(i).Type()
	}
	for _, k := range []string{"env", "envconfig"} {
		if name, _, _ := strings.Cut(tag.Get(k), ","); name != "" {
			return "$" + name
		}
	}
	for _, k := range []string{"yaml", "toml", "mapstructure", "json"} {
		if name, _, _ := strings.Cut(tag.Get(k), ","); name != "" && name != "-" {
			return k + " " + name
		}
	}
	return ""
}
