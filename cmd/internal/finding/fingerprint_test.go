package finding

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"
)

// sample returns the findings of one package: three equal ones in one function,
// and others that differ from them in one part each.
func sample() []Finding {
	at := func(rule, fn, cause, primitive, file string, line int) Finding {
		return Finding{Rule: rule, Func: fn, Cause: cause, Primitive: primitive, Start: Place{file, line, 2}}
	}
	fs := []Finding{
		at("ctxless", "p.F", "no context", "net/http.Get", "/m/a.go", 10),
		at("ctxless", "p.F", "no context", "net/http.Get", "/m/a.go", 12),
		at("ctxless", "p.F", "no context", "net/http.Get", "/m/a.go", 14),
		at("hotblock", "p.F", "no context", "net/http.Get", "/m/a.go", 10),
		at("ctxless", "(*p.T).F", "no context", "net/http.Get", "/m/a.go", 30),
		at("ctxless", "p.F", "wrapper", "net/http.Get", "/m/a.go", 11),
		at("ctxless", "p.F", "no context", "net.Dial", "/m/a.go", 11),
		at("ctxless", "p.Fno", " context", "net.Dial", "/m/b.go", 11),
	}
	Identify(fs)
	return fs
}

func prints(fs []Finding) []string {
	var ps []string
	for _, f := range fs {
		ps = append(ps, f.Fingerprint)
	}
	return ps
}

func TestFingerprintsDiffer(t *testing.T) {
	form := regexp.MustCompile(`^v1:[0-9a-f]{16}$`)
	seen := make(map[string]Finding)
	for _, f := range sample() {
		if !form.MatchString(f.Fingerprint) {
			t.Errorf("fingerprint %q is not of the form %s", f.Fingerprint, form)
		}
		if other, ok := seen[f.Fingerprint]; ok {
			t.Errorf("%+v and %+v share a fingerprint", f, other)
		}
		seen[f.Fingerprint] = f
	}
}

// Where the fault is in what is called, it is the same one whoever calls it.
func TestFingerprintOfFault(t *testing.T) {
	of := func(fn, fault string) string {
		fs := []Finding{{Rule: "ctxless", Func: fn, Fault: fault, Cause: "no context passed on", Primitive: "net/http.Get"}}
		Identify(fs)
		return fs[0].Fingerprint
	}
	if a, b := of("p.A", "p.get"), of("p.B", "p.get"); a != b {
		t.Errorf("%s for one caller, %s for the other", a, b)
	}
	if a, b := of("p.A", "p.get"), of("p.A", "p.post"); a == b {
		t.Errorf("two faults have the fingerprint %s", a)
	}
}

// A fingerprint written to a baseline must be found again by the next release.
func TestFingerprintIsFixed(t *testing.T) {
	const want = "v1:7ea7ec4ebd6d3fa9"
	if got := sample()[0].Fingerprint; got != want {
		t.Errorf("fingerprint = %s, want %s: change its version with what it is made of", got, want)
	}
}

func TestFingerprintsSurviveEdits(t *testing.T) {
	tests := []struct {
		name string
		edit func(*Finding)
	}{
		{"lines inserted above", func(f *Finding) { f.Start.Line += 7 }},
		{"file renamed", func(f *Finding) { f.Start.File = "/m/renamed_" + f.Start.File[3:] }},
		{"module moved to another folder", func(f *Finding) { f.Start.File = "/elsewhere" + f.Start.File }},
		{"function moved to another file", func(f *Finding) {
			if f.Func == "p.F" {
				f.Start.File, f.Start.Line = "/m/z.go", f.Start.Line+100
			}
		}},
		{"reformatted", func(f *Finding) { f.Start.Line, f.Start.Column = 2*f.Start.Line, f.Start.Column+3 }},
		{"message reworded, severity and tier changed", func(f *Finding) { f.Message, f.Severity, f.Tier = "other", "low", "proven" }},
		{"chain moved", func(f *Finding) { f.Chain = []Step{{Place{"/m/c.go", 4, 4}, "calls g"}} }},
	}
	want := prints(sample())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fs := sample()
			for i := range fs {
				tt.edit(&fs[i])
			}
			Identify(fs)
			if got := prints(fs); !slices.Equal(got, want) {
				t.Errorf("fingerprints changed:\n got %q\nwant %q", got, want)
			}
		})
	}
}

func TestFingerprintsSurviveNewEquals(t *testing.T) {
	fs := sample()
	want := prints(fs)
	equal := fs[2]
	equal.Start.Line++
	fs = append(fs, equal)
	Identify(fs)
	if got := prints(fs[:len(want)]); !slices.Equal(got, want) {
		t.Errorf("an equal finding added after the others changed theirs:\n got %q\nwant %q", got, want)
	}
	if last := fs[len(fs)-1].Fingerprint; slices.Contains(want, last) {
		t.Errorf("the added finding has the fingerprint of another: %s", last)
	}
}

func TestFingerprintsIgnoreOrder(t *testing.T) {
	want := prints(sample())
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		fs, order := sample(), rng.Perm(len(want))
		shuffled := make([]Finding, len(fs))
		for i, j := range order {
			shuffled[j] = fs[i]
		}
		Identify(shuffled)
		Sort(shuffled)
		fs = sample()
		Sort(fs)
		if got := prints(shuffled); !slices.Equal(got, prints(fs)) {
			t.Fatalf("order %v: got %q, want %q", order, got, prints(fs))
		}
	}
}

func TestSort(t *testing.T) {
	fs := []Finding{
		{Start: Place{"b.go", 1, 1}},
		{Start: Place{"a.go", 10, 1}},
		{Start: Place{"a.go", 9, 2}},
		{Start: Place{"a.go", 9, 1}, Rule: "r", Message: "n"},
		{Start: Place{"a.go", 9, 1}, Rule: "r", Message: "m"},
		{Start: Place{"a.go", 9, 1}, Rule: "q", Message: "z"},
	}
	want := []Finding{fs[5], fs[4], fs[3], fs[2], fs[1], fs[0]}
	Sort(fs)
	for i := range fs {
		if fs[i].Start != want[i].Start || fs[i].Message != want[i].Message {
			t.Errorf("finding %d is %+v, want %+v", i, fs[i], want[i])
		}
	}
}
