package ruletest

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

// Measure returns the allocations a call of each function of the module in dir,
// as its command cmd/measure counts and prints them: an object in JSON.
func Measure(t *testing.T, dir string) map[string]float64 {
	t.Helper()
	cmd := exec.Command("go", "run", "./cmd/measure")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOGC=off")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("measuring: %v", err)
	}
	var measured map[string]float64
	if err := json.Unmarshal(out, &measured); err != nil {
		t.Fatalf("measuring: %v", err)
	}
	return measured
}
