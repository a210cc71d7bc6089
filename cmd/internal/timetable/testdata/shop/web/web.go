// Package web answers by frameworks.
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"google.golang.org/grpc"

	"example.com/shop/pb"
	"example.com/shop/stock"
)

var shop = stock.New("http://stock.shop.svc:8080")

func Gin() {
	r := gin.New()
	v1 := r.Group("/v1")
	v1.GET("/items/:id", authorized, item)
	r.Run()
}

func authorized(c *gin.Context) {}

func item(c *gin.Context) { shop.Reserve(c.Request.Context()) }

func Chi(base string) http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.Timeout(3 * time.Second))
	r.Route("/v2", func(r chi.Router) {
		r.Get("/stock", reserve)
		r.With(middleware.Timeout(time.Second)).Post("/short", reserve)
	})
	r.Get(base+"/tail", reserve)
	return r
}

func reserve(w http.ResponseWriter, r *http.Request) { shop.Reserve(r.Context()) }

// A table of routes, and a router that is made elsewhere.
var table = []struct {
	path   string
	handle http.HandlerFunc
}{
	{"/table", reserve},
	{"not a path", reserve},
}

type risk struct {
	pb.UnimplementedRiskServer
	next pb.RiskClient
}

func (r *risk) Check(ctx context.Context, in *pb.CheckRequest) (*pb.CheckRequest, error) {
	return r.next.Check(ctx, in)
}

func RPC() {
	conn, _ := grpc.NewClient("dns:///risk.shop.svc:9000")
	s := grpc.NewServer()
	pb.RegisterRiskServer(s, &risk{next: pb.NewRiskClient(conn)})
}

type builder struct{}

func (b *builder) Add(desc *grpc.ServiceDesc, impl any) *builder { return b }

type stocks struct{}

func (stocks) Get(ctx context.Context, in *pb.CheckRequest) (*pb.CheckRequest, error) {
	return in, shop.Each(ctx)
}

func Described() { new(builder).Add(&pb.Stock_ServiceDesc, stocks{}) }
