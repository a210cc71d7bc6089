package chanflow_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
)

const ways = `package p

func from()
func stop()
func ask() error

// Who leaves the loop has an error.
func flagged(keys []string) error {
	var failed error
	from()
	for range keys {
		if err := ask(); err != nil {
			failed = err
			break
		}
		stop()
	}
	if failed != nil {
		stop()
		return failed
	}
	return nil
}

func left(keys []string) bool {
	from()
	found := false
	for range keys {
		if ask() != nil {
			found = true
			break
		}
	}
	if found {
		stop()
	}
	return found
}

func captured(run func(func() error)) error {
	var err error
	from()
	if err = ask(); err == nil {
		stop()
	}
	run(func() error { return err })
	if err == nil {
		return nil
	}
	stop()
	return err
}

func setElsewhere(run func(func())) error {
	var err error
	run(func() { err = ask() })
	from()
	if err != nil {
		stop()
	}
	run(nil)
	if err == nil {
		stop()
	}
	return err
}

func again(n int) error {
	var err error
	from()
	for err == nil {
		err = ask()
		if err == nil {
			stop()
		}
	}
	return err
}

func same(async bool) {
	from()
	if async {
		stop()
		return
	}
	if !async {
		stop()
	}
}
`

func TestAware(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", ways, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(new(types.Config), fset, types.NewPackage("p", "p"), []*ast.File{file}, 0)
	if err != nil {
		t.Fatal(err)
	}
	w := chanflow.Walk{Stop: func(in ssa.Instruction) bool { return calls(in, "stop") }}
	for name, want := range map[string]bool{
		"flagged":      true, // no turn at all
		"left":         true,
		"captured":     false,
		"setElsewhere": true, // it may be set in between
		"again":        true, // an error in the first turn
		"same":         false,
	} {
		if got := w.Aware(call(t, pkg.Func(name), "from")) != nil; got != want {
			t.Errorf("%s: a return without a stop is found: %t, want %t", name, got, want)
		}
	}
	cut := w
	cut.Cut = func(from, to *ssa.BasicBlock) bool {
		return from.Comment == "rangeindex.loop" && to.Comment == "rangeindex.done"
	}
	for _, name := range []string{"flagged", "left"} {
		if cut.Aware(call(t, pkg.Func(name), "from")) != nil {
			t.Errorf("%s: a return without a stop is found after a break", name)
		}
		if cut.Return(call(t, pkg.Func(name), "from")) == nil {
			t.Errorf("%s: without what is known there is such a way", name)
		}
	}
}

func calls(in ssa.Instruction, name string) bool {
	c, ok := in.(*ssa.Call)
	return ok && c.Call.StaticCallee() != nil && c.Call.StaticCallee().Name() == name
}

func call(t *testing.T, fn *ssa.Function, name string) ssa.Instruction {
	t.Helper()
	for _, blk := range fn.Blocks {
		for _, in := range blk.Instrs {
			if calls(in, name) {
				return in
			}
		}
	}
	t.Fatalf("%s does not call %s", fn.Name(), name)
	return nil
}
