package ci

import (
	"path"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/ci/script"
)

// A Kind is what a gate is for.
type Kind string

// The kinds of gates.
const (
	Test          Kind = "test"           // go test
	Race          Kind = "race"           // go test -race
	Vet           Kind = "vet"            // go vet
	GolangciLint  Kind = "golangci-lint"  // golangci-lint run
	Vulnerability Kind = "vulnerability"  // govulncheck, osv-scanner and their like
	ModVerify     Kind = "mod-verify"     // go mod verify
	Tidy          Kind = "tidy"           // go mod tidy -diff, or tidy and a look at what changed
	Lagvet        Kind = "lagvet"         // lagvet check or gate, go vet -vettool=lagvet
	Enforce       Kind = "enforce"        // go build -toolexec="lagvet enforce"
	Fault         Kind = "fault"          // toxiproxy, chaos tools
	FaultByName   Kind = "fault-by-name"  // tests that are called after faults: a weak sign
	RuleLint      Kind = "rule-lint"      // promtool check rules and its like
	MetricLint    Kind = "metric-lint"    // promtool check metrics
	DashboardLint Kind = "dashboard-lint" // mixtool lint, dashboard-linter
)

// titles are what kinds of gates are called in sentences.
var titles = map[Kind]string{
	Test: "`go test`", Race: "`go test -race`", Vet: "`go vet`", GolangciLint: "`golangci-lint run`",
	Vulnerability: "a scan for known vulnerabilities (`govulncheck`)", ModVerify: "`go mod verify`", Tidy: "`go mod tidy -diff`",
	Lagvet: "`lagvet check`", Enforce: "a build with `-toolexec=\"lagvet enforce\"`", Fault: "a test with faults injected",
	FaultByName: "tests named after faults", RuleLint: "a check of alerting rules", MetricLint: "a lint of metric names",
	DashboardLint: "a lint of dashboards",
}

func (k Kind) String() string {
	if t, ok := titles[k]; ok {
		return t
	}
	return string(k)
}

// words are what the names of things have that may hold gates of a kind.
var words = map[Kind]*pattern.Pattern{
	Test:          pattern.New(`(?i)test|(^|[^a-z])unit|(^|[ /])(check|ci)([ ./]|$)`),
	Race:          pattern.New(`(?i)test|race|(^|[^a-z])unit|(^|[ /])(check|ci)([ ./]|$)`),
	Vulnerability: pattern.New(`(?i)vuln|secur|scan|snyk|trivy|nancy`),
	ModVerify:     pattern.New(`(?i)\bmod\b|\bverify|\bvendor|\bvalidate|\bcheck\b`),
	Tidy:          pattern.New(`(?i)\bmod\b|\btidy|\bverify|\bvendor|\bvalidate|\bcheck\b`),
	Fault:         pattern.New(`(?i)chaos|(^|[^e])fault|jepsen|antithesis|resilien|toxi`),
	Lagvet:        pattern.New(`(?i)lagvet|lint|\bvet|static|analy|(^|[ /])(check|ci|validate)([ ./]|-?\$|$)`),
}

func (k Kind) words() *pattern.Pattern {
	if re, ok := words[k]; ok {
		return re
	}
	return words[Lagvet]
}

// A role is one of the things that a gate is.
type role struct {
	kind  Kind
	open  bool   // only if what is not known of the command makes it so
	why   string // why it stops nothing although its job would fail with it
	part  string // what it is limited to
	flags []string
}

