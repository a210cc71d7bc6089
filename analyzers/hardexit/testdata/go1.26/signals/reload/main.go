// Command reload works in the loop that receives signals.
package main

import (
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type config struct{ text []byte }

type server struct {
	conf *config
	quit chan struct{}
}

func (s *server) watch() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1)
	go func() {
		for {
			select {
			case sig := <-c:
				s.handle(sig)
			case <-s.quit:
				return
			}
		}
	}()
}

func (s *server) handle(sig os.Signal) {
	log.Printf("signal %v", sig)
	switch sig {
	case syscall.SIGTERM:
		s.close()
		os.Exit(0)
	case syscall.SIGUSR1:
		go s.dump()
	case syscall.SIGHUP:
		if err := s.reload(); err != nil { // want `^suspected: this runs in the loop that receives signals, and waits for a file system: the channel holds 1 signal, so one to end the process that comes behind another meanwhile is lost ← receives the signal ← calls \(\*server\).handle ← calls \(\*server\).reload ← calls os.ReadFile`
			log.Print(err)
		}
	}
}

func (s *server) reload() error {
	b, err := os.ReadFile("server.conf")
	s.conf = &config{b}
	return err
}

func (s *server) dump() { time.Sleep(time.Second) }

func (s *server) close() { close(s.quit) }

// A second loop, all of whose work is in its body.
func (s *server) fetchLoop() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals)
	for {
		sig := <-signals
		if sig == syscall.SIGHUP {
			resp, err := http.Get("http://conf.example.com/") // want `^likely: this runs in the loop that receives signals, and waits for the network`
			if err != nil {
				continue
			}
			resp.Body.Close()
		}
		if sig == syscall.SIGTERM {
			s.close()
			return
		}
	}
}

// A third, in which what waits for longest is found behind what does not.
func (s *server) handOver() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, os.Interrupt)
	for sig := range signals {
		s.take(sig)
	}
}

func (s *server) take(sig os.Signal) {
	switch sig {
	case os.Interrupt:
		s.close()
		os.Exit(0)
	case syscall.SIGHUP:
		s.reload()
		s.drain() // want `^likely: this runs in the loop that receives signals, and sleeps: .* ← calls \(\*server\).take ← calls \(\*server\).drain`
	}
}

func (s *server) drain() {
	for len(s.conf.text) > 0 {
		time.Sleep(10 * time.Millisecond)
	}
}

func main() {
	s := &server{quit: make(chan struct{})}
	s.watch()
	go s.handOver()
	s.fetchLoop()
}
