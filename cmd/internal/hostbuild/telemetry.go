package hostbuild

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"strconv"
)

// telemetry is the package by which a host counts what its users do and reports
// its crashes to those who make it.
const telemetry = "golang.org/x/telemetry"

// withoutTelemetry returns the source of a file without the statement that starts
// telemetry: what goes wrong in this program is not for those who make the host.
func withoutTelemetry(name string, src []byte) ([]byte, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("reading the host's main package: %w", err)
	}
	var imported *ast.ImportSpec
	for _, s := range f.Imports {
		if path, err := strconv.Unquote(s.Path.Value); err == nil && path == telemetry && s.Name == nil {
			imported = s
		}
	}
	if imported == nil {
		return src, nil
	}
	// Every use goes, for one that stayed would keep the import.
	cuts := []ast.Node{imported}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.ExprStmt); ok && startsTelemetry(s) {
			cuts = append(cuts, s)
			return false
		}
		return true
	})
	out := make([]byte, 0, len(src))
	from := 0
	for _, n := range cuts { // imports come before statements
		out = append(out, src[from:fset.Position(n.Pos()).Offset]...)
		from = fset.Position(n.End()).Offset
	}
	out, err = format.Source(append(out, src[from:]...))
	if err != nil {
		return nil, fmt.Errorf("taking telemetry out of the host's main package: %w", err)
	}
	return out, nil
}

func startsTelemetry(s *ast.ExprStmt) bool {
	call, ok := s.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == "telemetry" && sel.Sel.Name == "Start"
}
