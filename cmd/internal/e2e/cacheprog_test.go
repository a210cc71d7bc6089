//go:build e2e

package e2e

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The programs by which two machines share a build cache: a GOCACHEPROG and the
// server that it asks.
const (
	cacher      = "github.com/bradfitz/go-tool-cache/cmd/go-cacher"
	cacheServer = "github.com/bradfitz/go-tool-cache/cmd/go-cacher-server"
	cacheAt     = "@v0.0.0-20260722201841-0bb331e19f64"
)

// A machine that has never run lagvet is warm on its first run if it shares a
// build cache with one that has: it analyses nothing.
func TestSharedCache(t *testing.T) {
	tmp := t.TempDir()
	process{env: []string{"GOBIN=" + tmp}}.must(t, "go", "install", cacher+cacheAt, cacheServer+cacheAt)
	address := serveCache(t, filepath.Join(tmp, "go-cacher-server"), filepath.Join(tmp, "shared"))

	dir := module(t)
	machine := func(name string) process {
		home := filepath.Join(tmp, name)
		return process{dir: dir, env: []string{
			"XDG_CACHE_HOME=" + home,
			"GOCACHE=" + filepath.Join(home, "go-build"),
			"GOCACHEPROG=" + filepath.Join(tmp, "go-cacher") + " --cache-dir=" + filepath.Join(home, "cacher") + " --cache-server=http://" + address,
		}}
	}
	run := func(name string) (findings, summary string) {
		out, errs, code := machine(name).run(t, lagvet, "check", "./...")
		if code != 1 {
			t.Fatalf("the %s machine: exit code %d\n%s%s", name, code, out, errs)
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		compare(t, "the "+name+" machine", readText(out), expected(t), plain)
		return strings.Join(lines[:len(lines)-1], "\n"), lines[len(lines)-1]
	}
	first, cold := run("first")
	second, warm := run("second")
	if first != second {
		t.Errorf("the second machine prints\n%s\nthe first one printed\n%s", second, first)
	}
	if strings.Contains(cold, "cached") {
		t.Errorf("the first machine was not cold: %s", cold)
	}
	if !strings.Contains(warm, "(5 cached)") { // the packages of the golden module
		t.Errorf("the second machine was not warm: %s", warm)
	}
}

// serveCache starts the server and returns its address.
func serveCache(t *testing.T, server, dir string) string {
	t.Helper()
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, server, "-listen="+address, "-cache-dir="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); cmd.Wait() })
	for range 100 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return address
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the cache server does not answer")
	return ""
}
