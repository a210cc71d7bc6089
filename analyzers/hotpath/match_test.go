package hotpath_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// digest writes a digest with the given records and returns its path.
func digest(t *testing.T, records ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cpu.digest")
	text := "lagvet profile 1\nname\tcpu.pgo\nsamples\t1000\n" + strings.ReplaceAll(strings.Join(records, "\n"), " ", "\t") + "\n"
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "lagvet\tprofile\t1", "lagvet profile 1")), 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestMatching(t *testing.T) {
	const work = "pkg example.com/busy/jobs"
	for _, tt := range []struct {
		name    string
		records []string
		want    []string
	}{
		{"function", []string{work, "func Sum  0 0.5 0.5 hot"}, []string{"example.com/busy/jobs.Sum"}},
		{"method", []string{work, "func (*Table).Lookup  0 0.5 0.5 hot"}, []string{"(*example.com/busy/jobs.Table).Lookup"}},
		{"other receiver", []string{work, "func Table.Lookup  0 0.5 0.5 hot"}, nil},
		{"not hot", []string{work, "func Sum  0 0.5 0.5"}, nil},
		{"other package", []string{"pkg example.com/busy/other", "func Sum  0 0.5 0.5 hot"}, nil},
		{"vendored", []string{"pkg example.com/busy/jobs", "func Sum  0 0.5 0.5 hot"}, []string{"example.com/busy/jobs.Sum"}},
		{"gone", []string{work, "func Gone  0 0.5 0.5 hot", "func Gone func1 0 0.5 0.5 hot"}, nil},

		{"literal by number", []string{work, "func Adder func1 0 0.5 0.5 hot"}, []string{"example.com/busy/jobs.Adder.func1"}},
		{"no such number", []string{work, "func Adder func2 0 0.5 0.5 hot"}, nil},
		{"literal by distance after a move", []string{work, "func Adder  100 0 0.5", "func Adder func7 101 0.5 0.5 hot"},
			[]string{"example.com/busy/jobs.Adder.func1"}},
		{"literal by number after an edit", []string{work, "func Adder  100 0 0.5", "func Adder func1 105 0.5 0.5 hot"},
			[]string{"example.com/busy/jobs.Adder.func1"}},
		{"neither distance nor number", []string{work, "func Adder  100 0 0.5", "func Adder func2 105 0.5 0.5 hot"}, nil},
		{"inlined literal", []string{work, "func step.Adder func3 0 0.5 0.5 hot"}, []string{"example.com/busy/jobs.Adder.func1"}},
		{"literal of a variable", []string{work, "func init func1 58 0.5 0.5 hot"}, []string{"example.com/busy/jobs.init.func1"}},
		{"older name of that", []string{work, "func glob. func1 58 0.5 0.5 hot"}, []string{"example.com/busy/jobs.init.func1"}},
		{"literal of a variable elsewhere", []string{work, "func init func1 59 0.5 0.5 hot"}, nil},

		{"main by directory", []string{"main busy", "pkg main", "func step  0 0.5 0.5 hot"}, []string{"example.com/busy.step"}},
		{"another main", []string{"main other", "pkg main", "func step  0 0.5 0.5 hot"}, nil},
		{"unknown main", []string{"pkg main", "func step  0 0.5 0.5 hot"}, []string{"example.com/busy.step"}},
		{"main by its path as in a test", []string{"main other", "pkg example.com/busy", "func step  0 0.5 0.5 hot"}, []string{"example.com/busy.step"}},

		{"callee at work", []string{work, "func Checked  0 0.5 0.5 hot", "func fail  0 0.1 0.1"},
			[]string{"example.com/busy/jobs.Checked", "example.com/busy/jobs.fail"}},
		{"callee without samples", []string{work, "func Checked  0 0.5 0.5 hot"}, []string{"example.com/busy/jobs.Checked"}},
		{"callee with hardly any", []string{work, "func Checked  0 0.5 0.5 hot", "func fail  0 0.001 0.001"}, []string{"example.com/busy/jobs.Checked"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, hot := analyse(t, filepath.Join("testdata", "busy"), digest(t, tt.records...))
			if got := slices.Sorted(maps.Keys(hot)); !slices.Equal(got, tt.want) {
				t.Errorf("hot are %v, want %v", got, tt.want)
			}
		})
	}
}

// TestProfiles gives two profiles: the hotter one speaks.
func TestProfiles(t *testing.T) {
	one := digest(t, "pkg example.com/busy/jobs", "func Sum  0 0.1 0.1 hot", "func Total  0 0.2 0.2 hot")
	two := digest(t, "pkg example.com/busy/jobs", "func Sum  0 0.4 0.4", "func Mixed  0 0.1 0.1")
	passes, hot := analyse(t, filepath.Join("testdata", "busy"), one+","+two)
	for name, want := range map[string]float64{"example.com/busy/jobs.Sum": 0.4, "example.com/busy/jobs.Total": 0.2} {
		if h := hot[name]; h == nil || h.Share != want {
			t.Errorf("%s: %+v, want a share of %v", name, h, want)
		}
	}
	want := []hotpath.Match{{Profile: "cpu.pgo", Functions: 2}, {Profile: "cpu.pgo", Functions: 1}}
	if got := info(passes["example.com/busy/jobs"]).Matches(); !slices.Equal(got, want) {
		t.Errorf("matches %v, want %v", got, want)
	}
	want = []hotpath.Match{{Profile: "cpu.pgo"}, {Profile: "cpu.pgo"}}
	if got := info(passes["example.com/busy"]).Matches(); !slices.Equal(got, want) {
		t.Errorf("matches %v, want %v", got, want)
	}
}

