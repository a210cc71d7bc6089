package symbol

import (
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A Symbol is the name of a function in a profile, taken apart.
type Symbol struct {
	Pkg  string // import path, or "main"
	Name string // of the declared function: "F", "T.M", "(*T).M", "init.0"
	Lit  string // of a literal within: "func1", "func1.2"; empty for the function itself
}

func (s Symbol) String() string {
	if s.Lit == "" {
		return s.Pkg + "." + s.Name
	}
	return s.Pkg + "." + s.Name + "." + s.Lit
}

var (
	// rangeBody marks the body of a range-over-func loop, which is part of
	// the function that it stands in.
	rangeBody = pattern.New(`-range\d+`)
	// wrapper matches what the compiler makes and no source line holds: method
	// values, calls of go and defer with arguments, ABI adapters.
	wrapper = pattern.New(`-fm$|\.(gowrap|deferwrap)\d+$|\.abi0$`)
	// literal matches an element of a name that stands for a literal.
	literal = pattern.New(`^(func)?\d+$`)
)

// Parse takes the name of a function apart. It returns false for names
// of the compiler's own making.
//
// Where a literal was inlined along with the function around it, the name
// holds all of them, the innermost last: in main.main.F.func1 it is the
// literal of F. What precedes the literal is then no declared function;
// [Package.Find] gives the possible ones.
func Parse(s string) (Symbol, bool) {
	s = rangeBody.ReplaceAllString(WithoutTypeArgs(s), "")
	if wrapper.MatchString(s) {
		return Symbol{}, false
	}
	slash := strings.LastIndexByte(s, '/') + 1
	dot := strings.IndexByte(s[slash:], '.')
	if dot <= 0 {
		return Symbol{}, false
	}
	pkg, rest := unescape(s[:slash+dot]), s[slash+dot+1:]
	parts := strings.Split(rest, ".")
	n := len(parts)
	for n > 1 && literal.MatchString(parts[n-1]) && !(n == 2 && parts[0] == "init" && !strings.HasPrefix(parts[1], "func")) {
		n--
	}
	return Symbol{
		Pkg:  WithoutVendor(pkg),
		Name: strings.Join(parts[:n], "."),
		Lit:  strings.Join(parts[n:], "."),
	}, rest != ""
}

// RangeBody reports whether the name of a function is that of the body of a
// range-over-func loop, which begins later than the function that it is part of.
func RangeBody(name string) bool { return rangeBody.MatchString(name) }

// outers returns the names of the declared functions that a literal with this
// name may stand in, the likeliest first.
func (s Symbol) outers() []string {
	var names []string
	for rest, more := s.Name, true; more; {
		names = append(names, rest)
		_, rest, more = strings.Cut(rest, ".")
	}
	return names
}

// unescape undoes what the linker does to a package path: a dot in its last
// element becomes %2e.
func unescape(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '%')
		if i < 0 || i+2 >= len(s) {
			b.WriteString(s)
			return b.String()
		}
		c, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
		if err != nil {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		b.WriteByte(byte(c))
		s = s[i+3:]
	}
}

// WithoutVendor removes what a vendor directory adds to an import path.
func WithoutVendor(path string) string {
	if i := strings.LastIndex(path, "/vendor/"); i >= 0 {
		return path[i+len("/vendor/"):]
	}
	return strings.TrimPrefix(path, "vendor/")
}

// Standard reports whether an import path belongs to the standard library: no
// other module can be imported by such a path.
func Standard(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	switch first {
	case "archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug",
		"embed", "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "internal",
		"io", "iter", "log", "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime",
		"slices", "sort", "strconv", "strings", "structs", "sync", "syscall", "testing", "text", "time", "type",
		"unicode", "unique", "unsafe", "weak":
		return true
	}
	return false
}

// OfRuntime reports whether a package is the runtime or what it stands on.
func OfRuntime(pkg string) bool {
	return pkg == "runtime" || strings.HasPrefix(pkg, "runtime/internal/") || strings.HasPrefix(pkg, "internal/runtime/") ||
		pkg == "internal/bytealg" || pkg == "internal/abi" || pkg == "sync/atomic"
}

// WithoutTypeArgs removes everything in brackets.
func WithoutTypeArgs(s string) string {
	if !strings.Contains(s, "[") {
		return s
	}
	var b strings.Builder
	depth := 0
	for _, r := range s {
		switch {
		case r == '[':
			depth++
		case r == ']' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}
