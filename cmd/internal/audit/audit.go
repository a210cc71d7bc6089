package audit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/maturity"
)

// Options are what the command line says.
type Options struct {
	Dir       string   // in the repository; empty: here
	Config    string   // empty: the nearest .lagvet.yml
	Level     string   // that a release must stand at, "L3" or "3"; empty: none
	Format    string   // one of [Formats]
	Output    string   // empty: standard output
	Reports   []string // more of them, each FORMAT=FILE
	Manifests []string // directories with manifests as they are deployed
	Binary    string   // the one that is shipped
	Doctor    string   // a report of lagvet doctor on the process, in JSON
	Modules   string   // a module cache, in which newer versions of modules are looked for
	Bench     string   // a report of lagvet bench load on the service, in JSON
	NoCheck   bool     // do not run the rules
	All       bool     // list what is met too
	Patterns  []string // of packages, for budgets; empty: all of each module
	Prove     bool     // run the repository's own gates with faults planted
	List      bool     // with Prove: say what would be run, and run nothing
	Timeout   time.Duration

	root string // of the repository, once it is known

	Progress func(status string) `json:"-"` // told how far the check is, and "" when it is over; or nil
}

// Formats are the formats of reports.
func Formats() []string {
	return []string{"text", "json", "html", "sarif", "markdown", "badge", "statement"}
}

// Streams are what the command writes to.
type Streams struct {
	Out, Err io.Writer
}

// Run audits a repository and returns the exit code: 0 if it meets the level that is
// required, 1 if it does not, 3 if that could not be measured. An error is one of usage
// or configuration.
func Run(ctx context.Context, o Options, s Streams) (code int, err error) {
	level, err := parseLevel(o.Level)
	if err != nil {
		return report.Usage, err
	}
	if err := config.OneOf("--format", o.Format, Formats()); err != nil {
		return report.Usage, err
	}
	targets, err := o.plan().Targets()
	if err != nil {
		return report.Usage, err
	}
	in, err := gather(ctx, o, s.Err)
	if err != nil {
		return failed(err, s)
	}
	if o.Prove {
		stop, err := prove(ctx, &in, o, s)
		if err != nil {
			return failed(err, s)
		}
		if stop {
			return report.Clean, nil
		}
	}
	rep, err := maturity.Audit(maturity.Default(), in)
	if err != nil {
		return report.Usage, err
	}
	rep.Required, o.root = level, in.Dir
	if err := o.write(rep, o.Format, o.Output, s.Out); err != nil {
		return failed(err, s)
	}
	for _, t := range targets {
		if err := o.write(rep, t.Format, t.File, s.Out); err != nil {
			return failed(err, s)
		}
	}
	return exitCode(rep), nil
}

func exitCode(rep *maturity.Report) int {
	switch rep.Against(rep.Required) {
	case maturity.Below:
		return report.Found
	case maturity.Unmeasurable:
		return report.Unchecked
	}
	return report.Clean
}

// prove lists the gates that can be tried and, unless no more was asked, tries them.
func prove(ctx context.Context, in *maturity.Input, o Options, s Streams) (stop bool, err error) {
	trials, err := maturity.Trials(maturity.Default(), *in)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(s.Err, "%d gates are tried, each as it is and with a fault planted, in a clone of the commit:\n", len(trials))
	for _, t := range trials {
		fmt.Fprintf(s.Err, "  %s: %s\n", t.Control, t.About)
	}
	if o.List {
		return true, nil
	}
	in.Trials, err = maturity.Prove(ctx, *in, trials, o.Timeout, func(t maturity.Trial) {
		if o.Progress != nil {
			o.Progress("trying " + t.Command)
		}
	})
	if o.Progress != nil {
		o.Progress("")
	}
	return false, err
}

// failed tells what kept the audit from an answer; faults of the configuration are
// returned.
func failed(err error, s Streams) (int, error) {
	if _, ok := errors.AsType[config.Errors](err); ok {
		return report.Usage, err
	}
	fmt.Fprintf(s.Err, "lagvet: %v\n", err)
	return report.Unchecked, nil
}

// parseLevel reads "L3" or "3"; 0 for none.
func parseLevel(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(text), "L"))
	if err != nil || n < 1 || n > maturity.Levels {
		return 0, fmt.Errorf("--level is %q, and must be L1 to L%d", text, maturity.Levels)
	}
	return n, nil
}

// plan is what the command line says of reports.
func (o Options) plan() *output.Plan {
	return &output.Plan{
		Format: o.Format, Output: o.Output, Reports: o.Reports, Formats: Formats(), Prose: []string{"text", "markdown"},
		Path: func(file string) string { return file },
	}
}

// write writes a report to a file, or to standard output.
func (o Options) write(rep *maturity.Report, format, file string, std io.Writer) error {
	to := func(w io.Writer) error { return render(w, rep, format, o) }
	if file == "" || file == output.Stdout {
		return to(std)
	}
	return output.File(file, to)
}

func render(w io.Writer, rep *maturity.Report, format string, o Options) error {
	switch format {
	case "json":
		return rep.WriteJSON(w)
	case "html":
		return HTML(w, rep)
	case "sarif":
		return SARIF(w, rep, o.root)
	case "markdown":
		return rep.WriteMarkdown(w)
	case "badge":
		return rep.WriteBadge(w)
	case "statement":
		return statement(w, rep, o.Binary)
	}
	return rep.WriteText(w, o.All)
}

// statement writes the in-toto statement, which is about the binary too if there is
// one.
func statement(w io.Writer, rep *maturity.Report, binary string) error {
	var digest string
	if binary != "" {
		f, err := os.Open(binary)
		if err != nil {
			return fmt.Errorf("reading the binary: %w", err)
		}
		defer f.Close()
		h := sha256.New()
		if _, err := io.Copy(h, f); err != nil {
			return fmt.Errorf("reading the binary: %w", err)
		}
		digest = hex.EncodeToString(h.Sum(nil))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(rep.Statement(filepath.Base(binary), digest)); err != nil {
		return fmt.Errorf("writing the statement: %w", err)
	}
	return nil
}

// dirs returns the directories of the modules that a repository ships: those whose
// go.mod lies in no directory that the go command passes over.
func dirs(files []string) []string {
	var found []string
	for _, f := range files {
		dir, ok := strings.CutSuffix(f, "go.mod")
		if !ok || dir != "" && !strings.HasSuffix(dir, "/") || passedOver(dir) {
			continue
		}
		found = append(found, cmp.Or(strings.TrimSuffix(dir, "/"), "."))
	}
	slices.Sort(found)
	return found
}

func passedOver(dir string) bool {
	return slices.ContainsFunc(strings.Split(dir, "/"), func(name string) bool {
		return name == "vendor" || name == "testdata" || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".") && name != "."
	})
}

// exists reports whether a file is there.
func exists(name string) bool {
	_, err := os.Stat(name)
	return !errors.Is(err, fs.ErrNotExist)
}
