package vettool

import (
	"encoding/json"
	"flag"
	"fmt"
	"strings"

	"github.com/lagvet/lagvet/analyzers/config"
)

// Flags are what the tool is told beside the unit. All of it is in the go
// command's cache key.
type Flags struct {
	// Findings asks for the wire format of package analyzers, which the
	// lagvet command reads.
	Findings bool
	// Heat asks what makes functions hot, and what they may do, instead: for
	// lagvet why. Scope does not matter then.
	Heat bool
	// NoCompiler leaves out the question what escapes to the heap.
	NoCompiler bool
	// Scope names the modules whose packages are analysed for findings though
	// they lie in no directory of the user's: module paths, or "std" for what
	// comes with the toolchain. An entry may have a directory behind an @,
	// which serves only to tell one copy from another.
	Scope []string
	// Profiles are CPU profiles that tell what is hot.
	Profiles []Hashed
	// Config is what findings depend on in the configuration.
	Config config.Analysis
	// Anew is a word that changes nothing but the cache key, so that what was
	// kept under another word is not replayed.
	Anew string
}

// A Hashed is a file with the hash of its content, so that a changed file is a
// changed flag.
type Hashed struct {
	Path   string // absolute
	SHA256 string // in hexadecimal
}

func (f Hashed) String() string { return f.Path + "#sha256=" + f.SHA256 }

func parseHashed(s string) (Hashed, error) {
	i := strings.LastIndex(s, "#sha256=")
	if i < 0 {
		return Hashed{}, fmt.Errorf("%q has no #sha256=… behind the path: without it go vet would replay results of an older content", s)
	}
	return Hashed{s[:i], s[i+len("#sha256="):]}, nil
}

// The names of the flags.
const (
	findingsFlag = "findings"
	heatFlag     = "heat"
	noCompiler   = "nocompiler"
	scopeFlag    = "scope"
	profileFlag  = "profile"
	configFlag   = "config"
	anewFlag     = "anew"
)

// Args returns the flags as arguments of go vet.
func (f Flags) Args() ([]string, error) {
	var args []string
	add := func(name, value string) { args = append(args, "-"+name+"="+value) }
	if f.Findings {
		add(findingsFlag, "true")
	}
	if f.Heat {
		add(heatFlag, "true")
	}
	if f.NoCompiler {
		add(noCompiler, "true")
	}
	for _, s := range f.Scope {
		add(scopeFlag, s)
	}
	for _, p := range f.Profiles {
		add(profileFlag, p.String())
	}
	if f.Anew != "" {
		add(anewFlag, f.Anew)
	}
	js, _, err := f.Config.Bytes()
	if err != nil {
		return nil, err
	}
	if len(js) > 0 {
		add(configFlag, string(js))
	}
	return args, nil
}

func (f *Flags) set(name, value string) error {
	switch name {
	case findingsFlag:
		f.Findings = value != "false"
	case heatFlag:
		f.Heat = value != "false"
	case noCompiler:
		f.NoCompiler = value != "false"
	case scopeFlag:
		f.Scope = append(f.Scope, value)
	case profileFlag:
		p, err := parseHashed(value)
		if err != nil {
			return err
		}
		f.Profiles = append(f.Profiles, p)
	case anewFlag:
		f.Anew = value
	case configFlag:
		if err := json.Unmarshal([]byte(value), &f.Config); err != nil {
			return fmt.Errorf("reading -%s: %w", configFlag, err)
		}
	}
	return nil
}

// register makes the flags known to a flag set.
func (f *Flags) register(fs *flag.FlagSet) {
	text := func(name, usage string) {
		fs.Func(name, usage, func(s string) error { return f.set(name, s) })
	}
	fs.BoolFunc(findingsFlag, "report every finding in the form that the lagvet command reads",
		func(s string) error { return f.set(findingsFlag, s) })
	fs.BoolFunc(heatFlag, "report what makes functions hot, in the form that lagvet why reads",
		func(s string) error { return f.set(heatFlag, s) })
	fs.BoolFunc(noCompiler, "do not ask the compiler what escapes to the heap",
		func(s string) error { return f.set(noCompiler, s) })
	text(scopeFlag, "report findings in this `module` though it lies in no directory of the user's; std for the standard library")
	text(profileFlag, "CPU profile that tells what is hot, an absolute `path#sha256=hash`")
	text(anewFlag, "a `word`: results kept under another one are not replayed")
	text(configFlag, "what findings depend on in the configuration, in JSON")
}

// take sets the flags from args and returns the arguments that are not its own.
// They are separated by hand because unitchecker wants its analyzers before it
// looks at any flag.
func (f *Flags) take(args []string) (rest []string, err error) {
	own := flag.NewFlagSet("", flag.ContinueOnError)
	f.register(own)
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, value, attached := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		def := own.Lookup(name)
		if def == nil {
			rest = append(rest, arg)
			continue
		}
		if !attached && (name == findingsFlag || name == heatFlag || name == noCompiler) {
			value = "true"
		} else if !attached {
			if len(args) == 0 {
				return nil, fmt.Errorf("flag -%s needs a value", name)
			}
			value, args = args[0], args[1:]
		}
		if err := f.set(name, value); err != nil {
			return nil, err
		}
	}
	return rest, nil
}
