// Package unaware does not know what its types will be used for.
package unaware

// A Ring has the methods of a Sink.
type Ring struct{}

func (*Ring) Put(int) {}
func (*Ring) Flush()  {}
func (*Ring) Close()  {}

// Count can be a Hook.
func Count(int) {}
