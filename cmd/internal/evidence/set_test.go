package evidence

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

func TestStrangers(t *testing.T) {
	program := Program{Modules: []Module{{Path: "example.com/app"}, {Path: "example.com/lib"}}, Commands: []string{"app", "appd"}}
	for _, tt := range []struct {
		name     string
		stacks   []string
		mains    []string
		commands []string
		want     string // the problem
		note     string
	}{
		{"a package of the module", []string{"example.com/app/x.F:2+1"}, nil, program.Commands, "", ""},
		{"the other module itself", []string{"example.com/lib.F:2+1 example.org/x.F:2+1"}, nil, program.Commands, "", ""},
		{"its main", []string{"main.main:2+1"}, []string{"appd"}, program.Commands, "", ""},
		{"another main", []string{"main.main:2+1"}, []string{"other"}, program.Commands, "it has no function of example.com/app or example.com/lib, but those of main (other)", ""},
		{"a main of that name, and another's packages", []string{"main.main:2+1 example.org/m/a.F:2+1"}, []string{"app"}, program.Commands, "but those of example.org/m/a, main (app)", ""},
		{"some main, and none is checked", []string{"main.main:2+1"}, []string{"other"}, nil, "", "x.pprof may be of another program"},
		{"a path that begins alike", []string{"example.com/apple.F:2+1"}, nil, program.Commands, "but those of example.com/apple", ""},
		{"packages of one module", []string{"example.org/m/a.F:2+1 example.org/m/b.F:2+1 net/http.F:2+1"}, nil, program.Commands, "but those of example.org/m", ""},
		{"several modules", []string{"example.org/m/a.F:2+1", "example.net/n.F:2+1"}, nil, program.Commands, "but those of example.net/n, example.org/m/a", ""},
		{"paths that begin with a slash", []string{"/src/x.F:2+1 /src/y.F:2+1"}, nil, program.Commands, "but those of /src", ""},
		{"nothing but the standard library", []string{"net/http.F:2+1"}, nil, program.Commands, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stacks []stack
			for _, frames := range tt.stacks {
				stacks = append(stacks, stack{[]int64{1}, frames})
			}
			s := sourceOf(t, "x.pprof", made(t, goroutineTypes, stacks...))
			s.mains = tt.mains
			p := program
			p.Commands = tt.commands
			rep := (&Set{sources: []*source{s}}).Join(t.Context(), p)
			if got := len(rep.Problems); tt.want == "" && got > 0 || tt.want != "" && (got != 1 || !strings.HasSuffix(rep.Problems[0].Message, tt.want)) {
				t.Errorf("problems %+v, want %q", rep.Problems, tt.want)
			}
			if got := strings.Join(rep.Notes, "\n"); tt.note == "" && got != "" || !strings.Contains(got, tt.note) {
				t.Errorf("notes %q, want %q", got, tt.note)
			}
		})
	}
}

// The version in the path of a file tells where a module ends.
func TestOrigins(t *testing.T) {
	raw := made(t, goroutineTypes, stack{[]int64{1}, "github.com/x/dep/a/b.F:2+1 github.com/x/other.F:2+1"})
	raw.Function[0].Filename = "/root/go/pkg/mod/github.com/x/dep@v1.2.0/a/b/b.go"
	raw.Function[1].Filename = "github.com/x/other@v0.1.0/o.go" // -trimpath
	got := strings.Join(sourceOf(t, "x", raw).origins(), " ")
	if want := "github.com/x/dep github.com/x/other"; got != want {
		t.Errorf("modules %q, want %q", got, want)
	}
	var frames []string
	for _, c := range "abcdefghij" {
		frames = append(frames, "example."+string(c)+"/m.F:2+1")
	}
	many := sourceOf(t, "x", made(t, goroutineTypes, stack{[]int64{1}, strings.Join(frames, " ")})).origins()
	if len(many) != 7 || many[6] != "4 more" {
		t.Errorf("of ten modules %q are named", many)
	}
}

func TestNotes(t *testing.T) {
	p := newProgram(t, nil)
	f := finding.Finding{Rule: "hotcall", Start: p.at("app.go", "call", "t.")}
	work := p.frame(pkg+"(*T).Work", "Work", "call")
	of := func(buildID string, frames ...string) *source {
		var stacks []stack
		for _, frame := range frames {
			stacks = append(stacks, stack{[]int64{1, 1}, frame})
		}
		raw := made(t, cpuTypes, stacks...)
		raw.Mapping[0].BuildID = buildID
		return sourceOf(t, "cpu"+buildID+".pprof", raw)
	}
	for _, tt := range []struct {
		name    string
		sources []*source
		want    string
	}{
		{"as they are", []*source{of("1", work), of("1", work), of("", work)}, ""},
		{"two builds", []*source{of("", work), of("1234567890abcdef", work), of("2", work)}, "cpu1234567890abcdef.pprof and cpu2.pprof are of different builds of the program (build ids 1234567890ab and 2)"},
		{"no samples", []*source{of("")}, "cpu.pprof holds no samples"},
		{"functions that are gone", []*source{of("", work, pkg+"Gone:3+2", pkg+"Gone.func1:3+2", "example.com/app/sub.Gone:3+2", "example.com/app/gone.F:3+2", "net/http.Gone:3+2")},
			"cpu.pprof is not of these sources: of 4 functions of this module in it, gone: 3; what"},
		{"a function that was longer", []*source{of("", work, pkg+"sink:30+20", pkg+"sink:31+20")}, "of 2 functions of this module in it, longer then, or elsewhere: 1; what"},
		{"what the compiler makes", []*source{of("", work, pkg+"init:3+2", pkg+"map.init.0:3+2", pkg+"_Cfunc_f:3+2", pkg+"F.gowrap1:3+2")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, rep := p.join(f, tt.sources...)
			if got := strings.Join(rep.Notes, "\n"); tt.want == "" && got != "" || !strings.Contains(got, tt.want) || strings.Count(got, "\n") > 0 {
				t.Errorf("notes %q, want %q", got, tt.want)
			}
			if len(rep.Problems) > 0 {
				t.Errorf("problems %+v", rep.Problems)
			}
		})
	}
}

