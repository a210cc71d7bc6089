// Package aware knows what its type is held to.
package aware

import "example.com/hot/contracts/carrier"

// Sink is one.
type Sink struct{}

func (Sink) Put(int) {} // want `hot: ` `contract: nonblocking` `contract: noalloc`
func (Sink) Flush()  {}

// New returns one.
func New() carrier.Sink { return Sink{} }
