package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/git/gittest"
)

// commit makes a repository of dir, or a further commit of all that is in it.
func commit(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
		gittest.Init(t, dir)
	}
	gittest.Dir{Path: dir}.Commit(t)
}

// git runs git in dir.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	gittest.Dir{Path: dir}.Run(t, args...)
}

// change writes files, and removes those whose text is empty.
func change(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	gittest.Dir{Path: dir}.Write(t, files)
}

// The parts of a program in which a function gets slow because of another.
const (
	serve = `package serve

import "example.com/shop/clock"

// Handle is in the way of each order.
//
//lagvet:nonblocking
func Handle() int { return clock.Now() }
`
	quick = "package clock\n\nfunc Now() int { return 1 }\n"
	slow  = "package clock\n\nimport \"time\"\n\nfunc Now() int {\n\ttime.Sleep(time.Millisecond)\n\treturn 1\n}\n"

	cold = `package cold

func Sum(n int) int {
	all := make([]int, 64)
	all[0] = n
	return keep(all)
}

var kept []int

func keep(all []int) int {
	kept = all
	return len(all)
}
`
)

func TestGate(t *testing.T) {
	hot := strings.Replace(cold, "func Sum", "//lagvet:hot\nfunc Sum", 1)
	const broken = "package broken\n\nfunc F() int { return undefined }\n"
	tests := []struct {
		name           string
		before, change map[string]string
		leave          bool // the change is not committed
		args           []string
		want           expect
	}{
		{
			name: "nothing changed",
			want: expect{stdout: []string{`^no new findings against main at [0-9a-f]{12} in 4 packages, .*; 2 known, 1 allowed, 1 excluded\.$`}, absent: []string{`hotdefer`}},
		},
		{
			name:   "nothing that is compiled changed",
			change: map[string]string{"README.md": "text\n", "files/files_test.go": "package files\n"},
			want:   expect{stdout: []string{`^no new findings against main at [0-9a-f]{12} in 4 packages, .*; 2 known, 1 allowed, 1 excluded\.$`}},
		},
		{
			name:   "a hazard in a new file",
			change: map[string]string{"clean/loop.go": loop("clean", "Loop")},
			want: expect{
				code:   1,
				stdout: []string{`^clean/loop\.go:8:3: .*\(hotdefer\)$`, `^1 new finding against main at [0-9a-f]{12} in 1 of 4 packages, .*; 2 known, `},
				absent: []string{`files\.go`},
			},
		},
		{
			name:   "not committed, and not known to git",
			change: map[string]string{"clean/loop.go": loop("clean", "Loop")},
			leave:  true,
			want:   expect{code: 1, stdout: []string{`^clean/loop\.go:8:3: .*\(hotdefer\)$`}},
		},
		{
			name:   "a callee begins to wait",
			before: map[string]string{"serve/serve.go": serve, "clock/clock.go": quick},
			change: map[string]string{"clock/clock.go": slow},
			want: expect{code: 1, stdout: []string{
				`^serve/serve\.go:8:\d+: .*\(hotblock\)$`,
				`^What hot functions cost, against main at [0-9a-f]{12}: \d+ more, 0 less\.$`,
				`^  \+ .*serve\.Handle: .*\(sleep\)$`,
				`^1 new finding `,
			}},
		},
		{
			name:   "and waits no longer",
			before: map[string]string{"serve/serve.go": serve, "clock/clock.go": slow},
			change: map[string]string{"clock/clock.go": quick},
			want:   expect{stdout: []string{`^  - .*serve\.Handle: .*\(sleep\)$`, `; 2 known, 1 fixed, `}},
		},
		{
			name:   "a function becomes hot",
			before: map[string]string{"cold/cold.go": cold},
			change: map[string]string{"cold/cold.go": hot},
			want: expect{code: 1, stdout: []string{
				`^cold/cold\.go:5:\d+: .*\(heapescape\)$`,
				`^What functions cost that became hot, or are hot no longer, against main at [0-9a-f]{12}: \d+ more, 0 less\.$`,
				`^  \+ cold/cold\.go:5:\d+: cold\.Sum: .*\(alloc\)$`,
			}},
		},
		{
			name:   "a function moves to another file and another package",
			before: map[string]string{"cold/cold.go": hot},
			change: map[string]string{"cold/cold.go": "", "warm/sum.go": strings.Replace(hot, "package cold", "package warm", 1)},
			want:   expect{stdout: []string{`^no new findings `, `; 3 known, `}, absent: []string{`heapescape`, `What hot`}},
		},
		{
			name:   "a file goes away",
			change: map[string]string{"files/files.go": ""},
			want:   expect{stdout: []string{`^no new findings .* in 3 packages, .*; 1 known, 1 fixed, `}},
		},
		{
			name:   "the base does not compile, and there is something to judge",
			before: map[string]string{"broken/broken.go": broken},
			change: map[string]string{"broken/broken.go": loop("broken", "F")},
			want:   expect{code: 3, stdout: []string{`^broken/broken\.go:8:3: .*\(hotdefer\)$`, `could not check: what is new may be old, for main could not be checked: .*undefined`}},
		},
		{
			name:   "the base does not compile, and that is mended",
			before: map[string]string{"broken/broken.go": broken},
			change: map[string]string{"broken/broken.go": "package broken\n"},
			want:   expect{stdout: []string{`^no new findings `}},
		},
		{
			name:   "the change does not compile",
			change: map[string]string{"broken/broken.go": broken},
			want:   expect{code: 3, stdout: []string{`could not check: .*undefined`}},
		},
		{
			name:   "the configuration changes",
			change: map[string]string{".lagvet.yml": "rules:\n  ctxless: off\n"},
			want:   expect{stdout: []string{`^\.lagvet\.yml: differs from main: both sides were judged by the configuration as it is now$`, `^no new findings `}},
		},
		{
			name:   "an allow is taken away",
			change: map[string]string{"files/files.go": strings.ReplaceAll(read(t, "../../testdata/cli/files/files.go"), "//lagvet:allow", "// once allowed:")},
			want:   expect{code: 1, stdout: []string{`^files/files\.go:\d+:\d+: .*\(hotdefer\)$`, `^1 new finding `}},
		},
		{
			name:   "names with spaces, hyphens and other letters",
			change: map[string]string{"clean/größe - ein satz.go": loop("clean", "Loop")},
			want:   expect{code: 1, stdout: []string{`^clean/größe - ein satz\.go:8:3: .*\(hotdefer\)$`, `^1 new finding `}},
		},
		{
			name: "what the base embeds is gone",
			before: map[string]string{
				"page/page.go":  "package page\n\nimport _ \"embed\"\n\n//go:embed page.txt\nvar Text string\n",
				"page/page.txt": "text\n",
			},
			change: map[string]string{"page/page.go": loop("page", "Loop"), "page/page.txt": ""},
			want:   expect{code: 1, stdout: []string{`^page/page\.go:8:3: .*\(hotdefer\)$`, `^1 new finding .*; 2 known, `}},
		},
		{
			name:   "what imports what has changed",
			before: map[string]string{"serve/serve.go": serve, "clock/clock.go": quick},
			change: map[string]string{"clock/clock.go": "", "clock/now/now.go": strings.Replace(quick, "package clock", "package now", 1), "serve/serve.go": strings.NewReplacer("shop/clock", "shop/clock/now", "clock.Now", "now.Now").Replace(serve)},
			want:   expect{stdout: []string{`^no new findings .*; 2 known, `}},
		},
		{
			name: "the module has another name, and asks for another language",
			change: map[string]string{
				"go.mod":        "module example.com/store\n\ngo 1.25\n",
				"clean/loop.go": loop("clean", "Loop"),
			},
			want: expect{code: 1, stdout: []string{`^clean/loop\.go:8:3: .*\(hotdefer\)$`, `^1 new finding .*; 2 known, `}, absent: []string{"What hot", "What functions"}},
		},
		{
			name:   "line ends",
			change: map[string]string{"files/files.go": strings.ReplaceAll(read(t, "../../testdata/cli/files/files.go"), "\n", "\r\n")},
			want:   expect{stdout: []string{`^no new findings .*; 2 known, `}},
		},
		{
			name:   "of a severity that is let pass",
			before: map[string]string{".lagvet.yml": "policy:\n  gate:\n    severity: high\n"},
			change: map[string]string{"clean/loop.go": loop("clean", "Loop")},
			want: expect{stdout: []string{
				`^let pass: clean/loop\.go:8:3: .*\(hotdefer\)$`, `^no new findings .*; 3 known, 1 let pass, `,
			}},
		},
		{
			name:   "of a tier that is let pass",
			before: map[string]string{".lagvet.yml": "policy: {gate: {tier: proven}}\n", "cold/cold.go": cold},
			change: map[string]string{"clean/loop.go": loop("clean", "Loop"), "cold/cold.go": hot},
			want: expect{code: 1, stdout: []string{
				`^cold/cold\.go:5:\d+: .*\(heapescape\)$`, `^let pass: clean/loop\.go:8:3: .*\(hotdefer\)$`, `^1 new finding .*, 1 let pass, `,
			}},
		},
		{
			name:   "a package goes, with its directory",
			before: map[string]string{"gone/gone.go": "package gone\n\nfunc F() {}\n", "clean/uses.go": "package clean\n\nimport \"example.com/shop/gone\"\n\nfunc Uses() { gone.F() }\n"},
			change: map[string]string{"gone/gone.go": "", "clean/uses.go": loop("clean", "Loop")},
			want:   expect{code: 1, stdout: []string{`^clean/uses\.go:8:3: .*\(hotdefer\)$`, `^1 new finding .*; 2 known, 1 allowed, 1 excluded\.$`}},
		},
		{
			name: "a name that the base does not have",
			args: []string{"--base", "origin/other"},
			want: expect{code: 3, stdout: []string{`could not check: nothing was checked: the base origin/other is not in this clone`, `mend: git fetch origin other:refs/remotes/origin/other`}},
		},
		{
			name: "nothing to compare with",
			args: []string{"--base", ""},
			want: expect{code: 2, stderr: []string{`nothing to compare with: name a commit with --base`}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := shop(t, tt.before)
			commit(t, dir)
			git(t, dir, "switch", "-q", "-c", "change")
			change(t, dir, tt.change)
			if !tt.leave && len(tt.change) > 0 {
				commit(t, dir)
			}
			r := lagvet(t, dir, append([]string{"gate", "--no-canary", "--base", "main"}, tt.args...)...)
			tt.want.check(t, r)
		})
	}
}

