package ssavalue

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

const src = `package p

func a() {}
func b() {}
func c() {}
func d() {}

func f(n int) {
	a()
	b()
	for n > 0 {
		c()
		n--
	}
	if n < 0 {
		d()
	}
}
`

func TestOrder(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, _, err := ssautil.BuildPackage(new(types.Config), fset, types.NewPackage("p", "p"), []*ast.File{file}, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := make(map[string]ssa.Instruction)
	for _, blk := range pkg.Func("f").Blocks {
		for _, instr := range blk.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				at[call.Call.StaticCallee().Name()] = call
			}
		}
	}
	for _, tt := range []struct {
		from, to                 string
		leads, follows, precedes bool
	}{
		{"a", "b", false, true, true},
		{"b", "a", false, false, false},
		{"a", "c", true, false, true},
		{"c", "c", true, false, false},
		{"c", "d", true, false, false},
		{"d", "c", false, false, false},
	} {
		from, to := at[tt.from], at[tt.to]
		if got := Leads(from.Block(), to.Block()); got != tt.leads {
			t.Errorf("Leads(%s, %s) = %t", tt.from, tt.to, got)
		}
		if got := Follows(from, to); got != tt.follows {
			t.Errorf("Follows(%s, %s) = %t", tt.from, tt.to, got)
		}
		if got := Precedes(from, to); got != tt.precedes {
			t.Errorf("Precedes(%s, %s) = %t", tt.from, tt.to, got)
		}
	}
	if Leads(at["a"].Block(), at["c"].Block(), at["c"].Block().Preds...) {
		t.Error("there is no way into a loop but through its head")
	}
	if !InLoop(at["c"].Block()) || InLoop(at["d"].Block()) {
		t.Error("c stands in the loop, d does not")
	}
}
