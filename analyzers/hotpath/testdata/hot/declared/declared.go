// Package declared holds functions that a directive makes hot, and what they reach.
package declared

import (
	"errors"
	"sort"
	"sync"
	"time"
)

//lagvet:hot
func Own() { // want `hot: //lagvet:hot at declared.go:11$`
	direct()
	defer deferred()
	go spawned()
	func() { // want `hot: //lagvet:hot at declared.go:11 ← calls a func literal$`
		inLiteral()
	}()
	sort.Slice(nil, func(i, j int) bool { return less() }) // want `hot: .* ← passes a func literal to sort.Slice$`
	sort.Slice(nil, byValue)
	v := func() { viaVariable() } // want `hot: .* ← calls a func literal$`
	v()
	w := func() bool { return true } // want `hot: .* ← passes a func literal to each$`
	each(w)
	_ = func() { stored() } // want `hot to make`
	var wg sync.WaitGroup
	wg.Go(func() { inGoroutine() }) // want `hot to make`
	time.AfterFunc(time.Second, later)
}

func direct()               { second() }     // want `hot: //lagvet:hot at declared.go:11 ← calls direct$`
func second()               {}               // want `hot: //lagvet:hot at declared.go:11 ← calls direct ← calls second$`
func deferred()             {}               // want `hot: .* ← defers deferred$`
func spawned()              {}               // its caller does not wait for it
func inLiteral()            { second() }     // want `hot: .* ← calls a func literal ← calls inLiteral$`
func less() bool            { return false } // want `hot: .* ← passes a func literal to sort.Slice ← calls less$`
func viaVariable()          {}               // want `hot: .* ← calls a func literal ← calls viaVariable$`
func stored()               {}               // somebody else calls what is stored
func inGoroutine()          {}               // nor for a goroutine that a helper starts
func later()                {}               // nor for what a timer starts
func each(func() bool)      {}               // want `hot: .* ← calls each$`
func byValue(i, j int) bool { return i < j } // want `hot: .* ← passes byValue to sort.Slice$`

//lagvet:nonblocking
func NonBlocking() {} // want `hot: //lagvet:nonblocking at` `contract: nonblocking`

//lagvet:noalloc
func NoAlloc() {} // want `hot: //lagvet:noalloc at` `contract: noalloc`

//lagvet:root
func RootOnly() {} // want `root: //lagvet:root at declared.go:\d+$`

//lagvet:hot
//lagvet:noalloc
func Both() {} // want `hot: //lagvet:hot at` `contract: noalloc`

type book struct{ n int }

// Loop is recursive, and reaches helper by a long way and by a short one.
//
//lagvet:hot
func (b *book) Loop() { // want `hot: //lagvet:hot at`
	b.far()
	b.Loop()
	helper()
	generic(1)
	generic("")
}

func (b *book) far()   { helper() } // want `hot: .* ← calls \(\*book\).far$`
func helper()          {}           // want `hot: //lagvet:hot at declared.go:\d+ ← calls helper$`
func generic[T any](T) {}           // want `hot: .* ← calls generic$`

//lagvet:hot
func OnlyOnError(x int) error { // want `hot: `
	if err := check(x); err != nil {
		report(err)
		return err
	}
	if x > 9 {
		describe(x)
		return errors.New("too large")
	}
	return nil
}

func check(int) error { return nil } // want `hot: .* ← calls check$`
func report(error)    {}             // called on the way to an error only
func describe(int)    {}             // likewise

func neverMentioned() { direct() }

// Caller stands above what is hot: hotness does not pass up.
func Caller() { Own() }
