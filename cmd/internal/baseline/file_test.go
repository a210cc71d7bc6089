package baseline

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// sample returns a baseline with entries in two files.
func sample() *File {
	f := &File{Lagvet: "v1.2.3", Go: "go1.26.8", GOOS: "linux", GOARCH: "amd64"}
	for _, name := range []string{"A", "D", "G", "J", "M"} {
		f.Entries = append(f.Entries, sampleEntry("a.go", name), sampleEntry("b/b.go", name))
	}
	return f
}

func sampleEntry(file, fn string) Entry {
	return Entry{
		Rule: "hotdefer", Message: "f.Close is deferred <in> a \"loop\" & more", Package: "example.com/m", Func: "example.com/m." + fn,
		Cause: "in a loop", Primitive: "defer (*os.File).Close", File: file, Decl: fn, Fingerprint: "v1:" + file + fn,
		Code: Code{"1", "2", "3", "4", "5", ""},
	}
}

func encoded(t *testing.T, f *File) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	withCosts := sample()
	withCosts.Entries[3].Reason = "the list has three names at most"
	withCosts.Entries[4].Fault = "example.com/m/other.F"
	withCosts.Costs = CostsOf([]finding.Ledger{
		{Package: "p", Func: "p.B", Defers: 2},
		{
			Package: "p", Func: "p.A",
			Allocs:  []finding.Alloc{{Cause: "variable T returned", Text: "moved to heap: x", Certainty: "proven"}},
			Effects: []finding.Effect{{Kind: "lock", Cold: true, Chain: []finding.Call{{Func: "p.C"}, {Func: "(*sync.Mutex).Lock"}}}, {Kind: "net", ByCaller: true, Stated: "assumed"}},
		},
	})
	none := sample()
	none.Entries, none.Costs = nil, []Cost{}
	for name, f := range map[string]*File{"plain": sample(), "costs": withCosts, "empty": none} {
		t.Run(name, func(t *testing.T) {
			text := encoded(t, f)
			got, err := Decode(text)
			if err != nil {
				t.Fatal(err)
			}
			if again := encoded(t, got); !bytes.Equal(again, text) {
				t.Errorf("written again:\n%s\nfirst:\n%s", again, text)
			}
			if len(got.Entries) != len(f.Entries) || len(got.Costs) != len(f.Costs) || (got.Costs == nil) != (f.Costs == nil) {
				t.Errorf("%d entries and %d costs became %d and %d", len(f.Entries), len(f.Costs), len(got.Entries), len(got.Costs))
			}
			for _, e := range f.Entries {
				if !contains(got.Entries, e) {
					t.Errorf("%+v is lost", e)
				}
			}
			if bytes.Count(text, []byte("\n")) < len(f.Entries)+len(f.Costs) || bytes.Contains(text, []byte(`\u00`)) {
				t.Errorf("not an entry a line, as it was said:\n%s", text)
			}
		})
	}
}

func contains(es []Entry, e Entry) bool {
	for _, other := range es {
		if other == e {
			return true
		}
	}
	return false
}

// What is remembered of a ledger is all that two versions are compared by.
func TestLedger(t *testing.T) {
	l := finding.Ledger{
		Package: "p", Func: "p.A", Defers: 3,
		Allocs:  []finding.Alloc{{Cause: "variable T returned", Text: "moved to heap: x", Certainty: "proven"}},
		Effects: []finding.Effect{{Kind: "lock", Cold: true, ByCaller: true, Certainty: "proven", Stated: "s", Chain: []finding.Call{{Func: "q.B"}}}},
	}
	if got := CostsOf([]finding.Ledger{l})[0].Ledger(); !reflect.DeepEqual(got, l) {
		t.Errorf("%+v became %+v", l, got)
	}
}

