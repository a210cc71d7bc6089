//go:build linux

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("planted: ")
	if ok, err := child(os.Getenv); ok {
		if err != nil {
			log.Fatal(err)
		}
		return
	}
	var c command
	flag.IntVar(&c.runs, "n", 10, "how often each scenario is run")
	flag.StringVar(&c.keep, "keep", "", "directory for the traces of runs; they are deleted by default")
	flag.BoolVar(&c.verbose, "v", false, "say of each run what was blamed")
	only := flag.String("only", "", "the scenarios that are run, with commas; all by default")
	flag.Parse()
	if err := c.interruptible(*only); err != nil {
		log.Fatal(err)
	}
}

// A command runs scenarios again and again.
type command struct {
	runs    int
	keep    string
	verbose bool
}

// interruptible runs until it is done, or interrupted: groups are removed then too.
func (c command) interruptible(only string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return c.run(ctx, os.Stdout, only)
}

func (c command) run(ctx context.Context, w io.Writer, only string) error {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "scenario\tplanted\tfound\tshare of P99\tshare of max\t")
	missed := 0
	for _, s := range chosen {
		t := tally{scenario: s}
		for range c.runs {
			v, err := c.once(ctx, s)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			t.add(v)
			if c.verbose || !v.found() {
				fmt.Fprint(os.Stderr, v)
			}
		}
		fmt.Fprintln(table, t)
		if 10*t.found < 9*c.runs {
			missed++
		}
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("printing the table: %w", err)
	}
	if missed > 0 {
		return fmt.Errorf("%d scenarios were found in fewer than nine of ten runs", missed)
	}
	return nil
}

// once runs a scenario, in a directory of its own.
func (c command) once(ctx context.Context, s scenario) (verdict, error) {
	dir, err := os.MkdirTemp(c.keep, "planted-"+s.name+"-")
	if err != nil {
		return verdict{}, fmt.Errorf("making a directory for the trace: %w", err)
	}
	if c.keep == "" {
		defer os.RemoveAll(dir)
	}
	return try(ctx, s, dir)
}

// choose returns the scenarios of these names, or all.
func choose(only string) ([]scenario, error) {
	if only == "" {
		return scenarios, nil
	}
	var chosen []scenario
	for name := range strings.SplitSeq(only, ",") {
		s, ok := byName(name)
		if !ok {
			return nil, fmt.Errorf("there is no scenario %.40q", name)
		}
		chosen = append(chosen, s)
	}
	return chosen, nil
}

// A tally is how the runs of a scenario went.
type tally struct {
	scenario   scenario
	runs       int
	found      int
	p99, max   float64 // the least share of the planted cause
	recordings int
}

func (t *tally) add(v verdict) {
	if t.runs == 0 {
		t.p99, t.max = 1, 1
	}
	t.runs++
	if v.found() {
		t.found++
	}
	if v.recorded != "" {
		t.recordings++
	}
	t.p99, t.max = min(t.p99, v.p99.share), min(t.max, v.max.share)
}

func (t tally) String() string {
	note := ""
	if t.recordings > 0 {
		note = " (recorded: no group can be made here)"
	}
	return fmt.Sprintf("%s\t%s\t%d of %d%s\t≥ %.0f %%\t≥ %.0f %%\t", t.scenario.name, t.scenario.what, t.found, t.runs, note, 100*t.p99, 100*t.max)
}
