package engine

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// A sentence tells what a message of the go command means for the run. In
// message and remedy, $1 and so on stand for what the groups of the expression
// match; a group named file, and those named line and column, give the place.
type sentence struct {
	said            string // a regular expression
	message, remedy string
}

// at matches the place that the go command puts before some messages.
const at = `(?m)^(?:go: )?(?:(?P<file>\S+?\.\w+):(?P<line>\d+)(?::(?P<column>\d+))?: )?`

// sentences are tried in this order; what one has matched, none after it sees.
var sentences = []sentence{
	{
		`(?m)^go: (?P<who>\S+) requires go >= (?P<want>\S+) \(running go (?P<have>[^\s;)]+)[^)]*\)`,
		"nothing was checked: $who asks for Go $want, and the go command here is $have, which may not fetch another",
		"install Go $want, or unset GOTOOLCHAIN, and rebuild lagvet with that Go",
	},
	{
		`(?m)^go: download (?P<want>go\S+)[^:\n]*: (?P<why>.+)$`,
		"nothing was checked: the module asks for $want, which is not installed and cannot be downloaded: $why",
		"install it, or lower the go and toolchain lines of go.mod",
	},
	{
		`(?m)^go: cannot find "(?P<want>go[^"]+)" in PATH`,
		"nothing was checked: the module asks for $want, which is not on PATH",
		"install it, or set GOTOOLCHAIN=auto",
	},
	{
		`(?m)^go: inconsistent vendoring in (?P<dir>[^\n]+):\n(?:(?:\t[^\n]*)?\n?)*`,
		"nothing was checked: the vendor folder of $dir is missing or does not agree with go.mod",
		"go mod vendor, or check without it: -mod=mod",
	},
	{
		at + `cannot find module providing package (?P<pkg>\S+): import lookup disabled by -mod=vendor(?:\n\t[^\n]*)*`,
		"nothing was checked: package $pkg is not in the vendor folder",
		"go mod vendor",
	},
	{
		`(?m)^(?:pattern \S+: )?directory prefix \S+ does not contain main module[^\n]*|^go: (?:go\.mod file not found|cannot find main module)[^\n]*(?:\n\t[^\n]*)*`,
		"nothing was checked: there is no go.mod in this directory or above it",
		"run lagvet inside a module, or go mod init",
	},
	{
		`(?m)^(?:pattern (?P<pattern>\S+): )?(?:directory prefix \S+ does not contain modules listed in go\.work[^\n]*|(?:current )?directory (?:\S+ )?is contained in a module that is not one of the workspace modules[^\n]*(?:\n\t[^\n]*)*)`,
		"nothing was checked: the module in this directory is not in the workspace",
		"go work use, or check without the workspace: GOWORK=off",
	},
	{
		`(?m)^go: warning: (?P<pattern>.+) matched no packages(?:\nno packages to vet)?`,
		"no package matches $pattern",
		"correct the pattern, or name the build tags under which there are packages: -tags",
	},
	{
		`(?m)^no packages to vet`,
		"no package matches the patterns",
		"correct the patterns, or name the build tags under which there are packages: -tags",
	},
	{
		at + `(?:\S+: )?no required module provides package (?P<pkg>[^\s;]+)(?:; to add it:\n\t(?P<add>[^\n]+))?`,
		"nothing was checked: package $pkg is in no module that go.mod requires",
		"go get $pkg",
	},
	{
		at + `(?:\S+: )?missing go\.sum entry for (?:module providing package )?(?P<what>\S+)(?:[^\n]*to (?:add|download)(?: it)?:\n\t(?P<add>[^\n]+))?[^\n]*`,
		"nothing was checked: go.sum has no entry for $what",
		"go mod tidy",
	},
	{
		`(?m)^go: updates to (?P<file>go\.\w+) needed[^\n]*(?:\n\t[^\n]*)*`,
		"nothing was checked: $file is out of date",
		"go mod tidy",
	},
	{
		`(?m)^verifying (?P<what>[^:\n]+): checksum mismatch\n(?:[^\n]*\n?)*`,
		"nothing was checked: $what is not what go.sum says it is",
		"find out why before trusting it: go clean -modcache and go mod verify",
	},
	{
		at + `(?P<what>[^\n]*?):? ?module lookup disabled by GOPROXY=off`,
		"nothing was checked: a module that is needed is not on this machine, and GOPROXY=off forbids to fetch it",
		"go mod download, with GOPROXY set",
	},
	{
		`(?m)^[^\n]*?(?P<why>dial tcp[^\n]*|no such host[^\n]*|TLS handshake[^\n]*|[Cc]lient\.Timeout exceeded[^\n]*|proxyconnect[^\n]*|i/o timeout|network is unreachable|connection refused)`,
		"nothing was checked: a module that is needed is not on this machine and cannot be fetched: $why",
		"connect to the network, name a proxy in GOPROXY, or keep modules in a vendor folder",
	},
	{
		at + `(?P<mod>\S+): invalid version: (?P<why>.+)$`,
		"nothing was checked: module $mod cannot be had: $why",
		"correct its version in go.mod",
	},
	{
		`(?m)^package (?P<from>\S+)\n(?:\timports [^\n]*\n)*\timports (?P<to>\S+)[^\n]*: import cycle not allowed[^\n]*`,
		"nothing was checked: packages import each other in a circle that leads from $from to $to",
		"break the circle: go build shows it",
	},
	{
		at + `(?:package )?(?P<pkg>\S+): build constraints exclude all Go files in [^\n]*`,
		"nothing was checked: no file of $pkg is for this platform and these build tags",
		"name the tags (-tags), the platform (GOOS, GOARCH), or leave the package out",
	},
	{
		at + `(?:\S+ imports \S+: )?package (?P<pkg>\S+) is not in std[^\n]*`,
		"nothing was checked: there is no package $pkg",
		"correct the path: one without a dot in its first element belongs to Go itself or to this module; directories begin with ./",
	},
	{
		`(?m)^(?:pattern \S+: )?(?:stat|lstat) (?P<dir>\S+): (?:directory not found|no such file or directory)`,
		"nothing was checked: there is no directory $dir",
		"correct the pattern",
	},
	{
		`(?m)^(?:go: can't vet \S+: )?(?:package (?P<pkg>\S+): )?no (?:non-test )?Go files in (?P<dir>\S+)`,
		"nothing was checked: there are no Go files in $dir but those of tests",
		"correct the pattern, or check tests as well: --tests",
	},
	{
		`(?m)^go: errors parsing (?P<file>\S+):\n(?P<why>[^\n]+)(?:\n\S+:\d+[^\n]*)*`,
		"nothing was checked: $file cannot be read: $why",
		"correct $file",
	},
	{
		// It writes even what it has replayed from there.
		`(?m)^(?:go: )?(?:open|mkdir) (?P<cache>\S+)[/\\][0-9a-f]{2}[/\\][0-9a-f]{64}-[ad]: (?P<why>[^\n]+)`,
		"nothing was checked: the go command has to write to its build cache $cache, and cannot: $why",
		"name a directory that can be written: GOCACHE",
	},
	{
		`(?m)^(?:go: )?failed to initialize build cache at (?P<cache>[^\n]+?): (?P<why>[^\n]+)`,
		"nothing was checked: the go command has no build cache at $cache: $why",
		"name a directory that can be written: GOCACHE",
	},
	{
		`(?m)^(?P<pkg>\S+): [^\n]*?: (?P<why>(?:chdir|fork/exec) [^\n]+)`,
		"$pkg was not checked: lagvet could not be started in its directory: $why",
		"see whether the directory exists, or only an overlay has it, and whether programs may run there",
	},
	{
		`(?m)^go: (?P<by>\S+@\S+) requires\n(?:\t\S+@\S+ requires\n)*\t(?P<what>\S+@\S+): (?P<why>[^\n]+)`,
		"nothing was checked: $what, which $by requires, cannot be had: $why",
		"see go mod download, or have go.mod ask for versions that can be had",
	},
	{
		`(?m)^go: (?P<what>\S+@\S+)(?: \([^)]*\))?: (?P<why>[^\n]+)`,
		"nothing was checked: $what cannot be had: $why",
		"see go mod download",
	},
}

