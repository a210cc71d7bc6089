package escape

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A Unit is one package to be compiled. Its fields are those of the same name
// of golang.org/x/tools/go/analysis/unitchecker.Config, and mean the same.
type Unit struct {
	ImportPath  string
	Dir         string
	GoVersion   string            // "go1.26.0"; empty: the newest that the compiler knows
	GoFiles     []string          // absolute
	NonGoFiles  []string          // absolute
	ImportMap   map[string]string // import path in the source → path of the package
	PackageFile map[string]string // path of the package → file of its export data
	// Profile, if set, is the CPU profile that the build is guided by
	// (default.pgo): it makes the compiler inline more.
	Profile string
}

// GCFlags are the flags that make the compiler say what Parse reads, for a
// host that drives the go command: go list -export -gcflags=… writes the text
// to stderr, from the build cache if need be.
func GCFlags() string { return "-m=2 -d=" + strings.Join(debugFlags, ",") }

// debugFlags ask for what -m does not say: how each defer is compiled, and
// which closures and interface values are static data after all. Older
// compilers do not know the later ones.
var debugFlags = []string{"defer=1", "closure=1", "escapedebug=1"}

// Compile compiles the package as the go command would, without linking, and
// writes what the compiler says to a file, in the form that [Parse] reads. The
// caller removes the file. The toolchain is the one of the go command that
// runs the caller; -race, -gcflags and the like are not passed on.
func Compile(ctx context.Context, u Unit) (file string, err error) {
	tc, err := findToolchain(ctx, u.Dir)
	if err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp("", "lagvet-escape-")
	if err != nil {
		return "", fmt.Errorf("compiling %s: %w", u.ImportPath, err)
	}
	defer os.RemoveAll(tmp)
	args, err := u.arguments(tc, tmp)
	if err != nil {
		return "", fmt.Errorf("compiling %s: %w", u.ImportPath, err)
	}
	text, err := tc.compile(ctx, u.Dir, args)
	if err != nil {
		return "", fmt.Errorf("compiling %s: %w", u.ImportPath, err)
	}
	if mute(text, u.GoFiles) {
		return "", fmt.Errorf("compiling %s: the compiler wrote nothing of its functions with -m=2", u.ImportPath)
	}
	file, err = save(tc, text)
	if err != nil {
		return "", fmt.Errorf("compiling %s: %w", u.ImportPath, err)
	}
	return file, nil
}

// A toolchain is the one that the go command around us uses.
type toolchain struct {
	dir, version, goarch, goroot string
}

// findToolchain takes the toolchain from the environment, where the go command
// puts the whole of go env for the tools that it runs, or else asks the go
// command.
func findToolchain(ctx context.Context, dir string) (toolchain, error) {
	tc := toolchain{os.Getenv("GOTOOLDIR"), os.Getenv("GOVERSION"), os.Getenv("GOARCH"), os.Getenv("GOROOT")}
	if tc.dir != "" && tc.version != "" && tc.goarch != "" && tc.goroot != "" {
		return tc, nil
	}
	cmd := exec.CommandContext(ctx, "go", "env", "GOTOOLDIR", "GOVERSION", "GOARCH", "GOROOT")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return tc, fmt.Errorf("asking the go command for its compiler: %w", withStderr(err))
	}
	f := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(f) != 4 {
		return tc, fmt.Errorf("asking the go command for its compiler: unexpected answer %q", out)
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	return toolchain{f[0], f[1], f[2], f[3]}, nil
}

func (tc toolchain) compiler() string {
	name := "compile"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(tc.dir, name)
}

