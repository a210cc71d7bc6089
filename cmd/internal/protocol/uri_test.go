package protocol

import (
	"testing"

	"go.lsp.dev/uri"
)

func TestPathOf(t *testing.T) {
	tests := []struct {
		uri            string
		posix, windows string // empty: no file
	}{
		{"file:///home/u/a.go", "/home/u/a.go", ""},
		{"file:///home/u%20v/%C3%A9%23.go", "/home/u v/é#.go", ""},
		{"file:///home/u/../v/a.go", "/home/v/a.go", ""},
		{"file:///c%3A/src/a.go", "/c:/src/a.go", `C:\src\a.go`},
		{"file:///C:/src/a%20b.go", "/c:/src/a b.go", `C:\src\a b.go`},
		{"file://server/share/a.go", "", `\\server\share\a.go`},
		{"untitled:Untitled-1", "", ""},
		{"git:/home/u/a.go?ref", "", ""},
		{"", "", ""},
		{"%zz", "", ""},
	}
	for _, tt := range tests {
		if got, ok := pathOf(tt.uri, uri.PlatformWindows); ok != (tt.windows != "") || ok && got != tt.windows {
			t.Errorf("on Windows %s is %q, %v, want %q", tt.uri, got, ok, tt.windows)
		}
		if got, ok := pathOf(tt.uri, uri.PlatformPOSIX); ok != (tt.posix != "") || ok && got != tt.posix {
			t.Errorf("%s is %q, %v, want %q", tt.uri, got, ok, tt.posix)
		}
	}
}

func TestURIsOfPaths(t *testing.T) {
	posix := []string{"/a.go", "/home/u v/é#?%.go", "/a:b/c.go"}
	for _, path := range posix {
		if got, ok := pathOf(string(uri.FileFor(uri.PlatformPOSIX, path)), uri.PlatformPOSIX); !ok || got != path {
			t.Errorf("%s comes back as %q, %v", path, got, ok)
		}
	}
	windows := []string{`C:\a.go`, `D:\u v\é#%.go`, `\\server\share\a.go`}
	for _, path := range windows {
		if got, ok := pathOf(string(uri.FileFor(uri.PlatformWindows, path)), uri.PlatformWindows); !ok || got != path {
			t.Errorf("%s comes back as %q, %v", path, got, ok)
		}
	}
}

func FuzzPathOf(f *testing.F) {
	f.Add("file:///c%3A/src/a.go")
	f.Add("file://h//\x00")
	f.Fuzz(func(t *testing.T, u string) {
		if path, ok := PathOf(u); ok {
			if back, ok := PathOf(URIOf(path)); !ok || back != path {
				t.Errorf("%q is %q, and comes back as %q, %v", u, path, back, ok)
			}
		}
	})
}
