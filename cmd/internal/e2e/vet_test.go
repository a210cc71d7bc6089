//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The go commands before and after the one that builds lagvet. They are named, for
// the newest of today would test something else tomorrow.
const (
	older = "go1.25.14"
	newer = "go1.27.4"
)

// toolchains are the go commands that run lagvet as their vet tool, each with a
// lagvet that a toolchain at least as new has built.
func toolchains(t *testing.T) []process {
	return []process{
		{env: []string{"GOTOOLCHAIN=" + older}},
		{env: []string{"GOTOOLCHAIN=local"}},
		{env: []string{"GOTOOLCHAIN=" + newer}},
	}
}

// tool returns the lagvet for a go command.
func tool(t *testing.T, p process) string {
	t.Helper()
	if p.env[0] != "GOTOOLCHAIN="+newer {
		return lagvet
	}
	bin := filepath.Join(t.TempDir(), "lagvet")
	process{dir: root, env: p.env}.must(t, "go", "build", "-trimpath", "-o", bin, "./cmd/lagvet")
	return bin
}

func TestVet(t *testing.T) {
	for _, p := range toolchains(t) {
		t.Run(strings.TrimPrefix(p.env[0], "GOTOOLCHAIN="), func(t *testing.T) {
			fetch(t, p)
			bin := tool(t, p)
			p.dir = module(t)
			if p.env[0] == "GOTOOLCHAIN="+older {
				edit(t, p.dir, "go.mod", "go 1.26", "go 1.25")
				edit(t, p.dir, "wire/go.mod", "go 1.26", "go 1.25")
			}
			vetText(t, p, bin)
			vetJSON(t, p, bin)
			if p.env[0] != "GOTOOLCHAIN="+older { // whose go vet has no -fix
				vetFix(t, p, bin)
				goFix(t, p, bin)
			}
		})
	}
}

// fetch has the go command fetch the toolchain now: it says so, once, among what the
// command prints that first needs it.
func fetch(t *testing.T, p process) {
	t.Helper()
	p.must(t, "go", "version")
}

// go vet fails if it finds something, and shows chains below the findings.
func vetText(t *testing.T, p process, bin string) {
	t.Helper()
	_, text, code := script(t, p, bin, "vet.sh")
	if code != 1 {
		t.Errorf("go vet with findings: exit code %d, want 1\n%s", code, text)
	}
	compare(t, "go vet", readVetText(t, p.dir, text), expected(t), nameless)

	if out, errs, code := p.run(t, "go", "vet", "-vettool="+bin, "./quiet"); code != 0 || out+errs != "" {
		t.Errorf("go vet without findings: exit code %d\n%s%s", code, out, errs)
	}
}

// nameless is a finding with its chain, as go vet shows it: without the rule.
func nameless(f Finding) string { f.Rule = ""; return whole(f) }

// script runs a script of the documentation, in which lagvet is on the path.
func script(t *testing.T, p process, bin, name string) (stdout, stderr string, code int) {
	t.Helper()
	p.env = append(p.env, "PATH="+filepath.Dir(bin)+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return p.run(t, "sh", filepath.Join(checkout(t), "testdata", "hosts", "go-vet", name))
}

// readVetText reads what go vet prints: chains stand below findings.
func readVetText(t *testing.T, dir, text string) []Finding {
	t.Helper()
	var got []Finding
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		posn, message, ok := strings.Cut(line, ": ")
		switch rest, below := strings.CutPrefix(message, "\t"); {
		case strings.HasPrefix(line, "# "):
		case !ok:
			t.Errorf("go vet says %q", line)
		case !below:
			got = append(got, Finding{Place: relative(t, dir, posn), Message: message})
		default:
			last := &got[len(got)-1]
			if s, ok := step(t, dir, posn, rest); ok {
				last.Chain = append(last.Chain, s)
			}
		}
	}
	return got
}

// go vet -json tells the rules, and succeeds whatever it finds.
func vetJSON(t *testing.T, p process, bin string) {
	t.Helper()
	out, errs, code := p.run(t, "go", "vet", "-json", "-vettool="+bin, "./...")
	if code != 0 {
		t.Fatalf("go vet -json: exit code %d\n%s", code, errs)
	}
	compare(t, "go vet -json", readVet(t, p.dir, out+errs), expected(t), whole)
}

// comment matches the lines that name packages in what go vet -json prints.
var comment = regexp.MustCompile(`(?m)^#.*\n`)