// The repository lies below a directory of another name, is entered by a link to a
// directory within it, and has a file that git ignores and that the program needs.
func TestGatePlaces(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "größe und - mehr")
	dir := filepath.Join(root, "services", "shop")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", "cli"))); err != nil {
		t.Fatal(err)
	}
	change(t, dir, map[string]string{
		"clean/generated.go":  "package clean\n\nfunc Generated() {}\n",
		"clean/uses.go":       "package clean\n\nfunc Uses() { Generated() }\n",
		"../../.gitignore":    "generated.go\n",
		"../../docs/notes.md": "notes\n",
	})
	commit(t, root)
	change(t, dir, map[string]string{
		"clean/uses.go":       loop("clean", "Loop"),
		"../../docs/notes.md": "",
	})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{dir, link} {
		want := expect{code: 1, stdout: []string{`^clean/uses\.go:8:3: .*\(hotdefer\)$`, `^1 new finding against HEAD at .*; 2 known, `}}
		want.check(t, lagvet(t, from, "gate", "--no-canary", "--base", "HEAD"))
	}
	want := expect{code: 1, stdout: []string{`^services/shop/clean/uses\.go:8:3: .*\(hotdefer\)$`, `; 2 known, `}}
	want.check(t, lagvet(t, root, "gate", "--no-canary", "--base", "HEAD", "-C", filepath.Join("services", "shop")))
}

