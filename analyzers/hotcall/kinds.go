package hotcall

import (
	"go/token"
	"strings"
)

// A kind is what makes a call costly.
type kind int

const (
	formats kind = iota
	encodes
	compiles
	reflects
	callsC
	logs
	environment
	clock
	shares
)

// A cost is what a finding says of a kind.
type cost struct {
	cause string
	text  string // after the name of what is called; figures are those of cost_test.go
	mend  string
}

var costs = map[kind]cost{
	formats: {
		cause: "formatting",
		text:  "has each argument boxed and finds out its type again: 130 ns and 3 allocations for a name and a number, where strconv takes 15 ns",
		mend:  "append to a buffer that is reused, with strconv.AppendInt and its kin; or format only what is read",
	},
	encodes: {
		cause: "reflective codec",
		text:  "walks the value by reflection: 270 ns to encode three fields and 1 µs to decode them, where code that knows the type encodes them in 80 ns",
		mend:  "write or generate the code for this type; or encode once and keep the bytes",
	},
	compiles: {
		cause: "regexp compilation",
		text:  "compiles the expression in each call: 5 µs and 55 allocations for a short one, where a match takes 180 ns",
		mend:  "compile it once, in a package-level variable; if it is not constant, keep what was compiled by its text",
	},
	reflects: {
		cause: "reflection",
		text:  "works by reflection: 70 to 180 ns for a field by its name, a call or a comparison, where code that knows the type takes 5 ns",
		mend:  "a type switch, generics or generated code; or look types up once and keep what was found",
	},
	callsC: {
		cause: "cgo",
		text:  "calls C: 30 ns to change stacks, where a call of Go takes 2 ns; pointers that are passed escape, and after 20 µs the thread gives its processor away",
		mend:  "do it in Go, or hand C more work in one call",
	},
	logs: {
		cause: "logging",
		text:  "formats a record, takes the logger's lock and writes: 1.6 µs to a file that is idle, and whoever else logs waits",
		mend:  "count instead, log one in many, or ask for the level first; a logger that hands records to a goroutine keeps the write off this path",
	},
	environment: {
		cause: "environment",
		text:  "takes the lock of the environment and looks the name up in each call: 30 ns",
		mend:  "read it once, at start-up",
	},
	clock: {
		cause: "time as text",
		text:  "works out the date and makes it text, or reads it from text: 75 to 175 ns",
		mend:  "keep the time as a number and make it text where it is read; AppendFormat at least reuses a buffer, and a text per second can be kept",
	},
	shares: {
		cause: "shared random numbers",
		text:  "takes the lock of the generator that all goroutines share",
		mend:  "math/rand/v2, whose functions take none (Go 1.22); before that a rand.Rand of each goroutine's own",
	},
}

// A row names functions of the standard library that are costly.
type row struct {
	pkg   string
	names string // "F (*T).M", separated by blanks; empty: all of the package
	kind  kind
	light bool // the cheap sort, which is only suspected
}

var rows = []row{
	{"fmt", "", formats, false},
	{"encoding/json", "Marshal MarshalIndent Unmarshal (*Encoder).Encode (*Decoder).Decode", encodes, false},
	{"encoding/json/v2", "Marshal MarshalWrite MarshalEncode Unmarshal UnmarshalRead UnmarshalDecode", encodes, false},
	{"encoding/xml", "Marshal MarshalIndent Unmarshal (*Encoder).Encode (*Encoder).EncodeElement (*Decoder).Decode (*Decoder).DecodeElement", encodes, false},
	{"encoding/gob", "(*Encoder).Encode (*Encoder).EncodeValue (*Decoder).Decode (*Decoder).DecodeValue", encodes, false},
	{"encoding/asn1", "Marshal MarshalWithParams Unmarshal UnmarshalWithParams", encodes, false},
	{"regexp", "Compile MustCompile CompilePOSIX MustCompilePOSIX Match MatchString MatchReader", compiles, false},
	{"log", "Print Printf Println Output (*Logger).Print (*Logger).Printf (*Logger).Println (*Logger).Output", logs, false},
	{"log/slog", "Info InfoContext Warn WarnContext Error ErrorContext Log LogAttrs (*Logger).Info (*Logger).InfoContext (*Logger).Warn (*Logger).WarnContext (*Logger).Error (*Logger).ErrorContext (*Logger).Log (*Logger).LogAttrs", logs, false},
	{"log/slog", "Debug DebugContext (*Logger).Debug (*Logger).DebugContext", logs, true}, // off as a rule: then only its arguments cost
	{"os", "Getenv LookupEnv Environ ExpandEnv", environment, false},
	{"syscall", "Getenv Environ", environment, false},
	{"time", "(Time).Format (Time).String Parse ParseInLocation", clock, false},
	{"reflect", "DeepEqual MakeFunc New MakeSlice MakeMap MakeMapWithSize MakeChan Append AppendSlice Copy Swapper Select StructOf FuncOf VisibleFields " +
		"(Value).Call (Value).CallSlice (Value).MethodByName (Value).FieldByName (Value).FieldByNameFunc (Value).MapIndex (Value).SetMapIndex (Value).MapKeys (Value).MapRange (Value).Convert (Value).Interface " +
		"(Type).FieldByName (Type).FieldByNameFunc (Type).MethodByName (Type).Method (Type).Field", reflects, false},
}

// known holds the rows by the full names of functions, and by paths of packages
// that are meant as a whole.
var known = func() map[string]row {
	m := make(map[string]row)
	for _, r := range rows {
		if r.names == "" {
			m[r.pkg] = r
		}
		for name := range strings.FieldsSeq(r.names) {
			m[r.full(name)] = r
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

// lookUp returns the row of a function.
func lookUp(name string) (row, bool) {
	if r, ok := known[name]; ok {
		return r, true
	}
	pkg, base, ok := strings.Cut(name, ".")
	if r, ok2 := known[pkg]; ok && ok2 && token.IsExported(base) {
		return r, true
	}
	return row{}, false
}
