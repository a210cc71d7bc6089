package witness

import (
	"go/token"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// Verbs say what each kind of effect does, after the name of what does it:
// "(*sync.Mutex).Lock waits for a lock".
var verbs = map[effects.Kind]string{
	effects.Alloc:     "allocates",
	effects.Lock:      "waits for a lock",
	effects.Chan:      "waits for a channel",
	effects.Net:       "waits for the network",
	effects.Disk:      "waits for a file system",
	effects.Sleep:     "sleeps",
	effects.Syscall:   "enters the kernel",
	effects.Cgo:       "calls C",
	effects.STW:       "stops the world",
	effects.Spawn:     "starts a goroutine",
	effects.Reflect:   "works by reflection",
	effects.Exit:      "ends the process",
	effects.WallClock: "reads the wall clock",
	effects.Unknown:   "cannot be told",
}

// Does says what an effect of kind k does: "waits for a lock".
func Does(k effects.Kind) string { return verbs[k] }

// Chain returns the steps of a finding that lead to an effect.
func (x *Index) Chain(e effects.Effect) []rule.Step {
	var steps []rule.Step
	for s := range e.Chain.All {
		text := "calls " + x.Short(s.Func)
		if s.Next == nil {
			text = x.end(s.Func, e.Kind)
		}
		if s.Omitted > 0 {
			text += ", and by calls left out here"
		}
		steps = append(steps, rule.Step{Posn: posn(s.Pos), Text: text})
	}
	return steps
}

// end says what the last step of a chain does.
func (x *Index) end(name string, k effects.Kind) string {
	if strings.HasPrefix(name, "//") {
		return name + " says that it " + verbs[k]
	}
	return x.Short(name) + " " + verbs[k]
}

func posn(p effects.Position) token.Position {
	return token.Position{Filename: p.File, Line: p.Line, Column: p.Column}
}

// Primitive names what stands at the end of the chain of an effect.
func (x *Index) Primitive(e effects.Effect) string {
	name := e.Kind.String()
	for s := range e.Chain.All {
		name = s.Func
	}
	return name
}

// Short returns the name of a function as the code of this package writes it:
// "(*sync.Mutex).Lock", "http.Get", "(*engine).match".
func (x *Index) Short(name string) string {
	var out strings.Builder
	for name != "" {
		i := strings.IndexFunc(name, func(r rune) bool { return !strings.ContainsRune("()*[], ", r) })
		if i < 0 {
			i = len(name)
		}
		out.WriteString(name[:i])
		name = name[i:]
		end := strings.IndexAny(name, "()*[], ")
		if end < 0 {
			end = len(name)
		}
		out.WriteString(x.word(name[:end]))
		name = name[end:]
	}
	return out.String()
}

// word shortens one qualified name: the path of its package goes, and that of
// this package with its name.
func (x *Index) word(w string) string {
	if rest, ok := strings.CutPrefix(w, x.pass.Pkg.Path()+"."); ok {
		return rest
	}
	i := strings.LastIndexByte(w, '/') + 1
	pkg, name, ok := strings.Cut(w[i:], ".")
	if ok && majorVersion.MatchString(pkg) && i > 0 {
		// The package of example.com/book/v2 is called book.
		path := w[:i-1]
		return path[strings.LastIndexByte(path, '/')+1:] + "." + name
	}
	return w[i:]
}

// PathOf returns the import path in the full name of a function, or "" if the name
// is that of an operation.
func PathOf(name string) string {
	if strings.HasPrefix(name, "//") || strings.HasPrefix(name, "the result of ") {
		return ""
	}
	name = strings.TrimLeft(name, "(*")
	if i := strings.IndexAny(name, "[)"); i >= 0 {
		name = name[:i]
	}
	slash := strings.LastIndexByte(name, '/') + 1
	dot := strings.IndexByte(name[slash:], '.')
	if dot < 0 {
		return ""
	}
	return name[:slash+dot]
}

var majorVersion = pattern.New(`^v[0-9]+$`)

// AsksInterfaces reports whether a function, by its full name, asks which interfaces and
// addresses this machine has: the kernel answers that, and no other process.
func AsksInterfaces(name string) bool { return strings.HasPrefix(name, "net.Interface") }

// Listens reports whether an effect comes of opening a socket for others to connect
// to: a local matter, although what connects does it too.
func Listens(e effects.Effect) bool {
	for s := range e.Chain.All {
		if strings.HasPrefix(s.Func, "net.Listen") || strings.HasPrefix(s.Func, "(*net.ListenConfig).") || s.Func == "net.FileListener" {
			return true
		}
	}
	return false
}
