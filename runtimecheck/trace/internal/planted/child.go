//go:build linux

package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"runtime/trace"

	"github.com/lagvet/lagvet/runtimecheck/trace/sampler"
)

// Variables of a process that is to play a scenario, and the files that it writes.
const (
	nameVariable  = "LAGVET_PLANTED"       // the scenario, or hog
	dirVariable   = "LAGVET_PLANTED_DIR"   // where the files go
	groupVariable = "LAGVET_PLANTED_GROUP" // the control group to join, if any
	hog           = "hog"

	traceFile   = "trace.out"
	samplesFile = "trace.out.sched"
)

// child plays the scenario that the environment asks for; ok is false if it asks for
// none.
func child(getenv func(string) string) (ok bool, err error) {
	name := getenv(nameVariable)
	switch name {
	case "":
		return false, nil
	case hog:
		for parent := os.Getppid(); os.Getppid() == parent; {
			work(planted)
		}
		return true, nil
	}
	s, ok := byName(name)
	if !ok {
		return true, fmt.Errorf("there is no scenario %.40q", name)
	}
	if group := getenv(groupVariable); group != "" {
		if err := join(group, os.Getpid()); err != nil {
			return true, err
		}
	}
	return true, s.perform(getenv(dirVariable))
}

// perform plays the scenario, and writes its trace and samples to a directory.
func (s scenario) perform(dir string) error {
	runtime.GOMAXPROCS(s.procs)
	var p plot
	if err := s.prepare(&p); err != nil {
		return fmt.Errorf("preparing %s: %w", s.name, err)
	}
	out, err := os.Create(filepath.Join(dir, traceFile))
	if err != nil {
		return fmt.Errorf("writing the trace: %w", err)
	}
	samples, err := os.Create(filepath.Join(dir, samplesFile))
	if err != nil {
		return errors.Join(fmt.Errorf("writing the samples: %w", err), out.Close())
	}
	return errors.Join(record(out, samples, p.play), out.Close(), samples.Close())
}

// record takes a trace, and samples beside it, of what f does.
func record(out, samples *os.File, f func()) error {
	s, err := sampler.Start(samples, sampler.Options{})
	if err != nil {
		return err
	}
	if err := trace.Start(out); err != nil {
		return errors.Join(fmt.Errorf("taking a trace: %w", err), s.Stop())
	}
	f()
	trace.Stop()
	return s.Stop()
}

// fail ends the process, for what a scenario is made of does not work.
func fail(err error) { log.Fatal(err) }
