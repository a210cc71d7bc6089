package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/enforce"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

func main() {
	if vettool.Is(os.Args[1:]) {
		vettool.Main(os.Args[1:])
	}
	if enforce.Is(os.Args[1:]) {
		os.Exit(enforce.Main(os.Args[1:]))
	}
	os.Exit(run(os.Args[1:]))
}

// run executes the command line and returns the exit code. Whatever a command
// returns as an error is one of usage or configuration.
func run(args []string) (code int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := rootCommand(&code)
	root.SetArgs(longBuildFlags(args))
	err := root.ExecuteContext(ctx)
	if err == nil {
		return code
	}
	if faults, ok := errors.AsType[config.Errors](err); ok {
		fmt.Fprintln(os.Stderr, faults) // a line each, beginning with its place
	} else {
		fmt.Fprintf(os.Stderr, "lagvet: %v\n", err)
	}
	return report.Usage
}
