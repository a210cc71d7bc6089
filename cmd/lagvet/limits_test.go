package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// matcher is a module with functions that cost something.
var matcher = map[string]string{
	"go.mod": "module example.com/m\n\ngo 1.26\n",
	"internal/match/match.go": `package match

import "sync"

type Order struct{ Price int64 }

var (
	mu   sync.Mutex
	kept *Order
)

func Match(p int64) {
	keep(p)
}

func keep(p int64) {
	kept = &Order{Price: p}
}

func Cancel() {
	mu.Lock()
	defer mu.Unlock()
	kept = nil
}

//lagvet:hot
func Drain(names []string) {
	//lagvet:allow hotalloc -- it is called once a day
	done := make(chan string, len(names))
	close(done)
}
`,
	"free/free.go": "package free\n\nfunc F() *int { return new(int) }\n",
}

// limited writes a module with a configuration.
func limited(t *testing.T, config string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range matcher {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	write(t, filepath.Join(dir, ".lagvet.yml"), config)
	return dir
}

func TestLimits(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config string
		args   []string
		want   expect
	}{
		{
			name:   "within the budget",
			config: "budgets:\n  - {func: example.com/m/internal/match/..., allocs: 1, defers: 1, effects: [alloc, lock]}\n",
			want: expect{
				code:   0,
				stdout: []string{`^no findings in 2 packages`},
			},
		},
		{
			name:   "over the budget",
			config: "budgets:\n  - {func: example.com/m/internal/match/..., allocs: 9}\n  - {func: example.com/m/internal/match.*, defers: 0, effects: none}\n  - {func: example.com/m/internal/match.Match, allocs: 0}\n",
			want: expect{
				code: 1,
				stdout: []string{
					`^internal/match/match\.go:12:6: Match makes 1 allocation in a call, and its budget is 0: .* \(budget\)$`,
					`^    match\.go:13:2  calls keep$`,
					`^    match\.go:17:9  &Order\{\.\.\.\} escapes to heap in every call$`,
					`^    mend: .*lagvet explain budget$`,
					`^internal/match/match\.go:20:6: Cancel makes 1 defer in a call, and its budget is 0: .* \(budget\)$`,
					`^internal/match/match\.go:20:6: Cancel has the effect lock, by \(\*sync\.Mutex\)\.Lock, and its budget permits none: .* \(budget\)$`,
				},
				absent: []string{`keep (makes|has)`, `Match has`, `keep can`},
			},
		},
		{
			name:   "a budget for nobody",
			config: "budgets:\n  - {func: example.com/m/internal/match.Cancel, allocs: 0}\n  - {func: example.com/m/internal/match.Gone, allocs: 0}\n",
			want: expect{
				code: 3,
				stdout: []string{
					`^\.lagvet\.yml:3:5: could not check: the budget of example\.com/m/internal/match\.Gone names no function of the packages that were checked`,
				},
				absent: []string{`match\.Cancel names`},
			},
		},
		{
			name:   "of whom the run does not tell",
			config: "budgets:\n  - {func: example.com/m/internal/match.Gone, allocs: 0}\n",
			args:   []string{"./free"},
			want: expect{
				code:   0,
				absent: []string{`names no function`},
			},
		},
		{
			name:   "a rule that is off",
			config: "rules: {budget: off, policy: off}\nbudgets:\n  - {func: example.com/m/internal/match.Match, allocs: 0}\n  - {func: example.com/m/internal/match.Gone, allocs: 0}\npolicy:\n  packages:\n    internal/gone: nonblocking\n",
			want: expect{
				code:   0,
				stdout: []string{`^no findings`},
			},
		},
		{
			name:   "a policy in one line",
			config: "policy:\n  packages:\n    internal/match/**: nonblocking\n",
			want: expect{
				code:   1,
				stdout: []string{`^internal/match/match\.go:21:2: Cancel waits for a lock here, by \(\*sync\.Mutex\)\.Lock, and the policy for internal/match/\*\* forbids it \(policy\)$`},
			},
		},
		{
			name:   "a policy on allocations and directives",
			config: "policy:\n  packages:\n    - {path: internal/match/match.go, require: noalloc, forbid: noalloc, reason: the loop}\n",
			want: expect{
				code: 1,
				stdout: []string{
					`^internal/match/match\.go:12:6: Match carries no //lagvet:noalloc, and the policy for internal/match/match\.go requires it of each exported function \(the loop\): .* \(policy\)$`,
					`^internal/match/match\.go:17:9: keep allocates here in every call \(&Order\{\.\.\.\} escapes to heap\), and the policy for internal/match/match\.go forbids it \(the loop\) \(policy\)$`,
				},
				absent: []string{`free\.go`, `keep carries`},
			},
		},
		{
			name:   "a policy for nobody",
			config: "policy:\n  packages:\n    internal/matching/**: nonblocking\n",
			want: expect{
				code:   3,
				stdout: []string{`^\.lagvet\.yml:3:5: could not check: the policy for internal/matching/\*\* covers no Go file`},
			},
		},
		{
			name:   "no history that tells how old an allow is",
			config: "policy: {allow: {max-age: 1d}}\n",
			want: expect{
				code:   3,
				stdout: []string{`^could not check: how old 1 allow directive is is not known: git rev-parse: not a git repository`},
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := limited(t, tt.config)
			t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(dir))
			args := tt.args
			if args == nil {
				args = []string{"./..."}
			}
			tt.want.check(t, lagvet(t, dir, append([]string{"check", "--no-canary"}, args...)...))
		})
	}
}

