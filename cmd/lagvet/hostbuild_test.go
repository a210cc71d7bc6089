package main

import (
	"path/filepath"
	"testing"
)

func TestHostBuild(t *testing.T) {
	checkout, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	tests := []struct {
		name   string
		args   []string
		code   int
		stdout []string
		stderr []string
	}{
		{"what there is", []string{"gopls"}, 0, []string{`^  build `, `^  lagvet gopls \[command\]`}, nil},
		{"what it leaves out", []string{"gopls", "build", "--help"}, 0, []string{`heapescape is not among its rules. lagvet lsp`}, nil},
		{"source that cannot be found", []string{"gopls", "build"}, 2, nil, []string{`^lagvet: .*: pass --lagvet`}},
		{"no such directory", []string{"golangci", "build", "--lagvet", "./none"}, 2, nil, []string{`^lagvet: --lagvet: there is no directory \./none$`}},
		{"an argument", []string{"golangci", "build", "v2.15.0"}, 2, nil, []string{`^lagvet: build takes no arguments$`}},
		{"a directory to write to", []string{"gopls", "build", "--lagvet", checkout, "--output", "."}, 2, nil, []string{`^lagvet: --output: \. is a directory`}},
		{"what was not fetched", []string{"gopls", "build", "--lagvet", checkout}, 3, nil, []string{
			`^could not build gopls: a module is missing in the module cache, and GOPROXY=off`,
			`^    set GOPROXY`,
			`^In its own words:$`,
			`^    go: golang\.org/x/tools/gopls@v`,
		}},
		{"nor golangci-lint", []string{"golangci", "build", "--lagvet", checkout, "--version", "2.0.0"}, 3, nil, []string{
			`^could not build golangci-lint: a module is missing`,
			`^    go: github\.com/golangci/golangci-lint/v2@v2\.0\.0`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := lagvet(t, elsewhere, tt.args...)
			if res.code != tt.code {
				t.Errorf("exit code %d, want %d\n%s%s", res.code, tt.code, res.stdout, res.stderr)
			}
			match(t, res.stdout, tt.stdout)
			match(t, res.stderr, tt.stderr)
		})
	}
}