// The test's own executable stands in for that of a service.
func TestBinary(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	set, err := Open("", nil, self)
	if err != nil {
		t.Fatal(err)
	}
	ours := Program{Modules: []Module{{Path: "github.com/lagvet/lagvet", Dir: t.TempDir()}}}
	id := set.binary.buildID
	if id == "" {
		t.Fatal("the executable of the test has no build id")
	}
	of := func(buildID string) *source {
		raw := made(t, goroutineTypes, stack{[]int64{1}, "github.com/lagvet/lagvet/cmd.F:2+1"})
		raw.Mapping[0].BuildID = buildID
		return sourceOf(t, "g.pprof", raw)
	}
	for _, tt := range []struct {
		name    string
		program Program
		source  *source
		want    string
	}{
		{"this build", ours, of(id), ""},
		{"no build id", ours, of(""), ""},
		{"another build", ours, of("0123456789abcdef"), "g.pprof is no evidence: it is of the build 0123456789ab, and " + self + " is " + id[:12]},
		{"another module", Program{Modules: []Module{{Path: "example.com/app"}}}, of(id), self + " is a program of module github.com/lagvet/lagvet, not of example.com/app"},
	} {
		set.sources = []*source{tt.source}
		rep := set.Join(t.Context(), tt.program)
		if got := len(rep.Problems); tt.want == "" && got > 0 || tt.want != "" && (got != 1 || !strings.Contains(rep.Problems[0].Message, tt.want)) {
			t.Errorf("%s: %+v", tt.name, rep.Problems)
		}
	}
	if _, err := Open("", nil, filepath.Join("set_test.go")); err == nil || !strings.Contains(err.Error(), "set_test.go") {
		t.Errorf("a source file for an executable: %v", err)
	}
}

// An executable of another commit than the one that is checked out is said.
func TestRevision(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"init", "-q"}, {"-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "--allow-empty", "-m", "m"}} {
		if out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git: %v\n%s", err, out)
		}
	}
	head := headOf(t.Context(), dir)
	if len(head) != 40 {
		t.Fatalf("HEAD is %q", head)
	}
	for _, tt := range []struct{ revision, modified, want string }{
		{head, "false", ""},
		{head, "true", "with changes that were not committed"},
		{strings.Repeat("0", 40), "false", "app was built from 000000000000, and these sources are of " + head[:12]},
		{"", "", ""},
	} {
		b := &executable{name: "app", buildID: "1", info: &debug.BuildInfo{
			Main:     debug.Module{Path: "example.com/app"},
			Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: tt.revision}, {Key: "vcs.modified", Value: tt.modified}},
		}}
		var rep Report
		if p := b.check(t.Context(), Program{Modules: []Module{{"example.com/app", dir}}}, &rep); p != nil {
			t.Errorf("%+v", p)
		}
		if got := strings.Join(rep.Notes, "\n"); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("built from %q, modified %q: notes %q, want %q", tt.revision, tt.modified, got, tt.want)
		}
	}
}

func TestIDOfNote(t *testing.T) {
	note := func(name, id string, n uint32) []byte {
		b := binary.LittleEndian.AppendUint32(nil, uint32(len(name)))
		b = binary.LittleEndian.AppendUint32(b, n)
		b = binary.LittleEndian.AppendUint32(b, 3)
		return append(append(b, name...), id...)
	}
	for name, tt := range map[string]struct {
		note []byte
		want string
	}{
		"a build id":       {note("GNU\x00", "\x01\xab", 2), "01ab"},
		"followed by more": {note("GNU\x00", "\x01\xab\x00\x00", 2), "01ab"},
		"cut off":          {note("GNU\x00", "\x01", 2), ""},
		"of somebody else": {note("ABC\x00", "\x01\xab", 2), ""},
		"of another name":  {note("GNUS\x00", "\x01\xab", 2), ""},
		"too long":         {note("GNU\x00", "\x01", 1<<31), ""},
		"nothing":          {nil, ""},
	} {
		if got := idOfNote(tt.note, binary.LittleEndian.Uint32); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