// roles says what a gate is.
func (g *Gate) roles() []role {
	argv := normal(g.Argv)
	if len(argv) == 0 {
		return nil
	}
	name := argv[0]
	switch {
	case name == "go" && len(argv) > 1:
		return g.goRoles(argv)
	case strings.HasPrefix(name, "golangci-lint") || name == "custom-gcl":
		return golangciRoles(argv)
	case name == "govulncheck":
		return []role{{kind: Vulnerability, why: govulncheckWhy(argv), flags: argv[1:]}}
	case name == "osv-scanner", name == "nancy", name == "gemnasium", name == "snyk" && slices.Contains(argv, "test"):
		return []role{{kind: Vulnerability}}
	case name == "trivy" || name == "grype":
		return []role{{kind: Vulnerability, why: scannerWhy(g, argv)}}
	case name == "lagvet" && len(argv) > 1:
		return lagvetRoles(argv)
	case name == "docker" && len(argv) > 1 && slices.Contains([]string{"stop", "pause", "kill"}, argv[1]) && faultRE.MatchString(g.Place.File), name == "tc" && slices.Contains(argv, "netem"):
		return []role{{kind: Fault}}
	case name == "promtool" && len(argv) > 2:
		switch {
		case argv[1] == "check" && argv[2] == "metrics":
			return []role{{kind: MetricLint}}
		case argv[1] == "check" && argv[2] == "rules", argv[1] == "test" && argv[2] == "rules":
			return []role{{kind: RuleLint}}
		}
	case name == "mixtool" && slices.Contains(argv, "lint"), name == "dashboard-linter":
		return []role{{kind: DashboardLint}, {kind: RuleLint}}
	case name == "pint" && slices.Contains(argv, "lint"), name == "cortextool" && slices.Contains(argv, "lint"), name == "mimirtool" && slices.Contains(argv, "rules"):
		return []role{{kind: RuleLint}}
	case slices.Contains([]string{"toxiproxy-server", "toxiproxy-cli", "chaos", "litmusctl", "pumba", "chaosd", "jepsen", "antithesis"}, name):
		return []role{{kind: Fault}}
	}
	return nil
}

// normal returns a command as it would be written plainly: without the path and the
// version of the program, without what only starts another program.
func normal(argv []string) []string {
	for range 4 {
		if len(argv) == 0 {
			return nil
		}
		name := program(argv[0])
		rest := argv[1:]
		switch {
		case name == "go" && len(rest) > 2 && rest[0] == "-C":
			argv = slices.Concat([]string{"go"}, rest[2:], rest[:2])
		case name == "go" && len(rest) > 1 && rest[0] == "tool":
			argv = skipFlags(rest[1:])
		case name == "go" && len(rest) > 1 && rest[0] == "run":
			args := skipFlags(rest[1:])
			if len(args) == 0 || !strings.Contains(args[0], ".") || strings.HasSuffix(args[0], ".go") || strings.HasPrefix(args[0], ".") && !strings.HasSuffix(args[0], "cmd/lagvet") {
				return append([]string{"go"}, rest...)
			}
			argv = args
		case name == "gotestsum" && len(rest) > 0 && (strings.Trim(rest[0], "-") == "version" || strings.Trim(rest[0], "-") == "help"):
			return append([]string{name}, rest...)
		case name == "gotestsum":
			return append([]string{"go", "test"}, gotestsumArgs(rest)...)
		case name == "ginkgo":
			return append([]string{"go", "test"}, rest...)
		case name == "richgo" || name == "gow" || name == "gotest":
			if name == "gotest" {
				rest = append([]string{"test"}, rest...)
			}
			return append([]string{"go"}, rest...)
		case name == "docker" || name == "podman":
			for _, inner := range [][]string{scanned(rest), wrapped(argv)} {
				if inner != nil {
					return inner
				}
			}
			return append([]string{name}, rest...)
		default:
			if inner := wrapped(argv); inner != nil && name != "echo" && name != "go" && name != "printf" {
				return inner
			}
			return append([]string{name}, rest...)
		}
	}
	return argv
}

var versionRE = pattern.New(`^v\d+(\.\d+)*$`)

