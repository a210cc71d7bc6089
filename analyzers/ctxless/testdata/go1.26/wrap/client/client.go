// Package client wraps package store once more.
package client

import (
	"net/http"

	"example.com/shop/wrap/store"
)

type Client struct {
	store *store.Store
	http  *http.Client
}

// Label ends two packages away.
func (c *Client) Label(id int) string {
	name, err := c.store.Name(id)
	if err != nil {
		return "?"
	}
	return name
}

// Caption is Label for those who come by another way.
func (c *Client) Caption(id int) string { return c.Label(id) }

func (c *Client) Fetch(u string) error {
	req, err := store.NewRequest(u)
	if err != nil {
		return err
	}
	return store.Send(c.http, req)
}
