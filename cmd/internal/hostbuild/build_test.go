package hostbuild

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuild(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("TMP", tmp)
	p := filled(t)
	checkout := t.TempDir()
	writeFiles(t, checkout, lagvetFiles("source"))
	output := filepath.Join(t.TempDir(), "sub", "tool")

	// Each step builds into the same file.
	steps := []struct {
		name    string
		version string
		lagvet  Lagvet
		want    string
		same    bool
	}{
		{"the newest that fits", "", Lagvet{Dir: checkout}, "tool v0.2.0 with source by lib v1.0.0\n", false},
		{"the same again", "v0.2.0", Lagvet{Dir: checkout}, "tool v0.2.0 with source by lib v1.0.0\n", true},
		{"an older one, named without v", "0.1.0", Lagvet{Dir: checkout}, "tool v0.1.0 with source by lib v1.0.0\n", false},
		{"a released lagvet", "v0.1.0", Lagvet{Version: "latest"}, "tool v0.1.0 with seven by lib v1.0.0\n", false},
	}
	for _, s := range steps {
		var log strings.Builder
		res, err := Build(t.Context(), Options{Host: host(), Version: s.version, Lagvet: s.lagvet, Output: output, Env: p.env(), Log: &log})
		if err != nil {
			t.Fatalf("%s: %v\n%+v", s.name, err, err)
		}
		if got := run(t, output); got != s.want {
			t.Errorf("%s: what was built prints %q, want %q", s.name, got, s.want)
		}
		if res.Same != s.same {
			t.Errorf("%s: that the file is the same as before is %v", s.name, res.Same)
		}
		if want := strings.Fields(s.want)[1]; res.Version != want || res.Output != output || !strings.HasPrefix(res.Go, "go1.") {
			t.Errorf("%s: the result is %+v", s.name, res)
		}
		if !strings.Contains(log.String(), "lagvet: compiling tool "+res.Version) {
			t.Errorf("%s: the log is %q", s.name, log.String())
		}
		if s.lagvet.Version != "" && res.Lagvet.Version != "v0.7.0" {
			t.Errorf("%s: the lagvet is %v", s.name, res.Lagvet)
		}
	}
	if names := left(t, tmp); names != nil {
		t.Errorf("left over: %q", names)
	}
}

// With the same versions, every build gives the same file.
func TestDeterministic(t *testing.T) {
	p := filled(t)
	var sums []string
	for range 2 {
		output := filepath.Join(t.TempDir(), "tool")
		if _, err := Build(t.Context(), Options{Host: host(), Version: "v0.2.0", Lagvet: Lagvet{Version: "v0.7.0"}, Output: output, Env: p.env()}); err != nil {
			t.Fatal(err)
		}
		sum, err := digest(output)
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, sum)
	}
	if sums[0] != sums[1] {
		t.Error("two builds of the same differ")
	}
}

