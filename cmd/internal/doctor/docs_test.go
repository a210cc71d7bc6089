package doctor

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

var update = flag.Bool("update", false, "write docs/checks.md anew")

// docs/checks.md is generated, and committed because users read it there.
func TestChecksPage(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "checks.md")
	want := checksPage(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("docs/checks.md is not current (%v): run make docs", err)
	}
}

const checksHead = `<!-- Made by make docs from the checks, the profiles and the tests; edits here are lost. -->

# The checks of lagvet doctor

What the words mean is in [runtimecheck](runtimecheck.md). *Needs* is what it takes to see
it of a process of another user; nothing where it is empty. The evidence is the best there
is: a value that is only declared, or inferred, says so in its line. Where a profile
requires nothing the cell is empty, and the verdict is NOT_APPLICABLE, for information.
**FAIL** marks what fails a check, else it is WARN.
`

// checksPage returns the text of docs/checks.md.
func checksPage(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(checksHead)
	profiles := make(map[string]*posture.Profile)
	for _, name := range posture.Names() {
		p, err := posture.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		profiles[name] = p
	}
	specs := runtimecheck.Specs()
	for _, group := range Groups() {
		fmt.Fprintf(&b, "\n## %s\n\nTested with %s.\n\n| check | what it is | seen in | evidence | needs | %s |\n|---|---|---|---|%s\n",
			group, tested(t, group), strings.Join(posture.Names(), " | "), strings.Repeat("---|", 1+len(profiles)))
		for _, s := range specs {
			if s.Group() != group {
				continue
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |", s.ID, cell(s.What), cell(s.Where), s.Grade, cell(s.Needs))
			for _, name := range posture.Names() {
				fmt.Fprintf(&b, " %s |", requirement(profiles[name], s))
			}
			b.WriteByte('\n')
		}
		sources(&b, group, profiles)
	}
	return b.String()
}

func requirement(p *posture.Profile, s posture.Spec) string {
	q, ok := p.Checks[s.ID]
	if !ok {
		return ""
	}
	text := cell(q.String(s.Unit))
	if q.Otherwise == posture.Fail {
		text += " **FAIL**"
	}
	return text
}

// sources writes who requires what of a group, and what speaks against it: once, where
// the profiles say the same.
func sources(b *strings.Builder, group string, profiles map[string]*posture.Profile) {
	var lines []string
	for _, s := range runtimecheck.Specs() {
		if s.Group() != group {
			continue
		}
		var said []string
		for _, name := range posture.Names() {
			if q, ok := profiles[name].Checks[s.ID]; ok {
				text := cell(q.Source)
				if q.Doubt != "" {
					text += "; doubt: " + cell(q.Doubt)
				}
				if !slices.Contains(said, text) {
					said = append(said, text)
				}
			}
		}
		if len(said) > 0 {
			lines = append(lines, fmt.Sprintf("- `%s`: %s\n", s.ID, strings.Join(said, ". ")))
		}
	}
	if len(lines) > 0 {
		b.WriteString("\nRequired by:\n\n" + strings.Join(lines, ""))
	}
}

// cell returns s fit for a cell of a Markdown table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "<", "&lt;", "_", `\_`, "\n", " ").Replace(s)
}

var (
	usesTree = regexp.MustCompile(`fixture\.(Tree|Files|Kernel)\b|target\.Target\{System: fixture`)
	usesLive = regexp.MustCompile(`live\.Start\(|system\.Here\(\)`)
	usesFuzz = regexp.MustCompile(`(?m)^func (Fuzz\w+)`)
)

// tested says how the probe of a group is tested, as its tests show.
func tested(t *testing.T, group string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "runtimecheck", "internal", group, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no tests: %v", group, err)
	}
	var text strings.Builder
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(data)
	}
	var how []string
	if usesTree.MatchString(text.String()) {
		how = append(how, "fixture trees")
	}
	if usesLive.MatchString(text.String()) {
		how = append(how, "the machine that the tests run on")
	}
	if strings.Contains(text.String(), "live.Start(") {
		how[len(how)-1] = "real Go processes"
	}
	for _, m := range usesFuzz.FindAllStringSubmatch(text.String(), -1) {
		how = append(how, m[1])
	}
	return cmp.Or(strings.Join(how, ", "), "tables")
}

// The page for users names what there is.
func TestRuntimecheckPage(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "runtimecheck.md"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, names := range [][]string{Formats(), FailOns(), posture.Names(), Groups()} {
		for _, name := range names {
			if !strings.Contains(text, "`"+name+"`") {
				t.Errorf("docs/runtimecheck.md does not name %s", name)
			}
		}
	}
	for _, v := range posture.Verdicts() {
		if !strings.Contains(text, "| "+string(v)+" |") {
			t.Errorf("docs/runtimecheck.md does not say what %s is", v)
		}
	}
	for _, g := range []posture.Grade{posture.Kernel, posture.Runtime, posture.Declared, posture.Heuristic} {
		if !strings.Contains(text, "| "+string(g)+" |") {
			t.Errorf("docs/runtimecheck.md does not say what %s is", g)
		}
	}
}

// The profile in the page is one that can be loaded.
func TestDocumentedProfile(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "runtimecheck.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(data), "```yaml\nname: ")
	code, _, ok2 := strings.Cut(rest, "```")
	if !ok || !ok2 {
		t.Fatal("there is no profile in the page")
	}
	file := filepath.Join(t.TempDir(), "ours.yml")
	if err := os.WriteFile(file, []byte("name: "+code), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err := posture.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runtimecheck.Host(p); err != nil {
		t.Error(err)
	}
}
