//go:build e2e

package engine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/config"
)

// opened has what hotdefer is sure of.
const opened = `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

import "example.com/m/b"

func A() { b.B(nil) }
-- b/b.go --
package b

import "os"

func B(names []string) error {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
	}
	return nil
}
`

// goVet runs go vet by hand, with this executable as its tool.
func goVet(t *testing.T, dir string, args ...string) (out string, failed bool) {
	t.Helper()
	cmd := exec.Command("go", append([]string{"vet", "-vettool=" + self}, args...)...)
	cmd.Dir = dir
	data, err := cmd.CombinedOutput()
	return string(data), err != nil
}

var ofHotdefer = regexp.MustCompile(`b[/\\]?b?\.go:11:3: .*defer`)

// Under go vet by hand a finding is never lost: neither because the package was
// first analysed for another one's sake, nor because the result is replayed.
func TestPlainVet(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, opened)
	for _, tt := range []struct {
		args string
		want bool
	}{
		{"./a", true}, // more than was asked for, which is better than less
		{"./b", true},
		{"./b", true},
		{"./...", true},
		{"-json ./b", true},
		{"-hotdefer ./b", true},
		{"-tickerleak ./b", false},
		{"-hotdefer=false ./...", false},
	} {
		out, failed := goVet(t, dir, strings.Fields(tt.args)...)
		asJSON := strings.Contains(tt.args, "-json")
		if got := ofHotdefer.MatchString(out) || asJSON && strings.Contains(out, `"hotdefer"`); got != tt.want {
			t.Errorf("go vet %s:\n%s", tt.args, out)
		}
		if failed != (tt.want && !asJSON) {
			t.Errorf("go vet %s fails: %t\n%s", tt.args, failed, out)
		}
	}
}

// Under go vet by hand the configuration counts, and an edit of it counts at once.
func TestPlainVetConfiguration(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, opened)
	for _, tt := range []struct {
		config string
		want   string
	}{
		{"", "deferred"},
		{"rules:\n  hotdefer: off\n", ""},
		{"rules:\n  hotdefer: on\n", "deferred"},
		{"rules:\n  hotdefr: off\n", "hotdefr"},
	} {
		if err := os.WriteFile(filepath.Join(dir, config.Name), []byte(tt.config), 0o600); err != nil {
			t.Fatal(err)
		}
		out, failed := goVet(t, dir, "./b")
		if !strings.Contains(out, tt.want) || failed != (tt.want != "") {
			t.Errorf("with %q, failed %t:\n%s", tt.config, failed, out)
		}
	}
}

// go vet -fix mends what it is pointed at, and leaves alone what that imports.
func TestPlainVetFix(t *testing.T) {
	dir := t.TempDir()
	const src = "package %s\n\nimport (\n\t\"context\"\n\t\"os/exec\"%s\n)\n\nfunc F(ctx context.Context) error {\n\tif ctx.Err() != nil {\n\t\treturn ctx.Err()\n\t}\n\treturn exec.Command(\"true\").Run()\n}\n"
	write(t, dir, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a/a.go --\n"+
		strings.ReplaceAll(fmt.Sprintf(src, "a", "\n\n\t_ \"example.com/m/b\""), "\t\t", "\t\t")+"-- b/b.go --\n"+fmt.Sprintf(src, "b", ""))
	out, _ := goVet(t, dir, "-fix", "./a")
	for file, mended := range map[string]bool{"a/a.go": true, "b/b.go": false} {
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(data), "exec.CommandContext(ctx, "); got != mended {
			t.Errorf("%s is mended: %t\n%s\n%s", file, got, out, data)
		}
	}
}
