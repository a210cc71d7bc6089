package protocol

import (
	"path/filepath"
	"runtime"
	"strings"

	"go.lsp.dev/uri"
)

// PathOf returns the name of the file that a URI means, or false if it means
// none, as that of a document that has never been saved.
func PathOf(u string) (path string, ok bool) { return pathOf(u, platform()) }

// URIOf returns the URI of a file.
func URIOf(path string) string { return string(uri.FileFor(platform(), path)) }

func platform() uri.Platform {
	if runtime.GOOS == "windows" {
		return uri.PlatformWindows
	}
	return uri.PlatformPOSIX
}

func pathOf(u string, p uri.Platform) (path string, ok bool) {
	parsed, err := uri.ParseStrict(u)
	if err != nil || parsed.Scheme() != "file" {
		return "", false
	}
	if p != uri.PlatformWindows {
		// Not FsPathFor, which takes /a:b for a drive here too.
		return filepath.Clean(parsed.Path()), parsed.Authority() == "" && strings.HasPrefix(parsed.Path(), "/")
	}
	path = uri.FsPathFor(parsed, p, false)
	if strings.HasPrefix(path, `\\`) {
		return path, true
	}
	if len(path) < 3 || path[1:3] != `:\` {
		return "", false
	}
	// Go tools write drive letters large.
	return strings.ToUpper(path[:1]) + path[1:], true
}
