package hotpath

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"
)

// A maker makes profiles. A frame is "name file start line"; frames that are
// joined by " < " were inlined, the innermost first.
type maker struct {
	*profile.Profile
	functions map[string]*profile.Function
}

func newMaker() *maker {
	return &maker{
		Profile: &profile.Profile{
			SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}},
			PeriodType: &profile.ValueType{Type: "cpu", Unit: "nanoseconds"},
			Period:     10,
		},
		functions: make(map[string]*profile.Function),
	}
}

// add adds n samples of a stack, the innermost frame first.
func (m *maker) add(n int64, stack ...string) *maker {
	s := &profile.Sample{Value: []int64{n, n * 10}}
	for _, frames := range stack {
		loc := &profile.Location{ID: uint64(len(m.Location) + 1), Address: uint64(len(m.Location) + 1)}
		for frame := range strings.SplitSeq(frames, " < ") {
			var name, file string
			var start, line int64
			if _, err := fmt.Sscan(frame, &name, &file, &start, &line); err != nil {
				panic(frame)
			}
			key := name + " " + file
			if m.functions[key] == nil {
				f := &profile.Function{ID: uint64(len(m.Function) + 1), Name: name, SystemName: name, Filename: file, StartLine: start}
				m.functions[key] = f
				m.Function = append(m.Function, f)
			}
			loc.Line = append(loc.Line, profile.Line{Function: m.functions[key], Line: line})
		}
		m.Location = append(m.Location, loc)
		s.Location = append(s.Location, loc)
	}
	m.Sample = append(m.Sample, s)
	return m
}

