package engine

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// utterance is what the go command's standard error means.
type utterance struct {
	problems []finding.Problem
	broken   []string // packages that do not compile
	notes    []string // lines that tell of no failure
}

// understand reads what the go command wrote to its standard error. The tool's
// findings are not there, so all of it is about what could not be done, or of no
// consequence if the command succeeded.
func understand(text string, opts Options, failed bool) utterance {
	var u utterance
	blocks, rest := splitBlocks(text)
	for _, b := range blocks {
		u.block(b, opts, failed)
	}
	problems, notes := explain(rest, opts)
	u.problems = append(u.problems, problems...)
	switch {
	case failed && len(u.problems) == 0:
		u.problems = append(u.problems, unexplained("go vet", strings.Join(notes, "\n")))
	default:
		u.notes = append(u.notes, notes...)
	}
	return u
}

// unexplained is the problem of a command that failed and said what is not in
// the table of sentences.
func unexplained(command, said string) finding.Problem {
	if strings.TrimSpace(said) == "" {
		said = "it does not say why"
	}
	return finding.Problem{
		Message: fmt.Sprintf("nothing was checked: %s failed: %s", command, firstLine(said)),
		Remedy:  "see what go vet says in the same directory",
	}
}

// A block is what the go command says of the work on one package: the lines
// below "# example.com/p".
type block struct {
	pkg   string
	lines []string
}

var (
	blockHeader = pattern.New(`^# (\S+)(?: \[\S+\])?$`)
	// variantHeader follows the header of a package's variant for tests.
	variantHeader = pattern.New(`^# \[\S+\]$`)
	// ofGo matches lines of the go command itself, which end a block.
	ofGo = pattern.New(`^(go: |package \S+$|pattern |no packages to vet)`)
)

func splitBlocks(text string) (blocks []block, rest string) {
	var others []string
	inBlock := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		m := blockHeader.FindStringSubmatch(line)
		switch {
		case variantHeader.MatchString(line):
		case m != nil:
			blocks = append(blocks, block{pkg: m[1]})
			inBlock = true
		case inBlock && !ofGo.MatchString(line):
			b := &blocks[len(blocks)-1]
			b.lines = append(b.lines, line)
		default:
			inBlock = false
			others = append(others, line)
		}
	}
	return blocks, strings.Join(others, "\n")
}

var (
	// compilerError is a line of the compiler, the type checker or the parser.
	compilerError = pattern.New(`^(?:vet: )?(\S.*?\.\w+):(\d+)(?::(\d+))?: (.+)$`)
	noCompiler    = pattern.New(`C compiler "([^"]+)" not found`)
	crash         = pattern.New(`^(panic: |fatal error: |runtime: |SIGSEGV|unexpected fault address)`)
	ownError      = pattern.New(`^lagvet: (.+)$`)
)

// block reads what was said of one package.
func (u *utterance) block(b block, opts Options, failed bool) {
	if !failed {
		// A C compiler's warnings, for instance.
		u.notes = append(u.notes, fmt.Sprintf("%s: %s", b.pkg, strings.Join(b.lines, "\n\t")))
		return
	}
	if slices.Contains(u.broken, b.pkg) {
		return // by the compiler and by the tool: it is the same fault
	}
	if strings.HasSuffix(b.pkg, ".pgo") {
		u.problems = append(u.problems, finding.Problem{
			Place:   finding.Place{File: b.pkg},
			Message: "nothing that is built with this profile was checked, because the go command cannot read it: " + firstLine(strings.Join(b.lines, "\n")),
			Remedy:  "take a new CPU profile, or remove the file: go build fails on it too",
		})
		return
	}
	u.problems = append(u.problems, b.problem(opts))
	u.broken = append(u.broken, b.pkg)
}

func (b block) problem(opts Options) finding.Problem {
	for _, line := range b.lines {
		if m := noCompiler.FindStringSubmatch(line); m != nil {
			return finding.Problem{
				Message: fmt.Sprintf("%s and what imports it were not checked: it uses cgo, and there is no C compiler %q", b.pkg, m[1]),
				Remedy:  "install it, name another one in CC, or set CGO_ENABLED=0",
			}
		}
		if crash.MatchString(line) {
			return finding.Problem{Message: fmt.Sprintf("%s was not checked: lagvet crashed on it: %s", b.pkg, line), Remedy: reportBug}
		}
		if m := compilerError.FindStringSubmatch(line); m != nil {
			place := finding.Place{File: absolute(m[1], opts.Dir)}
			fmt.Sscan(m[2], &place.Line)
			fmt.Sscan(m[3], &place.Column)
			return finding.Problem{
				Place:   place,
				Message: fmt.Sprintf("%s was not checked: it does not compile: %s", b.pkg, m[4]),
				Remedy:  "see go build " + b.pkg,
			}
		}
		if m := ownError.FindStringSubmatch(line); m != nil {
			return finding.Problem{Message: fmt.Sprintf("%s was not checked: %s", b.pkg, m[1]), Remedy: "see go vet " + b.pkg}
		}
	}
	return finding.Problem{
		Message: fmt.Sprintf("%s was not checked: %s", b.pkg, firstLine(strings.Join(b.lines, "\n"))),
		Remedy:  "see go build " + b.pkg,
	}
}

// absolute makes the path of a file that the go command prints absolute, and
// that of a file that stands in for another the other's.
func absolute(path, dir string) string {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, filepath.FromSlash(path))
	}
	return original(path)
}
