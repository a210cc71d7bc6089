package analyzers_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/limits"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/notices"
)

// closure returns the analyzers of all rules, notices, and all that they require,
// by name. Two analyzers of one name fail the test: hosts tell them apart by it.
func closure(t *testing.T) map[string]*analysis.Analyzer {
	t.Helper()
	found := make(map[string]*analysis.Analyzer)
	var visit func(a *analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if known, ok := found[a.Name]; ok {
			if known != a {
				t.Errorf("two analyzers are called %s", a.Name)
			}
			return
		}
		found[a.Name] = a
		for _, r := range a.Requires {
			visit(r)
		}
	}
	for _, r := range analyzers.All() {
		visit(r.Analyzer)
	}
	visit(notices.Analyzer)
	return found
}

// ours leaves out the analyzers that are not lagvet's.
func ours(as map[string]*analysis.Analyzer) []*analysis.Analyzer {
	rules := make(map[string]bool)
	for _, r := range analyzers.All() {
		rules[r.Name] = true
	}
	var own []*analysis.Analyzer
	for _, name := range slices.Sorted(maps.Keys(as)) {
		if rules[name] || strings.HasPrefix(name, "lagvet") {
			own = append(own, as[name])
		}
	}
	return own
}

// exporters returns the packages below this directory that export a variable
// Analyzer, by which nogo finds what it is to run.
func exporters(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		files, err := filepath.Glob(filepath.Join(e.Name(), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range f.Decls {
				if gen, ok := d.(*ast.GenDecl); ok && gen.Tok == token.VAR && gen.Specs[0].(*ast.ValueSpec).Names[0].Name == "Analyzer" {
					found = append(found, e.Name())
				}
			}
		}
	}
	return found
}

// Each rule is the variable Analyzer of the package of its name.
func TestPackages(t *testing.T) {
	packages := exporters(t)
	for _, r := range analyzers.All() {
		if !slices.Contains(packages, r.Name) {
			t.Errorf("there is no package %s that exports a variable Analyzer", r.Name)
		}
	}
	for _, name := range []string{"directive", "effects", "escape", "hotpath", "lifetimes", "notices"} {
		if !slices.Contains(packages, name) {
			t.Errorf("package %s exports no variable Analyzer", name)
		}
	}
}

// What hosts ask of analyzers: flags that need not be set, results of the type that
// is declared, and facts declared by who has them.
func TestAnalyzers(t *testing.T) {
	all := closure(t)
	if err := analysis.Validate(slices.Collect(maps.Values(all))); err != nil {
		t.Error(err)
	}
	own := ours(all)
	if len(own) < 25 {
		t.Fatalf("only %d analyzers", len(own))
	}
	for _, a := range own {
		if a.Doc == "" {
			t.Errorf("%s has no documentation", a.Name)
		}
		if a.ResultType == nil && a != analyzers.Notices {
			t.Errorf("%s has no result", a.Name)
		}
		a.Flags.VisitAll(func(f *flag.Flag) {
			if f.Value.String() != f.DefValue {
				t.Errorf("-%s.%s is %q, not its default %q", a.Name, f.Name, f.Value, f.DefValue)
			}
			if err := f.Value.Set(f.DefValue); err != nil {
				t.Errorf("-%s.%s cannot be set to its default: %v", a.Name, f.Name, err)
			}
		})
	}
}

// Facts survive the encoding by which nogo hands them from package to package.
func TestFacts(t *testing.T) {
	all := closure(t)
	facts := 0
	for _, a := range ours(all) {
		for _, f := range a.FactTypes {
			facts++
			gob.Register(f)
			if _, ok := f.(*effects.Fact); ok {
				continue // an encoding of its own, tested there
			}
			r := rand.New(rand.NewPCG(1, uint64(facts)))
			for range 20 {
				v := reflect.New(reflect.TypeOf(f).Elem())
				fill(t, r, v.Elem(), 0)
				roundTrip(t, a.Name, v.Interface().(analysis.Fact))
			}
		}
	}
	if facts < 9 {
		t.Errorf("only %d types of facts", facts)
	}
}

