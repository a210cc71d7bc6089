package roots

import (
	"context"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"
	"github.com/valyala/fasthttp"
	"google.golang.org/grpc"
)

func ginHandler(c *gin.Context)             {}             // want `root: gin handler$`
func echoHandler(c echo.Context) error      { return nil } // want `root: echo handler$`
func fiberHandler(c *fiber.Ctx) error       { return nil } // want `root: fiber handler$`
func fastHandler(ctx *fasthttp.RequestCtx)  {}             // want `root: fasthttp handler$`
func notAHandler(ctx context.Context) error { return nil }

func interceptor(ctx context.Context, req any, info *grpc.UnaryServerInfo, h grpc.UnaryHandler) (any, error) { // want `root: gRPC interceptor$`
	return h(ctx, req)
}

// What protoc-gen-go-grpc generates.
type GreeterServer interface {
	Hello(ctx context.Context, name string) (string, error)
	mustEmbedUnimplementedGreeterServer()
}

type UnimplementedGreeterServer struct{}

func (UnimplementedGreeterServer) Hello(context.Context, string) (string, error) { return "", nil }
func (UnimplementedGreeterServer) mustEmbedUnimplementedGreeterServer()          {}

func RegisterGreeterServer(s grpc.ServiceRegistrar, srv GreeterServer) { s.RegisterService(srv) }

type PingServer interface{ Ping() }

func RegisterPingServer(s *grpc.Server, srv PingServer) { s.RegisterService(srv) }

// RegisterOtherServer has nothing to do with gRPC.
func RegisterOtherServer(s *server, srv PingServer) {}

type pinger struct{}

func (*pinger) Ping()  {} // want `root: gRPC method$`
func (*pinger) Start() {}

type unregistered struct{}

func (*unregistered) Ping() {}

func register(s *grpc.Server) {
	RegisterPingServer(s, &pinger{})
	RegisterOtherServer(nil, &unregistered{})
}

// greeter is registered in another package, but is what it is.
type greeter struct{ UnimplementedGreeterServer }

func (g *greeter) Hello(ctx context.Context, name string) (string, error) { // want `root: gRPC method$`
	return g.greet(name), nil
}

func (g *greeter) greet(name string) string { return name } // want `root: gRPC method ← calls \(\*greeter\).greet$`
func (g *greeter) Close()                   {}
