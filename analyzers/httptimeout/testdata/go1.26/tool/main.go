// Command tool asks a server one thing, for somebody who waits.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	c := &http.Client{} // want `suspected: this client has no Timeout, .*command`
	resp, err := c.Get(os.Args[1])
	fmt.Println(resp, err)
	show(os.Args[1])
}

func show(url string) {
	resp, err := http.Get(url) // want `suspected: http.Get goes by http.DefaultClient, .*command`
	fmt.Println(resp, err)
}
