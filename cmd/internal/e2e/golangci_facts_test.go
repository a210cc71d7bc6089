//go:build e2e

package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What golangci-lint finds damaged in its cache it makes anew; what it takes for
// whole and is not, lagvet says.
func (g golangci) facts(t *testing.T) {
	g.cache = filepath.Join(t.TempDir(), "cache")
	p := g.module(t, ".golangci.yml")
	compare(t, "golangci-lint", g.run(t, p, "./..."), inline(expected(t)), whole)

	edit(t, p.dir, "book/book.go", "// Package book", "// Package book, edited,")
	for _, file := range g.cachedFacts(t) {
		if err := os.Truncate(file, 10); err != nil {
			t.Fatal(err)
		}
	}
	compare(t, "golangci-lint with a damaged cache", g.run(t, p, "./..."), inline(expected(t)), whole)

	edit(t, p.dir, "book/book.go", "// Package book, edited,", "// Package book, edited again,")
	for _, file := range g.cachedFacts(t) {
		g.replace(t, file, noFacts(t))
	}
	var notices []Finding
	for _, f := range g.run(t, p, "./...") {
		if f.Rule == "lagvet" {
			notices = append(notices, f)
		}
	}
	compare(t, "golangci-lint with facts lost", notices, []Finding{{
		Place: "book/book.go:2:1",
		Rule:  "lagvet",
		Message: "not checked: what calls into example.com/golden/store, example.com/wire may do to latency: " +
			"the host that runs lagvet computed no facts of it; lagvet check does",
	}}, plain)
}

// An older golangci-lint forgets facts that an imported package hands on when it
// takes that package from its cache. What is then not found any more is said.
func (g golangci) forgetful(t *testing.T) {
	old := golangci{filepath.Join(t.TempDir(), "golangci-lint"), g.cache}
	process{}.must(t, lagvet, "golangci", "build", "--version", "v2.12.2", "--lagvet", checkout(t), "--output", old.bin)
	for _, tt := range []struct {
		golangci
		warm Finding
	}{
		{g, remoteCall},
		{old, Finding{
			Place:   "front/front.go:2:1",
			Rule:    "lagvet",
			Message: "lagvetfacts: not checked: calls into example.com/golden/store, of which golangci-lint handed on no facts: use golangci-lint 2.13 or later, or lagvet check",
		}},
	} {
		p := tt.module(t, ".golangci.yml")
		remote(t, p.dir)
		packages := []string{"--enable-only=lagvet", "./front", "./clients", "./store"}
		compare(t, "golangci-lint at first", tt.run(t, p, packages...), []Finding{remoteCall, unbounded}, plain)
		edit(t, p.dir, "front/front.go", "package front", "package front // edited")
		compare(t, "golangci-lint after an edit", tt.run(t, p, packages...), []Finding{tt.warm, unbounded}, plain)
	}
}

// unbounded is what package store does wrong whoever calls it.
var unbounded = Finding{
	Place:   "store/store.go:23:15",
	Rule:    "httptimeout",
	Message: "http.Get goes by http.DefaultClient, which has no Timeout: a server that accepts and does not answer holds the goroutine, its memory and the connection for ever",
}

// remote adds to the golden module a package that calls into one which it does not
// import, and the one in between.
func remote(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"clients", "front"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	edit(t, dir, "store/store.go", "// Fetch", `// A Remote is a store elsewhere.
type Remote struct{ URL string }

// Ask asks it.
func (r Remote) Ask() error {
	_, err := Fetch(r.URL)
	return err
}

// Fetch`)
	write(t, dir, "clients/clients.go", `// Package clients makes clients.
package clients

import "example.com/golden/store"

// Remote makes one.
func Remote(url string) store.Remote { return store.Remote{URL: url} }
`)
	write(t, dir, "front/front.go", `// Package front serves.
package front

import (
	"net/http"

	"example.com/golden/clients"
)

// Serve asks for each request.
func Serve(w http.ResponseWriter, r *http.Request) {
	if err := clients.Remote(r.URL.Path).Ask(); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}
`)
}

// remoteCall is what there is to find in the packages that remote adds.
var remoteCall = Finding{
	Place:   "front/front.go:12:12",
	Rule:    "ctxless",
	Message: "store.Remote.Ask ends in http.Get and ignores the context in scope: when the caller gives up or its time is over, this goroutine goes on waiting for the server",
}

// cachedFacts returns the files of golangci-lint's cache that hold facts about
// effects. It keeps data as the go command does: under the hash of what it is.
func (g golangci) cachedFacts(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(g.cache, "??", "*-d"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("*effects.Fact")) {
			found = append(found, file)
		}
	}
	if len(found) == 0 {
		t.Fatal("golangci-lint has no facts in its cache")
	}
	return found
}

// replace has every entry of the cache that points to file point to data.
func (g golangci) replace(t *testing.T, file string, data []byte) {
	t.Helper()
	old := strings.TrimSuffix(filepath.Base(file), "-d")
	sum := fmt.Sprintf("%x", sha256.Sum256(data))
	to := filepath.Join(g.cache, sum[:2], sum+"-d")
	if err := os.WriteFile(to, data, 0o666); err != nil {
		t.Fatal(err)
	}
	entries, err := filepath.Glob(filepath.Join(g.cache, "??", "*-a"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile(entry)
		if err != nil {
			t.Fatal(err)
		}
		fields := strings.Fields(string(text)) // v1, the key, the hash, the size, the time
		if len(fields) != 5 || fields[2] != old {
			continue
		}
		now := fmt.Sprintf("v1 %s %s %20d %20s\n", fields[1], sum, len(data), fields[4])
		if err := os.WriteFile(entry, []byte(now), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// noFacts returns an empty list of facts as golangci-lint keeps it.
func noFacts(t *testing.T) []byte {
	t.Helper()
	type Fact struct {
		Path string
		Fact any
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode([]Fact{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
