// Package requests turns knobs for each request.
package requests

import (
	"context"
	"net/http"
	"runtime"
	"runtime/debug"

	"example.com/app/knobs"
)

type importer struct {
	mux   *http.ServeMux
	relax bool
	load  func(*http.Request) error
}

func (i *importer) routes() {
	i.mux.HandleFunc("POST /orders", i.orders)
	i.mux.HandleFunc("POST /import", i.bulk)
	i.mux.HandleFunc("GET /report", func(w http.ResponseWriter, r *http.Request) {
		debug.SetMemoryLimit(1 << 30) // want `likely: debug.SetMemoryLimit sets the collector for the whole process, on behalf of a request \(HTTP handler\)`
		_ = i.load(r)
	})
}

// Off while a request is served.
func (i *importer) bulk(w http.ResponseWriter, r *http.Request) {
	old := debug.SetGCPercent(-1) // want `likely: debug.SetGCPercent sets the collector for the whole process, on behalf of a request \(HTTP handler\): requests that run at the same time undo`
	defer debug.SetGCPercent(old) // want `likely: debug.SetGCPercent sets the collector`
	_ = i.load(r)
}

// By a helper, which is on the way itself.
func (i *importer) orders(w http.ResponseWriter, r *http.Request) {
	relax()
	defer tighten()
	_ = i.load(r)
}

func relax() { debug.SetGCPercent(800) } // want `likely: debug.SetGCPercent sets the collector`

func tighten() {
	debug.SetGCPercent(100) // want `likely: debug.SetGCPercent sets the collector`
}

// By another package.
func (i *importer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	knobs.Relax() // want `likely: debug.SetGCPercent sets the collector .* ← calls debug.SetGCPercent`
	_ = i.load(r)
}

// Not in each call: suspected.
func (i *importer) bounded(w http.ResponseWriter, r *http.Request) {
	knobs.Limit(1 << 30) // want `suspected: debug.SetMemoryLimit .*but not in each call`
}

// As much as the request says: suspected.
func (i *importer) tune(w http.ResponseWriter, r *http.Request) {
	debug.SetGCPercent(int(r.ContentLength)) // want `suspected: .*since it says how much`
}

// In a goroutine that a request starts: suspected.
func (i *importer) later(w http.ResponseWriter, r *http.Request) {
	go relaxed()
}

func relaxed() { debug.SetGCPercent(300) } // want `suspected: `

// A finalizer for each request: suspected.
type buffer struct{ b []byte }

func (b *buffer) free() {}

func (i *importer) upload(w http.ResponseWriter, r *http.Request) {
	b := new(buffer)
	runtime.SetFinalizer(b, (*buffer).free) // want `suspected: a finalizer on behalf of each request \(HTTP handler\): the object and all it refers to outlive`
}

//lagvet:root
func (i *importer) consume(ctx context.Context, msg []byte) {
	debug.SetGCPercent(50) // want `likely: debug.SetGCPercent sets the collector for the whole process, on behalf of a request`
}
