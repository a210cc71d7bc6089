// Package later sets the timeout where the configuration is read.
package later

import (
	"time"

	"golang.org/x/crypto/ssh"
)

func dial(addr string, d time.Duration) (*ssh.Client, error) {
	conf := &ssh.ClientConfig{User: "root"}
	if d > 0 {
		conf.Timeout = d
	}
	return ssh.Dial("tcp", addr, conf)
}
