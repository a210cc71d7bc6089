// Command daemon has one loop, which ends with the process.
package main

import (
	"os"
	"os/signal"
	"time"
)

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	go report(stop)
	watch(stop)
}

func watch(stop <-chan os.Signal) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Minute):
			println("alive")
		}
	}
}

func report(stop <-chan os.Signal) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(time.Hour):
		}
	}
}
