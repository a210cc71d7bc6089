// Command oldtimers asks for the timers of before Go 1.23.

//go:debug asynctimerchan=1
package main

import "net/http"

import "time"

func main() { http.HandleFunc("/", handle) }

func handle(w http.ResponseWriter, r *http.Request) {
	t := time.NewTicker(time.Second) // want `proven: ticker is not stopped on some path: before Go 1.23`
	<-t.C
}
