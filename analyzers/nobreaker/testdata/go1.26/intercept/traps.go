// Package intercept has gRPC clients whose interceptor asks a limiter.
package intercept

import (
	"context"
	"net/http"

	"golang.org/x/time/rate"
	"google.golang.org/grpc"
)

type UsersClient interface {
	Get(ctx context.Context, id string, opts ...grpc.CallOption) (string, error)
}

var limiter = rate.NewLimiter(10)

func limit(ctx context.Context, method string, req, reply any, invoke grpc.UnaryInvoker) error {
	if err := limiter.Wait(ctx); err != nil {
		return err
	}
	return invoke(ctx, method, req, reply)
}

type server struct{ users UsersClient }

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.users.Get(r.Context(), "me")
}
