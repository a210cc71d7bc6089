package maturity

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/maturity/budgets"
	"github.com/lagvet/lagvet/maturity/internal/binary"
	"github.com/lagvet/lagvet/maturity/verdict"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/policy"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A plant is a repository that a test changes before it is audited.
type plant struct {
	files map[string]string
	in    Input
	info  *debug.BuildInfo
}

// atLevel5 is the repository of testdata/level5.txtar, with what is not in files.
func atLevel5(t *testing.T) *plant {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/level5.txtar")
	if err != nil {
		t.Fatal(err)
	}
	p := &plant{files: make(map[string]string)}
	for _, f := range archive.Files {
		p.files[f.Name] = string(f.Data)
	}
	const commit = "0123456789abcdef0123456789abcdef01234567"
	code := &Code{Packages: 1, Endpoints: []budgets.Endpoint{{
		Name: "POST /orders", Path: "/orders", Programs: []string{"orders"},
		Limit: 3 * time.Second, At: verdict.Place{File: "main.go", Line: 31, Text: "http.TimeoutHandler"},
		Calls: []budgets.Call{{
			Kind: "http", Host: "stock.shop.svc.cluster.local", Limit: time.Second, Attempts: 1,
			At: verdict.Place{File: "main.go", Line: 30},
		}},
	}}}
	for _, tr := range Default().Tracks {
		code.Rules = append(code.Rules, tr.Rules...)
	}
	p.in = Input{
		Repository: Repository{Commit: commit, Time: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)},
		Tags:       []string{"v1.2.0", "v1.1.0", "v1.0.0"},
		Code:       code,
		Enforce: Enforce{
			Rules:  []string{"ctxless", "httptimeout", "logsplit", "retrystorm", "goroutineleak"},
			Forbid: []Forbidden{{API: "net/http.DefaultClient"}, {API: "log"}, {API: "net/http.Get"}, {API: "net/http.Client", Except: []string{"example.com/orders/clients"}}},
			Digest: "d1",
		},
		Load: &Load{File: "load.json", Report: policy.Report{
			Version: loadVersion, Time: time.Date(2026, 5, 28, 0, 0, 0, 0, time.UTC), Target: "http://127.0.0.1:8080/orders", Policy: "load.yml",
			Verdict: posture.Pass, Limits: []policy.Limit{{Phase: "burst", What: "p99", Verdict: posture.Pass, Required: "at most 15ms", Measured: "9ms"}},
		}},
		Trials: map[string]verdict.Result{
			"concurrency-planted": {Status: verdict.Pass, Grade: verdict.Proven, Reason: "the build refuses a planted leak", Run: "go build ./..."},
		},
		Tool:      "lagvet devel",
		Downloads: p.downloads(t),
	}
	p.info = &debug.BuildInfo{
		Deps: []*debug.Module{{Path: "go.opentelemetry.io/otel/sdk", Version: "v1.38.0"}},
		Settings: []debug.BuildSetting{
			{Key: binary.Setting, Value: "d1"}, {Key: "vcs.revision", Value: commit}, {Key: "vcs.modified", Value: "false"},
		},
	}
	return p
}

// downloads is a cache that knows the newest version of each module to be the required
// one.
func (p *plant) downloads(t *testing.T) fstest.MapFS {
	t.Helper()
	f, err := modfile.Parse("go.mod", []byte(p.files["go.mod"]), nil)
	if err != nil {
		t.Fatal(err)
	}
	cache := make(fstest.MapFS)
	for _, r := range f.Require {
		escaped, err := module.EscapePath(r.Mod.Path)
		if err != nil {
			t.Fatal(err)
		}
		cache[escaped+"/@v/list"] = &fstest.MapFile{Data: []byte(r.Mod.Version + "\n")}
		cache[escaped+"/@v/"+r.Mod.Version+".mod"] = &fstest.MapFile{Data: []byte("module " + r.Mod.Path + "\n")}
	}
	return cache
}