// A change moves a module that is vendored. The go command reads the list of them past
// an overlay.
func TestGateVendored(t *testing.T) {
	t.Parallel()
	module := func(version string) string {
		return "module example.com/shop\n\ngo 1.26\n\nrequire example.com/clock " + version + "\n"
	}
	list := func(version string) string {
		return "# example.com/clock " + version + "\n## explicit; go 1.26\nexample.com/clock\n"
	}
	root := t.TempDir()
	dir := filepath.Join(root, "services", "shop")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", "cli"))); err != nil {
		t.Fatal(err)
	}
	change(t, dir, map[string]string{
		"go.mod":                            module("v1.0.0"),
		"vendor/modules.txt":                list("v1.0.0"),
		"vendor/example.com/clock/clock.go": quick,
		"serve/serve.go":                    strings.ReplaceAll(serve, "example.com/shop/clock", "example.com/clock"),
		"match/match.go":                    "package match\n\nfunc Match() *int { return new(int) }\n",
		".lagvet.yml":                       "exclude:\n  - {path: legacy, reason: it goes away}\npolicy: {packages: {\"match/**\": noalloc}}\n",
	})
	commit(t, root)
	change(t, dir, map[string]string{
		"go.mod":                            module("v1.1.0"),
		"vendor/modules.txt":                list("v1.1.0"),
		"vendor/example.com/clock/clock.go": slow,
	})
	expect{code: 1, stdout: []string{
		`^serve/serve\.go:8:\d+: .*\(hotblock\)$`,
		`^What hot functions cost, against HEAD at [0-9a-f]{12}: \d+ more, 0 less\.$`,
		`^1 new finding against HEAD at .*; 3 known, 1 allowed, 1 excluded\.$`,
	}}.check(t, lagvet(t, dir, "gate", "--no-canary", "--base", "HEAD"))
	expect{code: 1, stdout: []string{`^services/shop/serve/serve\.go:8:`, `; 3 known, 1 allowed, 1 excluded\.$`}}.
		check(t, lagvet(t, root, "gate", "--no-canary", "--base", "HEAD", "-C", filepath.Join("services", "shop"), filepath.Join(dir, "...")))

	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	expect{code: 3, stdout: []string{`leads into .* by a link`, `mend: run lagvet in the repository itself$`}}.
		check(t, lagvet(t, link, "gate", "--no-canary", "--base", "HEAD"))
}

