// Command tool ends with its main function.
package main

import "time"

func main() {
	t := time.NewTicker(time.Second)
	n := 0
	for range t.C {
		if n++; n > 3 {
			return // with the process
		}
	}
	finish()
}

// Called once, by main.
func finish() {
	t := time.NewTicker(time.Second)
	<-t.C
}
