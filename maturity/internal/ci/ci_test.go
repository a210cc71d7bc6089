package ci

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/treetest"
	"github.com/lagvet/lagvet/maturity/verdict"
)

func collect(t *testing.T, archive string) *Result {
	t.Helper()
	return Collect(treetest.Open(t, archive))
}

// describe prints the gates that matter, one a line.
func describe(r *Result) string {
	var b strings.Builder
	for i := range r.Gates {
		g := &r.Gates[i]
		switch g.Argv[0] {
		case "echo", "make", "git", "sleep":
			continue
		}
		fmt.Fprintf(&b, "%s: %s | %s", g.Place, g.Text, g.On)
		for _, part := range []struct{ name, text string }{
			{"maybe", g.Maybe.String()}, {"if", g.If}, {"note", g.Note}, {"why", g.Why}, {"unread", g.Unread}, {"dir", strings.TrimSuffix(g.Dir, ".")},
		} {
			if part.text != "" {
				fmt.Fprintf(&b, " [%s %s]", part.name, part.text)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestProviders(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			a := txtar.Parse(data)
			r := collect(t, string(data))
			if got, want := describe(r), strings.TrimLeft(string(a.Comment), "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
			for _, p := range r.Problems {
				t.Errorf("problem: %+v", p)
			}
			if again := collect(t, string(data)); !reflect.DeepEqual(again.Gates, r.Gates) {
				t.Error("the same files make other gates")
			}
		})
	}
}

// workflow is a workflow of GitHub for pull requests and pushes with these steps.
func workflow(steps string) string {
	return "-- go.mod --\nmodule example.com/m\n-- a_test.go --\npackage m\n-- b/b_test.go --\npackage b\n" +
		"-- .github/workflows/ci.yml --\non: [push, pull_request]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n" + steps
}

func TestRace(t *testing.T) {
	for _, tt := range []struct {
		name, files string
		want        verdict.Status
		reason      string
	}{
		{"whole", workflow("      - run: go test -race ./...\n"), verdict.Pass, "tests run under the race detector before each merge, and on what is released"},
		{"by import path", workflow("      - run: go test -race example.com/m/...\n"), verdict.Pass, ""},
		{"by list", workflow("      - run: go test -race $(go list ./... | grep -v e2e)\n"), verdict.Pass, ""},
		{"by GOFLAGS", workflow("      - run: go test ./...\n        env: {GOFLAGS: -race}\n"), verdict.Pass, ""},
		{"gotestsum", workflow("      - run: go run gotest.tools/gotestsum@v1.12.0 --format short -- -race ./...\n"), verdict.Pass, ""},
		{"gotestsum by list", workflow("      - run: gotestsum --packages=\"$(go list ./... | grep -v '/e2e')\" -- -cover -race -args -dir=x\n"), verdict.Pass, ""},
		{"makefile", workflow("      - run: make race\n") + "-- Makefile --\nrace:\n\tgo test -race ./...\n", verdict.Pass, ""},
		{"part", workflow("      - run: go test -race ./b\n"), verdict.Fail, "the race detector runs in 1 of 2 directories with tests before merges: not in ."},
		{"parts", workflow("      - run: go test -race ./b\n      - run: go test -race .\n"), verdict.Pass, ""},
		{"by name", workflow("      - run: go test -race -run Fast ./...\n"), verdict.Unknown, "picked by name"},
		{"none", workflow("      - run: go test ./...\n"), verdict.Fail, "nothing runs `go test -race` in the one file of continuous integration"},
		{"build only", workflow("      - run: go build -race ./...\n"), verdict.Fail, "nothing runs"},
		{"printed only", workflow("      - run: echo go test -race ./...\n"), verdict.Fail, "nothing runs"},
		{"compiled only", workflow("      - run: go test -race -c ./...\n"), verdict.Fail, "nothing runs"},
		{"unknown flag", workflow("      - run: go test ${{ vars.FLAGS }} ./...\n"), verdict.Unknown, "it depends on ${{ vars.FLAGS }}"},
		{"unknown package", workflow("      - run: go test ./$PKG\n"), verdict.Fail, "nothing runs"},
		{"or true", workflow("      - run: go test -race ./... || true\n"), verdict.Fail, "its failure stops nothing: `|| true` takes its failure away"},
		{"piped", workflow("      - run: go test -race ./... | tee log\n"), verdict.Fail, "without `pipefail`"},
		{"piped in bash", workflow("      - run: go test -race ./... | tee log\n        shell: bash\n"), verdict.Pass, ""},
		{"continue-on-error", workflow("      - run: go test -race ./...\n        continue-on-error: true\n"), verdict.Fail, "`continue-on-error` on the step"},
		{"if false", workflow("      - run: go test -race ./...\n        if: false\n"), verdict.Fail, "nothing runs"},
		{"not on pull requests", workflow("      - run: go test -race ./...\n        if: github.event_name != 'pull_request'\n"), verdict.Fail, "not before each merge"},
		{"only on pull requests", workflow("      - run: go test -race ./...\n        if: github.event_name == 'pull_request'\n"), verdict.Pass, "before each merge, and not again on what is released"},
		{"unknown condition", workflow("      - run: go test -race ./...\n        if: vars.RACE == 'yes'\n"), verdict.Unknown, "it depends on `vars.RACE == 'yes'`"},
		{"for files that changed", workflow("      - run: go test -race ./...\n        if: steps.changes.outputs.go == 'true'\n"), verdict.Pass, "where `steps.changes.outputs.go == 'true'`"},
		{"a script from elsewhere", workflow("      - run: curl https://example.com/test.sh | bash -s\n"), verdict.Fail, "nothing runs"},
		{"no test", workflow("      - run: go test -race -run=^$ ./...\n"), verdict.Fail, "nothing runs"},
		{"an action from elsewhere", workflow("      - uses: example/go-test@v1\n"), verdict.Unknown, "runs an action of another repository"},
		{"one of a repository called ci", workflow("      - uses: example/ci/checkout@v1\n"), verdict.Fail, "nothing runs"},
		{"one of it that may test", workflow("      - uses: example/ci/test@v1\n"), verdict.Unknown, "runs an action of another repository"},
		{"one of a community", workflow("      - uses: example-community/scan@v1\n"), verdict.Fail, "nothing runs"},
		{"units", workflow("      - uses: example/go-units@v1\n"), verdict.Unknown, "runs an action of another repository"},
		{"one that is called ci", workflow("      - uses: example/ci@v1\n"), verdict.Unknown, "runs an action of another repository"},
		{"a second gate that is weak", workflow("      - run: go test -race ./... || true\n      - run: go test -race ./...\n"), verdict.Pass, ""},
		{"another repository", workflow("      - uses: actions/checkout@v4\n        with: {repository: other/one}\n      - run: go test -race ./...\n"), verdict.Fail, "nothing runs"},
		{"a module within", workflow("      - run: go test -race ./...\n        working-directory: in\n") + "-- in/go.mod --\nmodule example.com/in\n", verdict.Fail, "nothing runs"},
		{"no integration", "-- go.mod --\nmodule m\n", verdict.Fail, "the repository configures no continuous integration"},
		{"Travis", "-- .travis.yml --\nlanguage: go\n", verdict.Unknown, ".travis.yml configures a host that is not read here"},
		{"Prow", workflow("      - run: go build\n") + "-- OWNERS --\napprovers: [a]\n", verdict.Unknown, "Prow"},
		{"Prow's file beside tests that run", workflow("      - run: go test ./...\n") + "-- OWNERS --\napprovers: [a]\n", verdict.Fail, "nothing runs"},
		{"Prow's file beside some tests", workflow("      - run: go test -run Fast ./...\n") + "-- OWNERS --\napprovers: [a]\n", verdict.Unknown, "Prow"},
		{"for forks, and on pushes", forks("github.event_name == 'push' || github.event.pull_request.head.repo.full_name != github.repository"), verdict.Pass, ""},
		{"for forks by flag, and on pushes", forks("github.event_name == 'push' || github.event.pull_request.head.repo.fork"), verdict.Pass, ""},
		{"for forks alone", forks("github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name != github.repository"), verdict.Fail, "nothing runs `go test -race`"},
		{"broken", workflow("      - run: [\n"), verdict.Unknown, "not all of continuous integration could be read"},
		{"broken script", workflow("      - run: if true; then\n"), verdict.Unknown, "this shell script cannot be read"},
		{"tags too", "-- .github/workflows/a.yml --\non: {pull_request: , push: {tags: ['v*']}}\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: go test -race ./...\n", verdict.Pass, ""},
		{"a branch that another workflow calls main", "-- .github/workflows/a.yml --\non: {pull_request: {branches: [master, v9]}, push: {branches: [master]}}\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: go test -race ./...\n-- .github/workflows/b.yml --\non: {push: {branches: [main]}}\njobs: {}\n", verdict.Pass, ""},
		{"closed only", "-- .github/workflows/a.yml --\non: {pull_request: {types: [closed]}, push: }\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: go test -race ./...\n", verdict.Fail, "not before each merge"},
		{"nightly", "-- .github/workflows/a.yml --\non: {schedule: [{cron: '0 0 * * *'}]}\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: go test -race ./...\n", verdict.Fail, "runs on a schedule, not before each merge"},
		{"docs only", "-- a.go --\npackage a\n-- .github/workflows/a.yml --\non: {pull_request: {paths: ['docs/**']}, push: }\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: go test -race ./...\n", verdict.Fail, "not before each merge"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := collect(t, tt.files).Race()
			if got.Status != tt.want || !strings.Contains(got.Reason, tt.reason) {
				t.Errorf("%s: %s\nwant %s: …%s…", got.Status, got.Reason, tt.want, tt.reason)
			}
			if got.Status == verdict.Pass && (len(got.Proofs) == 0 || got.Proofs[0].Line == 0) {
				t.Error("a pass without proof")
			}
		})
	}
}

// forks is a workflow of pushes and pull requests with a job that runs if a condition
// holds.
func forks(cond string) string {
	return "-- go.mod --\nmodule m\n-- .github/workflows/a.yml --\non: [push, pull_request]\njobs:\n  test:\n    if: " + cond + "\n    runs-on: x\n    steps:\n      - run: go test -race ./...\n"
}

// What another repository configures may be of any kind.
func TestElsewhere(t *testing.T) {
	const tests = "-- go.mod --\nmodule m\n-- a_test.go --\npackage m\n"
	for _, tt := range []struct{ name, files, want string }{
		{"an include of GitLab", "-- .gitlab-ci.yml --\ninclude: {project: a/ci, file: lint.yml}\nx: {script: [go build]}\n", "includes a configuration from elsewhere, a/ci"},
		{"a pipeline of a library of Jenkins", "-- Jenkinsfile --\n// Builds it.\nbuildGo(\n  testScript: 'make test',\n)\n", "a library of Jenkins that is not here makes the whole pipeline, buildGo"},
		{"a library's block", "-- Jenkinsfile --\n@Library('x') _\nservicePipeline {\n  name = 'm'\n}\n", "servicePipeline"},
		{"a pipeline of its own", "-- Jenkinsfile --\nnotify()\nnode {\n  build()\n}\n", ""},
		{"a script of its own", "-- Jenkinsfile --\nproperties([])\nstage('x') {\n  sh 'go build'\n}\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := collect(t, tests+tt.files)
			want := verdict.Unknown
			if tt.want == "" {
				want = verdict.Fail
			}
			for _, got := range []verdict.Result{r.Race(), r.Vulnerabilities(), r.FaultTest(), r.Tidy(), r.GateOn(RuleLint, true, false)} {
				if got.Status != want || !strings.Contains(got.Reason, tt.want) {
					t.Errorf("got %s: %s", got.Status, got.Reason)
				}
			}
		})
	}
}

