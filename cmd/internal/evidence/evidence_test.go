package evidence

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// The sample types of profiles.
var (
	cpuTypes       = []string{"samples/count", "cpu/nanoseconds"}
	heapTypes      = []string{"alloc_objects/count", "alloc_space/bytes", "inuse_objects/count", "inuse_space/bytes"}
	delayTypes     = []string{"contentions/count", "delay/nanoseconds"}
	goroutineTypes = []string{"goroutine/count"}
)

// A stack is a sample of a profile that a test makes: its values, and its frames
// from the leaf, "example.com/app.F:12+10" for line 12 of a function that begins
// on line 10. What is inlined into the frame behind it ends with "<".
type stack struct {
	values []int64
	frames string
}

// made returns a profile of stacks.
func made(t testing.TB, types []string, stacks ...stack) *profile.Profile {
	t.Helper()
	p := &profile.Profile{Mapping: []*profile.Mapping{{ID: 1, File: "/srv/server"}}}
	for _, typ := range types {
		name, unit, _ := strings.Cut(typ, "/")
		p.SampleType = append(p.SampleType, &profile.ValueType{Type: name, Unit: unit})
	}
	functions := make(map[string]*profile.Function)
	for _, s := range stacks {
		sample := &profile.Sample{Value: s.values}
		inlined := false
		for frame := range strings.FieldsSeq(s.frames) {
			name, inlines := strings.CutSuffix(frame, "<")
			line := madeLine(t, p, functions, name)
			if !inlined {
				loc := &profile.Location{ID: uint64(len(p.Location) + 1), Mapping: p.Mapping[0]}
				p.Location = append(p.Location, loc)
				sample.Location = append(sample.Location, loc)
			}
			loc := sample.Location[len(sample.Location)-1]
			loc.Line = append(loc.Line, line)
			inlined = inlines
		}
		p.Sample = append(p.Sample, sample)
	}
	if err := p.CheckValid(); err != nil {
		t.Fatal(err)
	}
	return p
}

func madeLine(t testing.TB, p *profile.Profile, functions map[string]*profile.Function, frame string) profile.Line {
	t.Helper()
	i := strings.LastIndexByte(frame, ':')
	at, from, _ := strings.Cut(frame[i+1:], "+")
	line, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		t.Fatalf("%q is no frame", frame)
	}
	start, _ := strconv.ParseInt(from, 10, 64) // left out: unknown
	name := frame[:i]
	if functions[name] == nil {
		f := &profile.Function{ID: uint64(len(functions) + 1), Name: name, Filename: "/src/" + packageOf(name) + "/x.go", StartLine: start}
		functions[name] = f
		p.Function = append(p.Function, f)
	}
	return profile.Line{Function: functions[name], Line: line}
}

// sourceOf returns the source that a profile is read as.
func sourceOf(t *testing.T, name string, p *profile.Profile) *source {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	s, err := read(name, &b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// app is the program that findings of these tests are in. Comments name lines.
const app = `package app

import (
	"sync"

	"example.com/app/sub"
)

type T struct{ mu sync.Mutex }

func (t *T) Work(n int) { // Work
	x := make([]byte, n) // alloc
	t.lock()             // call
	go func() {          // spawn
		sink(x) // spawned
	}()
	go t.run(          // go method
		n,
	)
	go sub.Run() // go function
	sink(x)      // last
}

func (t *T) lock() { // lock
	t.mu.Lock() // wait
	defer t.mu.Unlock()
}

func (t *T) run(int) {} // run

func sink([]byte) {} // sink

func Generic[E any](e E) { // Generic
	_ = []E{e} // generic
}

func Seq(yield func(int) bool) {
	for range Seq { // range
		sink(nil) // body
	}
}

func victim(t *T) {
	t.mu.Lock() // waits too
}

var handler = func() { // handler
	sink(nil) // handles
}
`

const sub = `package sub

func Run() {} // sub.Run

func Other() {}
`

// A program is a module for a test.
type program struct {
	t   *testing.T
	dir string
	Program
}

// newProgram writes a module: app and what is added.
func newProgram(t *testing.T, more map[string]string) *program {
	t.Helper()
	p := &program{t: t, dir: t.TempDir()}
	files := map[string]string{"go.mod": "module example.com/app\n", "app.go": app, "sub/sub.go": sub}
	for name, text := range more {
		files[name] = text
	}
	for name, text := range files {
		path := filepath.Join(p.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	p.Modules = []Module{{"example.com/app", p.dir}}
	return p
}

// at returns the place of the line with a comment, and of text in it.
func (p *program) at(file, comment, text string) finding.Place {
	p.t.Helper()
	path := filepath.Join(p.dir, file)
	data, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	for i, line := range strings.Split(string(data), "\n") {
		if strings.HasSuffix(line, "// "+comment) {
			return finding.Place{File: path, Line: i + 1, Column: strings.Index(line, text) + 1}
		}
	}
	p.t.Fatalf("%s has no line %q", file, comment)
	return finding.Place{}
}

// frame returns a frame of a stack on the line with a comment, in a function that
// begins on another.
func (p *program) frame(name, start, comment string) string {
	return fmt.Sprintf("%s:%d+%d", name, p.at("app.go", comment, "").Line, p.at("app.go", start, "").Line)
}

// join joins one finding with sources.
func (p *program) join(f finding.Finding, sources ...*source) (*finding.Evidence, Report) {
	p.t.Helper()
	fs := []finding.Finding{f}
	rep := (&Set{sources: sources}).Join(p.t.Context(), p.Program, fs)
	return fs[0].Evidence, rep
}
