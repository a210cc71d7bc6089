// Package hotcall finds calls in hot code that cost more than their names say.
//
// # What
//
// In functions that are hot (by a directive, a profile or a call from a hot
// function of the same package), calls
//
//   - of package fmt;
//   - of codecs that work by reflection: encoding/json, xml, gob, asn1 and
//     binary, and whatever else is called Marshal, Unmarshal, Encode or Decode,
//     takes any value and looks into it with package reflect;
//   - that compile a regular expression;
//   - of package reflect, one finding for each function;
//   - of C;
//   - that write a record of a log;
//   - that look into the environment;
//   - that make text of a time or read it from text;
//   - that draw random numbers from a generator with a lock, where that has one.
//
// For instance:
//
//	//lagvet:hot
//	func (p *Position) Add(venue, symbol string, n int64) {
//		p.held[fmt.Sprintf("%s/%s", venue, symbol)] += n
//	}
//
// # Why it costs
//
// Each is handy where it runs once, and shows where it runs a million times a
// second: what the compiler would have known about types is found out at run time,
// values are boxed to get there, results are allocated. A logger takes a lock and
// makes a system call under it; who else logs waits for both.
//
// Measured on Go 1.26.8, linux/amd64, two virtual cores of an AMD EPYC that had
// other work, so the quickest of sixty short runs is taken, in which nobody else
// used the lock or the disk: go test -run=^$ -bench=Call -benchtime=3ms -count=60
// in this package, and in testdata/go1.26/c and testdata/go1.22/seeded below it.
//
//	fmt.Sprintf("%s=%d"), 3 allocations             140 ns
//	the same with strconv, appended                 14 ns
//	fmt.Sscanf("%d"), strconv.Atoi                  320 ns, 7 ns
//	json.Marshal, 3 fields, and appended by hand    270 ns, 82 ns
//	json.Unmarshal, 3 fields                        1050 ns
//	regexp.MustCompile, a short one, and a match    4800 ns, 180 ns
//	reflect: DeepEqual, FieldByName, Call           130 ns, 70 ns, 180 ns
//	C, an empty call, and one of Go                 31 ns, 2 ns
//	log.Printf to nowhere, and to a file            240 ns, 1600 ns
//	slog Info to nowhere, Debug that is off         750 ns, 20 ns
//	os.Getenv                                       28 ns
//	time.Time: Format, AppendFormat, Parse          76 ns, 56 ns, 176 ns
//	math/rand seeded, with its lock, and v2         11 ns, 8 ns
//
// # When it is silent
//
// Outside hot code, in tests, in generated files; on the way to an error, a panic
// or an exit; in a goroutine that hot code starts.
//
// Where hotblock has the finding: under a nonblocking contract all that waits, as
// a logger or os.Getenv does, and where a directive calls code hot what waits for
// the network or a file system, as fmt.Println does. A regular expression that hot
// code compiles is this rule's, elsewhere it is initperreq's: the profile or
// directive says here how much it matters, a request root only that it may.
//
// A finding is only suspected, and not shown by default,
//
//   - where a profile alone says that the function is hot, and gives the line less
//     than half a percent of the time;
//   - where the call is seldom made although no error leads there: behind a level
//     or debug flag, to fill what is kept, once, to tell of an event; messages
//     formatted in one branch; and what a hot function calls in one branch only:
//     a server that decodes messages is hot, its answer to the first one is not
//     (a regular expression that is compiled there is shown all the same);
//   - where the costly call is made by what is called in another package: a
//     condition may stand in between;
//   - for cheap reflection (reflect.ValueOf, a kind), for debug levels, and for
//     loggers of which nothing shows that they wait.
//
// A line that a profile gives half a percent is not rare, whatever stands around it.
//
// # How to mend
//
// Append to a buffer that is reused, with strconv.AppendInt and its kin; use a
// struct as the key of a map in place of a text; write or generate the code that
// encodes this type; compile expressions, look up fields and read the environment
// once; keep times as numbers. Count instead of logging, or log one in many, or
// ask for the level before anything is computed for it:
//
//	if logger.Enabled(ctx, slog.LevelDebug) {
//		logger.LogAttrs(ctx, slog.LevelDebug, "fill", slog.Int64("id", f.ID))
//	}
//
// # Versions
//
// All versions of Go. The functions of math/rand take a lock if the program seeds
// them and its go line is below 1.24; since then seeding does nothing. With a go
// line below 1.20 they are suspected, for a toolchain as old as that would give
// them the lock. Those of math/rand/v2 have none.
package hotcall
