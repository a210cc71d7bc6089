// Package grpc has what generated clients are made of.
package grpc

import "context"

type CallOption interface{ before() }

type UnaryInvoker func(ctx context.Context, method string, req, reply any, opts ...CallOption) error