// So may a script that is not followed to its end.
func TestAny(t *testing.T) {
	for _, any := range []bool{false, true} {
		r := collect(t, workflow("      - run: go build\n"))
		r.Gates = append(r.Gates, Gate{Argv: []string{"work"}, Unread: "runs more than is followed here", Any: any, On: PullRequest})
		want := map[bool]verdict.Status{false: verdict.Fail, true: verdict.Unknown}[any]
		for _, got := range []verdict.Result{r.FaultTest(), r.Race(), r.ModVerify()} {
			if got.Status != want {
				t.Errorf("any=%t: %s: %s", any, got.Status, got.Reason)
			}
		}
	}
}

func TestGoVersions(t *testing.T) {
	const onTag, onMerge = "on: {push: {tags: ['v*']}}\n", "on: {pull_request: }\n"
	steps := func(on, job, steps string) string {
		return on + "jobs:\n  build:\n    runs-on: x\n" + job + "    steps:\n" + steps
	}
	setup := func(version string) string {
		return "      - uses: actions/setup-go@v6\n        with: {" + version + "}\n"
	}
	for _, tt := range []struct{ name, files, want string }{
		{"plain", "-- .github/workflows/a.yml --\n" + steps(onTag, "", setup("go-version: '1.26'")), "a.yml:6: 1.26"},
		{"matrix", "-- .github/workflows/a.yml --\n" + steps(onTag, "    strategy: {matrix: {go: ['1.25', stable]}}\n", setup("go-version: '${{ matrix.go }}'")), "a.yml:7: 1.25 a.yml:7: stable"},
		{"releases before all else", "-- .github/workflows/a.yml --\n" + steps(onMerge, "", setup("go-version: '1.24'")) + "-- .github/workflows/b.yml --\n" + steps(onTag, "", setup("go-version: '1.26'")), "b.yml:6: 1.26"},
		{"merges if there is nothing else", "-- .github/workflows/a.yml --\n" + steps(onMerge, "", setup("go-version: '1.24'")), "a.yml:6: 1.24"},
		{"file", "-- .go-version --\n1.26.5\n-- .github/workflows/a.yml --\n" + steps(onTag, "", setup("go-version-file: .go-version")), "a.yml:6: 1.26.5"},
		{"image", "-- .github/workflows/a.yml --\n" + steps(onTag, "    container: {image: 'quay.io/prometheus/golang-builder:1.26-base'}\n", "      - run: make\n"), "a.yml:5: 1.26"},
		{"not known", "-- .github/workflows/a.yml --\n" + steps(onTag, "", setup("go-version: '${{ vars.GO }}'")), ""},
		{"none", "-- .github/workflows/a.yml --\n" + steps(onTag, "    container: alpine:3.24\n", "      - run: make\n"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range collect(t, "-- go.mod --\nmodule m\n"+tt.files).GoVersions() {
				got = append(got, fmt.Sprintf("%s:%d: %s", filepath.Base(p.File), p.Line, p.Text))
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestGates(t *testing.T) {
	all := func(on bool) func(string) (bool, verdict.Place) {
		return func(string) (bool, verdict.Place) { return on, verdict.Place{File: ".golangci.yml", Line: 3} }
	}
	for _, tt := range []struct {
		name, steps, files string
		check              func(*Result) verdict.Result
		want               verdict.Status
		reason             string
	}{
		{"tidy -diff", "      - run: go mod tidy -diff\n", "", (*Result).Tidy, verdict.Pass, ""},
		{"tidy and diff", "      - run: |\n          go mod tidy\n          git diff --exit-code go.mod go.sum\n", "", (*Result).Tidy, verdict.Pass, ""},
		{"tidy and status in two steps", "      - run: go mod tidy\n      - run: test -z \"$(git status --porcelain)\"\n", "", (*Result).Tidy, verdict.Pass, ""},
		{"tidy and diff of other files", "      - run: |\n          go mod tidy\n          git diff --exit-code docs\n", "", (*Result).Tidy, verdict.Fail, "nothing runs"},
		{"tidy and diff that only prints", "      - run: |\n          go mod tidy\n          git diff\n", "", (*Result).Tidy, verdict.Fail, "nothing runs"},
		{"tidy of a copy, and diff", "      - run: |\n          cp -R . /tmp/copy\n          go -C /tmp/copy mod tidy\n          diff -r -u -q . /tmp/copy\n", "", (*Result).Tidy, verdict.Pass, ""},
		{"verify elsewhere", "      - run: go -C /tmp/copy mod verify\n", "", (*Result).ModVerify, verdict.Pass, ""},
		{"tidy alone", "      - run: go mod tidy\n", "", (*Result).Tidy, verdict.Fail, "nothing runs"},
		{"diff that nobody minds", "      - run: |\n          go mod tidy\n          git diff --exit-code || echo dirty\n", "", (*Result).Tidy, verdict.Fail, "`|| echo dirty` takes its failure away"},
		{"verify", "      - run: go mod verify\n", "", (*Result).ModVerify, verdict.Pass, ""},
		{"no verify", "      - run: go mod download\n", "", (*Result).ModVerify, verdict.Fail, "nothing runs `go mod verify`"},
		{"govulncheck", "      - run: go run golang.org/x/vuln/cmd/govulncheck@latest ./...\n", "", (*Result).Vulnerabilities, verdict.Pass, ""},
		{"govulncheck in SARIF", "      - run: govulncheck -format sarif ./... > out\n", "", (*Result).Vulnerabilities, verdict.Fail, "succeeds whatever it finds"},
		{"govulncheck's action", "      - uses: golang/govulncheck-action@v1\n", "", (*Result).Vulnerabilities, verdict.Pass, ""},
		{"govulncheck's action in SARIF", "      - uses: golang/govulncheck-action@v1\n        with: {output-format: sarif}\n", "", (*Result).Vulnerabilities, verdict.Fail, "succeeds whatever it finds"},
		{"an action that is checked out", "      - uses: actions/checkout@v4\n        with: {repository: example/security-scanner, path: ./scanner}\n      - uses: ./scanner\n", "", (*Result).Vulnerabilities, verdict.Unknown, "example/security-scanner"},
		{"trivy that only reports", "      - uses: aquasecurity/trivy-action@v0\n", "", (*Result).Vulnerabilities, verdict.Fail, "`exit-code`"},
		{"a scanner's image", "      - run: docker run --rm -v \"$PWD:/src\" ghcr.io/example/osv-scanner:latest scan source --lockfile=/src/go.mod\n", "", (*Result).Vulnerabilities, verdict.Pass, ""},
		{"a scanner's image that only reports", "      - run: docker run --rm aquasec/trivy fs .\n", "", (*Result).Vulnerabilities, verdict.Fail, "succeeds whatever it finds"},
		{"a volume called like a scanner", "      - run: docker run --rm --name trivy -v trivy:/root -v /var/trivy -v data/trivy:/var/trivy example/app:v1 scan\n", "", (*Result).Vulnerabilities, verdict.Fail, "nothing runs"},
		{"a scanner's image that is built", "      - run: docker build -t trivy .\n", "", (*Result).Vulnerabilities, verdict.Fail, "nothing runs"},
		{"lagvet", "      - run: go tool lagvet check ./...\n", "", func(r *Result) verdict.Result { return r.Lagvet([]string{"lockblock"}) }, verdict.Pass, "with the rules lockblock"},
		{"a lint of Dockerfiles", "      - uses: hadolint/hadolint-action@v3\n", "", func(r *Result) verdict.Result { return r.Lagvet(nil) }, verdict.Fail, "nothing runs `lagvet check`"},
		{"lagvet with one rule", "      - run: lagvet gate --rule lostcancel ./...\n", "", func(r *Result) verdict.Result { return r.Lagvet([]string{"lockblock"}) }, verdict.Fail, "without its rule lockblock"},
		{"lagvet with a rule off", "      - run: lagvet check --disable=lockblock ./...\n", "", func(r *Result) verdict.Result { return r.Lagvet([]string{"lockblock"}) }, verdict.Fail, "without its rule lockblock"},
		{"lagvet as vettool", "      - run: go vet -vettool=$(which lagvet) ./...\n", "", func(r *Result) verdict.Result { return r.Lagvet(nil) }, verdict.Pass, ""},
		{"no lagvet", "      - run: go vet ./...\n", "", func(r *Result) verdict.Result { return r.Lagvet(nil) }, verdict.Fail, "nothing runs `lagvet check`"},
		{"linters", "      - uses: golangci/golangci-lint-action@v8\n", "", func(r *Result) verdict.Result { return r.Linters([]string{"govet", "errcheck"}, all(true)) }, verdict.Pass, "govet and errcheck run before"},
		{"linter off", "      - uses: golangci/golangci-lint-action@v8\n", "", func(r *Result) verdict.Result { return r.Linters([]string{"errcheck"}, all(false)) }, verdict.Fail, "without the linter errcheck"},
		{"linter on by flag", "      - run: golangci-lint run -E errcheck\n", "", func(r *Result) verdict.Result { return r.Linters([]string{"errcheck"}, all(false)) }, verdict.Pass, ""},
		{"linter off by flag", "      - run: golangci-lint run --disable errcheck\n", "", func(r *Result) verdict.Result { return r.Linters([]string{"errcheck"}, all(true)) }, verdict.Fail, "without the linter errcheck"},
		{"lostcancel by go vet", "      - run: go vet ./...\n", "", func(r *Result) verdict.Result { return r.Linters([]string{"lostcancel"}, all(false)) }, verdict.Pass, ""},
		{"go vet without lostcancel", "      - run: go vet -lostcancel=false ./...\n", "", func(r *Result) verdict.Result { return r.Linters([]string{"lostcancel"}, all(false)) }, verdict.Fail, "nothing runs the linter lostcancel"},
		{"a rule that go vet has not", "      - run: go vet ./...\n", "", func(r *Result) verdict.Result { return r.Linters([]string{"ctxless"}, all(false)) }, verdict.Fail, "nothing runs the linter ctxless"},
		{"issues-exit-code", "      - run: golangci-lint run --issues-exit-code=0\n", "", func(r *Result) verdict.Result { return r.GateOn(GolangciLint, true, true) }, verdict.Fail, "--issues-exit-code=0"},
		{"only what is new", "      - uses: golangci/golangci-lint-action@v8\n        with: {only-new-issues: true}\n", "", func(r *Result) verdict.Result { return r.GateOn(GolangciLint, true, false) }, verdict.Pass, "`golangci-lint run`, for what is new, runs before each merge"},
		{"golangci-lint by its version", "      - run: make lint\n", "-- Makefile --\nLINT := $(GOBIN)/golangci-lint-v2.1.6\nlint:\n\t$(LINT) run\n", func(r *Result) verdict.Result { return r.GateOn(GolangciLint, true, false) }, verdict.Pass, ""},
		{"govulncheck by its version", "      - run: /tmp/bin/govulncheck-v1.1.4 ./...\n", "", (*Result).Vulnerabilities, verdict.Pass, ""},
		{"golangci-lint version", "      - run: golangci-lint version\n", "", func(r *Result) verdict.Result { return r.GateOn(GolangciLint, true, true) }, verdict.Fail, "nothing runs"},
		{"enforce", "      - run: go build -toolexec=\"lagvet enforce\" ./...\n", "", func(r *Result) verdict.Result { return r.GateOn(Enforce, true, true) }, verdict.Pass, ""},
		{"rules", "      - run: promtool check rules alerts/*.yml\n", "", func(r *Result) verdict.Result { return r.GateOn(RuleLint, true, false) }, verdict.Pass, "before each merge"},
		{"metrics", "      - run: curl -s localhost/metrics | promtool check metrics\n", "", func(r *Result) verdict.Result { return r.GateOn(MetricLint, true, false) }, verdict.Pass, ""},
		{"goleak", "      - run: go test ./...\n", "-- x_test.go --\npackage m\nimport \"go.uber.org/goleak\"\n", (*Result).LeakCheck, verdict.Pass, "go.uber.org/goleak"},
		{"goleak that nothing runs", "      - run: go build ./...\n", "-- x_test.go --\npackage m\nimport \"go.uber.org/goleak\"\n", (*Result).LeakCheck, verdict.Fail, "nothing runs `go test`"},
		{"leak profile", "      - run: go test ./...\n", "-- x_test.go --\npackage m\nvar n = pprof.Lookup(\"goroutineleak\").Count()\n", (*Result).LeakCheck, verdict.Pass, ""},
		{"counted goroutines", "      - run: go test ./...\n", "-- x_test.go --\npackage m\nvar n = runtime.NumGoroutine()\n", (*Result).LeakCheck, verdict.Unknown, "tests count or print goroutines"},
		{"a leak check of its own", "      - run: go test ./...\n", "-- x_test.go --\npackage m\n\nfunc TestMain(m *testing.M) {\n\ttestutil.MustTestMainWithLeakDetection(m)\n}\n", (*Result).LeakCheck, verdict.Pass, "MustTestMainWithLeakDetection"},
		{"a leak of something else", "      - run: go test ./...\n", "-- x_test.go --\npackage m\n\n// CheckLeaks(t) was here.\nfunc TestLeaky(t *testing.T) {\n\tleakyBucket(t)\n}\n", (*Result).LeakCheck, verdict.Fail, "no test looks for leaked goroutines"},
		{"no leak check", "      - run: go test ./...\n", "", (*Result).LeakCheck, verdict.Fail, "no test looks for leaked goroutines"},
		{"toxiproxy", "      - run: go test ./...\n", "-- x_test.go --\npackage m\nimport \"github.com/Shopify/toxiproxy/v2/client\"\n", (*Result).FaultTest, verdict.Pass, ""},
		{"named after faults", "      - run: go test -run TestChaos ./...\n", "", (*Result).FaultTest, verdict.Unknown, "named after faults"},
		{"a failpoint of its own", "      - run: go test ./...\n", "-- x_test.go --\npackage m\nimport \"example.com/m/internal/failpoint\"\n", (*Result).FaultTest, verdict.Pass, ""},
		{"named after what is default", "      - run: ./unit-test.sh copilot-default\n      - run: go test -run TestDefault ./...\n", "", (*Result).FaultTest, verdict.Fail, "nothing runs"},
		{"a fault injector of its own", "      - run: go test ./...\n", "-- x_test.go --\npackage m\n\nfunc TestFailover(t *testing.T) {\n\tserver := NewProxyFaultInjector(t)\n}\n", (*Result).FaultTest, verdict.Pass, "inject faults"},
		{"a fault injector that is spoken of", "      - run: go test ./...\n", "-- x_test.go --\npackage m\n\n// NewFaultInjector() was here.\nfunc TestFaultInjector(t *testing.T) {\n}\n", (*Result).FaultTest, verdict.Fail, "nothing runs"},
		{"a slow network", "      - run: tc qdisc add dev lo root netem delay 100ms\n      - run: go test ./...\n", "", (*Result).FaultTest, verdict.Pass, ""},
		{"a script that stops services", "      - run: bash resiliency.sh\n", "-- resiliency.sh --\ndocker stop db\n./verify\nexit $?\n", (*Result).FaultTest, verdict.Unknown, "injected by a script"},
		{"a script that stops its services", "      - run: bash unit.sh\n", "-- unit.sh --\ngo test ./...\ndocker stop db\n", (*Result).FaultTest, verdict.Fail, "nothing runs"},
		{"no faults", "      - run: go test ./...\n", "", (*Result).FaultTest, verdict.Fail, "nothing runs a test with faults injected"},
		{"pre-commit", "      - uses: pre-commit/action@v3\n", "-- .pre-commit-config.yaml --\nrepos:\n- repo: https://github.com/golangci/golangci-lint\n  hooks: [{id: golangci-lint-full}]\n- repo: local\n  hooks: [{id: vuln, entry: govulncheck ./..., language: system}]\n", (*Result).Vulnerabilities, verdict.Pass, ""},
		{"hook for hand", "      - run: pre-commit run --all-files\n", "-- .pre-commit-config.yaml --\nrepos:\n- repo: local\n  hooks: [{id: vuln, entry: govulncheck ./..., language: system, stages: [manual]}]\n", (*Result).Vulnerabilities, verdict.Fail, "nothing runs"},
		{"dependabot", "      - run: x\n", "-- .github/dependabot.yml --\nupdates:\n- package-ecosystem: gomod\n  schedule: {interval: weekly}\n", (*Result).UpdateBot, verdict.Pass, "weekly"},
		{"dependabot for others", "      - run: x\n", "-- .github/dependabot.yml --\nupdates:\n- package-ecosystem: docker\n", (*Result).UpdateBot, verdict.Fail, "has no gomod"},
		{"dependabot for vulnerabilities", "      - run: x\n", "-- .github/dependabot.yml --\nupdates:\n- package-ecosystem: gomod\n  open-pull-requests-limit: 0\n", (*Result).UpdateBot, verdict.Fail, "open-pull-requests-limit is 0"},
		{"renovate", "      - run: x\n", "-- renovate.json5 --\n{ // all\n\textends: ['config:recommended'], /* x */\n}\n", (*Result).UpdateBot, verdict.Pass, "Renovate proposes"},
		{"renovate for others", "      - run: x\n", "-- renovate.json --\n{\"enabledManagers\": [\"npm\"]}\n", (*Result).UpdateBot, verdict.Fail, "enabledManagers"},
		{"renovate off", "      - run: x\n", "-- renovate.json --\n{\"packageRules\": [{\"matchManagers\": [\"gomod\"], \"enabled\": false}]}\n", (*Result).UpdateBot, verdict.Fail, "switches them off"},
		{"renovate broken", "      - run: x\n", "-- renovate.json --\n{\"a\": [\n", (*Result).UpdateBot, verdict.Unknown, "cannot be read"},
		{"no bot", "      - run: x\n", "", (*Result).UpdateBot, verdict.Fail, "no bot"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.check(collect(t, workflow(tt.steps)+tt.files))
			if got.Status != tt.want || !strings.Contains(got.Reason, tt.reason) {
				t.Errorf("%s: %s\nwant %s: …%s…", got.Status, got.Reason, tt.want, tt.reason)
			}
			if got.Status == verdict.Pass && (len(got.Proofs) == 0 || got.Proofs[0].Line == 0) {
				t.Error("a pass without proof")
			}
			for _, sign := range []string{"\uE000", "\uE002", "%!"} {
				if strings.Contains(got.Reason, sign) {
					t.Errorf("%q is in %q", sign, got.Reason)
				}
			}
		})
	}
}

func TestProblems(t *testing.T) {
	r := collect(t, "-- .github/workflows/a.yml --\non: push\njobs:\n  a: [\n-- .gitlab-ci.yml --\na: *x\n-- Jenkinsfile --\nsh 'go test\n")
	var got []string
	for _, p := range r.Problems {
		got = append(got, fmt.Sprintf("%s:%d", p.Place, p.Column))
	}
	if want := ".github/workflows/a.yml:3:1 .gitlab-ci.yml:0 Jenkinsfile:1:0"; strings.Join(got, " ") != want {
		t.Errorf("problems at %s, want %s", got, want)
	}
}

// Configurations that are made to take long do not.
func TestHostile(t *testing.T) {
	bomb := "a0: &a0 [x]\n"
	for i := 1; i < 12; i++ {
		bomb += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), i-1)
	}
	matrix := "    strategy:\n      matrix:\n"
	for i := range 9 {
		matrix += fmt.Sprintf("        m%d: [1, 2, 3, 4, 5, 6, 7, 8, 9]\n", i)
	}
	calls := "on: [push, workflow_call]\njobs:\n"
	for i := range 20 {
		calls += fmt.Sprintf("  j%d:\n    uses: ./.github/workflows/a.yml\n", i)
	}
	for name, file := range map[string]string{
		"aliases":  ".github/workflows/a.yml --\n" + bomb + "on: push\njobs: {a: {runs-on: x, steps: [{run: go test}]}}\n",
		"matrix":   ".github/workflows/a.yml --\non: push\njobs:\n  a:\n    runs-on: x\n" + matrix + "    steps:\n      - run: go test ${{ matrix.m1 }}${{ matrix.m2 }}${{ matrix.m3 }}${{ matrix.m4 }}${{ matrix.m5 }}\n",
		"calls":    ".github/workflows/a.yml --\n" + calls,
		"actions":  ".github/actions/a/action.yml --\nruns:\n  using: composite\n  steps:\n" + strings.Repeat("    - uses: ./.github/actions/a\n", 9) + "-- .github/workflows/a.yml --\non: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: ./.github/actions/a\n",
		"includes": ".gitlab-ci.yml --\ninclude: ['/*.yml', '/.gitlab-ci.yml']\na: {extends: [a, a, a], script: [!reference [a, script], !reference [a, script]]}\n",
		"commands": ".circleci/config.yml --\ncommands: {a: {steps: [a, a, a, a, a, a]}}\njobs: {build: {steps: [a]}}\n",
		"template": "azure-pipelines.yml --\nsteps:\n" + strings.Repeat("- template: azure-pipelines.yml\n", 5),
		"blocks":   "Jenkinsfile --\n" + strings.Repeat("a {", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			if r := collect(t, "-- "+file); len(r.Gates) > 100_000 {
				t.Errorf("%d gates", len(r.Gates))
			}
		})
	}
}

func FuzzCollect(f *testing.F) {
	for _, name := range []string{"github", "gitlab", "circleci", "buildkite", "azure", "jenkins"} {
		data, err := os.ReadFile("testdata/" + name + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range txtar.Parse(data).Files {
			f.Add(file.Name, string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, name, data string) {
		dir := t.TempDir()
		for _, file := range []string{".github/workflows/a.yml", ".gitlab-ci.yml", ".circleci/config.yml", ".buildkite/pipeline.yml", "azure-pipelines.yml", "Jenkinsfile", "renovate.json"} {
			if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		tr, err := tree.Walk(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		r := Collect(tr)
		for _, v := range []verdict.Result{r.Race(), r.Tidy(), r.UpdateBot(), r.LeakCheck(), r.FaultTest(), r.Lagvet(nil)} {
			if v.Reason == "" {
				t.Errorf("%s without a reason", v.Status)
			}
		}
	})
}

func FuzzRule(f *testing.F) {
	f.Add(`$CI_COMMIT_BRANCH == "main" && ($X =~ /^v\d+/i || $Y != null)`)
	f.Add("build.branch == 'main' && !build.pull_request.draft")
	f.Fuzz(func(t *testing.T, text string) {
		evalRule(text, func(name string) (string, bool, bool) { return name, len(name)%2 == 0, len(name)%3 != 0 })
	})
}

func FuzzAzure(f *testing.F) {
	f.Add("and(succeeded(), eq(variables['Build.Reason'], 'PullRequest'), in(parameters.x, 'a', 'it''s'))")
	f.Fuzz(func(t *testing.T, text string) {
		evalAzure(text, func(name string) (string, bool) { return name, len(name)%2 == 0 })
	})
}

func TestAzure(t *testing.T) {
	vars := func(name string) (string, bool) {
		v, ok := map[string]string{"parameters.full": "false", "variables.Build.Reason": "PullRequest"}[name]
		return v, ok
	}
	for text, want := range map[string]string{
		"succeeded()":                                  "true",
		"failed()":                                     "false",
		"eq(parameters.full, false)":                   "true",
		"ne(parameters['full'], 'FALSE')":              "false",
		"eq(variables['Build.Reason'], 'PullRequest')": "true",
		"and(succeeded(), eq(variables.x, '1'))":       "unknown",
		"and(failed(), eq(variables.x, '1'))":          "false",
		"or(eq(variables.x, '1'), always())":           "true",
		"not(parameters.full)":                         "true",
		"in('a', 'b', 'A')":                            "true",
		"notIn('a', 'b')":                              "true",
		"contains('abc', 'B')":                         "true",
		"unheardOf('x')":                               "unknown",
		"and(":                                         "unknown",
		"'it''s'":                                      "true",
	} {
		yes, known := evalAzure(text, vars)
		got := fmt.Sprint(yes)
		if !known {
			got = "unknown"
		}
		if got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestRule(t *testing.T) {
	vars := func(name string) (string, bool, bool) {
		v, ok := map[string]string{"OWN": ownName, "CI_COMMIT_BRANCH": "main", "EMPTY": "", "build.branch": "main"}[name]
		return v, ok, name != "OPEN"
	}
	for text, want := range map[string]string{
		`$CI_COMMIT_BRANCH == "main"`:                       "true",
		`$CI_COMMIT_BRANCH != "main"`:                       "false",
		`$CI_COMMIT_BRANCH`:                                 "true",
		`$NONE`:                                             "false",
		`$EMPTY`:                                            "false",
		`$NONE == null`:                                     "true",
		`$CI_COMMIT_BRANCH =~ /^ma/`:                        "true",
		`$CI_COMMIT_BRANCH !~ /^MA/i`:                       "false",
		`$OWN == "acme/m" && $OWN =~ /^acme/`:               "true",
		`$OWN !~ /^acme/`:                                   "false",
		`$OPEN == "x"`:                                      "unknown",
		`$OPEN == "x" && $NONE`:                             "false",
		`$OPEN == "x" || $CI_COMMIT_BRANCH`:                 "true",
		`($NONE || $CI_COMMIT_BRANCH) && "a" == "a"`:        "true",
		`build.branch == 'main'`:                            "true",
		`build.branch == "main" && build.tag == null`:       "true",
		`!build.branch`:                                     "false",
		`$CI_COMMIT_BRANCH == `:                             "unknown",
		`nonsense %`:                                        "unknown",
		`$CI_COMMIT_BRANCH == "main" && $CI_COMMIT_BRANCH)`: "unknown",
	} {
		yes, known := evalRule(text, vars)
		got := fmt.Sprint(yes)
		if !known {
			got = "unknown"
		}
		if got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

// What pull requests run holds up merges, and what is released is what was merged. Of
// vulnerabilities more is known later, so a look before the merge is not enough.
func TestPullRequestsOnly(t *testing.T) {
	const only = "-- go.mod --\nmodule m\n\ngo 1.26\n-- .github/workflows/a.yml --\non: %s\njobs:\n  gates:\n    runs-on: x\n    steps:\n      - run: go mod verify\n      - run: go mod tidy -diff\n      - run: govulncheck ./...\n      - run: lagvet gate --base origin/main\n"
	checks := map[string]func(*Result) verdict.Result{
		"verify": (*Result).ModVerify, "tidy": (*Result).Tidy, "vulnerabilities": (*Result).Vulnerabilities,
		"lagvet": func(r *Result) verdict.Result { return r.Lagvet(nil) },
		"rule":   func(r *Result) verdict.Result { return r.Lagvet([]string{"ctxless"}) },
	}
	for on, passes := range map[string]func(check string) bool{
		"pull_request": func(check string) bool { return check != "vulnerabilities" },
		"{push: {branches: [main]}, pull_request: }": func(string) bool { return true },
		"{push: {branches: [main]}}":                 func(string) bool { return false },
		"{push: {tags: ['v*']}}":                     func(string) bool { return false },
	} {
		r := Collect(treetest.Open(t, fmt.Sprintf(only, on)))
		for name, check := range checks {
			res := check(r)
			if (res.Status == verdict.Pass) != passes(name) || res.Status == verdict.Unknown {
				t.Errorf("on %s, %s: %s: %s", on, name, res.Status, res.Reason)
			}
		}
	}
}
