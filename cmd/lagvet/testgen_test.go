package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTestgen(t *testing.T) {
	t.Parallel()
	const ring = "package ring\n\n//lagvet:noalloc\nfunc Len(r []int) int { return len(r) }\n"
	dir := shop(t, map[string]string{"ring/ring.go": ring})
	file := filepath.Join(dir, "ring", "lagvet_contracts_test.go")

	res := lagvet(t, dir, "testgen", "-n", "./...")
	match(t, res.stdout, []string{`^.*lagvet_contracts_test\.go: TestContract_Len$`})
	if _, err := os.Stat(file); res.code != 0 || !os.IsNotExist(err) {
		t.Errorf("-n: exit code %d, %v", res.code, err)
	}
	res = lagvet(t, dir, "testgen", "./ring")
	if res.code != 0 {
		t.Errorf("exit code %d: %s", res.code, res.stderr)
	}
	match(t, read(t, dir, "ring/lagvet_contracts_test.go"), []string{`^func TestContract_Len\(t \*testing\.T\) \{$`, `runtimecheck\.NoAlloc\(t, f\)$`})
	if res = lagvet(t, dir, "testgen", "-C", "ring", "."); res.code != 0 || res.stdout != "" {
		t.Errorf("again: exit code %d, output %q", res.code, res.stdout)
	}
	write(t, filepath.Join(dir, "ring", "ring.go"), ring+"\nvar _ = undefined\n")
	if res = lagvet(t, dir, "testgen", "./ring"); res.code != 3 {
		t.Errorf("a package that does not compile: exit code %d", res.code)
	}
	match(t, res.stderr, []string{`^lagvet: loading example\.com/shop/ring: .*undefined`})
}
