// Package netns works in other namespaces.
package netns

import (
	"runtime"

	"github.com/vishvananda/netns"
)

type sandbox struct{ ns netns.NsHandle }

// In the wrong namespace from the next call on.
func (s *sandbox) start() {
	go func() {
		orig, err := netns.Get()
		if err != nil {
			return
		}
		defer orig.Close()
		if err := netns.Set(s.ns); err != nil { // want `^likely: netns.Set is about the network namespace of this thread`
			return
		}
		s.configure()
	}()
}

func (s *sandbox) invoke(f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	orig, err := netns.Get()
	if err != nil {
		return err
	}
	defer orig.Close()
	if err := netns.Set(s.ns); err != nil {
		return err
	}
	defer netns.Set(orig)
	return f()
}

func (s *sandbox) configure() {}
