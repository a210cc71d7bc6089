// Package grpc has what the fixtures need of the real one.
package grpc

import "context"

type Server struct{}

type ServiceRegistrar interface{ RegisterService(impl any) }

func (*Server) RegisterService(impl any) {}

type UnaryServerInfo struct{}

type UnaryHandler func(ctx context.Context, req any) (any, error)
