package effects

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
)

// onlySSA has every package built as SSA, and nothing else: what the inference
// is measured against.
var onlySSA = &analysis.Analyzer{
	Name:      "onlyssa",
	Doc:       "build SSA",
	Requires:  []*analysis.Analyzer{buildssa.Analyzer},
	FactTypes: []analysis.Fact{new(noFact)},
	Run:       func(*analysis.Pass) (any, error) { return nil, nil },
}

// A noFact is never exported. An analyzer without facts would not be run on what
// a program imports.
type noFact struct{}

func (*noFact) AFact() {}

// The flags by which each run of the benchmark is new to the go command's cache.
var nonces = [...]*string{
	Report.Flags.String("nonce", "", "for benchmarks"),
	onlySSA.Flags.String("nonce", "", "for benchmarks"),
}

// BenchmarkCold measures the inference over a net/http program and the standard
// library below it, nothing of it being cached, and SSA alone. Time is that of
// all processes together, because the machine may have other work.
func BenchmarkCold(b *testing.B) {
	dir, err := filepath.Abs("testdata/server")
	if err != nil {
		b.Fatal(err)
	}
	cold(b, dir, Report) // so that everything is compiled
	var with, without time.Duration
	for b.Loop() {
		with += cpu(cold(b, dir, Report))
		without += cpu(cold(b, dir, onlySSA))
	}
	b.ReportMetric(with.Seconds()/float64(b.N), "cpu-s/inference")
	b.ReportMetric(without.Seconds()/float64(b.N), "cpu-s/ssa")
	b.ReportMetric(with.Seconds()/without.Seconds(), "ratio")
}

func cpu(p *os.ProcessState) time.Duration { return p.UserTime() + p.SystemTime() }

// cold runs an analyzer over the module in dir, nothing of it being cached, and
// returns what the go command and its children took.
func cold(b *testing.B, dir string, a *analysis.Analyzer) *os.ProcessState {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command("go", "vet", "-json", "-vettool="+self, "-"+a.Name, fmt.Sprintf("-%s.nonce=%d", a.Name, time.Now().UnixNano()), ".")
	cmd.Dir = dir
	cmd.Env = toolEnviron(dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("go vet: %v\n%s", err, out)
	}
	return cmd.ProcessState
}

// BenchmarkFacts reports the size of the facts of net/http and of all that it
// imports.
func BenchmarkFacts(b *testing.B) {
	var sizes map[string]int
	for b.Loop() {
		sizes = factSizes(b, "net/http")
	}
	total := 0
	for _, n := range sizes {
		total += n
	}
	b.ReportMetric(float64(sizes["net/http"]), "B/net-http")
	b.ReportMetric(float64(total), "B/all")
	b.ReportMetric(float64(total)/float64(len(sizes)), "B/package")
}
