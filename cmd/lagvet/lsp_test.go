package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/lspclient"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// An editor has a file of the sample module checked, mended, and checked again.
func TestLSP(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	dir := shop(t, nil)
	c, err := lspclient.Start(ctx, lspclient.Options{Command: []string{self, "lsp", "--stdio"}, Folders: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	file := filepath.Join(dir, "files", "files.go")
	if err := c.Open(file); err != nil {
		t.Fatal(err)
	}
	ds, err := c.Diagnostics(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	if len(ds) != 1 || ds[0].Code != "hotdefer" || ds[0].Range.Start != (protocol.Position{Line: 12, Character: 3}) {
		t.Fatalf("diagnostics are %+v", ds)
	}
	actions, err := c.CodeActions(ctx, file, ds[0])
	if err != nil || len(actions) == 0 {
		t.Fatalf("actions are %+v, %v", actions, err)
	}
	if err := c.Perform(ctx, actions[0]); err != nil {
		t.Fatal(err)
	}
	if err := c.Save(file); err != nil {
		t.Fatal(err)
	}
	if ds, err := c.Diagnostics(ctx, file); err != nil || len(ds) > 0 {
		t.Errorf("after the fix: %+v, %v", ds, err)
	}
	if err := c.Shutdown(ctx); err != nil {
		t.Error(err)
	}
}

func TestLSPCommandLine(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args   string
		code   int
		stderr string
	}{
		{"lsp", 1, ""}, // there is no editor
		{"lsp ./...", 2, "lsp takes no arguments"},
		{"lsp --only-compile", 2, `did you mean "--only-compiler"?`},
	}
	for _, tt := range tests {
		res := lagvet(t, t.TempDir(), strings.Fields(tt.args)...)
		if res.code != tt.code || res.stdout != "" || !strings.Contains(res.stderr, tt.stderr) {
			t.Errorf("lagvet %s: %+v", tt.args, res)
		}
	}
}
