// Command daemon ticks for as long as it lives.
package main

import "time"

func main() {
	go heartbeat()
	newMonitor().run()
}

func heartbeat() {
	for range time.Tick(time.Second) {
	}
}

type monitor struct{ ticker *time.Ticker }

func newMonitor() *monitor { return &monitor{time.NewTicker(time.Second)} }

func (m *monitor) run() {
	for {
		<-m.ticker.C
	}
}

// Close is for tests; main starts one and never ends it.
func (m *monitor) Close() {}

type command struct{}

// Run is called by name, once.
func (command) Run() error {
	go heartbeat()
	for range time.Tick(time.Second) {
	}
	return nil
}
