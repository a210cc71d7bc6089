// Command plain ends at once.
package main

import (
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	sigs := make(chan os.Signal, 1)
	signal.Notify(sigs, os.Interrupt, syscall.SIGTERM)
	go func() {
		sig := <-sigs
		log.Printf("got %v, leaving", sig)
		os.Exit(0) // want `^likely: os.Exit ends the process as soon as the signal comes: the requests in flight are cut off, and no deferred call runs ← receives the signal ← serves clients$`
	}()
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {})
	log.Fatal(http.ListenAndServe(":8080", nil)) // want `^likely: http.ListenAndServe: nothing shuts this server down, though the process is told when it is to end: the requests in flight are cut off at each restart ← asks to be told of signals$`
}
