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
