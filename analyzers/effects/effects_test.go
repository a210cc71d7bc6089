package effects

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestKinds(t *testing.T) {
	for _, k := range Kinds() {
		if got, ok := ParseKind(k.String()); !ok || got != k {
			t.Errorf("%v is parsed as %v, %t", k, got, ok)
		}
	}
	if _, ok := ParseKind("nothing"); ok {
		t.Error("there is an effect called nothing")
	}
	if s := SetOf(Net, Alloc); s.String() != "alloc,net" || s.Len() != 2 || !s.Has(Net) || s.Has(Lock) {
		t.Errorf("the set is %v", s)
	}
	if Set(0).String() != "none" {
		t.Errorf("the empty set is %v", Set(0))
	}
}

func TestParseAssume(t *testing.T) {
	tests := []struct {
		text string
		want map[string]Set
		err  string
	}{
		{"", map[string]Set{}, ""},
		{"p.F=none;(*p.T[K, V]).M=alloc,lock", map[string]Set{"p.F": 0, "(*p.T).M": SetOf(Alloc, Lock)}, ""},
		{" p.F = net ;", map[string]Set{"p.F": SetOf(Net)}, ""},
		{"p.F", nil, "has no equals sign"},
		{"p.F=nett", nil, `there is no effect "nett"`},
	}
	for _, tt := range tests {
		got, err := ParseAssume(tt.text)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: error %v, want %q", tt.text, err, tt.err)
			}
			continue
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%q: got %v, error %v, want %v", tt.text, got, err, tt.want)
		}
	}
}

func TestTableName(t *testing.T) {
	for full, want := range map[string]string{
		"(*sync/atomic.Pointer[T]).Load":              "(*sync/atomic.Pointer).Load",
		"(*p.Map[K, []V]).Get":                        "(*p.Map).Get",
		"vendor/golang.org/x/crypto/chacha20.F":       "golang.org/x/crypto/chacha20.F",
		"net/http.Get":                                "net/http.Get",
		"(*internal/sync.HashTrieMap[K, V]).initSlow": "(*internal/sync.HashTrieMap).initSlow",
	} {
		if got := tableName(full); got != want {
			t.Errorf("%s: got %s, want %s", full, got, want)
		}
	}
}

// TestTables finds rows that say something twice, and names that cannot be.
func TestTables(t *testing.T) {
	for name, rows := range map[string][]row{
		"primitives": primitives, "overrides": overrides, "ends": ends, "known fields": knownFields, "known results": knownResults,
		"contracts": slices.Concat(contracts, settled),
	} {
		seen := make(map[string]bool)
		for _, r := range rows {
			if r.why == "" && name != "ends" {
				t.Errorf("%s: the row of %s says no reason", name, r.names)
			}
			for f := range strings.FieldsSeq(r.names) {
				full := r.full(f)
				if seen[full] {
					t.Errorf("%s: %s stands twice", name, full)
				}
				seen[full] = true
				if full != tableName(full) {
					t.Errorf("%s: %s has type parameters", name, full)
				}
			}
		}
	}
}

func TestWeights(t *testing.T) {
	// Each is better than the next.
	order := []weight{
		newWeight(false, Proven, 0),
		newWeight(false, Proven, 3),
		newWeight(false, SizeDependent, 1),
		newWeight(false, Suspected, 1),
		newWeight(true, Proven, 1),
		newWeight(true, Suspected, 9),
		noWeight,
	}
	if !slices.IsSorted(order) {
		t.Errorf("the order is %v", order)
	}
	w := newWeight(false, SizeDependent, 3).extend(true, 2)
	if !w.cold() || w.certainty() != SizeDependent || w.length() != 5 {
		t.Errorf("cold %t, %v, length %d", w.cold(), w.certainty(), w.length())
	}
	if noWeight.extend(true, 1) != noWeight {
		t.Error("nothing became something")
	}
}

