package ledger_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/ledger"
)

// book reads ledgers: "pkg.F cost cost; pkg.G cost". A cost is an allocation by its
// cause ("+returned"), one that is only suspected ("?returned"), a call that allocates
// ("call:strings.Repeat>make"), or an effect by its kind ("lock", "cold:lock",
// "given:lock"). Every place is on the line given, so that none is compared.
func book(line int, text string) []finding.Ledger {
	var ls []finding.Ledger
	for fn := range strings.SplitSeq(text, ";") {
		words := strings.Fields(fn)
		if len(words) == 0 {
			continue
		}
		pkg, _, _ := strings.Cut(strings.TrimLeft(words[0], "(*"), ".")
		l := finding.Ledger{Func: words[0], Package: pkg, Start: place(line), Hot: &finding.Hot{Source: "directive"}}
		for i, w := range words[1:] {
			add(&l, line+i, w)
		}
		ls = append(ls, l)
	}
	return ls
}

func place(line int) finding.Place { return finding.Place{File: "/m/f.go", Line: line, Column: 1} }

func add(l *finding.Ledger, line int, word string) {
	alloc := func(cause, certainty string) {
		text := fmt.Sprintf("%s escapes to heap", cause)
		l.Allocs = append(l.Allocs, finding.Alloc{Place: place(line), Cause: cause, Text: text, Certainty: certainty})
	}
	effect := func(e finding.Effect, chain ...string) {
		for i, fn := range chain {
			e.Chain = append(e.Chain, finding.Call{Place: place(line + i), Func: fn})
		}
		l.Effects = append(l.Effects, e)
	}
	how, what, _ := strings.Cut(word, ":")
	switch {
	case word[0] == '+':
		alloc(word[1:], "proven")
	case word[0] == '?':
		alloc(word[1:], "suspected")
	case how == "call":
		effect(finding.Effect{Kind: "alloc", Certainty: "proven"}, strings.Split(what, ">")...)
	case how == "cold":
		effect(finding.Effect{Kind: what, Cold: true}, "cold."+what)
	case how == "given":
		effect(finding.Effect{Kind: what, ByCaller: true}, "the caller's f")
	case how == "stated":
		effect(finding.Effect{Kind: what, Stated: "//lagvet:assume"})
	default:
		effect(finding.Effect{Kind: word}, "example.com/m/a.via", "sys."+word)
	}
}

// said is a line for each change.
func said(cs []finding.Change) string {
	var lines []string
	for _, c := range cs {
		sign := "-"
		if c.Gained {
			sign = "+"
		}
		lines = append(lines, fmt.Sprintf("%s%s %s: %s, %s", sign, c.Func, c.Kind, c.Text, c.By))
	}
	return strings.Join(lines, "\n")
}

