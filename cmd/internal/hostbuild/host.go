package hostbuild

import (
	"path/filepath"
)

// A Host is a program that lagvet's analyzers are built into.
type Host struct {
	Name   string // of the program, and of the file
	Module string // that holds it
	Main   string // the directory of its main package in the module, with slashes
	Path   string // of the module that is written
	// Default is the version that is built if none is asked for. Empty: the
	// newest whose go line fits the toolchain.
	Default string
	// Known are versions known to work with the Go release that they are built
	// by, the newest first. They stand in for what cannot be asked.
	Known []Known
	// Registration is the file that registers lagvet, as Go source.
	Registration string
	// Pins are modules of which exactly the version that the host requires is
	// used, whatever lagvet requires.
	Pins []string
	// Fits says what the module in a directory lacks that Registration needs.
	// Nil: nothing can be lacking.
	Fits func(dir string) error
	// Instead is what to do if no version of the host can be used.
	Instead string
}

// A Known is a version of a host that works.
type Known struct {
	Version string
	Go      string // the first release that builds it: "go1.26"
}

// registration is the name of the file that registers lagvet.
const registration = "lagvet.go"

// file returns the name of the host's program, which exe ends where programs
// have such an ending.
func (h *Host) file(exe string) string { return h.Name + exe }

func (h *Host) mainDir(dir string) string { return filepath.Join(dir, filepath.FromSlash(h.Main)) }

// Golangci returns golangci-lint, into which a plugin is linked by importing it.
func Golangci() *Host {
	return &Host{
		Name:   "golangci-lint",
		Module: "github.com/golangci/golangci-lint/v2",
		Main:   "cmd/golangci-lint",
		// A main module has no version, and that is what is wanted: golangci-lint
		// keeps results by its version, or else by what its binary holds, and
		// another lagvet in the same golangci-lint finds other things.
		Path:    "lagvet.generated/golangci-lint",
		Default: "v2.15.0",
		Known:   []Known{{"v2.15.0", "go1.26"}},
		Registration: `package main

import _ "github.com/lagvet/lagvet/analyzers/golangci"
`,
		Instead: "run lagvet check beside golangci-lint",
	}
}