// program is the name of a program: the last part of a path or an import path that
// is no version.
func program(s string) string {
	s, _, _ = strings.Cut(s, "@")
	s = strings.TrimSuffix(s, ".exe")
	base := path.Base(s)
	if versionRE.MatchString(base) {
		base = path.Base(path.Dir(s))
	}
	base = script.Unversioned(base)
	// $(GOLANGCI_LINT) and the like, where the Makefile does not set it.
	if inner := strings.Trim(base, "$(){}"); inner != base {
		switch strings.ToLower(inner) {
		case "go", "gocmd", "go_cmd", "gobin", "golang":
			return "go"
		case "golangci_lint", "golangcilint", "golangci", "golangci_lint_bin":
			return "golangci-lint"
		case "staticcheck", "govulncheck", "lagvet":
			return strings.ToLower(inner)
		}
	}
	if strings.HasPrefix(base, "go1.") {
		return "go"
	}
	return base
}

// goCommands are what go does that may be a gate.
var goCommands = []string{"test", "vet", "build", "install", "mod", "list"}

// wrapped returns the command of Go that stands among the words of another; nil if
// there is none.
func wrapped(argv []string) []string {
	for i := 1; i+1 < len(argv); i++ {
		if argv[i] == "go" && slices.Contains(goCommands, argv[i+1]) {
			return argv[i:]
		}
	}
	return nil
}

// scannerImage matches the image of a scanner, with its owner and perhaps a version.
var scannerImage = pattern.New(`^[a-z0-9][\w.-]*(?::\d+)?(?:/[\w.-]+)*/(osv-scanner|trivy|grype|nancy)(?::[^/]+)?(?:@\S+)?$`)

// scanned returns the scanner that docker run starts by its image, with its arguments:
// [osv-scanner scan source] of
// docker run -v .:/src ghcr.io/google/osv-scanner:latest scan source; nil if it is none.
func scanned(args []string) []string {
	if len(args) == 0 || args[0] != "run" {
		return nil
	}
	for i, a := range args {
		if m := scannerImage.FindStringSubmatch(a); m != nil {
			return append([]string{m[1]}, args[i+1:]...)
		}
	}
	return nil
}

func skipFlags(args []string) []string {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		if (args[0] == "-modfile" || args[0] == "-C" || args[0] == "-tags" || args[0] == "-mod") && len(args) > 1 {
			args = args[1:]
		}
		args = args[1:]
	}
	return args
}

// gotestsumArgs are the arguments of the go test that gotestsum runs.
func gotestsumArgs(args []string) []string {
	var pkgs []string
	for i, a := range args {
		if a == "--" {
			return append(pkgs, args[i+1:]...) // what is after -args is not for go test
		}
		if p, ok := strings.CutPrefix(a, "--packages="); ok {
			pkgs = strings.Fields(p)
			if strings.Contains(p, "$(") {
				pkgs = []string{p} // the words of a command, not packages
			}
		}
	}
	if len(pkgs) > 0 {
		return pkgs
	}
	for i, a := range args {
		if !strings.HasPrefix(a, "-") && (i == 0 || strings.Contains(args[i-1], "=") || !strings.HasPrefix(args[i-1], "-")) {
			return args[i:]
		}
	}
	return []string{"./..."}
}

// withValue are the flags of go test, vet and build that take the next word.
var withValue = map[string]bool{
	"run": true, "bench": true, "timeout": true, "tags": true, "coverprofile": true, "covermode": true, "coverpkg": true, "cpu": true,
	"count": true, "parallel": true, "p": true, "o": true, "ldflags": true, "gcflags": true, "asmflags": true, "mod": true, "modfile": true,
	"benchtime": true, "cpuprofile": true, "memprofile": true, "blockprofile": true, "mutexprofile": true, "trace": true, "exec": true,
	"shuffle": true, "vet": true, "C": true, "skip": true, "fuzz": true, "fuzztime": true, "outputdir": true, "list": true, "toolexec": true,
	"overlay": true, "pkgdir": true, "installsuffix": true, "buildmode": true, "compiler": true, "pgo": true, "vettool": true, "test.run": true,
	"test.timeout": true, "test.bench": true, "test.count": true, "test.coverprofile": true, "buildvcs": false, "test.cpu": true, "test.parallel": true,
}