// Run by go vet, the tool holds functions to their budgets as well.
func TestLimitsUnderGoVet(t *testing.T) {
	dir := limited(t, "budgets:\n  - {func: example.com/m/internal/match.Match, allocs: 0}\npolicy:\n  packages:\n    internal/match/**: nonblocking\n")
	cmd := exec.CommandContext(t.Context(), "go", "vet", "-vettool="+self, "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir)
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("go vet says that all is well:\n%s", out)
	}
	for _, want := range []string{"Match makes 1 allocation in a call", "Cancel waits for a lock here"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("go vet does not say %q:\n%s", want, out)
		}
	}
}

// An allow that is older than the configuration permits is a finding, and one that is
// not committed is not. That it was there before excuses none: it has grown too old since.
func TestOldAllow(t *testing.T) {
	dir := limited(t, "policy: {allow: {max-age: 1w}}\n")
	check := func(want expect, command ...string) {
		t.Helper()
		want.check(t, lagvet(t, dir, append(command, "--no-canary", "./...")...))
	}
	git(t, dir, "init", "-q", "-b", "main")
	check(expect{stdout: []string{`1 allowed`}, absent: []string{`days old`}}, "check")
	t.Setenv("GIT_AUTHOR_DATE", "2020-02-03T00:00:00Z")
	commit(t, dir)
	const old = `^internal/match/match\.go:28:2: this allow of hotalloc is \d+ days old, and may be 7: since 2020-02-03 nobody has asked whether its reason still holds \(policy\)$`
	check(expect{code: 1, stdout: []string{old, `1 allowed`}}, "check")
	check(expect{code: 1, stdout: []string{old, `^1 new finding against main`}}, "gate", "--base", "main")
	change(t, dir, map[string]string{"internal/match/match.go": "// Package match is matched.\n" + matcher["internal/match/match.go"]})
	check(expect{code: 1, stdout: []string{strings.Replace(old, ":28:", ":29:", 1)}}, "check")
	check(expect{code: 1, stdout: []string{strings.Replace(old, ":28:", ":29:", 1), `^1 new finding against main`}}, "gate", "--base", "main")
}

// What a change adds beyond a budget is new; a budget for what the change adds names
// nobody in the base, and need not.
func TestLimitsInGate(t *testing.T) {
	dir := limited(t, "budgets:\n  - {func: example.com/m/internal/match.Match, allocs: 1}\n  - {func: example.com/m/internal/match.New, allocs: 0}\n")
	commit(t, dir)
	change(t, dir, map[string]string{"internal/match/new.go": "package match\n\nfunc New() { keep(1) }\n"})
	want := expect{code: 1, stdout: []string{`^internal/match/new\.go:3:6: New makes 1 allocation in a call, and its budget is 0: .* \(budget\)$`, `^1 new finding against main`}, absent: []string{`could not check`}}
	want.check(t, lagvet(t, dir, "gate", "--no-canary", "--base", "main", "./..."))
	text := strings.Replace(matcher["internal/match/match.go"], "\tkeep(p)\n", "\tkeep(p)\n\tkeep(p + 1)\n", 1)
	change(t, dir, map[string]string{"internal/match/new.go": "package match\n\nfunc New() {}\n", "internal/match/match.go": text})
	want = expect{code: 1, stdout: []string{`^internal/match/match\.go:12:6: Match makes 2 allocations in a call, and its budget is 1: `, `^1 new finding against main`}}
	want.check(t, lagvet(t, dir, "gate", "--no-canary", "--base", "main", "./..."))
}
