// Command tool serves nobody.
package main

import (
	"fmt"
	"os"
	"os/signal"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	go func() {
		<-c
		fmt.Println("interrupted")
		os.Exit(130)
	}()
	fmt.Println("working")
}
