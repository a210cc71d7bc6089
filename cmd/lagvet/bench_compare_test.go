package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func TestBenchCompare(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, ns := range map[string]int{"fast.txt": 100, "slow.txt": 200} {
		var b strings.Builder
		for i := range 10 {
			fmt.Fprintf(&b, "BenchmarkMatch-2\t1000\t%d ns/op\n", ns+i%3)
		}
		write(t, filepath.Join(dir, name), b.String())
	}
	write(t, filepath.Join(dir, "few.txt"), "BenchmarkMatch-2\t1000\t100 ns/op\n")
	tests := []struct {
		args   []string
		code   int
		stdout []string
		stderr []string
	}{
		{args: []string{"slow.txt", "fast.txt"}, code: 0, stdout: []string{`^1 gain\.$`}},
		{args: []string{"fast.txt", "slow.txt"}, code: 1, stdout: []string{`^regression: Match-2 sec/op 101\.0 ns → 201\.0 ns, \+99\.0 %`}},
		{args: []string{"fast.txt", "slow.txt", "--threshold", "200%"}, code: 0},
		{args: []string{"fast.txt"}, code: 2, stderr: []string{`\Alagvet: name two files`}},
		{args: []string{"fast.txt", "slow.txt", "--treshold", "5%"}, code: 2, stderr: []string{`did you mean "--threshold"`}},
		{args: []string{"fast.txt", "few.txt"}, code: 3, stdout: []string{`^could not check: Match-2 was measured 10 and 1 times`, `-count=10`}},
		{args: []string{"fast.txt", "few.txt", "--format", "json"}, code: 3, stdout: []string{`"exit_code": 3`}, stderr: []string{`\Acould not check: Match-2 was measured`}},
		{args: []string{"--baseline", "base.txt", "--update", "fast.txt"}, code: 0, stderr: []string{`base\.txt is the baseline now: 1 benchmarks\n\z`}},
		{args: []string{"--baseline", "base.txt", "slow.txt"}, code: 1, stdout: []string{`^1 regression\.$`}},
	}
	for i := range tests {
		tt := &tests[i]
		for j, arg := range tt.args {
			if strings.HasSuffix(arg, ".txt") {
				tt.args[j] = filepath.Join(dir, arg)
			}
		}
		res := lagvet(t, ".", append([]string{"bench", "compare"}, tt.args...)...)
		if res.code != tt.code {
			t.Errorf("bench compare %q: exit code %d, want %d\n%s%s", tt.args, res.code, tt.code, res.stdout, res.stderr)
		}
		match(t, res.stdout, tt.stdout)
		match(t, res.stderr, tt.stderr)
	}
}
