// Package routes finds what a package answers: the routes that it registers, the methods
// of remote services, the servers that answer them, and the time that these give.
//
// A route is known by its shape and not by the name of a library: a method that is given
// a path and a handler, be that of net/http, gin, echo, fiber, fasthttp or httprouter;
// or a literal of a table that holds both. Its prefix is followed through groups and
// sub-routers as long as these are seen: [Route.Partial] says that there may be more
// in front of it. A service of gRPC is known by the function that registers it.
//
// What bounds a whole answer is found where it is said: http.TimeoutHandler, a middleware
// for timeouts on the router, on a group of it, or around the handler; and the
// WriteTimeout of servers, which [Index.Servers] have.
package routes
