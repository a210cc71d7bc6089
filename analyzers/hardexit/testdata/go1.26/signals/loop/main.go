// Command loop serves connections, and hands signals on.
package main

import (
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"
)

type server struct {
	lis  net.Listener
	sigs chan os.Signal
}

func main() {
	lis, err := net.Listen("tcp", ":7000")
	if err != nil {
		log.Fatal(err)
	}
	s := &server{lis: lis, sigs: make(chan os.Signal, 4)}
	signal.Notify(s.sigs, syscall.SIGHUP, syscall.SIGTERM)
	go s.watch()
	for {
		conn, err := lis.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go s.serve(conn)
	}
}

func (s *server) serve(conn net.Conn) { conn.Close() }

func (s *server) watch() {
	for sig := range s.sigs {
		s.handle(sig)
	}
}

func (s *server) handle(sig os.Signal) {
	log.Println("signal", sig)
	switch sig {
	case syscall.SIGHUP:
		s.reload()
	case syscall.SIGTERM:
		log.Fatalf("terminated by %v", sig) // want `^likely: log.Fatalf ends the process as soon as the signal comes: .* ← receives the signal ← serves clients ← calls \(\*server\).handle$`
	}
}

func (s *server) reload() { log.Print("reloaded") }