// compile runs the compiler and returns its text. Flags for -d that this
// compiler does not know are left out.
func (tc toolchain) compile(ctx context.Context, dir string, args []string) ([]byte, error) {
	for n := len(debugFlags); ; n-- {
		all := append([]string{"-m=2", "-d=" + strings.Join(debugFlags[:n], ",")}, args...)
		cmd := exec.CommandContext(ctx, tc.compiler(), all...)
		cmd.Dir = dir
		var out, msgs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &msgs
		err := cmd.Run()
		if err == nil {
			// The compiler writes its diagnostics to stdout.
			return out.Bytes(), nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if n > 1 && bytes.Contains(msgs.Bytes(), []byte("unknown debug key")) {
			continue
		}
		return nil, fmt.Errorf("the compiler failed: %w: %s", err, complaint(out.Bytes(), msgs.Bytes()))
	}
}

// complaint picks the lines that say why the compiler failed out of what it
// says besides.
func complaint(out, msgs []byte) string {
	lines := strings.Split(strings.TrimSpace(string(msgs)), "\n")
	if o, err := Parse(bytes.NewReader(out)); err == nil {
		lines = append(lines, o.Unknown...)
	}
	lines = slices.DeleteFunc(lines, func(s string) bool { return strings.TrimSpace(s) == "" })
	const most = 5
	if len(lines) > most {
		lines = append(lines[:most], "…")
	}
	return strings.Join(lines, "; ")
}

func withStderr(err error) error {
	if e, ok := errors.AsType[*exec.ExitError](err); ok && len(e.Stderr) > 0 {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(e.Stderr))
	}
	return err
}

// arguments are those that the go command would give, in cmd/go/internal/work.
func (u Unit) arguments(tc toolchain, tmp string) ([]string, error) {
	path, err := u.symbolPath()
	if err != nil {
		return nil, err
	}
	importcfg := filepath.Join(tmp, "importcfg")
	if err := os.WriteFile(importcfg, u.importcfg(), 0o600); err != nil {
		return nil, err
	}
	args := []string{"-o", filepath.Join(tmp, "pkg.a"), "-p", path, "-c=1", "-dwarf=false", "-pack", "-importcfg", importcfg}
	if v := language(u.GoVersion); v != "" {
		args = append(args, "-lang="+v)
	}
	if inside(filepath.Join(tc.goroot, "src"), u.Dir) {
		args = append(args, "-std")
	}
	if u.Profile != "" {
		args = append(args, "-pgoprofile="+u.Profile)
	}
	embed, err := embedcfg(u.GoFiles, tmp)
	if err != nil {
		return nil, err
	}
	if embed != "" {
		args = append(args, "-embedcfg", embed)
	}
	// Not -complete: bodies may stand in assembly. The files as they are
	// named, for the analysis knows them by these names.
	return append(args, u.GoFiles...), nil
}

// symbolPath is the package path as the linker knows it.
func (u Unit) symbolPath() (string, error) {
	if len(u.GoFiles) == 0 {
		return "", errors.New("no Go files")
	}
	f, err := parser.ParseFile(token.NewFileSet(), u.GoFiles[0], nil, parser.PackageClauseOnly)
	if err != nil {
		return "", err
	}
	if f.Name.Name == "main" {
		return "main", nil
	}
	path, _, _ := strings.Cut(u.ImportPath, " [") // a variant for tests
	return path, nil
}

func (u Unit) importcfg() []byte {
	var b bytes.Buffer
	for _, from := range sortedKeys(u.ImportMap) {
		if to := u.ImportMap[from]; to != from {
			fmt.Fprintf(&b, "importmap %s=%s\n", from, to)
		}
	}
	for _, path := range sortedKeys(u.PackageFile) {
		fmt.Fprintf(&b, "packagefile %s=%s\n", path, u.PackageFile[path])
	}
	return b.Bytes()
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// language returns what -lang takes of a Go version: "go1.26" of "go1.26.3" and "go1.26rc1".
func language(version string) string {
	major, rest, ok := strings.Cut(version, ".")
	if !ok {
		return ""
	}
	i := 0
	for i < len(rest) && '0' <= rest[i] && rest[i] <= '9' {
		i++
	}
	return major + "." + rest[:i]
}

func inside(root, dir string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

func save(tc toolchain, text []byte) (name string, err error) {
	f, err := os.CreateTemp("", "lagvet-escape-*.txt")
	if err != nil {
		return "", err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err := f.WriteString(Header(tc.version, tc.goarch, "")); err != nil {
		return "", err
	}
	_, err = io.Copy(f, bytes.NewReader(text))
	return f.Name(), err
}