func (p *plant) replace(t *testing.T, file, old, new string) {
	t.Helper()
	if !strings.Contains(p.files[file], old) {
		t.Fatalf("%s does not hold %q", file, old)
	}
	p.files[file] = strings.Replace(p.files[file], old, new, 1)
}

// write writes the files, and returns what is audited.
func (p *plant) write(t *testing.T) Input {
	t.Helper()
	dir := t.TempDir()
	archive := new(txtar.Archive)
	for name, text := range p.files {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text)})
	}
	for _, f := range archive.Files {
		p.in.Files = append(p.in.Files, f.Name)
	}
	fsys, err := txtar.FS(archive)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, fsys); err != nil {
		t.Fatal(err)
	}
	p.in.Dir = dir
	p.in.built = binary.Of("orders", p.info)
	return p.in
}

func (p *plant) audit(t *testing.T) *Report {
	t.Helper()
	r, err := Audit(Default(), p.write(t))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The planted repository passes every control but what only a trial can prove.
func TestLevel5(t *testing.T) {
	r := atLevel5(t).audit(t)
	for _, p := range r.Problems {
		t.Errorf("not read: %s", p)
	}
	for _, tr := range r.Tracks {
		for _, c := range tr.Controls {
			if c.Status != verdict.Pass {
				t.Errorf("%s: %s: %s %v", c.ID, c.Status, c.Reason, c.Proofs)
			}
		}
	}
}

// edits returns a change of a file.
func edits(file, old, new string) func(*testing.T, *plant) {
	return func(t *testing.T, p *plant) { t.Helper(); p.replace(t, file, old, new) }
}

// removes returns the removal of a file.
func removes(file string) func(*testing.T, *plant) {
	return func(t *testing.T, p *plant) {
		t.Helper()
		if _, ok := p.files[file]; !ok {
			t.Fatalf("there is no %s", file)
		}
		delete(p.files, file)
	}
}

// changes returns a change of what is not in files.
func changes(f func(p *plant)) func(*testing.T, *plant) {
	return func(_ *testing.T, p *plant) { f(p) }
}

const (
	workflow = ".github/workflows/ci.yml"
	settings = ".vscode/settings.json"
	deployed = "deploy/orders.yml"
)

// finds returns findings of a rule.
func finds(rule, tier string) func(*testing.T, *plant) {
	return changes(func(p *plant) {
		p.in.Code.Findings = []Finding{{Rule: rule, Tier: tier, Place: verdict.Place{File: "main.go", Line: 9, Text: rule}}}
	})
}

var (
	unchecked  = changes(func(p *plant) { p.in.Code = nil })
	noEditor   = edits(settings, `"gopls": "${workspaceFolder}/bin/gopls-lagvet"`, "")
	otherRules = edits(workflow, "lagvet check ./...", "golangci-lint run")
)

func without(rule string) func(*testing.T, *plant) {
	return edits(workflow, "- run: go tool lagvet gate --base origin/main\n      - run: lagvet check ./...", "- run: lagvet check --disable "+rule+" ./...")
}

func unenforced(rule string) func(*testing.T, *plant) {
	return changes(func(p *plant) {
		p.in.Enforce.Rules = slices.DeleteFunc(p.in.Enforce.Rules, func(r string) bool { return r == rule })
	})
}

func permitted(api string) func(*testing.T, *plant) {
	return changes(func(p *plant) {
		p.in.Enforce.Forbid = slices.DeleteFunc(p.in.Enforce.Forbid, func(f Forbidden) bool { return f.API == api })
	})
}

// away takes away what each control asks for.
var away = map[string]func(*testing.T, *plant){
	"concurrency-owned":      edits("audit/concurrency.md", "2026-05-20", "2025-05-20"),
	"concurrency-goroutines": edits("audit/concurrency.md", "| flusher | NewStore | Store.Close | @orders |", "| flusher | NewStore | | @orders |"),
	"concurrency-reviewed":   edits("audit/releases/v1.1.0.md", "- [x]", "- [ ]"),
	"concurrency-race":       edits(workflow, "go test -race ./...", "go test -race ./... || true"),
	"concurrency-leaks":      edits("serve_test.go", "\t\"go.uber.org/goleak\"\n", ""),
	"concurrency-rules":      without("lockorder"),
	"concurrency-editor":     noEditor,
	"concurrency-same":       otherRules,
	"concurrency-fixable":    unchecked,
	"concurrency-quota": func(t *testing.T, p *plant) {
		p.replace(t, deployed, "resources:", "env: [{name: GOMAXPROCS, value: \"8\"}]\n          resources:")
	},
	"concurrency-profile":   edits(deployed, `profiles.grafana.com/goroutine.scrape: "true"`, `profiles.grafana.com/cpu.scrape: "true"`),
	"concurrency-readiness": edits(deployed, "[lagvet, doctor, --fail-on, fail]", "[sleep, 1]"),
	"concurrency-bounded":   edits(deployed, "connectionPool: {http: {http2MaxRequests: 200}}", "loadBalancer: {simple: ROUND_ROBIN}"),
	"concurrency-cpu": func(t *testing.T, p *plant) {
		p.replace(t, deployed, "limits: {cpu: \"2\", memory: 1Gi}", "limits: {memory: 1Gi}")
		p.replace(t, deployed, "resources:", "env: [{name: GOMAXPROCS, value: \"2\"}]\n          resources:")
	},
	"concurrency-enforced": edits(workflow, `-toolexec="lagvet enforce" `, ""),
	"concurrency-binary":   changes(func(p *plant) { p.info.Settings[0].Value = "d2" }),
	"concurrency-planted": changes(func(p *plant) {
		p.in.Trials["concurrency-planted"] = verdict.Failed("the build succeeds with a planted leak")
	}),

	"concurrency-hook": removes(".pre-commit-config.yaml"),

	"context-owned":          edits("audit/context.md", "owner: \"@orders\"\n", ""),
	"context-budgets":        edits("audit/context.md", "## Timeout budgets", "## Budgets of money"),
	"context-cancellation":   edits("audit/context.md", "Work ends with its request; the outbox is written under a context of its own.", "<the rule>"),
	"context-rules":          without("ctxless"),
	"context-background":     finds("ctxbreak", "likely"),
	"context-tested":         edits("serve_test.go", "context.DeadlineExceeded", "context.Canceled"),
	"context-editor":         noEditor,
	"context-same":           otherRules,
	"context-fixable":        unchecked,
	"context-routes":         edits(deployed, "      timeout: 3s\n", ""),
	"context-order":          edits(deployed, "perTryTimeout: 1s", "perTryTimeout: 5s"),
	"context-admission":      edits(deployed, "validationFailureAction: Enforce", "validationFailureAction: Audit"),
	"context-shutdown":       edits(deployed, "    spec:\n      initContainers:", "    spec:\n      terminationGracePeriodSeconds: 2\n      initContainers:"),
	"context-load":           func(_ *testing.T, p *plant) { p.in.Load.Report.Limits[0].Verdict = posture.Fail },
	"context-enforced":       unenforced("ctxless"),
	"context-default-client": permitted("net/http.DefaultClient"),
	"context-timeouts":       unenforced("httptimeout"),

	"observability-signals":     edits("audit/observability.md", "| orders_total | metric | orders taken | none for 10 minutes |\n", ""),
	"observability-correlation": edits("audit/observability.md", "## Correlation rule", "## Notes"),
	"observability-runbooks":    edits("audit/observability.md", "#no-orders", "#few-orders"),
	"observability-lessons":     removes("audit/lessons.md"),
	"observability-rules":       without("logsplit"),
	"observability-lint":        edits(workflow, "      - run: promtool check rules deploy/alerts.yml\n", ""),
	"observability-dashboards":  edits("deploy/alerts.yml", "orders_total", "orders_lost"),
	"observability-editor":      noEditor,
	"observability-same":        otherRules,
	"observability-fixable":     unchecked,
	"observability-otel": func(t *testing.T, p *plant) {
		p.replace(t, "main.go", "\totel.SetTracerProvider(sdktrace.NewTracerProvider())\n", "")
	},
	"observability-trace-id": edits("main.go", "\t\"go.opentelemetry.io/contrib/bridges/otelslog\"\n", ""),
	"observability-runtime": func(t *testing.T, p *plant) {
		p.replace(t, deployed, `prometheus.io/scrape: "true"`, `prometheus.io/scrape: "false"`)
		p.replace(t, deployed, "{app: orders}}\n  podMetricsEndpoints", "{app: stock}}\n  podMetricsEndpoints")
	},
	"observability-loggers":      permitted("log"),
	"observability-enforced":     unenforced("logsplit"),
	"observability-instrumented": edits("main.go", "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp", "example.com/orders/otelhttp"),
	"observability-logger": changes(func(p *plant) {
		p.files["store/store.go"] = "package store\n\nimport \"log\"\n\nfunc Load() { log.Println(\"loaded\") }\n"
	}),
	"observability-binary": changes(func(p *plant) { p.info.Deps = []*debug.Module{{Path: "go.uber.org/goleak", Version: "v1.3.0"}} }),

	"dependency-inventory":    edits("audit/dependency.md", "| take the order unconfirmed |", "| <what is done then> |"),
	"dependency-owned":        edits("audit/dependency.md", "reviewed: 2026-05-20", "reviewed: 2027-05-20"),
	"dependency-drill":        edits("audit/dependency.md", "| 2026-05-02 |", "| 2025-05-02 |"),
	"dependency-wrapped":      finds("nobreaker", "suspected"),
	"dependency-retries":      finds("retrystorm", "likely"),
	"dependency-fault":        edits("serve_test.go", "\ttoxiproxy \"github.com/Shopify/toxiproxy/v2/client\"\n", ""),
	"dependency-editor":       noEditor,
	"dependency-same":         otherRules,
	"dependency-fixable":      unchecked,
	"dependency-outliers":     edits(deployed, "host: stock.shop.svc.cluster.local", "host: prices.shop.svc.cluster.local"),
	"dependency-multiplied":   edits(deployed, "attempts: 1", "attempts: 5"),
	"dependency-ejections":    edits(deployed, "path: /stats/prometheus", "path: /metrics"),
	"dependency-ready":        edits(deployed, "          readinessProbe: {httpGet: {path: /ready, port: 8080}}\n", ""),
	"dependency-canary":       edits(deployed, "name: request-duration", "name: request-success-rate"),
	"dependency-forbidden":    permitted("net/http.Get"),
	"dependency-constructors": changes(func(p *plant) { p.in.Enforce.Forbid[3].Except = nil }),
	"dependency-enforced":     unenforced("retrystorm"),

	"modules-owned":    removes("audit/modules.md"),
	"modules-upgrades": edits("audit/modules.md", "## Upgrade policy", "## Upgrades of hardware"),
	"modules-go": func(t *testing.T, p *plant) {
		p.replace(t, "go.mod", "go 1.26.3", "go 1.22.3")
		p.replace(t, "Dockerfile", "golang:1.26.3", "golang:1.22.3")
	},
	"modules-verify":          edits(workflow, "- run: go mod tidy -diff", "- run: go mod tidy"),
	"modules-vulnerabilities": edits(workflow, "- run: govulncheck ./...", "- run: govulncheck ./...\n        continue-on-error: true"),
	"modules-bot":             edits(".github/dependabot.yml", "package-ecosystem: gomod", "package-ecosystem: npm"),
	"modules-untagged": func(t *testing.T, p *plant) {
		for _, file := range []string{"go.mod", "go.sum"} {
			p.files[file] = strings.ReplaceAll(p.files[file], "go.uber.org/goleak v1.3.0", "go.uber.org/goleak v1.3.1-0.20240101000000-0123456789ab")
		}
		p.in.Downloads = p.downloads(t)
	},
	"modules-editor":    edits(settings, `"ui.diagnostic.vulncheck": "Imports",`, ""),
	"modules-toolchain": edits("go.mod", "go 1.26.3", "go 1.26"),
	"modules-tools":     edits(workflow, "- run: govulncheck ./...", "- run: go install golang.org/x/vuln/cmd/govulncheck@latest && govulncheck ./..."),
	"modules-base":      edits("Dockerfile", "gcr.io/distroless/static@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "gcr.io/distroless/static:latest"),
	"modules-flags":     edits("Dockerfile", "ENV GOFLAGS=-mod=readonly GOPROXY=https://proxy.example.com\n", ""),
	"modules-shipped":   changes(func(p *plant) { p.info.Deps[0].Version = "v1.37.0" }),
	"modules-images":    edits(deployed, "- name: orders\n          image: registry.example.com/orders@sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", "- name: orders\n          image: registry.example.com/orders:latest"),
	"modules-sound":     edits("Dockerfile", "-o /orders .", "-gcflags=all=-N -o /orders ."),
	"modules-withdrawn": changes(func(p *plant) {
		p.in.Downloads.(fstest.MapFS)["go.uber.org/goleak/@v/v1.3.1.mod"] = &fstest.MapFile{Data: []byte("module go.uber.org/goleak\n\nretract v1.3.0 // misses leaks\n")}
	}),
	"modules-replaced": edits("go.mod", "go 1.26.3\n", "go 1.26.3\n\nreplace go.uber.org/goleak => example.com/fork/goleak v1.3.0\n"),
	"modules-locked":   edits(workflow, "go build -mod=readonly", "go build -mod=mod"),
	"modules-drift": func(t *testing.T, p *plant) {
		p.files["go.sum"] = strings.ReplaceAll(p.files["go.sum"], "goleak v1.3.0", "goleak v1.2.0")
	},
	"modules-attested": changes(func(p *plant) { p.info.Settings[2].Value = "true" }),
}

// parts take away one of several things that a control asks for.
var parts = map[string]struct {
	control string
	change  func(*testing.T, *plant)
	status  verdict.Status
	part    string
}{
	"a proxy":          {"modules-flags", edits("Dockerfile", " GOPROXY=https://proxy.example.com", ""), verdict.Fail, "GOPROXY is not set where Go is built"},
	"flags":            {"modules-flags", edits("Dockerfile", "GOFLAGS=-mod=readonly ", ""), verdict.Fail, "GOFLAGS is not set where Go is built"},
	"a module cache":   {"modules-withdrawn", changes(func(p *plant) { p.in.Downloads = nil }), verdict.Unknown, "of 5 of 5 requirements"},
	"a module's leave": {"modules-withdrawn", changes(func(p *plant) { p.in.ForbiddenModules = []string{"go.uber.org/..."} }), verdict.Fail, "1 forbidden module is required"},
	"a hook's version": {"concurrency-same", edits(".pre-commit-config.yaml", "rev: v0.1.0", "rev: v0.2.0"), verdict.Fail, "lagvet is of version v0.1.0 at go.mod:8, and v0.2.0 at .pre-commit-config.yaml:"},
	"a plugin's version": {"context-same", changes(func(p *plant) {
		p.files[".custom-gcl.yml"] = "version: v2.15.0\nplugins:\n  - module: github.com/lagvet/lagvet\n    version: v0.3.0\n"
	}), verdict.Fail, "and v0.3.0 at .custom-gcl.yml:3"},
	"a command's version": {"dependency-same", edits(workflow, "- run: lagvet check ./...", "- run: go run github.com/lagvet/lagvet/cmd/lagvet@v0.2.0 check ./..."), verdict.Fail, "lagvet is of version v0.2.0 at .github/workflows/ci.yml:"},
	"an action's version": {"observability-same", func(t *testing.T, p *plant) {
		linted("")(t, p)
		p.replace(t, settings, "{\n", "{\n\t\"go.lintTool\": \"golangci-lint-v2\",\n")
		p.replace(t, workflow, "- run: golangci-lint run", "- uses: golangci/golangci-lint-action@v8\n        with: {version: v2.14.0}")
		p.files[".custom-gcl.yml"] = "version: v2.15.0\nplugins:\n  - module: github.com/lagvet/lagvet\n    version: v0.1.0\n"
	}, verdict.Fail, "golangci-lint is of version v2.14.0 at .github/workflows/ci.yml:"},
	"an image's release": {"modules-toolchain", edits("Dockerfile", "golang:1.26.3@", "golang:1@"), verdict.Fail, "Dockerfile builds by whatever is the newest"},
	"an ARG's value":     {"modules-toolchain", edits("Dockerfile", "FROM golang:1.26.3@", "ARG GO\nFROM golang:${GO}@"), verdict.Unknown, "by which Dockerfile builds is left to"},
}

// linted has the rules run by golangci-lint, by a configuration.
func linted(more string) func(*testing.T, *plant) {
	return func(t *testing.T, p *plant) {
		p.replace(t, workflow, "- run: go tool lagvet gate --base origin/main\n      - run: lagvet check ./...", "- run: golangci-lint run")
		p.files[".golangci.yml"] = "version: \"2\"\nlinters:\n  settings:\n    custom:\n      lagvet:\n        type: module\n" + more
	}
}

// Rules that golangci-lint runs count as lagvet's own gate does.
func TestLinters(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*testing.T, *plant)
		status verdict.Status
		part   string
	}{
		"the plugin":            {linted(""), verdict.Pass, "golangci-lint fails for what its linters find"},
		"some, and go vet's":    {linted("        settings: {rules: [gounbounded, goroutineleak, lockorder, lockblock, bufshare, unboundedqueue]}\n"), verdict.Pass, "waitgroup run before each merge"},
		"without one of go vet": {linted("    govet: {disable: [copylocks]}\n"), verdict.Pass, "copylocks"},
		"exit code 0":           {linted("run: {issues-exit-code: 0}\n"), verdict.Fail, "golangci-lint is kept from failing: issues-exit-code: 0"},
		"a rule left out":       {linted("  disable: [lagvet]\n"), verdict.Fail, "nothing runs lagvet's rule gounbounded"},
	} {
		t.Run(name, func(t *testing.T) {
			p := atLevel5(t)
			c.change(t, p)
			if got := state(t, p.audit(t), "concurrency-rules"); got.Status != c.status || !strings.Contains(got.Reason, c.part) {
				t.Errorf("%s: %s, want %s: …%s…", got.Status, got.Reason, c.status, c.part)
			}
		})
	}
	p := atLevel5(t)
	linted("")(t, p)
	trials, err := Trials(Default(), p.write(t))
	if err != nil {
		t.Fatal(err)
	}
	var tried []string
	for _, tr := range trials {
		if strings.HasPrefix(tr.Control, "con") && strings.HasSuffix(tr.Control, "-rules") {
			tried = append(tried, tr.Control+" by "+tr.Command)
		}
	}
	if want := []string{"concurrency-rules by golangci-lint run", "context-rules by golangci-lint run", "context-rules by golangci-lint run"}; !slices.Equal(tried, want) {
		t.Errorf("tried are %q, want %q", tried, want)
	}
}

