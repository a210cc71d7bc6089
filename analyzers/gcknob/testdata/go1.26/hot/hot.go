// Package hot makes things with finalizers.
package hot

import (
	"runtime"
	"runtime/debug"
)

type handle struct{ fd int }

func (h *handle) close() {}

//lagvet:hot
func open(fd int) *handle {
	h := &handle{fd}
	runtime.SetFinalizer(h, (*handle).close) // want `likely: a finalizer for each object that hot code makes: the object and all it refers to outlive`
	return h
}

// Hot by its caller.
//
//lagvet:hot
func each(fds []int) {
	for _, fd := range fds {
		wrap(fd)
	}
}

func wrap(fd int) *handle {
	h := &handle{fd}
	runtime.SetFinalizer(h, func(h *handle) { h.close() }) // want `likely: a finalizer for each object`
	return h
}

//lagvet:hot
func pace() {
	debug.SetGCPercent(100) // want `likely: debug.SetGCPercent sets the collector for the whole process, in hot code`
}

// It takes one away.
//
//lagvet:hot
func release(h *handle) { runtime.SetFinalizer(h, nil) }

// A cleanup keeps nothing alive.
//
//lagvet:hot
func cleaned(fd int) *handle {
	h := &handle{fd}
	runtime.AddCleanup(h, func(fd int) {}, fd)
	return h
}

// Nobody says that this is hot.
func cold(fd int) *handle {
	h := &handle{fd}
	runtime.SetFinalizer(h, (*handle).close)
	return h
}
