package escape

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// silent are the compiler's messages that -m=2 and debugFlags do not ask for,
// by how they begin: they belong to other -d flags, higher levels of -m, or
// faults of the compiler.
var silent = []string{
	"concreteType1(", "assignments(): ", "analyze(): ", // -d=... of devirtualize, disabled by a constant
	"prog: unknown position", "setlineno: unknown position", "buildssa: unknown position",
	"write barrier",              // -d=wb
	"generated nil check",        // -d=nil
	"removed nil check",          // -d=nil
	"intrinsic substitution for", // -d=ssa/intrinsics/debug
	"skipping shaping of recursive type",
	"skipping static copy of", // -d=staticcopy
	"reshaping ",              // -d=reshape
	"stack object ",           // -live
	"rewriting OCONVIFACE value from",
	"x loop ending at",                                                             // -d=loopvar=4
	"InlinedCall(",                                                                 // a debugging constant
	"PGO devirtualize considering", "can't PGO devirtualize", "edge x:", "call x:", // -d=pgodebug
	"doNode ", "cheap call is also intrinsic", "intrinsic call, ", "costly OCALL", // a debugged function
	"Before inlining", "After inlining", // -m=3
	"x looping label", "x non-looping label", // -m=3
	"x escapes to heap in x:", "parameter x leaks to", "warning: truncated", "from x", // explanations: see TestExplanations
}

// elsewhere are the folders whose messages belong to other flags, -d=ssa/… and
// -live, or to faults.
var elsewhere = []string{"ssa/", "liveness/", "typecheck/", "base/"}

// filled are formats whose verbs stand for words of the compiler.
var filled = map[string]string{
	"%s defer":        "open-coded defer",
	"convert: %s: %v": "convert: using global for interface value: x",
}

var verb = regexp.MustCompile(`%[-+#]*\d*[a-zA-Z]`)

// TestKnowsTheCompiler reads the source of the compiler at hand for what it
// prints, and expects the parser to know every message.
func TestKnowsTheCompiler(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	src := filepath.Join(strings.TrimSpace(string(root)), "src/cmd/compile/internal")
	found := 0
	err = filepath.WalkDir(src, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") {
			return err
		}
		if rel, _ := filepath.Rel(src, path); begins(filepath.ToSlash(rel), elsewhere) {
			return nil
		}
		for _, format := range formats(t, path) {
			found++
			msg := verb.ReplaceAllString(format, "x")
			if word, ok := filled[format]; ok {
				msg = word
			}
			if msg == "x" || begins(msg, silent) {
				continue // only a helper that prints what it is given
			}
			if _, ok := classify(msg); !ok {
				t.Errorf("%s: the parser does not know %q", path, format)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	const enough = 50
	if found < enough {
		t.Errorf("only %d messages were found in %s", found, src)
	}
}

func begins(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// formats returns the formats that a file gives to base.Warn and base.WarnfAt,
// and those of fmt.Printf that begin with a position.
func formats(t *testing.T, path string) (all []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	args := map[string]int{"base.Warn": 0, "base.WarnfAt": 1, "fmt.Printf": 0}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		callee := types.ExprString(call.Fun)
		i, ok := args[callee]
		if !ok || len(call.Args) <= i {
			return true
		}
		lit, ok := call.Args[i].(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true
		}
		s, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		if callee == "fmt.Printf" {
			if _, s, ok = strings.Cut(s, ": "); !ok || !strings.HasPrefix(lit.Value, `"%`) || !strings.HasPrefix(lit.Value[3:], ": ") {
				return true
			}
		}
		all = append(all, strings.TrimSpace(s))
		return true
	})
	return all
}