func TestParts(t *testing.T) {
	for name, c := range parts {
		t.Run(name, func(t *testing.T) {
			p := atLevel5(t)
			c.change(t, p)
			if got := state(t, p.audit(t), c.control); got.Status != c.status || !strings.Contains(got.Reason, c.part) {
				t.Errorf("%s: %s, want %s: …%s…", got.Status, got.Reason, c.status, c.part)
			}
		})
	}
	p := atLevel5(t)
	p.in.ForbiddenModules = []string{"example.com/a@1.2"}
	if _, err := Audit(Default(), p.in); err == nil || !strings.Contains(err.Error(), "MODULE@<v1.2.3") {
		t.Errorf("a list that forbids nothing is taken: %v", err)
	}
}

// What is wrong in code alone, with the manifests as they are.
var inCode = map[string]struct {
	control string
	change  func(c *Code)
	status  verdict.Status
	part    string
}{
	"the handler takes longer than the mesh waits": {
		"context-order", func(c *Code) { c.Endpoints[0].Limit = 4 * time.Second },
		verdict.Fail, "leaves the caller less time than the callee",
	},
	"a call takes longer than the handler has": {
		"context-order", func(c *Code) { c.Endpoints[0].Calls[0].Limit = 5 * time.Second },
		verdict.Fail, "leaves the caller less time than the callee",
	},
	"its attempts do": {
		"context-order", func(c *Code) { c.Endpoints[0].Calls[0].Limit, c.Endpoints[0].Calls[0].Attempts = 2*time.Second, 2 },
		verdict.Fail, "leaves the caller less time than the callee",
	},
	"of another program": {
		"context-order", func(c *Code) { c.Endpoints[0].Programs, c.Endpoints[0].Limit = []string{"billing"}, 4*time.Second },
		verdict.Pass, "",
	},
	"nobody waits for the call": {
		"context-order", func(c *Code) { c.Endpoints[0].Calls[0].Limit, c.Endpoints[0].Calls[0].Aside = 5*time.Second, true },
		verdict.Pass, "",
	},
	"code tries three times, and the mesh again": {
		"dependency-multiplied", func(c *Code) {
			c.Endpoints[0].Calls[0].Host, c.Endpoints[0].Calls[0].Attempts = "orders", 3
		},
		verdict.Fail, "may try more than 3 times",
	},
	"code alone tries four times": {
		"dependency-multiplied", func(c *Code) { c.Endpoints[0].Calls[0].Attempts = 4 },
		verdict.Fail, "may try more than 3 times",
	},
	"of a host that is not known": {
		"dependency-multiplied", func(c *Code) { c.Endpoints[0].Calls[0].Host, c.Endpoints[0].Calls[0].Attempts = "", 4 },
		verdict.Unknown, "",
	},
	"a database, that no mesh asks again": {
		"dependency-multiplied", func(c *Code) { c.Endpoints[0].Calls[0].Kind, c.Endpoints[0].Calls[0].Attempts = "sql", 4 },
		verdict.Pass, "",
	},
}

