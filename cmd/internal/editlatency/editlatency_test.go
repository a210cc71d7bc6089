package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/lagvet/lagvet/cmd/internal/lspclient"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

func TestParseSpec(t *testing.T) {
	tests := []struct {
		text string
		want spec
		err  string
	}{
		{"gopls change bin/gopls -remote=auto", spec{"gopls", false, regexp.MustCompile(""), []string{"bin/gopls", "-remote=auto"}}, ""},
		{"lagvet save[unchecked|directive] bin/lagvet lsp", spec{"lagvet", true, regexp.MustCompile("unchecked|directive"), []string{"bin/lagvet", "lsp"}}, ""},
		{"gopls change", spec{}, "is no name, event and command"},
		{"gopls typing bin/gopls", spec{}, `the event of gopls is "typing", and must be change or save`},
		{"gopls change[(] bin/gopls", spec{}, "what is waited for of gopls"},
	}
	for _, tt := range tests {
		got, err := parseSpec(tt.text)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v", tt.text, err)
			}
			continue
		}
		if err != nil || got.name != tt.want.name || got.save != tt.want.save || got.want.String() != tt.want.want.String() || !slices.Equal(got.command, tt.want.command) {
			t.Errorf("%s: %+v, %v", tt.text, got, err)
		}
	}
}

func TestChoose(t *testing.T) {
	pkg := func(path string, deps ...string) listing {
		return listing{ImportPath: path, Dir: filepath.Join("/m", path), GoFiles: []string{"x.go"}, Deps: deps}
	}
	tests := []struct {
		name string
		pkgs []listing
		want string
	}{
		{"layers", []listing{pkg("core"), pkg("mid", "core"), pkg("upper", "mid", "core"), pkg("small"), pkg("main", "upper", "mid", "core")}, "leaf main/x.go 0, mid mid/x.go 2, core core/x.go 3"},
		{"one package", []listing{pkg("a")}, "leaf a/x.go 0"},
		{"two packages", []listing{pkg("a"), pkg("b", "a")}, "leaf b/x.go 0, mid a/x.go 1"},
		{"many leaves", []listing{pkg("a"), pkg("b"), pkg("c"), pkg("core"), pkg("d", "core"), pkg("e", "core", "mid"), pkg("mid", "core")}, "leaf e/x.go 0, mid mid/x.go 1, core core/x.go 3"},
	}
	for _, tt := range tests {
		ts, err := choose("/m", tt.pkgs)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range ts {
			got = append(got, x.name+" "+filepath.ToSlash(x.file)+" "+string(rune('0'+x.importers)))
		}
		if strings.Join(got, ", ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if _, err := choose("/m", nil); err == nil {
		t.Error("nothing is chosen of nothing")
	}
}

// speak publishes a diagnostic for each line that holds the marker's directive.
func speak(ctx context.Context, conn *jsonrpc2.Conn, req *jsonrpc2.Request) (any, error) {
	if req.Method == protocol.MethodInitialize {
		return protocol.InitializeResult{}, nil
	}
	if req.Method != protocol.MethodDidChange {
		return nil, nil
	}
	var p protocol.DidChangeTextDocumentParams
	if err := json.Unmarshal(*req.Params, &p); err != nil {
		return nil, err
	}
	ds := []protocol.Diagnostic{{Code: "always"}}
	for n, line := range strings.Split(p.ContentChanges[0].Text, "\n") {
		if strings.HasPrefix(line, "//lagvet:alow") {
			ds = append(ds, protocol.Diagnostic{Source: "lagvet", Range: protocol.Range{Start: protocol.Position{Line: n}}})
		}
	}
	return nil, conn.Notify(ctx, protocol.MethodPublishDiagnostics, protocol.PublishDiagnosticsParams{URI: p.TextDocument.URI, Diagnostics: ds})
}

// An edit is waited for, and undone in the buffer and in the file.
func TestEdit(t *testing.T) {
	const text = "package a\n"
	dir := t.TempDir()
	file := filepath.Join(dir, "a.go")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	near, far := lspclient.Pipe()
	conn := jsonrpc2.NewConn(t.Context(), protocol.NewStream(far, t.Logf), jsonrpc2.HandlerWithError(speak).SuppressErrClosed())
	t.Cleanup(func() { conn.Close() })
	c, err := lspclient.Connect(t.Context(), near, lspclient.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := c.Open(file); err != nil {
		t.Fatal(err)
	}
	b := &bench{patience: 10 * time.Second}
	s := &server{spec: spec{name: "test", save: true, want: regexp.MustCompile("^lagvet$")}, Client: c, dir: dir}
	for range 2 {
		if took, err := b.edit(t.Context(), s, target{name: "leaf", file: "a.go"}); err != nil || took <= 0 {
			t.Fatalf("took %v, %v", took, err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil || string(data) != text || c.Text(file) != text {
		t.Errorf("the file is %q, the buffer %q, %v", data, c.Text(file), err)
	}
	if b.serial != 2 || marker(1) == marker(2) {
		t.Errorf("the edits do not differ: %d", b.serial)
	}
}
