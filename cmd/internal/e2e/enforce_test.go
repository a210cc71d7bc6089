//go:build e2e

package e2e

import (
	"debug/buildinfo"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// A kind of build is a way to build a module under lagvet enforce. The modules import
// next to nothing, for all that they import is compiled and analysed anew.
type kind struct {
	name    string
	files   string // an archive of them
	prepare []string
	env     []string
	build   []string // the go command's arguments, without -toolexec
	binary  string
	says    string // the program, where it can run here

	// With this edit the build is refused, and says so.
	file, old, new string
	refused        string
}

const sum = `
-- go.mod --
module example.com/sum

go 1.26
-- main.go --
package main

//lagvet:noalloc
func sum(n int) int { return n + n }

var three = 3

func main() { println(sum(three)) }
`

var kinds = []kind{
	{
		name: "cgo and assembly",
		files: `
-- go.mod --
module example.com/mixed

go 1.26
-- main.go --
package main

import (
	"example.com/mixed/asm"
	"example.com/mixed/c"
)

func main() { println(asm.Sum(3, c.Twice(3))) }
-- asm/asm.go --
// Package asm has a function in assembly.
package asm

// Add adds.
//
//go:noescape
func Add(a, b int) int

// Sum is Add.
//
//lagvet:noalloc
func Sum(a, b int) int { return Add(a, b) }
-- asm/add_amd64.s --
#include "textflag.h"

TEXT ·Add(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), AX
	ADDQ b+8(FP), AX
	MOVQ AX, ret+16(FP)
	RET
-- asm/add_arm64.s --
#include "textflag.h"

TEXT ·Add(SB), NOSPLIT, $0-24
	MOVD a+0(FP), R0
	MOVD b+8(FP), R1
	ADD R1, R0
	MOVD R0, ret+16(FP)
	RET
-- c/c.go --
// Package c calls C.
package c

// static int twice(int n) { return 2 * n; }
import "C"

// Twice doubles.
//
//lagvet:noalloc
func Twice(n int) int { return int(C.twice(C.int(n))) }
`,
		env: []string{"CGO_ENABLED=1"}, build: []string{"build", "-o", "mixed", "."}, binary: "mixed", says: "9\n",
		file: "c/c.go", old: "{ return int(", new: "{ last = make([]byte, n); return int(", refused: "c/c.go:",
	},
	{
		name: "race", files: sum,
		env: []string{"CGO_ENABLED=1"}, build: []string{"build", "-race", "-o", "sum", "."}, binary: "sum", says: "6\n",
		file: "main.go", old: "{ return n", new: "{ last = make([]byte, n); return n", refused: "main.go:4:",
	},
	{
		name: "trimpath", files: sum,
		build: []string{"build", "-trimpath", "-o", "sum", "."}, binary: "sum", says: "6\n",
		file: "main.go", old: "{ return n", new: "{ last = make([]byte, n); return n", refused: "main.go:4:",
	},
	{
		name: "install", files: sum,
		env: []string{"GOBIN="}, build: []string{"install", "."}, binary: "bin/sum", says: "6\n",
		file: "main.go", old: "{ return n", new: "{ last = make([]byte, n); return n", refused: "main.go:4:",
	},
	{
		name: "for Windows", files: sum + "-- other_windows.go --\npackage main\n\nvar last []byte\n",
		env: []string{"GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0"}, build: []string{"build", "-o", "sum.exe", "."}, binary: "sum.exe",
		file: "other_windows.go", old: "var last []byte", new: "//lagvet:noalloc\nfunc grow(n int) []byte { return make([]byte, n) }", refused: "other_windows.go:4:",
	},
	{
		name: "for macOS", files: sum + "-- other_darwin.go --\npackage main\n\nvar last []byte\n",
		env: []string{"GOOS=darwin", "GOARCH=arm64", "CGO_ENABLED=0"}, build: []string{"build", "-o", "sum", "."}, binary: "sum",
		file: "other_darwin.go", old: "var last []byte", new: "//lagvet:noalloc\nfunc grow(n int) []byte { return make([]byte, n) }", refused: "other_darwin.go:4:",
	},
	{
		// What a dependency does is known, and only the user's package is refused for it.
		name: "vendored",
		files: `
-- go.mod --
module example.com/app

go 1.26

require example.com/dep v0.0.0

replace example.com/dep => ./dep
-- main.go --
package main

import "example.com/dep"

//lagvet:noalloc
func first(n int) int { return dep.First(n) }

func main() { println(first(3), dep.Broken(3)) }
-- dep/go.mod --
module example.com/dep

go 1.26
-- dep/dep.go --
// Package dep breaks its own contract.
package dep

var last []byte

// First is n.
//
//go:noinline
func First(n int) int { return n }

// Grow allocates.
//
//go:noinline
func Grow(n int) int { last = make([]byte, n); return n }

// Broken is not what it says.
//
//lagvet:noalloc
func Broken(n int) int { return Grow(n) }
`,
		prepare: []string{"go", "mod", "vendor"},
		build:   []string{"build", "-mod=vendor", "-o", "app", "."}, binary: "app", says: "3 3\n",
		file: "main.go", old: "dep.First(n)", new: "dep.Grow(n)", refused: "main.go:6:",
	},
	{
		// The modules of a workspace are the user's, each of them.
		name: "workspace",
		files: `
-- go.work --
go 1.26

use (
	./app
	./lib
)
-- app/go.mod --
module example.com/app

go 1.26

require example.com/lib v0.0.0
-- app/main.go --
package main

import "example.com/lib"

func main() { println(lib.Sum(3)) }
-- lib/go.mod --
module example.com/lib

go 1.26
-- lib/lib.go --
// Package lib adds.
package lib

var last []byte

// Sum doubles.
//
//lagvet:noalloc
func Sum(n int) int { return n + n }
`,
		build: []string{"build", "-o", "app.out", "./app"}, binary: "app.out", says: "6\n",
		file: "lib/lib.go", old: "{ return n", new: "{ last = make([]byte, n); return n", refused: "lib.go:9:",
	},
}

// last is what broken contracts assign to, where the module has none.
const last = "package %s\n\nvar last []byte\n"

func TestEnforce(t *testing.T) {
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			dir, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			unpack(t, dir, k.files)
			p := process{dir: dir, env: k.env}
			for i, e := range p.env {
				if e == "GOBIN=" {
					p.env[i] = "GOBIN=" + filepath.Join(dir, "bin")
				}
			}
			if k.prepare != nil {
				p.must(t, k.prepare[0], k.prepare[1:]...)
			}
			args := append([]string{k.build[0], "-toolexec=" + lagvet + " enforce"}, k.build[1:]...)
			p.must(t, "go", args...)
			if !stamped(t, filepath.Join(dir, k.binary)) {
				t.Error("the binary does not say that it was built so")
			}
			if k.says != "" {
				if _, said, code := p.run(t, filepath.Join(dir, k.binary)); code != 0 || said != k.says {
					t.Errorf("the program says %q, code %d, want %q", said, code, k.says)
				}
			}
			edit(t, dir, k.file, k.old, k.new)
			declare(t, dir, k)
			if out, errs, code := p.run(t, "go", args...); code == 0 || !strings.Contains(errs, k.refused) {
				t.Errorf("a broken contract: code %d, which does not say %q\n%s%s", code, k.refused, out, errs)
			}
		})
	}
}

