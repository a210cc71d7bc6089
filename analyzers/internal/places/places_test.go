package places_test

import (
	"go/ast"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/passtest"
	"github.com/lagvet/lagvet/analyzers/internal/places"
)

func TestText(t *testing.T) {
	p := passtest.Load(t, `package p

import "fmt"

const host = "http://a"

var (
	path = "/x"
	_    = []string{host + "/b", "http://b" + path, fmt.Sprintf("http://c/%s", path), path, ("d")}
)
`)
	want := []string{"http://a/b", "http://b", "http://c/", "", "d"}
	for cur := range p.Root.Preorder((*ast.CompositeLit)(nil)) {
		for i, e := range cur.Node().(*ast.CompositeLit).Elts {
			if got := places.Text(p.TypesInfo, e); got != want[i] {
				t.Errorf("element %d is %q, want %q", i, got, want[i])
			}
		}
	}
}

func TestLocal(t *testing.T) {
	for s, want := range map[string]bool{
		"http://localhost:8080/x": true, "https://127.0.0.1": true, "http://[::1]:80": true, "http://localhost:": true,
		"http://unix/info": true, "http://example.com": false, "http://": false, "localhost": false, "": false,
	} {
		if got := places.LocalURL(s); got != want {
			t.Errorf("URL %q leads to this machine: %v, want %v", s, got, want)
		}
	}
	for s, want := range map[string]bool{
		"localhost:80": true, "127.0.0.1:": true, "[::1]:80": true, "localhost": true, ":80": false, "0.0.0.0:80": false, "": false, "example.com:80": false,
	} {
		if got := places.LocalAddress(s); got != want {
			t.Errorf("address %q leads to this machine: %v, want %v", s, got, want)
		}
	}
	for s, want := range map[string]bool{"unix": true, "unixpacket": true, "tcp": false, "": false} {
		if got := places.Socket(s); got != want {
			t.Errorf("network %q stays on this machine: %v, want %v", s, got, want)
		}
	}
}
