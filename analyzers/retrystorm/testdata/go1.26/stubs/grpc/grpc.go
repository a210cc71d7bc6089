// Package grpc has what generated clients are made of.
package grpc

type CallOption interface{ before() }
