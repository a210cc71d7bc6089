// Package unit names the figures that package bench adds to the line of a benchmark, and
// says of each which way is better and what it is good for. They are written in the
// format of Go benchmarks (https://go.dev/design/14313-benchmark-format), where the unit
// is the name of a figure: times are in nanoseconds, and what depends on how long or how
// often the benchmark ran is for each operation ("/op") or each second ("/s").
//
// It is apart from package bench so that whoever reads such lines need not link package
// testing.
package unit