func TestOnlyCodeIsWrong(t *testing.T) {
	for name, c := range inCode {
		t.Run(name, func(t *testing.T) {
			p := atLevel5(t)
			c.change(p.in.Code)
			for _, tr := range p.audit(t).Tracks {
				for _, s := range tr.Controls {
					if s.ID == c.control && (s.Status != c.status || !strings.Contains(s.Reason, c.part)) {
						t.Errorf("%s: %s, want %s with %q; %v", s.Status, s.Reason, c.status, c.part, s.Proofs)
					}
				}
			}
		})
	}
}

// Without manifests the budgets of code are held against each other all the same.
func TestOnlyCode(t *testing.T) {
	p := atLevel5(t)
	delete(p.files, deployed)
	p.in.Code.Endpoints[0].Calls[0].Limit = 5 * time.Second
	for _, tr := range p.audit(t).Tracks {
		for _, s := range tr.Controls {
			if s.ID == "context-order" && s.Status != verdict.Fail {
				t.Errorf("%s: %s", s.Status, s.Reason)
			}
		}
	}
}

func TestBudgets(t *testing.T) {
	p := atLevel5(t)
	p.in.Dir = t.TempDir()
	for _, name := range []string{"go.mod", deployed} {
		file := filepath.Join(p.in.Dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(p.files[name]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p.in.Files = []string{"go.mod", deployed}
	table, err := Budgets(p.in)
	if err != nil || len(table.Problems) > 0 {
		t.Fatal(table, err)
	}
	if len(table.Rows) != 2 || table.Rows[0].Service != "orders" || table.Rows[0].Mesh.Limit != 3*time.Second || table.Wrong() {
		t.Errorf("%+v", table.Rows)
	}
	p.in.Code.Endpoints[0].Limit = 4 * time.Second
	if table, err = Budgets(p.in); err != nil || table.Rows[0].State != budgets.Cut || table.Rows[0].Outer.At.File != deployed || !table.Wrong() {
		t.Errorf("%+v, %v", table.Rows[0], err)
	}
	p.in.Code.Problems = []Problem{{Place: verdict.Place{Text: "it does not compile"}}}
	if table, err = Budgets(p.in); err != nil || len(table.Problems) != 1 {
		t.Errorf("%v, %v", table.Problems, err)
	}
	p.in.Files = append(p.in.Files, "deploy/broken.yml")
	if err := os.WriteFile(filepath.Join(p.in.Dir, "deploy/broken.yml"), []byte("apiVersion: v1\nkind: [Service\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if table, err = Budgets(p.in); err != nil || len(table.Problems) != 2 {
		t.Errorf("%v, %v", table.Problems, err)
	}
}

// below are controls that rest on the same run of the rules as one of level 2.
var below = map[string]int{"context-fixable": 1, "dependency-fixable": 1}

// Each control holds its track at the level below its own, and none is forgotten.
func TestEachControlAway(t *testing.T) {
	m := Default()
	for _, tr := range m.Tracks {
		for _, c := range tr.Controls {
			t.Run(c.ID, func(t *testing.T) {
				change := away[c.ID]
				if change == nil {
					t.Fatal("nothing takes it away")
				}
				p := atLevel5(t)
				change(t, p)
				r := p.audit(t)
				i := slices.IndexFunc(r.Tracks, func(s TrackState) bool { return s.ID == tr.ID })
				j := slices.IndexFunc(r.Tracks[i].Controls, func(s ControlState) bool { return s.ID == c.ID })
				state := r.Tracks[i].Controls[j]
				if state.Status == verdict.Pass || state.Met() != c.Optional {
					t.Errorf("it is met: %s: %s", state.Status, state.Reason)
				}
				want := c.Level - 1
				if c.Optional {
					want = Levels
				}
				if lower, ok := below[c.ID]; ok {
					want = lower
				}
				if r.Tracks[i].Level != want {
					t.Errorf("the track stands at level %d, want %d", r.Tracks[i].Level, want)
					for _, s := range r.Tracks[i].Controls {
						if !s.Met() {
							t.Logf("%s: %s: %s", s.ID, s.Status, s.Reason)
						}
					}
				}
				outcome := Unmeasurable
				if state.Status == verdict.Fail {
					outcome = Below
				}
				if c.Optional {
					outcome = Meets
				}
				if got := r.Against(c.Level); got != outcome {
					t.Errorf("the outcome against level %d is %d, want %d", c.Level, got, outcome)
				}
			})
		}
	}
	for id := range away {
		if _, _, ok := m.Control(id); !ok {
			t.Errorf("there is no control %s", id)
		}
	}
}

// An optional control that fails holds no level up, and is told.
func TestOptional(t *testing.T) {
	p := atLevel5(t)
	away["dependency-canary"](t, p)
	r := p.audit(t)
	var text strings.Builder
	if err := r.WriteText(&text, false); err != nil {
		t.Fatal(err)
	}
	if r.Level != Levels || !strings.Contains(text.String(), "dependency-canary: ") || !strings.Contains(text.String(), "(optional)") {
		t.Errorf("at level %d is told:\n%s", r.Level, &text)
	}
}
