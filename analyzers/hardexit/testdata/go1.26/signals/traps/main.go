// Command traps ends as it should.
package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
)

type app struct {
	web   *http.Server
	rpc   *grpc.Server
	sigs  chan os.Signal
	ready chan struct{}
}

func newApp() *app {
	return &app{
		web:   &http.Server{Addr: ":8080", Handler: http.NewServeMux()},
		rpc:   grpc.NewServer(),
		sigs:  make(chan os.Signal, 2),
		ready: make(chan struct{}),
	}
}

// Errors of a server that was shut down are told apart.
func (a *app) serve(lis net.Listener) {
	go func() {
		if err := a.web.ListenAndServe(); err != nil && !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	go func() {
		err := a.web.Serve(lis)
		if errors.Is(err, http.ErrServerClosed) {
			return
		}
		log.Fatal(err)
	}()
	go func() {
		if err := a.web.ServeTLS(lis, "", ""); err != nil {
			if err == http.ErrServerClosed {
				return
			}
			log.Fatal(err)
		}
	}()
	// Stop and GracefulStop let Serve return nil.
	if err := a.rpc.Serve(lis); err != nil {
		log.Fatal(err)
	}
}

// For metrics nobody waits.
func (a *app) metrics() {
	log.Fatal(http.ListenAndServe(":9090", nil))
}

// The first signal shuts down, the second ends the process.
func (a *app) wait() {
	signal.Notify(a.sigs, os.Interrupt, syscall.SIGTERM)
	<-a.sigs
	go func() {
		<-a.sigs
		if a.ready != nil {
			os.Exit(1)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := a.web.Shutdown(ctx); err != nil {
		log.Print(err)
	}
	a.rpc.GracefulStop()
	os.Exit(0)
}

// Counted.
func (a *app) counted() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	for i := 0; ; i++ {
		<-c
		if i > 0 {
			os.Exit(1)
		}
		go a.stop()
	}
}

func (a *app) stop() { a.web.Close() }

// What is called before may be anything.
func trap(cleanup func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	go func() {
		<-c
		cleanup()
		os.Exit(0)
	}()
}

// A helper that shuts down, and exits then.
func (a *app) onTerm() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	for sig := range c {
		a.end(sig)
	}
}

func (a *app) end(sig os.Signal) {
	log.Print(sig)
	a.stop()
	os.Exit(0)
}

// Reloads in a goroutine of their own, and with room for others.
func (a *app) reloads() {
	one := make(chan os.Signal, 1)
	signal.Notify(one, syscall.SIGHUP, syscall.SIGTERM)
	go func() {
		for sig := range one {
			if sig == syscall.SIGTERM {
				os.WriteFile("state", nil, 0o600)
				return
			}
			go reload()
		}
	}()
	many := make(chan os.Signal, 16)
	signal.Notify(many, syscall.SIGHUP, syscall.SIGTERM)
	for range many {
		reload()
	}
}

// What ends the process may take its time.
func (a *app) farewell() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGHUP, os.Interrupt)
	for sig := range c {
		switch sig {
		case syscall.SIGTERM, os.Interrupt:
			a.sayGoodbye()
		case syscall.SIGHUP:
			log.Print("not implemented")
		}
		if sig == os.Interrupt || sig == syscall.SIGTERM {
			a.sayGoodbye()
		}
	}
}

func (a *app) sayGoodbye() {
	resp, err := http.Get("http://registry.example.com/leave")
	if err == nil {
		resp.Body.Close()
	}
	go a.stop()
}

func reload() {
	if _, err := os.ReadFile("conf"); err != nil {
		log.Print(err)
	}
}

func main() {
	a := newApp()
	lis, err := net.Listen("tcp", ":8080")
	if err != nil {
		log.Fatal(err)
	}
	go a.serve(lis)
	go a.metrics()
	go a.counted()
	go a.onTerm()
	go a.farewell()
	go a.reloads()
	trap(a.stop)
	a.wait()
}