// chatter is what the go command says when nothing is wrong, and what follows a
// failure that it has told of.
var chatter = pattern.New(`^(go: (downloading|finding|found|extracting|added|upgraded|downgraded) .*|exit status \d+|\s*)$`)

// explain turns messages of the go command into problems. What is not in the
// table is returned line by line.
func explain(text string, opts Options) (problems []finding.Problem, unknown []string) {
	for _, s := range sentences {
		// Compiled here and not once for all: the binary is started for each
		// package, and hardly ever has a message of the go command to explain.
		re := regexp.MustCompile(s.said)
		text = re.ReplaceAllStringFunc(text, func(said string) string {
			problems = append(problems, s.problem(re, said, opts))
			return ""
		})
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); !chatter.MatchString(line) {
			unknown = append(unknown, line)
		}
	}
	return problems, unknown
}

func (s sentence) problem(re *regexp.Regexp, said string, opts Options) finding.Problem {
	m := re.FindStringSubmatchIndex(said)
	expand := func(template string) string {
		return strings.Join(strings.Fields(string(re.ExpandString(nil, template, said, m))), " ")
	}
	p := finding.Problem{Message: expand(s.message), Remedy: expand(s.remedy)}
	if line := expand("$line"); re.SubexpIndex("line") >= 0 && line != "" {
		p.File = absolute(expand("$file"), opts.Dir)
		p.Line, _ = strconv.Atoi(line)
		p.Column, _ = strconv.Atoi(expand("$column"))
	}
	return p
}
