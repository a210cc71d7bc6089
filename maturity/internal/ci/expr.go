package ci

import (
	"strconv"
	"strings"

	"github.com/rhysd/actionlint"
)

// A value is one of an expression of GitHub Actions: nil, a bool, a float64 or a
// string; or unknown.
type value any

// unknown is a value that only a run has.
type unknown struct {
	// files reports that it is the outcome of an earlier step or job, which is
	// nearly always whether files changed that a job is about.
	files bool
}

// own is the name of the repository or its owner: the same as whatever a workflow
// compares it with.
type own struct{}

// foreigner is the name of a fork: another than that of the repository.
type foreigner struct{}

// actor is who triggered a run: a person.
type actor struct{}

// truthy is a value that is not known, but counts as true.
type truthy struct{}

// noLabels are the labels of a pull request: none, as those that nobody put some on.
type noLabels struct{}

// context are the variables of expressions: by "github.ref" and so on.
type context struct {
	vars map[string]value
	// whole are the prefixes ("matrix.") of which all variables are known: others are
	// null.
	whole map[string]bool
}

// eval returns the value of the text between "${{" and "}}".
func (x context) eval(text string) value {
	n, err := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(text + "}}"))
	if err != nil {
		return unknown{}
	}
	return x.node(n)
}

func (x context) node(n actionlint.ExprNode) value {
	switch n := n.(type) {
	case *actionlint.NullNode:
		return nil
	case *actionlint.BoolNode:
		return n.Value
	case *actionlint.IntNode:
		return float64(n.Value)
	case *actionlint.FloatNode:
		return n.Value
	case *actionlint.StringNode:
		return n.Value
	case *actionlint.VariableNode, *actionlint.ObjectDerefNode, *actionlint.IndexAccessNode:
		return x.variable(n)
	case *actionlint.ArrayDerefNode:
		if strings.HasSuffix(dotted(n.Receiver), ".labels") {
			return noLabels{}
		}
		return unknown{}
	case *actionlint.NotOpNode:
		t, known, files := truth(x.node(n.Operand))
		if !known {
			return unknown{files}
		}
		return !t
	case *actionlint.LogicalOpNode:
		return x.logical(n)
	case *actionlint.CompareOpNode:
		return compare(n.Kind, x.node(n.Left), x.node(n.Right))
	case *actionlint.FuncCallNode:
		return x.call(n)
	}
	return unknown{}
}

// dotted is a variable as "github.event.action"; "" if it has computed parts.
func dotted(n actionlint.ExprNode) string {
	switch n := n.(type) {
	case *actionlint.VariableNode:
		return strings.ToLower(n.Name)
	case *actionlint.ObjectDerefNode:
		if p := dotted(n.Receiver); p != "" {
			return p + "." + strings.ToLower(n.Property)
		}
	case *actionlint.IndexAccessNode:
		if s, ok := n.Index.(*actionlint.StringNode); ok {
			if p := dotted(n.Operand); p != "" {
				return p + "." + strings.ToLower(s.Value)
			}
		}
	}
	return ""
}

func (x context) variable(n actionlint.ExprNode) value {
	if d, ok := n.(*actionlint.ObjectDerefNode); ok {
		if _, ok := d.Receiver.(*actionlint.ArrayDerefNode); ok {
			return x.node(d.Receiver)
		}
	}
	p := dotted(n)
	if v, ok := x.vars[p]; ok {
		return v
	}
	head, rest, _ := strings.Cut(p, ".")
	switch {
	case x.whole[head]:
		return nil
	case head == "github":
		switch {
		case rest == "repository" || rest == "repository_owner" || rest == "event.repository.full_name" || rest == "event.repository.owner.login":
			return own{}
		case rest == "actor" || rest == "triggering_actor" || rest == "event.pull_request.user.login" || rest == "event.sender.login":
			return actor{}
		case rest == "event.pull_request.draft" || rest == "event.repository.fork":
			return false
		}
	case head == "needs" || head == "steps":
		switch {
		case strings.HasSuffix(rest, ".result") || strings.HasSuffix(rest, ".outcome") || strings.HasSuffix(rest, ".conclusion"):
			return "success"
		case strings.Contains(rest, ".outputs."):
			return unknown{files: true}
		}
	}
	return unknown{}
}

// truth is a value as a condition.
func truth(v value) (t, known, files bool) {
	switch v := v.(type) {
	case nil:
		return false, true, false
	case bool:
		return v, true, false
	case float64:
		return v != 0, true, false
	case string:
		return v != "", true, false
	case unknown:
		return false, false, v.files
	}
	return true, true, false
}

func (x context) logical(n *actionlint.LogicalOpNode) value {
	l, r := x.node(n.Left), x.node(n.Right)
	lt, lk, lf := truth(l)
	rt, rk, rf := truth(r)
	and := n.Kind == actionlint.LogicalOpNodeKindAnd
	switch {
	case lk && lt == and:
		return r
	case lk:
		return l
	case rk && rt != and:
		// Whatever the left side is, the outcome is as true or false as this one.
		if rt {
			return truthy{}
		}
		return r
	}
	// What may hold for the files that changed is put up with, if the rest is known.
	return unknown{files: lf && (rk || rf)}
}