// declare declares what the edit assigns to, if it does.
func declare(t *testing.T, dir string, k kind) {
	t.Helper()
	if !strings.Contains(k.new, "last =") || strings.Contains(k.files, "var last") {
		return
	}
	pkg := "main"
	if d := filepath.Dir(k.file); d != "." {
		pkg = filepath.Base(d)
	}
	write(t, dir, filepath.Join(filepath.Dir(k.file), "last.go"), strings.ReplaceAll(last, "%s", pkg))
}

// go test builds packages as go build does, and again together with their tests.
func TestEnforceTests(t *testing.T) {
	dir := t.TempDir()
	unpack(t, dir, sum+`-- sum_test.go --
package main

import "testing"

func TestSum(t *testing.T) {
	if sum(1) != 2 {
		t.Fail()
	}
}
-- external_test.go --
package main_test

import "testing"

func TestNothing(t *testing.T) {}
`)
	p := process{dir: dir}
	args := []string{"test", "-toolexec=" + lagvet + " enforce", "./..."}
	p.must(t, "go", args...)
	if out := p.must(t, "go", args...); !strings.Contains(out, "(cached)") {
		t.Errorf("the second go test is not taken from the cache:\n%s", out)
	}
	edit(t, dir, "main.go", "{ return n", "{ last = make([]byte, n); return n")
	write(t, dir, "last.go", strings.ReplaceAll(last, "%s", "main"))
	if out, errs, code := p.run(t, "go", args...); code == 0 || !strings.Contains(out+errs, "main.go:4:") {
		t.Errorf("a broken contract: code %d\n%s%s", code, out, errs)
	}
}

func stamped(t *testing.T, file string) bool {
	t.Helper()
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range info.Settings {
		if s.Key == "lagvet.enforce" {
			return true
		}
	}
	return false
}

func unpack(t *testing.T, dir, archive string) {
	t.Helper()
	files, err := txtar.FS(txtar.Parse([]byte(archive)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
}
