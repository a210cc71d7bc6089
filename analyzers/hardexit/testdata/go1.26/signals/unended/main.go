// Command unended never shuts its server down.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cleanUp()
	_ = stop
	srv := &http.Server{Addr: ":8080", Handler: http.NewServeMux()}
	go func() {
		if err := srv.ListenAndServe(); err != nil { // want `^likely: http.Server.ListenAndServe: nothing shuts this server down, though the process is told`
			log.Print(err)
		}
	}()
	go http.ListenAndServeTLS(":8443", "cert", "key", http.NewServeMux()) // want `^likely: http.ListenAndServeTLS: nothing shuts this server down`
	<-ctx.Done()
}

func cleanUp() { log.Print("done") }
