package telemetry_test

import (
	"go/ast"
	"go/types"
	"slices"
	"testing"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/passtest"
	"github.com/lagvet/lagvet/analyzers/internal/telemetry"
)

const src = `package p

import (
	"expvar"
	"fmt"
	"log"
	"log/slog"
)

var m = expvar.NewMap("m")

func f(key string) {
	log.Println(1)
	slog.Info("2")
	slog.Default().With("a", 1).Warn("3")
	fmt.Println(4)
	m.Add(key, 1)
	m.Get(key)
}
`

func TestCalls(t *testing.T) {
	p := passtest.Load(t, src)
	var logs, labels []string
	for _, call := range p.Func(t, "f").Out {
		fn, _ := typeutil.Callee(p.TypesInfo, call.Site).(*types.Func)
		if telemetry.Logs(fn) {
			logs = append(logs, fn.Name())
		}
		for _, l := range telemetry.Labels(p.TypesInfo, call.Site) {
			labels = append(labels, l.Value.(*ast.Ident).Name)
		}
	}
	slices.Sort(logs)
	if want := []string{"Default", "Info", "Println", "Warn", "With"}; !slices.Equal(logs, want) {
		t.Errorf("what logs is %v, want %v", logs, want)
	}
	if want := []string{"key"}; !slices.Equal(labels, want) {
		t.Errorf("labels are %v, want %v", labels, want)
	}
	if !telemetry.Structured(p.Pkg) || telemetry.Structured(types.NewPackage("q", "q")) {
		t.Error("of the two packages one logs in keys and values")
	}
}
