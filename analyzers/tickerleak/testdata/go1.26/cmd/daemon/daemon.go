package main

import (
	"net"
	"time"
)

func listen(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			for range time.Tick(time.Second) { // want `likely: this ticker fires for ever.*one more is started in each turn of a loop`
			}
		}()
	}
}

var _ = listen

type service struct{}

// Handle is called by name, for each request; that it is far away makes what it
// starts no part of the process.
//
//lagvet:root
func (service) Handle() error { return newLoad() }

func newLoad() error          { return configure(new(load)) }
func configure(l *load) error { return l.open() }

func (l *load) open() error { l.each(); return nil }
func (l *load) each()       { l.next() }

type load struct{}

func (l *load) next() {
	time.AfterFunc(time.Second, func() { // want `likely: this timer re-arms itself each time it fires, and \(\*load\)\.shutdown does not end it`
		l.next()
	})
}

func (l *load) shutdown() {}