// bytes returns the profile in pprof's format.
func (m *maker) bytes(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (m *maker) read(t *testing.T) *Profile {
	t.Helper()
	p, err := read("cpu.pprof", bytes.NewReader(m.bytes(t)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// find returns what p knows of a function.
func find(t *testing.T, p *Profile, name string) *heat {
	t.Helper()
	for _, hs := range p.pkgs {
		for _, h := range hs {
			if h.String() == name {
				return h
			}
		}
	}
	t.Fatalf("the profile does not know %s", name)
	return nil
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestWork(t *testing.T) {
	p := newMaker().
		// What is allocated and formatted is charged to who asks for it.
		add(30, "runtime.mallocgc /go/malloc.go 1 9", "fmt.Sprintf /go/fmt.go 1 9", "a.com/x.F /x.go 10 12", "main.main /m.go 5 6").
		add(10, "a.com/x.F /x.go 10 13", "main.main /m.go 5 6").
		// G's time is its own, though F calls it; recursion counts once.
		add(20, "a.com/x.G /x.go 30 31", "a.com/x.G /x.go 30 32", "a.com/x.F /x.go 10 14", "main.main /m.go 5 6").
		// Inlined frames are frames.
		add(20, "a.com/x.H /x.go 40 41 < a.com/x.F /x.go 10 15", "main.main /m.go 5 6").
		// Nobody is charged for the collector.
		add(20, "runtime.gcBgMarkWorker /go/gc.go 1 2").
		read(t)
	for _, tt := range []struct {
		name      string
		work, cum float64
	}{
		{"a.com/x.F", 0.4, 0.8},
		{"a.com/x.G", 0.2, 0.2},
		{"a.com/x.H", 0.2, 0.2},
		{"main.main", 0, 0.8},
		{"fmt.Sprintf", 0.3, 0.3},
		{"runtime.mallocgc", 0, 0.3},
		{"runtime.gcBgMarkWorker", 0, 0.2},
	} {
		if h := find(t, p, tt.name); !near(h.work, tt.work) || !near(h.cum, tt.cum) {
			t.Errorf("%s does %v of the work and has %v, want %v and %v", tt.name, h.work, h.cum, tt.work, tt.cum)
		}
	}
	want := []lineHeat{{2, 0.3}, {3, 0.1}, {4, 0.2}, {5, 0.2}}
	if got := find(t, p, "a.com/x.F").lines; !slices.Equal(got, want) {
		t.Errorf("lines %v, want %v", got, want)
	}
	if p.samples != 100 {
		t.Errorf("%d samples, want 100", p.samples)
	}
}

func TestMergedNames(t *testing.T) {
	p := newMaker().
		add(20, "a.com/x.F[go.shape.int] /x.go 10 12").
		add(20, "a.com/x.F[go.shape.string] /x.go 10 12").
		add(20, "a.com/x.F[go.shape.string]-range1 /x.go 14 15", "a.com/x.F[go.shape.string] /x.go 10 13").
		add(20, "a.com/x.(*T).M /x.go 20 21", "a.com/x.(*T).M-fm /x.go 20 20").
		add(20, "a.com/x.(*T).M /x.go 20 22", "a.com/x.F[go.shape.int].gowrap1 /x.go 16 16").
		read(t)
	if h := find(t, p, "a.com/x.F"); !near(h.cum, 0.6) || h.start != 10 || !slices.Equal(h.lines, []lineHeat{{2, 0.4}, {3, 0.2}, {5, 0.2}}) {
		t.Errorf("instances of F and its range body: %+v", *h)
	}
	if h := find(t, p, "a.com/x.(*T).M"); !near(h.work, 0.4) {
		t.Errorf("M behind its wrapper: %+v", *h)
	}
	if n := len(p.pkgs["a.com/x"]); n != 2 {
		t.Errorf("%d functions, want 2: wrappers are none", n)
	}
}

// TestInlinedLiterals checks that a literal is known by the function that it
// stands in, whatever it was inlined into.
func TestInlinedLiterals(t *testing.T) {
	p := newMaker().
		// The same literal, inlined and not: one.
		add(10, "main.main.F.func2 /m.go 11 12", "main.main /m.go 20 21").
		add(10, "main.F.func1 /m.go 11 12", "main.main /m.go 20 21").
		// F of another package, which the profile knows by itself.
		add(10, "main.main.(*Group).Go.func3 /lib/g.go 33 34").
		add(10, "a.com/lib.(*Group).Go /lib/g.go 30 31").
		// Nothing but the directory tells the package; the constructor never ran alone.
		add(10, "main.main.Logged.func4 /mid/l.go 8 9").
		add(10, "a.com/mid.Other /mid/o.go 3 4").
		read(t)
	for _, tt := range []struct {
		name string
		cum  float64
	}{
		{"main.F.func1", 2.0 / 6},
		{"a.com/lib.(*Group).Go.func3", 1.0 / 6},
		{"a.com/mid.main.Logged.func4", 1.0 / 6},
	} {
		if h := find(t, p, tt.name); !near(h.cum, tt.cum) {
			t.Errorf("%s has %v, want %v", tt.name, h.cum, tt.cum)
		}
	}
}

func TestWhatIsHot(t *testing.T) {
	const n = 10000
	m := newMaker()
	frame := func(name string) string { return "a.com/x." + name + " /x.go 1 1" }
	m.add(6000, frame("Most"))
	m.add(1500, frame("Much"))
	m.add(500, frame("Some"))                                       // completes 80 % of the work
	m.add(95, frame("Rest"))                                        // beyond that, and below one hundredth
	m.add(1, frame("Once"), frame("Setup"), frame("Way"))           // a sample of its own may be chance
	m.add(1, frame("Setup"))                                        // one sample
	m.add(300, frame("Much"), frame("Setup"))                       // but a lot of time
	m.add(3, frame("Way"))                                          // runs often enough to show
	m.add(300, frame("Some"), frame("Way"))                         //
	m.add(n-6000-1500-500-95-1-1-300-3-300, "runtime.gc /r.go 1 1") // nobody's
	p := m.read(t)
	var hot []string
	for _, h := range p.pkgs["a.com/x"] {
		if h.hot {
			hot = append(hot, h.Name)
		}
	}
	if want := []string{"Most", "Much", "Some", "Way"}; !slices.Equal(hot, want) {
		t.Errorf("hot are %v, want %v", hot, want)
	}

	few := newMaker().add(4, frame("A")).add(4, frame("B")).add(1, frame("C")).read(t)
	for _, h := range few.pkgs["a.com/x"] {
		if want := h.Name != "C"; h.hot != want {
			t.Errorf("of nine samples, %s is hot: %v, want %v", h.Name, h.hot, want)
		}
	}
}

func TestMains(t *testing.T) {
	m := newMaker().add(10, "main.main /src/cmd/server/main.go 5 6").add(10, "a.com/x.F /x/f.go 1 1")
	m.Mapping = []*profile.Mapping{{ID: 1, File: "/app/srv.exe"}}
	for _, l := range m.Location {
		l.Mapping = m.Mapping[0]
	}
	if got, want := m.read(t).mains, []string{"server", "srv"}; !slices.Equal(got, want) {
		t.Errorf("mains %v, want %v", got, want)
	}
}

func TestBadProfiles(t *testing.T) {
	heap := newMaker().add(1, "a.com/x.F /x.go 1 1")
	heap.SampleType = []*profile.ValueType{{Type: "alloc_objects", Unit: "count"}, {Type: "alloc_space", Unit: "bytes"}}
	empty := newMaker()
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"heap":    {heap.bytes(t), "it measures alloc_objects and alloc_space, not CPU time"},
		"empty":   {empty.bytes(t), "it holds no samples"},
		"garbage": {[]byte("garbage"), "parsing profile"},
		"version": {[]byte("lagvet profile 0\n"), "another version"},
		"head":    {[]byte(magic + "what\tever\n"), `unknown record "what"`},
	} {
		file := filepath.Join(t.TempDir(), "cpu.pprof")
		if err := os.WriteFile(file, tt.data, 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(file); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: error %v, want one with %q and the file's name", name, err, tt.want)
		}
		if isDigest(tt.data) {
			continue
		}
		if err := Digest(new(bytes.Buffer), "x.pprof", bytes.NewReader(tt.data)); err == nil || !strings.Contains(err.Error(), "x.pprof") {
			t.Errorf("%s: Digest gives %v", name, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a profile that does not exist is opened")
	}
}

// TestDigest checks that a digest says what the profile says.
func TestDigest(t *testing.T) {
	m := newMaker().
		add(60, "a.com/x.F /x.go 10 12", "main.main /src/cmd/srv/m.go 5 6").
		add(40, "a.com/x.F.func1 /x.go 14 15", "b.com/y.(*T).M /y.go 3 4")
	raw := m.bytes(t)
	var one, two bytes.Buffer
	for _, b := range []*bytes.Buffer{&one, &two} {
		if err := Digest(b, "a\tb.pgo", bytes.NewReader(raw)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two digests of one profile differ")
	}
	got, err := readDigest(one.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	want := m.read(t)
	if got.name != "a b.pgo" || got.samples != want.samples || !slices.Equal(got.mains, want.mains) {
		t.Errorf("head %q %d %v", got.name, got.samples, got.mains)
	}
	if n, w := slices.Sorted(maps.Keys(got.sections)), slices.Sorted(maps.Keys(want.pkgs)); !slices.Equal(n, w) {
		t.Errorf("packages %v, want %v", n, w)
	}
	for pkg, hs := range want.pkgs {
		read, err := got.in(pkg)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(read, hs, func(a, b *heat) bool {
			return a.Symbol == b.Symbol && a.start == b.start && a.hot == b.hot && near(a.work, b.work) && near(a.cum, b.cum) && slices.Equal(a.lines, b.lines)
		}) {
			t.Errorf("%s is read back as another", pkg)
		}
	}
	if hs, err := got.in("c.com/z"); err != nil || hs != nil {
		t.Errorf("an unknown package: %v, %v", hs, err)
	}
}

func TestBadSections(t *testing.T) {
	for data, want := range map[string]string{
		"line\t1\t0.5\n":                        "without a function",
		"func\tF\n":                             "missing",
		"func\tF\t\tx\t0\t0\n":                  "invalid syntax",
		"func\tF\t\t1\t0\t2\n":                  "no share",
		"func\tF\t\t1\t0\tNaN\n":                "no share",
		"func\tF\t\t1\t0\t-0.1\n":               "no share",
		"func\tF\t\t1\t0\t0\thot\tx\n":          "too many",
		"func\tF\t\t1\t0\t0\nline\t1\n":         "missing",
		"func\tF\t\t1\t0\t0\nline\t1\t0.5\tx\n": "too many",
		"what\n":                                "unknown record",
	} {
		p, err := readDigest([]byte(magic + "name\tp\npkg\ta\n" + data))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.in("a"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", data, err, want)
		}
	}
}

func FuzzDigest(f *testing.F) {
	f.Add([]byte("name\tp\nsamples\t9\nmain\tx\npkg\ta\nfunc\tF\tfunc1\t1\t0.1\t0.2\thot\nline\t-1\t0.5\npkg\tb\n"))
	f.Add([]byte("pkg\t"))
	f.Add([]byte("pkg\ta"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readDigest(append([]byte(magic), data...))
		if err != nil {
			return
		}
		for pkg := range p.sections {
			hs, err := p.in(pkg)
			if err != nil {
				continue
			}
			for _, h := range hs {
				if !(h.cum >= 0 && h.cum <= 1 && h.work >= 0 && h.work <= 1) {
					t.Errorf("shares %v and %v", h.work, h.cum)
				}
			}
		}
	})
}
