// Package grace pulls what the linker lets through for now.
package grace

import _ "unsafe"

//go:linkname nanotime runtime.nanotime // want `suspected: runtime.nanotime is an internal of the standard library that the linker permits because well-known packages pull it`
func nanotime() int64

//go:linkname fastrand runtime.fastrand // want `suspected: runtime.fastrand is an internal`
func fastrand() uint32

//go:linkname procPin runtime.procPin // want `suspected: runtime.procPin is an internal`
func procPin() int

// Pushed to another package, which is where it is pulled from.
//
//go:linkname semacquire sync.runtime_Semacquire // want `suspected: sync.runtime_Semacquire is an internal`
func semacquire(*uint32)

// Written in assembly.
//
//go:linkname procyield runtime.procyield // want `suspected: runtime.procyield is an internal`
func procyield(uint32)

//go:linkname zeroVal runtime.zeroVal // want `suspected: runtime.zeroVal is an internal`
var zeroVal [1024]byte
