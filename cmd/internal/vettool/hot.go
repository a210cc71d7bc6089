package vettool

import (
	"context"
	"fmt"
	"os"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/hotpath"
)

// AskCompiler compiles the unit that a file describes for its escape diagnostics if
// it may hold hot code, as a check by the lagvet command does.
func AskCompiler(file string, flags Flags) error {
	u, err := readUnit(file)
	if err != nil {
		return err
	}
	_, err = askCompiler(u, flags)
	return err
}

// askCompiler compiles the unit for its escape diagnostics if it may hold hot
// code, which it reports, or code that the configuration limits the allocations of.
// Compiling takes longer than the analysis, so the test is a cheap one of the text.
func askCompiler(u *unit, flags Flags) (hot bool, err error) {
	hot, err = mayBeHot(u, flags)
	if err != nil || flags.NoCompiler {
		return hot, err
	}
	if !hot {
		if limited, err := flags.Config.AsksCompiler(u.ImportPath, u.GoFiles); err != nil || !limited {
			return false, err
		}
	}
	var text string
	err = u.timer.during(Compiler, func() (err error) {
		text, err = escape.Compile(context.Background(), escape.Unit{
			ImportPath:  u.ImportPath,
			Dir:         u.Dir,
			GoVersion:   u.GoVersion,
			GoFiles:     u.GoFiles,
			NonGoFiles:  u.NonGoFiles,
			ImportMap:   u.ImportMap,
			PackageFile: u.PackageFile,
		})
		return err
	})
	if err != nil {
		return hot, fmt.Errorf("asking the compiler what escapes: %w", err)
	}
	// unitchecker exits: leave the text where the go command clears away.
	kept := u.beside("lagvet.escape")
	if err := move(text, kept); err != nil {
		return hot, fmt.Errorf("keeping what the compiler said: %w", err)
	}
	return hot, escape.Analyzer.Flags.Set(escape.OutputFlag, kept)
}

// move is a rename that works from one file system to another.
func move(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		return err
	}
	return os.Remove(from)
}

// mayBeHot reports whether the unit may hold hot code.
func mayBeHot(u *unit, flags Flags) (bool, error) {
	var profiles []*hotpath.Profile
	for _, f := range flags.Profiles {
		p, err := hotpath.Open(f.Path)
		if err != nil {
			return false, err
		}
		profiles = append(profiles, p)
	}
	return hotpath.MayBeHot(u.ImportPath, u.GoFiles, profiles, config.Names(flags.Config.Hot))
}
