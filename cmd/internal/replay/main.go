// Command replay takes a repository through its last commits and has lagvet gate
// judge each against the one before it, as a merge gate would have: it prints, for
// every commit, how long that took and what was new, and at the end the median.
//
//	go run ./cmd/internal/replay -lagvet bin/lagvet -n 200 -out replayed DIR [flags and patterns of lagvet gate]
//
// DIR is a clone that nobody else works in: its tracked files must be as committed,
// and it is left at the newest commit. The commits are those of the first parents, the
// oldest first, so that each finds in the build cache what the one before it left
// there. Files that git ignores, such as generated ones, stay as they are.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/git"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("replay: ")
	var r replay
	flag.StringVar(&r.lagvet, "lagvet", "lagvet", "the `command`")
	flag.IntVar(&r.commits, "n", 200, "how many commits")
	flag.StringVar(&r.out, "out", "", "`directory` for the JSON reports of commits with something to tell")
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("name the clone")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	r.repository, r.args = git.Dir{Path: flag.Arg(0)}, flag.Args()[1:]
	if path, err := exec.LookPath(r.lagvet); err == nil {
		r.lagvet, _ = filepath.Abs(path) // it is started in DIR
	}
	if err := r.run(ctx, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

type replay struct {
	lagvet     string
	repository git.Dir
	commits    int
	out        string
	args       []string
}

// A judged is what the gate said of one commit.
type judged struct {
	commit  string
	elapsed time.Duration
	code    int // exit code
	report  summary
}

// summary is the part of a JSON report that is counted.
type summary struct {
	Findings []json.RawMessage `json:"findings"`
	Problems []json.RawMessage `json:"problems"`
	Gate     struct {
		Known   int               `json:"known"`
		Fixed   []json.RawMessage `json:"fixed"`
		Changes []json.RawMessage `json:"changes"`
	} `json:"gate"`
}

// quiet reports whether there is nothing to read.
func (s summary) quiet() bool {
	return len(s.Findings)+len(s.Problems)+len(s.Gate.Fixed)+len(s.Gate.Changes) == 0
}

func (r *replay) run(ctx context.Context, w io.Writer) error {
	if dirty, err := r.repository.Line(ctx, "status", "--porcelain", "--untracked-files=no"); err != nil || dirty != "" {
		return errors.Join(err, fmt.Errorf("%s has changes that are not committed", r.repository.Path))
	}
	list, err := r.repository.Line(ctx, "log", "--first-parent", "--format=%H", fmt.Sprintf("--max-count=%d", r.commits+1))
	if err != nil {
		return err
	}
	commits := strings.Fields(list)
	slices.Reverse(commits)
	if len(commits) < 2 {
		return errors.New("there is no commit that has one before it")
	}
	// The first one fills the cache, and is compared with itself.
	if _, err := r.judge(ctx, commits[0], commits[0]); err != nil {
		return err
	}
	var all []judged
	for i, c := range commits[1:] {
		j, err := r.judge(ctx, commits[i], c)
		if err != nil {
			return err
		}
		all = append(all, j)
		s := j.report
		fmt.Fprintf(w, "%s  %6.2f s  code %d  %d new, %d known, %d fixed, %d changes, %d not checked\n",
			c[:12], j.elapsed.Seconds(), j.code, len(s.Findings), s.Gate.Known, len(s.Gate.Fixed), len(s.Gate.Changes), len(s.Problems))
	}
	fmt.Fprint(w, summarise(all))
	return nil
}

// judge has the gate compare a commit with the one before it.
func (r *replay) judge(ctx context.Context, before, commit string) (judged, error) {
	j := judged{commit: commit}
	if _, err := r.repository.Run(ctx, nil, "checkout", "-q", commit); err != nil {
		return j, err
	}
	cmd := exec.CommandContext(ctx, r.lagvet, append([]string{"gate", "--base", before, "--format", "json"}, r.args...)...)
	cmd.Dir = r.repository.Path
	var stderr strings.Builder
	cmd.Stderr = &stderr
	start := time.Now()
	out, err := cmd.Output()
	j.elapsed = time.Since(start)
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		return j, fmt.Errorf("running %s: %w", r.lagvet, err)
	}
	j.code = cmd.ProcessState.ExitCode()
	if err := json.Unmarshal(out, &j.report); err != nil {
		return j, fmt.Errorf("%s: exit code %d: %w: %s", commit, j.code, err, stderr.String())
	}
	if r.out == "" || j.report.quiet() {
		return j, nil
	}
	if err := os.MkdirAll(r.out, 0o777); err != nil {
		return j, err
	}
	return j, os.WriteFile(filepath.Join(r.out, commit[:12]+".json"), out, 0o666)
}

// summarise returns the last lines.
func summarise(all []judged) string {
	times := make([]time.Duration, 0, len(all))
	fresh, changes, stopped, unchecked := 0, 0, 0, 0
	for _, j := range all {
		times = append(times, j.elapsed)
		fresh += len(j.report.Findings)
		changes += len(j.report.Gate.Changes)
		if len(j.report.Findings) > 0 {
			stopped++
		}
		if len(j.report.Problems) > 0 {
			unchecked++
		}
	}
	slices.Sort(times)
	at := func(share float64) float64 { return times[int(share*float64(len(times)-1))].Seconds() }
	return fmt.Sprintf("%d commits: median %.2f s, 9 of 10 within %.2f s, longest %.2f s\n%d new findings in %d commits, %d changes in hot functions, %d commits not checked as a whole\n",
		len(all), at(0.5), at(0.9), at(1), fresh, stopped, changes, unchecked)
}
