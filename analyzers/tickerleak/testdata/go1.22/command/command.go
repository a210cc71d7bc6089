// Package command has commands, which another package runs.
package command

import "time"

type command struct{ run func() error }

var commands = []command{{serve}, {try}, {each}, {newServer().run}}

func changed() bool { return time.Now().IsZero() }

// It may return, and be called again.
func try() error {
	go poll()
	if changed() {
		return nil
	}
	select {}
}

func poll() {
	for range time.Tick(time.Second) { // want `proven: time.Tick has no Stop`
		if changed() {
			return
		}
	}
}

// It starts one after the other, and never returns.
func each() error {
	for {
		go follow()
		time.Sleep(time.Second)
	}
}

func follow() {
	for range time.Tick(time.Second) { // want `proven: time.Tick has no Stop`
		if changed() {
			return
		}
	}
}

// What it starts for an object that can be closed is to end with that.
type server struct{}

func newServer() *server { return &server{} }

func (s *server) run() error {
	go s.expire()
	select {}
}

func (s *server) expire() {
	for range time.Tick(time.Second) { // want `proven: time.Tick has no Stop`
		if changed() {
			return
		}
	}
}

func (s *server) Close() {}
