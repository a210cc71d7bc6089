// Package telemetry knows the calls by which a program tells of itself: what logs,
// and what a metric is labelled with.
//
// It goes by the packages of the standard library and of the well-known libraries.
// A logger of the house is none to it.
package telemetry

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// loggers are the packages that log, and whether what they log is structured.
var loggers = map[string]bool{
	"log":                           false,
	"log/slog":                      true,
	"github.com/sirupsen/logrus":    true,
	"go.uber.org/zap":               true,
	"github.com/rs/zerolog":         true,
	"github.com/rs/zerolog/log":     true,
	"github.com/go-logr/logr":       true,
	"github.com/go-kit/log":         true,
	"github.com/go-kit/log/level":   true,
	"github.com/hashicorp/go-hclog": true,
	"k8s.io/klog":                   false,
	"k8s.io/klog/v2":                true,
	"github.com/golang/glog":        false,
}

// Logs reports whether fn, or what it is a part of, writes a log.
func Logs(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	_, ok := loggers[fn.Pkg().Path()]
	return ok
}

// Structured reports whether p imports a package that logs in keys and values.
func Structured(p *types.Package) bool {
	for _, q := range p.Imports() {
		if loggers[q.Path()] {
			return true
		}
	}
	return false
}

// A Label is a value that a metric is labelled with.
type Label struct {
	Value ast.Expr
	// Of is the metric: the receiver of the call, or nil.
	Of ast.Expr
}

const (
	prometheus = "github.com/prometheus/client_golang/prometheus"
	otel       = "go.opentelemetry.io/otel/"
)

// Labels returns the values that call labels a metric with. Each is a series of its
// own for as long as the process runs.
func Labels(info *types.Info, call *ast.CallExpr) []Label {
	fn, _ := typeutil.Callee(info, call).(*types.Func)
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	var of ast.Expr
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && fn.Signature().Recv() != nil {
		of = sel.X
	}
	switch path := fn.Pkg().Path(); {
	case path == prometheus:
		return series(info, call, fn.Name(), of)
	case path == "expvar":
		switch fn.FullName() {
		case "(*expvar.Map).Add", "(*expvar.Map).AddFloat", "(*expvar.Map).Set":
			return []Label{{call.Args[0], of}}
		}
	case path == otel+"metric" && (fn.Name() == "WithAttributes" || fn.Name() == "WithAttributeSet"):
		return attributes(info, call, of)
	}
	return nil
}

// series returns the labels of a method of a metric vector.
func series(info *types.Info, call *ast.CallExpr, name string, of ast.Expr) (labels []Label) {
	switch name {
	case "WithLabelValues", "GetMetricWithLabelValues":
		for _, a := range call.Args {
			labels = append(labels, Label{a, of})
		}
	case "With", "GetMetricWith":
		if len(call.Args) != 1 {
			return nil
		}
		lit, ok := ast.Unparen(call.Args[0]).(*ast.CompositeLit)
		if !ok {
			return nil
		}
		for _, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				labels = append(labels, Label{kv.Value, of})
			}
		}
	}
	return labels
}

// attributes returns the values of the attributes that are written in call.
func attributes(info *types.Info, call *ast.CallExpr, of ast.Expr) (labels []Label) {
	for _, a := range call.Args {
		ast.Inspect(a, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if v := Attribute(info, c); v != nil {
				labels = append(labels, Label{v, of})
				return false
			}
			return true
		})
	}
	return labels
}

// Attribute returns the value of the attribute that call makes for OpenTelemetry, or
// nil.
func Attribute(info *types.Info, call *ast.CallExpr) ast.Expr {
	fn, _ := typeutil.Callee(info, call).(*types.Func)
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != otel+"attribute" || len(call.Args) == 0 {
		return nil
	}
	switch fn.Name() {
	case "String", "Stringer", "Int", "Int64":
		return call.Args[len(call.Args)-1]
	}
	return nil
}