// The order of entries is not that of the run, nor are there lines or absolute paths.
func TestEncodingIsStable(t *testing.T) {
	f, g := sample(), sample()
	for i, j := 0, len(g.Entries)-1; i < j; i, j = i+1, j-1 {
		g.Entries[i], g.Entries[j] = g.Entries[j], g.Entries[i]
	}
	if a, b := encoded(t, f), encoded(t, g); !bytes.Equal(a, b) {
		t.Errorf("the order of the run shows:\n%s\n%s", a, b)
	}
	fs := []finding.Finding{{Rule: "r", Package: "p", Func: "p.F", Start: finding.Place{File: "/home/me/m/a/a.go", Line: 3, Column: 1}}, {Rule: "r", Package: "q", Start: finding.Place{File: "/home/me/other/b.go", Line: 1, Column: 1}}}
	at := func(shift int) []byte {
		src := Source{Root: "/home/me/m", Read: func(string) ([]byte, error) {
			return []byte("package p" + strings.Repeat("\n", shift) + "\n\nfunc F() {}\n"), nil
		}}
		moved := append([]finding.Finding(nil), fs...)
		moved[0].Start.Line += shift
		return encoded(t, &File{Entries: EntriesOf(moved, src)})
	}
	if a, b := at(0), at(40); !bytes.Equal(a, b) || bytes.Contains(a, []byte("/home")) {
		t.Errorf("moved by some lines:\n%s\n%s", a, b)
	}
}

func TestRefused(t *testing.T) {
	good := string(encoded(t, sample()))
	change := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("there is no %q", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	tests := []struct{ name, text, want string }{
		{"empty", "", "is empty"},
		{"blank", "\n \n", "is empty"},
		{"half", good[:len(good)/2], "ends in the middle"},
		{"half, after a line", good[:strings.Index(good, "\n    {")+1], "ends in the middle"},
		{"damaged", change(`"rule"`, `"rule`), "is damaged in line 9"},
		{"zeroes", strings.Repeat("\x00", 100), "is damaged in line 1"},
		{"another's", `{"version": 1, "findings": []}`, "is JSON, and no baseline"},
		{"a list", `[]`, "wrong kind in line 1 (array"},
		{"newer", change(`"lagvet_baseline": 1`, `"lagvet_baseline": 2, "further": true`), "was written by a newer lagvet (v1.2.3, format 2; this one reads 1)"},
		{"of no format", change(`"lagvet_baseline": 1`, `"lagvet_baseline": -1`), "its format is -1"},
		{"other fingerprints", change(`"fingerprints": "v1"`, `"fingerprints": "v0"`), `as lagvet v1.2.3 did ("v0"; this one says "v1")`},
		{"no findings", `{"lagvet_baseline": 1, "fingerprints": "v1"}`, "has no list of findings"},
		{"a misspelt reason", change(`"message"`, `"raeson":"r","message"`), `unknown field "raeson"`},
		{"a reason that is no text", change(`"message"`, `"reason":1,"message"`), "wrong kind in line 9 (number for \"findings.reason\")"},
		{"no rule", change(`"rule":"hotdefer",`, ``), "without a rule or a package"},
		{"a gap", change("\n    {", "\n    null,\n    {"), "the 1. of its list"},
		{"an absolute path", change(`"a.go"`, `"/home/a.go"`), "names the file /home/a.go"},
		{"two values", good + good, "is damaged in line"},
		{"a conflict", change("\n    {", "\n<<<<<<< HEAD\n    {"), "has the marks of a merge conflict in line 9"},
		{"the rest of a conflict", change("\n    {", "\n>>>>>>> theirs\n    {"), "has the marks of a merge conflict in line 9"},
		{"a cost without function", change("null\n  ]", `null],"costs":[{"package":"p"}`+"\n  ]"), "without a function"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), Name)
			if err := os.WriteFile(path, []byte(tt.text), 0o666); err != nil {
				t.Fatal(err)
			}
			f, err := Load(path)
			if f != nil || !errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%+v, %v; want an error that says: %s", f, err, tt.want)
			}
		})
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) || errors.Is(err, ErrUnreadable) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// Two branches that add findings to different functions, or drop some, are merged
// by git; git is told by an attribute to merge those that add to the same place.
func TestMerge(t *testing.T) {
	with := func(es ...Entry) *File {
		f := sample()
		f.Entries = append(f.Entries, es...)
		return f
	}
	without := func(fn string) *File {
		f := sample()
		f.Entries = slicesWithout(f.Entries, fn)
		return f
	}
	tests := []struct {
		name         string
		ours, theirs *File
		union        bool
		want         int // entries
	}{
		{"different functions", with(sampleEntry("a.go", "B")), with(sampleEntry("a.go", "E")), false, 12},
		{"different files", with(sampleEntry("a.go", "Z")), with(sampleEntry("b/b.go", "Z")), false, 12},
		{"first and last", with(sampleEntry("0.go", "B")), with(sampleEntry("z.go", "B")), false, 12},
		{"added and dropped", with(sampleEntry("z.go", "B")), without("A"), false, 9},
		{"the same added", with(sampleEntry("a.go", "B")), with(sampleEntry("a.go", "B")), false, 11},
		{"the same place", with(sampleEntry("a.go", "B")), with(sampleEntry("a.go", "C")), true, 12},
		{"both last", with(sampleEntry("z.go", "B")), with(sampleEntry("z.go", "C")), true, 12},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			var args []string
			for _, f := range []struct {
				name string
				file *File
			}{{"ours", tt.ours}, {"base", sample()}, {"theirs", tt.theirs}} {
				path := filepath.Join(dir, f.name)
				if err := f.file.Save(path); err != nil {
					t.Fatal(err)
				}
				args = append(args, path)
			}
			out, err := exec.Command("git", append([]string{"merge-file", "-p"}, args...)...).Output()
			if tt.union {
				if _, refused := Decode(out); err == nil || refused == nil || !strings.Contains(refused.Error(), "merge conflict") {
					t.Errorf("without the attribute: %v, and %v of\n%s", err, refused, out)
				}
				out, err = exec.Command("git", append([]string{"merge-file", "-p", "--union"}, args...)...).Output()
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			f, err := Decode(out)
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if len(f.Entries) != tt.want {
				t.Errorf("%d entries, want %d:\n%s", len(f.Entries), tt.want, out)
			}
		})
	}
}

