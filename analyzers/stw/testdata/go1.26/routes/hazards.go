package routes

import (
	"net/http"
	"runtime"
)

// The rows around it in the table are for diagnosis, it is not.
func orders(w http.ResponseWriter, r *http.Request) { runtime.GC() } // want `^likely: runtime.GC`

func payments(w http.ResponseWriter, r *http.Request) { runtime.GC() } // want `^likely: runtime.GC`

func mountMore(mux *http.ServeMux) {
	mux.HandleFunc("/programs", programs) // no word of diagnosis, though "gram" and "ram" are in it
}

func programs(w http.ResponseWriter, r *http.Request) { runtime.GC() } // want `^likely: runtime.GC`
