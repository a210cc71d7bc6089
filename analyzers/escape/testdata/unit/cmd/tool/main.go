// Command tool is a main package that defers.
package main

import (
	"os"
	"sync"

	"example.com/unit/embedded"
)

var mu sync.Mutex

func main() {
	mu.Lock()
	defer mu.Unlock()
	for _, a := range os.Args {
		defer println(a)
	}
	println(embedded.New(1).Price)
}
