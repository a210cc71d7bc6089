// Package api answers by net/http.
package api

import (
	"context"
	"net/http"
	"os"
	"sync"
	"time"

	"example.com/shop/stock"
)

// A Store has one implementation, and is followed.
type Store interface {
	Load(ctx context.Context) error
}

type remote struct{ url string }

func (r *remote) Load(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	if err != nil {
		return err
	}
	_, err = (&http.Client{}).Do(req)
	return err
}

// A Plugin has none here.
type Plugin interface {
	Run(ctx context.Context) error
}

type API struct {
	Stock  *stock.Client
	store  Store
	plugin Plugin
}

func New(s *stock.Client, p Plugin) *API {
	return &API{Stock: s, store: &remote{url: os.Getenv("STORE_URL")}, plugin: p}
}

func (a *API) Register(mux *http.ServeMux) {
	mux.HandleFunc("POST /orders", a.create)
	mux.Handle("GET /orders/{id}", http.TimeoutHandler(http.HandlerFunc(a.get), 2*time.Second, "late"))
	mux.HandleFunc("/each", a.each)
	mux.HandleFunc("/library", a.library)
	mux.HandleFunc("/configured", a.configured)
	mux.HandleFunc("/detached", a.detached)
	mux.HandleFunc("/polls", a.polls)
	mux.HandleFunc("/branches", a.branches)
	mux.HandleFunc("/together", a.together)
	mux.HandleFunc("/plugin", a.run)
	mux.HandleFunc("/waits", a.waits)
	mux.Handle("/logged", logged(http.HandlerFunc(a.get)))
	mux.HandleFunc("/not/constant", a.notConstant)
}

func (a *API) create(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 8*time.Second)
	defer cancel()
	if a.Stock.Reserve(ctx) != nil {
		return
	}
	go notify()
}

func notify() { http.Post("http://mail.shop:80/send", "text/plain", nil) }

func (a *API) get(w http.ResponseWriter, r *http.Request)     { a.store.Load(r.Context()) }
func (a *API) each(w http.ResponseWriter, r *http.Request)    { a.Stock.Each(r.Context()) }
func (a *API) library(w http.ResponseWriter, r *http.Request) { a.Stock.Library(r.Context()) }

func (a *API) configured(w http.ResponseWriter, r *http.Request) {
	a.Stock.Configured(r.Context(), len(os.Args))
}

// The deadline is not that of the context that is used in the end.
func (a *API) detached(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Second)
	defer cancel()
	a.Stock.Detached(ctx)
}

func (a *API) polls(w http.ResponseWriter, r *http.Request) { a.Stock.Polls(r.Context()) }

// Of the branches one is taken.
func (a *API) branches(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		a.Stock.Each(r.Context())
		return
	}
	a.Stock.Library(r.Context())
}

// What runs at the same time takes as long as the longest of it.
func (a *API) together(w http.ResponseWriter, r *http.Request) {
	var wg sync.WaitGroup
	wg.Go(func() { a.Stock.Each(r.Context()) })
	wg.Go(func() { a.Stock.Library(r.Context()) })
	wg.Wait()
}

func (a *API) run(w http.ResponseWriter, r *http.Request) { a.plugin.Run(r.Context()) }

// Its handler moves the deadline of its answer.
func (a *API) waits(w http.ResponseWriter, r *http.Request) {
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute))
}

func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Get("https://log.example.com/")
		next.ServeHTTP(w, r)
	})
}

var patience = time.Duration(len(os.Args)) * time.Second

func (a *API) notConstant(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	a.store.Load(ctx)
}