// goFlags are the flags and packages of a command of Go.
type goFlags struct {
	flags map[string]string // "true" for those without a value
	pkgs  []string
	loose []string // words that may stand for flags: parts that are not known
}

func (g *Gate) parseGo(args []string) goFlags {
	f := goFlags{flags: make(map[string]string)}
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "-args" || a == "--args" || a == "--" {
			break
		}
		switch {
		case strings.HasPrefix(a, "-") && len(a) > 1:
			name, v, has := strings.Cut(strings.TrimLeft(a, "-"), "=")
			switch {
			case has:
			case withValue[name] && i+1 < len(args):
				i++
				v = args[i]
			default:
				v = "true"
			}
			f.flags[name] = v
		case g.isOpen(a) && !isPackages(a):
			f.loose = append(f.loose, a)
		default:
			f.pkgs = append(f.pkgs, a)
		}
	}
	return f
}

func (g *Gate) isOpen(word string) bool {
	return slices.ContainsFunc(g.Open, func(o string) bool { return o != "" && strings.HasPrefix(word, o) })
}

var packagesRE = pattern.New(`(?i)go list|find |pkg|package|target|dir\b|path|module|_list|folder|file|\bmod\b|\$d$|\$p$|\$i$|\$m$`)

// isPackages reports whether a part that is not known is one for packages.
func isPackages(word string) bool {
	return packagesRE.MatchString(word) || strings.HasSuffix(word, "/...")
}

func (g *Gate) goRoles(argv []string) []role {
	f := g.parseGo(argv[2:])
	switch argv[1] {
	case "test":
		return g.testRoles(f)
	case "vet":
		if tool, ok := f.flags["vettool"]; ok {
			if strings.Contains(tool, "lagvet") {
				return []role{{kind: Lagvet, flags: argv[2:]}}
			}
			return nil
		}
		return []role{{kind: Vet, part: part(f.pkgs), flags: argv[2:]}}
	case "build", "install":
		if strings.Contains(f.flags["toolexec"]+g.Env["GOFLAGS"], "lagvet enforce") {
			return []role{{kind: Enforce, flags: argv[2:]}}
		}
	case "mod":
		switch {
		case len(argv) > 2 && argv[2] == "verify":
			return []role{{kind: ModVerify}}
		case len(argv) > 2 && argv[2] == "tidy" && slices.ContainsFunc(argv[3:], func(a string) bool { return a == "-diff" || a == "--diff" }):
			return []role{{kind: Tidy}}
		}
	}
	return nil
}

// faultRE matches what is named after faults; "default" is not.
var faultRE = pattern.New(`(?i)(^|[^e])fault|chaos|toxi|failover|partition|netem|flaky.?network|resilien`)

// noTests matches the patterns by which people run no test, only benchmarks or the
// compiler.
var noTests = pattern.New(`(?i)^\^?(none|nope|no|nothing|no_?tests?|x{2,}|-|_+|#|dummy)?\$?$`)

func (g *Gate) testRoles(f goFlags) []role {
	if _, ok := f.flags["c"]; ok {
		return nil // only builds
	}
	if _, ok := f.flags["list"]; ok {
		return nil
	}
	if _, ok := f.flags["exec"]; ok && f.flags["exec"] == "true" {
		return nil
	}
	limited := ""
	if run, ok := f.flags["run"]; ok {
		if noTests.MatchString(run) {
			return nil
		}
		limited = "tests that match " + run
	}
	if run, ok := f.flags["test.run"]; ok {
		if noTests.MatchString(run) {
			return nil
		}
		limited = "tests that match " + run
	}
	p := part(f.pkgs)
	if limited != "" {
		if p != "" {
			limited += " of " + p
		}
		p = limited
	}
	all := []role{{kind: Test, part: p}}
	race := f.flags["race"] == "true" || strings.Contains(g.Env["GOFLAGS"], "-race")
	switch {
	case race:
		all = append(all, role{kind: Race, part: p})
	case len(f.loose) > 0 && f.flags["race"] == "" || g.isOpen(f.flags["race"]):
		all = append(all, role{kind: Race, part: p, open: true})
	}
	if faultRE.MatchString(f.flags["run"]) || slices.ContainsFunc(f.pkgs, faultRE.MatchString) || faultRE.MatchString(f.flags["tags"]) {
		all = append(all, role{kind: FaultByName, part: p})
	}
	return all
}

