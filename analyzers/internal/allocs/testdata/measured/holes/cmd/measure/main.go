// Command measure prints how often each function of the package allocates a
// call, as JSON.
package main

import (
	"encoding/json"
	"os"
	"testing"

	"example.com/holes"
)

func main() {
	measured := make(map[string]float64)
	for name, f := range holes.All {
		measured[name] = testing.AllocsPerRun(100, f)
	}
	if err := json.NewEncoder(os.Stdout).Encode(measured); err != nil {
		println(err.Error())
		os.Exit(1)
	}
}
