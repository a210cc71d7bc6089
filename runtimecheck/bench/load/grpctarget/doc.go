// Package grpctarget makes a target of package load of a unary method of a gRPC service.
//
// What the method takes is asked of the service itself, by server reflection
// (grpc.reflection.v1, or v1alpha): the request is written in the JSON form of protocol
// buffers, checked and encoded once. Answers are not decoded.
//
// Unless [Options].Hosts allows it, only this machine is called.
package grpctarget
