// Command fatal exits while Shutdown waits, by way of a variable and a field.
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
)

type app struct {
	http *http.Server
	log  *log.Logger
}

func (a *app) serve(lis net.Listener) {
	err := a.http.Serve(lis)
	if err != nil {
		a.log.Fatalf("serving: %v", err) // want `^likely: Serve returns http.ErrServerClosed`
	}
}

func (a *app) close() {
	if err := a.http.Shutdown(context.Background()); err != nil {
		a.log.Print(err)
	}
}

func main() {
	lis, err := net.Listen("tcp", ":8080")
	if err != nil {
		log.Fatal(err)
	}
	a := &app{http: &http.Server{}, log: log.Default()}
	go a.serve(lis)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	<-ctx.Done()
	a.close()
}
