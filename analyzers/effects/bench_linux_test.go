package effects

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// BenchmarkMemory measures the largest process of the inference over a net/http
// program, and of SSA alone. Linux counts it in kilobytes, getrusage(2).
func BenchmarkMemory(b *testing.B) {
	dir, err := filepath.Abs("testdata/server")
	if err != nil {
		b.Fatal(err)
	}
	var with, without int64
	for b.Loop() {
		with = max(with, largest(cold(b, dir, Report)))
		without = max(without, largest(cold(b, dir, onlySSA)))
	}
	b.ReportMetric(float64(with)/1024, "MB/inference")
	b.ReportMetric(float64(without)/1024, "MB/ssa")
}

func largest(p *os.ProcessState) int64 { return p.SysUsage().(*syscall.Rusage).Maxrss }
