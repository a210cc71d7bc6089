package modules_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lagvet/lagvet/maturity/internal/modules"
	"github.com/lagvet/lagvet/maturity/internal/treetest"
	"github.com/lagvet/lagvet/maturity/verdict"
)

var now = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

const year = 365 * 24 * time.Hour

// A want is what a check is to say: part of the reason, and one of the proofs.
type want struct {
	status verdict.Status
	words  string
	proof  string
}

func built(file string, releases ...string) []modules.Version {
	var all []modules.Version
	for i, g := range releases {
		all = append(all, modules.Version{Go: g, Place: verdict.Place{File: file, Line: i + 1}})
	}
	return all
}

const program = "-- main.go --\npackage main\n"

func gomod(goLines string) string { return "-- go.mod --\nmodule example.com/m\n\n" + goLines + "\n" }

func TestSupportedGo(t *testing.T) {
	for name, c := range map[string]struct {
		repo  string
		now   time.Time
		built []modules.Version
		want  want
	}{
		"go line":         {gomod("go 1.26.3") + program, now, nil, want{verdict.Pass, "is supported", "go.mod:3"}},
		"toolchain line":  {gomod("go 1.21\n\ntoolchain go1.27.1") + program, now, nil, want{verdict.Pass, "", "go.mod:5"}},
		"ended":           {gomod("go 1.25.1") + program, now, nil, want{verdict.Fail, "Go 1.25.1 build what is shipped, which has had no fixes since 2026-08-19", "go.mod:3"}},
		"ended then":      {gomod("go 1.25.1") + program, now.AddDate(0, -6, 0), nil, want{verdict.Pass, "", "go.mod:3"}},
		"old toolchain":   {gomod("go 1.21\ntoolchain go1.24.2") + program, now, nil, want{verdict.Fail, "1.24.2", "go.mod:4"}},
		"built by newer":  {gomod("go 1.22") + program, now, built("Dockerfile", "1.26"), want{verdict.Pass, "", "Dockerfile:1"}},
		"built by stable": {gomod("go 1.22") + program, now, built("ci.yml", "stable"), want{verdict.Pass, "", "ci.yml:1"}},
		"more CI":         {gomod("go 1.26") + program, now, built("ci.yml", "1.20", "1.21"), want{verdict.Pass, "", "go.mod:3"}},
		"built by old":    {gomod("go 1.22") + program, now, built("Dockerfile", "1.22"), want{verdict.Fail, "", "go.mod:3"}},
		"no go line":      {gomod("") + program, now, nil, want{verdict.Fail, "names no Go release", "go.mod:1"}},
		"library":         {gomod("go 1.20") + "-- a.go --\npackage a\n", now, nil, want{verdict.Unknown, "no program", "go.mod:3"}},
		"tested library":  {gomod("go 1.20"), now, built("ci.yml", "1.20", "1.27"), want{verdict.Pass, "", "ci.yml:2"}},
		"script":          {gomod("go 1.20") + "-- main.go --\n//go:build ignore\n\npackage main\n", now, nil, want{verdict.Unknown, "no program", ""}},
		"unknown release": {gomod("go 1.29") + program, now, nil, want{verdict.Unknown, "beyond what is known", "go.mod:3"}},
		"in the future":   {gomod("go 1.26.9") + program, now.AddDate(0, 4, 0), nil, want{verdict.Unknown, "beyond", ""}},
		"still newest":    {gomod("go 1.27.9") + program, now.AddDate(0, 4, 0), nil, want{verdict.Pass, "", ""}},
		"before Go":       {gomod("go 1.27.9") + program, now.AddDate(-15, 0, 0), nil, want{verdict.Unknown, "", ""}},
		"example aside":   {gomod("go 1.27") + program + "-- examples/a/go.mod --\nmodule a\n-- examples/a/main.go --\npackage main\n", now, nil, want{verdict.Pass, "", "go.mod:3"}},
		"fixture":         {gomod("go 1.27") + program + "-- testdata/go.mod --\nmodule\n", now, nil, want{verdict.Pass, "", "go.mod:3"}},
		"library beside":  {gomod("go 1.27") + program + "-- api/go.mod --\nmodule example.com/m/api\n\ngo 1.19\n", now, nil, want{verdict.Pass, "", "go.mod:3"}},
		"broken":          {"-- go.mod --\nmodule example.com/m\n\ngo one\n", now, nil, want{verdict.Unknown, "go.mod:3 cannot be read", "go.mod:3"}},
		"none":            {"-- README.md --\n", now, nil, want{verdict.NotApplicable, "no go.mod", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).SupportedGo(c.now, c.built...)
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

// fetching are versions that give way to a newer one of go.mod, as those of CI.
func fetching(versions []modules.Version) []modules.Version {
	for i := range versions {
		versions[i].Fetches = true
	}
	return versions
}

func TestToolchainPinned(t *testing.T) {
	for name, c := range map[string]struct {
		repo  string
		built []modules.Version
		want  want
	}{
		"toolchain":      {gomod("go 1.24\ntoolchain go1.26.3"), nil, want{verdict.Pass, "", "go.mod:4"}},
		"patch":          {gomod("go 1.26.3"), nil, want{verdict.Pass, "", "go.mod:3"}},
		"candidate":      {gomod("go 1.27rc1"), nil, want{verdict.Pass, "", "go.mod:3"}},
		"loose":          {gomod("go 1.26"), nil, want{verdict.Fail, "no toolchain line", "go.mod:3"}},
		"default":        {gomod("go 1.26\ntoolchain default"), nil, want{verdict.Fail, "", "go.mod:3"}},
		"image agrees":   {gomod("go 1.26.3"), built("Dockerfile", "1.26.3"), want{verdict.Pass, "", "go.mod:3"}},
		"image floats":   {gomod("go 1.26.3"), built("Dockerfile", "1.26"), want{verdict.Unknown, "names Go 1.26.3, and Dockerfile does not name one release", "Dockerfile:1"}},
		"CI floats":      {gomod("go 1.26.3"), fetching(built("ci.yml", "1.26.x")), want{verdict.Unknown, "ci.yml does not name", "ci.yml:1"}},
		"image differs":  {gomod("go 1.26.3"), built("Dockerfile", "1.26.1"), want{verdict.Fail, "pins Go 1.26.3, and Dockerfile builds by another", "Dockerfile:1"}},
		"image newer":    {gomod("go 1.26.3"), built("Dockerfile", "1.27"), want{verdict.Fail, "", "Dockerfile:1"}},
		"CI older":       {gomod("go 1.26.3"), fetching(built("ci.yml", "1.26.1")), want{verdict.Pass, "", "go.mod:3"}},
		"CI by tilde":    {gomod("go 1.26.3"), fetching(built("ci.yml", "~1.26.3")), want{verdict.Unknown, "ci.yml does not name", "ci.yml:1"}},
		"CI newer":       {gomod("go 1.25.1"), fetching(built("ci.yml", "~1.26.0")), want{verdict.Fail, "pins Go 1.25.1, and ci.yml builds by another", "ci.yml:1"}},
		"matrix":         {gomod("go 1.26.3"), built("ci.yml", "1.27", "1.26.3"), want{verdict.Pass, "", "go.mod:3"}},
		"newest":         {gomod("go 1.26.3"), built("ci.yml", "stable"), want{verdict.Unknown, "cannot be told", "ci.yml:1"}},
		"nobody knows":   {gomod("go 1.26.3"), built("ci.yml", "${{ matrix.go }}"), want{verdict.Unknown, "cannot be told", "ci.yml:1"}},
		"image of any":   {gomod("go 1.26.3"), []modules.Version{{Any: true, Place: verdict.Place{File: "Dockerfile", Line: 1}}, {Go: "1.26.3", Place: verdict.Place{File: "Dockerfile", Line: 2}}}, want{verdict.Fail, "and Dockerfile builds by whatever is the newest", "Dockerfile:1"}},
		"image by ARG":   {gomod("go 1.26.3"), []modules.Version{{Open: true, Place: verdict.Place{File: "Dockerfile", Line: 1}}}, want{verdict.Unknown, "by which Dockerfile builds is left to", "Dockerfile:1"}},
		"two modules":    {gomod("go 1.26.4") + program + "-- agent/go.mod --\nmodule example.com/m/agent\n\ngo 1.26.1\n-- agent/main.go --\npackage main\n", built("Dockerfile", "1.26.6"), want{verdict.Fail, "pins Go 1.26.1 or 1.26.4, and Dockerfile builds by another", "Dockerfile:1"}},
		"none":           {"-- a --\n", nil, want{verdict.NotApplicable, "", ""}},
		"library beside": {gomod("go 1.27.0") + program + "-- api/go.mod --\nmodule example.com/m/api\n\ngo 1.19\n", nil, want{verdict.Pass, "", "go.mod:3"}},
		"broken":         {"-- go.mod --\nrequire\n", nil, want{verdict.Unknown, "go.mod:1 cannot be read", "go.mod:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).ToolchainPinned(c.built...)
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestReplaces(t *testing.T) {
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"none":         {gomod("go 1.26"), want{verdict.Pass, "no module is replaced", "go.mod:1"}},
		"inside":       {gomod("replace example.com/a => ./a") + "-- a/go.mod --\nmodule example.com/a\n", want{verdict.Pass, "", "go.mod:3"}},
		"not there":    {gomod("replace example.com/a => ./a"), want{verdict.Fail, "", "go.mod:3"}},
		"outside":      {gomod("replace example.com/a => ../a"), want{verdict.Fail, "outside", "go.mod:3"}},
		"absolute":     {gomod("replace example.com/a => /home/me/a"), want{verdict.Fail, "outside", "go.mod:3"}},
		"same":         {gomod("replace example.com/a => example.com/a v1.2.3"), want{verdict.Pass, "by other versions of their own", "go.mod:3"}},
		"fork":         {gomod("replace example.com/a => example.com/b v1.2.3"), want{verdict.Fail, "fork without a comment", "go.mod:3"}},
		"said beside":  {gomod("replace example.com/a => example.com/b v1.2.3 // fixes a leak"), want{verdict.Pass, "", "go.mod:3"}},
		"said above":   {gomod("// fixes a leak\nreplace example.com/a => example.com/b v1.2.3"), want{verdict.Pass, "", "go.mod:4"}},
		"said for all": {gomod("// forks that fix leaks\nreplace (\n\texample.com/a => example.com/b v1.2.3\n\texample.com/c => example.com/d v1.2.3\n)"), want{verdict.Pass, "", "go.mod:6"}},
		"said for one": {gomod("replace (\n\t// fixes a leak\n\texample.com/a => example.com/b v1.2.3\n\n\texample.com/c => example.com/d v1.2.3\n)"), want{verdict.Fail, "", "go.mod:7"}},
		"of submodule": {gomod("replace example.com/a => ./sub/a") + "-- .gitmodules --\n[submodule \"sub\"]\n\tpath = sub\n\turl = https://example.com/sub\n", want{verdict.Unknown, "git submodule", "go.mod:3"}},
		"go.work":      {gomod("go 1.26") + "-- go.work --\ngo 1.26\n\nuse .\n\nreplace example.com/a => ../a\n", want{verdict.Fail, "", "go.work:5"}},
		"broken work":  {gomod("go 1.26") + "-- go.work --\nuse\n", want{verdict.Unknown, "go.work:1 cannot be read", "go.work:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).Replaces()
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

const (
	needsA = "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n\nrequire example.com/a v1.2.3\n"
	sumA   = "-- go.sum --\nexample.com/a v1.2.3 h1:x=\nexample.com/a v1.2.3/go.mod h1:x=\n"
)

func TestSumComplete(t *testing.T) {
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"complete":    {needsA + sumA, want{verdict.Pass, "a hash for each", "go.sum:1"}},
		"other":       {needsA + "-- go.sum --\nexample.com/a v1.2.2 h1:x=\n", want{verdict.Fail, "go mod tidy", "go.mod:5"}},
		"no go.sum":   {needsA, want{verdict.Fail, "", "go.mod:5"}},
		"nothing":     {gomod("go 1.26"), want{verdict.NotApplicable, "no module requires another", ""}},
		"broken":      {needsA + "-- go.sum --\n<<<<<<< HEAD\n", want{verdict.Unknown, "go.sum:1 cannot be read", "go.sum:1"}},
		"replaced":    {needsA + "replace example.com/a => ./a\n-- a/go.mod --\nmodule example.com/a\n", want{verdict.NotApplicable, "", ""}},
		"forked":      {needsA + "replace example.com/a => example.com/b v1.0.0\n" + sumA, want{verdict.Fail, "", "go.mod:5"}},
		"workspace":   {needsA + "-- go.work --\ngo 1.26\n\nuse (\n\t.\n\t./a\n)\n-- a/go.mod --\nmodule example.com/a\n", want{verdict.NotApplicable, "", ""}},
		"go.work.sum": {needsA + "-- go.work --\ngo 1.26\n\nuse .\n-- go.work.sum --\nexample.com/a v1.2.3/go.mod h1:x=\n", want{verdict.NotApplicable, "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).SumComplete()
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestVendorAgrees(t *testing.T) {
	listed := "-- vendor/modules.txt --\n# example.com/a v1.2.3\n## explicit; go 1.20\nexample.com/a\n"
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"agrees":      {needsA + listed, want{verdict.Pass, "agrees", "vendor/modules.txt:1"}},
		"no vendor":   {needsA, want{verdict.NotApplicable, "vendor directory", ""}},
		"newer":       {strings.Replace(needsA, "v1.2.3", "v1.2.4", 1) + listed, want{verdict.Fail, "go mod vendor", "go.mod:5"}},
		"not needed":  {gomod("go 1.26") + listed, want{verdict.Fail, "", "vendor/modules.txt:1"}},
		"before 1.14": {gomod("go 1.13") + listed, want{verdict.Pass, "", ""}},
		"replaced":    {needsA + "replace example.com/a => example.com/b v1.0.0\n" + listed, want{verdict.Fail, "", "go.mod:5"}},
		"replaced so": {needsA + "replace example.com/a => example.com/b v1.0.0\n-- vendor/modules.txt --\n# example.com/a v1.2.3 => example.com/b v1.0.0\n## explicit\nexample.com/a\n", want{verdict.Pass, "", ""}},
		"work":        {needsA + "-- go.work --\ngo 1.26\nuse .\n-- vendor/modules.txt --\n## workspace\n# example.com/a v1.2.3\n## explicit; go 1.20\n", want{verdict.Pass, "", ""}},
		"broken":      {"-- go.mod --\nmodule\n" + listed, want{verdict.Unknown, "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).VendorAgrees()
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestVersionsAgree(t *testing.T) {
	other := func(version string) string {
		return "-- b/go.mod --\nmodule example.com/m/b\n\ngo 1.26\n\nrequire example.com/a " + version + "\n"
	}
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"agree":     {needsA + other("v1.2.3"), want{verdict.Pass, "one version", "b/go.mod:5"}},
		"differ":    {needsA + other("v1.2.4"), want{verdict.Fail, "1 common dependency", "b/go.mod:5"}},
		"indirect":  {needsA + other("v1.2.4 // indirect"), want{verdict.Fail, "", "go.mod:5"}},
		"one":       {needsA, want{verdict.NotApplicable, "one module", ""}},
		"disjoint":  {gomod("go 1.26") + other("v1.2.3"), want{verdict.NotApplicable, "in common", ""}},
		"tool":      {needsA + strings.Replace(other("v1.2.4"), "b/go.mod", "tools/go.mod", 1), want{verdict.NotApplicable, "", ""}},
		"local":     {needsA + "replace example.com/a => ./x\n" + other("v1.2.4") + "replace example.com/a => ../x\n", want{verdict.NotApplicable, "in common", ""}},
		"one's own": {needsA + other("v1.2.4") + "-- a/go.mod --\nmodule example.com/a\n", want{verdict.NotApplicable, "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).VersionsAgree()
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestDrift(t *testing.T) {
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"none":     {needsA + sumA, want{verdict.Pass, "a hash for each", "go.sum:1"}},
		"go.sum":   {needsA, want{verdict.Fail, "go.sum", "go.mod:5"}},
		"vendor":   {needsA + sumA + "-- vendor/modules.txt --\n", want{verdict.Fail, "vendor/modules.txt", "go.mod:5"}},
		"nothing":  {gomod("go 1.26"), want{verdict.NotApplicable, "", ""}},
		"broken":   {"-- go.mod --\nmodule\n", want{verdict.Unknown, "", "go.mod:1"}},
		"no Go":    {"-- a --\n", want{verdict.NotApplicable, "no go.mod", ""}},
		"conflict": {needsA + "-- go.sum --\n=======\n", want{verdict.Unknown, "", "go.sum:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).Drift()
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestRetracted(t *testing.T) {
	cache := func(files ...string) fs.FS {
		m := fstest.MapFS{}
		for i := 0; i < len(files); i += 2 {
			m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
		}
		return m
	}
	bad := "module example.com/a\n\nretract [v1.2.0, v1.2.5] // loses data\n"
	for name, c := range map[string]struct {
		repo  string
		cache fs.FS
		want  want
	}{
		"retracted":     {needsA, cache("example.com/a/@v/v1.3.0.mod", bad, "example.com/a/@v/v1.2.3.mod", ""), want{verdict.Fail, "1 required version is retracted", "go.mod:5"}},
		"not":           {needsA, cache("example.com/a/@v/v1.3.0.mod", "module example.com/a\n"), want{verdict.Pass, "no required version", "go.mod:5"}},
		"the newest":    {needsA, cache("example.com/a/@v/v1.2.3.mod", "module example.com/a\n", "example.com/a/@v/list", "v1.2.3\nv1.2.2\n"), want{verdict.Pass, "", ""}},
		"newer unread":  {needsA, cache("example.com/a/@v/v1.2.3.mod", "module example.com/a\n", "example.com/a/@v/list", "v1.2.4\nv1.2.3\n"), want{verdict.Unknown, "of 1 of 1", "go.mod:5"}},
		"only this":     {needsA, cache("example.com/a/@v/v1.2.3.mod", "module example.com/a\n"), want{verdict.Unknown, "no newer version", "go.mod:5"}},
		"older only":    {needsA, cache("example.com/a/@v/v1.2.2.mod", bad), want{verdict.Unknown, "", ""}},
		"broken":        {needsA, cache("example.com/a/@v/v1.3.0.mod", "module \"a\n"), want{verdict.Unknown, "", ""}},
		"no cache":      {needsA, nil, want{verdict.Unknown, "", ""}},
		"requires none": {gomod("go 1.26"), nil, want{verdict.NotApplicable, "", ""}},
		"broken go.mod": {"-- go.mod --\nmodule\n", nil, want{verdict.Unknown, "", "go.mod:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).Retracted(c.cache)
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestPseudoVersions(t *testing.T) {
	need := func(line string) string { return gomod("require (\n" + line + "\n)") }
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"old":      {need("example.com/a v0.0.0-20240101000000-0123456789ab"), want{verdict.Fail, "older than 365 days", "go.mod:4"}},
		"young":    {need("example.com/a v0.0.0-20261101000000-0123456789ab"), want{verdict.Pass, "no older than 365", "go.mod:4"}},
		"said":     {need("// has no tags\nexample.com/a v0.0.0-20240101000000-0123456789ab"), want{verdict.Pass, "", "go.mod:5"}},
		"for all":  {strings.Replace(need("example.com/a v0.0.0-20240101000000-0123456789ab"), "require (", "// direct\nrequire (", 1), want{verdict.Fail, "", "go.mod:5"}},
		"indirect": {need("example.com/a v0.0.0-20240101000000-0123456789ab // indirect"), want{verdict.NotApplicable, "directly", ""}},
		"tagged":   {need("example.com/a v1.0.0"), want{verdict.Pass, "no direct requirement", "go.mod:1"}},
		"replaced": {need("example.com/a v0.0.0-00010101000000-000000000000") + "replace example.com/a => ./a\n", want{verdict.NotApplicable, "", ""}},
		"forked":   {need("example.com/a v1.0.0") + "replace example.com/a => example.com/b v0.0.0-20240101000000-0123456789ab\n", want{verdict.Fail, "", "go.mod:4"}},
		"broken":   {"-- go.mod --\nmodule\n", want{verdict.Unknown, "", "go.mod:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).PseudoVersions(now, year)
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
	got := modules.Collect(treetest.Open(t, need("example.com/a v0.0.0-20261120000000-0123456789ab"))).PseudoVersions(now, year)
	if len(got.Proofs) != 1 || !strings.Contains(got.Proofs[0].Text, "2 days old") {
		t.Errorf("the age is not told: %v", got.Proofs)
	}
}

func TestToolsPinned(t *testing.T) {
	latest := "go install example.com/cmd/tool@latest"
	for name, c := range map[string]struct {
		repo  string
		loose []verdict.Place
		want  want
	}{
		"tool line":     {gomod("tool example.com/cmd/tool"), nil, want{verdict.Pass, "pinned", "go.mod:3"}},
		"tools.go":      {gomod("") + "-- tools/tools.go --\n//go:build tools\n\npackage tools\n\nimport _ \"example.com/cmd/tool\"\n", nil, want{verdict.Pass, "", "tools/tools.go:1"}},
		"other tools":   {gomod("") + "-- tools.go --\npackage m\n\nimport _ \"example.com/cmd/tool\"\n", nil, want{verdict.NotApplicable, "no tool", ""}},
		"version":       {gomod("") + "-- Makefile --\ntools:\n\tgo install example.com/cmd/tool@v1.2.3\n", nil, want{verdict.Pass, "", "Makefile:2"}},
		"by year":       {gomod("") + "-- Makefile --\nlint:\n\tgo run honnef.co/go/tools/cmd/staticcheck@2026.1 ./...\n", nil, want{verdict.Pass, "", "Makefile:2"}},
		"go run":        {gomod("") + "-- Makefile --\ngen:\n\tGOFLAGS= go run -modfile=x example.com/cmd/tool@v1.2.3 -w .\n", nil, want{verdict.Pass, "", "Makefile:2"}},
		"latest":        {gomod("tool example.com/a") + "-- Makefile --\ntools:\n\t" + latest + "\n", nil, want{verdict.Fail, "newest that day", "Makefile:2"}},
		"workflow":      {gomod("") + "-- .github/workflows/ci.yml --\njobs:\n  a:\n    steps:\n      - run: " + latest + "\n", nil, want{verdict.Fail, "", ".github/workflows/ci.yml:4"}},
		"script":        {gomod("") + "-- x.sh --\nset -e\nwhich tool || $(go env GOROOT)/bin/go install -v \\\n  example.com/cmd/tool@main\n", nil, want{verdict.Fail, "", "x.sh:2"}},
		"joined":        {gomod("") + "-- x.sh --\ntrue && \\\n  go install example.com/a@v1.0.0 && \\\n  go install example.com/b@latest\n", nil, want{verdict.Fail, "", "x.sh:3"}},
		"by a variable": {gomod("") + "-- Makefile --\nGO ?= go\nt:\n\t$(GO) install example.com/b@latest\n", nil, want{verdict.Fail, "", "Makefile:3"}},
		"image":         {gomod("") + "-- Dockerfile --\nFROM golang\nRUN go install \"example.com/cmd/tool@latest\"\n", nil, want{verdict.Fail, "", "Dockerfile:2"}},
		"major":         {gomod("") + "-- x.sh --\ngo install example.com/cmd/tool@v2\n", nil, want{verdict.Fail, "", "x.sh:1"}},
		"commit":        {gomod("") + "-- x.sh --\ngo install example.com/cmd/tool@0123456789ab\n", nil, want{verdict.Pass, "", "x.sh:1"}},
		"variable":      {gomod("") + "-- Makefile --\nV ?= v1.2.3\nt:\n\tgo install example.com/cmd/tool@$(V)\n", nil, want{verdict.Pass, "", "Makefile:3"}},
		"loose value":   {gomod("") + "-- Makefile --\nV := latest\nt:\n\tgo install example.com/cmd/tool@${V}\n", nil, want{verdict.Fail, "", "Makefile:3"}},
		"from outside":  {gomod("") + "-- Makefile --\nt:\n\tgo install example.com/cmd/tool@$(V)\n", nil, want{verdict.Pass, "", "Makefile:2"}},
		"comment":       {gomod("") + "-- x.sh --\n# " + latest + "\n", nil, want{verdict.NotApplicable, "", ""}},
		"advice":        {gomod("") + "-- Makefile --\nt:\n\t@echo 'run " + latest + "'\n", nil, want{verdict.NotApplicable, "", ""}},
		"not a tool":    {gomod("") + "-- Makefile --\nt:\n\tgo install ./cmd/x && mail me@example.com\n", nil, want{verdict.NotApplicable, "", ""}},
		"vendored":      {gomod("") + "-- vendor/example.com/a/Makefile --\nt:\n\t" + latest + "\n", nil, want{verdict.NotApplicable, "", ""}},
		"seen by CI":    {gomod("tool example.com/a"), []verdict.Place{{File: "ci.yml", Line: 7}}, want{verdict.Fail, "", "ci.yml:7"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).ToolsPinned(c.loose...)
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestBuildFlags(t *testing.T) {
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"default":     {gomod("go 1.26"), want{verdict.Pass, "default from Go 1.16", "go.mod:3"}},
		"readonly":    {gomod("go 1.26") + "-- Dockerfile --\nFROM golang\nENV GOFLAGS=-mod=readonly\n", want{verdict.Pass, "told by -mod", "Dockerfile:2"}},
		"vendor":      {gomod("go 1.26") + "-- vendor/modules.txt --\n", want{verdict.Pass, "vendor directory", "vendor/modules.txt:1"}},
		"mod":         {gomod("go 1.26") + "-- Makefile --\nb:\n\tgo build -mod=mod ./...\n", want{verdict.Fail, "told -mod=mod", "Makefile:2"}},
		"mod for all": {gomod("go 1.26") + "-- .github/workflows/ci.yml --\nenv:\n  GOFLAGS: -mod=mod\n", want{verdict.Fail, "", ".github/workflows/ci.yml:2"}},
		"mod to gen":  {gomod("go 1.26") + "-- Makefile --\ng:\n\tGOFLAGS=-mod=mod go generate ./...\n", want{verdict.Pass, "", ""}},
		"variable":    {gomod("go 1.26") + "-- Makefile --\nb:\n\t$(GO) build -mod=mod ./...\n", want{verdict.Fail, "", "Makefile:2"}},
		"of a tool":   {gomod("go 1.26") + "-- Makefile --\nb:\n\t$(GO) build -mod=mod -modfile=x.mod -o bin/x example.com/x\n", want{verdict.Pass, "", ""}},
		"old":         {gomod("go 1.15"), want{verdict.Fail, "before 1.16", "go.mod:3"}},
		"old, told":   {gomod("go 1.15") + "-- Makefile --\nb:\n\tgo build -mod=readonly ./...\n", want{verdict.Pass, "", "Makefile:2"}},
		"broken":      {"-- go.mod --\nmodule\n", want{verdict.Unknown, "", "go.mod:1"}},
		"none":        {"-- a --\n", want{verdict.NotApplicable, "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).BuildFlags()
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestForbidden(t *testing.T) {
	for name, c := range map[string]struct {
		list []string
		want want
	}{
		"none":       {nil, want{verdict.NotApplicable, "no list", ""}},
		"path":       {[]string{"example.com/a"}, want{verdict.Fail, "1 forbidden module", "go.mod:5"}},
		"below":      {[]string{"example.com/..."}, want{verdict.Fail, "", "go.mod:5"}},
		"other":      {[]string{"example.com/ab", "example.org/..."}, want{verdict.Pass, "no forbidden", "go.mod:1"}},
		"old":        {[]string{"example.com/a@<v1.2.4"}, want{verdict.Fail, "", "go.mod:5"}},
		"new enough": {[]string{"example.com/a@<v1.2.3"}, want{verdict.Pass, "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, needsA)).Forbidden(forbidden(t, c.list...))
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
	for s, want := range map[string]string{"example.com/a@1.2": "MODULE@<v1.2.3", "": "names no module", "@<v1.2.3": "names no module"} {
		if _, err := modules.ParseForbidden(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want …%s…", s, err, want)
		}
	}
}

func forbidden(t *testing.T, list ...string) []modules.Forbidden {
	t.Helper()
	var all []modules.Forbidden
	for _, s := range list {
		f, err := modules.ParseForbidden(s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}

// What is forbidden counts whether retractions are known or not, and what is not
// forbidden says nothing of them.
func TestWithdrawn(t *testing.T) {
	newest := fstest.MapFS{"example.com/a/@v/v1.3.0.mod": {Data: []byte("module example.com/a\n")}}
	for name, c := range map[string]struct {
		cache fs.FS
		list  []string
		want  want
	}{
		"nothing":             {newest, nil, want{verdict.Pass, "no required version is retracted", "go.mod:5"}},
		"neither":             {newest, []string{"example.com/b"}, want{verdict.Pass, "in the cache of modules, and no forbidden module", "go.mod:1"}},
		"forbidden":           {newest, []string{"example.com/a"}, want{verdict.Fail, "1 forbidden module is required", "go.mod:5"}},
		"forbidden, no cache": {nil, []string{"example.com/a"}, want{verdict.Fail, "1 forbidden module is required", "go.mod:5"}},
		"not known":           {nil, []string{"example.com/b"}, want{verdict.Unknown, "no newer version is at hand", "go.mod:5"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, needsA)).Withdrawn(c.cache, forbidden(t, c.list...))
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestSubmodulesFixed(t *testing.T) {
	sub := "-- .gitmodules --\n[submodule \"a\"]\n\tpath = third/a\n\turl = ../a\n"
	for name, c := range map[string]struct {
		repo string
		want want
	}{
		"none":     {needsA, want{verdict.NotApplicable, "no git submodules", ""}},
		"other":    {needsA + sub, want{verdict.Pass, "", ".gitmodules:2"}},
		"replaced": {needsA + "replace example.com/a => ./third/a\n" + sub, want{verdict.Fail, "go.sum does not cover", "go.mod:6"}},
		"used":     {needsA + "-- go.work --\ngo 1.26\n\nuse ./third/a\n" + sub, want{verdict.Fail, "", "go.work:3"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := modules.Collect(treetest.Open(t, c.repo)).SubmodulesFixed()
			treetest.Want(t, got, c.want.status, c.want.words, c.want.proof)
		})
	}
}

func TestRequires(t *testing.T) {
	r := modules.Collect(treetest.Open(t, needsA))
	if v, p, ok := r.Requires("example.com/a"); v != "v1.2.3" || p.String() != "go.mod:5" || !ok {
		t.Errorf("example.com/a is required as %s at %s, %t", v, p, ok)
	}
	if _, _, ok := r.Requires("example.com/b"); ok {
		t.Error("example.com/b is required")
	}
}

// A problem says where it is.
func TestProblems(t *testing.T) {
	r := modules.Collect(treetest.Open(t, "-- a/go.mod --\nmodule a\n\nrequire b\n"))
	if len(r.Problems) != 1 || r.Problems[0].String() != "a/go.mod:3" || r.Problems[0].Column != 1 {
		t.Errorf("problems are %+v", r.Problems)
	}
}
