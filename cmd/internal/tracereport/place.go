package tracereport

import (
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/analyzers/symbol"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// A place is where a goroutine was, as a reader wants it: in code of the program, and
// what that called.
type place struct {
	trace.Frame        // of the program, or else the innermost one that is not the runtime's
	calls       string // what it called of the standard library; "" if nothing
	ours        bool   // it is in code of the program
}

// placeOf returns the place of a stack; false if the stack is empty.
func placeOf(stack []trace.Frame) (place, bool) {
	if len(stack) == 0 {
		return place{}, false
	}
	for n, accepts := range []func(pkg string) bool{ofProgram, aboveRuntime} {
		for i, f := range stack {
			sym, ok := symbol.Parse(f.Function)
			if !ok || strings.HasPrefix(f.Function, "vendor/") || !accepts(sym.Pkg) {
				continue
			}
			p := place{Frame: f, ours: n == 0}
			if i > 0 {
				p.calls = name(stack[i-1].Function)
			}
			return p, true
		}
	}
	return place{Frame: stack[0]}, true
}

// ofProgram reports whether a package may be of the program itself. The Go project's own
// modules are to it what the standard library is.
func ofProgram(pkg string) bool {
	return !symbol.Standard(pkg) && !strings.HasPrefix(pkg, "golang.org/x/")
}

func aboveRuntime(pkg string) bool {
	return !symbol.OfRuntime(pkg) && pkg != "sync" && pkg != "internal/sync" && pkg != "internal/poll" && pkg != "syscall"
}

// name returns the name of a function without the directories of its import path:
// store.(*Store).Put. Type arguments keep theirs out too.
func name(function string) string {
	function = symbol.WithoutTypeArgs(function)
	return function[strings.LastIndexByte(function, '/')+1:]
}

// short returns the line of a frame as a sentence has it: store.go:120.
func short(f trace.Frame) string {
	return line(path.Base(filepath.ToSlash(f.File)), f.Line)
}

// at returns the line of a frame so that it can be found: from the directory of the
// report, or with the directory that the file is in.
func (r *Report) at(f trace.Frame) string {
	if rel := report.Short(r.Dir, f.File); f.File != "" && r.Dir != "" && filepath.IsAbs(f.File) && !strings.HasPrefix(rel, "..") && rel != f.File {
		return line(filepath.ToSlash(rel), f.Line)
	}
	file := filepath.ToSlash(f.File)
	dir := path.Base(path.Dir(file))
	if dir == "." || dir == "/" {
		return short(f)
	}
	return line(dir+"/"+path.Base(file), f.Line)
}

func line(file string, n int) string {
	switch {
	case file == "" || file == ".":
		return ""
	case n <= 0:
		return file
	}
	return file + ":" + strconv.Itoa(n)
}
