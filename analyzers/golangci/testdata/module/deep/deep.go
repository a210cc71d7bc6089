// Package deep is called by who does not import it.
package deep

// A Client asks.
type Client struct{}

// Fetch asks.
func (Client) Fetch() {}