// write makes a module of files.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLongChains has the middle left out of chains that are too long, in one
// package and through several.
func TestLongChains(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"go.mod": "module example.com/long\n\ngo 1.25\n"}
	const perPackage, packages = 20, 3
	for p := range packages {
		var b strings.Builder
		fmt.Fprintf(&b, "package p%d\n\n", p)
		last := "println()"
		if p > 0 {
			fmt.Fprintf(&b, "import \"example.com/long/p%d\"\n\n", p-1)
			last = fmt.Sprintf("p%d.F0()", p-1)
		}
		for i := range perPackage {
			call := fmt.Sprintf("F%d()", i+1)
			if i == perPackage-1 {
				call = last
			}
			fmt.Fprintf(&b, "func F%d() { %s }\n", i, call)
		}
		files[fmt.Sprintf("p%d/p.go", p)] = b.String()
	}
	write(t, dir, files)
	found := vetted(t, dir, "./...")
	for p := range packages {
		for i := range perPackage {
			e, ok := found[fmt.Sprintf("example.com/long/p%d.F%d", p, i)].Effect(Syscall)
			if !ok {
				t.Fatalf("p%d.F%d does nothing", p, i)
			}
			omitted, last := 0, ""
			for s := range e.Chain.All {
				omitted, last = omitted+s.Omitted, s.Func
			}
			long := (p+1)*perPackage - i
			if n := shown(e.Chain); n != min(long, maxChain) || n+omitted != long || last != "println" {
				t.Errorf("p%d.F%d: %d steps and %d left out, want %d in all; the last is %s", p, i, n, omitted, long, last)
			}
		}
	}
	// What is left out stands in the middle.
	e, _ := found["example.com/long/p2.F0"].Effect(Syscall)
	var steps []*Step
	for s := range e.Chain.All {
		steps = append(steps, s)
	}
	if at := slices.IndexFunc(steps, func(s *Step) bool { return s.Omitted > 0 }); at != maxChain/2-1 || steps[0].Func != "example.com/long/p2.F1" {
		t.Errorf("steps are left out behind step %d, which is %s", at, steps[max(at, 0)].Func)
	}
}

// TestFactsInvalidate edits a package, and has another one that imports it by way
// of a third do something else.
func TestFactsInvalidate(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"go.mod":       "module example.com/m\n\ngo 1.25\n",
		"far/far.go":   "package far\n\nimport \"sync\"\n\nvar mu sync.Mutex\n\nfunc F() { mu.Lock() }\n",
		"mid/mid.go":   "package mid\n\nimport \"example.com/m/far\"\n\nfunc F() { far.F() }\n",
		"near/near.go": "package near\n\nimport \"example.com/m/mid\"\n\nfunc F() { mid.F() }\n",
	})
	near := func() string { return summarised(vetted(t, dir, "./near")["example.com/m/near.F"]) }
	if got := near(); got != "lock" {
		t.Errorf("before: %s", got)
	}
	write(t, dir, map[string]string{"far/far.go": "package far\n\nimport \"time\"\n\nfunc F() { time.Sleep(1) }\n"})
	if got := near(); got != "sleep" {
		t.Errorf("after: %s", got)
	}
}

// TestAssumed has the configuration state what a function of a dependency does.
func TestAssumed(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.25\n",
		"a/a.go": "package a\n\nimport \"sync\"\n\nvar mu sync.Mutex\n\nfunc F() { mu.Lock() }\n\nfunc G() { F() }\n\nfunc H() { mu.Lock() }\n",
		"b/b.go": "package b\n\nimport \"example.com/m/a\"\n\nfunc F() { a.G() }\n\nfunc H() { a.H() }\n",
	})
	found := vetted(t, dir, "-"+Analyzer.Name+".assume=example.com/m/a.F=net", "./...")
	for name, want := range map[string]string{"a.F": "net", "a.G": "net", "a.H": "lock", "b.F": "net", "b.H": "lock"} {
		if got := summarised(found["example.com/m/"+name]); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// TestSameBytes analyses the same code twice, nothing of it being cached.
func TestSameBytes(t *testing.T) {
	dir, err := filepath.Abs("testdata/fixtures")
	if err != nil {
		t.Fatal(err)
	}
	run := func(nonce string) map[string][]string {
		said := make(map[string][]string)
		each(t, vet(t, Report, dir, "-"+Report.Name+".nonce="+nonce, "./...", "encoding/json", "os"), Report, func(unit string, d diag) {
			said[unit] = append(said[unit], d.Category+d.Message)
		})
		return said
	}
	now := time.Now().UnixNano()
	first, second := run(fmt.Sprint(now)), run(fmt.Sprint(now+1))
	if len(first) < 20 {
		t.Fatalf("only %d packages", len(first))
	}
	for unit, a := range first {
		b := second[unit]
		if len(a) != len(b) || !bytes.Equal([]byte(a[0]), []byte(b[0])) {
			t.Errorf("%s: two runs differ", unit)
		}
	}
}