// Where the proxy cannot be reached, a version that is known and that was fetched
// before is taken.
func TestOffline(t *testing.T) {
	p := filled(t)
	o := Options{Host: host(), Version: "v0.2.0", Lagvet: Lagvet{Version: "v0.7.0"}, Output: filepath.Join(t.TempDir(), "tool"), Env: p.env()}
	if _, err := Build(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	o.Version, o.Env, o.Log = "", p.env("GOPROXY=off"), &log
	res, err := Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if res.Version != "v0.2.0" || !strings.Contains(log.String(), "known to work") {
		t.Errorf("the version is %s, the log %q", res.Version, log.String())
	}
}

// Each thing that can stand in the way is told in a sentence, and the file that
// was there stays.
func TestFailures(t *testing.T) {
	p := filled(t)
	broken := func(file, text string) string {
		dir := t.TempDir()
		files := lagvetFiles("source")
		delete(files, file)
		if text != "" {
			files[file] = text
		}
		writeFiles(t, dir, files)
		return dir
	}
	p.add(t, "example.com/tool", "v0.1.1", map[string]string{"go.mod": "module example.com/tool\n\ngo 1.25\n", "tool.go": "package tool\n"})
	changed := hostFiles("v0.1.2", "1.25")
	changed["go.sum"] = "example.com/lib v1.0.0 h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	p.add(t, "example.com/tool", "v0.1.2", changed)

	tests := []struct {
		name           string
		o              Options
		env            []string
		message, where string // in the message; in the remedy
		said           bool
	}{
		{"unknown version", Options{Version: "v7.7.7"}, nil, "the module proxy has no example.com/tool@v7.7.7", "go list -m -versions", true},
		{"unknown lagvet", Options{Version: "v0.2.0", Lagvet: Lagvet{Version: "v7.7.7"}}, nil, "the module proxy has no " + Module + "@v7.7.7", "go list -m -versions", true},
		{"no version at all", Options{Host: &Host{Name: "none", Module: "example.com/none", Main: ".", Path: "example.com/none/lagvet"}}, nil, "the module proxy knows no module example.com/none", "GOPROXY", true},
		{"not fetched yet", Options{Version: "v0.1.0"}, []string{"GOPROXY=off", "GOMODCACHE=" + t.TempDir()}, "GOPROXY=off keeps", "GOPROXY", true},
		{"no network", Options{Version: "v0.1.0"}, []string{"GOPROXY=http://127.0.0.1:1", "GOMODCACHE=" + t.TempDir()}, "cannot be reached", "network", true},
		{"no network, no version known", Options{Host: &Host{Name: "none", Module: "example.com/none"}}, []string{"GOPROXY=http://127.0.0.1:1"}, "cannot be reached", "network", true},
		{"a toolchain too old", Options{Version: "v0.9.0"}, nil, "it needs Go 9.99, the go command here is 1.", "GOTOOLCHAIN=go9.99", true},
		{"another checksum", Options{Version: "v0.1.2"}, nil, "checksum", "go clean -modcache", true},
		{"no main package", Options{Version: "v0.1.1"}, nil, "tool v0.1.1 does not fit: it has no main package in cmd/tool", "--version v0.2.0 (go1.26) or v0.1.0 (go1.25); or run lagvet check", false},
		{"a lagvet without the package", Options{Version: "v0.2.0", Lagvet: Lagvet{Dir: broken("analyzers/tool/tool.go", "")}}, nil, "that lagvet has no package analyzers/tool", "--lagvet", true},
		{"it does not compile", Options{Version: "v0.2.0", Lagvet: Lagvet{Dir: broken("analyzers/tool/tool.go", "package tool\n")}}, nil, "tool v0.2.0 does not fit: it does not compile together with lagvet in", "run lagvet check", true},
		{"it does not start", Options{Version: "v0.2.0", Lagvet: Lagvet{Dir: broken("analyzers/tool/tool.go", "package tool\n\nfunc Name() string { panic(\"no such list\") }\n")}}, nil, "does not start", "run lagvet check", true},
		{"it lacks what is registered with", Options{Version: "v0.2.0", Host: lacking()}, nil, "tool v0.2.0 does not fit: it has no list", "run lagvet check", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := tt.o
			if o.Host == nil {
				o.Host = host()
			}
			if o.Lagvet == (Lagvet{}) {
				o.Lagvet.Version = "v0.7.0"
				if tt.env != nil {
					o.Lagvet = Lagvet{Dir: broken("none", "")}
				}
			}
			o.Env = p.env(tt.env...)
			o.Output = filepath.Join(t.TempDir(), "tool")
			if err := os.WriteFile(o.Output, []byte("the one before"), 0o777); err != nil {
				t.Fatal(err)
			}
			_, err := Build(t.Context(), o)
			f, ok := errors.AsType[*Failure](err)
			if !ok {
				t.Fatalf("the error is %v, not a failure", err)
			}
			if !strings.Contains(f.Message, tt.message) || strings.Contains(f.Message, "\n") {
				t.Errorf("the message is %q, want one line with %q\n%s", f.Message, tt.message, f.Said)
			}
			if !strings.Contains(f.Remedy, tt.where) {
				t.Errorf("the remedy is %q, want one with %q", f.Remedy, tt.where)
			}
			if (f.Said != "") != tt.said {
				t.Errorf("the words of the go command are %q", f.Said)
			}
			if data, err := os.ReadFile(o.Output); err != nil || string(data) != "the one before" {
				t.Errorf("the file that was there is %q, %v", data, err)
			}
		})
	}
}

func lacking() *Host {
	h := host()
	h.Fits = func(string) error { return errors.New("it has no list") }
	return h
}

func TestNoGoCommand(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Build(t.Context(), Options{Host: host(), Output: filepath.Join(t.TempDir(), "tool")})
	if f, ok := errors.AsType[*Failure](err); !ok || !strings.Contains(f.Message, "no go command") {
		t.Errorf("the error is %v", err)
	}
}

func TestOutputIsADirectory(t *testing.T) {
	_, err := Build(t.Context(), Options{Host: host(), Output: t.TempDir()})
	if _, ok := errors.AsType[*Failure](err); ok || err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("the error is %v, want one of usage", err)
	}
}

// An interrupt ends the go command and leaves nothing behind.
func TestInterrupted(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("TMP", tmp)
	p := filled(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	output := filepath.Join(t.TempDir(), "tool")
	log := writer(func(line string) {
		if strings.Contains(line, "compiling") {
			cancel()
		}
	})
	_, err := Build(ctx, Options{Host: host(), Version: "v0.2.0", Lagvet: Lagvet{Version: "v0.7.0"}, Output: output, Env: p.env(), Log: log})
	if f, ok := errors.AsType[*Failure](err); !ok || f.Message != "interrupted" {
		t.Errorf("the error is %v", err)
	}
	if _, err := os.Stat(output); !os.IsNotExist(err) {
		t.Errorf("an interrupted build wrote its output: %v", err)
	}
	if names := left(t, tmp); names != nil {
		t.Errorf("left over: %q", names)
	}
}

type writer func(string)

func (w writer) Write(p []byte) (int, error) {
	w(string(p))
	return len(p), nil
}
