package costly

import (
	"go/importer"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	for _, tt := range []struct {
		name string
		want Call
		ok   bool
	}{
		{"fmt.Sprintf", Call{Kind: Formats}, true},
		{"fmt.newPrinter", Call{}, false},
		{"(*fmt.pp).doPrintf", Call{}, false},
		{"encoding/json.Marshal", Call{Kind: Encodes}, true},
		{"encoding/json.Valid", Call{}, false},
		{"(*encoding/json.Encoder).Encode", Call{Kind: Encodes}, true},
		{"(time.Time).Format", Call{Kind: Clock}, true},
		{"(*log/slog.Logger).Debug", Call{Kind: Logs, Light: true}, true},
		{"example.com/app._Cfunc_add", Call{Kind: CallsC}, true},
		{"example.com/app._Cfunc__cgo_malloc", Call{}, false},
		{"example.com/fmt.Sprintf", Call{}, false},
	} {
		if got, ok := Of(tt.name); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %v, %t", tt.name, got, ok)
		}
	}
	if got, _ := C("example.com/app._C2func_add"); got != "C.add" {
		t.Errorf("the function of C is %q", got)
	}
}

// TestRows finds names that are of nothing in the standard library.
func TestRows(t *testing.T) {
	imports := importer.ForCompiler(token.NewFileSet(), "gc", nil)
	for _, r := range rows {
		if r.pkg == "encoding/json/v2" {
			continue // since Go 1.27
		}
		pkg, err := imports.Import(r.pkg)
		if err != nil {
			t.Fatal(err)
		}
		for name := range strings.FieldsSeq(r.names) {
			if !declares(pkg, name) {
				t.Errorf("package %s has no %s", r.pkg, name)
			}
		}
	}
}

// declares reports whether pkg has the function F, or the method (T).M or (*T).M.
func declares(pkg *types.Package, name string) bool {
	recv, method, ok := strings.Cut(name, ").")
	if !ok {
		_, isFunc := pkg.Scope().Lookup(name).(*types.Func)
		return isFunc
	}
	tn, ok := pkg.Scope().Lookup(strings.TrimLeft(recv, "(*")).(*types.TypeName)
	if !ok {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(tn.Type(), true, pkg, method)
	fn, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	_, pointer := types.Unalias(fn.Signature().Recv().Type()).(*types.Pointer)
	return pointer == strings.HasPrefix(recv, "(*")
}
