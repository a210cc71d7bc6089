// Command tool does one thing and ends.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
)

var home, _ = http.Get("https://a.example")

func init() {
	http.Get("https://a.example")
}

// Silent: it starts, does one thing and ends.
func main() {
	http.Get("https://a.example")
	out, err := exec.Command("uname").Output()
	if err != nil {
		os.Exit(1)
	}
	fmt.Println(string(out), home)
	if err := run(context.Background(), os.Args); err != nil {
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run(ctx, nil)
	http.Get("https://a.example")
}

// A helper of a program with no request and no context: for the audit only.
func download(u string) {
	http.Get(u) // want `^suspected: http\.Get waits for the server without a context`
}

// A context is in scope: the user's interrupt does not get through.
func run(ctx context.Context, args []string) error {
	_, err := http.Get(args[0]) // want `^proven: http\.Get ignores the context in scope`
	return err
}
