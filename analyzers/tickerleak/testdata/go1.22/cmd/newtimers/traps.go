//go:debug asynctimerchan=0

// Command newtimers asks for the timers of Go 1.23.
package main

import (
	"net/http"
	"time"
)

func main() { http.HandleFunc("/", handle) }

// Collected when it returns.
func handle(w http.ResponseWriter, r *http.Request) {
	t := time.NewTicker(time.Second)
	<-t.C
}