// Without the commit there is no verdict, and what to do is said.
func TestGateShallow(t *testing.T) {
	t.Parallel()
	dir := shop(t, nil)
	commit(t, dir)
	git(t, dir, "switch", "-q", "-c", "change")
	for _, name := range []string{"One", "Two"} {
		change(t, dir, map[string]string{"clean/" + name + ".go": loop("clean", name)})
		commit(t, dir)
	}
	git(t, dir, "switch", "-q", "main")
	change(t, dir, map[string]string{"clean/main.go": loop("clean", "Main")})
	commit(t, dir)

	shallow := filepath.Join(t.TempDir(), "shallow")
	git(t, t.TempDir(), "clone", "-q", "--depth=1", "--branch=change", "file://"+filepath.ToSlash(dir), shallow)
	gate := func() result { return lagvet(t, shallow, "gate", "--no-canary", "--base", "origin/main") }
	expect{code: 3, stdout: []string{
		`could not check: nothing was checked: the base origin/main is not in this clone, which is shallow`,
		`mend: git fetch origin main:refs/remotes/origin/main \(and fetch-depth: 0`,
	}}.check(t, gate())

	git(t, shallow, "fetch", "-q", "--depth=1", "origin", "main:refs/remotes/origin/main")
	expect{code: 3, stdout: []string{
		`could not check: nothing was checked: where HEAD left origin/main is not known: this clone is shallow`,
		`mend: git fetch --unshallow`,
	}}.check(t, gate())

	git(t, shallow, "fetch", "-q", "--unshallow", "origin")
	expect{code: 1, stdout: []string{`^2 new findings against origin/main at `}, absent: []string{`clean/main\.go`}}.check(t, gate())
}