// part says which packages a command is limited to; "" if it is none.
func part(pkgs []string) string {
	for _, p := range pkgs {
		if p == "./..." || p == "all" || strings.HasSuffix(p, "/...") && strings.Contains(p, ".") && !strings.HasPrefix(p, "./") && !strings.HasPrefix(p, "../") || strings.Contains(p, "go list ") {
			return ""
		}
	}
	if len(pkgs) == 0 {
		return "."
	}
	return strings.Join(pkgs, " ")
}

func golangciRoles(argv []string) []role {
	i := slices.Index(argv, "run")
	if i < 0 {
		return nil
	}
	s := role{kind: GolangciLint, flags: argv[i+1:]}
	for j, a := range s.flags {
		next := ""
		if j+1 < len(s.flags) {
			next = s.flags[j+1]
		}
		switch {
		case a == "--issues-exit-code=0" || a == "--issues-exit-code" && next == "0":
			s.why = "`--issues-exit-code=0` makes it succeed whatever it finds"
		case strings.HasPrefix(a, "--new"):
			s.part = "what is new"
		}
	}
	return []role{s}
}

func govulncheckWhy(argv []string) string {
	for i, a := range argv {
		name, v, has := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if !has && i+1 < len(argv) {
			v = argv[i+1]
		}
		switch {
		case name == "json" && strings.HasPrefix(a, "-"), strings.HasPrefix(a, "-") && name == "format" && v != "text":
			return "`govulncheck` succeeds whatever it finds, unless its output is text"
		}
	}
	return ""
}

// Database returns where in Argv govulncheck can be told which database to go by: the
// index of the word that its flag -db goes before. It cannot where the gate names one
// itself, looks at a binary or in another directory, or is no govulncheck.
func (g *Gate) Database() (at int, ok bool) {
	if argv := normal(g.Argv); len(argv) == 0 || argv[0] != "govulncheck" {
		return 0, false
	}
	at = 1 + slices.IndexFunc(g.Argv, func(a string) bool { return program(a) == "govulncheck" })
	for _, a := range g.Argv {
		name, _, _ := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if strings.HasPrefix(a, "-") && (name == "db" || name == "mode" || name == "C") {
			return 0, false
		}
	}
	return at, at > 0
}

func scannerWhy(g *Gate, argv []string) string {
	joined := strings.Join(argv, " ")
	if g.Place.Text == "trivy" || strings.Contains(joined, "--exit-code 1") || strings.Contains(joined, "--exit-code=1") || strings.Contains(joined, "--fail-on") || g.Env["TRIVY_EXIT_CODE"] == "1" {
		return ""
	}
	return "`" + argv[0] + "` succeeds whatever it finds, unless it is told otherwise"
}

func lagvetRoles(argv []string) []role {
	if argv[1] == "check" || argv[1] == "gate" {
		return []role{{kind: Lagvet, flags: argv[2:]}}
	}
	return nil
}

// flagValues are the values of a flag that may be repeated or list several.
func flagValues(args []string, names ...string) []string {
	var all []string
	for i, a := range args {
		name, v, has := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if !strings.HasPrefix(a, "-") || !slices.Contains(names, name) {
			continue
		}
		if !has && i+1 < len(args) {
			v = args[i+1]
		}
		for e := range strings.SplitSeq(v, ",") {
			all = append(all, strings.TrimSpace(e))
		}
	}
	return all
}
