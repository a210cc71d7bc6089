// Command reloadonly waits for reloads alone.
package main

import (
	"log"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	for range hup {
		load() // want `^suspected: this runs in the loop that receives signals, and waits for a file system: the channel holds 1 signal, so one of the same kind that comes behind another meanwhile is lost`
	}
}

func load() {
	if _, err := os.ReadFile("conf"); err != nil {
		log.Print(err)
	}
}
