package hostbuild

import (
	"fmt"
	"regexp"
	"strings"
)

// A Failure is what keeps a host from being built.
type Failure struct {
	Message string // one sentence: what, and why
	Remedy  string // what to do about it; may be empty
	Said    string // the words of the go command; may be empty
}

func (f *Failure) Error() string { return f.Message }

// A cause is a reason for which the go command fails, known by what it says.
type cause struct {
	said    string // a regular expression
	message string // with the submatches of said as ${1}, ${2}
	remedy  string
}

// missing is what proxies, of which one may be a directory, say of what they have not.
const missing = `(?:reading \S+: )?(?:404 Not Found|410 Gone|403 Forbidden|no such file or directory|The system cannot find)`

// causes are in the order in which they are looked for: the go command names a
// full disk or a lost network together with what follows from it.
var causes = []cause{
	{
		`(?i)no space left on device|disk quota exceeded|not enough space on the disk`,
		"the disk is full: the build needs about 3 GB in the directories that go env GOCACHE GOMODCACHE GOTMPDIR names",
		"make room (go clean -cache empties the build cache), or set GOCACHE and GOTMPDIR to directories on another disk",
	},
	{
		`requires go >= (\S+) \(running go (\S+); GOTOOLCHAIN=(\S+)\)`,
		"it needs Go ${1}, the go command here is ${2}, and GOTOOLCHAIN=${3} keeps it from fetching another",
		"set GOTOOLCHAIN=go${1} for this command, or ask for an older version with --version",
	},
	{
		`(?s)toolchain not available|download (go\S+) for \S+:`,
		"the Go release that is required cannot be fetched",
		"install it from https://go.dev/dl, or ask for an older version with --version",
	},
	{
		`checksum mismatch|SECURITY ERROR|verifying module: checksum`,
		"what was fetched is not what the checksum database knows: a module, or the mirror that it came from, was changed",
		"empty the module cache (go clean -modcache) and try again; if it happens again, ask whoever runs the mirror that go env GOPROXY names",
	},
	{
		`finding module for package ` + Module + `/(\S+)`,
		"that lagvet has no package ${1}, which registers its rules",
		"name a later one with --lagvet, or leave it out",
	},
	{
		`lookup disabled by GOPROXY=off|disabled by GOPROXY list`,
		"a module is missing in the module cache, and GOPROXY=off keeps the go command from fetching it",
		"set GOPROXY to a module mirror for this command, or ask for a version that was fetched before with --version",
	},
	{
		`dial tcp|no such host|connection re(?:fused|set)|i/o timeout|TLS handshake timeout|[Nn]etwork is unreachable|proxyconnect|tls: |unexpected EOF`,
		"a module is missing in the module cache, and the module proxy cannot be reached",
		"connect to the network, or set GOPROXY to a mirror that can be reached",
	},
	{
		`(?:invalid version: )?unknown revision (\S+)|invalid version: (\S+)|no matching versions for query "([^"]+)"`,
		"there is no version ${1}${2}${3}",
		"go list -m -versions MODULE lists those that there are",
	},
	{
		`module (\S+): ` + missing,
		"the module proxy knows no module ${1}",
		"if you work behind a mirror (go env GOPROXY), have it serve this module",
	},
	{
		`(\S+@[^\s:]+): ` + missing,
		"the module proxy has no ${1}",
		"go list -m -versions MODULE lists the versions that there are",
	},
	{
		`signal: killed|cannot allocate memory|out of memory`,
		"the build was killed, most likely for want of memory: it needs about 2 GB",
		"close other programs, or build with fewer processors: GOMAXPROCS=1",
	},
	{
		`(?i)permission denied|read-only file system|access is denied`,
		"the go command may not write where it has to",
		"see what go env GOCACHE GOMODCACHE GOTMPDIR names, and let your user write there",
	},
}

// explain says why the go command failed.
func explain(command, said string, err error) *Failure {
	said = strings.TrimSpace(said)
	for _, c := range causes {
		// Compiled here and not once for all: the binary is started for each
		// package that is analysed, and hardly ever builds a host.
		re := regexp.MustCompile(c.said)
		if m := re.FindStringSubmatchIndex(said); m != nil {
			fill := func(text string) string { return string(re.ExpandString(nil, text, said, m)) }
			return &Failure{fill(c.message), fill(c.remedy), said}
		}
	}
	if compileError.MatchString(said) {
		return &Failure{Message: "it does not compile", Said: said}
	}
	if said == "" && err != nil {
		said = err.Error()
	}
	return &Failure{fmt.Sprintf("%s failed", command), "what it said is below", said}
}

// compileError is what the go command prints above the errors of a package.
var compileError = regexp.MustCompile(`(?m)^# \S+`)
