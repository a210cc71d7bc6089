package escape

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
)

// embedcfg writes the file that tells the compiler what //go:embed patterns
// stand for, and returns its name, or "" if there are none. What the embedded
// files hold does not matter to escape analysis, so every pattern stands for
// the same empty file: a string and a []byte take exactly one, an embed.FS any
// number.
func embedcfg(goFiles []string, tmp string) (string, error) {
	patterns := make(map[string][]string)
	for _, file := range goFiles {
		if err := embedPatterns(file, patterns); err != nil {
			return "", err
		}
	}
	if len(patterns) == 0 {
		return "", nil
	}
	empty := filepath.Join(tmp, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		return "", err
	}
	js, err := json.Marshal(struct {
		Patterns map[string][]string
		Files    map[string]string
	}{patterns, map[string]string{"empty": empty}})
	if err != nil {
		return "", err
	}
	name := filepath.Join(tmp, "embedcfg")
	return name, os.WriteFile(name, js, 0o600)
}

// embedPatterns adds the patterns of one file.
func embedPatterns(file string, patterns map[string][]string) error {
	src, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !strings.Contains(string(src), "//go:embed") {
		return nil
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, g := range f.Comments {
		for _, c := range g.List {
			if err := embedDirective(c, patterns); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	return nil
}

func embedDirective(c *ast.Comment, patterns map[string][]string) error {
	args, ok := strings.CutPrefix(c.Text, "//go:embed")
	if !ok || args != "" && args[0] != ' ' && args[0] != '\t' {
		return nil
	}
	for args = strings.TrimSpace(args); args != ""; args = strings.TrimSpace(args) {
		pattern := args
		if args[0] == '"' || args[0] == '`' {
			quoted, err := strconv.QuotedPrefix(args)
			if err != nil {
				return fmt.Errorf("reading %s: %w", c.Text, err)
			}
			if pattern, err = strconv.Unquote(quoted); err != nil {
				return fmt.Errorf("reading %s: %w", c.Text, err)
			}
			args = args[len(quoted):]
		} else {
			if i := strings.IndexFunc(args, unicode.IsSpace); i >= 0 {
				pattern = args[:i]
			}
			args = args[len(pattern):]
		}
		patterns[pattern] = []string{"empty"}
	}
	return nil
}