func slicesWithout(es []Entry, fn string) []Entry {
	var kept []Entry
	for _, e := range es {
		if e.Decl != fn {
			kept = append(kept, e)
		}
	}
	return kept
}

// Whatever the text, it is read as a whole, and then written the same way each
// time, or refused with a reason.
func FuzzDecode(f *testing.F) {
	text := func(file *File) []byte {
		var b bytes.Buffer
		if err := file.Encode(&b); err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	costs := sample()
	costs.Costs = []Cost{{Package: "p", Func: "p.F", Allocs: []Alloc{{Cause: "c"}}, Effects: []Effect{{Kind: "net"}}, Defers: 1}}
	for _, seed := range [][]byte{text(sample()), text(costs), text(&File{}), nil, []byte("<<<<<<< a\n=======\n>>>>>>> b\n"), []byte(`{"lagvet_baseline":1,"fingerprints":"v1","findings":[null]}`)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		file, err := Decode(in)
		if err != nil {
			if !errors.Is(err, ErrUnreadable) || err.Error() == "" {
				t.Errorf("refused without a reason: %v", err)
			}
			return
		}
		var once, twice bytes.Buffer
		if err := file.Encode(&once); err != nil {
			t.Fatal(err)
		}
		again, err := Decode(once.Bytes())
		if err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, once.Bytes())
		}
		if err := again.Encode(&twice); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("written differently:\n%s\n%s", once.Bytes(), twice.Bytes())
		}
	})
}