// TestConfigured names hot functions and roots by flag, and gives a profile beside.
func TestConfigured(t *testing.T) {
	set := func(name, value string) {
		t.Helper()
		if err := hotpath.Analyzer.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	set(hotpath.HotFlag, "example.com/busy.st*,(*example.com/busy/jobs.Table).Lookup")
	set(hotpath.RootsFlag, "example.com/busy/jobs/...")
	defer set(hotpath.HotFlag, "")
	defer set(hotpath.RootsFlag, "")
	passes, hot := analyse(t, filepath.Join("testdata", "busy"), digest(t, "pkg main", "func step  0 0.25 0.25 hot"))
	for name, want := range map[string]string{
		"example.com/busy.step":                 "hot by configuration; 25 % of CPU in cpu.pgo",
		"example.com/busy.step.func1":           "hot by configuration",
		"(*example.com/busy/jobs.Table).Lookup": "hot by configuration",
	} {
		if h := hot[name]; h == nil || h.Detail != want || h.Source != hotpath.FromDirective {
			t.Errorf("%s: %+v, want %q", name, h, want)
		}
	}
	if h := hot["example.com/busy.main"]; h != nil {
		t.Errorf("main is hot: %+v", h)
	}
	for path, want := range map[string]bool{"example.com/busy": false, "example.com/busy/jobs": true} {
		for _, f := range info(passes[path]).Functions() {
			if got := f.Root != nil; got != want {
				t.Errorf("%s is a root: %v, want %v", f.Name, got, want)
			}
		}
	}
}

// TestLiteralAtWork looks at a literal in an error branch: it is cold unless
// the profile shows it at work.
func TestLiteralAtWork(t *testing.T) {
	for records, cold := range map[string]bool{
		"func Guarded  0 0.1 0.1":                true,
		"func Guarded func1 0 0.1 0.1":           false,
		"func Guarded func1 0 0.0001 0.0001":     true,
		"func Guarded func1 0 0.1 0.1\nline 0 0": false,
	} {
		passes, _ := analyse(t, filepath.Join("testdata", "busy"), digest(t, "pkg example.com/busy/jobs", records))
		pass := passes["example.com/busy/jobs"]
		found := false
		for _, f := range pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs {
			if f.Obj == nil && f.Parent != nil && f.Parent.Obj != nil && f.Parent.Obj.Name() == "Guarded" {
				found = true
				if got := info(pass).Cold(f.Body.List[0].Pos()); got != cold {
					t.Errorf("%q: cold %v, want %v", records, got, cold)
				}
				// Where it stands is an error branch, which the profile knows only through it.
				if got := info(pass).Cold(f.Node.Pos()); got != cold {
					t.Errorf("%q: the branch is cold: %v, want %v", records, got, cold)
				}
			}
		}
		if !found {
			t.Fatal("no literal in Guarded")
		}
	}
}

func TestMissingProfile(t *testing.T) {
	file := digest(t, "pkg example.com/p", "func F  1 x 0")
	p, err := hotpath.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	// A broken record says so where it is needed, and only there.
	if _, err := hotpath.MayBeHot("example.com/p", nil, []*hotpath.Profile{p}, ""); err == nil || !strings.Contains(err.Error(), "cpu.pgo") {
		t.Errorf("a broken record gives %v", err)
	}
	if _, err := hotpath.MayBeHot("example.com/q", nil, []*hotpath.Profile{p}, ""); err != nil {
		t.Errorf("a broken record of another package gives %v", err)
	}
}

func TestMayBeHot(t *testing.T) {
	dir := t.TempDir()
	write := func(name, src string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(src), 0o666); err != nil {
			t.Fatal(err)
		}
		return file
	}
	plain := write("plain.go", "package p\n\n//lagvet:allow ctxless -- why\nfunc F() {}\n")
	marked := write("marked.go", "package p\n\n//lagvet:noalloc\nfunc G() {}\n")
	main := write("main.go", "package main\n\nfunc main() {}\n")
	p, err := hotpath.Open(digest(t, "pkg example.com/hot", "func F  0 0.5 0.5 hot", "pkg example.com/warm", "func F  0 0.1 0.1", "pkg main", "func f  0 0.2 0.2 hot"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path     string
		file     string
		profiled bool
		hot      string
		want     bool
	}{
		{"example.com/p", plain, false, "", false},
		{"example.com/p", marked, false, "", true},
		{"example.com/hot", plain, true, "", true},
		{"example.com/hot [example.com/hot.test]", plain, true, "", true},
		{"example.com/hot", plain, false, "", false},
		{"example.com/warm", plain, true, "", false},
		{"example.com/cmd", main, true, "", true},
		{"example.com/cmd", main, false, "", false},
		{"example.com/p", plain, false, "example.com/p.F", true},
		{"example.com/p", plain, false, "(*example.com/p.T).M,x.F", true},
		{"example.com/p", plain, false, "example.com/...", true},
		{"example.com/p", plain, false, "example.com/p/q.F,example.com/pq.F", false},
	} {
		var ps []*hotpath.Profile
		if tt.profiled {
			ps = append(ps, p)
		}
		got, err := hotpath.MayBeHot(tt.path, []string{tt.file}, ps, tt.hot)
		if err != nil || got != tt.want {
			t.Errorf("%s with %s, profile %v and hot=%q: %v (%v), want %v", tt.path, filepath.Base(tt.file), tt.profiled, tt.hot, got, err, tt.want)
		}
	}
	if _, err := hotpath.MayBeHot("example.com/p", []string{filepath.Join(dir, "none.go")}, nil, ""); err == nil {
		t.Error("a file that is not there is no error")
	}
}
