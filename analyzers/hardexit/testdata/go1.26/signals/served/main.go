// Command served exits while Shutdown waits.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"
	"time"
)

func main() {
	mux := http.NewServeMux()
	srv := &http.Server{Addr: ":8080", Handler: mux}
	inner := &http.Server{Addr: ":8081", Handler: mux}
	go func() {
		log.Fatal(srv.ListenAndServe()) // want `^likely: ListenAndServe returns http.ErrServerClosed as soon as Shutdown begins, and this exit does not wait: the requests that Shutdown waits for die with the process ← serves until Shutdown begins ← waits for the requests in flight$`
	}()
	go func() {
		if err := inner.ListenAndServe(); err != nil {
			log.Println("serving", err)
			os.Exit(1) // want `^likely: ListenAndServe returns http.ErrServerClosed`
		}
	}()
	sigs := make(chan os.Signal, 1)
	signal.Notify(sigs, os.Interrupt)
	<-sigs
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	srv.Shutdown(ctx)
	inner.Shutdown(ctx)
}
