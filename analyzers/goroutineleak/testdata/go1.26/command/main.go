// Command command is a program: what it starts once lives as long as the process.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	failed := make(chan error)
	go func() { // want `suspected: .* sends to failed`
		failed <- http.ListenAndServe(":8080", nil)
	}()
	go report() // want `suspected: .* goes on in a loop that has no way out, and nothing stops it`
	go func() { // want `suspected: .* goes on in a loop that has no way out`
		for {
			time.Sleep(time.Minute)
			fmt.Println("still here")
		}
	}()
	startWorkers(4)
	select {
	case err := <-failed:
		fmt.Println(err)
	case <-ctx.Done():
	}
}

func report() {
	for range time.Tick(time.Minute) {
		fmt.Println("ok")
	}
}

var jobs = make(chan func())

func startWorkers(n int) {
	for range n {
		go func() { // want `suspected: .* ranges over jobs, and nothing closes it; nothing stops it`
			for job := range jobs {
				job()
			}
		}()
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		done := make(chan struct{})
		jobs <- func() { close(done) }
		<-done
	})
	http.HandleFunc("/wait", func(w http.ResponseWriter, r *http.Request) {
		done := make(chan error)
		go func() { // want `likely: .* sends to done`
			done <- r.Body.Close()
		}()
		select {
		case <-done:
		case <-r.Context().Done():
		}
	})
}

// A method of a generic type, called through an interface.
type mailbox[T any] struct {
	in   chan T
	done chan struct{}
}

type receiver interface{ pump() }

func (m *mailbox[T]) pump() {
	m.in <- *new(T)
	close(m.done)
}

var receivers = []receiver{newMailbox[int]()}

func newMailbox[T any]() *mailbox[T] {
	m := &mailbox[T]{in: make(chan T), done: make(chan struct{})}
	go func() {
		<-m.in
		<-m.done
	}()
	return m
}

func init() {
	for _, r := range receivers {
		r.pump()
	}
}