// fill sets all of a fact, of which gob sees the exported fields only.
func fill(t *testing.T, r *rand.Rand, v reflect.Value, depth int) {
	t.Helper()
	const deep = 12 // of a type that holds itself
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(1 + r.IntN(100)))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(uint64(1 + r.IntN(100)))
	case reflect.String:
		v.SetString(strings.Repeat("x", 1+r.IntN(4)))
	case reflect.Pointer:
		if depth > deep {
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, r, v.Elem(), depth+1)
	case reflect.Slice:
		if depth > deep {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1+r.IntN(3), 3))
		for i := range v.Len() {
			fill(t, r, v.Index(i), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				t.Fatalf("%v has the field %s, which gob leaves out", v.Type(), v.Type().Field(i).Name)
			}
			fill(t, r, v.Field(i), depth+1)
		}
	default:
		t.Fatalf("a fact holds a %v", v.Type())
	}
}

func roundTrip(t *testing.T, name string, f analysis.Fact) {
	t.Helper()
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode([]analysis.Fact{f}); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var got []analysis.Fact
	if err := gob.NewDecoder(&buf).Decode(&got); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(got) != 1 || !reflect.DeepEqual(got[0], f) {
		t.Errorf("%s: %+v becomes %+v", name, f, got)
	}
}

// A bareHost runs analyzers over one package as nogo does, but in this process: it
// gives them no module, no reader of files and no facts of what is imported.
type bareHost struct {
	t       *testing.T
	pass    analysis.Pass
	results map[*analysis.Analyzer]any
	said    map[string][]string // messages by analyzer
	facts   map[string]int      // facts of functions and types, by analyzer
}

// result runs an analyzer and those that it requires.
func (h *bareHost) result(a *analysis.Analyzer) any {
	if res, ok := h.results[a]; ok {
		return res
	}
	pass := h.pass
	pass.Analyzer = a
	pass.ResultOf = make(map[*analysis.Analyzer]any)
	for _, r := range a.Requires {
		pass.ResultOf[r] = h.result(r)
	}
	pass.Report = func(d analysis.Diagnostic) { h.said[a.Name] = append(h.said[a.Name], d.Message) }
	pass.ImportObjectFact = func(types.Object, analysis.Fact) bool { return false }
	pass.ImportPackageFact = func(*types.Package, analysis.Fact) bool { return false }
	pass.ExportObjectFact = func(_ types.Object, f analysis.Fact) {
		h.declared(a, f)
		h.facts[a.Name]++
	}
	pass.ExportPackageFact = func(f analysis.Fact) { h.declared(a, f) }
	pass.AllObjectFacts = func() []analysis.ObjectFact { return nil }
	pass.AllPackageFacts = func() []analysis.PackageFact { return nil }
	res, err := a.Run(&pass)
	if err != nil {
		h.t.Fatalf("%s: %v", a.Name, err)
	}
	if got := reflect.TypeOf(res); got != a.ResultType {
		h.t.Errorf("%s returns a %v, not a %v", a.Name, got, a.ResultType)
	}
	h.results[a] = res
	return res
}

// declared fails unless a has declared facts of that type: a host drops others.
func (h *bareHost) declared(a *analysis.Analyzer, f analysis.Fact) {
	if !slices.ContainsFunc(a.FactTypes, func(d analysis.Fact) bool { return reflect.TypeOf(d) == reflect.TypeOf(f) }) {
		h.t.Errorf("%s exports a %T, which it does not declare", a.Name, f)
	}
}

// What can be told without module, files and facts is told all the same: all but
// what the compiler has to say, what is only suspected, and what goes by the version of
// the language, of which that host says nothing.
func TestBareHost(t *testing.T) {
	const told = `{"budgets": [{"func": "lagvet.invalid/canary.Redial", "effects": []}], "packages": [{"import": "lagvet.invalid/canary", "forbid": ["wallclock"]}]}`
	if err := limits.Analyzer.Flags.Set(limits.Flag, told); err != nil {
		t.Fatal(err)
	}
	defer limits.Analyzer.Flags.Set(limits.Flag, "")
	h := load(t, canary(t), ".")
	silent := []string{"heapescape", "linkname"}
	for _, r := range analyzers.All() {
		h.result(r.Analyzer)
		if found := h.said[r.Name] != nil; found != (r.Tier != rule.Suspected && !slices.Contains(silent, r.Name)) {
			t.Errorf("%s reports %q", r.Name, h.said[r.Name])
		}
	}
	h.result(notices.Analyzer)
	if said := h.said[notices.Analyzer.Name]; len(said) != 2 || !strings.HasPrefix(said[0], "not checked: heapescape: ") || !strings.HasPrefix(said[1], "not checked: budget: ") {
		t.Errorf("of what could not be checked it is said %q", said)
	}
	for _, a := range []*analysis.Analyzer{directive.Analyzer, effects.Analyzer, hotpath.Analyzer} {
		if said := h.said[a.Name]; said != nil {
			t.Errorf("%s says %q", a.Name, said)
		}
	}
}

