package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/timesheet"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// grace is how long the go command has, once interrupted, to clear away its
// temporary files.
const grace = 3 * time.Second

// vetted is what a run of go vet said.
type vetted struct {
	units    map[string]vettool.Unit // by the go command's name for them
	findings []found
	heat     []found         // diagnostics of [analyzers.Heat]
	effects  []found         // diagnostics of [effects.Report]
	ledger   []found         // diagnostics of [analyzers.Ledger]
	sheets   []found         // diagnostics of [timesheet.Analyzer]
	fresh    map[string]bool // import paths of units that were analysed, not replayed
	problems []finding.Problem
	took     []vettool.Took // what units took that were analysed, if that was asked for
	broken   []string       // packages that do not compile
	notes    []string       // what the go command said besides
}

// found is a diagnostic of [analyzers.Findings] in a unit.
type found struct {
	unit string
	diagnostic
}

func (c *check) overlayFile() string  { return filepath.Join(c.tmp, "overlay.json") }
func (c *check) progressFile() string { return filepath.Join(c.tmp, "progress") }
func (c *check) timingsFile() string  { return filepath.Join(c.tmp, "timings") }

// vetArgs is the command line of go vet.
func (c *check) vetArgs() ([]string, error) {
	own, err := c.flags.Args()
	if err != nil {
		return nil, err
	}
	args := append([]string{"vet"}, c.buildFlags...)
	if c.overlaid {
		args = append(args, "-overlay="+c.overlayFile())
	}
	// With -trimpath the key of a result lacks the directory, and another
	// checkout's paths would be replayed.
	args = append(args, "-trimpath=false", "-vettool="+c.opts.Tool, "-json")
	args = append(args, own...)
	return append(append(args, "--"), c.opts.Patterns...), nil
}

// vet runs go vet and collects what it says.
func (c *check) vet(ctx context.Context) (vetted, error) {
	v := vetted{units: make(map[string]vettool.Unit)}
	args, err := c.vetArgs()
	if err != nil {
		return v, err
	}
	if err := os.WriteFile(c.progressFile(), nil, 0o600); err != nil {
		return v, fmt.Errorf("preparing the run: %w", err)
	}
	cmd := goCommand(ctx, c.opts, args...)
	cmd.Env = append(cmd.Env, vettool.Env(c.progressFile())...)
	if c.opts.Timings {
		if err := os.WriteFile(c.timingsFile(), nil, 0o600); err != nil {
			return v, fmt.Errorf("preparing the run: %w", err)
		}
		cmd.Env = append(cmd.Env, vettool.TimingsEnv(c.timingsFile())...)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	readErr, waitErr, err := c.follow(cmd, &v)
	if err != nil {
		return v, fmt.Errorf("running go vet: %w", err)
	}
	if ctx.Err() != nil {
		killGroup(cmd)
		return v, ctx.Err()
	}
	if readErr != nil {
		return v, readErr
	}
	if v.fresh, err = readProgress(c.progressFile()); err != nil {
		return v, err
	}
	if v.took, err = c.readTimings(); err != nil {
		return v, err
	}
	said := understand(stderr.String(), c.opts, waitErr != nil)
	v.problems = append(v.problems, said.problems...)
	v.broken, v.notes = said.broken, said.notes
	return v, nil
}

// follow runs go vet and collects what it writes as it does. That goes to a file:
// the go command keeps a unit's facts before it prints what was found, and findings
// after that. If it died in between of a pipe that nobody reads, as when this process
// is killed, it would forever after replay a unit without findings.
func (c *check) follow(cmd *exec.Cmd, v *vetted) (readErr, waitErr, err error) {
	name := filepath.Join(c.tmp, "findings")
	w, err := os.Create(name)
	if err != nil {
		return nil, nil, err
	}
	defer w.Close()
	r, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	over := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { readErr = v.read(tail{r, over}, c.tracker) })
	waitErr = cmd.Wait()
	close(over)
	wg.Wait()
	return readErr, waitErr, nil
}

// read collects what the tool says of units.
func (v *vetted) read(stdout io.Reader, t *tracker) error {
	return readStream(stdout, func(rec record) {
		switch {
		case rec.Err != "":
			v.problems = append(v.problems, finding.Problem{
				Message: fmt.Sprintf("%s was not checked: %s failed: %s", rec.Unit, rec.Analyzer, firstLine(rec.Err)),
				Remedy:  reportBug,
			})
		case rec.Analyzer == vettool.UnitAnalyzer:
			for _, d := range rec.Diags {
				v.announce(rec.Unit, d, t)
			}
		case rec.Analyzer == analyzers.Findings.Name:
			for _, d := range rec.Diags {
				v.findings = append(v.findings, found{rec.Unit, d})
			}
		case rec.Analyzer == analyzers.Ledger.Name:
			for _, d := range rec.Diags {
				v.ledger = append(v.ledger, found{rec.Unit, d})
			}
		case rec.Analyzer == timesheet.Analyzer.Name:
			for _, d := range rec.Diags {
				v.sheets = append(v.sheets, found{rec.Unit, d})
			}
		case rec.Analyzer == analyzers.Heat.Name:
			for _, d := range rec.Diags {
				v.heat = append(v.heat, found{rec.Unit, d})
			}
		case rec.Analyzer == effects.Report.Name:
			for _, d := range rec.Diags {
				v.effects = append(v.effects, found{rec.Unit, d})
			}
		default:
			v.strange(fmt.Sprintf("%s of %s", rec.Analyzer, rec.Unit))
		}
	}, v.strange)
}

func (v *vetted) announce(unit string, d diagnostic, t *tracker) {
	var u vettool.Unit
	if err := json.Unmarshal([]byte(d.Category), &u); err != nil {
		v.strange(d.Category)
		return
	}
	v.units[unit] = u
	t.announce(u.Package)
}

// strange records output that is not understood.
func (v *vetted) strange(text string) {
	v.problems = append(v.problems, finding.Problem{
		Message: fmt.Sprintf("go vet printed something that lagvet does not understand, which may be a finding: %s", firstLine(text)),
		Remedy:  reportBug,
	})
}

// reportBug is the remedy where the fault is lagvet's.
const reportBug = "this is a fault of lagvet: report it at https://github.com/lagvet/lagvet/issues"

// firstLine returns the first line of text that is not empty, and says if there
// are more.
func firstLine(text string) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if strings.TrimSpace(rest) != "" {
		line += " …"
	}
	return line
}

// readProgress reads the import paths that the tool left.
func readProgress(file string) (map[string]bool, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading which packages were analysed: %w", err)
	}
	fresh := make(map[string]bool)
	for path := range strings.Lines(string(data)) {
		fresh[strings.TrimSuffix(path, "\n")] = true
	}
	return fresh, nil
}