// readVet reads what go vet -json prints: an object for each package.
func readVet(t *testing.T, dir, text string) []Finding {
	t.Helper()
	var fs []Finding
	dec := json.NewDecoder(strings.NewReader(comment.ReplaceAllString(text, "")))
	for dec.More() {
		var unit map[string]map[string][]struct {
			Posn, Message string
			Related       []struct{ Posn, Message string }
		}
		if err := dec.Decode(&unit); err != nil {
			t.Fatalf("reading what go vet -json printed: %v\n%s", err, text)
		}
		for _, rules := range unit {
			for rule, ds := range rules {
				for _, d := range ds {
					f := Finding{Place: relative(t, dir, d.Posn), Rule: rule, Message: d.Message}
					for _, r := range d.Related {
						if s, ok := step(t, dir, r.Posn, r.Message); ok {
							f.Chain = append(f.Chain, s)
						}
					}
					fs = append(fs, f)
				}
			}
		}
	}
	return fs
}

// go vet -fix mends what can be mended, and the result compiles.
func vetFix(t *testing.T, p process, bin string) {
	t.Helper()
	const was, is = `regexp.MustCompile(` + "`^[A-Z]{2}-\\d+$`" + `).MatchString`, "cancelRE.MatchString"
	file := filepath.Join(p.dir, "gateway", "gateway.go")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	diff, _, _ := script(t, p, bin, "diff.sh")
	if !strings.Contains(diff, "-	if !"+was) || !strings.Contains(diff, "+	if !"+is) {
		t.Errorf("go vet -fix -diff prints\n%s", diff)
	}
	script(t, p, bin, "fix.sh")
	mended(t, p, was, is)
	if err := os.WriteFile(file, before, 0o666); err != nil {
		t.Fatal(err)
	}
}

// go fix does the same with its own flag.
func goFix(t *testing.T, p process, bin string) {
	t.Helper()
	if out, errs, code := script(t, p, bin, "gofix.sh"); code != 0 {
		t.Errorf("go fix: exit code %d\n%s%s", code, out, errs)
	}
	mended(t, p, `if !regexp.MustCompile`, "if !cancelRE.MatchString")
}

// mended checks that the gateway was mended.
func mended(t *testing.T, p process, was, is string) {
	t.Helper()
	after, err := os.ReadFile(filepath.Join(p.dir, "gateway", "gateway.go"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(after), was) || !strings.Contains(string(after), is) {
		t.Errorf("the gateway is not mended:\n%s", after)
	}
	p.must(t, "go", "build", "./...")
}

// A lagvet that an older Go has built says so once, and that it must be rebuilt.
func TestVetNewerThanTool(t *testing.T) {
	p := process{dir: module(t), env: []string{"GOTOOLCHAIN=" + newer}}
	fetch(t, p)
	_, errs, code := p.run(t, "go", "vet", "-vettool="+lagvet, "./...")
	const want = "lagvet: nothing was checked: lagvet was built with go1.26, this module is checked by go1.27, whose standard library it may not understand; " +
		"rebuild it: GOTOOLCHAIN=" + newer + " go install github.com/lagvet/lagvet/cmd/lagvet@latest\n"
	if code == 0 || !strings.HasPrefix(errs, want) || strings.Count(errs, "\n") > 3 {
		t.Errorf("exit code %d, standard error:\n%s", code, errs)
	}
}

// A module's own tools need not be installed.
func TestVetTool(t *testing.T) {
	p := process{dir: module(t), env: []string{"GOFLAGS=-mod=mod"}}
	p.must(t, "go", "mod", "edit", "-replace=github.com/lagvet/lagvet="+checkout(t),
		"-require=github.com/lagvet/lagvet@v0.0.0", "-tool=github.com/lagvet/lagvet/cmd/lagvet")
	p.must(t, "go", "mod", "tidy")
	_, text, code := script(t, p, lagvet, "tool.sh")
	if code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	compare(t, "go vet with a tool of the module", readVetText(t, p.dir, text), expected(t), nameless)
}

// A profile named on go vet's command line makes code hot, and another profile is
// seen though the code is the same.
func TestVetProfile(t *testing.T) {
	p := process{dir: module(t)}
	for _, tt := range []struct {
		function string
		line     int64
		more     int
	}{{"Rank", 69, 1}, {"Prices", 34, 0}} {
		writeProfile(t, filepath.Join(p.dir, "cpu.pprof"), tt.function, tt.line)
		_, text, _ := script(t, p, lagvet, "profile.sh")
		got := readVetText(t, p.dir, text)
		if len(got) != len(expected(t))+tt.more {
			t.Errorf("with a profile of %s there are %d findings:\n%s", tt.function, len(got), show(got, nameless))
		}
	}
}

// The configuration decides what go vet is told: tiers, excludes and limits too.
func TestVetConfiguration(t *testing.T) {
	dir := module(t)
	want := configured(t, dir)
	out, errs, _ := process{dir: dir}.run(t, "go", "vet", "-json", "-vettool="+lagvet, "./...")
	compare(t, "go vet", readVet(t, dir, out+errs), want, whole)
}
