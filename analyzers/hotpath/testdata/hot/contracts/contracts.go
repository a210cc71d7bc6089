// Package contracts implements what another package asks for.
package contracts

import (
	"example.com/hot/contracts/aware"
	"example.com/hot/contracts/carrier"
	"example.com/hot/contracts/unaware"
)

type sink struct{}

func (sink) Put(int) {} // want `hot: //lagvet:nonblocking on method Put of the interface at carrier.go:8` `contract: nonblocking` `contract: noalloc`
func (sink) Flush()  {}

// It lacks Flush, so it is no Sink.
type half struct{}

func (half) Put(int) {}

func use(carrier.Sink)       {}
func takes(carrier.Hook)     {}
func closes(carrier.Closing) {}

func wire(s carrier.Sink) {
	use(sink{})
	use(new(unaware.Ring)) // want `\(\*example.com/hot/contracts/unaware.Ring\).Put comes under nonblocking` `Ring\).Put comes under noalloc`
	use(s)
	use(aware.Sink{})            // held where it is declared
	closes(new(unaware.Ring))    // said above
	takes(unaware.Count)         // want `unaware.Count comes under noalloc`
	takes(new(unaware.Ring).Put) // want `Ring\).Put comes under noalloc`
	takes(func(int) {})          // want `hot: ` `contract: noalloc`
	var any any = new(unaware.Ring)
	_ = any
}
