// Command oldgo asks for everything as it was in Go 1.22.

//go:debug default=go1.22
package main

import (
	"net/http"
	"time"
)

func main() { http.HandleFunc("/", handle) }

func handle(w http.ResponseWriter, r *http.Request) {
	<-time.NewTicker(time.Second).C // want `proven: ticker is not stopped on some path: before Go 1.23`
}