func TestGateOutsideRepository(t *testing.T) {
	t.Parallel()
	want := expect{code: 3, stdout: []string{`could not check: nothing was checked: the base cannot be found: .*not a git repository`, `mend: run lagvet in a git repository, or compare with a file`}}
	want.check(t, lagvet(t, shop(t, nil), "gate", "--no-canary", "--base", "main"))
}

// What a baseline holds is let pass, wherever it has moved; what it holds and is no
// longer found is told.
func TestGateBaseline(t *testing.T) {
	t.Parallel()
	dir := shop(t, map[string]string{"cold/cold.go": strings.Replace(cold, "func Sum", "//lagvet:hot\nfunc Sum", 1)})
	expect{stdout: []string{`^lagvet\.baseline\.json: 3 findings, 3 of them new$`}}.check(t, lagvet(t, dir, "baseline", "write"))
	gate := func(args ...string) result {
		return lagvet(t, dir, append([]string{"gate", "--no-canary", "--baseline", "lagvet.baseline.json"}, args...)...)
	}
	expect{stdout: []string{`^no new findings against lagvet\.baseline\.json in 5 packages, .*; 3 known, `}, absent: []string{"stale", "What hot"}}.check(t, gate())

	commit(t, dir)
	change(t, dir, map[string]string{
		"clean/loop.go":  loop("clean", "Loop"),
		"files/files.go": "package files\n",
		"cold/cold.go":   strings.Replace(cold, "func Sum(n int) int {\n", "//lagvet:hot\nfunc Sum(n int) int {\n\tkept = append([]int{}, kept...)\n", 1),
	})
	expect{
		code: 1,
		stdout: []string{
			`^clean/loop\.go:8:3: .*\(hotdefer\)$`,
			`^  \+ cold/cold\.go:5:\d+: cold\.Sum: .*\(alloc\)$`,
			`^files/files\.go: hotdefer no longer occurs in .*files\.`,
			`^    mend: lagvet baseline prune$`,
			`new findings? against lagvet\.baseline\.json in \d of 5 packages, .*; 2 known, 1 stale, `,
		},
	}.check(t, gate())
	expect{
		code:   1,
		stdout: []string{`^1 new finding against HEAD at [0-9a-f]{12} and lagvet\.baseline\.json in `},
	}.check(t, gate("--base", "HEAD"))
	// A part of the module shows nothing of what is stale in another.
	expect{stdout: []string{`^no new findings `}, absent: []string{"no longer occurs", "What hot"}}.check(t, gate("./files"))

	change(t, dir, map[string]string{"clean/loop.go": "", ".lagvet.yml": read(t, dir, ".lagvet.yml") + "policy: {gate: {prune: true}}\n"})
	expect{code: 1, stdout: []string{`^no new findings .*; 2 known, 1 stale`}}.check(t, gate())
	expect{stdout: []string{`^files/files\.go: Stat: .*\(hotdefer\)$`, `^lagvet\.baseline\.json: 1 no longer occur`}}.check(t, lagvet(t, dir, "baseline", "prune"))
	expect{stdout: []string{`^no new findings .*; 2 known`}, absent: []string{"stale"}}.check(t, gate())

	write(t, filepath.Join(dir, "lagvet.baseline.json"), "{")
	expect{code: 2, stderr: []string{`lagvet: the baseline lagvet\.baseline\.json ends in the middle`}}.check(t, gate())
	if got := read(t, dir, "lagvet.baseline.json"); got != "{" {
		t.Errorf("a baseline that cannot be read was replaced: %s", got)
	}
	expect{code: 2, stderr: []string{`lagvet: reading the baseline: open none\.json: no such file`}}.check(t, gate("--baseline", "none.json"))
}
