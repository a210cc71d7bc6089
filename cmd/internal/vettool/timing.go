package vettool

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/tools/go/analysis"
)

// The environment variables of a run that is timed, each a file that gets a line for
// each [Took]. Like the others they are not in the cache key: what was analysed without
// them is replayed, and takes no time.
const (
	timingsEnv = "LAGVET_TIMINGS" // for the process that the go command starts
	timedEnv   = "LAGVET_TIMED"   // for the one in which that has the unit analysed
)

// TimingsEnv returns what the environment of the go command must hold besides for the
// tool to add to a file what each unit that is analysed takes.
func TimingsEnv(file string) []string { return []string{timingsEnv + "=" + file} }

// A Took is what a part of the analysis of a unit took, in the time that [Clock] says.
type Took struct {
	Unit string `json:"unit"` // import path
	// Part is the name of an analyzer, without what it requires, or [Compiler]. It is
	// empty for all that the unit took, which holds the parts and what is none of them:
	// parsing, type-checking, and facts read and written.
	Part string        `json:"part,omitempty"`
	Time time.Duration `json:"ns"`
}

// Compiler is the part of a unit in which the compiler is asked what escapes. It is no
// analyzer's name.
const Compiler = "the compiler"

// timed has a unit analysed by a process of its own, for only who waits for a process
// knows all that it took: unitchecker ends it. It exits as that process does.
func timed(args []string, file string) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("looking for the lagvet executable: %w", err)
	}
	u, err := readUnit(args[len(args)-1])
	if err != nil {
		return err
	}
	cmd := exec.Command(exe, args...)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(s string) bool {
		return strings.HasPrefix(s, timingsEnv+"=")
	}), timedEnv+"="+file)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	before := spent()
	runErr := cmd.Run()
	if _, ended := errors.AsType[*exec.ExitError](runErr); runErr != nil && !ended {
		return fmt.Errorf("analysing %s in a process that is timed: %w", u.ImportPath, runErr)
	}
	took := spent() - before
	t, err := openTimer(u, file)
	if err != nil {
		return err
	}
	if err := t.leave("", took); err != nil {
		return err
	}
	os.Exit(cmd.ProcessState.ExitCode())
	return nil
}

// A timer times the parts of the analysis of one unit. A nil timer times nothing.
type timer struct {
	unit string
	file *os.File
	// running is held by the analyzer that runs. One at a time: the clock is the
	// process's, which does not tell which of two analyzers it runs for.
	running sync.Mutex
}

// newTimer returns the timer of a unit, nil if the run is not timed.
func newTimer(u *unit) (*timer, error) {
	file := os.Getenv(timedEnv)
	if file == "" {
		return nil, nil
	}
	return openTimer(u, file)
}

func openTimer(u *unit, file string) (*timer, error) {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, fmt.Errorf("telling what the analysis of %s takes: %w", u.ImportPath, err)
	}
	return &timer{unit: u.ImportPath, file: f}, nil
}

// watch has all analyzers that are run for as say what they take. It changes the
// analyzers themselves, for others find their results by them; the process ends with
// the unit.
func (t *timer) watch(as []*analysis.Analyzer) {
	if t == nil {
		return
	}
	for _, a := range closure(as) {
		run := a.Run
		a.Run = func(pass *analysis.Pass) (any, error) {
			t.running.Lock()
			defer t.running.Unlock()
			before := spent()
			result, err := run(pass)
			return result, errors.Join(err, t.leave(a.Name, spent()-before))
		}
	}
}

// during times what is no analyzer.
func (t *timer) during(part string, do func() error) error {
	if t == nil {
		return do()
	}
	before := spent()
	err := do()
	return errors.Join(err, t.leave(part, spent()-before))
}

// leave writes what a part took: at once, since unitchecker ends the process, and in
// one write, so that units analysed at the same time do not mix.
func (t *timer) leave(part string, took time.Duration) error {
	line, err := json.Marshal(Took{t.unit, part, took})
	if err == nil {
		_, err = t.file.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("telling what the analysis of %s takes: %w", t.unit, err)
	}
	return nil
}

// closure returns the analyzers and all that they require, each once.
func closure(as []*analysis.Analyzer) []*analysis.Analyzer {
	var all []*analysis.Analyzer
	seen := make(map[*analysis.Analyzer]bool)
	var visit func(as []*analysis.Analyzer)
	visit = func(as []*analysis.Analyzer) {
		for _, a := range as {
			if seen[a] {
				continue
			}
			seen[a] = true
			all = append(all, a)
			visit(a.Requires)
		}
	}
	visit(as)
	return all
}

// ReadTimings reads what the tool left in the file that [TimingsEnv] names.
func ReadTimings(r io.Reader) ([]Took, error) {
	var all []Took
	for dec := json.NewDecoder(r); ; {
		var t Took
		if err := dec.Decode(&t); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("reading what the analysis took: %w", err)
		}
		all = append(all, t)
	}
}
