package hotcall

import "github.com/lagvet/lagvet/analyzers/internal/costly"

// A cost is what a finding says of a kind.
type cost struct {
	cause string
	text  string // after the name of what is called; figures are those of cost_test.go
	mend  string
}

var costs = map[costly.Kind]cost{
	costly.Formats: {
		cause: "formatting",
		text:  "has each argument boxed and finds out its type again: 130 ns and 3 allocations for a name and a number, where strconv takes 15 ns",
		mend:  "append to a buffer that is reused, with strconv.AppendInt and its kin; or format only what is read",
	},
	costly.Encodes: {
		cause: "reflective codec",
		text:  "walks the value by reflection: 270 ns to encode three fields and 1 µs to decode them, where code that knows the type encodes them in 80 ns",
		mend:  "write or generate the code for this type; or encode once and keep the bytes",
	},
	costly.Compiles: {
		cause: "regexp compilation",
		text:  "compiles the expression in each call: 5 µs and 55 allocations for a short one, where a match takes 180 ns",
		mend:  "compile it once, in a package-level variable; if it is not constant, keep what was compiled by its text",
	},
	costly.Reflects: {
		cause: "reflection",
		text:  "works by reflection: 70 to 180 ns for a field by its name, a call or a comparison, where code that knows the type takes 5 ns",
		mend:  "a type switch, generics or generated code; or look types up once and keep what was found",
	},
	costly.CallsC: {
		cause: "cgo",
		text:  "calls C: 30 ns to change stacks, where a call of Go takes 2 ns; pointers that are passed escape, and after 20 µs the thread gives its processor away",
		mend:  "do it in Go, or hand C more work in one call",
	},
	costly.Logs: {
		cause: "logging",
		text:  "formats a record, takes the logger's lock and writes: 1.6 µs to a file that is idle, and whoever else logs waits",
		mend:  "count instead, log one in many, or ask for the level first; a logger that hands records to a goroutine keeps the write off this path",
	},
	costly.Environment: {
		cause: "environment",
		text:  "takes the lock of the environment and looks the name up in each call: 30 ns",
		mend:  "read it once, at start-up",
	},
	costly.Clock: {
		cause: "time as text",
		text:  "works out the date and makes it text, or reads it from text: 75 to 175 ns",
		mend:  "keep the time as a number and make it text where it is read; AppendFormat at least reuses a buffer, and a text per second can be kept",
	},
	costly.Shares: {
		cause: "shared random numbers",
		text:  "takes the lock of the generator that all goroutines share",
		mend:  "math/rand/v2, whose functions take none (Go 1.22); before that a rand.Rand of each goroutine's own",
	},
}
