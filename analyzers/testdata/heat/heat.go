package heat

import "net/http"

type engine struct{ book []int }

//lagvet:hot
func (e *engine) match(n int) int { return e.best(n) }

func (e *engine) best(n int) int { return e.book[n] }

func serve(w http.ResponseWriter, r *http.Request) { answer(w) }

func answer(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) }

func idle() {}

func init() {
	http.HandleFunc("/", serve)
	_ = func() { idle() }
}
