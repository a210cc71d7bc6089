// Package dials goes by dependencies.
package dials

import (
	"time"

	"github.com/valyala/fasthttp"
	clientv3 "go.etcd.io/etcd/client/v3"
	"golang.org/x/crypto/ssh"
)

func shell(addr, user string) (*ssh.Client, error) {
	conf := &ssh.ClientConfig{User: user} // want `likely: without Timeout ssh.Dial waits for as long as the kernel tries to connect`
	return ssh.Dial("tcp", addr, conf)
}

type tunnel struct{ conf ssh.ClientConfig }

func newTunnel(user string) *tunnel {
	return &tunnel{conf: ssh.ClientConfig{ // want `likely: without Timeout ssh.Dial`
		User: user,
	}}
}

func (t *tunnel) open(addr string) (*ssh.Client, error) { return ssh.Dial("tcp", addr, &t.conf) }

type members struct{ endpoints []string }

func (m *members) login(user string) (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{Endpoints: m.endpoints, Username: user}) // want `likely: without DialTimeout the client waits for ever`
}

func serve(h fasthttp.RequestHandler) error {
	srv := &fasthttp.Server{Handler: h, Name: "api"} // want `likely: without ReadTimeout clients that send`
	return srv.ListenAndServe(":8080")
}

// Traps.

func bounded(addr, user string) (*ssh.Client, error) {
	return ssh.Dial("tcp", addr, &ssh.ClientConfig{User: user, Timeout: 10 * time.Second})
}

// Without a log-in connecting waits for nobody.
func (m *members) connect() (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{Endpoints: m.endpoints})
}

func (m *members) timed(user string, d time.Duration) (*clientv3.Client, error) {
	return clientv3.New(clientv3.Config{Endpoints: m.endpoints, Username: user, DialTimeout: d})
}

func limited(h fasthttp.RequestHandler, d time.Duration) error {
	return (&fasthttp.Server{Handler: h, ReadTimeout: d}).ListenAndServe(":8080")
}
