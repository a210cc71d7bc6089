package hotpath_test

import (
	"bytes"
	"go/ast"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// analyse runs the analyzer, given a profile, over a module under testdata.
// It returns what it says of each package, and what is hot, by name.
func analyse(t *testing.T, module, profile string) (infos map[string]*analysis.Pass, hot map[string]*hotpath.Hotness) {
	t.Helper()
	if err := hotpath.Analyzer.Flags.Set(hotpath.ProfileFlag, profile); err != nil {
		t.Fatal(err)
	}
	defer hotpath.Analyzer.Flags.Set(hotpath.ProfileFlag, "")
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax, Dir: module}, "./...")
	if err != nil || packages.PrintErrors(pkgs) > 0 {
		t.Fatalf("loading %s: %v", module, err)
	}
	infos, hot = make(map[string]*analysis.Pass), make(map[string]*hotpath.Hotness)
	collect := &analysis.Analyzer{
		Name:     "collect",
		Doc:      "collect what is hot",
		Requires: []*analysis.Analyzer{hotpath.Analyzer, funcs.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			infos[pass.Pkg.Path()] = pass
			for _, f := range info(pass).Functions() {
				hot[f.Name] = f.Hot
			}
			return nil, nil
		},
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{collect}, pkgs, &checker.Options{Sequential: true})
	if err != nil {
		t.Fatal(err)
	}
	for act := range graph.All() {
		if act.Err != nil {
			t.Fatal(act, act.Err)
		}
	}
	return infos, hot
}

func info(pass *analysis.Pass) *hotpath.Info { return pass.ResultOf[hotpath.Analyzer].(*hotpath.Info) }

// TestRealProfile takes a profile of a program and finds its hot functions.
func TestRealProfile(t *testing.T) {
	dir := t.TempDir()
	module := filepath.Join("testdata", "busy")
	binary, raw := filepath.Join(dir, "busy"), filepath.Join(dir, "cpu.pprof")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Dir = module
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	if out, err := exec.Command(binary, raw).CombinedOutput(); err != nil {
		t.Fatalf("running the program: %v\n%s", err, out)
	}
	digest := filepath.Join(dir, "cpu.digest")
	writeDigest(t, raw, digest)

	want := []string{
		"(*example.com/busy/jobs.Table).Lookup",
		"example.com/busy.step.func1",
		"example.com/busy/jobs.Adder.func1",
		"example.com/busy/jobs.Checked",
		"example.com/busy/jobs.Sum",
		"example.com/busy/jobs.Total",
		"example.com/busy/jobs.init.func1",
	}
	for _, profile := range []string{raw, digest} {
		passes, hot := analyse(t, module, profile)
		if got := slices.Sorted(maps.Keys(hot)); !slices.Equal(got, want) {
			t.Errorf("with %s hot are\n\t%s\nwant\n\t%s", filepath.Base(profile), strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
			continue
		}
		for name, h := range hot {
			// Seven functions share the time, one of them in two instances.
			if h.Source != hotpath.FromProfile || h.Share < 0.03 || h.Share > 0.5 || !strings.HasSuffix(h.Detail, " % of CPU in cpu.pprof") {
				t.Errorf("%s: %+v", name, *h)
			}
		}
		for path, pass := range passes {
			m := info(pass).Matches()
			if len(m) != 1 || m[0].Profile != "cpu.pprof" || m[0].Functions == 0 {
				t.Errorf("%s matches %v", path, m)
			}
		}
		checkBranches(t, passes["example.com/busy/jobs"])
	}
}

// checkBranches looks at Checked: the profile shows its error branch at work,
// but not the branch within that.
func checkBranches(t *testing.T, pass *analysis.Pass) {
	t.Helper()
	for _, f := range pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs {
		if f.Obj == nil || f.Obj.Name() != "Checked" {
			continue
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Tok.String() == "=" && info(pass).HotAt(n.Pos()) == nil {
					t.Error("the error branch that is at work is cold")
				} else if h := info(pass).HotAt(n.Pos()); n.Tok.String() == "=" && (h.Line <= 0 || !strings.Contains(h.Detail, " on this line")) {
					t.Errorf("the busy line is %q, share %v", h.Detail, h.Line)
				}
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "rare" && !info(pass).Cold(n.Pos()) {
					t.Error("the branch without samples is not cold")
				}
			}
			return true
		})
	}
}

func writeDigest(t *testing.T, raw, digest string) {
	t.Helper()
	in, err := os.Open(raw)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var out bytes.Buffer
	if err := hotpath.Digest(&out, filepath.Base(raw), in); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(digest, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}
