// Package app serves requests and keeps things in stores of another package.
package app

import (
	"net/http"

	"example.com/shop/store"
)

type app struct {
	log    *store.Log
	names  store.Cache[string, int]
	kinds  store.Cache[bool, int]
	window *store.Window
}

func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.log.Add(r.URL.Path)      // want `^likely: slice lines of \(\*store.Log\).Add grows with each request.* ← calls \(\*store.Log\).Add ← adds to lines`
	a.names.Put(r.URL.Path, 1) // want `^likely: map vals of \(\*store.Cache\[K, V\]\).Put grows with each key that a client makes up`
	a.kinds.Put(true, 1)       // one of two
	a.names.Put("fixed", 1)    // one
	a.window.Add(r.URL.Path)   // it forgets
	var mine store.Log
	mine.Add(r.URL.Path) // this request's
}

func warm(a *app) { a.log.Add("started") }