func TestDiff(t *testing.T) {
	only := func(names ...string) func(l *finding.Ledger) bool {
		return func(l *finding.Ledger) bool { return slices.Contains(names, l.Func) }
	}
	for _, tt := range []struct {
		name       string
		base, head string
		opts       ledger.Options
		want       string
	}{
		{name: "nothing", base: "", head: "", want: ""},
		{name: "the same on other lines", base: "p.F +a lock call:q.G>make; p.G +b", head: "p.G +b; p.F call:q.G>make lock +a", want: ""},
		{name: "gained", base: "p.F", head: "p.F +a lock", want: "+p.F alloc: a escapes to heap, code\n+p.F lock: sys.lock, code"},
		{name: "lost", base: "p.F +a net", head: "p.F", want: "-p.F alloc: a escapes to heap, code\n-p.F net: sys.net, code"},
		{name: "another cause", base: "p.F +a", head: "p.F +b", want: "+p.F alloc: b escapes to heap, code\n-p.F alloc: a escapes to heap, code"},
		{name: "two where there was one", base: "p.F +a", head: "p.F +a +a", want: "+p.F alloc: a escapes to heap, code"},
		{name: "one where there were three", base: "p.F +a +a +a", head: "p.F +a", want: "-p.F alloc: a escapes to heap, code\n-p.F alloc: a escapes to heap, code"},
		{name: "what does not count", base: "p.F", head: "p.F ?a cold:lock given:net", want: ""},
		{name: "a suspicion that is proven", base: "p.F ?a", head: "p.F +a", want: "+p.F alloc: a escapes to heap, code"},
		{name: "a warm path", base: "p.F cold:lock", head: "p.F lock", want: "+p.F lock: sys.lock, code"},
		{name: "stated", base: "p.F", head: "p.F stated:disk", want: "+p.F disk: stated, code"},
		{name: "another chain to the same effect", base: "p.F lock", head: "p.F stated:lock", want: ""},
		{name: "another call", base: "p.F call:strings.Repeat>make", head: "p.F call:strings.Repeat>make call:example.com/x/y.Z>make", want: "+p.F alloc: calls y.Z, code"},
		{name: "a callee renamed", base: "p.F call:p.old>strings.Repeat>make", head: "p.F call:p.new>strings.Repeat>make", want: ""},
		{name: "renamed", base: "p.F +a lock", head: "p.G +a lock", want: ""},
		{name: "moved", base: "p.F +a; p.G +a", head: "q.F +a; q.G +a", want: ""},
		{name: "moved and changed", base: "p.Take +a", head: "q.Take +a +b", want: "+q.Take alloc: b escapes to heap, code"},
		{name: "another receiver", base: "(*p.T).Take +a", head: "(p.U).Take +a lock", want: "+(p.U).Take lock: sys.lock, code"},
		{
			name: "two receivers, of which nobody knows", base: "(*p.T).Take +a; (*p.U).Take +b", head: "(p.V).Take +c",
			want: "-(*p.T).Take alloc: a escapes to heap, hotness\n-(*p.U).Take alloc: b escapes to heap, hotness\n+(p.V).Take alloc: c escapes to heap, hotness",
		},
		{name: "one of two that cost the same went", base: "p.F +a; p.G +a", head: "p.H +a", want: "-p.G alloc: a escapes to heap, hotness"},
		{name: "hot now", base: "p.F +a", head: "p.F +a; p.G +b", want: "+p.G alloc: b escapes to heap, hotness"},
		{name: "hot no longer", base: "p.F +a; p.G +b", head: "p.F +a", want: "-p.G alloc: b escapes to heap, hotness"},
		{name: "hot, and free", base: "p.F", head: "p.G ?b", want: ""},
		{
			name: "new, by the code", base: "", head: "p.F +a",
			opts: ledger.Options{InBase: only()},
			want: "+p.F alloc: a escapes to heap, code",
		},
		{
			name: "deleted, by the code", base: "p.F +a", head: "",
			opts: ledger.Options{InHead: only()},
			want: "-p.F alloc: a escapes to heap, code",
		},
		{
			name: "one hot no longer, another one hot now, both there all along", base: "p.F +a", head: "p.G +a",
			opts: ledger.Options{InBase: only("p.F", "p.G"), InHead: only("p.F", "p.G")},
			want: "-p.F alloc: a escapes to heap, hotness\n+p.G alloc: a escapes to heap, hotness",
		},
		{
			name: "renamed, as both versions show", base: "p.F +a", head: "p.G +a",
			opts: ledger.Options{InBase: only("p.F"), InHead: only("p.G")},
			want: "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := said(ledger.Diff(book(10, tt.base), book(500, tt.head), tt.opts)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// A change stands where it can be seen: at what was gained, and of what was lost at
// the function.
func TestPlaces(t *testing.T) {
	cs := ledger.Diff(book(10, "p.F net +a"), book(500, "p.F +b lock"), ledger.Options{})
	if len(cs) != 4 {
		t.Fatalf("%d changes:\n%s", len(cs), said(cs))
	}
	for i, want := range []struct{ line, steps int }{{500, 0}, {501, 2}, {500, 0}, {500, 2}} {
		if c := cs[i]; c.Start.Line != want.line || len(c.Chain) != want.steps || c.Hot == nil || c.Package != "p" {
			t.Errorf("%s: %+v, want line %d and %d steps", said(cs[i:i+1]), c, want.line, want.steps)
		}
	}
	if chain := cs[1].Chain; len(chain) == 2 && (chain[0].Text != "calls a.via" || chain[1].Text != "sys.lock: lock") {
		t.Errorf("chain %+v", chain)
	}
}

// The name of what was gained is told, not that of another one of the same cause.
func TestNames(t *testing.T) {
	one := book(10, "p.F +a")
	two := book(10, "p.F +a +a")
	two[0].Allocs[0].Text = "the new one"
	if got, want := said(ledger.Diff(one, two, ledger.Options{})), "+p.F alloc: the new one, code"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSplit(t *testing.T) {
	old := book(10, "p.F +a +b; p.G")
	compiled := book(10, "p.F +a; p.G +c")
	head := book(20, "p.F +a lock; p.G +c; p.H +d")
	got := said(ledger.Split(old, compiled, head, ledger.Options{}))
	want := strings.Join([]string{
		"-p.F alloc: b escapes to heap, toolchain",
		"+p.G alloc: c escapes to heap, toolchain",
		"+p.F lock: sys.lock, code",
		"+p.H alloc: d escapes to heap, hotness",
	}, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// random returns the text of some ledgers.
func random(r *rand.Rand) string {
	var b strings.Builder
	for _, fn := range []string{"p.F", "p.G", "q.F", "(*p.T).M", "(*p.U).M", "(q.T).M"} {
		if r.IntN(3) == 0 {
			continue
		}
		b.WriteString(fn)
		for range r.IntN(5) {
			kinds := []string{"+a", "+b", "?a", "lock", "net", "cold:net", "given:chan", "call:x.F>make", "call:y.F>make", "call:x.F>y.F>make"}
			b.WriteString(" " + kinds[r.IntN(len(kinds))])
		}
		b.WriteString(";")
	}
	return b.String()
}

// TestProperties holds for whatever ledgers: what is the same has no difference, and
// the way back gains what the way there lost.
func TestProperties(t *testing.T) {
	const seed, rounds = 1, 2000
	r := rand.New(rand.NewPCG(seed, seed))
	for range rounds {
		x, y := random(r), random(r)
		a, b := book(10, x), book(500, y)
		if same := ledger.Diff(a, book(900, x), ledger.Options{}); len(same) > 0 {
			t.Fatalf("%s has changed:\n%s", x, said(same))
		}
		there, back := ledger.Diff(a, b, ledger.Options{}), ledger.Diff(b, a, ledger.Options{})
		if got, want := essence(back, true), essence(there, false); !reflect.DeepEqual(got, want) {
			t.Fatalf("from %s to %s:\n%s\nand back:\n%s", x, y, said(there), said(back))
		}
		if !reflect.DeepEqual(there, ledger.Diff(a, b, ledger.Options{})) {
			t.Fatalf("from %s to %s: another result the second time", x, y)
		}
	}
}

// essence is what changes are about whichever way they are looked at; a function that
// was renamed is called by its newer name.
func essence(cs []finding.Change, flip bool) []string {
	var es []string
	for _, c := range cs {
		es = append(es, fmt.Sprint(c.Kind, c.Text, c.By, c.Gained != flip))
	}
	slices.SortFunc(es, cmp.Compare)
	return es
}
