package costly

import (
	"go/token"
	"strings"
)

// A Kind is what makes a call costly.
type Kind int

// The kinds.
const (
	Formats     Kind = iota // formats values of any type
	Encodes                 // a codec that works by reflection
	Compiles                // compiles a regular expression
	Reflects                // works by reflection
	CallsC                  // leaves Go
	Logs                    // writes a record of a log
	Environment             // looks into the environment
	Clock                   // makes text of a time, or reads it
	Shares                  // draws from a generator that has a lock
)

// A Call is what is known of calling a function.
type Call struct {
	Kind Kind
	// Light is set for the cheap sort of the kind, as a record below the level
	// that is written.
	Light bool
}

// MinLine is the share of CPU time that the line of a costly call must have to be
// worth a word where only a profile says that the function is hot: it is what
// mending it can save.
const MinLine = 0.005

// Of returns what is known of calling a function of the standard library, by its
// full name as [types.Func.FullName] prints it, or of C by the name that cgo
// gives it.
func Of(name string) (Call, bool) {
	if _, ok := C(name); ok {
		return Call{Kind: CallsC}, true
	}
	if c, ok := known[name]; ok {
		return c, true
	}
	pkg, base, ok := strings.Cut(name, ".")
	if c, whole := known[pkg]; ok && whole && token.IsExported(base) {
		return c, true
	}
	return Call{}, false
}

// C returns what a function that cgo generated stands for: "C.sqrt".
func C(name string) (string, bool) {
	for _, prefix := range []string{"._Cfunc_", "._C2func_"} {
		if _, base, ok := strings.Cut(name, prefix); ok && !strings.HasPrefix(base, "_") {
			return "C." + base, true
		}
	}
	return "", false
}

// A row names functions of the standard library that are costly.
type row struct {
	pkg   string
	names string // "F (*T).M", separated by blanks; empty: all of the package
	Call
}

var rows = []row{
	{"fmt", "", Call{Kind: Formats}},
	{"encoding/json", "Marshal MarshalIndent Unmarshal (*Encoder).Encode (*Decoder).Decode", Call{Kind: Encodes}},
	{"encoding/json/v2", "Marshal MarshalWrite MarshalEncode Unmarshal UnmarshalRead UnmarshalDecode", Call{Kind: Encodes}},
	{"encoding/xml", "Marshal MarshalIndent Unmarshal (*Encoder).Encode (*Encoder).EncodeElement (*Decoder).Decode (*Decoder).DecodeElement", Call{Kind: Encodes}},
	{"encoding/gob", "(*Encoder).Encode (*Encoder).EncodeValue (*Decoder).Decode (*Decoder).DecodeValue", Call{Kind: Encodes}},
	{"encoding/asn1", "Marshal MarshalWithParams Unmarshal UnmarshalWithParams", Call{Kind: Encodes}},
	{"regexp", "Compile MustCompile CompilePOSIX MustCompilePOSIX Match MatchString MatchReader", Call{Kind: Compiles}},
	{"log", "Print Printf Println Output (*Logger).Print (*Logger).Printf (*Logger).Println (*Logger).Output", Call{Kind: Logs}},
	{"log/slog", "Info InfoContext Warn WarnContext Error ErrorContext Log LogAttrs (*Logger).Info (*Logger).InfoContext (*Logger).Warn (*Logger).WarnContext (*Logger).Error (*Logger).ErrorContext (*Logger).Log (*Logger).LogAttrs", Call{Kind: Logs}},
	{"log/slog", "Debug DebugContext (*Logger).Debug (*Logger).DebugContext", Call{Kind: Logs, Light: true}}, // off as a rule: then only its arguments cost
	{"os", "Getenv LookupEnv Environ ExpandEnv", Call{Kind: Environment}},
	{"syscall", "Getenv Environ", Call{Kind: Environment}},
	{"time", "(Time).Format (Time).String Parse ParseInLocation", Call{Kind: Clock}},
	{"reflect", "DeepEqual MakeFunc New MakeSlice MakeMap MakeMapWithSize MakeChan Append AppendSlice Copy Swapper Select StructOf FuncOf VisibleFields " +
		"(Value).Call (Value).CallSlice (Value).MethodByName (Value).FieldByName (Value).FieldByNameFunc (Value).MapIndex (Value).SetMapIndex (Value).MapKeys (Value).MapRange (Value).Convert (Value).Interface " +
		"(Type).FieldByName (Type).FieldByNameFunc (Type).MethodByName (Type).Method (Type).Field", Call{Kind: Reflects}},
}

// known holds the rows by the full names of functions, and by paths of packages
// that are meant as a whole.
var known = func() map[string]Call {
	m := make(map[string]Call)
	for _, r := range rows {
		if r.names == "" {
			m[r.pkg] = r.Call
		}
		for name := range strings.FieldsSeq(r.names) {
			m[r.full(name)] = r.Call
		}
	}
	return m
}()

// full returns the full name of what the row calls name.
func (r row) full(name string) string {
	star, rest := "", name
	switch {
	case strings.HasPrefix(name, "(*"):
		star, rest = "(*", name[2:]
	case strings.HasPrefix(name, "("):
		star, rest = "(", name[1:]
	}
	return star + r.pkg + "." + rest
}