func compare(kind actionlint.CompareOpNodeKind, l, r value) value {
	if _, ok := r.(own); ok {
		l, r = r, l
	}
	if _, ok := r.(actor); ok {
		l, r = r, l
	}
	eq := kind == actionlint.CompareOpNodeKindEq
	if !eq && kind != actionlint.CompareOpNodeKindNotEq {
		return compareNumbers(kind, l, r)
	}
	switch l := l.(type) {
	case own:
		if _, ok := r.(foreigner); ok {
			return !eq
		}
		return eq
	case foreigner:
		return unknown{}
	case actor:
		if s, ok := r.(string); ok && strings.Contains(s, "bot") {
			return !eq
		}
		return unknown{}
	case unknown:
		return unknown{l.files}
	case truthy:
		return unknown{}
	}
	switch r := r.(type) {
	case unknown:
		return unknown{r.files}
	case truthy:
		return unknown{}
	}
	return equal(l, r) == eq
}

func compareNumbers(kind actionlint.CompareOpNodeKind, l, r value) value {
	x, xok := number(l)
	y, yok := number(r)
	if !xok || !yok {
		return unknown{}
	}
	switch kind {
	case actionlint.CompareOpNodeKindLess:
		return x < y
	case actionlint.CompareOpNodeKindLessEq:
		return x <= y
	case actionlint.CompareOpNodeKindGreater:
		return x > y
	}
	return x >= y
}

// equal compares as expressions do: strings without regard to case, and unlike
// types as numbers.
func equal(l, r value) bool {
	ls, lok := l.(string)
	rs, rok := r.(string)
	if lok && rok {
		return strings.EqualFold(ls, rs)
	}
	if l == nil && r == nil {
		return true
	}
	x, xok := number(l)
	y, yok := number(r)
	return xok && yok && x == y
}

func number(v value) (float64, bool) {
	switch v := v.(type) {
	case nil:
		return 0, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case float64:
		return v, true
	case string:
		if v == "" {
			return 0, true
		}
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	return 0, false
}

// text is a value as it stands in a script, and whether it is known.
func text(v value) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	case string:
		return v, true
	}
	return "", false
}

func (x context) call(n *actionlint.FuncCallNode) value {
	if fn := strings.ToLower(n.Callee); fn == "contains" && len(n.Args) == 2 {
		if _, ok := x.node(n.Args[0]).(noLabels); ok {
			return false
		}
	}
	var args []value
	var texts []string
	for _, a := range n.Args {
		v := x.node(a)
		args = append(args, v)
		t, ok := text(v)
		if !ok {
			if u, isUnknown := v.(unknown); isUnknown {
				return u
			}
			return unknown{}
		}
		texts = append(texts, strings.ToLower(t))
	}
	switch fn := strings.ToLower(n.Callee); {
	case fn == "success" || fn == "always":
		return true
	case fn == "failure" || fn == "cancelled":
		return false
	case len(args) == 2 && fn == "startswith":
		return strings.HasPrefix(texts[0], texts[1])
	case len(args) == 2 && fn == "endswith":
		return strings.HasSuffix(texts[0], texts[1])
	case len(args) == 2 && fn == "contains":
		return strings.Contains(texts[0], texts[1])
	case fn == "format" && len(args) > 0:
		out, _ := text(args[0])
		for i, a := range args[1:] {
			t, _ := text(a)
			out = strings.ReplaceAll(out, "{"+strconv.Itoa(i)+"}", t)
		}
		return out
	}
	return unknown{}
}

// replace puts the values of the expressions of a text in their place; mark makes
// what stands for one that is not known.
func (x context) replace(s string, mark func(src string) string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "${{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		src, after, ok := strings.Cut(rest, "}}")
		if !ok {
			b.WriteString("${{" + rest)
			return b.String()
		}
		if v, known := text(x.eval(src)); known {
			b.WriteString(v)
		} else {
			b.WriteString(mark("${{" + src + "}}"))
		}
		s = after
	}
}

// holds evaluates a condition, which may stand without "${{": what it comes to, or
// what is not known of it.
func (x context) holds(cond string) (yes bool, open, note string) {
	src := strings.TrimSpace(cond)
	if src == "" {
		return true, "", ""
	}
	if inner, ok := strings.CutPrefix(src, "${{"); ok && strings.HasSuffix(inner, "}}") && strings.Count(inner, "}}") == 1 {
		src = strings.TrimSuffix(inner, "}}")
	} else if strings.Contains(src, "${{") {
		// The text around it makes it a string, which is true; but so few mean that
		// that it is read as what was meant.
		src = strings.NewReplacer("${{", "(", "}}", ")").Replace(src)
	}
	src = strings.Join(strings.Fields(src), " ")
	t, known, files := truth(x.eval(src))
	switch {
	case known:
		return t, "", ""
	case files:
		return true, "", "`" + src + "`"
	}
	return true, "`" + src + "`", ""
}
