// Package grpc stands for the client side of gRPC.
package grpc

type CallOption interface{ before() }

type ClientStream interface{ Recv() ([]byte, error) }