// canary returns a directory with the module that has a hazard for each rule.
func canary(t *testing.T) string {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("..", "cmd", "internal", "engine", "testdata", "canary.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range a.Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// No rule goes by facts of functions of the standard library: a host that does not
// analyse it has none, and one that does must not find anything else. What is known of
// it stands in tables, that of package effects among them.
func TestNoFactsOfStd(t *testing.T) {
	for _, path := range []string{"context", "database/sql", "net/http", "os/exec", "sync", "time"} {
		h := load(t, ".", path)
		for _, r := range analyzers.All() {
			h.result(r.Analyzer)
		}
		for _, a := range ours(closure(t)) {
			if h.facts[a.Name] > 0 {
				t.Errorf("%s has facts of %d functions of %s", a.Name, h.facts[a.Name], path)
			}
		}
	}
}

// load type-checks a package from its source and from the export data of what it
// imports.
func load(t *testing.T, dir, pattern string) *bareHost {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles,ImportMap", pattern)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	type listed struct {
		ImportPath, Dir, Export string
		GoFiles                 []string
		ImportMap               map[string]string // of vendored packages
	}
	export := make(map[string]string)
	var last listed
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		last = listed{}
		if err := dec.Decode(&last); err != nil {
			t.Fatal(err)
		}
		export[last.ImportPath] = last.Export
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range last.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(last.Dir, name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Instances:    make(map[*ast.Ident]types.Instance),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Scopes:       make(map[ast.Node]*types.Scope),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		FileVersions: make(map[*ast.File]string),
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if mapped, ok := last.ImportMap[path]; ok {
			path = mapped
		}
		if export[path] == "" {
			return nil, fmt.Errorf("there is no export data of %s", path)
		}
		return os.Open(export[path])
	})}
	pkg, err := conf.Check(last.ImportPath, fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	return &bareHost{
		t:       t,
		pass:    analysis.Pass{Fset: fset, Files: files, Pkg: pkg, TypesInfo: info, TypesSizes: types.SizesFor("gc", "amd64")},
		results: make(map[*analysis.Analyzer]any),
		said:    make(map[string][]string),
		facts:   make(map[string]int),
	}
}

// example is the directory of what docs/hosts/bazel.md shows.
var example = filepath.Join("..", "testdata", "hosts", "bazel")

// The BUILD file of the documentation has every rule but that which needs the
// compiler, each once.
func TestBazelDeps(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(example, "BUILD.bazel.example"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile(`"@com_github_lagvet_lagvet//analyzers/(\w+)"`).FindAllStringSubmatch(string(data), -1) {
		got = append(got, m[1])
	}
	want := []string{"effects", "hotpath", "notices"}
	for _, r := range analyzers.All() {
		if r.Name != "heapescape" {
			want = append(want, r.Name)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the BUILD file has %v, not %v", got, want)
	}
}

// The configuration of the documentation names analyzers and flags that there are.
// nogo passes over analyzers that it does not know without a word.
func TestBazelConfig(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(example, "nogo.json"))
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]struct {
		Flags map[string]string `json:"analyzer_flags"`
	}
	if err := json.Unmarshal(data, &config); err != nil {
		t.Fatal(err)
	}
	all := closure(t)
	for name, c := range config {
		if name == "_base" {
			continue
		}
		a := all[name]
		if a == nil {
			t.Errorf("there is no analyzer %s", name)
			continue
		}
		for flag := range c.Flags {
			if a.Flags.Lookup(flag) == nil {
				t.Errorf("%s has no flag %s", name, flag)
			}
		}
	}
}
