package hostbuild

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	modules "golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// A proxy is a module proxy in a directory, with a module cache that is filled
// from nothing else.
type proxy struct {
	dir, cache string
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	p := &proxy{dir: t.TempDir(), cache: t.TempDir()}
	t.Cleanup(func() {
		// The go command makes the directories of the cache read-only.
		clean := exec.Command("go", "clean", "-modcache")
		clean.Env = p.env()
		if out, err := clean.CombinedOutput(); err != nil {
			t.Errorf("emptying the module cache: %v\n%s", err, out)
		}
	})
	return p
}

// env is an environment for the go command. Settings after those of the proxy
// take precedence.
func (p *proxy) env(settings ...string) []string {
	u := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(p.dir), "/")}
	return append(os.Environ(), append([]string{
		"GOPROXY=" + u.String(), "GOMODCACHE=" + p.cache, "GOSUMDB=off", "GOTOOLCHAIN=local", "GONOPROXY=none",
	}, settings...)...)
}

// add puts a version of a module, by its files, into the proxy.
func (p *proxy) add(t *testing.T, path, version string, files map[string]string) {
	t.Helper()
	src := t.TempDir()
	writeFiles(t, src, files)
	escaped, err := modules.EscapePath(path)
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	if err := zip.CreateFromDir(&archive, modules.Version{Path: path, Version: version}, src); err != nil {
		t.Fatal(err)
	}
	info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Unix(0, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(p.dir, filepath.FromSlash(escaped), "@v")
	list, err := os.ReadFile(filepath.Join(dir, "list"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	writeFiles(t, dir, map[string]string{
		version + ".info": string(info),
		version + ".mod":  files["go.mod"],
		version + ".zip":  archive.String(),
		"list":            string(list) + version + "\n",
	})
}

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// host is a program that prints what was registered, and by which version of a
// module that it and lagvet require.
func host() *Host {
	return &Host{
		Name:   "tool",
		Module: "example.com/tool",
		Main:   "cmd/tool",
		Path:   "example.com/tool/lagvet",
		Known:  []Known{{"v0.2.0", "go1.26"}, {"v0.1.0", "go1.25"}},
		Registration: `package main

import "github.com/lagvet/lagvet/analyzers/tool"

func init() { registered = tool.Name() }
`,
		Pins:    []string{"example.com/lib"},
		Instead: "run lagvet check",
	}
}

// hostFiles are the files of a version of the host.
func hostFiles(version, goLine string) map[string]string {
	return map[string]string{
		"go.mod": "module example.com/tool\n\ngo " + goLine + "\n\nrequire example.com/lib v1.0.0\n",
		"go.sum": "",
		"cmd/tool/main.go": `package main

import "os"

var registered = "nothing"

func main() { os.Stdout.WriteString("tool ` + version + ` with " + registered + "\n") }
`,
		"cmd/tool/main_test.go": "package main\n\nvar registered = \"twice\"\n",
	}
}

// lagvetFiles are the files of a lagvet whose package is called name.
func lagvetFiles(name string) map[string]string {
	return map[string]string{
		"go.mod": "module " + Module + "\n\ngo 1.26.0\n\nrequire example.com/lib v1.1.0\n",
		"analyzers/tool/tool.go": `package tool

import "example.com/lib"

func Name() string { return "` + name + ` by lib " + lib.Version }
`,
	}
}

// filled returns a proxy that has the host, lagvet and what they require.
func filled(t *testing.T) *proxy {
	t.Helper()
	p := newProxy(t)
	for _, v := range []string{"v1.0.0", "v1.1.0"} {
		p.add(t, "example.com/lib", v, map[string]string{
			"go.mod": "module example.com/lib\n\ngo 1.25\n",
			"lib.go": "package lib\n\nconst Version = \"" + v + "\"\n",
		})
	}
	for v, goLine := range map[string]string{"v0.1.0": "1.25", "v0.2.0": "1.26", "v0.3.0-pre.1": "1.26", "v0.9.0": "9.99"} {
		p.add(t, "example.com/tool", v, hostFiles(v, goLine))
	}
	p.add(t, Module, "v0.7.0", lagvetFiles("seven"))
	return p
}

// run runs a program that was built.
func run(t *testing.T, program string) string {
	t.Helper()
	out, err := exec.CommandContext(context.Background(), program).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return string(out)
}

// left returns what is left of the directories in which hosts were built.
func left(t *testing.T, tmp string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(tmp, "lagvet-build-*"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clip(names)
}
