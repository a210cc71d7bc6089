package server

import (
	"net"
	"net/http"
	"time"
)

// One for each request.
func handle(w http.ResponseWriter, r *http.Request) {
	go func() {
		for range time.Tick(time.Second) { // want `likely: this ticker fires for ever: the goroutine that waits for it never ends, and one is started for each request`
			_ = r
		}
	}()
}

// One for each connection.
func serve(l net.Listener) error {
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go keepAlive(c)
	}
}

func keepAlive(c net.Conn) {
	t := time.NewTicker(time.Second) // want `likely: this ticker fires for ever.*one is started for each connection`
	for range t.C {
		_, _ = c.Write([]byte{0})
	}
}

// One more in each turn.
func watch(names <-chan string) {
	for name := range names {
		go report(name)
	}
}

func report(name string) {
	for range time.Tick(time.Second) { // want `likely: this ticker fires for ever.*one more is started in each turn of a loop`
		_ = name
	}
}

// By a function that runs what it is given in a goroutine.
func spawn(f func()) { go f() }

func accept(in <-chan int) {
	for {
		n, ok := <-in
		if !ok {
			return
		}
		spawn(func() {
			t := time.NewTicker(time.Second) // want `likely: this ticker fires for ever.*one more is started in each turn of a loop`
			for range t.C {
				_ = n
			}
		})
	}
}

var mux = http.NewServeMux()

func init() {
	mux.HandleFunc("/", handle)
	mux.HandleFunc("/far", far)
}

// A handler is far away: the first request may have started the one there is.
func far(w http.ResponseWriter, r *http.Request) { one() }

func one()   { two() }
func two()   { three() }
func three() { four() }
func four()  { go lone() }

func lone() {
	for range time.Tick(time.Second) {
	}
}
