// Package ctl is made of commands: when one is done the process ends.
package ctl

import (
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"time"

	"github.com/spf13/cobra"
)

func Start() *cobra.Command {
	return &cobra.Command{Use: "start", RunE: start}
}

// The child goes on after the command has ended, and nobody waits for it.
func start(cmd *cobra.Command, args []string) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer ln.Close()
	child := exec.Command("server", ln.Addr().String())
	if err := child.Start(); err != nil {
		return err
	}
	ready, exited := make(chan struct{}), make(chan error)
	go func() {
		if _, err := ln.Accept(); err == nil {
			close(ready)
		}
	}()
	go func() { exited <- child.Wait() }() // want `suspected: .* sends to exited`
	select {
	case <-ready:
		return nil
	case err := <-exited:
		return fmt.Errorf("the server has exited: %w", err)
	}
}

// A command may serve: this is for each request.
func status(w http.ResponseWriter, r *http.Request) {
	answers := make(chan error)
	go func() { // want `likely: .* sends to answers`
		answers <- exec.Command("server", "status").Run()
	}()
	select {
	case err := <-answers:
		fmt.Fprintln(w, err)
	case <-time.After(time.Second):
		http.Error(w, "no answer", http.StatusGatewayTimeout)
	}
}

func Serve() *cobra.Command {
	return &cobra.Command{Use: "serve", RunE: func(cmd *cobra.Command, args []string) error {
		http.HandleFunc("/status", status)
		return http.ListenAndServe("localhost:8080", nil)
	}}
}
