package vettool

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/lagvet/lagvet/analyzers"
)

// Is reports whether args, the command line without the program's name, come
// from the go command.
func Is(args []string) bool {
	if len(args) == 0 {
		return false
	}
	last := args[len(args)-1]
	if strings.HasSuffix(last, ".cfg") {
		return flagsOnly(args[:len(args)-1])
	}
	return len(args) == 1 && (last == "-V=full" || last == "-flags")
}

// flagsOnly reports whether args are flags, the value of each attached by an
// equals sign or following it.
func flagsOnly(args []string) bool {
	return len(args) == 0 || strings.HasPrefix(args[0], "-")
}

// Main answers the go command and exits.
func Main(args []string) {
	if err := run(args); err != nil {
		fmt.Fprintf(os.Stderr, "lagvet: %v\n", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(args []string) error {
	switch last := args[len(args)-1]; last {
	case "-V=full":
		if err := fit(); err != nil {
			return err
		}
		return identify(os.Stdout)
	case "-flags":
		new(Flags).register(flag.CommandLine)
		check(args, rules())
		return nil
	default:
		if file := os.Getenv(timingsEnv); file != "" {
			return timed(args, file)
		}
		var flags Flags
		rest, err := flags.take(args[:len(args)-1])
		if err != nil {
			return err
		}
		return analyse(flags, rest, last)
	}
}

// check hands over to unitchecker, which reads os.Args and exits.
func check(args []string, as []*analysis.Analyzer) {
	os.Args = append(os.Args[:1:1], args...)
	unitchecker.Main(as...)
}

// rules returns what go vet by hand runs.
func rules() []*analysis.Analyzer {
	var as []*analysis.Analyzer
	for _, r := range analyzers.All() {
		as = append(as, r.Analyzer)
	}
	return append(as, analyzers.Notices)
}
