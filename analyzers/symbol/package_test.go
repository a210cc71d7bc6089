package symbol

import "testing"

// source returns a package with two functions; the first holds literals at lines
// 12, 14 and, within that, 15 and 15; a literal of a variable stands at 40.
func source() (p *Package, named map[string]*Func) {
	p = new(Package)
	f := p.Declare("(*T).M", 10)
	one := p.Literal(f, 12)
	two := p.Literal(f, 14)
	named = map[string]*Func{
		"M": f, "M.1": one, "M.2": two, "M.2.1": p.Literal(two, 15), "M.2.2": p.Literal(two, 15),
		"F": p.Declare("F", 30), "var": p.Literal(nil, 40),
	}
	named["F.1"] = p.Literal(named["F"], 31)
	return p, named
}

func TestFind(t *testing.T) {
	p, named := source()
	at110 := map[string]int{"(*T).M": 110, "F": 130}
	for _, tt := range []struct {
		name   string
		sym    Symbol
		start  int
		starts map[string]int
		want   string
	}{
		{"a method", Symbol{"p", "(*T).M", ""}, 0, nil, "M"},
		{"another receiver", Symbol{"p", "T.M", ""}, 10, nil, ""},
		{"by distance, whatever its number", Symbol{"p", "(*T).M", "func7"}, 112, at110, "M.1"},
		{"two on a line, by number", Symbol{"p", "(*T).M", "func2.2"}, 115, at110, "M.2.2"},
		{"two on a line, neither by number", Symbol{"p", "(*T).M", "func3"}, 115, at110, ""},
		{"by number where the distance is none", Symbol{"p", "(*T).M", "func2"}, 119, at110, "M.2"},
		{"by number where no line is known", Symbol{"p", "(*T).M", "func2.1"}, 0, nil, "M.2.1"},
		{"no such number", Symbol{"p", "(*T).M", "func4"}, 0, nil, ""},
		{"inlined, by line", Symbol{"p", "G.(*T).M", "func9"}, 14, nil, "M.2"},
		{"inlined, the only one", Symbol{"p", "G.F", "func9"}, 0, nil, "F.1"},
		{"inlined, one of several", Symbol{"p", "G.(*T).M", "func9"}, 0, nil, ""},
		{"of a variable", Symbol{"p", "init", "func1"}, 40, nil, "var"},
		{"of a variable, elsewhere", Symbol{"p", "glob.", "func1"}, 41, nil, ""},
		{"of a function that is gone", Symbol{"p", "Gone", "func1"}, 12, nil, ""},
	} {
		if got := p.Find(tt.sym, tt.start, tt.starts); got != named[tt.want] {
			t.Errorf("%s: found %+v, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	_, named := source()
	for name, want := range map[string]string{"M": "", "M.1": "func1", "M.2": "func2", "M.2.1": "func2.1", "M.2.2": "func2.2", "F.1": "func1", "var": "func1"} {
		if got := named[name].Number; got != want {
			t.Errorf("%s has the number %q, want %q", name, got, want)
		}
	}
	if got := named["M.2.1"].Outermost(); got != named["M"] {
		t.Errorf("M.2.1 stands in %+v", got)
	}
	if got := len(named["M"].Within()); got != 4 {
		t.Errorf("%d literals in M", got)
	}
}
